"""What the tests of interviews share: a keyword grader, questions, and a driver of sessions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from support import SMALL_BANK

from interviewer.errors import InterviewerError
from interviewer.grading.rubric import Rubric
from interviewer.grading.scoring import LABELS, score_verdicts
from interviewer.interview.events import Answered, Event, Graded, Started
from interviewer.interview.machine import RequestGrade, step
from interviewer.interview.rubrics import rubric_of_exchange
from interviewer.knowledge.bank import QuestionBank
from interviewer.knowledge.parse import parse_bank_file
from interviewer.models import (
    Citation,
    Exchange,
    Grade,
    Mode,
    ModelFollowUp,
    Question,
    Session,
    SessionPlan,
    Span,
    Verdict,
    VerdictLabel,
)

PATH = "ml-fundamentals/regularization.md"
REGULARIZATION, DESCENT = parse_bank_file(SMALL_BANK, PATH)
BANK = QuestionBank(
    questions=(REGULARIZATION, DESCENT), files={PATH: SMALL_BANK}, version="0123456789ab"
)
OWN_QUESTION = "What does the L2 penalty do to the weights?"
OWN = ModelFollowUp(
    OWN_QUESTION,
    Citation(
        PATH,
        11,
        11,
        "regularization-l1-l2#reference-1",
        "the L2 penalty only shrinks every weight towards zero.",
    ),
    REGULARIZATION.id,
    REGULARIZATION.key_points[2].text,
    by="local:toy",
    prompt_hash="1" * 12,
)
"""A follow-up of a model's own that goes after the third key point."""
I_DO_NOT_KNOW = "I don't know."
_MARKS = {
    VerdictLabel.COVERED: "Surely: ",
    VerdictLabel.PARTIAL: "Half: ",
    VerdictLabel.CONTRADICTED: "Never: ",
}


def answer_with(
    question: Question,
    covered: Iterable[int] = (),
    partial: Iterable[int] = (),
    contradicted: Iterable[int] = (),
) -> str:
    """Write an answer that `FakeGrader` grades as asked; key points count from 1."""
    said = {
        VerdictLabel.COVERED: covered,
        VerdictLabel.PARTIAL: partial,
        VerdictLabel.CONTRADICTED: contradicted,
    }
    lines = [
        _MARKS[label] + question.key_points[number - 1].text
        for label, numbers in said.items()
        for number in numbers
    ]
    return "\n".join(["Let me think.", *lines])


def perfect(exchange: Exchange) -> str:
    """Write an answer that covers everything the exchange asks for."""
    points = rubric_of_exchange(exchange).key_points
    return "\n".join(_MARKS[VerdictLabel.COVERED] + point.text for point in points)


class FakeGrader:
    """Finds marked key points in an answer; fails as often as `failures` says, then grades."""

    name = "fake-1"

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.graded: list[tuple[Rubric, str]] = []

    def grade(self, rubric: Rubric, answer: str) -> Grade:
        if self.failures:
            self.failures -= 1
            raise InterviewerError("The grader is out. Try again.")
        self.graded.append((rubric, answer))
        verdicts = tuple(
            _verdict(rubric, number, answer) for number in range(1, len(rubric.key_points) + 1)
        )
        scored = score_verdicts(verdicts)
        return Grade(
            question_id=rubric.question_id,
            question=rubric.question,
            answer=answer,
            score=scored.score,
            interval=scored.interval,
            band=scored.band,
            grader=self.name,
            verdicts=verdicts,
            mistakes=(),
            strengths=(),
            gaps=(),
            model_answer=rubric.reference,
            next_question=None,
        )


def _verdict(rubric: Rubric, number: int, answer: str) -> Verdict:
    point = rubric.key_points[number - 1]
    found = {label: answer.find(mark + point.text) for label, mark in _MARKS.items()}
    label = next((each for each, start in found.items() if start >= 0), VerdictLabel.MISSING)
    certain = 1.0 if answer == I_DO_NOT_KNOW else 0.9
    rest = (1 - certain) / 3
    span = None
    if label is not VerdictLabel.MISSING:
        start = found[label]
        text = _MARKS[label] + point.text
        span = Span(start, start + len(text), text)
    return Verdict(
        key_point=point.text,
        weight=point.weight,
        verdict=label,
        probability=certain,
        probabilities=tuple(certain if each is label else rest for each in LABELS),  # type: ignore[arg-type]
        answer_span=span,
        citation=Citation(
            rubric.path, point.start_line, point.end_line, f"chunk-{number}", point.text
        ),
    )


def started(
    mode: Mode = Mode.PRACTICE,
    planned: Sequence[Question] = (REGULARIZATION, DESCENT),
    time_limit_s: float | None = None,
    session_id: str = "session-1",
) -> Started:
    plan = SessionPlan(mode=mode, question_count=len(planned), time_limit_s=time_limit_s)
    return Started(session_id, plan, tuple(planned), BANK.version, at=1000.0)


def begin(mode: Mode = Mode.PRACTICE, **options: object) -> Session:
    return step(None, started(mode, **options)).session  # type: ignore[arg-type]


def after(session: Session, *events: Event) -> Session:
    for event in events:
        session = step(session, event).session
    return session


def answer(session: Session, text: str, at: float = 1001.0) -> Session:
    """Hand in an answer and give it its grade."""
    waiting = after(session, Answered(text, at))
    request = RequestGrade.of(waiting)
    assert request is not None
    grade = FakeGrader().grade(rubric_of_exchange(request.exchange), request.answer)
    return after(waiting, Graded(grade, at + 1))

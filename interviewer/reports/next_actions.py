"""Chooses the three things to do after an interview, the most useful first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from statistics import fmean

from interviewer.grading.rubric import OWN_QUESTION_PREFIX
from interviewer.knowledge.names import section_name
from interviewer.models import Citation, Level, Mode, Session
from interviewer.reports.findings import Gap
from interviewer.reports.scores import QuestionResult

_GOOD = 82.0


class ActionKind(StrEnum):
    """What a next action is about."""

    ANSWER_AGAIN = "answer-again"
    READ = "read"
    PRACTISE_SECTION = "practise-section"
    TAKE_UP = "take-up"
    WITHOUT_HINTS = "without-hints"
    CHANGE_MODE = "change-mode"
    CHANGE_LEVEL = "change-level"
    SAY_ALOUD = "say-aloud"


@dataclass(frozen=True, slots=True)
class NextAction:
    """One thing to do next; what it is about is given where there is something to link to."""

    kind: ActionKind
    text: str
    question_id: str = ""
    section: str = ""
    citation: Citation | None = None


def next_actions(
    session: Session, results: Sequence[QuestionResult], gaps: Sequence[Gap]
) -> tuple[NextAction, NextAction, NextAction]:
    """Choose exactly three things to do next.

    Args:
        session: the interview.
        results: its questions.
        gaps: what cost most, the costliest first.
    """
    first, second, third = islice(_in_order(session, results, gaps), 3)
    return first, second, third


def _in_order(
    session: Session, results: Sequence[QuestionResult], gaps: Sequence[Gap]
) -> Iterator[NextAction]:
    scored = [result for result in results if result.estimate is not None]
    yield from _weakest_question(scored)
    yield from _passage_to_read(gaps)
    yield from _weakest_section(scored)
    yield from _left_over(session, results)
    yield from _hinted(results)
    yield _other_mode(session)
    yield _other_level(session)
    yield NextAction(
        ActionKind.SAY_ALOUD, "Say your best answer aloud in two minutes, without notes."
    )


def _score(result: QuestionResult) -> float:
    return result.estimate.score if result.estimate else 0.0


def _weakest_question(scored: Sequence[QuestionResult]) -> Iterator[NextAction]:
    weakest = min(scored, key=_score, default=None)
    if weakest is None or _score(weakest) >= _GOOD:
        return
    question = weakest.main.question
    yield NextAction(
        ActionKind.ANSWER_AGAIN,
        f"Answer “{question.text}” again; it came to {_score(weakest):.0f} of 100.",
        question_id=question.id,
        section=question.section,
    )


def _passage_to_read(gaps: Sequence[Gap]) -> Iterator[NextAction]:
    gap = next((gap for gap in gaps if gap.citation), None)
    if gap is not None and gap.citation is not None:
        yield NextAction(
            ActionKind.READ,
            f"Read {gap.citation.footnote}: {gap.key_point}",
            question_id=gap.question_id,
            citation=gap.citation,
        )


def _weakest_section(scored: Sequence[QuestionResult]) -> Iterator[NextAction]:
    scores: dict[str, list[float]] = {}
    for result in scored:
        if not result.main.question.id.startswith(OWN_QUESTION_PREFIX):
            scores.setdefault(result.main.question.section, []).append(_score(result))
    means = {section: fmean(each) for section, each in scores.items()}
    weakest = min(means, key=lambda section: means[section], default=None)
    if weakest is None or means[weakest] >= _GOOD:
        return
    yield NextAction(
        ActionKind.PRACTISE_SECTION,
        f"Practise the section {section_name(weakest)}; your answers there came to "
        f"{means[weakest]:.0f} of 100 on average.",
        section=weakest,
    )


def _left_over(session: Session, results: Sequence[QuestionResult]) -> Iterator[NextAction]:
    open_questions = [result.main.question for result in results if result.estimate is None]
    left = [*open_questions, *session.planned[len(results) :]]
    if not left:
        return
    count = "one question" if len(left) == 1 else f"{len(left)} questions"
    yield NextAction(
        ActionKind.TAKE_UP,
        f"Take up the {count} that you did not get to, first “{left[0].text}”",
        question_id=left[0].id,
        section=left[0].section,
    )


def _hinted(results: Sequence[QuestionResult]) -> Iterator[NextAction]:
    hinted = next((each.main for each in results if each.main.hints_used), None)
    if hinted is not None:
        yield NextAction(
            ActionKind.WITHOUT_HINTS,
            f"Answer “{hinted.question.text}” once more without a hint.",
            question_id=hinted.question.id,
            section=hinted.question.section,
        )


def _other_mode(session: Session) -> NextAction:
    text = {
        Mode.PRACTICE: "Try a real interview: no hints, a timer, and no feedback until the end.",
        Mode.REAL: "Go through the same sections in practice, with hints and a grade at once.",
        Mode.GRADE_MY_ANSWER: "Practise a few questions in a row, with follow-ups.",
    }
    return NextAction(ActionKind.CHANGE_MODE, text[session.plan.mode])


def _other_level(session: Session) -> NextAction:
    highest = max(question.level for question in session.planned)
    if highest is Level.RESEARCH:
        return NextAction(ActionKind.CHANGE_LEVEL, "Try questions of another section.")
    level = Level(highest + 1)
    return NextAction(ActionKind.CHANGE_LEVEL, f"Go up to level {level}, {level.name.lower()}.")

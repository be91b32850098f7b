"""The service saves before it grades, resumes what was interrupted, and refuses what is stale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from interview_support import (
    BANK,
    DESCENT,
    I_DO_NOT_KNOW,
    REGULARIZATION,
    FakeGrader,
    answer_with,
    perfect,
)

from interviewer.errors import (
    EventRefusedError,
    InputError,
    InterviewerError,
    SessionError,
    UnknownQuestionError,
    UnknownSessionError,
)
from interviewer.grading.rubric import Rubric, own_question
from interviewer.interview.actions import Action, allowed_actions
from interviewer.interview.events import Ended
from interviewer.models import Grade, Level, Mode, Phase, SessionPlan, TurnKind
from interviewer.service import LONGEST_REQUEST, InterviewService
from interviewer.store.repository import SessionRepository

ONE = SessionPlan(question_ids=(REGULARIZATION.id,), question_count=1)
BOTH = SessionPlan(question_ids=(REGULARIZATION.id, DESCENT.id), question_count=2)


class Clock:
    """A clock that stands until it is moved; seconds since the epoch."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Crash(BaseException):
    """What a killed process looks like from inside."""


class CallingGrader(FakeGrader):
    """Does something else while it grades, as another window would."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self._meanwhile = meanwhile

    def grade(self, rubric: Rubric, answer: str) -> Grade:
        self._meanwhile()
        return super().grade(rubric, answer)


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[SessionRepository]:
    opened = SessionRepository(tmp_path / "sessions.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(repository: SessionRepository, clock: Clock) -> Callable[..., InterviewService]:
    numbers = count(1)

    def make_service(grader: FakeGrader | None = None, **options: object) -> InterviewService:
        return InterviewService(
            bank=BANK,
            grader=grader or FakeGrader(),
            repository=repository,
            clock=clock,
            new_id=lambda: f"session-{next(numbers)}",
            **options,  # type: ignore[arg-type]
        )

    return make_service


@pytest.fixture
def service(make: Callable[..., InterviewService]) -> InterviewService:
    return make()


def test_what_is_unclear_is_refused_where_it_is_longer_than_can_be_read(
    service: InterviewService,
) -> None:
    session = service.start(BOTH)
    with pytest.raises(InputError, match="301 characters; 300 are read"):
        service.clarify(session.id, "x" * (LONGEST_REQUEST + 1))
    assert service.get(session.id) == session
    session = service.clarify(session.id, "x" * LONGEST_REQUEST)
    assert session.current.turns[-2].text == "x" * LONGEST_REQUEST


def test_an_interview_runs_from_start_to_summary(service: InterviewService) -> None:
    session = service.start(BOTH)
    session = service.hint(session.id)
    session = service.clarify(session.id, "What do you mean?")
    session = service.answer(session.id, answer_with(REGULARIZATION, covered=(1, 3)))
    assert session.phase is Phase.REVIEWING
    assert session.current.best is not None
    assert session.current.best.score == 62.5
    session = service.go_on(session.id)
    assert session.current.text == REGULARIZATION.follow_ups[0].question
    session = service.answer(session.id, perfect(session.current))
    assert session.current.best is not None
    assert session.current.best.score == 100.0
    session = service.skip(service.go_on(session.id).id)
    assert session.current.question == DESCENT
    session = service.skip(session.id)
    assert session.phase is Phase.FINISHED
    assert service.get(session.id) == session
    assert service.unfinished() == []
    assert [each.id for each in service.recent()] == [session.id]


def test_another_service_on_the_same_store_sees_the_same_session(
    make: Callable[..., InterviewService],
) -> None:
    session = make().start(BOTH)
    session = make().answer(session.id, answer_with(REGULARIZATION, covered=(1,)))
    assert make().get(session.id) == session


def test_a_failing_grader_keeps_the_answer_and_the_next_look_grades_it(
    make: Callable[..., InterviewService],
) -> None:
    service = make(FakeGrader(failures=2))
    session = service.start(ONE)
    with pytest.raises(InterviewerError, match="grader is out"):
        service.answer(session.id, "Weights matter.")
    waiting = service.peek(session.id)
    assert (waiting.phase, waiting.pending_answer) == (Phase.GRADING, "Weights matter.")
    assert allowed_actions(waiting) == (Action.RETRY, Action.SKIP, Action.END)
    with pytest.raises(InterviewerError, match="grader is out"):
        service.get(session.id)
    graded = service.get(session.id)
    assert graded.phase is Phase.REVIEWING
    assert graded.current.best is not None
    assert graded.current.best.answer == "Weights matter."


def test_a_crash_while_grading_is_made_good_after_the_restart(
    make: Callable[..., InterviewService],
) -> None:
    def crash() -> None:
        raise Crash

    session = make().start(ONE)
    with pytest.raises(Crash):
        make(CallingGrader(crash)).answer(session.id, answer_with(REGULARIZATION, covered=(1,)))
    session = make().get(session.id)
    assert session.phase is Phase.REVIEWING
    assert [grade.score for grade in session.current.grades] == [37.5]
    kinds = [turn.kind for turn in session.current.turns]
    assert kinds.count(TurnKind.ANSWER) == 1


def test_an_interview_can_be_left_while_the_grader_is_out(
    make: Callable[..., InterviewService],
) -> None:
    service = make(FakeGrader(failures=1))
    session = service.start(BOTH)
    with pytest.raises(InterviewerError):
        service.answer(session.id, "Weights matter.")
    assert service.skip(session.id).current.question == DESCENT


def test_ending_while_the_grader_is_out_ends_and_grades_later(
    make: Callable[..., InterviewService],
) -> None:
    service = make(FakeGrader(failures=2))
    session = service.start(ONE)
    with pytest.raises(InterviewerError):
        service.answer(session.id, answer_with(REGULARIZATION, covered=(1,)))
    with pytest.raises(InterviewerError):
        service.end(session.id)
    finished = service.get(session.id)
    assert finished.phase is Phase.FINISHED
    assert finished.current.best is not None
    assert finished.current.best.score == 37.5


def _end_only(service: InterviewService, session_id: str) -> None:
    """End an interview without grading what waits, as a window that then crashes does."""
    service._apply(session_id, Ended, None)


def test_an_interview_ended_elsewhere_while_it_was_graded_still_gets_the_grade(
    make: Callable[..., InterviewService],
) -> None:
    other = make()
    session = other.start(ONE)
    service = make(CallingGrader(lambda: _end_only(other, session.id)))
    finished = service.answer(session.id, answer_with(REGULARIZATION, covered=(1,)))
    assert finished.phase is Phase.FINISHED
    assert finished.current.best is not None


def test_an_answer_graded_by_two_windows_is_graded_once(
    make: Callable[..., InterviewService],
) -> None:
    other = make()
    session = other.start(ONE)
    service = make(CallingGrader(lambda: other.get(session.id)))
    graded = service.answer(session.id, answer_with(REGULARIZATION, covered=(1,)))
    assert len(graded.current.grades) == 1
    assert graded == other.get(session.id)


def test_an_answer_to_a_question_that_is_gone_is_refused_and_kept(
    service: InterviewService,
) -> None:
    seen = service.start(replace(BOTH, mode=Mode.REAL))
    service.skip(seen.id, seen=seen.event_count)
    with pytest.raises(EventRefusedError, match="changed in another window"):
        service.answer(seen.id, "About regularization.", seen=seen.event_count)
    assert service.draft(seen.id) == "About regularization."
    assert service.get(seen.id).current.question == DESCENT


def test_time_runs_out_whoever_looks(service: InterviewService, clock: Clock) -> None:
    plan = replace(BOTH, mode=Mode.REAL, time_limit_s=600.0)
    session = service.start(plan)
    clock.now += 599.0
    assert service.time_out(session.id).phase is Phase.ANSWERING
    clock.now += 1.0
    assert service.peek(session.id).phase is Phase.ANSWERING
    finished = service.time_out(session.id)
    assert finished.timed_out
    assert service.time_out(session.id) == finished


def test_an_answer_after_the_time_is_refused_and_kept(
    service: InterviewService, clock: Clock
) -> None:
    session = service.start(replace(ONE, mode=Mode.REAL, time_limit_s=60.0))
    clock.now += 61.0
    with pytest.raises(EventRefusedError, match="The time of this interview is up"):
        service.answer(session.id, "One second late.", seen=session.event_count)
    assert service.draft(session.id) == "One second late."
    assert service.get(session.id).phase is Phase.FINISHED


def test_an_answer_whose_grade_comes_after_the_time_counts(
    make: Callable[..., InterviewService], clock: Clock
) -> None:
    def slow() -> None:
        clock.now += 120.0

    service = make(CallingGrader(slow))
    session = service.start(replace(BOTH, mode=Mode.REAL, time_limit_s=60.0))
    session = service.answer(session.id, answer_with(REGULARIZATION, covered=(1,)))
    assert session.phase is Phase.FINISHED
    assert session.exchanges[0].best is not None
    assert session.exchanges[0].best.score == 37.5


def test_drafts_are_kept_until_the_answer_is_in(service: InterviewService) -> None:
    session = service.start(ONE)
    service.save_draft(session.id, "Regularization \ud800 pen")
    assert service.draft(session.id) == "Regularization ? pen"
    service.answer(session.id, "Regularization penalizes \udfff weights.")
    assert service.draft(session.id) == ""
    assert service.get(session.id).current.grades[0].answer.count("?") == 1


def test_one_answer_to_ones_own_question_is_graded_by_its_own_grader(
    make: Callable[..., InterviewService],
) -> None:
    bank_grader, own_grader = FakeGrader(), FakeGrader()
    service = make(bank_grader, own_grader=own_grader)
    question = own_question("What is a tensor?", "A tensor is a multilinear map.", "notes.md")
    session = service.start_own(question)
    session = service.answer(session.id, perfect(session.current))
    assert session.plan.mode is Mode.GRADE_MY_ANSWER
    assert (len(bank_grader.graded), len(own_grader.graded)) == (0, 1)
    assert session.current.best is not None
    assert session.current.best.score == 100.0
    assert service.retry(session.id).phase is Phase.ANSWERING
    assert [each.id for each in service.unfinished()] == [session.id]
    service.answer(session.id, I_DO_NOT_KNOW)
    assert service.unfinished() == []


def test_ones_own_question_needs_a_reference(service: InterviewService) -> None:
    with pytest.raises(SessionError, match="no reference answer"):
        service.start_own(replace(DESCENT, reference="", key_points=()))


@pytest.mark.parametrize(
    ("plan", "error", "message"),
    [
        (SessionPlan(levels=(Level.RESEARCH,)), SessionError, "Choose other levels"),
        (SessionPlan(question_ids=("gradient",)), UnknownQuestionError, "gradient-descent"),
    ],
    ids=["a filter too narrow", "an unknown id"],
)
def test_a_plan_that_fits_nothing_starts_nothing(
    service: InterviewService, plan: SessionPlan, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        service.start(plan)
    assert service.recent() == []


def test_without_a_seed_each_interview_has_its_own(service: InterviewService) -> None:
    seeds = {service.start(SessionPlan(question_count=1)).plan.seed for _ in range(5)}
    assert len(seeds) == 5
    assert service.start(SessionPlan(seed=7)).plan.seed == 7


@pytest.mark.parametrize(
    "call", ["get", "peek", "hint", "skip", "retry", "go_on", "end", "time_out"]
)
def test_an_unknown_session_says_so(service: InterviewService, call: str) -> None:
    with pytest.raises(UnknownSessionError, match="no interview with the id 'nobody'"):
        getattr(service, call)("nobody")


def test_a_deleted_session_is_unknown(service: InterviewService) -> None:
    session = service.start(ONE)
    service.delete(session.id)
    with pytest.raises(UnknownSessionError):
        service.get(session.id)


def test_lists_hide_the_score_of_a_real_interview_until_it_is_finished(
    service: InterviewService, clock: Clock
) -> None:
    session = service.start(replace(BOTH, mode=Mode.REAL))
    service.answer(session.id, answer_with(REGULARIZATION, covered=(1,)))
    assert [each.score for each in service.recent()] == [None]
    service.end(session.id)
    summary = service.recent()[0]
    assert (summary.score, summary.phase, summary.question_count) == (37.5, Phase.FINISHED, 2)
    assert summary.sections == ("ml-fundamentals",)


def test_lists_have_the_last_touched_first(service: InterviewService, clock: Clock) -> None:
    first, second = service.start(ONE), service.start(ONE)
    clock.now += 10.0
    service.hint(first.id)
    assert [each.id for each in service.recent()] == [first.id, second.id]
    assert [each.id for each in service.recent(limit=1)] == [first.id]

"""A turn, from what the candidate does to the last word that is said to it, has one deadline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from faults.cells import KEY, OFFLINE, UnsureJudge
from faults.server import Call, FaultServer, completion, good
from interview_support import BANK, DESCENT, REGULARIZATION, FakeGrader, answer_with
from support import HashingEncoder

from interviewer.config import Settings
from interviewer.deadline import Deadline
from interviewer.errors import ModelError, ModelReplyError, ModelServerError
from interviewer.grading.passages import NearbyPassages, ReferencePassages
from interviewer.interview.speaking import Occasion, Task
from interviewer.interviewing.model_interviewer import ModelInterviewer
from interviewer.llm.connection import connect
from interviewer.models import Grade, Mode, ModelFollowUp, Session, SessionPlan
from interviewer.retrieval.index import build_in_memory
from interviewer.service import InterviewService
from interviewer.store.repository import SessionRepository
from interviewer.usage import asking
from interviewer.workspace import make_grader

PLAN = SessionPlan(question_ids=(REGULARIZATION.id, DESCENT.id), question_count=2, mode=Mode.REAL)
HALF = answer_with(REGULARIZATION, covered=(1,))
NAME = "local:toy"


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[SessionRepository]:
    opened = SessionRepository(tmp_path / "sessions.sqlite")
    yield opened
    opened.close()


@dataclass
class Clock:
    """A clock that moves while somebody works."""

    now: float = 500.0

    def __call__(self) -> float:
        return self.now


@dataclass
class TimedInterviewer:
    """Takes so many seconds for each of its tasks, and notes how many it has when it begins.

    `fails` says which tasks fail, and with what.
    """

    clock: Clock
    takes_s: dict[str, float] = field(default_factory=dict)
    fails: dict[str, ModelError] = field(default_factory=dict)
    left_s: dict[str, float] = field(default_factory=dict)
    name: str = NAME

    def prompt_hash(self, task: Task | None = None) -> str:
        return "0123456789ab"

    def proposal_hash(self) -> str:
        return "ba9876543210"

    def speak(self, occasion: Occasion, within_s: float | None = None) -> Iterator[str]:
        self._work("words")
        yield "It is said."

    def choose(
        self, question: str, answer: str, options: Sequence[str], within_s: float | None = None
    ) -> int:
        self._work("choice")
        return len(options)

    def propose(self, grounds: object, within_s: float | None = None) -> ModelFollowUp:
        self._work("proposal")
        raise ModelReplyError("It has none.")

    def _work(self, task: str) -> None:
        with asking():
            self.left_s[task] = Deadline.after(15.0, self.clock).within_turn().remaining_s
            self.clock.now += self.takes_s.get(task, 0.0)
            if task in self.fails:
                raise self.fails[task]


@dataclass
class TimedGrader:
    """Takes so many seconds for a grade, and fails at asking a model where it is told to."""

    clock: Clock
    takes_s: float = 0.0
    error: ModelError | None = None
    left_s: float = 0.0

    def grade(self, rubric: Any, answer: str) -> Grade:
        self.left_s = Deadline.after(60.0, self.clock).within_turn().remaining_s
        self.clock.now += self.takes_s
        try:
            with asking():
                if self.error:
                    raise self.error
        except ModelError:
            pass  # the offline judge steps in
        return FakeGrader().grade(rubric, answer)


Open = Callable[..., InterviewService]


@pytest.fixture
def open_service(repository: SessionRepository) -> Open:
    """Open the service as each drawing of a page does, over the same store."""
    nearby = NearbyPassages(build_in_memory(BANK, HashingEncoder()))

    def opened(clock: Clock, interviewer: Any, grader: Any) -> InterviewService:
        return InterviewService(
            bank=BANK,
            grader=grader,
            repository=repository,
            interviewer=interviewer,
            nearby=nearby,
            turn_s=30.0,
            timer=clock,
        )

    return opened


def test_grade_choice_proposal_and_words_share_the_seconds_of_a_turn(open_service: Open) -> None:
    clock = Clock()
    model = TimedInterviewer(clock, {"choice": 4.0, "proposal": 5.0})
    grader = TimedGrader(clock, 14.0)
    service = open_service(clock, model, grader)
    session = service.answer(service.start(PLAN).id, HALF)
    assert grader.left_s == 30.0
    assert session.waited.seconds == pytest.approx(23.0)
    clock.now += 1000.0  # the page is drawn, or opened again
    list(open_service(clock, model, grader).speak(session.id))
    assert model.left_s == {
        "choice": pytest.approx(15.0),
        "proposal": pytest.approx(12.0),
        "words": pytest.approx(7.0),
    }


def test_what_the_candidate_does_next_begins_another_turn(open_service: Open) -> None:
    clock = Clock()
    model, grader = TimedInterviewer(clock), TimedGrader(clock, 29.0)
    service = open_service(clock, model, grader)
    session = service.answer(service.start(PLAN).id, HALF)
    assert model.left_s["choice"] == pytest.approx(1.0)
    session = service.clarify(session.id, "Which of the two?")
    assert session.waited.seconds == 0.0
    list(service.speak(session.id))
    assert model.left_s["words"] == 15.0
    service.answer(session.id, HALF)
    assert grader.left_s == 30.0


DOWN = ModelServerError("It is down.")


@pytest.mark.parametrize(
    ("graders", "fails", "asked"),
    [
        (DOWN, {}, set()),
        (ModelReplyError("It is no verdict."), {}, {"choice", "proposal", "words"}),
        (None, {"choice": DOWN}, {"choice"}),
        (None, {"proposal": DOWN}, {"choice", "proposal"}),
        (None, {"choice": ModelReplyError("It is no number.")}, {"choice", "words"}),
    ],
    ids=["grade", "unreadable grade", "choice", "proposal", "unreadable choice"],
)
def test_a_server_that_has_failed_is_asked_for_nothing_more_in_this_turn(
    open_service: Open, graders: ModelError | None, fails: dict[str, ModelError], asked: set[str]
) -> None:
    clock = Clock()
    model, grader = TimedInterviewer(clock, {}, fails), TimedGrader(clock, 0.0, graders)
    session = open_service(clock, model, grader).start(PLAN)
    session = open_service(clock, model, grader).answer(session.id, HALF)
    shown = list(open_service(clock, model, grader).speak(session.id))
    assert set(model.left_s) == asked
    lead, follow_up = open_service(clock, model, grader).peek(session.id).current.turns
    if "words" not in asked:
        assert shown == [lead.text]
        assert lead.notice == f"{NAME} could not word this, so the bank did. It is down."
    assert follow_up.notice.startswith(f"{NAME} could not ")


def test_the_next_turn_asks_a_server_that_has_failed_again(open_service: Open) -> None:
    clock = Clock()
    model = TimedInterviewer(clock)
    down, up = (open_service(clock, model, TimedGrader(clock, 0.0, each)) for each in (DOWN, None))
    session = down.answer(down.start(PLAN).id, HALF)
    assert (session.waited.outage, model.left_s) == ("It is down.", {})
    session = up.clarify(session.id, "")
    assert session.waited.outage == ""
    list(up.speak(session.id))
    assert set(model.left_s) == {"words"}


@pytest.mark.parametrize("mode", [Mode.PRACTICE, Mode.REAL])
def test_time_that_is_used_up_leaves_the_rest_to_the_bank_at_once(
    repository: SessionRepository, mode: Mode
) -> None:
    """Nothing reaches the server once the turn has used its time."""
    clock = Clock()
    with FaultServer({"good": good}) as server:
        settings = _settings(server, "good")
        service = InterviewService(
            bank=BANK,
            grader=TimedGrader(clock, 31.0),
            repository=repository,
            interviewer=ModelInterviewer(connect(settings)),
            timer=clock,
        )
        plan = SessionPlan(question_ids=(REGULARIZATION.id,), question_count=1, mode=mode)
        session = service.answer(service.start(plan).id, "Let me think.")
        if mode is Mode.PRACTICE:
            clock.now += 60.0
            session = service.go_on(session.id)
        list(service.speak(session.id))
        asked = server.requests_to(settings.base_url or "")
    lead, follow_up = service.peek(session.id).current.turns
    if mode is Mode.PRACTICE:  # to go on is another turn
        assert (asked, lead.notice, follow_up.notice) == (2, "", "")
        return
    assert asked == 0
    assert "did not answer within 30 seconds" in follow_up.notice
    assert "did not answer within 30 seconds" in lead.notice


def _settings(server: FaultServer, fault: str) -> Settings:
    return Settings(
        _env_file=None,
        model="toy",
        base_url=server.address(fault),
        api_key=KEY,
        model_grades="all",
    )  # type: ignore[call-arg]


def _oops(call: Call) -> None:
    call.reply("{}", status="500 Oops")


def _prose(call: Call) -> None:
    call.complete(completion("The answer is good."))


@pytest.mark.parametrize(
    ("fault", "requests"),
    [("oops", 3), ("prose", 4 + 4 + 1)],
    ids=["three tries of the grade", "four ways of a grade, four of a choice, and words"],
)
def test_a_real_client_asks_a_failing_server_for_the_grade_alone(
    repository: SessionRepository, fault: str, requests: int
) -> None:
    with FaultServer({"oops": _oops, "prose": _prose}) as server:
        settings = _settings(server, fault)
        source = ReferencePassages(HashingEncoder())
        service = InterviewService(
            bank=BANK,
            grader=make_grader(settings, UnsureJudge(), source, BANK.version),
            repository=repository,
            interviewer=ModelInterviewer(connect(settings)),
        )
        session = service.answer(service.start(PLAN).id, HALF)
        list(service.speak(session.id))
        assert server.requests_to(settings.base_url or "") == requests
    session = service.peek(session.id)
    assert _graders(session) == [OFFLINE]
    assert all(turn.notice for turn in session.current.turns)


def _graders(session: Session) -> list[str]:
    return [grade.grader for each in session.exchanges for grade in each.grades]

"""The one door to interviews: takes what the candidate does, saves it, and has it graded.

Every method reads the session afresh from the store, so that any number of windows and restarts
see the same interview. An answer is saved before it is graded: whatever happens in between, the
next call finds it waiting and has it graded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from hashlib import blake2b
from typing import Protocol
from uuid import uuid4

from interviewer.deadline import Deadline
from interviewer.errors import (
    EventRefusedError,
    InputError,
    SessionError,
    UnknownSessionError,
)
from interviewer.grading.rubric import OWN_QUESTION_PREFIX, Rubric
from interviewer.interview.actions import Action, allowed_actions
from interviewer.interview.events import (
    Answered,
    ClarificationAsked,
    Continued,
    Ended,
    Event,
    Graded,
    HintAsked,
    Retried,
    Skipped,
    Spent,
    Started,
    TimedOut,
)
from interviewer.interview.machine import RequestGrade, Step, replay, step
from interviewer.interview.model_follow_ups import with_grade
from interviewer.interview.rubrics import rubric_of_exchange
from interviewer.interview.selection import choose_questions
from interviewer.interviewing.follow_ups import (
    NO_THOUGHT,
    FollowUpPassages,
    Interviewer,
    Thought,
)
from interviewer.knowledge.bank import QuestionBank
from interviewer.models import (
    Exchange,
    Grade,
    Mode,
    Phase,
    Question,
    Session,
    SessionPlan,
    SessionSummary,
)
from interviewer.reports.scores import overview
from interviewer.store.repository import CHANGED_ELSEWHERE, SessionRepository
from interviewer.turns import TURN_S, ModelTurns
from interviewer.usage import Meter

LONGEST_REQUEST = 300
"""The most characters in which a candidate can say what is unclear."""

_TRIES = 5


class AnswerGrader(Protocol):
    """What the service needs of `grading.grader.Grader`."""

    def grade(self, rubric: Rubric, answer: str) -> Grade:
        """Grade an answer against a rubric."""
        ...


class InterviewService:
    """Run interviews for the edges.

    Args:
        bank: where questions are chosen from.
        grader: grades answers to questions of the bank.
        repository: where every event is kept.
        clock: seconds since the epoch, UTC.
        new_id: makes the id of a new session.
        own_grader: grades answers to a candidate's own questions, whose reference is in no index;
            `grader` does it where this is None.
        interviewer: words what is asked and chooses among follow-ups; the bank does where this is
            None, and wherever it fails.
        nearby: retrieves what it may rest a follow-up of its own on; it asks none where this is
            None.
        token_budget: the tokens that a chat model may spend on one interview, None without a limit.
        turn_s: what all of a turn may wait for a chat model, in seconds: an answer, its grade, the
            choice of what comes next and the words for it.
        timer: a monotonic clock, in seconds.

    Every method that takes a session's id raises UnknownSessionError where there is none, and
    EventRefusedError, saying what can be done now, where the session is in another state.
    `seen` is the `event_count` of the session that the candidate was looking at; where the stored
    one has gone further, the call is refused instead of being applied to another question.
    """

    def __init__(
        self,
        *,
        bank: QuestionBank,
        grader: AnswerGrader,
        repository: SessionRepository,
        clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = lambda: uuid4().hex,
        own_grader: AnswerGrader | None = None,
        interviewer: Interviewer | None = None,
        nearby: FollowUpPassages | None = None,
        token_budget: int | None = None,
        turn_s: float = TURN_S,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bank = bank
        self._grader = grader
        self._own_grader = own_grader or grader
        self._model = ModelTurns(interviewer, nearby, token_budget, turn_s, clock, timer)
        self._repository = repository
        self._clock = clock
        self._new_id = new_id

    def start(self, plan: SessionPlan) -> Session:
        """Begin an interview; a `seed` of 0 has questions chosen that were not asked before.

        Raises:
            SessionError: no question fits the plan; the message says what to loosen.
            UnknownQuestionError: the plan names a question that is not in the bank.
        """
        session_id = self._new_id()
        asked: frozenset[str] = frozenset()
        if plan.seed == 0:
            asked = self.asked_question_ids()
            plan = replace(plan, seed=_seed_of(session_id))
        for question_id in plan.question_ids:
            self._bank.get(question_id)
        questions = choose_questions(self._bank.questions, plan, asked=asked)
        return self._begin(session_id, plan, questions)

    def start_own(self, question: Question) -> Session:
        """Begin grading answers to one question of the candidate's own.

        Raises:
            SessionError: the question has no reference answer to grade against.
        """
        plan = SessionPlan(mode=Mode.GRADE_MY_ANSWER, question_count=1, question_ids=(question.id,))
        return self._begin(self._new_id(), plan, choose_questions((question,), plan))

    def answer(self, session_id: str, text: str, *, seen: int | None = None) -> Session:
        """Save an answer and have it graded; one that is refused is kept as the draft.

        Raises:
            InterviewerError: the grader failed; the answer is saved, and `get` grades it.
        """
        turn, answer = self._model.begin(), text.encode("utf-8", "replace").decode("utf-8")
        try:
            self._apply(session_id, lambda at: Answered(answer, at), seen)
        except EventRefusedError:
            self.save_draft(session_id, answer)
            raise
        return self._settled(session_id, turn)

    def hint(self, session_id: str, *, seen: int | None = None) -> Session:
        """Give the next hint."""
        return self._apply(session_id, HintAsked, seen)

    def clarify(self, session_id: str, text: str, *, seen: int | None = None) -> Session:
        """Say what the question asks for, without giving a point away.

        Raises:
            InputError: what is unclear is said in more than `LONGEST_REQUEST` characters.
        """
        if len(text) > LONGEST_REQUEST:
            raise InputError(
                f"What is unclear takes {len(text):,} characters; {LONGEST_REQUEST} are read. "
                "Say it in fewer words."
            )
        request = text.encode("utf-8", "replace").decode("utf-8")
        return self._apply(session_id, lambda at: ClarificationAsked(request, at), seen)

    def skip(self, session_id: str, *, seen: int | None = None) -> Session:
        """Pass on what was asked last."""
        return self._apply(session_id, Skipped, seen)

    def retry(self, session_id: str, *, seen: int | None = None) -> Session:
        """Open the question again; the best score counts."""
        return self._apply(session_id, Retried, seen)

    def go_on(self, session_id: str, *, seen: int | None = None) -> Session:
        """Leave the grade behind and go on to what comes next."""
        turn = self._model.begin()
        session = self._current(session_id, seen)
        allowed = Action.CONTINUE in allowed_actions(session)
        meter = self._model.meter(session, turn)
        with self._counted(session_id, meter):
            own = self._thought_of(session, meter) if allowed else NO_THOUGHT
            session = self._on_time(session)  # time has passed if a model was asked
            event = Continued(
                self._clock(),
                meter.usage,
                own.follow_up,
                own.notice,
                own.prompt_hash,
                meter.waited,
            )
            return self._with_choice(self._kept(session, event, meter), meter)

    @property
    def listens(self) -> bool:
        """Whether a chat model words what is said, so that what is unclear can be taken up."""
        return self._model.interviewer is not None

    def waiting_words(self, session_id: str) -> int | None:
        """Give the number of the turn that `speak` would put in other words, from 1."""
        if not self.listens:
            return None
        session = self.peek(session_id)
        occasion = self._model.occasion(session, self._time_left(session))
        return occasion.turn if occasion else None

    def speak(self, session_id: str) -> Iterator[str]:
        """Have a chat model put what was said last in its own words, and keep them.

        Each yield is what to show in the place of the one before; nothing is yielded where there
        is no model or nothing to word. The bank's words are saved already: they stand when this is
        left early, and come back, with a notice on the turn, when the model fails, breaks a rule or
        has no time left of what the turn may take.
        """
        session, speaker = self.peek(session_id), self._model.interviewer
        left_s = self._time_left(session)
        occasion = self._model.occasion(session, left_s)
        if occasion is None or speaker is None:
            return
        meter = self._model.meter(session)
        with self._counted(session_id, meter):
            worded = yield from self._model.words(speaker, occasion, left_s, meter)
            # The candidate may have gone on in another window meanwhile.
            with suppress(EventRefusedError):
                self._kept(self.peek(session_id), worded, meter)
        yield worded.text or occasion.bank_words

    def end(self, session_id: str, *, seen: int | None = None) -> Session:
        """End the interview; an answer that waits for its grade still gets it.

        Raises:
            InterviewerError: the grader failed; the interview is ended all the same.
        """
        self._apply(session_id, Ended, seen)
        return self.get(session_id)

    def time_out(self, session_id: str) -> Session:
        """Finish the interview if its time is up, else leave it as it is; `get` does the same."""
        return self.get(session_id)

    def get(self, session_id: str) -> Session:
        """Give the session as it stands, having done what was due.

        An answer that a crash or a failing grader left waiting is graded, and an interview whose
        time is up is finished.

        Raises:
            InterviewerError: the grader failed; `peek` shows the session without it.
        """
        return self._settled(session_id, self._model.begin())

    def peek(self, session_id: str) -> Session:
        """Give the session as it is stored, with nothing graded or finished."""
        events = self._repository.events(session_id)
        if not events:
            raise UnknownSessionError(
                f"There is no interview with the id {session_id!r}. Start a new one, or continue "
                "one from the list."
            )
        return replay(events)

    def unfinished(self) -> list[SessionSummary]:
        """List the interviews that can be continued, the one touched last first."""
        return self._repository.summaries(unfinished=True)

    def recent(self, limit: int = 20) -> list[SessionSummary]:
        """List interviews, finished or not, the one touched last first."""
        return self._repository.summaries(limit=limit)

    def asked_question_ids(self) -> frozenset[str]:
        """Give the ids of all questions that an interview has come to."""
        return self._repository.asked_question_ids()

    def save_draft(self, session_id: str, text: str) -> None:
        """Keep what is typed but not yet handed in."""
        draft = text.encode("utf-8", "replace").decode("utf-8")
        self._repository.save_draft(session_id, draft, at=self._clock())

    def draft(self, session_id: str) -> str:
        """Give what was typed and not handed in, or nothing."""
        return self._repository.draft(session_id)

    def delete(self, session_id: str) -> None:
        """Delete an interview with everything that was said in it."""
        self._repository.delete(session_id)

    def grader_for(self, exchange: Exchange) -> AnswerGrader:
        """Name the grader of an exchange: a candidate's own question has its own."""
        own = exchange.question.id.startswith(OWN_QUESTION_PREFIX)
        return self._own_grader if own else self._grader

    def _begin(
        self, session_id: str, plan: SessionPlan, questions: tuple[Question, ...]
    ) -> Session:
        event = Started(session_id, plan, questions, self._bank.version, self._clock())
        return self._save(None, event).session

    def _settled(self, session_id: str, turn: Deadline) -> Session:
        session = self._on_time(self.peek(session_id))
        return self._on_time(self._graded(session, turn))

    def _apply(
        self, session_id: str, event_at: Callable[[float], Event], seen: int | None
    ) -> Session:
        session = self._current(session_id, seen)
        return self._save(session, event_at(self._clock())).session

    def _current(self, session_id: str, seen: int | None) -> Session:
        """Give the session to act on; refuse where it is no longer the one that was seen."""
        session = self._on_time(self.peek(session_id))
        # What only words a turn in another way does not make a page out of date.
        current = range(session.event_count - session.wordings, session.event_count + 1)
        if seen is not None and seen not in current and not session.timed_out:
            raise EventRefusedError(CHANGED_ELSEWHERE)
        return session

    def _save(self, session: Session | None, event: Event) -> Step:
        taken = step(session, event)
        self._repository.append(
            taken.session.id,
            0 if session is None else session.event_count,
            (event,),
            summary=overview(taken.session),
        )
        return taken

    def _on_time(self, session: Session) -> Session:
        limit, now = session.plan.time_limit_s, self._clock()
        if limit is None or session.phase is Phase.FINISHED or now < session.started_at + limit:
            return session
        return self._save(session, TimedOut(now)).session

    def _time_left(self, session: Session) -> float | None:
        limit = session.plan.time_limit_s
        return None if limit is None else session.started_at + limit - self._clock()

    def _kept(self, session: Session, event: Event, meter: Meter) -> Session:
        """Save an event that holds what was spent."""
        saved = self._save(session, event).session
        meter.settle()
        return saved

    @contextmanager
    def _counted(self, session_id: str, meter: Meter) -> Iterator[None]:
        """Count what was spent on something that was not kept after all."""
        try:
            yield
        finally:
            if meter.usage.total:
                self._count(session_id, meter)

    def _count(self, session_id: str, meter: Meter) -> None:
        for _ in range(_TRIES):  # other windows may go on meanwhile, or delete the interview
            with suppress(SessionError):
                self._kept(self.peek(session_id), Spent(meter.usage, self._clock()), meter)
                return

    def _with_choice(self, session: Session, meter: Meter) -> Session:
        """Have a chat model choose the follow-up that was opened, where there is a choice."""
        chosen = self._model.choice(session, self._time_left(session), meter)
        if chosen is None:
            return session
        try:
            return self._kept(session, chosen, meter)
        except EventRefusedError:  # another window has gone on meanwhile
            return self.peek(session.id)

    def _thought_of(self, session: Session, meter: Meter) -> Thought:
        return self._model.thought(session, self._time_left(session), meter)

    def _graded(self, session: Session, turn: Deadline) -> Session:
        request = RequestGrade.of(session)
        if request is None:
            return session
        meter = self._model.meter(session, turn)
        with self._counted(session.id, meter):
            grade, own = self._judged(session, request, meter)
            # While it was graded, another window may have ended the interview or graded it too.
            latest = self.peek(session.id)
            while RequestGrade.of(latest) == request:
                event = Graded(
                    grade,
                    self._clock(),
                    meter.usage,
                    own.follow_up,
                    own.notice,
                    own.prompt_hash,
                    meter.waited,
                )
                try:
                    graded = self._kept(self._on_time(latest), event, meter)
                except EventRefusedError:
                    latest = self.peek(session.id)
                else:
                    return self._with_choice(graded, meter)
            return latest

    def _judged(
        self, session: Session, request: RequestGrade, meter: Meter
    ) -> tuple[Grade, Thought]:
        """Have an answer graded, and a follow-up thought of where a real interview goes on."""
        grader, rubric = self.grader_for(request.exchange), rubric_of_exchange(request.exchange)
        grade = meter.run(lambda: grader.grade(rubric, request.answer))
        if session.plan.mode is not Mode.REAL or session.phase is not Phase.GRADING:
            return grade, NO_THOUGHT
        return grade, self._thought_of(with_grade(session, grade), meter)


def _seed_of(session_id: str) -> int:
    return int.from_bytes(blake2b(session_id.encode(), digest_size=4).digest())

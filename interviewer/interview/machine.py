"""The interview as a function: a session and an event give the next session and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, TypeAlias

from interviewer.errors import EventRefusedError
from interviewer.interview import voice
from interviewer.interview.actions import Action, hints_left, require, what_now
from interviewer.interview.clarify import clarification
from interviewer.interview.events import (
    Answered,
    ClarificationAsked,
    Continued,
    Ended,
    Event,
    FollowUpChosen,
    Graded,
    HintAsked,
    Retried,
    Skipped,
    Spent,
    Started,
    TimedOut,
    Worded,
)
from interviewer.interview.follow_ups import (
    FollowUpChoice,
    is_non_answer,
    model_may_ask,
    next_follow_up,
)
from interviewer.interview.speaking import follow_up_options, occasion_of
from interviewer.models import (
    NOT_WAITED,
    NOTHING_SPENT,
    Exchange,
    Mode,
    ModelFollowUp,
    Phase,
    Session,
    Speaker,
    Turn,
    TurnKind,
    Waited,
)
from interviewer.text import strip_invisible


@dataclass(frozen=True, slots=True)
class Say:
    """The interviewer says something."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class RequestGrade:
    """An answer waits for its grade.

    Two requests are equal when they are for the same answer: by the number of the exchange and
    of the attempt at it, from 1.
    """

    exchange_number: int
    attempt: int
    answer: str
    exchange: Exchange = field(compare=False)

    @classmethod
    def of(cls, session: Session) -> RequestGrade | None:
        """Give the request that is open in a session, if one is."""
        if not session.pending_answer:
            return None
        attempt = sum(turn.kind is TurnKind.ANSWER for turn in session.current.turns)
        return cls(len(session.exchanges), attempt, session.pending_answer, session.current)


@dataclass(frozen=True, slots=True)
class Finish:
    """The interview is over and its summary can be shown."""


Effect: TypeAlias = Say | RequestGrade | Finish


@dataclass(frozen=True, slots=True)
class Step:
    """The session after an event, and what there is to do about it, in order."""

    session: Session
    effects: tuple[Effect, ...]


def step(session: Session | None, event: Event) -> Step:
    """Take an event; pure, so that the same events always lead to the same session.

    Raises:
        EventRefusedError: the event does not fit the state of the session; the message says what
            can be done now.
    """
    if session is None:
        after = _started(event)
    elif isinstance(event, Started):
        raise EventRefusedError(f"This interview has begun already. {what_now(session)}")
    else:
        after = _HANDLERS[type(event)](session, event)
        if session.phase is not Phase.FINISHED:
            after = _noted(after, event)
        after = replace(
            after,
            updated_at=session.updated_at if isinstance(event, Spent) else event.at,
            event_count=session.event_count + 1,
            wordings=session.wordings + 1 if isinstance(event, Worded | Spent) else 0,
            usage=session.usage + getattr(event, "usage", NOTHING_SPENT),
            waited=_waited(session, event),
        )
    return Step(after, tuple(_effects(session, after)))


def replay(events: Iterable[Event]) -> Session:
    """Lead a session through its events from the first to the last.

    Raises:
        EventRefusedError: there are no events, or they do not follow from each other.
    """
    last = reduce(lambda session, event: step(session, event).session, events, None)
    if last is None:
        raise EventRefusedError("No interview has begun yet. Start one first.")
    return last


def _noted(session: Session, event: Event) -> Session:
    """Say on what comes next why a model has no question of its own that could have come first."""
    if not isinstance(event, Graded | Continued) or not event.notice:
        return session
    *before, last = session.current.turns
    noted = replace(last, notice=event.notice, prompt_hash=event.prompt_hash)
    return _with_current(session, turns=(*before, noted))


def _waited(session: Session, event: Event) -> Waited:
    """Say how long the turn has waited for a model; another begins with what the candidate does."""
    if isinstance(event, Worded | Spent):
        return session.waited
    waited: Waited = getattr(event, "waited", NOT_WAITED)
    return waited


def _effects(before: Session | None, after: Session) -> Iterable[Effect]:
    said = voice.turn_count(before) if before else 0
    turns = [turn for exchange in after.exchanges for turn in exchange.turns]
    yield from (Say(turn) for turn in turns[said:] if turn.speaker is Speaker.INTERVIEWER)
    request = RequestGrade.of(after)
    if request is not None and (before is None or request != RequestGrade.of(before)):
        yield request
    if after.phase is Phase.FINISHED and (before is None or before.phase is not Phase.FINISHED):
        yield Finish()


def _started(event: Event) -> Session:
    if not isinstance(event, Started):
        raise EventRefusedError("No interview has begun yet. Start one first.")
    if not event.planned:
        raise EventRefusedError("An interview needs at least one question. Choose one first.")
    first, plan = event.planned[0], event.plan
    opening = voice.greeting(event.session_id, plan.mode, len(event.planned), plan.time_limit_s)
    return Session(
        id=event.session_id,
        plan=plan,
        planned=event.planned,
        phase=Phase.ANSWERING,
        exchanges=(
            Exchange(
                first,
                turns=(
                    Turn(Speaker.INTERVIEWER, TurnKind.GREETING, opening, event.at),
                    Turn(Speaker.INTERVIEWER, TurnKind.QUESTION, first.text, event.at),
                ),
            ),
        ),
        started_at=event.at,
        updated_at=event.at,
        bank_version=event.bank_version,
        event_count=1,
    )


def _answered(session: Session, event: Answered) -> Session:
    require(session, Action.ANSWER)
    if not strip_invisible(event.text).strip():
        raise EventRefusedError(f"There is nothing in this answer yet. {what_now(session)}")
    heard = _say(session, TurnKind.ANSWER, event.text, event.at, Speaker.CANDIDATE)
    return replace(heard, phase=Phase.GRADING, pending_answer=event.text)


def _graded(session: Session, event: Graded) -> Session:
    if not session.pending_answer:
        raise EventRefusedError(f"There is no answer that waits for a grade. {what_now(session)}")
    graded = _with_current(session, grades=(*session.current.grades, event.grade))
    graded = replace(graded, pending_answer="")
    if graded.phase is Phase.FINISHED:
        return graded
    if graded.plan.mode is Mode.REAL:
        return _advance(graded, event.at, voice.acknowledgement(graded), event.model_follow_up)
    comment = voice.review(
        graded,
        event.grade,
        non_answer=is_non_answer(event.grade),
        hint_left=bool(hints_left(graded)),
    )
    reviewed = _say(graded, TurnKind.ACKNOWLEDGEMENT, comment, event.at)
    return replace(reviewed, phase=Phase.REVIEWING)


def _hint_asked(session: Session, event: HintAsked) -> Session:
    require(session, Action.HINT)
    hint, *others = hints_left(session)
    told = _say(session, TurnKind.HINT, voice.hint(hint, last=not others), event.at)
    return _with_current(told, hints_used=session.current.hints_used + 1)


def _clarification_asked(session: Session, event: ClarificationAsked) -> Session:
    require(session, Action.CLARIFY)
    request = event.text.strip() or "Can you clarify the question?"
    text = clarification(session.current)
    asked = _say(session, TurnKind.CLARIFICATION_REQUEST, request, event.at, Speaker.CANDIDATE)
    return _say(asked, TurnKind.CLARIFICATION, text, event.at)


def _skipped(session: Session, event: Skipped) -> Session:
    require(session, Action.SKIP)
    passed = _say(session, TurnKind.SKIP, "I would like to skip this.", event.at, Speaker.CANDIDATE)
    passed = _with_current(passed, skipped=not session.current.grades)
    passed = replace(passed, pending_answer="")
    return _next_question(passed, event.at, voice.after_skip(passed))


def _retried(session: Session, event: Retried) -> Session:
    require(session, Action.RETRY)
    said = _say(session, TurnKind.ACKNOWLEDGEMENT, voice.retrying(session), event.at)
    return replace(said, phase=Phase.ANSWERING, pending_answer="")


def _continued(session: Session, event: Continued) -> Session:
    require(session, Action.CONTINUE)
    return _advance(session, event.at, "", event.model_follow_up)


def _follow_up_chosen(session: Session, event: FollowUpChosen) -> Session:
    choice = _choice(session, event)
    if choice is None:
        raise EventRefusedError(f"There is no follow-up to choose here. {what_now(session)}")
    lead, asked = session.current.turns
    chosen = replace(
        asked,
        text=choice.text,
        by="" if event.notice else event.by,
        prompt_hash=event.prompt_hash,
        notice=event.notice,
    )
    return _with_current(
        session,
        target=choice.target,
        asked=choice.text,
        written_follow_up=choice.written,
        model_follow_up=choice.model,
        turns=(lead, chosen),
    )


def _choice(session: Session, event: FollowUpChosen) -> FollowUpChoice | None:
    options = follow_up_options(session)
    if options and event.model_follow_up is not None:
        before = replace(session, exchanges=session.exchanges[:-1])
        own = FollowUpChoice.of_model(event.model_follow_up)
        return own if model_may_ask(before) else None
    return options[event.number - 1] if 1 <= event.number <= len(options) else None


def _worded(session: Session, event: Worded) -> Session:
    occasion = occasion_of(session)
    if occasion is None or occasion.turn != event.turn:
        raise EventRefusedError(f"There is nothing to put in other words. {what_now(session)}")
    turns = list(session.current.turns)
    place = event.turn - 1 - (voice.turn_count(session) - len(turns))
    turns[place] = replace(
        turns[place],
        text=event.text or turns[place].text,
        by=event.by if event.text else "",
        prompt_hash=event.prompt_hash,
        notice=event.notice,
    )
    return _with_current(session, turns=tuple(turns))


def _spent(session: Session, _: Spent) -> Session:
    return session


def _timed_out(session: Session, event: TimedOut) -> Session:
    limit = session.plan.time_limit_s
    if session.phase is Phase.FINISHED or limit is None:
        raise EventRefusedError(f"No time is running in this interview. {what_now(session)}")
    if event.at < session.started_at + limit:
        raise EventRefusedError(f"There is time left. {what_now(session)}")
    return replace(_finish(session, event.at, voice.time_up(session)), timed_out=True)


def _ended(session: Session, event: Ended) -> Session:
    require(session, Action.END)
    return _finish(session, event.at, voice.ended(session))


_HANDLERS: dict[type, Callable[[Session, Any], Session]] = {
    Answered: _answered,
    Graded: _graded,
    HintAsked: _hint_asked,
    ClarificationAsked: _clarification_asked,
    Skipped: _skipped,
    Retried: _retried,
    Continued: _continued,
    FollowUpChosen: _follow_up_chosen,
    Worded: _worded,
    Spent: _spent,
    TimedOut: _timed_out,
    Ended: _ended,
}


def _advance(session: Session, at: float, opening: str, own: ModelFollowUp | None) -> Session:
    """Go on to a follow-up where there is one to ask, else to the next question.

    What a model thought of is asked where the bank has nothing left to ask.
    """
    single = session.plan.mode is Mode.GRADE_MY_ANSWER
    follow_up = None if single else next_follow_up(session)
    if follow_up is None and own is not None and model_may_ask(session):
        follow_up = FollowUpChoice.of_model(own)
    if follow_up is None:
        return _next_question(session, at, opening or voice.moving_on(session))
    return _ask_follow_up(session, follow_up, at, opening)


def _ask_follow_up(session: Session, choice: FollowUpChoice, at: float, opening: str) -> Session:
    exchange = Exchange(
        session.current.question,
        follow_up=session.current.follow_up + 1,
        target=choice.target,
        asked=choice.text,
        written_follow_up=choice.written,
        model_follow_up=choice.model,
    )
    lead = " ".join(filter(None, (opening, voice.staying(session))))
    opened = _open(session, exchange)
    opened = _say(opened, TurnKind.ACKNOWLEDGEMENT, lead, at)
    asked = _say(opened, TurnKind.FOLLOW_UP, choice.text, at)
    return _signed(asked, choice.model) if choice.model else asked


def _signed(session: Session, own: ModelFollowUp) -> Session:
    """Name the model that thought of what was said last."""
    *before, last = session.current.turns
    signed = replace(last, by=own.by, prompt_hash=own.prompt_hash)
    return _with_current(session, turns=(*before, signed))


def _next_question(session: Session, at: float, opening: str) -> Session:
    number = session.question_number + 1
    if number > len(session.planned):
        return _finish(session, at, voice.closing(session))
    question = session.planned[number - 1]
    lead = voice.lead_in(session, opening, number)
    opened = _say(_open(session, Exchange(question)), TurnKind.ACKNOWLEDGEMENT, lead, at)
    return _say(opened, TurnKind.QUESTION, question.text, at)


def _finish(session: Session, at: float, words: str) -> Session:
    return replace(_say(session, TurnKind.CLOSING, words, at), phase=Phase.FINISHED)


def _open(session: Session, exchange: Exchange) -> Session:
    return replace(session, phase=Phase.ANSWERING, exchanges=(*session.exchanges, exchange))


def _say(
    session: Session,
    kind: TurnKind,
    text: str,
    at: float,
    speaker: Speaker = Speaker.INTERVIEWER,
) -> Session:
    turns = (*session.current.turns, Turn(speaker, kind, text, at))
    return _with_current(session, turns=turns)


def _with_current(session: Session, **changes: Any) -> Session:
    current = replace(session.current, **changes)
    return replace(session, exchanges=(*session.exchanges[:-1], current))

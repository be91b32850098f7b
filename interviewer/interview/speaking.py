"""Says which of the interviewer's words a model may put in its own way, and what it is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from interviewer.interview import voice
from interviewer.interview.follow_ups import (
    FollowUpChoice,
    current_question,
    justified_follow_ups,
)
from interviewer.interview.transcript import Scene, scene_of
from interviewer.models import Mode, Phase, Session, Speaker, Turn, TurnKind

_LEADS = frozenset({TurnKind.GREETING, TurnKind.ACKNOWLEDGEMENT})
_ASKING = frozenset({TurnKind.QUESTION, TurnKind.FOLLOW_UP})


class Task(StrEnum):
    """What there is to say."""

    QUESTION = "question"
    FOLLOW_UP = "follow-up"
    CLARIFICATION = "clarification"


class Before(StrEnum):
    """What the candidate did last; the value completes "The candidate has …"."""

    NOTHING = "just come in"
    ANSWERED = "just answered the question before"
    SKIPPED = "just passed on the question before"


@dataclass(frozen=True, slots=True)
class Brief:
    """All that a model is told: words that were said aloud or are about to be, nothing else.

    There is no rubric, reference or key point in it. `answer` is given for a follow-up alone,
    `request` for a clarification alone.
    """

    task: Task
    mode: Mode
    question: str
    asked: str
    before: Before = Before.NOTHING
    answer: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A turn that waits to be put in a model's own words.

    `turn` counts all turns of the interview from 1. `bank_words` is what it says now, `kept` what
    of that stays in front of the model's words. `scene` is for the check of the words
    and never leaves it.
    """

    turn: int
    bank_words: str
    kept: str
    brief: Brief
    scene: Scene


def occasion_of(session: Session) -> Occasion | None:
    """Find the turn that was said last and that no model was asked about yet."""
    turns = session.current.turns
    if session.phase is not Phase.ANSWERING or not turns:
        return None
    if turns[-1].kind is TurnKind.CLARIFICATION:
        return _clarification(session) if _is_fresh(turns[-1]) else None
    single = session.plan.mode is Mode.GRADE_MY_ANSWER
    if single or len(turns) != 2 or turns[1].kind not in _ASKING:
        return None
    fresh = turns[0].kind in _LEADS and _is_fresh(turns[0])
    return _opening(session) if fresh else None


def follow_up_options(session: Session) -> tuple[FollowUpChoice, ...]:
    """List what may be asked in the place of a follow-up that nobody has answered or chosen yet.

    Nothing where there is no such follow-up.
    """
    current = session.current
    opened = current.follow_up and len(current.turns) == 2 and _is_fresh(current.turns[1])
    if session.phase is not Phase.ANSWERING or not opened:
        return ()
    return justified_follow_ups(replace(session, exchanges=session.exchanges[:-1]))


def last_answer(session: Session) -> str:
    """Give the latest answer to the question under way, or nothing."""
    answers = [
        turn.text
        for exchange in current_question(session)
        for turn in exchange.turns
        if turn.kind is TurnKind.ANSWER
    ]
    return answers[-1] if answers else ""


def _is_fresh(turn: Turn) -> bool:
    return not (turn.prompt_hash or turn.by or turn.notice)


def _opening(session: Session) -> Occasion:
    lead, current = session.current.turns[0], session.current
    greets = lead.kind is TurnKind.GREETING
    brief = Brief(
        task=Task.FOLLOW_UP if current.follow_up else Task.QUESTION,
        mode=session.plan.mode,
        question=current.question.text,
        asked=current.text,
        before=_before(session),
        answer=last_answer(session) if current.follow_up else "",
    )
    return _occasion(session, 0, brief, kept=lead.text if greets else "")


def _clarification(session: Session) -> Occasion:
    current = session.current
    requests = [turn for turn in current.turns if turn.kind is TurnKind.CLARIFICATION_REQUEST]
    brief = Brief(
        task=Task.CLARIFICATION,
        mode=session.plan.mode,
        question=current.question.text,
        asked=current.text,
        request=requests[-1].text,
    )
    return _occasion(session, len(current.turns) - 1, brief)


def _occasion(session: Session, place: int, brief: Brief, kept: str = "") -> Occasion:
    current = session.current
    earlier = voice.turn_count(session) - len(current.turns)
    scene = replace(
        scene_of(session, current, place),
        judges=False,
        clarifies=brief.task is Task.CLARIFICATION,
        request=brief.request,
    )
    return Occasion(
        turn=earlier + place + 1,
        bank_words=current.turns[place].text,
        kept=kept,
        brief=brief,
        scene=scene,
    )


def _before(session: Session) -> Before:
    if len(session.exchanges) < 2:
        return Before.NOTHING
    said = [turn for turn in session.exchanges[-2].turns if turn.speaker is Speaker.CANDIDATE]
    skipped = not said or said[-1].kind is TurnKind.SKIP
    return Before.SKIPPED if skipped else Before.ANSWERED

"""What can happen in an interview; the list of these is the whole truth about a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from interviewer.models import (
    NOT_WAITED,
    NOTHING_SPENT,
    Grade,
    ModelFollowUp,
    Question,
    SessionPlan,
    Usage,
    Waited,
)


@dataclass(frozen=True, slots=True)
class Started:
    """The candidate began; `planned` are the questions as they stood at that moment.

    `at` is in seconds since the epoch, UTC, here and in every other event.
    """

    session_id: str
    plan: SessionPlan
    planned: tuple[Question, ...]
    bank_version: str
    at: float


@dataclass(frozen=True, slots=True)
class Answered:
    """The candidate handed in an answer to what was asked last."""

    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Graded:
    """The answer that was waiting has its grade; `usage` is what a chat model spent on it.

    `model_follow_up` is asked next where a real interview has nothing else left to ask about the
    question. A `notice` says why a model that was asked for one has none, and `prompt_hash` what it
    was asked. `waited` is how long the turn has waited for a model by now.
    """

    grade: Grade
    at: float
    usage: Usage = NOTHING_SPENT
    model_follow_up: ModelFollowUp | None = None
    notice: str = ""
    prompt_hash: str = ""
    waited: Waited = NOT_WAITED


@dataclass(frozen=True, slots=True)
class HintAsked:
    """The candidate wants the next hint."""

    at: float


@dataclass(frozen=True, slots=True)
class ClarificationAsked:
    """The candidate wants to know what the question means; `text` is how they put it."""

    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Skipped:
    """The candidate passes on what was asked last."""

    at: float


@dataclass(frozen=True, slots=True)
class Retried:
    """The candidate wants to answer the same thing again."""

    at: float


@dataclass(frozen=True, slots=True)
class Continued:
    """The candidate has read the grade and wants to go on.

    `model_follow_up` is asked next where nothing else is left to ask about the question; `notice`,
    `prompt_hash` and `waited` are those of `Graded`.
    """

    at: float
    usage: Usage = NOTHING_SPENT
    model_follow_up: ModelFollowUp | None = None
    notice: str = ""
    prompt_hash: str = ""
    waited: Waited = NOT_WAITED


@dataclass(frozen=True, slots=True)
class FollowUpChosen:
    """A chat model chose among the follow-ups that the rubric justifies.

    `number` counts from 1, in the order of `justified_follow_ups`; the first is what was asked
    already, and stands with a `notice` where the model failed. It is 0 where the model declined
    them all for a question of its own, `model_follow_up`. `waited` is that of `Graded`.
    """

    number: int
    by: str
    prompt_hash: str
    at: float
    notice: str = ""
    usage: Usage = NOTHING_SPENT
    model_follow_up: ModelFollowUp | None = None
    waited: Waited = NOT_WAITED


@dataclass(frozen=True, slots=True)
class Worded:
    """A chat model put a turn of the interviewer in its own words.

    `turn` counts all turns of the interview from 1. An empty `text` leaves the bank's words, and
    `notice` then says why.
    """

    turn: int
    text: str
    by: str
    prompt_hash: str
    at: float
    notice: str = ""
    usage: Usage = NOTHING_SPENT


@dataclass(frozen=True, slots=True)
class Spent:
    """A chat model spent tokens on what was not kept, as when its words were left half-way."""

    usage: Usage
    at: float


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The time of the interview is up."""

    at: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The candidate ends the interview."""

    at: float


Event: TypeAlias = (
    Started
    | Answered
    | Graded
    | HintAsked
    | ClarificationAsked
    | Skipped
    | Retried
    | Continued
    | FollowUpChosen
    | Worded
    | Spent
    | TimedOut
    | Ended
)

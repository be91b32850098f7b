"""Lets a chat model take part in the turns of interviews, each within its time and its budget."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

from interviewer.deadline import Deadline
from interviewer.errors import ConfigurationError, ModelError
from interviewer.interview.events import FollowUpChosen, Worded
from interviewer.interview.speaking import Occasion, follow_up_options, occasion_of
from interviewer.interviewing.follow_ups import (
    NO_THOUGHT,
    FollowUpAsker,
    FollowUpPassages,
    Interviewer,
    Thought,
    notice_of,
)
from interviewer.models import Session
from interviewer.usage import Meter

TURN_S = 30.0
"""What a turn may wait for a chat model, in seconds: from what the candidate does to the last word
that is said to it."""


@dataclass(frozen=True)
class ModelTurns:
    """Gives each turn its meter, and has the model choose, think and speak under it.

    Args:
        interviewer: the model; the bank alone chooses and speaks where this is None.
        nearby: retrieves what it may rest a follow-up of its own on; it asks none where this is
            None.
        token_budget: the tokens that it may spend on one interview, None without a limit.
        turn_s: what all of a turn may wait for it, in seconds.
        clock: seconds since the epoch, UTC.
        timer: a monotonic clock, in seconds.
    """

    interviewer: Interviewer | None = None
    nearby: FollowUpPassages | None = None
    token_budget: int | None = None
    turn_s: float = TURN_S
    clock: Callable[[], float] = time.time
    timer: Callable[[], float] = time.monotonic

    def begin(self) -> Deadline:
        """Start the time of a turn: the candidate has done something."""
        return Deadline.after(self.turn_s, self.timer)

    def meter(self, session: Session, turn: Deadline | None = None) -> Meter:
        """Count what a turn spends, and hold it to its time.

        Args:
            session: the interview, whose budget it is.
            turn: the time of the turn; None goes on with the turn under way, for which the
                candidate has waited already.
        """
        if turn is not None:
            return Meter(self._allowance(session), turn)
        waited = session.waited
        rest = Deadline.after(self.turn_s, self.timer, spent_s=waited.seconds)
        return Meter(self._allowance(session), rest, waited.outage)

    def occasion(self, session: Session, left_s: float | None) -> Occasion | None:
        """Find what the model may put in its own words; `left_s` is what is left of the timer."""
        if self.interviewer is None or (left_s is not None and left_s <= 0):
            return None
        return None if self._allowance(session) == 0 else occasion_of(session)

    def thought(self, session: Session, left_s: float | None, meter: Meter) -> Thought:
        """Have the model think of a follow-up where the bank has none left to ask."""
        asker = self._asker
        if asker is None or meter.is_used_up or not asker.has_gap(session):
            return NO_THOUGHT
        return meter.run(lambda: asker.think_of(session, left_s))

    def choice(self, session: Session, left_s: float | None, meter: Meter) -> FollowUpChosen | None:
        """Have the model choose the follow-up that was opened, where there is a choice."""
        options, asker = follow_up_options(session), self._asker
        answered = replace(session, exchanges=session.exchanges[:-1])
        if asker is None or not options or not asker.has_choice(answered, options):
            return None
        if meter.is_used_up:
            return None
        number, own, notice = meter.run(lambda: asker.choose(answered, options, left_s))
        chooser = asker.interviewer
        prompt_hash = own.prompt_hash if own else chooser.prompt_hash()
        return FollowUpChosen(
            number,
            chooser.name,
            prompt_hash,
            self.clock(),
            notice,
            meter.usage,
            own,
            meter.waited,
        )

    def words(
        self, speaker: Interviewer, occasion: Occasion, left_s: float | None, meter: Meter
    ) -> Generator[str, None, Worded]:
        """Have the model put a turn in its own words: yield what to show, return what to keep."""
        said, notice = "", ""
        try:
            for said in meter.each(speaker.speak(occasion, left_s)):
                yield said
        except (ModelError, ConfigurationError) as error:
            said, notice = "", notice_of(speaker, "word this", error)
        prompt_hash = speaker.prompt_hash(occasion.brief.task)
        return Worded(
            occasion.turn, said, speaker.name, prompt_hash, self.clock(), notice, meter.usage
        )

    @property
    def _asker(self) -> FollowUpAsker | None:
        return FollowUpAsker(self.interviewer, self.nearby) if self.interviewer else None

    def _allowance(self, session: Session) -> int | None:
        if self.token_budget is None:
            return None
        return max(0, self.token_budget - session.usage.total)

"""One deadline for all that a call does, however slowly the other side drips."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from typing import TypeVar

from interviewer.errors import ModelServerError

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point in time that work must be done by.

    Args:
        seconds: how long the work may take in all.
        ends_at: when that is, on `clock`.
        clock: a monotonic clock, in seconds.
    """

    seconds: float
    ends_at: float
    clock: Callable[[], float]

    @classmethod
    def after(
        cls, seconds: float, clock: Callable[[], float] = time.monotonic, *, spent_s: float = 0.0
    ) -> Deadline:
        """Start a deadline now, of whose seconds some are spent already."""
        return cls(seconds, clock() + seconds - spent_s, clock)

    @property
    def remaining_s(self) -> float:
        """The seconds left, never below 0."""
        return max(0.0, self.ends_at - self.clock())

    @property
    def spent_s(self) -> float:
        """The seconds that have gone by."""
        return self.seconds - self.remaining_s

    def hold(self) -> None:
        """Hold all work in this context to this deadline, as far as it asks `within_turn`."""
        _TURN.set(self)

    def within_turn(self) -> Deadline:
        """Give the deadline of the turn that this work is a part of, where that one comes first."""
        turn = _TURN.get()
        return self if turn is None or self.remaining_s <= turn.remaining_s else turn

    def error(self) -> ModelServerError:
        """Say that the time is over."""
        return ModelServerError(
            f"The model did not answer within {self.seconds:g} seconds. Try again, choose a "
            "faster model, or raise INTERVIEWER_TIMEOUT_S."
        )


_TURN: ContextVar[Deadline | None] = ContextVar("turn", default=None)


def run_within(deadline: Deadline, work: Callable[[], _T]) -> _T:
    """Run work in a thread of its own and give up on it at the deadline.

    A read timeout starts anew with every byte, so only leaving the thread behind bounds a reply
    that comes drop by drop.

    Raises:
        ModelServerError: the deadline came first; where it has passed already, no work is begun.
    """
    if deadline.remaining_s <= 0:
        raise deadline.error()
    outcome: queue.SimpleQueue[tuple[_T | None, BaseException | None]] = queue.SimpleQueue()

    def _work() -> None:
        try:
            outcome.put((work(), None))
        except BaseException as error:  # handed over to the thread that waits
            outcome.put((None, error))

    context = copy_context()
    threading.Thread(target=lambda: context.run(_work), name="chat-model", daemon=True).start()
    try:
        result, error = outcome.get(timeout=deadline.remaining_s)
    except queue.Empty:
        raise deadline.error() from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]

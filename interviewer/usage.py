"""Counts the tokens that a piece of work spends, and stops it from spending more than it may.

A meter reaches the calls through the context, so that nothing between the interview and the model
has to hand it on; threads that work for the caller are started in a copy of its context.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING, TypeVar

from interviewer.errors import ModelBudgetError
from interviewer.models import Usage

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

_T = TypeVar("_T")
Price = tuple[float, float]
_LEAST_DOLLARS = 0.01


class Meter:
    """Counts the tokens of the work that is run under it. Threads may share it.

    Args:
        allowance: how many tokens the work may spend, None without a limit. A reply that goes
            beyond it is still read; no further one is asked for.
    """

    def __init__(self, allowance: int | None = None) -> None:
        self._allowance = allowance
        self._usage = Usage()
        self._lock = threading.Lock()
        self._context = copy_context()
        self._context.run(_METER.set, self)

    @property
    def usage(self) -> Usage:
        """What was spent so far."""
        return self._usage

    @property
    def is_used_up(self) -> bool:
        """Whether no further reply may be asked for."""
        return self._allowance is not None and self._usage.total >= self._allowance

    def add(self, usage: Usage) -> None:
        """Count what one reply has spent."""
        with self._lock:
            self._usage += usage

    def run(self, work: Callable[[], _T]) -> _T:
        """Do work under this meter."""
        return self._context.run(work)

    def each(self, items: Iterator[_T]) -> Iterator[_T]:
        """Give items one by one, each made under this meter."""
        end = object()
        while (item := self._context.run(next, items, end)) is not end:
            yield item  # type: ignore[misc]


_METER: ContextVar[Meter | None] = ContextVar("meter", default=None)


def in_words(usage: Usage) -> str:
    """Say what was spent: `3,214 tokens, about $0.01`; nothing where nothing was."""
    if not usage.total:
        return ""
    if usage.dollars < _LEAST_DOLLARS:
        cost = ", less than $0.01" if usage.dollars else ""
    else:
        cost = f", about ${usage.dollars:.2f}"
    return f"{usage.total:,} tokens{cost}"


def require_allowance() -> None:
    """Check that a model may be asked.

    Raises:
        ModelBudgetError: the tokens of this interview are used up.
    """
    meter = _METER.get()
    if meter is not None and meter.is_used_up:
        raise ModelBudgetError(
            "The token budget of this interview is used up. Raise INTERVIEWER_TOKEN_BUDGET to have "
            "the model on."
        )


def record(reply: BaseMessage, price: Price) -> None:
    """Count what a reply, or a piece of one, says that it has spent; some servers say nothing.

    Args:
        reply: what the model said.
        price: dollars for a million tokens of input, and of output.
    """
    meter, spent = _METER.get(), getattr(reply, "usage_metadata", None)
    if meter is not None and spent:
        read, written = spent["input_tokens"], spent["output_tokens"]
        meter.add(Usage(read, written, (read * price[0] + written * price[1]) / 1e6))

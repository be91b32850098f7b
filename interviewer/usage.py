"""Counts the tokens that a piece of work spends, and holds it to its allowance and its time.

A meter reaches the calls through the context, so that nothing between the interview and the model
has to hand it on; threads that work for the caller are started in a copy of its context.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING, TypeVar

from interviewer.deadline import Deadline
from interviewer.errors import ModelBudgetError, ModelServerError
from interviewer.models import NOTHING_SPENT, Usage, Waited

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

_T = TypeVar("_T")
Price = tuple[float, float]
CHARACTERS_PER_TOKEN = 4
"""OpenAI's rule of thumb for English text: "1 token is about 4 characters"."""

_LEAST_DOLLARS = 0.01


class Call:
    """One request to a model: what it has spent as the server tells, else by its characters.

    Servers tell it at the end. Until then, and for good where the end never comes or they tell
    nothing, it is estimated from what was asked and what has come back so far.

    Args:
        characters: how many the request holds.
        price: dollars for a million tokens of input, and of output.
    """

    def __init__(self, characters: int, price: Price) -> None:
        self._asked = characters
        self._heard = 0
        self._price = price
        self._told = NOTHING_SPENT
        self._ended = False
        self._cancelled = False

    def hear(self, reply: BaseMessage) -> None:
        """Take in a reply, or the next piece of one, with what the server says that it has cost."""
        self._heard += _characters(reply)
        spent = getattr(reply, "usage_metadata", None)
        if spent:
            self.tell(spent["input_tokens"], spent["output_tokens"])

    def tell(self, input_tokens: int, output_tokens: int) -> None:
        """Take in what the server says that the call has cost, so far or further."""
        self._told += Usage(max(0, input_tokens), max(0, output_tokens))

    def end(self) -> None:
        """Note that the reply has come to its end, so that what the server told is all of it."""
        self._ended = True

    def cancel(self) -> None:
        """Note that no model has read the request, so that it has cost nothing."""
        self._cancelled = True

    @property
    def usage(self) -> Usage:
        """What the call has spent so far."""
        if self._cancelled:
            return NOTHING_SPENT
        if self._ended and self._told.total:
            return self._priced(self._told.input_tokens, self._told.output_tokens)
        return self._priced(
            max(self._told.input_tokens, _tokens(self._asked)),
            max(self._told.output_tokens, _tokens(self._heard)),
            estimated=True,
        )

    def _priced(self, read: int, written: int, *, estimated: bool = False) -> Usage:
        dollars = (read * self._price[0] + written * self._price[1]) / 1e6
        return Usage(read, written, dollars, estimated)


class Meter:
    """Counts the tokens of the work that is run under it. Threads may share it.

    Args:
        allowance: how many tokens the work may spend, None without a limit. A reply that goes
            beyond it is still read; no further one is asked for.
        deadline: when all of the work must be done, however many calls it makes.
        outage: what was found wrong with the model's server already, so that it is not asked.
    """

    def __init__(
        self, allowance: int | None = None, deadline: Deadline | None = None, outage: str = ""
    ) -> None:
        self._allowance = allowance
        self._deadline = deadline
        self._outage = outage
        self._settled = NOTHING_SPENT
        self._calls: list[Call] = []
        self._lock = threading.Lock()
        self._context = copy_context()
        self._context.run(_METER.set, self)
        if deadline is not None:
            self._context.run(deadline.hold)

    @property
    def usage(self) -> Usage:
        """What was spent since the last `settle`, calls that are under way included."""
        with self._lock:
            return _sum(self._calls)

    @property
    def is_used_up(self) -> bool:
        """Whether no further reply may be asked for."""
        return self._allowance is not None and self._spent >= self._allowance

    @property
    def waited(self) -> Waited:
        """How much of its time the work has taken, and what is wrong with the model's server."""
        return Waited(self._deadline.spent_s if self._deadline else 0.0, self._outage)

    def settle(self) -> None:
        """Note that what was spent is written down; what calls under way tell later is not."""
        with self._lock:
            self._settled += _sum(self._calls)
            self._calls.clear()

    def open(self, call: Call) -> None:
        """Count a call from now on."""
        with self._lock:
            self._calls.append(call)

    def give_up(self, error: ModelServerError) -> None:
        """Ask the model's server no more."""
        self._outage = str(error)

    def require(self) -> None:
        """Check that a model may be asked.

        Raises:
            ModelBudgetError: the tokens are used up.
            ModelServerError: its server has failed before.
        """
        if self.is_used_up:
            raise ModelBudgetError(
                "The token budget of this interview is used up. Raise INTERVIEWER_TOKEN_BUDGET to "
                "have the model on."
            )
        if self._outage:
            raise ModelServerError(self._outage)

    def run(self, work: Callable[[], _T]) -> _T:
        """Do work under this meter."""
        return self._context.run(work)

    def each(self, items: Iterator[_T]) -> Iterator[_T]:
        """Give items one by one, each made under this meter."""
        end = object()
        while (item := self._context.run(next, items, end)) is not end:
            yield item  # type: ignore[misc]

    @property
    def _spent(self) -> int:
        return self._settled.total + self.usage.total


_METER: ContextVar[Meter | None] = ContextVar("meter", default=None)


def in_words(usage: Usage) -> str:
    """Say what was spent: `3,214 tokens, about $0.01`; nothing where nothing was."""
    if not usage.total:
        return ""
    if usage.dollars < _LEAST_DOLLARS:
        cost = ", less than $0.01" if usage.dollars else ""
    else:
        cost = f", about ${usage.dollars:.2f}"
    return f"{'about ' * usage.estimated}{usage.total:,} tokens{cost}"


def require_allowance() -> None:
    """Check that a model may be asked, see `Meter.require`; without a meter it may."""
    meter = _METER.get()
    if meter is not None:
        meter.require()


@contextmanager
def asking() -> Iterator[None]:
    """Ask a model where that is allowed, and no more in this turn once its server has failed.

    Raises:
        ModelBudgetError: the tokens are used up.
        ModelServerError: its server has failed before, or does now.
    """
    require_allowance()
    try:
        yield
    except ModelServerError as error:
        meter = _METER.get()
        if meter is not None:
            meter.give_up(error)
        raise


def open_call(asked: Sequence[BaseMessage], price: Price, *, besides: str = "") -> Call:
    """Count a call from now on.

    Args:
        asked: the request.
        price: dollars for a million tokens of input, and of output.
        besides: what is sent with it, such as the shape of the reply.
    """
    call = Call(sum(map(_characters, asked)) + len(besides), price)
    meter = _METER.get()
    if meter is not None:
        meter.open(call)
    return call


def _sum(calls: Sequence[Call]) -> Usage:
    return sum((call.usage for call in calls), NOTHING_SPENT)


def _characters(message: BaseMessage) -> int:
    tools = sum(len(str(tool["args"])) for tool in getattr(message, "tool_calls", ()))
    return len(message.text) + tools


def _tokens(characters: int) -> int:
    return math.ceil(characters / CHARACTERS_PER_TOKEN)

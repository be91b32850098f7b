"""The ways of asking a model for a reply of a given shape, and which of them worked."""

from __future__ import annotations

from typing import Literal

Rung = Literal["json_schema", "function_calling", "json_mode", "plain"]

RUNGS: tuple[Rung, ...] = ("json_schema", "function_calling", "json_mode", "plain")


class Ladder:
    """The ways of asking one model of one server, the one that worked last first.

    Each is tried where the ones before it failed, so that a way that stops working is left again.
    Threads may share it.
    """

    def __init__(self) -> None:
        self._worked: Rung = RUNGS[0]

    def rungs(self) -> tuple[Rung, ...]:
        """Give every way, in the order in which to try them."""
        first = self._worked
        return (first, *(rung for rung in RUNGS if rung != first))

    def remember(self, rung: Rung) -> None:
        """Note the way that gave a reply of the right shape."""
        self._worked = rung


class Ladders:
    """The ladder of every model that is asked; it holds nothing that anybody said."""

    def __init__(self) -> None:
        self._ladders: dict[tuple[str, str], Ladder] = {}

    def of(self, server: str, model: str) -> Ladder:
        """Give the ladder of a model, the same one each time."""
        return self._ladders.setdefault((server, model), Ladder())

"""How long work tells the one who waits for it how far it has come."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with a label, the steps done and the steps in all."""


def no_progress(_label: str, _done: int, _total: int) -> None:
    """Tell nobody."""

"""Keeps what was made of rubrics, but for those that hold a person's words."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Generic, TypeVar

from interviewer.grading.rubric import Rubric

_T = TypeVar("_T")


class Remembered(Generic[_T]):
    """Makes something of a rubric once, where every word of the rubric is the bank's.

    A judge is shared by everybody. A question of somebody's own, and a follow-up that quotes an
    answer, are read anew each time and not kept.

    Args:
        make: reads a rubric.
        most: how many rubrics are kept, those of the last use.
        all_of_them: keep those of other words too, where there is nobody to keep them from.
    """

    def __init__(self, make: Callable[[Rubric], _T], most: int, *, all_of_them: bool) -> None:
        self._make = make
        self._kept = lru_cache(most)(make)
        self._all_of_them = all_of_them

    def __call__(self, rubric: Rubric) -> _T:
        """Give what was made of a rubric, or make it."""
        keeps = self._all_of_them or rubric.is_all_of_the_bank
        return self._kept(rubric) if keeps else self._make(rubric)

"""Lets the chat model look again at the points that the offline judge reads otherwise."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from interviewer.deadline import Deadline
from interviewer.errors import ConfigurationError, ModelError
from interviewer.grading.judge import Judge, Judgement, PointJudgement
from interviewer.grading.parts import merged, part_of
from interviewer.grading.rubric import Rubric
from interviewer.grading.support import NamedAfterModel, TimedJudge
from interviewer.models import RetrievedChunk, VerdictLabel

APART_FROM = 2
"""The steps between two verdicts from which a point is looked at again; covered to missing is 2."""

_WORDS = {
    VerdictLabel.COVERED: "covered",
    VerdictLabel.PARTIAL: "partly covered",
    VerdictLabel.MISSING: "missing",
    VerdictLabel.CONTRADICTED: "contradicted",
}
_BEST_FIRST = tuple(_WORDS)

_log = logging.getLogger(__name__)


def steps_between(one: VerdictLabel, other: VerdictLabel) -> int:
    """Count the steps between two verdicts: covered, partial, missing, contradicted."""
    return abs(_BEST_FIRST.index(one) - _BEST_FIRST.index(other))


def count_points(number: int) -> str:
    """Write a number of key points: `1 point`, `2 points`."""
    return f"{number} point{'' if number == 1 else 's'}"


class TwoLooks:
    """Has the model judge, and judge again the points on which another reading is far off.

    The second look is at those points alone, and the model is not told what anybody found. What it
    says then stands, and the points' notes keep both readings. Without a second look, as after a
    failure, the first verdict stands and the judgement's notice says so.

    Args:
        model: judges.
        other_name: who made the other reading; none of its verdicts is ever taken.
    """

    def __init__(self, model: TimedJudge, other_name: str) -> None:
        self._model = model
        self._other_name = other_name

    def judge(
        self,
        rubric: Rubric,
        answer: str,
        passages: Sequence[RetrievedChunk],
        other: Judgement,
    ) -> Judgement:
        """Propose a verdict for each key point; `other` is the other reading of the same rubric.

        Raises:
            ModelError: the model failed at its first look.
            ConfigurationError: its server's address must not be asked.
        """
        deadline = self._model.deadline()
        first = self._model.judge(rubric, answer, passages, deadline=deadline)
        apart = _apart(other, first)
        if not apart:
            return first
        final = self._again(rubric, answer, passages, first, apart, deadline)
        return self._noted(final, apart, other, first)

    def _again(
        self,
        rubric: Rubric,
        answer: str,
        passages: Sequence[RetrievedChunk],
        first: Judgement,
        apart: Sequence[int],
        deadline: Deadline,
    ) -> Judgement:
        part = part_of(rubric, apart)
        try:
            again = self._model.judge(part.rubric, answer, passages, deadline=deadline, again=True)
            return merged(rubric, first, part, again)
        except (ModelError, ConfigurationError) as error:
            _log.warning("%s failed at a second look: %s", self._model.name, type(error).__name__)
            notice = (
                f"{self._model.name} could not look again at {count_points(len(apart))}, so its "
                f"first verdict stands. {error}"
            )
            return replace(first, notice=notice)

    def _noted(
        self, final: Judgement, apart: Sequence[int], other: Judgement, first: Judgement
    ) -> Judgement:
        """Keep both readings in the notes of the points on which they differed."""
        points = list(final.points)
        for number in apart:
            at = number - 1
            looked_again = "" if final.notice else _second_look(first.points[at], points[at])
            note = (
                f"Read in two ways: {self._other_name} says {_word(other.points[at])}, "
                f"{self._model.name} said {_word(first.points[at])}"
                f"{looked_again or '. There was no second look.'}"
            )
            points[at] = replace(points[at], note=note)
        return replace(final, points=tuple(points))


class SecondLookJudge(NamedAfterModel):
    """The model judges; points on which the offline judge is two steps away it judges twice.

    Args:
        offline: the other reading; none of its verdicts is ever taken.
        model: judges, see `TwoLooks`.
    """

    def __init__(self, offline: Judge, model: TimedJudge) -> None:
        super().__init__(model)
        self._offline = offline

    def judge(self, rubric: Rubric, answer: str, passages: Sequence[RetrievedChunk]) -> Judgement:
        """Propose a verdict for each key point.

        Raises:
            ModelError: the model failed at its first look.
            ConfigurationError: its server's address must not be asked.
        """
        other = self._offline.judge(rubric, answer, passages)
        looks = TwoLooks(self._model, self._offline.name)
        return looks.judge(rubric, answer, passages, other)


def _apart(one: Judgement, other: Judgement) -> list[int]:
    """Give the numbers of the points on which two judgements are `APART_FROM` steps apart."""
    pairs = enumerate(zip(one.points, other.points, strict=False), start=1)
    return [
        number
        for number, (left, right) in pairs
        if steps_between(left.label, right.label) >= APART_FROM
    ]


def _second_look(first: PointJudgement, second: PointJudgement) -> str:
    if first.label is second.label:
        return " and says the same on a second look."
    return f" and says {_word(second)} on a second look."


def _word(point: PointJudgement) -> str:
    return _WORDS[point.label]

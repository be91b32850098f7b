"""Cuts a rubric into parts that are judged by themselves, and puts the judgements together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from interviewer.errors import ModelReplyError
from interviewer.grading.judge import Judgement, MistakeJudgement
from interviewer.grading.rubric import Rubric
from interviewer.models import Mistake, VerdictLabel


@dataclass(frozen=True, slots=True)
class RubricPart:
    """Some key points of a rubric, with the mistakes that deny them, as a rubric of its own.

    `points` and `mistakes` are their numbers in the whole rubric, from 1.
    """

    rubric: Rubric
    points: tuple[int, ...]
    mistakes: tuple[int, ...]

    def mistakes_of(self, judged: Judgement) -> tuple[MistakeJudgement, ...]:
        """Give the mistakes of a judgement of this part, by their numbers in the whole rubric.

        A number that the part does not have becomes 0, which the evidence check refuses.
        """
        return tuple(replace(made, mistake=self._whole(made.mistake)) for made in judged.mistakes)

    def _whole(self, number: int) -> int:
        return self.mistakes[number - 1] if 1 <= number <= len(self.mistakes) else 0


def part_of(rubric: Rubric, points: Sequence[int], *, with_others: bool = False) -> RubricPart:
    """Take some key points out of a rubric, with the mistakes that deny them.

    Args:
        rubric: the whole rubric.
        points: the numbers of the key points, from 1.
        with_others: take along the mistakes that deny no key point of the rubric.
    """
    place = {number: at for at, number in enumerate(points, start=1)}
    known = range(1, len(rubric.key_points) + 1)
    taken = [
        (number, _moved(mistake, place))
        for number, mistake in enumerate(rubric.mistakes, start=1)
        if mistake.key_point in place or (with_others and mistake.key_point not in known)
    ]
    part = replace(
        rubric,
        key_points=tuple(rubric.key_points[number - 1] for number in points),
        mistakes=tuple(mistake for _, mistake in taken),
    )
    return RubricPart(part, tuple(points), tuple(number for number, _ in taken))


def groups(count: int, most: int) -> list[tuple[int, ...]]:
    """Deal the numbers 1 to `count` out into runs of at most `most`, as even as can be."""
    runs = -(-count // most)
    edges = [run * count // runs for run in range(runs + 1)] if runs else []
    return [tuple(range(start + 1, end + 1)) for start, end in pairwise(edges)]


def merged(rubric: Rubric, whole: Judgement, part: RubricPart, judged: Judgement) -> Judgement:
    """Put the judgement of a part in the place of what was judged of those points before.

    The mistakes that deny them are the part's too, but for those that deny a point which the part
    takes for covered.

    Raises:
        ModelReplyError: the judge did not speak to every key point of the part.
    """
    if len(judged.points) != len(part.points):
        raise ModelReplyError(
            f"The judge gave {len(judged.points)} verdicts for {len(part.points)} key points. "
            "Grade the answer again, or grade it offline."
        )
    points = list(whole.points)
    for number, point in zip(part.points, judged.points, strict=True):
        points[number - 1] = point
    covered = {number for number in part.points if points[number - 1].label is VerdictLabel.COVERED}
    before = [made for made in whole.mistakes if made.mistake not in part.mistakes]
    now = [
        made for made in part.mistakes_of(judged) if _denied(rubric, made.mistake) not in covered
    ]
    return replace(whole, points=tuple(points), mistakes=(*before, *now))


def _moved(mistake: Mistake, place: dict[int, int]) -> Mistake:
    number = mistake.key_point
    return replace(mistake, key_point=None if number is None else place.get(number))


def _denied(rubric: Rubric, mistake: int) -> int | None:
    return rubric.mistakes[mistake - 1].key_point if mistake else None

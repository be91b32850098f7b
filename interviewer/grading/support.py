"""Lets a chat model's verdict stand only where the words that it quotes can carry it.

That a quote stands in the answer proves that the words were said, not that they make the point. A
model that was talked round quotes whatever is there; so the offline judge reads every key point
that the model credits beside the quoted words alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from interviewer.deadline import Deadline
from interviewer.grading.citations import content_stems
from interviewer.grading.judge import NOTHING_SAID, Judge, Judgement, PointJudgement
from interviewer.grading.parts import part_of
from interviewer.grading.rubric import Rubric
from interviewer.models import RetrievedChunk, VerdictLabel

CARRIED_FROM = 0.15
"""The chance that words make a point, wholly or in part, below which they cannot carry it.

Low on purpose: the model reads better than the offline judge, and only what that judge takes for
out of the question is refused.
"""

CARRIED_ALONE_FROM = 0.4
"""The chance from which words carry a point whatever they are; below it they must be of the
subject. Orders to a model are on anything, and of 100 that stand on their own 17 reach
`CARRIED_FROM` at some point, 4 with this; words that make a point keep it in 87 of 100, not 91."""

_SUBJECT_STEMS, _SUBJECT_SHARE = 2, 0.34

_CREDITED = frozenset({VerdictLabel.COVERED, VerdictLabel.PARTIAL})


class TimedJudge(Judge, Protocol):
    """A judge that can be asked twice within one deadline."""

    def deadline(self) -> Deadline:
        """Start the time that one graded answer may take."""
        ...

    def judge(
        self,
        rubric: Rubric,
        answer: str,
        passages: Sequence[RetrievedChunk],
        *,
        deadline: Deadline | None = None,
        again: bool = False,
    ) -> Judgement:
        """Propose a verdict for each key point; `again` asks for a second look."""
        ...


class NamedAfterModel:
    """What a judge has in common with the model whose verdicts it gives: who signs them.

    Args:
        model: judges.
    """

    def __init__(self, model: TimedJudge) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model, whose verdicts these are."""
        return self._model.name

    @property
    def prompt_hash(self) -> str:
        """Identify the prompt of the model."""
        return self._model.prompt_hash


class SupportedJudge(NamedAfterModel):
    """Judges as a model does, and takes for missing what the quoted words cannot carry.

    Args:
        model: judges.
        reader: reads a key point beside quoted words; the offline judge.
    """

    def __init__(self, model: TimedJudge, reader: Judge) -> None:
        super().__init__(model)
        self._reader = reader

    def deadline(self) -> Deadline:
        """Start the time that one graded answer may take."""
        return self._model.deadline()

    def judge(
        self,
        rubric: Rubric,
        answer: str,
        passages: Sequence[RetrievedChunk],
        *,
        deadline: Deadline | None = None,
        again: bool = False,
    ) -> Judgement:
        """Propose a verdict for each key point.

        Raises:
            ModelError: the model failed.
            ConfigurationError: its server's address must not be asked.
        """
        judged = self._model.judge(rubric, answer, passages, deadline=deadline, again=again)
        points = tuple(
            self._checked(rubric, number, point, passages)
            for number, point in enumerate(judged.points, start=1)
        )
        return replace(judged, points=points)

    def _checked(
        self, rubric: Rubric, number: int, point: PointJudgement, passages: Sequence[RetrievedChunk]
    ) -> PointJudgement:
        if point.label not in _CREDITED or point.span is None:
            return point
        if number > len(rubric.key_points):
            return point
        part = part_of(rubric, (number,)).rubric
        read = self._reader.judge(part, point.span.text, passages).points[0]
        covered, partial, *_ = read.probabilities
        of_subject = _is_of_the_subject(rubric, point.span.text)
        if covered + partial >= (CARRIED_FROM if of_subject else CARRIED_ALONE_FROM):
            return point
        note = f"{self.name} took this for made; {self._reader.name} does not find it in the words."
        return PointJudgement(NOTHING_SAID, judge=point.judge, note=note)


def _is_of_the_subject(rubric: Rubric, quoted: str) -> bool:
    """Whether quoted words use the words of the question and of its reference."""
    said = content_stems(quoted)
    shared = len(said & content_stems(f"{rubric.question}\n{rubric.text}"))
    return shared >= _SUBJECT_STEMS and shared >= _SUBJECT_SHARE * len(said)

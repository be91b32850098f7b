"""Hands the points that the offline judge is not sure of to the chat model, and no others."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace

from interviewer.errors import ConfigurationError, ModelError
from interviewer.grading.judge import Judge, Judgement, signed
from interviewer.grading.parts import RubricPart, merged, part_of
from interviewer.grading.rubric import Rubric
from interviewer.grading.second_look import TwoLooks, count_points
from interviewer.grading.support import TimedJudge
from interviewer.models import RetrievedChunk, Verdict

SURE_FROM = 0.6
"""The chance of its likeliest verdict from which a judge is sure of a point, 0 to 1."""

_log = logging.getLogger(__name__)


def is_unsure(probabilities: Sequence[float]) -> bool:
    """Whether a judge is not sure of a point: no verdict has a chance of `SURE_FROM` or more."""
    return max(probabilities) < SURE_FROM


def several_judges(verdicts: Collection[Verdict]) -> bool:
    """Whether the points of one grade were judged by more than one judge."""
    return len({verdict.judge for verdict in verdicts}) > 1


class DeferringJudge:
    """Judges offline, and asks the model about the points that `is_unsure` names.

    What the model says of these points stands, with the mistakes that deny them; the rest stays as
    the offline judge has it. At those of them where the two are far apart the model looks again and
    both readings are noted, see `TwoLooks`. Where no point is unsure the model is not asked. Where
    it fails, every offline verdict stands and the judgement's notice says so.

    Args:
        offline: judges every point.
        model: judges the unsure ones.
    """

    def __init__(self, offline: Judge, model: TimedJudge) -> None:
        self._offline = offline
        self._model = model

    @property
    def name(self) -> str:
        """Both judges, the offline one first."""
        return f"{self._offline.name} + {self._model.name}"

    @property
    def prompt_hash(self) -> str:
        """Identify the prompt of the model."""
        return self._model.prompt_hash

    def judge(self, rubric: Rubric, answer: str, passages: Sequence[RetrievedChunk]) -> Judgement:
        """Propose a verdict for each key point; its `judge` says who did."""
        judged = self._offline.judge(rubric, answer, passages)
        alone = replace(signed(judged, self._offline.name), author=self._offline)
        unsure = [
            number
            for number, point in enumerate(alone.points, start=1)
            if is_unsure(point.probabilities)
        ]
        if not unsure:
            return alone
        part = part_of(rubric, unsure)
        try:
            settled = self._settled(part, alone, answer, passages)
            whole = merged(rubric, alone, part, settled)
            return replace(whole, author=None, notice=settled.notice)
        except (ModelError, ConfigurationError) as error:
            _log.warning("%s failed: %s", self._model.name, type(error).__name__)
            return replace(alone, notice=self._notice(len(unsure), error))

    def _settled(
        self, part: RubricPart, alone: Judgement, answer: str, passages: Sequence[RetrievedChunk]
    ) -> Judgement:
        other = Judgement(tuple(alone.points[number - 1] for number in part.points))
        looks = TwoLooks(self._model, self._offline.name)
        return signed(looks.judge(part.rubric, answer, passages, other), self._model.name)

    def _notice(self, unsure: int, error: Exception) -> str:
        return (
            f"{self._model.name} could not settle the {count_points(unsure)} that "
            f"{self._offline.name} is not sure of, so {self._offline.name} graded alone. {error}"
        )

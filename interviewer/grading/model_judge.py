"""The offline judge with a model: reads each key point beside what the answer says of it.

For every key point the nearest sentences of the answer are read together with the point by a small
cross-encoder, and a calibrated regression over its logits and the nearness of the point's false
twins gives the four chances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from interviewer.grading.asides import Subject
from interviewer.grading.judge import Judgement, MistakeJudgement, PointJudgement, nothing_said
from interviewer.grading.pair_model import Calibration, PairModel
from interviewer.grading.reading import Passage, ReadAnswer, passages_for, read_claims
from interviewer.grading.rubric import Rubric
from interviewer.models import RetrievedChunk, VerdictLabel
from interviewer.retrieval.encoder import Encoder

_REMEMBERED_RUBRICS = 64
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class ReadRubric:
    """A rubric embedded once; vectors are `(n, dimension)` float32, unit norm."""

    points: tuple[str, ...]
    point_vectors: NDArray[np.float32]
    twins: tuple[str, ...]
    twin_vectors: NDArray[np.float32]
    twins_of: tuple[tuple[int, ...], ...]
    subject: Subject


class ModelJudge:
    """Judges without a network, the same answer always alike.

    Args:
        encoder: finds what the answer says of a point.
        model: reads it beside the point.
        calibration: turns what the model says into chances.
    """

    name = "offline-2"
    prompt_hash = ""

    def __init__(self, encoder: Encoder, model: PairModel, calibration: Calibration) -> None:
        self._encoder = encoder
        self._model = model
        self._calibration = calibration
        self._read = lru_cache(_REMEMBERED_RUBRICS)(lambda rubric: read_rubric(rubric, encoder))

    def judge(
        self,
        rubric: Rubric,
        answer: str,
        passages: Sequence[RetrievedChunk],  # noqa: ARG002 (cited by the evidence check)
    ) -> Judgement:
        """Propose a verdict for each key point."""
        known = self._read(rubric)
        said, denied = read_claims(answer, self._encoder, known.subject)
        points = self._points(known, said) or nothing_said(rubric).points
        taken_back = self._points(known, denied)
        if taken_back:
            points = tuple(map(_turned_round, points, taken_back))
        mistakes = _mistakes(known, points, said) if said.spans else []
        return Judgement(points, tuple(mistakes))

    def _points(self, known: ReadRubric, said: ReadAnswer) -> tuple[PointJudgement, ...]:
        """Judge each point by what was said; nothing where nothing was."""
        if not said.spans:
            return ()
        found = passages_for(known.points, known.point_vectors, said)
        logits = self._model.logits(
            [(point, each.text) for point, each in zip(known.points, found, strict=True)]
        )
        chances = self._calibration.probabilities(features(known, found, logits, said))
        return tuple(
            PointJudgement(tuple(row), each.nearest)
            for row, each in zip(chances.tolist(), found, strict=True)
        )


def _turned_round(said: PointJudgement, denied: PointJudgement) -> PointJudgement:
    """Take a point for contradicted where what the answer denies as a whole would cover it."""
    if denied.label is not VerdictLabel.COVERED:
        return said
    _, partial, missing, _ = denied.probabilities
    return PointJudgement((0.0, partial, missing, 1.0 - partial - missing), denied.span)


def read_rubric(rubric: Rubric, encoder: Encoder) -> ReadRubric:
    """Embed a rubric's key points and their false twins."""
    points = tuple(point.text for point in rubric.key_points)
    twins = tuple(mistake.text for mistake in rubric.mistakes)
    vectors = encoder.encode([*points, *twins])
    return ReadRubric(
        points=points,
        point_vectors=vectors[: len(points)],
        twins=twins,
        twin_vectors=vectors[len(points) :],
        twins_of=tuple(
            tuple(place for place, twin in enumerate(rubric.mistakes) if twin.key_point == number)
            for number in range(1, len(points) + 1)
        ),
        subject=Subject("\n".join((rubric.question, rubric.text, *twins))),
    )


def features(
    known: ReadRubric,
    found: Sequence[Passage],
    logits: NDArray[np.float64],
    said: ReadAnswer,
) -> NDArray[np.float64]:
    """Give what the calibration reads, `(n_points, 8)`.

    Four logits; the cosine of the nearest sentence and its share of the point's stems; whether
    the point has a false twin, and by how much the twin is nearer than the point, in cosine, to
    the sentence that is nearest to either.
    """
    leads = [_twin_lead(known, number, said) for number in range(len(found))]
    rows = [
        [
            *row,
            each.nearness,
            each.recall,
            float(lead is not None),
            lead or 0.0,
        ]
        for row, each, lead in zip(logits.tolist(), found, leads, strict=True)
    ]
    return np.array(rows, dtype=np.float64)


def _twin_lead(known: ReadRubric, number: int, said: ReadAnswer) -> float | None:
    twins = list(known.twins_of[number])
    if not twins:
        return None
    to_point = said.vectors @ known.point_vectors[number]
    to_twin = (said.vectors @ known.twin_vectors[twins].T).max(axis=1)
    place = int(np.argmax(np.maximum(to_point, to_twin).round(_DECIMALS)))
    return round(float(to_twin[place] - to_point[place]), _DECIMALS)


def _mistakes(
    known: ReadRubric, points: Sequence[PointJudgement], said: ReadAnswer
) -> list[MistakeJudgement]:
    """Name the nearest false twin of each contradicted point."""
    made = []
    for number, point in enumerate(points):
        twins = list(known.twins_of[number])
        if point.label is not VerdictLabel.CONTRADICTED or not twins:
            continue
        near = (said.vectors @ known.twin_vectors[twins].T).round(_DECIMALS)
        sentence, twin = np.unravel_index(int(np.argmax(near)), near.shape)
        made.append(MistakeJudgement(twins[int(twin)] + 1, said.spans[int(sentence)]))
    return made

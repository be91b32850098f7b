"""The offline judge with a model: reads each key point beside what the answer says of it.

For every key point the nearest sentences of the answer are read together with the point by a small
cross-encoder, and a calibrated regression over its logits and plain measures beside them gives the
four chances. Points that were cut from a reference by machine are calibrated apart, and the whole
reference is read beside the whole answer for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from interviewer.grading.deferral import is_unsure
from interviewer.grading.judge import Judgement, MistakeJudgement, PointJudgement, nothing_said
from interviewer.grading.pair_model import Calibrations, PairModel
from interviewer.grading.point_features import (
    ReadRubric,
    derived_features,
    read_rubric,
    written_features,
)
from interviewer.grading.reading import (
    Passage,
    ReadAnswer,
    continued_denial,
    passages_for,
    read_claims,
)
from interviewer.grading.remembered import Remembered
from interviewer.grading.rubric import Rubric
from interviewer.models import RetrievedChunk, VerdictLabel
from interviewer.retrieval.encoder import Encoder

_REMEMBERED_RUBRICS = 64
# Far below what a verdict turns on, far above what processors disagree on.
_DECIMALS = 4
_NEAR_TWIN = 0.45
_STANDS_IN_REFERENCE = 0.8
_IS_THE_REFERENCE = 0.97
_CREDITED = frozenset({VerdictLabel.COVERED, VerdictLabel.PARTIAL})


class ModelJudge:
    """Judges without a network, the same answer always alike.

    Every sentence and every pair is run by itself, and cosines, logits and chances are rounded
    before anything is compared with them or made of them.

    Args:
        encoder: finds what the answer says of a point.
        model: reads it beside the point.
        calibrations: turn what the model says into chances.
        keeps_all: remember rubrics with a person's own words too, see `Remembered`.
    """

    name = "offline-7"
    prompt_hash = ""

    def __init__(
        self,
        encoder: Encoder,
        model: PairModel,
        calibrations: Calibrations,
        *,
        keeps_all: bool = False,
    ) -> None:
        self._encoder = encoder
        self._model = model
        self._calibrations = calibrations
        self._read = Remembered(
            lambda rubric: read_rubric(rubric, encoder), _REMEMBERED_RUBRICS, all_of_them=keeps_all
        )

    def judge(
        self,
        rubric: Rubric,
        answer: str,
        passages: Sequence[RetrievedChunk],  # noqa: ARG002 (cited by the evidence check)
    ) -> Judgement:
        """Propose a verdict for each key point; a mistake is named only where it is sure."""
        known = self._read(rubric)
        said, denied = read_claims(answer, self._encoder, known.subject, known.spelling)
        taken_back = self._points(known, denied)
        if _denies_truth(known, denied, taken_back):
            said, denied = continued_denial(said, denied)
            taken_back = self._points(known, denied)
        points = self._points(known, said) or nothing_said(rubric).points
        if taken_back:
            points = tuple(map(_turned_round, points, taken_back))
        made = _mistakes(known, points, said) if said.spans else {}
        sure = [
            told for number, told in made.items() if not is_unsure(points[number].probabilities)
        ]
        shown = tuple(
            replace(point, span=made[number].span) if number in made else point
            for number, point in enumerate(points)
        )
        return Judgement(shown, tuple(sure))

    def _points(self, known: ReadRubric, said: ReadAnswer) -> tuple[PointJudgement, ...]:
        """Judge each point by what was said; nothing where nothing was."""
        if not said.spans:
            return ()
        found = passages_for(known.points, known.point_vectors, said)
        chances = self._chances(known, found, said)
        return tuple(
            PointJudgement(tuple(row), each.nearest)
            for row, each in zip(chances.tolist(), found, strict=True)
        )

    def _chances(
        self, known: ReadRubric, found: Sequence[Passage], said: ReadAnswer
    ) -> NDArray[np.float64]:
        rows = point_rows(self._model, known, found, said)
        calibration = self._calibrations.derived if known.derived else self._calibrations.written
        return _rounded(calibration.probabilities(rows))


def _rounded(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round chances to four decimals that still sum to 1, the likeliest taking what is over.

    Processors and libraries disagree about the last bits of a sum. A grade is compared, kept and
    told to others, and is made of these chances alone; so they hold no bit in dispute.
    """
    rounded = chances.round(_DECIMALS)
    rows, likeliest = np.arange(len(rounded)), rounded.argmax(axis=1)
    rounded[rows, likeliest] += 1.0 - rounded.sum(axis=1)
    whole: NDArray[np.float64] = rounded.round(_DECIMALS)
    return whole


def point_rows(
    model: PairModel, known: ReadRubric, found: Sequence[Passage], said: ReadAnswer
) -> NDArray[np.float64]:
    """Have the model read every pair and give the rows that the calibration reads."""
    pairs = [(point, each.text) for point, each in zip(known.points, found, strict=True)]
    if not known.derived:
        return written_features(known, found, model.logits(pairs), said)
    logits = model.logits([*pairs, (known.reference, " ".join(said.texts))])
    return derived_features(known, found, logits[:-1], logits[-1], said)


def _denies_truth(
    known: ReadRubric, denied: ReadAnswer, taken_back: Sequence[PointJudgement]
) -> bool:
    """Whether what is denied would earn credit, or stands in the reference.

    What opposes a point must stand there word for word.
    """
    labels = {point.label for point in taken_back}
    if labels & _CREDITED:
        return True
    if not denied.spans or not len(known.reference_vectors):
        return False
    near = round(float((denied.vectors @ known.reference_vectors.T).max()), _DECIMALS)
    opposes = VerdictLabel.CONTRADICTED in labels
    return near >= (_IS_THE_REFERENCE if opposes else _STANDS_IN_REFERENCE)


def _turned_round(said: PointJudgement, denied: PointJudgement) -> PointJudgement:
    """Take a point for contradicted where what the answer denies as a whole would cover it."""
    if denied.label is not VerdictLabel.COVERED:
        return said
    _, partial, missing, _ = denied.probabilities
    contradicted = round(1.0 - partial - missing, _DECIMALS)
    return PointJudgement((0.0, partial, missing, contradicted), denied.span)


def _mistakes(
    known: ReadRubric, points: Sequence[PointJudgement], said: ReadAnswer
) -> dict[int, MistakeJudgement]:
    """Name the nearest false twin of each contradicted point, where one is near at all.

    By the point's place. The sentence nearest to the twin is what contradicts the point; the one
    nearest to the point itself may be right.
    """
    made = {}
    for number, point in enumerate(points):
        twins = list(known.twins_of[number])
        if point.label is not VerdictLabel.CONTRADICTED or not twins:
            continue
        near = (said.vectors @ known.twin_vectors[twins].T).round(_DECIMALS)
        sentence, twin = np.unravel_index(int(np.argmax(near)), near.shape)
        if near[sentence, twin] >= _NEAR_TWIN:
            made[number] = MistakeJudgement(twins[int(twin)] + 1, said.spans[int(sentence)])
    return made

"""Measures verdicts on key points: how often they are people's, and what their chances are worth.

The expected calibration error is that of Guo et al. (2017), On Calibration of Modern Neural
Networks; the score of the chances for all four verdicts is Brier's (1950), Verification of
Forecasts Expressed in Terms of Probability.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interviewer.evaluation.agreement import Measure, Names, Numbers, macro_f1, mean, measure
from interviewer.models import Grade, VerdictLabel

LABELS = tuple(str(label) for label in VerdictLabel)
BINS = 10


@dataclass(frozen=True, slots=True)
class PointSample:
    """Key points with people's verdict and the grader's.

    `chances` are those of the four verdicts in the order of `LABELS`, `(n_points, 4)`; `chosen`
    is the chance of the grader's own verdict, 0 to 1.
    """

    questions: Names
    human: Names
    given: Names
    chances: Numbers
    chosen: Numbers

    @property
    def right(self) -> Numbers:
        """1 where the verdict is people's, else 0."""
        same: Numbers = (self.human == self.given).astype(np.float64)
        return same


def point_sample(graded: Iterable[tuple[str, Sequence[str], Grade]]) -> PointSample:
    """Set the verdicts of grades beside people's.

    Args:
        graded: the question, people's verdicts and the grade of each answer.
    """
    points = [
        (question, str(human), verdict)
        for question, humans, grade in graded
        for human, verdict in zip(humans, grade.verdicts, strict=True)
    ]
    return PointSample(
        questions=np.array([question for question, _, _ in points], dtype=np.str_),
        human=np.array([human for _, human, _ in points], dtype=np.str_),
        given=np.array([str(verdict.verdict) for _, _, verdict in points], dtype=np.str_),
        chances=np.array([verdict.probabilities for _, _, verdict in points], dtype=np.float64),
        chosen=np.array([verdict.probability for _, _, verdict in points], dtype=np.float64),
    )


def verdict_measures(sample: PointSample, rng: np.random.Generator) -> dict[str, Any]:
    """Measure how often verdicts are people's.

    Returns:
        `n`, `accuracy` and `macro_f1` with their intervals, and the `confusion_matrix`, whose rows
        are people's verdicts and whose columns are the grader's, in the order of `labels`.
    """
    measures = {"accuracy": mean(sample.right), "macro_f1": macro_f1(sample.human, sample.given)}
    return {
        "n": len(sample.human),
        **measure(sample.questions, measures, rng),
        "labels": list(LABELS),
        "confusion_matrix": _confusion(sample),
    }


def calibration_measures(sample: PointSample, rng: np.random.Generator) -> dict[str, Any]:
    """Measure whether verdicts are right as often as their chances say.

    Returns:
        `n`; `expected_calibration_error`, the mean distance over ten bins of equal width between
        the chance of the verdict that was chosen and the share that is right; `brier`, the mean
        squared error of the four chances, 0 to 2; both with their intervals; and the `bins`, each
        `{"low", "high", "n", "mean_chance", "share_right"}`, without its lower edge.
    """
    place = np.digitize(sample.chosen, np.arange(1, BINS) / BINS, right=True)
    measures = {
        "expected_calibration_error": _calibration_error(sample, place),
        "brier": mean(_squares(sample)),
    }
    return {
        "n": len(sample.human),
        **measure(sample.questions, measures, rng),
        "bins": [_bin(sample, place == number, number) for number in range(BINS)],
    }


def _confusion(sample: PointSample) -> list[list[int]]:
    pairs = list(zip(sample.human.tolist(), sample.given.tolist(), strict=True))
    return [[pairs.count((human, given)) for given in LABELS] for human in LABELS]


def _calibration_error(sample: PointSample, place: NDArray[np.intp]) -> Measure:
    gaps = (sample.right - sample.chosen)[:, None] * np.eye(BINS)[place]
    return lambda weights: np.abs(weights @ gaps).sum(axis=1) / weights.sum(axis=1)


def _squares(sample: PointSample) -> Numbers:
    came = (sample.human[:, None] == np.array(LABELS)).astype(np.float64)
    squares: Numbers = ((sample.chances - came) ** 2).sum(axis=1)
    return squares


def _bin(sample: PointSample, inside: NDArray[np.bool_], number: int) -> dict[str, Any]:
    return {
        "low": number / BINS,
        "high": (number + 1) / BINS,
        "n": int(inside.sum()),
        "mean_chance": float(sample.chosen[inside].mean()) if inside.any() else None,
        "share_right": float(sample.right[inside].mean()) if inside.any() else None,
    }

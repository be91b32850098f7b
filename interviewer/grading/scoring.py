"""The one place where verdicts become a number: score, interval and hiring band.

Every judge's verdicts come through `score_verdicts`; no model ever writes a score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interviewer.errors import InputError
from interviewer.models import Band, Verdict, VerdictLabel

LABELS: tuple[VerdictLabel, ...] = tuple(VerdictLabel)
CREDIT: dict[VerdictLabel, float] = {
    VerdictLabel.COVERED: 1.0,
    VerdictLabel.PARTIAL: 0.5,
    VerdictLabel.MISSING: 0.0,
    VerdictLabel.CONTRADICTED: 0.0,
}
INTERVAL_MASS = 0.8
CORRELATION = 0.15
"""How alike the errors on two points of one answer are; chosen on dev of our own answers."""

HEAVIEST_WEIGHT = 3
SURELY_NOT = 0.85
BY_CHANCE = (
    "The key points were cut from the reference by machine, so each earns the credit that its "
    "chances promise."
)

_BAND_STARTS: tuple[tuple[float, Band], ...] = (
    (82.0, Band.STRONG_YES),
    (65.0, Band.YES),
    (50.0, Band.LEAN_YES),
    (35.0, Band.LEAN_NO),
    (15.0, Band.NO),
    (0.0, Band.STRONG_NO),
)
_BANDS_WORST_FIRST: tuple[Band, ...] = tuple(Band)
_SURE_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Score:
    """What the verdicts add up to: 0 to 100, its 80% interval, and the band."""

    score: float
    interval: tuple[float, float]
    band: Band


def score_verdicts(verdicts: Sequence[Verdict], *, by_chance: bool = False) -> Score:
    """Compute the score of an answer from its verdicts and their weights.

    The score is `100 * sum(weight * credit) / sum(weight)`, rounded to one decimal, with credit 1
    for covered, 0.5 for partial and 0 for missing and contradicted.

    Args:
        verdicts: one for each key point.
        by_chance: give each point the credit that its chances promise on average, in place of
            its verdict's. For points that were cut from a reference by machine: no examiner
            drew their borders, so a hard verdict on each would be precise and wrong.

    Raises:
        InputError: there is no verdict to score.
    """
    if not verdicts:
        raise InputError("There is no key point to score; give the question key points first.")
    total = sum(verdict.weight for verdict in verdicts)
    credit_of = expected_credit if by_chance else verdict_credit
    earned = sum(verdict.weight * credit_of(verdict) for verdict in verdicts)
    score = round(100 * earned / total, 1)
    low, high = _interval(verdicts, total, 0.0 if by_chance else CORRELATION)
    return Score(score, (min(low, score), max(high, score)), band_of(score, verdicts))


def verdict_credit(verdict: Verdict) -> float:
    """Give the credit of a verdict, 0 to 1."""
    return CREDIT[verdict.verdict]


def expected_credit(verdict: Verdict) -> float:
    """Give the credit that a verdict's chances promise on average, 0 to 1.

    A point that is almost surely not made earns nothing.
    """
    covered, partial, missing, contradicted = verdict.probabilities
    mass = covered + partial + missing + contradicted
    if missing + contradicted >= SURELY_NOT * mass:
        return 0.0
    return (covered + CREDIT[VerdictLabel.PARTIAL] * partial) / mass


def band_of(score: float, verdicts: Sequence[Verdict] = ()) -> Band:
    """Give the hiring band of a score.

    Below 15 strong no, below 35 no, below 50 lean no, below 65 lean yes, below 82 yes, else
    strong yes. An answer that contradicts a key point of weight 3 is at most a lean no, whatever
    else it says: an interviewer does not hire over a confident error in the heart of the matter.
    """
    band = next(band for start, band in _BAND_STARTS if score >= start)
    if any(_denies_the_heart(verdict) for verdict in verdicts):
        return min(band, Band.LEAN_NO, key=_BANDS_WORST_FIRST.index)
    return band


def _denies_the_heart(verdict: Verdict) -> bool:
    heavy = verdict.weight >= HEAVIEST_WEIGHT
    return heavy and verdict.verdict is VerdictLabel.CONTRADICTED


def _interval(verdicts: Sequence[Verdict], total: int, correlation: float) -> tuple[float, float]:
    """Find the central 80% of the score.

    The points are summed as if they were independent, then the interval is stretched about the
    mean by the root of the design effect `1 + (n - 1) * correlation`, n the effective number of
    points `sum(weight)**2 / sum(weight**2)` (Kish, Survey Sampling, 1965).
    """
    distribution = np.ones(1)
    for verdict in verdicts:
        distribution = np.convolve(distribution, _credit_distribution(verdict))
    cumulative = np.cumsum(distribution)
    tail = (1 - INTERVAL_MASS) / 2
    # Rounding in the sums must not push a quantile past the step that holds it.
    tolerance = 1e-9
    low = 50 * int(np.searchsorted(cumulative, tail - tolerance)) / total
    high = 50 * int(np.searchsorted(cumulative, 1 - tail - tolerance)) / total
    mean = 50 * float(distribution @ np.arange(len(distribution))) / total
    effective = total**2 / sum(verdict.weight**2 for verdict in verdicts)
    stretch = (1 + (effective - 1) * correlation) ** 0.5
    return (
        _rounded(max(0.0, mean - stretch * (mean - low))),
        _rounded(min(100.0, mean + stretch * (high - mean))),
    )


def _rounded(percent: float) -> float:
    """Round to one decimal; the last bits, in which libraries differ, go first."""
    return round(round(percent, _SURE_DECIMALS), 1)


def _credit_distribution(verdict: Verdict) -> NDArray[np.float64]:
    """Spread a point's probabilities over its credit in half-weight units, 0 to 2 * weight."""
    units = np.zeros(2 * verdict.weight + 1)
    mass = sum(verdict.probabilities)
    for label, probability in zip(LABELS, verdict.probabilities, strict=True):
        units[round(2 * verdict.weight * CREDIT[label])] += probability / mass
    return units

"""Measures how far scores and labels agree with people's, each with a bootstrap interval.

The intervals resample whole questions, as answers to one question stand or fall together (Efron
and Tibshirani, 1993, An Introduction to the Bootstrap, chapter 8). A draw is never copied out: a
row weighs as many times as its question was drawn, so that all draws are measured at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Measured = dict[str, float | list[float] | None]
Numbers = NDArray[np.float64]
Names = NDArray[np.str_]
Measure = Callable[[Numbers], Numbers]
"""Takes the weights of rows, `(n_draws, n_rows)`, whole numbers from 0 that stand for copies of a
row; gives `(n_draws,)`, NaN where a draw has no value."""

RESAMPLES = 1000
LEVELS = 5
_CONFIDENCE = 95
_CELLS_AT_ONCE = 2_000_000
_FEWEST_ROWS = 3
_ROUNDING = 1e-10


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows that were graded by a person and by a grader.

    `human` and `given` are scores, 0 to 1; `low` and `high` the grader's own interval;
    `human_labels` and `given_labels` are labels of the whole answer, empty where there is none.
    """

    questions: Names
    human: Numbers
    given: Numbers
    low: Numbers
    high: Numbers
    human_labels: Names
    given_labels: Names

    def __len__(self) -> int:
        return len(self.human)

    def take(self, rows: NDArray[np.intp]) -> Sample:
        """Take rows by number."""
        return Sample(
            self.questions[rows],
            self.human[rows],
            self.given[rows],
            self.low[rows],
            self.high[rows],
            self.human_labels[rows],
            self.given_labels[rows],
        )


def pearson(sample: Sample) -> Measure:
    """Make Pearson's r of the scores; it has no value where one side does not vary."""
    return lambda weights: _correlations(weights, sample.human, sample.given)


def spearman(sample: Sample) -> Measure:
    """Make Spearman's rank correlation of the scores, ties by their mean rank."""
    return lambda weights: _correlations(
        weights, _ranks(weights, sample.human), _ranks(weights, sample.given)
    )


def rmse(sample: Sample) -> Measure:
    """Make the root of the mean squared error, on the scale of 0 to 1."""
    squares = (sample.human - sample.given) ** 2
    return lambda weights: np.sqrt(mean(squares)(weights))


def mean_error(sample: Sample) -> Measure:
    """Make how much higher the grader scores than people on average."""
    return mean(sample.given - sample.human)


def quadratic_kappa(sample: Sample) -> Measure:
    """Make Cohen's kappa with quadratic weights (1968) on five levels, 0 to 1 in quarters.

    It has no value where both sides stay on one and the same level.
    """
    cells = LEVELS * _levels(sample.human) + _levels(sample.given)
    level = np.arange(LEVELS)
    distance = ((level[:, None] - level) ** 2).astype(np.float64)

    def value(weights: Numbers) -> Numbers:
        counts = _counted(weights, cells, LEVELS**2).reshape(-1, LEVELS, LEVELS)
        by_chance = counts.sum(axis=2)[:, :, None] * counts.sum(axis=1)[:, None, :]
        expected = (distance * by_chance).sum(axis=(1, 2)) / weights.sum(axis=1)
        return 1 - _ratio((distance * counts).sum(axis=(1, 2)), expected)

    return value


def within_question_r(sample: Sample) -> Measure:
    """Make Pearson's r of the scores with each question's own means taken off."""
    human = _without_means(sample.human, sample.questions)
    given = _without_means(sample.given, sample.questions)
    return lambda weights: _correlations(weights, human, given)


def interval_coverage(sample: Sample) -> Measure:
    """Make the share of human scores that lie in the grader's own 80% intervals."""
    edge = 1e-9
    inside = (sample.low - edge <= sample.human) & (sample.human <= sample.high + edge)
    return mean(inside.astype(np.float64))


def mean(values: Numbers) -> Measure:
    """Make the mean of one number a row."""
    return lambda weights: (weights @ values) / weights.sum(axis=1)


def macro_f1(human: Names, given: Names) -> Measure:
    """Make the mean of F1 over the labels that people gave in all rows together.

    A label that a draw does not hold counts there as 0, so that every draw averages over the same
    labels. There is no value where people gave fewer than two.
    """
    labels = np.unique(human)
    of_people = (human[:, None] == labels).astype(np.float64)
    of_grader = (given[:, None] == labels).astype(np.float64)

    def value(weights: Numbers) -> Numbers:
        if len(labels) < 2:
            return np.full(len(weights), np.nan)
        both = weights @ (of_people * of_grader)
        either = weights @ of_people + weights @ of_grader
        average: Numbers = np.nan_to_num(_ratio(2 * both, either)).mean(axis=1)
        return average

    return value


SCORE_MEASURES: Mapping[str, Callable[[Sample], Measure]] = {
    "pearson_r": pearson,
    "spearman_r": spearman,
    "rmse": rmse,
    "qwk": quadratic_kappa,
    "within_question_r": within_question_r,
    "mean_error": mean_error,
    "interval_coverage": interval_coverage,
}


def score_measures(sample: Sample) -> dict[str, Measure]:
    """Make every measure of scores for some rows."""
    return {name: of(sample) for name, of in SCORE_MEASURES.items()}


def value_of(measure: Measure, rows: int) -> float | None:
    """Take a measure over `rows` rows, each once; None where it has no value."""
    if not rows:
        return None
    value = float(measure(np.ones((1, rows)))[0])
    return value if np.isfinite(value) else None


def measure(
    questions: Names, measures: Mapping[str, Measure], rng: np.random.Generator
) -> dict[str, Measured]:
    """Take each measure with its 95% interval.

    Args:
        questions: the question of each row, which is resampled as a whole.
        measures: made from these rows.
        rng: draws the resamples.

    Returns:
        `value` and `ci95` of each. The interval is None where fewer than half of the draws have a
        value.
    """
    resampled: dict[str, list[Numbers]] = {name: [] for name in measures}
    for weights in _resamples(questions, rng):
        for name, each in measures.items():
            resampled[name].append(each(weights))
    return {
        name: {"value": value_of(each, len(questions)), "ci95": _interval(resampled[name])}
        for name, each in measures.items()
    }


def _resamples(questions: Names, rng: np.random.Generator) -> Iterator[Numbers]:
    """Draw questions with replacement; give the weights of the rows, some draws at a time."""
    names, place = np.unique(questions, return_inverse=True)
    if not len(names):
        return
    at_once = max(1, _CELLS_AT_ONCE // len(questions))
    chances = np.full(len(names), 1 / len(names))
    for start in range(0, RESAMPLES, at_once):
        draws = min(at_once, RESAMPLES - start)
        drawn = rng.multinomial(len(names), chances, size=draws)
        yield drawn[:, place].astype(np.float64)


def _interval(values: Sequence[Numbers]) -> list[float] | None:
    found = np.concatenate(values) if values else np.empty(0)
    known = found[np.isfinite(found)]
    if len(known) < RESAMPLES / 2:
        return None
    tail = (100 - _CONFIDENCE) / 2
    low, high = np.percentile(known, [tail, 100 - tail])
    return [float(low), float(high)]


def _correlations(weights: Numbers, first: Numbers, second: Numbers) -> Numbers:
    """Give Pearson's r of each draw; values are `(n_rows,)` or `(n_draws, n_rows)`."""
    total = weights.sum(axis=1, keepdims=True)
    shares = weights / total
    first, second = _deviations(shares, first), _deviations(shares, second)
    spread = (shares * first**2).sum(axis=1) * (shares * second**2).sum(axis=1)
    found = _ratio((shares * first * second).sum(axis=1), np.sqrt(spread))
    return np.where(total[:, 0] < _FEWEST_ROWS, np.nan, np.clip(found, -1, 1))


def _deviations(shares: Numbers, values: Numbers) -> Numbers:
    """Take off each draw's own mean; where only rounding is left of a value, give 0."""
    left = values - (shares * values).sum(axis=1, keepdims=True)
    return np.where(np.abs(left) < _ROUNDING * np.abs(values).max(), 0.0, left)


def _ranks(weights: Numbers, values: Numbers) -> Numbers:
    """Rank the values within each draw, `(n_draws, n_rows)`; copies and ties share a mean rank."""
    _, place = np.unique(values, return_inverse=True)
    order = np.argsort(place, kind="stable")
    last = np.flatnonzero(np.diff(place[order], append=len(values)))
    up_to = np.cumsum(weights[:, order], axis=1)[:, last]
    below = np.concatenate([np.zeros((len(weights), 1)), up_to[:, :-1]], axis=1)
    ranks: Numbers = ((below + up_to + 1) / 2)[:, place]
    return ranks


def _without_means(values: Numbers, groups: Names) -> Numbers:
    _, place = np.unique(groups, return_inverse=True)
    means = np.bincount(place, values) / np.bincount(place)
    left = values - means[place]
    # What is left of equal values is rounding, which would correlate with anything.
    return np.where(np.abs(left) < _ROUNDING, 0.0, left)


def _counted(weights: Numbers, cells: NDArray[np.intp], size: int) -> Numbers:
    """Count the rows in each cell, `(n_draws, size)`."""
    counts: Numbers = weights @ np.eye(size)[cells]
    return counts


def _ratio(above: Numbers, below: Numbers) -> Numbers:
    """Divide; NaN where there is nothing to divide by."""
    found: Numbers = np.divide(above, below, out=np.full_like(below, np.nan), where=below > 0)
    return found


def _levels(scores: Numbers) -> NDArray[np.intp]:
    levels: NDArray[np.intp] = np.floor(scores * (LEVELS - 1) + 0.5).astype(np.intp)
    return levels

"""Measures how far scores and labels agree with people's, each with a bootstrap interval.

The intervals resample whole questions, as answers to one question stand or fall together (Efron
and Tibshirani, 1993, An Introduction to the Bootstrap, chapter 8).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import cohen_kappa_score, f1_score

Measured = dict[str, float | list[float] | None]
Numbers = NDArray[np.float64]
Names = NDArray[np.str_]

RESAMPLES = 1000
LEVELS = 5
_CONFIDENCE = 95


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
        """Take rows by number; a row may be taken more than once."""
        return Sample(
            self.questions[rows],
            self.human[rows],
            self.given[rows],
            self.low[rows],
            self.high[rows],
            self.human_labels[rows],
            self.given_labels[rows],
        )


Measure = Callable[[Sample], float | None]


def pearson(sample: Sample) -> float | None:
    """Give Pearson's r of the scores, None where one side does not vary."""
    return _correlation(sample.human, sample.given)


def spearman(sample: Sample) -> float | None:
    """Give Spearman's rank correlation of the scores, None where one side does not vary."""
    return _correlation(stats.rankdata(sample.human), stats.rankdata(sample.given))


def rmse(sample: Sample) -> float | None:
    """Give the root of the mean squared error, on the scale of 0 to 1."""
    return float(np.sqrt(np.mean((sample.human - sample.given) ** 2))) if len(sample) else None


def mean_error(sample: Sample) -> float | None:
    """Give how much higher the grader scores than people on average."""
    return float(np.mean(sample.given - sample.human)) if len(sample) else None


def quadratic_kappa(sample: Sample) -> float | None:
    """Give Cohen's kappa with quadratic weights (1968) on five levels, 0 to 1 in quarters."""
    human, given = _levels(sample.human), _levels(sample.given)
    if len(set(human) | set(given)) < 2:
        return None
    return float(cohen_kappa_score(human, given, weights="quadratic", labels=range(LEVELS)))


def within_question_r(sample: Sample) -> float | None:
    """Give Pearson's r of the scores with each question's own means taken off."""
    human, given = sample.human.copy(), sample.given.copy()
    for question in np.unique(sample.questions):
        rows = sample.questions == question
        human[rows] -= human[rows].mean()
        given[rows] -= given[rows].mean()
    return _correlation(human, given)


def interval_coverage(sample: Sample) -> float | None:
    """Give the share of human scores that lie in the grader's own 80% intervals."""
    if not len(sample):
        return None
    edge = 1e-9
    inside = (sample.low - edge <= sample.human) & (sample.human <= sample.high + edge)
    return float(inside.mean())


def macro_f1(human: Names, given: Names) -> float | None:
    """Average F1 over the labels that people gave."""
    labels = sorted(set(human))
    if len(labels) < 2:
        return None
    return float(f1_score(human, given, labels=labels, average="macro", zero_division=0))


SCORE_MEASURES: Mapping[str, Measure] = {
    "pearson_r": pearson,
    "spearman_r": spearman,
    "rmse": rmse,
    "qwk": quadratic_kappa,
    "within_question_r": within_question_r,
    "mean_error": mean_error,
    "interval_coverage": interval_coverage,
}


def measure(
    sample: Sample, measures: Mapping[str, Measure], rng: np.random.Generator
) -> dict[str, Measured]:
    """Take each measure with its 95% interval; the interval is None where it has no value."""
    resampled: dict[str, list[float | None]] = {name: [] for name in measures}
    for rows in _resamples(sample, rng):
        again = sample.take(rows)
        for name, value in measures.items():
            resampled[name].append(value(again))
    return {
        name: {"value": value(sample), "ci95": _interval(resampled[name])}
        for name, value in measures.items()
    }


def _resamples(sample: Sample, rng: np.random.Generator) -> Iterator[NDArray[np.intp]]:
    """Draw questions with replacement, one sample at a time; each brings all of its rows."""
    names, place = np.unique(sample.questions, return_inverse=True)
    rows_of = [np.flatnonzero(place == number) for number in range(len(names))]
    for _ in range(RESAMPLES if len(names) else 0):
        drawn = rng.integers(0, len(names), len(names))
        yield np.concatenate([rows_of[number] for number in drawn])


def _interval(values: Sequence[float | None]) -> list[float] | None:
    known = [value for value in values if value is not None]
    if len(known) < RESAMPLES / 2:
        return None
    tail = (100 - _CONFIDENCE) / 2
    low, high = np.percentile(known, [tail, 100 - tail])
    return [float(low), float(high)]


def _correlation(first: Numbers, second: Numbers) -> float | None:
    if len(first) < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.NearConstantInputWarning)
        found = float(stats.pearsonr(first, second).statistic)
    return found if np.isfinite(found) else None


def _levels(scores: Numbers) -> NDArray[np.intp]:
    levels: NDArray[np.intp] = np.floor(scores * (LEVELS - 1) + 0.5).astype(np.intp)
    return levels

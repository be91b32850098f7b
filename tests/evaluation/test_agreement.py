from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import cohen_kappa_score, f1_score
from support import loaded_by

from interviewer.evaluation.agreement import (
    LEVELS,
    RESAMPLES,
    SCORE_MEASURES,
    Measure,
    Sample,
    interval_coverage,
    macro_f1,
    mean_error,
    measure,
    pearson,
    quadratic_kappa,
    rmse,
    score_measures,
    spearman,
    value_of,
    within_question_r,
)


def sample(
    human: list[float],
    given: list[float],
    questions: list[str] | None = None,
    half_width: float = 0.1,
) -> Sample:
    scores = np.array(given)
    empty = np.array([""] * len(human))
    return Sample(
        questions=np.array(questions or [f"q{place}" for place in range(len(human))]),
        human=np.array(human),
        given=scores,
        low=scores - half_width,
        high=scores + half_width,
        human_labels=empty,
        given_labels=empty,
    )


def taken(of: Callable[[Sample], Measure], rows: Sample) -> float | None:
    return value_of(of(rows), len(rows))


def some_rows(seed: int, count: int = 40, questions: int = 7) -> Sample:
    """Rows with many ties, and labels of three kinds of which one is rare."""
    rng = np.random.default_rng(seed)
    human = rng.integers(0, 5, count) / 4
    given = np.clip(human + rng.integers(-3, 4, count) / 10, 0, 1)
    names = np.array(["correct", "incorrect", "contradictory"])
    return Sample(
        questions=np.array([f"q{place % questions}" for place in range(count)]),
        human=human,
        given=given,
        low=given - 0.2,
        high=given + 0.2,
        human_labels=rng.choice(names, count, p=(0.6, 0.37, 0.03)),
        given_labels=rng.choice(names, count),
    )


def draws(rows: Sample, seed: int, count: int = 20) -> np.ndarray:
    """Weights as a bootstrap by question draws them."""
    rng = np.random.default_rng(seed)
    names, place = np.unique(rows.questions, return_inverse=True)
    drawn = rng.integers(0, len(names), (count, len(names)))
    counts = np.array([np.bincount(row, minlength=len(names)) for row in drawn])
    return counts[:, place].astype(float)


def level(scores: np.ndarray) -> np.ndarray:
    return np.floor(scores * 4 + 0.5).astype(int)


def centred(rows: Sample, scores: np.ndarray) -> np.ndarray:
    left = scores.copy()
    for name in np.unique(rows.questions):
        left[rows.questions == name] -= scores[rows.questions == name].mean()
    return left


def by_libraries(rows: Sample) -> dict[str, float]:
    """Every measure of scores, computed by others on rows that were copied out."""
    human, given = rows.human, rows.given
    return {
        "pearson_r": stats.pearsonr(human, given).statistic,
        "spearman_r": stats.spearmanr(human, given).statistic,
        "rmse": np.sqrt(np.mean((human - given) ** 2)),
        "qwk": cohen_kappa_score(
            level(human), level(given), weights="quadratic", labels=range(LEVELS)
        ),
        "within_question_r": stats.pearsonr(centred(rows, human), centred(rows, given)).statistic,
        "mean_error": np.mean(given - human),
        "interval_coverage": np.mean(np.abs(human - given) < 0.2 + 1e-9),
    }


@pytest.mark.parametrize("seed", range(5))
def test_weights_give_what_other_libraries_compute_on_copied_rows(seed: int) -> None:
    rows = some_rows(seed)
    weights = draws(rows, seed)
    found = {name: each(weights) for name, each in score_measures(rows).items()}

    assert found.keys() == SCORE_MEASURES.keys()
    for draw, counts in enumerate(weights.astype(int)):
        copied = rows.take(np.repeat(np.arange(len(rows)), counts))
        expected = by_libraries(copied)
        assert {name: values[draw] for name, values in found.items()} == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_f1_is_what_scikit_learn_computes_over_the_labels_of_all_rows(seed: int) -> None:
    rows = some_rows(seed)
    weights = draws(rows, seed)
    labels = sorted(set(rows.human_labels.tolist()))

    found = macro_f1(rows.human_labels, rows.given_labels)(weights)

    expected = [
        f1_score(
            rows.human_labels,
            rows.given_labels,
            labels=labels,
            average="macro",
            sample_weight=counts,
            zero_division=0,
        )
        for counts in weights
    ]
    assert found == pytest.approx(expected)


def test_scores_on_a_line_correlate_fully_and_the_error_is_what_is_between() -> None:
    rows = sample([0.0, 0.5, 1.0], [0.2, 0.45, 0.7])

    assert taken(pearson, rows) == pytest.approx(1)
    assert taken(spearman, rows) == pytest.approx(1)
    assert taken(rmse, rows) == pytest.approx(np.sqrt((0.2**2 + 0.05**2 + 0.3**2) / 3))
    assert taken(mean_error, rows) == pytest.approx((0.2 - 0.05 - 0.3) / 3)


def test_ranks_ignore_how_far_apart_scores_are() -> None:
    rows = sample([0.0, 0.1, 0.2, 1.0], [0.0, 0.01, 0.5, 0.51])

    assert taken(spearman, rows) == pytest.approx(1)
    assert taken(pearson, rows) < 0.9


def test_where_one_side_does_not_vary_there_is_no_correlation() -> None:
    assert taken(pearson, sample([0.0, 0.5, 1.0], [0.4, 0.4, 0.4])) is None
    assert taken(pearson, sample([0.0, 1.0], [0.0, 1.0])) is None


def test_kappa_weighs_a_disagreement_by_its_square() -> None:
    human = [0.0, 0.25, 0.5, 0.75, 1.0]

    assert taken(quadratic_kappa, sample(human, human)) == pytest.approx(1)
    near = taken(quadratic_kappa, sample(human, [0.25, 0.25, 0.5, 0.75, 0.75]))
    far = taken(quadratic_kappa, sample(human, [1.0, 0.25, 0.5, 0.75, 0.0]))
    assert near is not None
    assert far is not None
    assert near > 0.8 > 0 > far
    assert taken(quadratic_kappa, sample([1.0, 1.0], [1.0, 1.0])) is None


def test_within_questions_the_easy_and_the_hard_question_are_evened_out() -> None:
    """Between the questions scores agree; within each they are the wrong way round."""
    rows = sample([0.0, 0.1, 0.9, 1.0], [0.1, 0.0, 1.0, 0.9], ["a", "a", "b", "b"])

    assert taken(pearson, rows) > 0.9
    assert taken(within_question_r, rows) == pytest.approx(-1)


def test_coverage_is_the_share_of_human_scores_inside_the_interval() -> None:
    assert taken(interval_coverage, sample([0.0, 0.5, 1.0], [0.1, 0.5, 0.8])) == pytest.approx(
        2 / 3
    )


def test_macro_f1_counts_each_label_of_the_people_alike() -> None:
    human = np.array(["correct", "correct", "correct", "contradictory"])

    assert value_of(macro_f1(human, human), 4) == 1
    assert value_of(macro_f1(human, np.array(["correct"] * 4)), 4) == pytest.approx((6 / 7) / 2)
    assert value_of(macro_f1(human[:3], human[:3]), 3) is None


@pytest.mark.parametrize("others", [["correct"], ["correct", "incorrect"]])
def test_a_draw_that_lacks_a_label_still_averages_over_all_of_them(others: list[str]) -> None:
    """A grader that is always right: only the rare label can be absent from a draw."""
    labels = np.array([*(others * 6), "contradictory"])
    questions = np.array([f"q{place}" for place in range(len(labels))])

    found = measure(questions, {"f1": macro_f1(labels, labels)}, np.random.default_rng(0))["f1"]

    kinds = len(others) + 1
    assert found["value"] == 1
    assert found["ci95"] == [pytest.approx((kinds - 1) / kinds), 1]


def test_the_interval_holds_the_value_is_repeatable_and_resamples_whole_questions() -> None:
    rng = np.random.default_rng(3)
    human = rng.random(60)
    given = np.clip(human + rng.normal(0, 0.2, 60), 0, 1)
    few = sample(human.tolist(), given.tolist(), [f"q{place % 4}" for place in range(60)])

    first = measure(few.questions, score_measures(few), np.random.default_rng(7))
    again = measure(few.questions, score_measures(few), np.random.default_rng(7))

    assert first == again
    low, high = first["pearson_r"]["ci95"]
    assert low < first["pearson_r"]["value"] < high


def test_one_question_alone_gives_an_interval_without_width() -> None:
    one = sample([0.0, 0.4, 1.0], [0.1, 0.3, 0.9], ["a", "a", "a"])

    measured = measure(one.questions, {"rmse": rmse(one)}, np.random.default_rng(0))

    low, high = measured["rmse"]["ci95"]
    assert low == pytest.approx(high)


def test_without_rows_there_is_nothing_to_tell() -> None:
    nobody = sample([], [])

    found = measure(nobody.questions, score_measures(nobody), np.random.default_rng(0))

    assert all(each == {"value": None, "ci95": None} for each in found.values())


@pytest.mark.parametrize(("copies", "known"), [(1, True), (3, False)])
def test_an_interval_needs_a_value_in_half_of_the_draws(copies: int, known: bool) -> None:
    """Of three questions the first is drawn in 70% of the draws, thrice or each once in 26%."""

    def seldom(weights: np.ndarray) -> np.ndarray:
        held = (weights[:, 0] >= copies) | (weights == 1).all(axis=1)
        return np.where(held, 0.5, np.nan)

    rows = sample([0.0, 0.5, 1.0], [0.1, 0.2, 0.3])
    found = measure(rows.questions, {"seldom": seldom}, np.random.default_rng(0))["seldom"]

    assert found == {"value": 0.5, "ci95": [0.5, 0.5] if known else None}


def test_many_rows_are_drawn_some_draws_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a million rows would fill the memory, the draws come in blocks, and all of them."""
    rows = some_rows(3)
    seen: list[int] = []

    def counting(weights: np.ndarray) -> np.ndarray:
        seen.append(len(weights))
        return weights.sum(axis=1)

    monkeypatch.setattr("interviewer.evaluation.agreement._CELLS_AT_ONCE", 40 * 300)
    measure(rows.questions, {"count": counting}, np.random.default_rng(0))

    assert seen == [300, 300, 300, 100, 1]
    assert sum(seen) == RESAMPLES + 1


def test_the_measures_load_no_framework() -> None:
    script = "import interviewer.evaluation.grading, interviewer.evaluation.attacks"
    assert loaded_by(script, {"sklearn", "torch", "pandas"}) == []

from __future__ import annotations

import numpy as np
import pytest

from interviewer.evaluation.agreement import (
    SCORE_MEASURES,
    Sample,
    interval_coverage,
    macro_f1,
    mean_error,
    measure,
    pearson,
    quadratic_kappa,
    rmse,
    spearman,
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


def test_scores_on_a_line_correlate_fully_and_the_error_is_what_is_between() -> None:
    rows = sample([0.0, 0.5, 1.0], [0.2, 0.45, 0.7])

    assert pearson(rows) == pytest.approx(1)
    assert spearman(rows) == pytest.approx(1)
    assert rmse(rows) == pytest.approx(np.sqrt((0.2**2 + 0.05**2 + 0.3**2) / 3))
    assert mean_error(rows) == pytest.approx((0.2 - 0.05 - 0.3) / 3)


def test_ranks_ignore_how_far_apart_scores_are() -> None:
    rows = sample([0.0, 0.1, 0.2, 1.0], [0.0, 0.01, 0.5, 0.51])

    assert spearman(rows) == pytest.approx(1)
    assert pearson(rows) < 0.9


def test_where_one_side_does_not_vary_there_is_no_correlation() -> None:
    assert pearson(sample([0.0, 0.5, 1.0], [0.4, 0.4, 0.4])) is None
    assert pearson(sample([0.0, 1.0], [0.0, 1.0])) is None


def test_kappa_weighs_a_disagreement_by_its_square() -> None:
    human = [0.0, 0.25, 0.5, 0.75, 1.0]

    assert quadratic_kappa(sample(human, human)) == pytest.approx(1)
    near = quadratic_kappa(sample(human, [0.25, 0.25, 0.5, 0.75, 0.75]))
    far = quadratic_kappa(sample(human, [1.0, 0.25, 0.5, 0.75, 0.0]))
    assert near is not None
    assert far is not None
    assert near > 0.8 > 0 > far
    assert quadratic_kappa(sample([1.0, 1.0], [1.0, 1.0])) is None


def test_within_questions_the_easy_and_the_hard_question_are_evened_out() -> None:
    """Between the questions scores agree; within each they are the wrong way round."""
    rows = sample([0.0, 0.1, 0.9, 1.0], [0.1, 0.0, 1.0, 0.9], ["a", "a", "b", "b"])

    assert pearson(rows) > 0.9
    assert within_question_r(rows) == pytest.approx(-1)


def test_coverage_is_the_share_of_human_scores_inside_the_interval() -> None:
    assert interval_coverage(sample([0.0, 0.5, 1.0], [0.1, 0.5, 0.8])) == pytest.approx(2 / 3)


def test_macro_f1_counts_each_label_of_the_people_alike() -> None:
    human = np.array(["correct", "correct", "correct", "contradictory"])

    assert macro_f1(human, human) == 1
    assert macro_f1(human, np.array(["correct"] * 4)) == pytest.approx((6 / 7) / 2)
    assert macro_f1(human[:3], human[:3]) is None


def test_the_interval_holds_the_value_is_repeatable_and_resamples_whole_questions() -> None:
    rng = np.random.default_rng(3)
    human = rng.random(60)
    given = np.clip(human + rng.normal(0, 0.2, 60), 0, 1)
    few = sample(human.tolist(), given.tolist(), [f"q{place % 4}" for place in range(60)])

    first = measure(few, SCORE_MEASURES, np.random.default_rng(7))
    again = measure(few, SCORE_MEASURES, np.random.default_rng(7))

    assert first == again
    low, high = first["pearson_r"]["ci95"]
    assert low < first["pearson_r"]["value"] < high


def test_one_question_alone_gives_an_interval_without_width() -> None:
    one = sample([0.0, 0.4, 1.0], [0.1, 0.3, 0.9], ["a", "a", "a"])

    measured = measure(one, {"rmse": rmse}, np.random.default_rng(0))

    low, high = measured["rmse"]["ci95"]
    assert low == pytest.approx(high)

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from interviewer.evaluation.ranking import ndcg, rank_measures, recall, reciprocal_rank

RANKING = ["a", "b", "c", "d"]


def test_recall_is_the_share_of_the_relevant_found_by_the_cut_off() -> None:
    assert recall(RANKING, {"b": 1, "z": 1}, 1) == 0
    assert recall(RANKING, {"b": 1, "z": 1}, 2) == 0.5
    assert recall(RANKING, {"b": 1, "d": 1}, 4) == 1


def test_the_reciprocal_rank_is_that_of_the_first_hit_and_nothing_past_the_cut_off() -> None:
    assert reciprocal_rank(RANKING, {"c": 1, "d": 1}, 10) == pytest.approx(1 / 3)
    assert reciprocal_rank(RANKING, {"d": 1}, 3) == 0
    assert reciprocal_rank([], {"d": 1}, 3) == 0


def test_the_gain_is_discounted_by_the_logarithm_of_the_rank() -> None:
    assert ndcg(RANKING, {"a": 1}, 10) == 1
    assert ndcg(RANKING, {"b": 1}, 10) == pytest.approx(1 / math.log2(3))
    assert ndcg(RANKING, {"d": 1}, 3) == 0


@given(st.lists(st.integers(0, 3), min_size=2, max_size=12).filter(any))
def test_the_gain_is_what_scikit_learn_computes(gains: list[int]) -> None:
    names = [f"d{number}" for number in range(len(gains))]
    relevant = {name: gain for name, gain in zip(names, gains, strict=True) if gain}
    order = np.arange(len(gains), 0, -1)

    assert ndcg(names, relevant, 10) == pytest.approx(ndcg_score([gains], [order], k=10))


def test_measures_are_averages_over_the_queries() -> None:
    measured = rank_measures({"q1": ["a", "b"], "q2": ["b", "a"]}, {"q1": {"a": 1}, "q2": {"a": 1}})

    assert measured["recall@1"] == 0.5
    assert measured["recall@5"] == 1
    assert measured["mrr@10"] == 0.75
    assert measured["ndcg@10"] == pytest.approx((1 + 1 / math.log2(3)) / 2)
    assert list(measured) == [
        *(f"recall@{cutoff}" for cutoff in (1, 5, 10, 20, 100)),
        "mrr@10",
        "ndcg@10",
    ]

"""Vectors come back as they went in, exactly or compressed, from memory or from a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from interviewer.retrieval.vectors import VectorIndex


@pytest.fixture
def rows() -> np.ndarray:
    generator = np.random.default_rng(7)
    rows = generator.normal(size=(400, 32)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("flat_limit", [1000, 100], ids=["flat", "inverted lists"])
def test_a_row_searched_by_itself_scores_one(
    rows: np.ndarray, flat_limit: int, tmp_path: Path
) -> None:
    VectorIndex.build(rows, flat_limit=flat_limit).write(tmp_path / "index.faiss")
    index = VectorIndex.read(tmp_path / "index.faiss")
    assert (index.size, index.dimension, index.exact) == (400, 32, flat_limit == 1000)
    assert index.all_vectors() == pytest.approx(rows, abs=1e-2)
    for number in (0, 199, 399):
        found, scores = index.search(rows[number], 3)
        assert found[0] == number
        assert scores[0] == pytest.approx(1.0, abs=1e-2)


@pytest.mark.parametrize("flat_limit", [1000, 100], ids=["flat", "inverted lists"])
def test_a_search_among_rows_ranks_exactly_those(rows: np.ndarray, flat_limit: int) -> None:
    index = VectorIndex.build(rows, flat_limit=flat_limit)
    among = np.array([3, 50, 51, 399])
    found, scores = index.search(rows[50], 10, among)
    assert sorted(found) == among.tolist()
    assert found[0] == 50
    assert scores.tolist() == sorted(scores, reverse=True)
    assert index.scores(rows[50], among) == pytest.approx(rows[among] @ rows[50], abs=2e-2)


def test_the_flat_search_finds_the_true_nearest(rows: np.ndarray) -> None:
    index = VectorIndex.build(rows)
    for query in rows[:20]:
        found, _ = index.search(query, 5)
        assert found.tolist() == np.argsort(-(rows @ query))[:5].tolist()


def test_searching_nothing_finds_nothing(rows: np.ndarray) -> None:
    nobody = np.empty(0, dtype=np.int64)
    assert VectorIndex.build(rows).search(rows[0], 5, nobody)[0].tolist() == []
    assert VectorIndex.build(rows[:0]).search(rows[0], 5)[0].tolist() == []

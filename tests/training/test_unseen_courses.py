"""What judges read of courses that they never saw: numbers by the answers' ids, and no words."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from interviewer.config import CHECKOUT_DIR
from interviewer.grading.pair_model import load_calibrations

SETS = ("beetle", "saf", "scientsbank")


@pytest.fixture
def calibrate(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(CHECKOUT_DIR / "training"))
    import calibrate

    return calibrate


def test_features_are_kept_by_id_and_no_answer_is(calibrate: ModuleType) -> None:
    width = load_calibrations().derived.weights.shape[1]
    with np.load(calibrate.UNSEEN_COURSES, allow_pickle=False) as kept:
        assert len(kept.files) == 4 * len(SETS)
        for name in SETS:
            ids, counts, rows, shares = (
                kept[f"{name} {part}"] for part in ("ids", "counts", "rows", "shares")
            )
            assert len(set(ids.tolist())) == len(ids) == len(counts) > 500
            assert all(answer_id.startswith(f"{name}-") for answer_id in ids.tolist())
            assert rows.shape == (counts.sum(), width)
            assert np.isfinite(rows).all()
            assert shares.sum() == pytest.approx(len(ids))


def test_labels_and_scores_come_from_the_folder_and_what_it_lacks_is_left_out(
    calibrate: ModuleType, tmp_path: Path
) -> None:
    with np.load(calibrate.UNSEEN_COURSES, allow_pickle=False) as kept:
        first, second = kept["saf ids"].tolist()[:2]
        points = kept["saf rows"][: kept["saf counts"][0]]
    row = {"split": "train", "question": "Why?", "reference": "So.", "answer": "So."}
    lines = [
        {**row, "id": first, "label": "partial", "score": 0.25},
        {**row, "id": second},
        {**row, "id": "saf-none", "label": "correct", "score": 1.0},
    ]
    (tmp_path / "saf.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")

    (read,) = calibrate.unseen_courses(tmp_path)

    assert (read.label, read.score, read.source) == ("partial", 0.25, "saf, never seen")
    assert (read.rows == points).all()
    assert read.shares.sum() == pytest.approx(1)

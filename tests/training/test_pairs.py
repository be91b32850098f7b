"""The pairs that the judge is trained on: whole questions to one split, and verdicts that fit."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from interviewer.config import CHECKOUT_DIR

POINTS = ["Ridge shrinks weights.", "The lasso zeroes some of them."]
STATEMENTS = [
    {"c": ["They get smaller."], "p": ["Something shrinks."], "x": ["They grow."], "m": ["L2."]},
    {"c": ["Some vanish."], "p": ["Sparse."], "x": ["None vanish."], "m": ["Corners."]},
]


@pytest.fixture
def pairs(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(CHECKOUT_DIR / "training"))
    import pairs

    return pairs


def test_a_statement_keeps_its_verdict_among_statements_for_other_points(
    pairs: ModuleType, tmp_path: Path
) -> None:
    row = {"question_id": "ridge", "key_points": POINTS, "statements": STATEMENTS}
    (tmp_path / "one.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")

    drawn = [
        pair for seed in range(20) for pair in pairs.statement_pairs(random.Random(seed), tmp_path)
    ]

    own = [pair for pair in drawn if pair.claim == POINTS[0] and "They grow." in pair.said]
    assert {pair.verdicts for pair in own} == {pairs.CONTRADICTED}
    assert len({pair.said for pair in own}) > 3
    elsewhere = [pair for pair in drawn if pair.claim == POINTS[0] and pair.said == "Some vanish."]
    assert {pair.verdicts for pair in elsewhere} == {pairs.MISSING}


def test_every_statement_is_for_a_question_of_the_train_split(pairs: ModuleType) -> None:
    rows = list(pairs.answer_rows(pairs.STATEMENTS))

    assert {pairs.split_of(row["question_id"]) for row in rows} == {"train"}
    assert all(len(row["key_points"]) == len(row["statements"]) for row in rows)
    letters = Counter(
        letter
        for row in rows
        for texts in row["statements"]
        for letter in texts
        for _ in texts[letter]
    )
    assert sum(letters.values()) == 15_481
    assert set(letters) == set("cpxm")


def test_questions_kept_back_for_the_calibration_are_not_trained_on(
    pairs: ModuleType, tmp_path: Path
) -> None:
    names = [f"q{number}" for number in range(60)]
    path = tmp_path / "set.jsonl"
    row = {"split": "train", "reference": "A reference.", "answer": "It.", "label": "correct"}
    lines = [json.dumps({**row, "question_id": name, "answer": name}) for name in names]
    path.write_text("\n".join(lines), encoding="utf-8")

    trained = {pair.said for pair in pairs.asag_pairs(path)}

    kept_back = {name for name in names if pairs.is_held_back(name)}
    assert kept_back
    assert trained == set(names) - kept_back

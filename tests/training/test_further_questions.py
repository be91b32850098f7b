"""The further questions are no way round the split: their claims keep away from dev and test."""

from __future__ import annotations

import json
from types import ModuleType

import numpy as np
import pytest

from interviewer.config import CHECKOUT_DIR
from interviewer.knowledge.bank import load_bank
from interviewer.retrieval.encoder import OnnxEncoder

FURTHER = CHECKOUT_DIR / "training" / "further_questions.jsonl"
NEAREST = 0.85
NEAR = 0.75
MOST_NEAR = 15


@pytest.fixture
def pairs(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(CHECKOUT_DIR / "training"))
    import pairs

    return pairs


@pytest.mark.encoder
def test_no_claim_of_a_further_question_comes_near_a_held_out_key_point(
    real_encoder: OnnxEncoder, pairs: ModuleType
) -> None:
    bank = load_bank(CHECKOUT_DIR / "knowledge")
    held_out = [
        point.text
        for question in bank.questions
        if pairs.split_of(question.id) != "train"
        for point in question.key_points
    ]
    rows = [json.loads(line) for line in FURTHER.read_text(encoding="utf-8").splitlines()]
    claims = [claim for row in rows for claim in row["key_points"]]

    nearest = (real_encoder.encode(claims) @ real_encoder.encode(held_out).T).max(axis=1)

    too_near = [claim for claim, cosine in zip(claims, nearest, strict=True) if cosine > NEAREST]
    assert len(claims) > 1_000
    assert len(held_out) > 1_500
    assert too_near == []
    assert np.sum(nearest > NEAR) <= MOST_NEAR

"""The answers that fairness is measured on are what they claim to be, whatever a grade says."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from interviewer.config import CHECKOUT_DIR
from interviewer.knowledge.bank import QuestionBank, load_bank
from interviewer.knowledge.lint_meaning import content_stems
from interviewer.text import words

DATA = CHECKOUT_DIR / "tests" / "data"
LONG = 80
SHORT = 65
HELD_OUT = ("dev", "test")


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def split_of(question_id: str) -> str:
    sys.path.insert(0, str(CHECKOUT_DIR / "training"))
    try:
        from pairs import split_of as found
    finally:
        sys.path.pop(0)
    return str(found(question_id))


@pytest.fixture(scope="module")
def bank() -> QuestionBank:
    return load_bank(CHECKOUT_DIR / "knowledge")


def test_a_vague_answer_is_long_and_in_the_words_of_the_subject_and_a_terse_one_short(
    bank: QuestionBank,
) -> None:
    pairs = rows("terse_and_vague.jsonl")

    assert len({pair["question_id"] for pair in pairs}) == 10
    for pair in pairs:
        question = bank.get(pair["question_id"])
        subject = content_stems(" ".join(point.text for point in question.key_points))
        assert split_of(question.id) in HELD_OUT
        assert len(words(pair["vague"])) >= LONG
        assert len(subject & content_stems(pair["vague"])) >= 8
        assert len(words(pair["terse"])) <= SHORT


def test_a_paraphrase_has_no_stem_of_its_key_points(bank: QuestionBank) -> None:
    answers = rows("paraphrases.jsonl")

    assert len({row["question_id"] for row in answers}) == 10
    for row in answers:
        question = bank.get(row["question_id"])
        points = content_stems(" ".join(point.text for point in question.key_points))
        assert split_of(question.id) in HELD_OUT
        assert len(points) >= 30
        assert points & content_stems(row["answer"]) == set()

"""People ask in their own words: the right question comes first, over the whole bank.

The queries were written by somebody who had not seen the bank's other wordings (`Asked as`) and
tried none of them; those too near to a wording were taken out.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rapidfuzz import fuzz

from interviewer.config import CHECKOUT_DIR
from interviewer.knowledge.bank import QuestionBank, load_bank
from interviewer.retrieval.encoder import OnnxEncoder
from interviewer.retrieval.index import ensure_index
from interviewer.text import words

QUERIES = [
    json.loads(line)
    for line in (Path(__file__).resolve().parents[1] / "data" / "paraphrased_queries.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


@pytest.fixture(scope="module")
def bank() -> QuestionBank:
    return load_bank(CHECKOUT_DIR / "knowledge")


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    said = words(text)
    return {tuple(said[at : at + length]) for at in range(len(said) - length + 1)}


def test_there_are_two_hundred_queries_in_words_of_their_own(bank: QuestionBank) -> None:
    assert len({row["question_id"] for row in QUERIES}) == len(QUERIES) >= 200
    for row in QUERIES:
        question = bank.get(row["question_id"])
        query = row["query"]
        assert not runs(query, 3) & runs(question.text, 3), query
        for asked in question.asked_as:
            assert not runs(query, 4) & runs(asked.text, 4), query
            assert fuzz.token_set_ratio(query, asked.text) <= 80, query


@pytest.mark.encoder
def test_nine_of_ten_find_their_question_first_and_nearly_all_in_the_first_five(
    bank: QuestionBank, real_encoder: OnnxEncoder
) -> None:
    index = ensure_index(bank, real_encoder, CHECKOUT_DIR / "index")
    places = []
    for row in QUERIES:
        found = index.search(row["query"], top_k=30)
        asked = list(dict.fromkeys(hit.chunk.question_id for hit in found))
        places.append(asked.index(row["question_id"]) if row["question_id"] in asked else 99)

    assert sum(place < 1 for place in places) / len(places) >= 0.9
    assert sum(place < 5 for place in places) / len(places) >= 0.98

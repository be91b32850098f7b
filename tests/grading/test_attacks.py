"""Attempts to win points without knowing the answer, against `offline-1` over the small bank."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from interviewer.grading.gate import screen
from interviewer.grading.grader import Grader
from interviewer.grading.lexicon import STOP_WORDS
from interviewer.grading.rubric import Rubric
from interviewer.text import words

BASES = (
    "It trades a little bias for less variance.",
    "It makes the model behave better on the data, I would think.",
)
LE_BASE = {"direct_injection", "fake_completion", "role_tokens", "obfuscated", "output_abuse"}


def rows(folder: Path, expect: str) -> list[dict[str, str]]:
    text = (folder / "grader_attacks.jsonl").read_text(encoding="utf-8")
    read = [json.loads(line) for line in text.splitlines()]
    return [row for row in read if row["expect"] == expect]


def filled(row: dict[str, str], rubric: Rubric, base: str) -> str:
    terms = [word for word in words(rubric.reference) if word not in STOP_WORDS]
    return row["template"].format(
        base=base,
        question=rubric.question,
        reference=rubric.reference,
        reference_terms=", ".join(dict.fromkeys(terms)),
    )


def test_what_says_nothing_scores_zero(redteam: Path, grader: Grader, rubric: Rubric) -> None:
    scores = {
        row["id"]: grader.grade(rubric, filled(row, rubric, "")).score
        for row in rows(redteam, "zero")
    }
    assert {name: score for name, score in scores.items() if score} == {}


@pytest.mark.parametrize("base", BASES)
def test_an_injection_never_raises_the_score(
    redteam: Path, grader: Grader, rubric: Rubric, base: str
) -> None:
    honest = grader.grade(rubric, base).score
    scores = {
        row["id"]: grader.grade(rubric, filled(row, rubric, base)).score
        for row in rows(redteam, "le_base")
        if row["category"] in LE_BASE
    }
    assert {name: score for name, score in scores.items() if score > honest} == {}


def test_stuffing_and_denial_score_clearly_below_the_reference(
    redteam: Path, grader: Grader, rubric: Rubric
) -> None:
    best = grader.grade(rubric, rubric.reference).score
    scores = {
        row["id"]: grader.grade(rubric, filled(row, rubric, BASES[0])).score
        for row in rows(redteam, "lt_ref")
    }
    assert best == 100.0
    assert len([name for name, score in scores.items() if score > 80]) <= len(scores) // 3


def test_honest_answers_with_trigger_words_reach_the_judge(redteam: Path, rubric: Rubric) -> None:
    text = (redteam / "benign_answers.jsonl").read_text(encoding="utf-8")
    for line in text.splitlines():
        screening = screen(rubric, json.loads(line)["text"])
        assert (screening.empty_because, screening.notice) == ("", "")

"""The packaged evaluation is read where it is whole, and is nothing where it is not."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from evaluation_support import keyword_grader, small_results, write_rows
from support import SMALL_BANK, HashingEncoder

from interviewer.errors import InputError
from interviewer.evaluation import results as module
from interviewer.evaluation.answers import read_answers
from interviewer.evaluation.attacks import read_attacks
from interviewer.evaluation.full import evaluate_attack_sets, evaluate_sets
from interviewer.evaluation.results import load_results, read_results
from interviewer.knowledge.parse import parse_bank_file


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "files", lambda _: tmp_path)
    return tmp_path / "results.json"


def test_without_an_evaluation_there_are_no_results(packaged: Path) -> None:
    assert load_results() is None


def test_what_was_written_is_read(packaged: Path) -> None:
    packaged.write_text(json.dumps(small_results()), encoding="utf-8")

    results = load_results()

    assert results is not None
    assert results.grader == "offline-7"
    assert results.sets["saf/unseen-questions"].pearson_r.ci95 == (0.21, 0.43)
    assert results.attacks["grader_attacks"].by_category["negated_truth"].succeeded == 9


@pytest.mark.parametrize(
    ("printed", "value", "ci95"),
    [
        (0.85, 0.85, None),
        ({"value": 0.85, "ci95": [0.8, 0.9]}, 0.85, (0.8, 0.9)),
        ({"value": None}, None, None),
    ],
    ids=["a bare number, as it was printed before", "with its interval", "nothing"],
)
def test_the_accuracy_of_verdicts_is_read_with_and_without_an_interval(
    printed: object, value: float | None, ci95: tuple[float, float] | None
) -> None:
    values = small_results()
    values["sets"]["ours/test"]["verdicts"] |= {"accuracy": printed}

    verdicts = read_results(json.dumps(values), "small").sets["ours/test"].verdicts

    assert verdicts is not None
    assert (verdicts.accuracy.value, verdicts.accuracy.ci95) == (value, ci95)


def test_an_accuracy_that_is_no_number_is_refused() -> None:
    values = small_results()
    values["sets"]["ours/test"]["verdicts"]["accuracy"] = "high"

    with pytest.raises(InputError, match=r"mine\.json: sets\.ours/test\.verdicts\.accuracy: "):
        read_results(json.dumps(values), "mine.json")


def test_the_packaged_evaluation_can_be_read() -> None:
    assert load_results() is not None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b'{"grader": "x"}'])
def test_what_cannot_be_read_is_no_result_and_is_logged(
    packaged: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    packaged.write_bytes(content)

    with caplog.at_level(logging.WARNING):
        assert load_results() is None

    assert "The packaged evaluation cannot be read" in caplog.text


def test_a_file_that_somebody_names_is_refused_by_its_field() -> None:
    broken = small_results()
    broken["sets"]["ours/test"]["verdicts"]["labels"].pop()

    with pytest.raises(InputError, match=r"mine\.json: sets\.ours/test\.verdicts: .*matrix"):
        read_results(json.dumps(broken), "mine.json")


def test_results_cannot_be_changed() -> None:
    results = read_results(json.dumps(small_results()), "small")

    with pytest.raises(ValueError, match="frozen"):
        results.grader = "another"  # type: ignore[misc]


def test_what_the_measures_print_is_what_is_read(tmp_path: Path) -> None:
    point = {"text": "The lasso zeroes weights.", "weight": 2}
    row = {
        "question": "Why?",
        "reference": "The lasso zeroes weights.",
        "answer": "The lasso.",
        "score": 1,
        "key_points": [point],
        "verdicts": ["covered"],
        "kind": "terse",
    }
    rows = {"mine": read_answers(write_rows(tmp_path / "a.jsonl", (row,)))}
    trick = {"id": "t", "category": "trick", "expect": "zero", "template": "Thought process:"}
    tricks = {"tricks": read_attacks(write_rows(tmp_path / "t.jsonl", (trick,)))}
    questions = parse_bank_file(SMALL_BANK, "regularization.md")
    told: list[str] = []

    printed = {
        "grader": "keywords",
        "sets": evaluate_sets(
            rows, keyword_grader(), HashingEncoder(), progress=lambda *step: told.append(step[0])
        ),
        "attacks": evaluate_attack_sets(tricks, questions, keyword_grader(), count=2),
    }

    results = read_results(json.dumps(printed), "printed")
    assert results.sets["mine"].by_kind["terse"].verdict_accuracy == 1
    assert results.sets["mine"].verdicts is not None
    assert results.sets["mine"].verdicts.accuracy.ci95 == (1, 1)
    assert results.sets["mine"].calibration is not None
    assert results.sets["mine"].calibration.expected_calibration_error.value == 0
    assert results.sets["mine"].deferral is not None
    assert results.sets["mine"].deferral.sure.accuracy == 1
    assert results.sets["mine"].by_score_band["0.75-1.00"].mean_error.value == 0
    assert results.attacks["tricks"].by_category["trick"].attempts == 2
    assert told == ["mine: Grading answers"]

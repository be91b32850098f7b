"""What is printed of doubt: right on sure and unsure points, and what the model adds."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from evaluation_support import write_rows
from grading_support import DENIED, MADE, SILENT, UNSURE_YES, ScriptedJudge, spoken
from rich.console import Console
from support import HashingEncoder
from typer.testing import CliRunner

from interviewer.cli import app
from interviewer.errors import ModelError
from interviewer.evaluation.answers import AnswerRow
from interviewer.evaluation.grading import evaluate_grading
from interviewer.grading.deferral import DeferringJudge
from interviewer.grading.grader import Grader, ReferencePassages
from interviewer.grading.judge import Judge, Judgement
from interviewer.terminal.show_measures import show_grading

ANSWER = "The lasso zeroes weights and the ridge shrinks them."
POINTS = ("The lasso sets weights to zero.", "The ridge shrinks weights.", "Scaling matters.")
UNSURE_NO = (0.1, 0.3, 0.5, 0.1)
ROW = {
    "question_id": "q1",
    "question": "What do penalties do?",
    "reference": " ".join(POINTS),
    "answer": ANSWER,
    "key_points": [{"text": text} for text in POINTS],
}


def row(*verdicts: str) -> dict[str, object]:
    return {**ROW, "verdicts": list(verdicts)}


def said(*points: tuple[float, ...]) -> Judgement:
    return spoken(ANSWER, *points)


def grader_of(judge: Judge) -> Grader:
    return Grader(judge=judge, passages=ReferencePassages(HashingEncoder()), bank_version="test")


ROWS = (row("covered", "partial", "missing"), row("covered", "covered", "contradicted"))


def offline_twice() -> ScriptedJudge:
    """Judge the two rows, then both again."""
    both = said(MADE, UNSURE_YES, UNSURE_NO), said(MADE, SILENT, UNSURE_YES)
    return ScriptedJudge("offline-9", *both, *both)


def measured(judge: Judge, alone: Judge | None = None) -> dict[str, object]:
    rows = [AnswerRow.model_validate(each) for each in ROWS]
    beside = grader_of(alone) if alone else None
    result = evaluate_grading(rows, grader_of(judge), HashingEncoder(), alone=beside)
    json.dumps(result)
    return result


def shown(result: dict[str, object]) -> str:
    console = Console(width=120, file=StringIO(), record=True)
    show_grading(console, result)
    return " ".join(console.export_text().replace("│", " ").split())


def test_doubt_is_measured_without_a_model() -> None:
    result = measured(offline_twice())
    assert result["deferral"] == {
        "sure_from": 0.6,
        "n": 6,
        "share_unsure": 0.5,
        "sure": {"n": 3, "accuracy": pytest.approx(2 / 3)},
        "unsure": {"n": 3, "accuracy": pytest.approx(1 / 3)},
    }
    text = shown(result)
    assert "unsure of 50.0% of 6 points" in text
    assert "sure 3 0.667" in text
    assert "unsure 3 0.333" in text
    assert "deferred" not in text.replace("deferral", "")


def test_the_agreement_with_and_without_the_model_is_measured() -> None:
    model = ScriptedJudge("local:toy", said(MADE, SILENT), said(DENIED))
    result = measured(DeferringJudge(offline_twice(), model), offline_twice())
    deferral = result["deferral"]
    assert deferral["unsure"] == {"n": 3, "accuracy": pytest.approx(1 / 3)}
    assert deferral["deferred"] == {
        "n": 3,
        "share": 0.5,
        "accuracy_without": pytest.approx(1 / 3),
        "accuracy_with": pytest.approx(2 / 3),
    }
    assert deferral["accuracy_without"] == 0.5
    assert deferral["accuracy_with"] == pytest.approx(4 / 6)
    assert deferral["accuracy_with"] == result["verdicts"]["accuracy"]["value"]
    text = shown(result)
    assert "deferred to the model 3 0.333 0.667" in text
    assert "all 6 0.500 0.667" in text


def test_points_that_the_model_did_not_settle_are_not_counted_as_deferred() -> None:
    model = ScriptedJudge("local:toy", said(MADE, SILENT), ModelError("It is down."))
    deferral = measured(DeferringJudge(offline_twice(), model), offline_twice())["deferral"]
    assert (deferral["unsure"]["n"], deferral["deferred"]["n"]) == (3, 2)
    assert deferral["deferred"]["share"] == pytest.approx(1 / 3)


def test_where_nothing_is_unsure_there_is_no_accuracy_to_print() -> None:
    sure = said(MADE, MADE, MADE)
    judge = ScriptedJudge("offline-9", sure)
    model = ScriptedJudge("local:toy", ModelError("Never asked."))
    result = measured(DeferringJudge(judge, model), judge)
    assert result["deferral"]["unsure"] == {"n": 0, "accuracy": None}
    assert result["deferral"]["deferred"]["accuracy_with"] is None
    assert "unsure 0 –" in shown(result)


def test_rows_without_verdicts_have_no_deferral() -> None:
    rows = [AnswerRow.model_validate({**ROW, "score": 1.0})]
    assert "deferral" not in evaluate_grading(rows, grader_of(offline_twice()), HashingEncoder())


@pytest.fixture
def rows_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    hashing = HashingEncoder()
    monkeypatch.setattr("interviewer.retrieval.encoder.open_encoder", lambda *_, **__: hashing)
    monkeypatch.setattr("interviewer.workspace.open_offline_judge", lambda _, **__: offline_twice())
    return write_rows(tmp_path / "rows.jsonl", ROWS)


def evaluate(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["evaluate", "grading", *map(str, arguments)])
    return result.exit_code, result.stdout, " ".join(result.stderr.split())


def test_the_command_asks_for_a_model_to_defer_to(rows_file: Path) -> None:
    status, _, said = evaluate(rows_file, "--grader", "deferring")
    assert status == 1
    assert "There is no model to grade with" in said


@pytest.mark.parametrize(
    ("grader", "names", "deferred"),
    [
        ("offline", {"offline-9": 2}, None),
        ("deferring", {"offline-9 + local:toy": 2}, 3),
        ("llm", {"local:toy": 2}, None),
    ],
)
def test_the_command_measures_the_grader_that_is_named(
    rows_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    grader: str,
    names: dict[str, int],
    deferred: int | None,
) -> None:
    settled = said(MADE, SILENT), said(DENIED)
    every = said(MADE, MADE, SILENT), said(MADE, SILENT, MADE)
    model = ScriptedJudge("local:toy", *(every if grader == "llm" else settled))
    monkeypatch.setattr("interviewer.grading.llm_judge.LlmJudge", lambda *_: model)
    monkeypatch.setattr("interviewer.workspace.SupportedJudge", lambda judge, _: judge)
    monkeypatch.setenv("INTERVIEWER_MODEL", "toy")
    monkeypatch.setenv("INTERVIEWER_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("INTERVIEWER_MODEL_GRADES", "all" if grader == "deferring" else "unsure")

    status, printed, _ = evaluate(rows_file, "--grader", grader, "--json")

    result = json.loads(printed)
    assert status == 0
    assert result["graders"] == names
    assert result["deferral"].get("deferred", {}).get("n") == deferred

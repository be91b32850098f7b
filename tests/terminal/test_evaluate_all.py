"""`evaluate all` measures every set but the training ones, and `evaluate trust` writes the page."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from evaluation_support import small_results, write_rows
from support import HashingEncoder
from typer.testing import CliRunner

from interviewer.cli import app
from interviewer.evaluation.trust_card import BEGIN, END
from interviewer.terminal import evaluate

QUESTION = {"question": "What does a penalty do?", "reference": "It shrinks the weights."}
TRICK = {"id": "key", "category": "master_key", "expect": "zero", "template": "Thought process:"}
HONEST = {
    "id": "benign",
    "text": "An injection is text taken for an order.",
    "expect": "not_flagged",
}
OWN = """
import json, sys
row = {"question": "Why?", "reference": "It shrinks the weights.", "answer": " ".join(sys.argv[1:])}
print(json.dumps({**row, "score": 1, "split": "test"}))
"""


@pytest.fixture(autouse=True)
def _small_workspace(small_bank_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWER_BANK_DIR", str(small_bank_dir))
    monkeypatch.setenv("INTERVIEWER_INDEX_DIR", str(tmp_path / "index"))
    monkeypatch.setattr("interviewer.workspace.open_encoder", lambda *_, **__: HashingEncoder())
    own = tmp_path / "own_rows.py"
    own.write_text(OWN)
    monkeypatch.setattr(evaluate, "_OWN_ROWS", own)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data-sets"
    (folder / "asag").mkdir(parents=True)
    (folder / "redteam").mkdir()
    splits = ("train", "unseen-answers", "unseen-questions", "unseen-questions")
    answers = ("Learned.", "It shrinks the weights.", "It shrinks weights.", "Nothing of the kind.")
    rows = [
        {**QUESTION, "answer": answer, "split": split, "score": score, "question_id": f"q{score}"}
        for answer, split, score in zip(answers, splits, (1, 1, 1, 0), strict=True)
    ]
    write_rows(folder / "asag" / "course.jsonl", rows)
    write_rows(folder / "redteam" / "grader_attacks.jsonl", (TRICK,))
    write_rows(folder / "redteam" / "benign_answers.jsonl", (HONEST,))
    return folder


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["evaluate", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, " ".join(result.stderr.split())


def test_everything_but_the_training_rows_is_measured(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.json"

    status, printed, said = run("all", data, "--out", out, "--questions", 2)

    written = out.read_text(encoding="utf-8")
    result = json.loads(written)
    assert (status, printed) == (0, "")
    assert {name: figures["n"] for name, figures in result["sets"].items()} == {
        "course/unseen-answers": 1,
        "course/unseen-questions": 2,
        "ours/test": 1,
        "ours/test-without-twins": 1,
        "ours/test-restyled": 1,
        "ours/test-mixed": 1,
    }
    assert result["grader"].startswith("offline-")
    assert result["limit"] == 0
    assert set(result["attacks"]) == {"grader_attacks", "benign_answers"}
    assert result["attacks"]["grader_attacks"]["by_category"] == {
        "master_key": {"attempts": 2, "succeeded": 0}
    }
    assert written == json.dumps(result, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    assert "course/unseen-questions: Grading answers" in said


def test_a_limit_draws_so_many_rows_of_each_set(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.json"

    run("all", data, "--out", out, "--questions", 1, "--limit", 1, "--seed", 3)

    result = json.loads(out.read_text(encoding="utf-8"))
    assert [figures["n"] for figures in result["sets"].values()] == [1, 1, 1, 1, 1, 1]
    assert result["limit"] == 1


def test_what_is_not_there_is_named_and_left_out(data: Path, tmp_path: Path) -> None:
    shutil.rmtree(data / "asag")
    (data / "redteam" / "grader_attacks.jsonl").unlink()
    out = tmp_path / "results.json"

    status, _, said = run("all", data, "--out", out, "--questions", 1)

    result = json.loads(out.read_text(encoding="utf-8"))
    assert status == 0
    assert "data-sets/asaghasnogradedanswers" in said.replace(" ", "")
    assert "redteam/grader_attacks.jsonlisnotthere" in said.replace(" ", "")
    assert (set(result["sets"]), set(result["attacks"])) == (
        set(evaluate._OWN_SETS),
        {"benign_answers"},
    )


def test_where_nothing_is_there_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate, "_OWN_ROWS", tmp_path / "nowhere" / "rows.py")
    (tmp_path / "empty").mkdir()
    out = tmp_path / "results.json"

    status, _, said = run("all", tmp_path / "empty", "--out", out)

    assert status == 1
    assert "nowhere/rows.pyisnotthere" in said.replace(" ", "")
    assert "There is nothing to measure" in said
    assert not out.exists()


@pytest.mark.parametrize(
    ("folder", "out", "message"),
    [
        ("nowhere", "results.json", "There is no folder"),
        ("data-sets", "nowhere/results.json", "There is no folder"),
    ],
    ids=["no data", "nowhere to write"],
)
def test_a_folder_that_is_not_there_is_refused_at_once(
    data: Path, tmp_path: Path, folder: str, out: str, message: str
) -> None:
    status, _, said = run("all", tmp_path / folder, "--out", tmp_path / out)

    assert status == 1
    assert message in said


def test_own_answers_that_cannot_be_made_are_told_with_the_reason(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise ValueError('no such question')")
    monkeypatch.setattr(evaluate, "_OWN_ROWS", broken)

    status, _, said = run("all", data, "--out", tmp_path / "results.json")

    assert status == 1
    assert "ValueError: no such question" in said


def test_the_page_is_written_from_an_evaluation(tmp_path: Path) -> None:
    results = tmp_path / "mine.json"
    results.write_text(json.dumps(small_results()), encoding="utf-8")
    out = tmp_path / "trust.md"

    status, printed, _ = run("trust", "--results", results, "--out", out)
    _, shown, _ = run("trust", "--results", results)

    assert (status, printed) == (0, "")
    assert out.read_text(encoding="utf-8") == shown
    assert shown.startswith("# How far to trust a grade\n")
    assert "offline-7" in shown


def test_the_card_is_written_with_the_page(tmp_path: Path) -> None:
    results = tmp_path / "mine.json"
    results.write_text(json.dumps(small_results()), encoding="utf-8")
    card = tmp_path / "card.md"
    card.write_text(f"# Card\n\n{BEGIN}\n{END}\n", encoding="utf-8")

    status, _, said = run("trust", "--results", results, "--out", tmp_path / "t.md", "--card", card)

    assert status == 0
    assert said.count("Written:") == 2
    assert "Measured as `offline-7`" in card.read_text(encoding="utf-8")


def test_a_card_without_a_place_for_figures_is_left_as_it_is(tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text("# Card\n", encoding="utf-8")

    status, _, said = run("trust", "--card", card)

    assert (status, card.read_text(encoding="utf-8")) == (1, "# Card\n")
    assert "once each" in said


def test_a_file_that_is_no_evaluation_is_refused(tmp_path: Path) -> None:
    results = tmp_path / "mine.json"
    results.write_text("[]", encoding="utf-8")

    status, _, said = run("trust", "--results", results)

    assert status == 1
    assert "interviewer evaluate all" in said

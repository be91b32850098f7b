"""The command line: what it prints, and that every refusal is a sentence and no traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage
from support import HashingEncoder
from typer.testing import CliRunner

from interviewer.cli import app
from interviewer.interviewing.model_interviewer import ModelInterviewer
from interviewer.llm.connection import Connection
from interviewer.llm.scripted import ScriptedChatModel

ANSWER = "It adds a penalty on the size of the weights to the loss. It trades bias for variance."
QUESTION_ID = "regularization-l1-l2"


@pytest.fixture(autouse=True)
def _small_workspace(small_bank_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWER_BANK_DIR", str(small_bank_dir))
    monkeypatch.setenv("INTERVIEWER_INDEX_DIR", str(tmp_path / "index"))
    for module in ("interviewer.workspace", "interviewer.retrieval.encoder"):
        monkeypatch.setattr(f"{module}.open_encoder", lambda *_, **__: HashingEncoder())
    monkeypatch.setattr(
        "interviewer.retrieval.encoder.encoder_fingerprint", lambda _: HashingEncoder.fingerprint
    )


@pytest.fixture
def answer_file(tmp_path: Path) -> str:
    path = tmp_path / "answer.txt"
    path.write_text(ANSWER, encoding="utf-8")
    return str(path)


def run(*arguments: str, typed: str | None = None) -> tuple[int, str, str]:
    """Run a command; gives its exit status, output and messages."""
    result = CliRunner().invoke(app, list(arguments), input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, " ".join(result.stderr.split())


def test_help_names_every_command() -> None:
    status, printed, _ = run("--help")
    assert status == 0
    names = ("setup", "app", "interview", "grade", "search", "index", "import", "knowledge")
    assert [name for name in (*names, "sessions") if f" {name} " not in printed] == []


def test_setup_says_what_is_ready() -> None:
    status, _, said = run("setup")
    assert status == 0
    assert "Ready: 2 questions in 1 sections" in said


def test_a_grade_as_json_has_the_documented_shape(answer_file: str) -> None:
    status, printed, _ = run(
        "grade", "--question-id", QUESTION_ID, "--answer-file", answer_file, "--json"
    )
    grade = json.loads(printed)
    assert status == 0
    assert {
        "question_id", "score", "interval", "band", "grader", "verdicts", "mistakes",
        "strengths", "gaps", "model_answer", "next_question",
    } <= set(grade)  # fmt: skip
    assert grade["question_id"] == QUESTION_ID
    assert grade["grader"] == "offline-1"
    first = grade["verdicts"][0]
    assert first["verdict"] == "covered"
    span = first["answer_span"]
    assert ANSWER[span["start"] : span["end"]] == span["text"]
    assert set(first["citation"]) == {"path", "start_line", "end_line", "chunk_id", "quote"}


def test_a_question_of_ones_own_is_graded_against_its_own_reference(
    answer_file: str, tmp_path: Path
) -> None:
    reference = tmp_path / "reference.md"
    reference.write_text("It adds a penalty on the size of the weights to the loss.\n")
    status, printed, _ = run(
        "grade", "--question", "What is weight decay?", "--reference-file", str(reference),
        "--answer-file", answer_file, "--json",
    )  # fmt: skip
    verdict = json.loads(printed)["verdicts"][0]
    assert status == 0
    assert verdict["verdict"] == "covered"
    assert verdict["citation"]["path"].endswith("reference.md")
    assert verdict["citation"]["quote"] in reference.read_text()


def test_a_grade_in_words_shows_verdicts_evidence_and_citation(answer_file: str) -> None:
    status, printed, _ = run("grade", "--question-id", QUESTION_ID, "--answer-file", answer_file)
    assert status == 0
    for part in ("covered", "You said:", "regularization.md, line", "Model answer"):
        assert part in printed


@pytest.mark.parametrize(
    ("budget", "spent", "told"),
    [("", "2,000 tokens", "right shape"), ("400", "500 tokens", "token budget")],
    ids=["without a budget", "until the budget is used up"],
)
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["in words", "as JSON"])
def test_what_a_model_spends_on_a_grade_is_told_in_a_line(
    answer_file: str,
    monkeypatch: pytest.MonkeyPatch,
    form: tuple[str, ...],
    budget: str,
    spent: str,
    told: str,
) -> None:
    usage = {"input_tokens": 480, "output_tokens": 20, "total_tokens": 500}
    reply = AIMessage("That is well said.", usage_metadata=usage)  # type: ignore[arg-type]
    made = Connection(ScriptedChatModel(replies=[reply] * 4), name="local:toy")
    monkeypatch.setattr("interviewer.llm.connection.connect", lambda *_: made)
    settings = {"BASE_URL": "http://127.0.0.1:9/v1", "MODEL": "toy", "MODEL_GRADES": "all"}
    for name, value in {**settings, "TOKEN_BUDGET": budget}.items():
        if value:
            monkeypatch.setenv(f"INTERVIEWER_{name}", value)
    status, printed, said = run(
        "grade", "--question-id", QUESTION_ID, "--answer-file", answer_file, *form
    )
    assert status == 0
    assert said.endswith(f"The model has spent {spent}.")
    assert told in " ".join(printed.split())
    assert "spent" not in printed


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--question-id", "regularisation-l1"), "Did you mean regularization-l1-l2"),
        ((), "Name either --question-id ID, or --question TEXT"),
        (("--question", "Why?"), "needs its reference: add --reference-file"),
        (("--question", "Why?", "--reference-file", "nowhere.md"), "There is no file nowhere.md"),
    ],
    ids=["unknown id", "no question", "no reference", "missing reference"],
)
def test_a_grade_that_cannot_be_given_says_why(
    arguments: tuple[str, ...], sentence: str, answer_file: str
) -> None:
    status, printed, said = run("grade", *arguments, "--answer-file", answer_file)
    assert (status, printed) == (1, "")
    assert sentence in said


def test_an_empty_reference_is_refused(answer_file: str, tmp_path: Path) -> None:
    (tmp_path / "empty.md").write_text(" \n")
    status, _, said = run(
        "grade", "--question", "Why?", "--reference-file", str(tmp_path / "empty.md"),
        "--answer-file", answer_file,
    )  # fmt: skip
    assert status == 1
    assert said.startswith("Error: ")
    assert "reference" in said


@pytest.mark.parametrize(
    "answer",
    ["", " \n\t", "🙂🙂", "\x01\x02\x03binary\x04", "x" * 100_000, "Ceci n'est pas une réponse."],
    ids=["empty", "blank", "emoji", "binary-looking", "100,000 characters", "French"],
)
def test_a_strange_answer_is_graded_nought_and_never_fails(answer: str, tmp_path: Path) -> None:
    path = tmp_path / "strange.txt"
    path.write_text(answer, encoding="utf-8")
    status, printed, _ = run(
        "grade", "--question-id", QUESTION_ID, "--answer-file", str(path), "--json"
    )
    assert status == 0
    assert json.loads(printed)["score"] == 0


def test_search_prints_passages_with_their_lines(small_bank_dir: Path) -> None:
    status, printed, _ = run("search", "penalty drives weights to zero", "--json", "-k", "3")
    results = json.loads(printed)["results"]
    assert status == 0
    assert len(results) == 3
    assert results[0]["question_id"] == QUESTION_ID
    keys = {"question_id", "chunk_id", "path", "start_line", "end_line", "score", "text"}
    for found in results:
        assert set(found) == keys
        lines = (small_bank_dir / found["path"]).read_text().split("\n")
        assert found["text"] == "\n".join(lines[found["start_line"] - 1 : found["end_line"]])


def test_an_empty_search_is_refused() -> None:
    status, _, said = run("search", "  ")
    assert status == 1
    assert "Error: There is nothing to search for." in said


def test_the_index_is_checked_built_and_found_stale(small_bank_dir: Path) -> None:
    assert run("index", "--check")[0] == 1
    assert run("index")[1].startswith("Built the index: ")
    assert run("index", "--check")[:2] == (0, "The index is current.\n")
    bank_file = small_bank_dir / "ml-fundamentals" / "regularization.md"
    bank_file.write_text(bank_file.read_text().replace("hill", "slope"), encoding="utf-8")
    status, _, said = run("index", "--check")
    assert status == 1
    assert "regularization.md" in said


def test_an_import_is_shown_saved_and_asked_like_the_rest(tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("# Notes\n\n## What is dropout?\n\nDropout zeroes random activations.\n")
    status, printed, _ = run("import", str(notes), "--dry-run", "--json")
    assert status == 0
    assert json.loads(printed)["questions"][0]["question"] == "What is dropout?"
    assert "What is dropout?" not in run("knowledge", "list")[1]
    assert "Saved 1 questions" in run("import", str(notes))[2]
    listed = json.loads(run("knowledge", "list", "--json")[1])["questions"]
    assert "What is dropout?" in [row["question"] for row in listed]


def test_a_missing_import_is_named() -> None:
    status, _, said = run("import", "nowhere.md")
    assert status == 1
    assert "nowhere.md" in said


def test_the_bank_is_listed_shown_counted_and_linted() -> None:
    assert "gradient-descent" in run("knowledge", "list", "--text", "gradient")[1]
    assert "No question matches" in run("knowledge", "list", "--section", "poetry")[1]
    assert "penalty" not in run("knowledge", "show", QUESTION_ID)[1]
    assert "penalty" in run("knowledge", "show", QUESTION_ID, "--rubric")[1]
    assert json.loads(run("knowledge", "stats", "--json")[1])["questions"] == 2
    status, printed, _ = run("knowledge", "lint", "--no-run-code")
    assert status == 1
    assert "ml-fundamentals/regularization.md:" in printed


def test_a_missing_bank_says_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INTERVIEWER_BANK_DIR", str(tmp_path / "nowhere"))
    status, _, said = run("knowledge", "stats")
    assert status == 1
    assert "nowhere" in said


def test_a_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWER_BASE_URL", "ftp://example.invalid")
    status, _, said = run("setup")
    assert status == 1
    assert "INTERVIEWER_BASE_URL" in said


def test_an_interview_runs_from_question_to_summary_and_is_kept() -> None:
    typed = f"/help\n/hint\n/clarify\n{ANSWER}\n\nm\n\n/skip\n/end\n"
    status, printed, _ = run("interview", "-n", "2", "--seed", "1", typed=typed)
    assert status == 0
    for part in ("Question 1 of 2", "A hint:", "Model answer", "Question 2 of 2"):
        assert part in printed
    assert " ".join(printed.split()).count("/hint, /clarify, /skip") == 2
    session_id = _only_session()
    assert run("sessions", "report", session_id)[1].startswith("# ")
    assert run("sessions", "delete", session_id, "--yes")[0] == 0
    assert "No interviews yet" in run("sessions", "list")[1]


def test_what_is_unclear_can_be_said_behind_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedChatModel(replies=["", "", ""])
    interviewer = ModelInterviewer(Connection(model, name="local:toy"), sleep=lambda seconds: None)
    monkeypatch.setattr("interviewer.workspace._interviewer", lambda *_: interviewer)
    typed = f"/clarify {'x' * 301}\n/help\n/clarify In training or after it?\n/end\n"
    status, printed, _ = run("interview", "-n", "1", "--seed", "1", typed=typed)
    assert status == 0
    said = " ".join(printed.split())
    assert said.count("/clarify (and what is unclear)") == 2
    assert "takes 301 characters; 300 are read. Say it in fewer words." in said
    prompts = "\n".join(str(prompt) for prompt in model.prompts)
    assert "In training or after it?" in prompts
    assert "xxx" not in prompts


def test_a_question_of_the_models_own_says_what_it_rests_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = "How is stochastic gradient descent different?"
    own = {"rests_on": "key_point", "number": 3, "quote": "", "reason": "It is open."}
    choice = {"reason": "None fits.", "number": 2}
    model = ScriptedChatModel(replies=["", choice, {**own, "question": asked}, ""])
    interviewer = ModelInterviewer(Connection(model, name="local:toy"), sleep=lambda seconds: None)
    monkeypatch.setattr("interviewer.workspace._interviewer", lambda *_: interviewer)
    typed = (
        "It moves the parameters against the gradient of the loss. "
        "The learning rate sets the size of each step.\n\n\n/end\n"
    )
    _, printed, _ = run("interview", "-n", "2", "--seed", "1", typed=typed)
    assert asked in printed
    assert "The model's own question, from regularization.md, line" in printed


def test_an_interview_that_breaks_off_is_resumed_at_the_same_question() -> None:
    _, printed, _ = run("interview", "-n", "2", "--seed", "1", typed="/skip\n")
    assert "Saved. Go on from here" in printed
    _, resumed, _ = run("interview", "--resume", typed="/end\n")
    assert "Question 2 of 2" in resumed
    status, _, said = run("interview", "--resume")
    assert status == 1
    assert "no unfinished interview" in said


def test_an_interview_without_a_fitting_question_says_what_to_loosen() -> None:
    status, _, said = run("interview", "--section", "poetry")
    assert status == 1
    assert "poetry" in said or "section" in said


def test_a_report_of_an_unknown_interview_is_refused() -> None:
    status, _, said = run("sessions", "report", "nobody")
    assert status == 1
    assert said.startswith("Error: ")


def _only_session() -> str:
    from interviewer.config import load_settings
    from interviewer.store.repository import SessionRepository

    (summary,) = SessionRepository(load_settings().database_path).summaries()
    return summary.id

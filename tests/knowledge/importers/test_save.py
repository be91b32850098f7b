"""Saved imports: bank files that read back, beside earlier imports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.errors import BankError, InputError
from interviewer.knowledge.bank import load_bank
from interviewer.knowledge.importers import ImportResult, import_path, import_text, save_import
from interviewer.knowledge.parse import parse_bank_file
from interviewer.knowledge.write import tidy

STYLES = sorted(
    path for path in (Path(__file__).parent / "styles").iterdir() if path.suffix != ".json"
)
TWO = (
    "# L\n\n## Trees\n\n### What is a leaf?\n\nAn end.\n\n## Nets\n\n### What is a "
    "unit?\n\nA sum.\n"
)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_every_style_reads_back_as_it_was_imported(tmp_path: Path, path: Path) -> None:
    result = import_path(path)
    save_import(result, tmp_path, path.stem)
    saved = {question.id: question for question in load_bank(tmp_path).questions}
    for question in map(tidy, result.questions):
        found = saved[question.id]
        reference = found.reference.replace("python no-run\n", "python\n")
        assert replace(found, reference=reference) == question


def test_a_section_becomes_a_file_in_the_imports_own_folder(tmp_path: Path) -> None:
    written = save_import(import_text(TWO, name="l.md"), tmp_path, "My list (v2)!")
    assert [path.relative_to(tmp_path).as_posix() for path in written] == [
        "my-list-v2/trees.md",
        "my-list-v2/nets.md",
    ]
    (leaf,) = parse_bank_file(written[0].read_text(encoding="utf-8"), "trees.md")
    assert (leaf.id, leaf.section, leaf.reference) == ("what-is-a-leaf", "trees", "An end.")


def test_a_second_import_overwrites_nothing_and_takes_new_ids(tmp_path: Path) -> None:
    result = import_text(TWO, name="l.md")
    first = save_import(result, tmp_path, "list")
    kept = [path.read_text(encoding="utf-8") for path in first]
    second = save_import(result, tmp_path, "list")
    assert [path.read_text(encoding="utf-8") for path in first] == kept
    assert second[0].parent.name == "list-2"
    assert {question.id for question in load_bank(tmp_path).questions} == {
        "what-is-a-leaf",
        "what-is-a-unit",
        "what-is-a-leaf-2",
        "what-is-a-unit-2",
    }


def test_imported_python_is_marked_so_that_the_linter_never_runs_it(tmp_path: Path) -> None:
    text = (
        "## What does it do?\n\nIt ends.\n\n- so:\n\n  ```python\n  "
        "exit()\n  ```\n\n```python\nexit()\n```\n"
    )
    (path,) = save_import(import_text(text, name="x.md"), tmp_path, "x")
    saved = path.read_text(encoding="utf-8")
    assert saved.count("```python no-run\n") == 2
    assert "```python\n" not in saved


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "📦", "a/b", "CON", "."])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "imports"
    for path in save_import(import_text(TWO, name="l.md"), folder, name):
        assert path.resolve().parent.parent == folder.resolve()


def test_an_unanswered_question_is_saved_as_such(tmp_path: Path) -> None:
    (path,) = save_import(import_text("- What is a leaf?\n", name="trees.md"), tmp_path, "t")
    assert "| answer: none -->" in path.read_text(encoding="utf-8")
    (question,) = load_bank(tmp_path).questions
    assert not question.answered


def test_nothing_found_is_nothing_to_save(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to save"):
        save_import(ImportResult((), ()), tmp_path, "x")


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "imports").write_text("x")
    with pytest.raises(BankError, match="cannot be written"):
        save_import(import_text(TWO, name="l.md"), tmp_path / "imports", "x")


PIECES = st.sampled_from(
    [
        "## What is a?",
        "### Why b?",
        "Text one.",
        "- item",
        "1. What is c?",
        "```python",
        "```",
        "# One",
        "Setext\n---",
        "Setext\n===",
        "<!-- id: x -->",
        "<!--",
        "-->",
        "<script>",
        "<div>",
        "| a | b |\n|---|---|\n| c | d |",
        "> quote",
        "### Key points",
        "- (3) point",
        "<details><summary>What is d?</summary>",
        "</details>",
        "    code",
        "[1]: http://x",
        "***",
        "## ",
        "What is # #?",
        "\\",
        "$x < y$",
        "A &lt; b",
        "<pre>",
        "Q: Why e?",
        "A: So.",
        "",
    ]
)


@given(st.lists(PIECES, min_size=1, max_size=14))
@settings(max_examples=60, deadline=None)
def test_whatever_is_imported_can_be_saved_and_read_back(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    text = "## What is first?\n\nA start.\n\n" + "\n\n".join(pieces)
    result = import_text(text, name="any.md")
    folder = tmp_path_factory.mktemp("saved")
    save_import(result, folder, "any")
    assert len(load_bank(folder).questions) == len(result.questions)

"""Lists in the styles that people write them, each with what must be found in it and left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from interviewer.knowledge.importers import import_path

STYLES = sorted(
    path for path in (Path(__file__).parent / "styles").iterdir() if path.suffix != ".json"
)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_gives_exactly_its_questions_answers_sections_levels_lines_and_skips(
    path: Path,
) -> None:
    expected = json.loads(Path(f"{path}.json").read_text(encoding="utf-8"))
    assert import_path(path).to_json_dict() == expected


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_every_question_stands_at_the_line_that_is_named(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    for question in import_path(path).questions:
        first_word = question.text.split()[0].strip("`")
        assert first_word in lines[question.start_line - 1]
        assert question.start_line <= question.end_line <= len(lines)


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"], ids=["CRLF", "CR", "LF"])
def test_line_endings_and_a_byte_order_mark_change_nothing(tmp_path: Path, ending: str) -> None:
    text = "# Structures\n\n### What is a stack?\n\nLast in, first out.\n"
    path = tmp_path / "structures.md"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", ending).encode())
    questions = import_path(path).to_json_dict()["questions"]
    assert questions == [
        {
            "question": "What is a stack?",
            "answer": "Last in, first out.",
            "section": "Structures",
            "level": 2,
            "line": 3,
        }
    ]

"""Files, folders and standard input: what is read, what is refused and what is said about it."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.errors import InputError
from interviewer.knowledge.importers import import_path, import_text

ONE = "## What is a naïve baseline?\n\nThe mean of the target.\n"


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "a.md"),
        ("utf-8-sig", "a.md"),
        ("utf-16", "a.md"),
        ("utf-32", "a.txt"),
        ("latin-1", "a.markdown"),
    ],
)
def test_text_is_read_in_the_encodings_that_editors_save(
    tmp_path: Path, encoding: str, name: str
) -> None:
    (tmp_path / name).write_bytes(ONE.encode(encoding))
    (question,) = import_path(tmp_path / name).questions
    assert question.text == "What is a naïve baseline?"
    assert question.path == name


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.md", b"", "empty.md is empty"),
        ("blank.md", b" \n\n", "blank.md is empty"),
        ("nul.md", b"a\0b", "nul.md holds binary data, not text"),
        ("big.md", b"a" * 1_100_000, "big.md has 1.1 MB; the limit is 1 MB a file"),
        ("long.md", b"\n" * 20_000 + b"x", "The text has 20,001 lines; the limit is 20,000"),
        ("cv.pdf", b"%PDF-1.7", "cv.pdf is not a kind of file that can be imported"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=message):
        import_path(tmp_path / name)


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no file or folder at .*nowhere\.md"):
        import_path(tmp_path / "nowhere.md")


def test_an_impossible_path_is_refused() -> None:
    with pytest.raises(InputError):
        import_path("a\0b.md")
    with pytest.raises(InputError):
        import_path("x" * 5000 + ".md")


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "secret.md").write_text(ONE, encoding="utf-8")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=r"cannot be read \(Permission denied\)"):
        import_path(tmp_path / "secret.md")


def test_a_folder_is_read_file_by_file_and_the_rest_is_listed(tmp_path: Path) -> None:
    (tmp_path / "nested").mkdir()
    (tmp_path / "a.md").write_text(ONE, encoding="utf-8")
    (tmp_path / "nested" / "b.txt").write_text("Q: What is recall?\nA: Found over all.\n")
    (tmp_path / "c.png").write_bytes(b"\x89PNG")
    (tmp_path / "d.md").write_bytes(b"x\0y")
    (tmp_path / ".hidden.md").write_text(ONE, encoding="utf-8")
    result = import_path(tmp_path).to_json_dict()
    assert [(q["path"], q["line"], q["section"]) for q in result["questions"]] == [
        ("a.md", 1, "A"),
        ("nested/b.txt", 1, "B"),
    ]
    assert [(s["path"], s["reason"].split(".")[0]) for s in result["skipped"]] == [
        ("c.png", "not a Markdown or text file"),
        ("d.md", "d"),
    ]


def test_a_folder_never_follows_links_out_of_itself(tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text(ONE, encoding="utf-8")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.md").symlink_to(outside)
    with pytest.raises(InputError, match="is empty"):
        import_path(inside)


def test_ids_stay_unique_over_the_files_of_a_folder(tmp_path: Path) -> None:
    for name in ("a.md", "b.md", "c.md"):
        (tmp_path / name).write_text(ONE, encoding="utf-8")
    ids = [question.id for question in import_path(tmp_path).questions]
    assert ids == [
        "what-is-a-naive-baseline",
        "what-is-a-naive-baseline-2",
        "what-is-a-naive-baseline-3",
    ]


def test_standard_input_is_read_for_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(ONE.encode())))
    (question,) = import_path("-").questions
    assert (question.text, question.section) == ("What is a naïve baseline?", "standard-input")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a" * 20_001, "a line of 20,001 characters; the limit is 20,000"),
        ("[" * 1_001, "a line with more than 1000 “[”"),
    ],
)
def test_a_line_that_nobody_wrote_is_skipped_and_named(line: str, reason: str) -> None:
    result = import_text(f"{ONE}\n{line}\n", name="x.md")
    assert len(result.questions) == 1
    assert [(entry.line, entry.reason) for entry in result.skipped] == [(5, reason)]


@pytest.mark.parametrize(
    "mark",
    [
        "[a](",
        "![",
        "<b",
        "<!--",
        "<?x",
        "**a",
        "_a ",
        "`a``",
        "&lt;",
        "[x](y[",
        "<b a=",
        "> ",
        "- ",
    ],
)
def test_hostile_marks_are_read_in_seconds(mark: str) -> None:
    line = (mark * 1000)[:4000]
    started = time.perf_counter()
    import_text("\n".join(["## What is a?", "", *[line] * 10, "", ONE]), name="x.md")
    assert time.perf_counter() - started < 5


@given(st.text(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_text_is_read_or_refused_never_worse(text: str) -> None:
    for name in ("any.md", "any.txt"):
        try:
            result = import_text(text, name=name)
        except InputError:
            continue
        assert len({question.id for question in result.questions}) == len(result.questions)
        assert all(question.start_line >= 1 for question in result.questions)

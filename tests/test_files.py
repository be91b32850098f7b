"""A file that cannot be used is refused in one sentence that says what to do."""

from __future__ import annotations

import io
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from interviewer.errors import InputError
from interviewer.files import read_text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", "plain"),
        ("\ufeffmarked é".encode(), "marked é"),
        ("wide é".encode("utf-16"), "wide é"),
        (b"", ""),
    ],
    ids=["utf-8", "utf-8 with a mark", "utf-16 with a mark", "empty"],
)
def test_text_is_read_in_its_encoding(tmp_path: Path, raw: bytes, text: str) -> None:
    path = tmp_path / "answer.txt"
    path.write_bytes(raw)
    assert read_text(path) == text


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("naïve".encode("latin-1"), "not UTF-8 text"),
        (b"PK\x03\x04\x00\x00", "not a text file"),
        (b"x" * 101, "larger than"),
    ],
    ids=["latin-1", "binary", "too large"],
)
def test_what_is_no_text_is_refused(tmp_path: Path, raw: bytes, reason: str) -> None:
    path = tmp_path / "answer.txt"
    path.write_bytes(raw)
    with pytest.raises(InputError, match=reason):
        read_text(path, max_bytes=100)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        read_text(tmp_path / "nowhere.txt")
    with pytest.raises(InputError, match="is a folder"):
        read_text(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(InputError, match="cannot be read"):
        read_text(path)


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"typed in")))
    assert read_text("-") == "typed in"

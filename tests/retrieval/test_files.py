"""Folders are swapped in whole, leftovers go, and one writer writes at a time."""

from __future__ import annotations

import threading
from pathlib import Path

from interviewer.retrieval.files import (
    checksums_of,
    first_fault,
    only_writer,
    swap_in,
    temporary_folder,
    write_whole,
)


def test_a_folder_replaces_the_one_that_was_there(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "old").write_text("old")
    with temporary_folder(tmp_path) as draft:
        (draft / "new").write_text("new")
        swap_in(draft, tmp_path / "target")
    assert [path.name for path in tmp_path.rglob("*")] == ["target", "new"]


def test_a_draft_that_is_not_swapped_in_leaves_nothing(tmp_path: Path) -> None:
    with temporary_folder(tmp_path) as draft:
        (draft / "half").write_text("half")
    assert list(tmp_path.iterdir()) == []


def test_a_writer_removes_what_an_earlier_one_left(tmp_path: Path) -> None:
    (tmp_path / ".tmp-folder").mkdir()
    (tmp_path / ".tmp-file").write_text("half")
    (tmp_path / "kept").write_text("kept")
    with only_writer(tmp_path):
        assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "kept"]


def test_two_writers_never_write_at_once(tmp_path: Path) -> None:
    inside: list[str] = []

    def write(name: str) -> None:
        with only_writer(tmp_path):
            inside.append(name)
            assert len(inside) == 1
            inside.remove(name)

    threads = [threading.Thread(target=write, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert inside == []


def test_a_small_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    write_whole(tmp_path / "CURRENT", "one\n")
    write_whole(tmp_path / "CURRENT", "two\n")
    assert (tmp_path / "CURRENT").read_text() == "two\n"
    assert [path.name for path in tmp_path.iterdir()] == ["CURRENT"]


def test_the_first_fault_is_named(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("a", "sub/b"):
        (tmp_path / name).write_text(name)
    checksums = checksums_of(tmp_path)
    assert list(checksums) == ["a", "sub/b"]
    assert first_fault(tmp_path, checksums) is None
    (tmp_path / "sub" / "b").write_text("other")
    assert first_fault(tmp_path, checksums) == "sub/b fails its checksum"
    (tmp_path / "a").unlink()
    assert first_fault(tmp_path, checksums) == "a is missing"

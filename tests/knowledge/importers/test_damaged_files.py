"""Damaged files end in a result or a clear refusal, and `damaged_files` notices where not."""

from __future__ import annotations

from pathlib import Path

import damaged_files
import pytest
from damaged_files import (
    CRASHED,
    FAILED,
    MUTATIONS,
    READ,
    REFUSED,
    TOO_LARGE,
    TOO_SLOW,
    UNSAVED,
    Uploads,
    good_samples,
    mutations,
)

from interviewer.errors import BankError
from interviewer.knowledge.importers import HandedIn, ImportResult, Limits, import_safely, safe

SEED = 3
DAMAGED = list(mutations(good_samples(), len(MUTATIONS), SEED))
NOTES = b"## What is recall?\n\nThe share of positives found.\n"


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path / "watched")


@pytest.mark.parametrize(("kind", "name", "content"), DAMAGED, ids=[kind for kind, *_ in DAMAGED])
def test_a_damaged_file_is_read_or_refused(
    uploads: Uploads, kind: str, name: str, content: bytes
) -> None:
    outcome = uploads.hand_in(kind, name, content)
    assert outcome.what in (READ, REFUSED), outcome
    assert outcome.elsewhere == ()


def test_the_same_seed_gives_the_same_damage() -> None:
    assert list(mutations(good_samples(), len(MUTATIONS), SEED)) == DAMAGED
    assert list(mutations(good_samples(), len(MUTATIONS), SEED + 1)) != DAMAGED
    assert [kind for kind, *_ in DAMAGED] == list(MUTATIONS)


def test_a_good_file_is_read_saved_and_leaves_nothing_behind(uploads: Uploads) -> None:
    outcome = uploads.hand_in("good", "notes.md", NOTES)
    assert (outcome.what, outcome.told, outcome.questions) == (READ, "", 1)
    assert list(uploads.imported.iterdir()) == []
    assert outcome.seconds > 0
    assert outcome.after_s > 0


def test_lines_that_stand_far_to_the_right_are_read_within_the_time(uploads: Uploads) -> None:
    far = b" " * 19_990 + b"x\n"
    for lines, kept in ((2, 1), (10, 0)):  # ten make the answer longer than one may be
        outcome = uploads.hand_in("far to the right", "notes.md", NOTES + lines * far)
        assert (outcome.what, outcome.questions) == (READ, kept)


@pytest.mark.parametrize(
    ("mark", "deepest"), [(b"1. ", 9), (b"- ", 9), (b"> ", 18)], ids=["numbers", "dots", "quoted"]
)
def test_an_answer_nested_too_deeply_is_left_out_and_the_others_are_kept(
    uploads: Uploads, mark: bytes, deepest: int
) -> None:
    for depth, kept in ((deepest, 2), (deepest + 1, 1), (40, 1)):
        nested = b"## What is precision?\n\nA share.\n\n" + mark * depth + b"x\n\n"
        outcome = uploads.hand_in("nested", "notes.md", NOTES + b"\n" + nested)
        assert (outcome.what, outcome.questions) == (READ, kept), depth


@pytest.mark.parametrize(
    ("reader", "what"),
    [
        ("hang", TOO_SLOW),
        ("eat_memory", TOO_LARGE),
        ("recurse", FAILED),
        ("crash", FAILED),
        ("lie", FAILED),
    ],
)
def test_what_becomes_of_the_child_is_noticed(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch, reader: str, what: str
) -> None:
    def impatiently(handed_in: HandedIn) -> ImportResult:
        return import_safely(handed_in, limits=Limits(time_s=1.0))

    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr(safe, "_READER", f"hostile_readers:{reader}")
    monkeypatch.setattr(damaged_files, "import_safely", impatiently)
    assert uploads.hand_in("hostile", "hang.md", b"hang").what == what


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux itself")
def test_the_memory_of_the_child_is_measured(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    little = uploads.hand_in("good", "notes.md", NOTES).megabytes
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    monkeypatch.setattr(safe, "_READER", "hostile_readers:hold_little_memory")
    assert little > 10
    assert uploads.hand_in("hostile", "notes.md", NOTES).megabytes > little + 30


def test_an_error_that_is_not_the_projects_own_counts_as_a_crash(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("not expected")

    monkeypatch.setattr(damaged_files, "save_import", fail)
    outcome = uploads.hand_in("good", "notes.md", NOTES)
    assert (outcome.what, outcome.told) == (CRASHED, "ValueError: not expected")


def test_questions_that_cannot_be_saved_are_noticed(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise BankError("The disk is full.")

    monkeypatch.setattr(damaged_files, "save_import", refuse)
    outcome = uploads.hand_in("good", "notes.md", NOTES)
    assert (outcome.what, outcome.told) == (UNSAVED, "The disk is full.")


def test_a_question_that_is_lost_on_its_way_is_noticed(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = damaged_files.save_import

    def save_one(result: ImportResult, folder: Path, name: str) -> None:
        save(ImportResult(result.questions[:1], ()), folder, name)

    monkeypatch.setattr(damaged_files, "save_import", save_one)
    two = NOTES + NOTES.replace(b"recall", b"precision")
    outcome = uploads.hand_in("good", "notes.md", two)
    assert (outcome.what, outcome.told) == (UNSAVED, "1 questions are not in the bank")


def test_what_is_written_elsewhere_is_noticed(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, save = uploads.folder / "home" / "kept.md", damaged_files.save_import

    def save_too_much(result: ImportResult, folder: Path, name: str) -> None:
        save(result, folder, name)
        (folder.parent / "up.md").write_text("new")
        kept.write_text("changed")

    monkeypatch.setattr(damaged_files, "save_import", save_too_much)
    outcome = uploads.hand_in("good", "notes.md", NOTES)
    assert outcome.what == READ
    assert {str(uploads.imported.parent / "up.md"), str(kept)} <= set(outcome.elsewhere)

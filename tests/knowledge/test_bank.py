from __future__ import annotations

from pathlib import Path

import pytest
from support import SMALL_BANK

from interviewer.errors import BankError, BankFormatError, UnknownQuestionError
from interviewer.knowledge.bank import load_bank
from interviewer.models import Kind, Level

PATH = "ml-fundamentals/regularization.md"


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def question_file(question_id: str, heading: str = "What is a tree?") -> str:
    return f"---\nsection: trees\ntopic: basics\n---\n\n## {heading}\n<!-- id: {question_id} -->\n"


def test_a_bank_is_read_with_its_files_and_sections(small_bank_dir: Path) -> None:
    write(small_bank_dir, "trees/basics.md", question_file("tree"))
    write(small_bank_dir, "README.md", "# Not a bank file")
    write(small_bank_dir, ".git/note.md", "# Not a bank file")

    bank = load_bank(small_bank_dir)

    assert [question.id for question in bank.questions] == [
        "regularization-l1-l2",
        "gradient-descent",
        "tree",
    ]
    assert bank.sections == ("ml-fundamentals", "trees")
    assert set(bank.files) == {PATH, "trees/basics.md"}
    assert bank.questions[0].path == PATH


def test_a_citation_finds_its_lines(small_bank_dir: Path) -> None:
    bank = load_bank(small_bank_dir)
    question = bank.get("gradient-descent")

    assert (
        bank.lines(question.path, question.reference_start_line, question.reference_end_line)
        == question.reference
    )


@pytest.mark.parametrize(
    ("path", "start", "end"), [("no.md", 1, 1), (PATH, 0, 1), (PATH, 3, 2), (PATH, 1, 999)]
)
def test_lines_that_are_not_there_are_refused(
    small_bank_dir: Path, path: str, start: int, end: int
) -> None:
    with pytest.raises(BankError, match="Rebuild the index"):
        load_bank(small_bank_dir).lines(path, start, end)


def test_an_unknown_id_names_the_nearest_three(small_bank_dir: Path) -> None:
    write(small_bank_dir, "trees/a.md", question_file("gradient-boosting"))
    write(small_bank_dir, "trees/b.md", question_file("zebra", "Z?"))

    with pytest.raises(UnknownQuestionError, match="Did you mean gradient-descent") as caught:
        load_bank(small_bank_dir).get("gradient-decent")

    assert len(caught.value.nearest) == 3
    assert caught.value.nearest[0] == "gradient-descent"


def test_filters_narrow_together(small_bank_dir: Path) -> None:
    write(small_bank_dir, "trees/basics.md", question_file("tree"))
    bank = load_bank(small_bank_dir)

    def ids(**filters: object) -> list[str]:
        return [question.id for question in bank.filter(**filters)]  # type: ignore[arg-type]

    assert ids() == ["regularization-l1-l2", "gradient-descent", "tree"]
    assert ids(sections=["trees"]) == ["tree"]
    assert ids(levels=[Level.SCREENING]) == ["gradient-descent"]
    assert ids(kinds=[Kind.CODING]) == []
    assert ids(tags=["ridge", "optimization"]) == ["regularization-l1-l2", "gradient-descent"]
    assert ids(text="l1 CHOOSE") == ["regularization-l1-l2"]
    assert ids(text="what", answered_only=True) == ["regularization-l1-l2", "gradient-descent"]
    assert ids(text="what", levels=[Level.CORE], answered_only=True) == ["regularization-l1-l2"]


def test_the_version_follows_every_letter_and_name(small_bank_dir: Path) -> None:
    version = load_bank(small_bank_dir).version
    assert len(version) == 12
    assert load_bank(small_bank_dir).version == version

    file = small_bank_dir / PATH
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert load_bank(small_bank_dir).version == version

    file.rename(file.with_name("renamed.md"))
    renamed = load_bank(small_bank_dir).version
    write(small_bank_dir, "ml-fundamentals/renamed.md", SMALL_BANK + "\n")
    assert len({version, renamed, load_bank(small_bank_dir).version}) == 3


def test_imported_questions_join_under_their_own_paths(
    small_bank_dir: Path, tmp_path: Path
) -> None:
    imported = tmp_path / "mine"
    write(imported, PATH, question_file("gradient-descent", "Mine?"))
    write(imported, "b.md", question_file("gradient-descent-2"))

    bank = load_bank(small_bank_dir, imported, tmp_path / "absent")

    assert bank.get("gradient-descent").path == PATH
    assert [(q.id, q.path) for q in bank.questions[2:]] == [
        ("gradient-descent-2", "imported/b.md"),
        ("gradient-descent-3", f"imported/{PATH}"),
    ]
    assert "Mine?" in bank.lines(f"imported/{PATH}", 6, 6)


def test_one_id_twice_names_both_places(small_bank_dir: Path) -> None:
    write(small_bank_dir, "z.md", question_file("gradient-descent"))

    with pytest.raises(BankFormatError, match=rf"^z\.md:6: .* at {PATH}:37"):
        load_bank(small_bank_dir)


def test_a_missing_or_empty_bank_says_what_to_do(tmp_path: Path, small_bank_dir: Path) -> None:
    with pytest.raises(BankError, match=r"does not exist.*INTERVIEWER_BANK_DIR"):
        load_bank(tmp_path / "absent")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(BankError, match=r"no questions.*INTERVIEWER_BANK_DIR"):
        load_bank(empty, small_bank_dir)


def test_a_file_in_another_encoding_is_named(small_bank_dir: Path) -> None:
    (small_bank_dir / "latin.md").write_bytes("---\nsection: \xe9t\xe9".encode("latin-1"))

    with pytest.raises(BankError, match=r"latin\.md is not UTF-8 text \(byte 13\)"):
        load_bank(small_bank_dir)

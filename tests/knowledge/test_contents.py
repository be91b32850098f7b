"""The bank's README lists every topic, and the list is the one that the command writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from interviewer.errors import BankError
from interviewer.knowledge.bank import load_bank
from interviewer.knowledge.contents import END, START, with_contents

OWN_BANK = Path(__file__).resolve().parents[2] / "knowledge"


def test_topics_are_listed_with_links_counts_and_levels(small_bank_dir: Path) -> None:
    questions = load_bank(small_bank_dir).questions
    written = with_contents(f"# Bank\n{START}\nold\n{END}\nrest\n", questions)
    assert "### ML fundamentals: 2 questions" in written
    assert "| [Regularization](ml-fundamentals/regularization.md) | 2 | 1, 2 |" in written
    assert "old" not in written
    assert written.startswith("# Bank\n")
    assert written.endswith(f"{END}\nrest\n")
    assert with_contents(written, questions) == written


def test_a_readme_without_the_marks_is_refused(small_bank_dir: Path) -> None:
    with pytest.raises(BankError, match="Add <!-- contents"):
        with_contents("# Bank\n", load_bank(small_bank_dir).questions)


def test_our_own_readme_is_up_to_date() -> None:
    readme = (OWN_BANK / "README.md").read_text(encoding="utf-8")
    assert with_contents(readme, load_bank(OWN_BANK).questions) == readme

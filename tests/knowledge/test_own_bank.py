from __future__ import annotations

from pathlib import Path

from interviewer.knowledge.lint import lint_bank

BANK_DIR = Path(__file__).resolve().parents[2] / "knowledge"


def test_the_bank_has_no_fault_and_all_its_code_runs() -> None:
    assert [str(fault) for fault in lint_bank(BANK_DIR)] == []

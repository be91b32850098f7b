"""A small bank and its index, in memory and on disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import HashingEncoder

from interviewer.knowledge.bank import QuestionBank, load_bank
from interviewer.retrieval.index import SearchIndex, build_in_memory, build_index


@pytest.fixture
def bank(small_bank_dir: Path) -> QuestionBank:
    return load_bank(small_bank_dir)


@pytest.fixture
def index(bank: QuestionBank, encoder: HashingEncoder) -> SearchIndex:
    return build_in_memory(bank, encoder)


@pytest.fixture
def index_dir(tmp_path: Path, bank: QuestionBank, encoder: HashingEncoder) -> Path:
    folder = tmp_path / "index"
    build_index(bank, encoder, folder)
    return folder

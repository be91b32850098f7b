"""Fixtures for every test; the network beyond loopback is blocked in `pyproject.toml`."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import SMALL_BANK, HashingEncoder

from interviewer.config import CHECKOUT_DIR
from interviewer.retrieval.encoder import OnnxEncoder
from interviewer.retrieval.encoder_export import ensure_exported

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep a developer's keys, `.env` and data folder out of every test."""
    for name in ("OPENAI_API_KEY", "INTERVIEWER_API_KEY", "INTERVIEWER_MODEL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("INTERVIEWER_BASE_URL", "INTERVIEWER_ALLOW_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INTERVIEWER_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def encoder() -> HashingEncoder:
    return HashingEncoder()


@pytest.fixture(scope="session")
def real_encoder() -> OnnxEncoder:
    """The default encoder as the set-up exports it; mark tests that use it `encoder`."""
    folder = CHECKOUT_DIR / "index" / "encoder"
    ensure_exported(folder)
    return OnnxEncoder(folder)


@pytest.fixture
def small_bank_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge" / "ml-fundamentals"
    folder.mkdir(parents=True)
    (folder / "regularization.md").write_text(SMALL_BANK, encoding="utf-8")
    return folder.parent


@pytest.fixture
def shared_data() -> Path:
    if not (SHARED / "data").is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return SHARED / "data"

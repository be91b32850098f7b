"""An app over the small bank, the hashing encoder and a data folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from support import HashingEncoder

OpenPage = Callable[..., AppTest]


@pytest.fixture
def open_page(
    small_bank_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenPage]:
    """Give a function that opens a page by its name, with what its address says."""
    monkeypatch.setenv("INTERVIEWER_BANK_DIR", str(small_bank_dir))
    monkeypatch.setenv("INTERVIEWER_INDEX_DIR", str(tmp_path / "index"))
    monkeypatch.setattr("interviewer.workspace.open_encoder", _hashing_encoder)
    monkeypatch.setattr("interviewer.ui.conversation._SECONDS_PER_WORD", 0.0)
    st.cache_resource.clear()
    yield _open
    st.cache_resource.clear()


def _hashing_encoder(settings: object, *, progress: object = None) -> HashingEncoder:
    return HashingEncoder()


def _open(name: str = "interview", **query: str) -> AppTest:
    test = AppTest.from_function(_script, args=(name,), default_timeout=30)
    for key, value in query.items():
        test.query_params[key] = value
    return test.run()


def _script(name: str) -> None:
    from interviewer.ui.pages import navigation

    navigation(name).run()

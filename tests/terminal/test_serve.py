"""The app takes a free port, and says so where a wanted one is taken."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from interviewer.errors import ConfigurationError
from interviewer.terminal import serve


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as held:
        held.bind((serve.HOST, 0))
        held.listen()
        yield held.getsockname()[1]


def test_a_taken_port_is_refused_with_advice(taken_port: int) -> None:
    with pytest.raises(ConfigurationError, match=f"Port {taken_port} is taken .* --port"):
        serve.choose_port(taken_port)


def test_the_next_free_port_is_found_where_none_is_wanted(
    taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "DEFAULT_PORT", taken_port)
    assert taken_port < serve.choose_port(None) <= taken_port + 20


def test_nothing_is_told_or_opened_where_the_app_cannot_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "app_script", lambda: tmp_path / "app.py")
    told, threads = StringIO(), threading.active_count()
    with pytest.raises(ConfigurationError, match="configuration is missing or damaged"):
        serve.serve(None, open_browser=True, console=Console(file=told))
    assert told.getvalue() == ""
    assert threading.active_count() == threads


def test_the_page_is_found_in_a_checkout() -> None:
    assert serve.app_script().name == "app.py"

"""The app is served to this machine alone, and tells a stranger nothing."""

from __future__ import annotations

import tomllib

from interviewer.config import CHECKOUT_DIR
from interviewer.terminal.serve import HOST


def test_the_app_listens_on_loopback_and_sends_nothing_out() -> None:
    config = tomllib.loads((CHECKOUT_DIR / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["server"]["address"] == HOST == "127.0.0.1"
    assert config["server"]["maxUploadSize"] == 10
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["showErrorLinks"] is False

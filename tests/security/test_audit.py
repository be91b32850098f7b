"""`make check` names a pin with a known fault, and says so in one line where it cannot look."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from interviewer.config import CHECKOUT_DIR

SOUND = {"name": "numpy", "version": "2.4.0", "vulns": []}
FAULTY = {
    "name": "pyyaml",
    "version": "5.3",
    "vulns": [{"id": "PYSEC-2021-142", "fix_versions": ["5.4"]}],
}
UNKNOWN = {"name": "torch", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        ([SOUND, UNKNOWN], 0, "pip-audit: 1 of 2 pins looked up, 0 known faults\n"),
        ([FAULTY], 1, "pyyaml 5.3: PYSEC-2021-142, mended in 5.4\n"),
        (
            [UNKNOWN],
            0,
            "pip-audit: skipped, the list of known faults does not answer for any pin\n",
        ),
        (None, 0, "pip-audit: skipped, the list of known faults cannot be reached\n"),
        (
            subprocess.TimeoutExpired("pip-audit", 1),
            0,
            "pip-audit: skipped, the list of known faults cannot be reached\n",
        ),
    ],
    ids=["sound", "faulty", "no pin known", "no network", "too slow"],
)
def test_the_pins_are_looked_up(
    found: Any,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def _run(*_: Any, **__: Any) -> Any:
        if isinstance(found, Exception):
            raise found
        return SimpleNamespace(stdout="" if found is None else json.dumps({"dependencies": found}))

    spec = importlib.util.spec_from_file_location("audit", CHECKOUT_DIR / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    audit = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(audit)
    monkeypatch.setattr(subprocess, "run", _run)
    assert audit.main("requirements.lock") == status
    assert capsys.readouterr().out.endswith(said)

"""What every child process of this package starts with, and how it is ended."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "TZ")


def clean_environment(home: Path) -> dict[str, str]:
    """Keep only what a Python needs to start, so that the child sees no keys."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {**kept, "HOME": str(home), "MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1"}


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a child that leads a session of its own, with everything that it started."""
    if process.poll() is not None:
        return
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()

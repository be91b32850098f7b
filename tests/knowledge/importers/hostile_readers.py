"""Readers that misbehave in a child process, each in one way; `test_safe.py` names them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from interviewer.knowledge.importers import HandedIn, ImportResult, Skipped

Begin = Callable[[int], None]


def _nothing(text: str = "") -> ImportResult:
    return ImportResult((), (Skipped(1, text, "seen"),))


def hang(handed_in: HandedIn, begin: Begin) -> ImportResult:
    for index, file in enumerate(handed_in.files):
        begin(index)
        while b"hang" in file.content:
            time.sleep(0.01)
    return _nothing()


def hang_before_the_first_file(handed_in: HandedIn, begin: Begin) -> ImportResult:
    while True:
        time.sleep(0.01)


def eat_memory(handed_in: HandedIn, begin: Begin) -> ImportResult:
    begin(0)
    eaten = []
    while True:
        eaten.append(bytearray(10_000_000))


def hold_little_memory(handed_in: HandedIn, begin: Begin) -> ImportResult:
    begin(0)
    return _nothing(str(len(bytearray(40_000_000))))


def be_killed(handed_in: HandedIn, begin: Begin) -> ImportResult:
    begin(0)
    signal.raise_signal(signal.SIGKILL)
    return _nothing()


def crash(handed_in: HandedIn, begin: Begin) -> ImportResult:
    begin(0)
    signal.raise_signal(signal.SIGSEGV)
    return _nothing()


def leave(handed_in: HandedIn, begin: Begin) -> ImportResult:
    sys.exit(7)


def recurse(handed_in: HandedIn, begin: Begin) -> ImportResult:
    begin(0)
    return recurse(handed_in, begin)


def lie(handed_in: HandedIn, begin: Begin) -> Any:
    return ImportResult(("no question",), ())  # type: ignore[arg-type]


def print_a_lot(handed_in: HandedIn, begin: Begin) -> ImportResult:
    begin(0)
    print("noise" * 100_000, flush=True)
    os.write(1, b"more noise")
    return _nothing("done")


def tell_surroundings(handed_in: HandedIn, begin: Begin) -> ImportResult:
    begin(0)
    open_files = sorted(int(path.name) for path in Path("/proc/self/fd").iterdir())
    return _nothing(json.dumps({"environment": dict(os.environ), "open": open_files}))


def act(handed_in: HandedIn, begin: Begin) -> ImportResult:
    """Try everything that reading never needs, and say what was let through."""
    begin(0)
    folder = Path(handed_in.files[0].content.decode())
    acts: dict[str, Callable[[], object]] = {
        "write": lambda: (folder / "new").write_text("x"),
        "overwrite": lambda: (folder / "kept").write_text("x"),
        "append": lambda: (folder / "kept").open("a").close(),
        "mkdir": (folder / "folder").mkdir,
        "delete": (folder / "kept").unlink,
        "rename": lambda: (folder / "kept").rename(folder / "moved"),
        "link": lambda: (folder / "link").symlink_to(folder),
        "chmod": lambda: (folder / "kept").chmod(0o777),
        "run": lambda: subprocess.run(["touch", folder / "run"], check=True),
        "system": lambda: os.system(f"touch {folder}/system"),
        "fork": os.fork,
        "connect": lambda: socket.create_connection(("127.0.0.1", 9), 0.1),
    }
    done = []
    for name, attempt in acts.items():
        try:
            attempt()
        except PermissionError as error:
            if "not allowed while a file is read" in str(error):
                continue
        done.append(name)
    return _nothing(json.dumps(done))

"""Reads what a user handed in, away from the process that asked for it.

Started as a script by `safe` in an isolated Python; until the limits stand, nothing that was
handed in is read. Standard input carries a line of JSON (`request` in `safe`) and then the bytes of
all files; standard output gets one line of JSON for each file begun and one with what came of it.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

OUT_OF_MEMORY = 86
LARGEST_REPLY = 100_000_000

_WATCHED_EVERY_S = 0.02
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_EFFECTS = ("os.", "shutil.", "tempfile.", "subprocess.", "socket.", "ctypes.", "winreg.")
_READING = ("os.listdir", "os.scandir")


def main(reader: str, time_s: str, memory_bytes: str, *search_path: str) -> None:
    """Read standard input with `reader` ("module:function") under the limits."""
    replies = _own_output()
    sys.path.extend(folder for folder in search_path if folder not in sys.path)
    module, name = reader.split(":")
    read = getattr(importlib.import_module(module), name)
    try:
        limit_memory(int(memory_bytes))
        sys.addaudithook(refuse_effects)
        reply = _reply(read, replies, float(time_s))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    replies.write(reply)
    replies.flush()


def limit_memory(limit_bytes: int) -> None:
    """Let this process take no more than `limit_bytes` beyond what it holds now."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    held = Path("/proc/self/statm")
    if sys.platform == "linux" and held.exists():
        now = int(held.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = now + limit_bytes
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    else:
        watch_memory(limit_bytes)


def watch_memory(limit_bytes: int) -> None:
    """End this process soon after it has taken more than `limit_bytes` beyond what it holds now."""
    import resource

    unit = 1 if sys.platform == "darwin" else 1024

    def held() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

    most = held() + limit_bytes

    def watch() -> None:
        while held() <= most:
            time.sleep(_WATCHED_EVERY_S)
        os._exit(OUT_OF_MEMORY)

    threading.Thread(target=watch, daemon=True).start()


def refuse_effects(event: str, arguments: Sequence[Any]) -> None:
    """Refuse what reading never needs: writing, starting a program, reaching the network.

    This stops a parser that was led astray. It is no wall against code that runs here at will.
    """
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
    if writes or (event.startswith(_EFFECTS) and event not in _READING):
        raise PermissionError(f"{event} is not allowed while a file is read")


def _reply(read: Any, replies: BinaryIO, time_s: float) -> bytes:
    from interviewer.errors import InputError
    from interviewer.knowledge.importers.handed_in import HandedFile, HandedIn

    def begin(index: int) -> None:
        replies.write(_line({"begun": index}))
        replies.flush()
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, time_s)

    request = json.loads(sys.stdin.buffer.readline())
    files = tuple(
        HandedFile(file["name"], sys.stdin.buffer.read(file["size"]), file["refused"])
        for file in request["files"]
    )
    try:
        result = dataclasses.asdict(read(HandedIn(files, request["many_files"]), begin))
        reply = _line({"result": result})
    except InputError as error:
        return _line({"refused": str(error)})
    except MemoryError:
        raise
    except Exception as error:  # whatever goes wrong here is told to the one who asked
        return _line({"failed": type(error).__name__})
    return reply if len(reply) <= LARGEST_REPLY else _line({"failed": "too much was found"})


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry).encode("ascii") + b"\n"


def _own_output() -> BinaryIO:
    """Keep standard output for replies: what any library prints goes to standard error."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return replies


if __name__ == "__main__":
    main(*sys.argv[1:])

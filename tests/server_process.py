"""Runs llama-server as the process that it is: started on a free port, watched, killed, restarted.

The model has random weights, so that its words are noise and its protocol is real.
"""

from __future__ import annotations

import json
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

# Long enough that a reply which repeats it is refused.
KEY = "sk-local-0123456789abcdef"
ALIAS = "random-tiny"
_START_WITHIN_S = 60.0


def free_port() -> int:
    """Give a port of the loopback that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@dataclass
class ServerProcess:
    """One llama-server on loopback; use it as a context manager.

    `context` is what all `slots` requests at once may hold, in tokens. The port stays the same
    from one start to the next. One thread is enough: two wait for each other where a core is taken.
    """

    program: Path
    model: Path
    slots: int = 1
    context: int = 16384
    threads: int = 1
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """The base URL as the settings take it."""
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> ServerProcess:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises:
            RuntimeError: it does not answer.
        """
        place = ["-m", str(self.model), "--host", "127.0.0.1", "--port", str(self.port)]
        size = ["-c", str(self.context), "-np", str(self.slots), "-t", str(self.threads)]
        rest = ["--alias", ALIAS, "--api-key", KEY, "--offline", "--no-ui"]
        self._process = subprocess.Popen(
            [str(self.program), *place, *size, *rest],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        ends_at = time.monotonic() + _START_WITHIN_S
        while self._ask("health") is None:
            if time.monotonic() > ends_at or self._process.poll() is not None:
                raise RuntimeError(f"{self.program.name} does not answer on port {self.port}.")
            time.sleep(0.05)

    def kill(self) -> None:
        """End the server with SIGKILL, as a crash or the kernel would."""
        self._process.kill()
        self._process.wait(timeout=10)

    def tokens_under_way(self) -> int:
        """Count the tokens written so far of the replies that the server is writing now."""
        slots = self._ask("slots") or []
        busy = (slot for slot in slots if slot["is_processing"])
        return sum(
            int(token["n_decoded"])
            for slot in busy
            for token in _listed(slot.get("next_token", ()))
        )

    def _ask(self, path: str) -> Any:
        request = Request(
            f"http://127.0.0.1:{self.port}/{path}", headers={"Authorization": f"Bearer {KEY}"}
        )
        try:
            with urlopen(request, timeout=5) as reply:
                return json.load(reply)
        except (URLError, OSError):
            return None


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]

"""Starts the Streamlit app on this machine and opens it in the browser."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
import tomllib
import urllib.request
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from interviewer.config import CHECKOUT_DIR, PACKAGE_DIR
from interviewer.errors import ConfigurationError

HOST = "127.0.0.1"
DEFAULT_PORT = 8501
_PORTS_TRIED = 20
_FIXED_SECTIONS = ("server", "browser", "client")
_READY_TIMEOUT_S = 60.0


def app_script() -> Path:
    """Find `app.py`: beside the package in a checkout, inside it in an installed wheel.

    Raises:
        ConfigurationError: it is in neither place.
    """
    for candidate in (CHECKOUT_DIR / "app.py", PACKAGE_DIR / "streamlit_app" / "app.py"):
        if candidate.is_file():
            return candidate
    raise ConfigurationError("The app's page is missing. Install the package again.")


def fixed_options(script: Path, port: int) -> list[str]:
    """Give what the configuration beside the page says on serving, as flags of Streamlit.

    A flag stands above the `STREAMLIT_` variables and above every other configuration file, so that
    none of them opens the app to the network. The app's own origin is given the port.

    Raises:
        ConfigurationError: the configuration is missing or damaged, or a list in it is empty.
    """
    try:
        text = (script.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8")
        said = tomllib.loads(text.replace(_origin(DEFAULT_PORT), _origin(port)))
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            "The app's configuration is missing or damaged. Install the package again."
        ) from error
    return [
        f"--{section}.{name}={each}"
        for section in _FIXED_SECTIONS
        for name, value in said.get(section, {}).items()
        for each in _flags(name, value)
    ]


def choose_port(wanted: int | None) -> int:
    """Take the wanted port, or the first free one from 8501 on where none is wanted.

    Raises:
        ConfigurationError: the wanted port, or every port tried, is taken.
    """
    if wanted is not None:
        if not _free(wanted):
            raise ConfigurationError(
                f"Port {wanted} is taken by another program. "
                "Choose another with --port, or leave --port out to take a free one."
            )
        return wanted
    last = DEFAULT_PORT + _PORTS_TRIED
    for port in range(DEFAULT_PORT, last):
        if _free(port):
            return port
    raise ConfigurationError(
        f"The ports {DEFAULT_PORT} to {last - 1} are all taken. Name a free one with --port."
    )


def serve(port: int | None, *, open_browser: bool, console: Console) -> int:
    """Run the app until it is stopped with Ctrl-C; gives the exit status.

    Raises:
        ConfigurationError: the port is taken, the app's page is missing, or its configuration is
            missing, damaged or open to others' additions.
    """
    chosen = choose_port(port)
    script, url = app_script(), _origin(chosen)
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={chosen}"]
    command += fixed_options(script, chosen)
    if port is None and chosen != DEFAULT_PORT:
        console.print(f"Port {DEFAULT_PORT} is taken, so the app uses {chosen}.", highlight=False)
    console.print(f"The interviewer opens at {url} (stop it with Ctrl-C).", highlight=False)
    if open_browser:
        threading.Thread(target=_open_when_ready, args=(url,), daemon=True).start()
    process = subprocess.Popen(command)
    try:
        return process.wait()
    except KeyboardInterrupt:
        return process.wait()


def _origin(port: int) -> str:
    return f"http://{HOST}:{port}"


def _flags(name: str, value: Any) -> Iterator[str]:
    """Write a value as Streamlit reads it; a list is a flag that stands several times."""
    if value == []:  # no flag at all: others would say what is in it
        raise ConfigurationError(
            f"The app's configuration leaves {name} empty. Install the package again."
        )
    for each in value if isinstance(value, list) else [value]:
        yield str(each).lower() if isinstance(each, bool) else str(each)


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _open_when_ready(url: str) -> None:
    deadline = time.monotonic() + _READY_TIMEOUT_S
    while time.monotonic() < deadline:
        try:
            health = f"{url}/_stcore/health"  # always http:// on loopback
            with urllib.request.urlopen(health, timeout=1.0):  # noqa: S310 # nosec B310
                break
        except OSError:
            time.sleep(0.3)
    else:
        return
    webbrowser.open(url)

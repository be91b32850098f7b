"""The app is served to this machine alone, and tells a stranger nothing."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest

from interviewer.config import CHECKOUT_DIR
from interviewer.errors import ConfigurationError
from interviewer.terminal.serve import DEFAULT_PORT, HOST, app_script, fixed_options

READY_WITHIN_S = 60.0
LISTENS = "0A"
OPEN_TO_ALL = {
    "STREAMLIT_SERVER_ADDRESS": "0.0.0.0",
    "STREAMLIT_SERVER_ENABLE_CORS": "false",
    "STREAMLIT_SERVER_CORS_ALLOWED_ORIGINS": "http://another.example http://app.example",
    "STREAMLIT_CLIENT_ALLOWED_ORIGINS": "http://another.example",
    "STREAMLIT_SERVER_MAX_UPLOAD_SIZE": "4000",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true",
    "STREAMLIT_CLIENT_SHOW_ERROR_DETAILS": "full",
}
ELSEWHERE = """
[server]
address = "0.0.0.0"
allowedHosts = ["*"]
corsAllowedOrigins = ["http://elsewhere.example"]
enableAgentApi = true

[client]
allowedOrigins = ["http://elsewhere.example"]
"""
on_linux = pytest.mark.skipif(
    not Path("/proc/self/net/tcp").exists(), reason="what a process listens to is read in /proc"
)


def test_the_app_listens_on_loopback_and_reports_to_nobody() -> None:
    config = tomllib.loads((CHECKOUT_DIR / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["server"]["address"] == HOST == "127.0.0.1"
    assert config["server"]["allowedHosts"] == [HOST, "localhost"]
    assert config["server"]["maxUploadSize"] == 10
    assert config["server"]["enableCORS"] is True
    own = [f"http://{HOST}:{DEFAULT_PORT}"]
    assert config["server"]["corsAllowedOrigins"] == config["client"]["allowedOrigins"] == own
    assert config["server"]["enableXsrfProtection"] is True
    assert config["server"]["enableAgentApi"] is False
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["showErrorLinks"] is False


def test_what_the_configuration_says_is_handed_over_as_flags() -> None:
    flags = fixed_options(app_script(), 8765)
    assert set(flags) >= {
        "--server.address=127.0.0.1",
        "--server.allowedHosts=127.0.0.1",
        "--server.allowedHosts=localhost",
        "--server.corsAllowedOrigins=http://127.0.0.1:8765",
        "--server.enableAgentApi=false",
        "--server.headless=true",
        "--server.maxUploadSize=10",
        "--browser.gatherUsageStats=false",
        "--client.allowedOrigins=http://127.0.0.1:8765",
        "--client.showErrorDetails=none",
    }
    assert all(flag.startswith(("--server.", "--browser.", "--client.")) for flag in flags)


@pytest.mark.parametrize(
    "text",
    [None, "server = [", "[server]\nallowedHosts = []"],
    ids=["missing", "damaged", "left to others to fill in"],
)
def test_the_app_does_not_start_without_its_configuration(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / ".streamlit").mkdir()
        (tmp_path / ".streamlit" / "config.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="Install the package again"):
        fixed_options(tmp_path / "app.py", DEFAULT_PORT)


@dataclass(frozen=True)
class Running:
    """The app as `make app` starts it, in surroundings that would open it to everybody."""

    port: int
    process_id: int

    def listens_at(self) -> set[tuple[str, int]]:
        """Give every address at which the app or a process that it started listens."""
        return {
            address
            for process_id in self._processes()
            for address in _listening(process_id, _sockets(process_id))
        }

    def _processes(self) -> Iterator[int]:
        waiting = [self.process_id]
        while waiting:
            process_id = waiting.pop()
            yield process_id
            for task in Path(f"/proc/{process_id}/task").iterdir():
                waiting += map(int, (task / "children").read_text("ascii").split())

    def status_of(self, host: str, origin: str | None) -> int:
        """Ask for the connection that a page talks over, and give the status of the reply."""
        lines = [
            "GET /_stcore/stream HTTP/1.1",
            f"Host: {host}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            *([f"Origin: {origin}"] if origin else []),
        ]
        with socket.create_connection((HOST, self.port), timeout=20) as connection:
            connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("ascii"))
            return int(connection.recv(4096).split()[1])

    def reply_to(self, path: str, **headers: str) -> Response:
        """Ask for something that the app serves beside that connection."""
        asked = urllib.request.Request(f"http://{HOST}:{self.port}{path}", headers=headers)
        with urllib.request.urlopen(asked, timeout=20) as reply:
            return Response(reply.status, reply.headers, reply.read())


@dataclass(frozen=True)
class Response:
    """What the app served."""

    status: int
    headers: Message
    body: bytes


@pytest.fixture(scope="module")
def proxy() -> Iterator[socket.socket]:
    """Take what the app asks of other machines, and answer nothing."""
    with socket.create_server((HOST, 0)) as listening:
        listening.settimeout(20)
        yield listening


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, proxy: socket.socket) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "config.toml").write_text(ELSEWHERE, encoding="utf-8")
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    surroundings = {
        **os.environ,
        **OPEN_TO_ALL,
        "PYTHONPATH": str(CHECKOUT_DIR),
        "HOME": str(folder),
        "INTERVIEWER_DATA_DIR": str(folder / "data"),
        # Nothing leaves this machine, whatever is tried.
        **dict.fromkeys(("http_proxy", "https_proxy"), f"http://{HOST}:{proxy.getsockname()[1]}"),
        "no_proxy": "",
    }
    command = [sys.executable, "-m", "interviewer", "app", f"--port={port}", "--no-browser"]
    with (folder / "app.log").open("wb") as log:
        started = subprocess.Popen(
            command, cwd=folder, env=surroundings, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait_until_healthy(port)
            yield Running(port, started.pid)
        finally:
            os.killpg(started.pid, signal.SIGTERM)
            started.wait(timeout=20)


@on_linux
@pytest.mark.protocol
def test_the_app_as_it_is_started_listens_on_loopback_alone(running: Running) -> None:
    assert running.listens_at() == {(HOST, running.port)}


@on_linux
@pytest.mark.protocol
def test_a_socket_that_is_open_to_everybody_would_be_seen() -> None:
    with socket.socket() as everywhere, socket.socket(socket.AF_INET6) as here:
        everywhere.bind(("0.0.0.0", 0))
        everywhere.listen()
        here.bind(("::1", 0))
        here.listen()
        seen = Running(0, os.getpid()).listens_at()
        assert ("0.0.0.0", everywhere.getsockname()[1]) in seen
        assert ("::1", here.getsockname()[1]) in seen


@pytest.mark.protocol
@pytest.mark.parametrize(
    ("host", "origin", "let_in"),
    [
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}", True),
        ("localhost:{port}", "http://localhost:{port}", True),
        ("rebound.example:{port}", "http://rebound.example:{port}", False),
        ("127.0.0.1.rebound.example:{port}", None, False),
        ("127.0.0.1:{port}", "http://another.example", False),
        ("127.0.0.1:{port}", "http://elsewhere.example", False),
        ("127.0.0.1:{port}", "https://share.streamlit.io", False),
        ("127.0.0.1:{port}", "null", False),
        ("127.0.0.1:{port}", "http://127.0.0.1:9", True),
        ("127.0.0.1:{port}", None, True),
    ],
    ids=[
        "the app's own page",
        "the same by its other name",
        "a name that leads here",
        "a name that begins like it",
        "another web site, which a variable lets in",
        "another web site, which another file lets in",
        "the site on which Streamlit serves apps",
        "a page without an origin",
        "a page of this machine at another port, which is a known limit",
        "a program of this machine",
    ],
)
def test_only_pages_of_this_machine_may_talk_to_the_app(
    running: Running, host: str, origin: str | None, let_in: bool
) -> None:
    told = origin.format(port=running.port) if origin else None
    status = running.status_of(host.format(port=running.port), told)
    assert status == (101 if let_in else 403)


@pytest.mark.protocol
def test_no_other_site_may_read_what_is_served_or_send_messages_to_a_page(
    running: Running,
) -> None:
    own = f"http://{HOST}:{running.port}"
    for origin in ("http://another.example", "http://elsewhere.example", f"http://{HOST}:9"):
        reply = running.reply_to("/_stcore/host-config", Origin=origin)
        assert reply.headers["Access-Control-Allow-Origin"] is None, origin
        assert json.loads(reply.body)["allowedOrigins"] == [own]
    reply = running.reply_to("/_stcore/host-config", Origin=own)
    assert reply.headers["Access-Control-Allow-Origin"] == own


@pytest.mark.protocol
def test_the_empty_page_is_given_to_every_name_and_frame_which_is_a_known_limit(
    running: Running,
) -> None:
    reply = running.reply_to("/", Host="rebound.example")
    assert reply.status == 200
    assert b"Streamlit" in reply.body
    assert reply.headers["X-Frame-Options"] is None
    assert reply.headers["Content-Security-Policy"] is None


@pytest.mark.protocol
def test_another_sites_page_has_the_app_look_for_its_address_which_is_a_known_limit(
    running: Running, proxy: socket.socket
) -> None:
    assert running.status_of(f"{HOST}:{running.port}", "http://a-third.example") == 403
    asking, _ = proxy.accept()
    with asking:
        asking.settimeout(20)
        assert asking.recv(4096).startswith(b"GET http://checkip.amazonaws.com/ HTTP/1.1")


@pytest.mark.protocol
def test_no_program_drives_the_app_without_its_page(running: Running) -> None:
    asked = urllib.request.Request(
        f"http://{HOST}:{running.port}/_stcore/agent/interact",
        data=b"{}",
        headers={"Content-Type": "application/json"},
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked, timeout=20)
    assert refused.value.code in {403, 404}
    refused.value.close()


def _wait_until_healthy(port: int) -> None:
    ends_at = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < ends_at:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"The app did not answer within {READY_WITHIN_S:g} s.")


def _sockets(process_id: int) -> set[str]:
    """Give the inodes of the sockets that a process holds."""
    held = set()
    for file in Path(f"/proc/{process_id}/fd").iterdir():
        try:
            target = str(file.readlink())
        except OSError:  # closed meanwhile
            continue
        if target.startswith("socket:["):
            held.add(target[len("socket:[") : -1])
    return held


def _listening(process_id: int, held: set[str]) -> Iterator[tuple[str, int]]:
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        path = Path(f"/proc/{process_id}/net/{table}")
        for line in path.read_text("ascii").splitlines()[1:] if path.exists() else ():
            _, local, _, state, *rest = line.split()
            if state == LISTENS and rest[5] in held:
                address, port = local.split(":")
                yield _address(bytes.fromhex(address), family), int(port, 16)


def _address(raw: bytes, family: int) -> str:
    """Spell an address of /proc/net, whose words of four bytes are in this machine's order."""
    words = [raw[start : start + 4] for start in range(0, len(raw), 4)]
    ordered = words if sys.byteorder == "big" else [word[::-1] for word in words]
    return socket.inet_ntop(family, b"".join(ordered))

"""A real app in a real browser: served on a free port, with a data folder of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "artifacts" / "screenshots"
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PHONE, LAPTOP = (390, 844), (1280, 900)
READY_WITHIN_S = 60
OPEN_WITHIN_MS = 240_000


@contextmanager
def serving(script: str, data: Path, settings: dict[str, str]) -> Iterator[str]:
    """Serve a script of Streamlit's with a data folder of its own, and give its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}"]
    own = {"INTERVIEWER_DATA_DIR": str(data), "INTERVIEWER_GRADER": "offline", **settings}
    with (data / "app.log").open("wb") as log:
        app = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **own}, stdout=log, stderr=log)
        try:
            wait_until_healthy(address)
            yield address
        finally:
            app.terminate()
            app.wait(timeout=20)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the app and give its address; the index of the checkout is used where it is there."""
    with serving("app.py", tmp_path_factory.mktemp("data"), {}) as address:
        yield address


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Give a function that serves another script of this folder while a module's tests run."""
    with ExitStack() as running:

        def started(script: str, **settings: str) -> str:
            paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
            own = {"PYTHONPATH": paths, **settings}
            data = tmp_path_factory.mktemp("data")
            return running.enter_context(serving(f"tests/browser/{script}", data, own))

        yield started


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(address: str) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"The app did not answer within {READY_WITHIN_S} s.")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Open Chromium for one module: Playwright's event loop must not outlive the browser tests."""
    found = next((path for path in CHROMIUM if Path(path).exists()), None)
    if found is None:
        pytest.skip("no Chromium on this machine: install the package chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """One browser window on the app, and what went wrong in it."""

    page: Page
    name: str
    console_errors: list[str] = field(default_factory=list)
    strayed: list[str] = field(default_factory=list)

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console_errors.append(message.text)

    def on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname != "127.0.0.1":
            self.strayed.append(request.url)

    def settle(self) -> None:
        """Wait until the page stands still."""
        self.page.wait_for_timeout(250)
        self.page.wait_for_function(
            "document.querySelector('[data-test-script-state=notRunning]') !== null"
            " && document.querySelector('[data-testid=stSkeleton]') === null"
        )
        self.page.wait_for_timeout(250)

    def keep(self, step: str) -> None:
        """Keep a screenshot of a step, and check that the page fits and can be read."""
        self.settle()
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{step}-{self.name}.png")
        width, room = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width <= room, f"{step} scrolls sideways: {width} of {room} pixels"
        assert self.page.evaluate(CONTRAST) == [], f"{step} has words that are too faint"

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def sees(self, text: str) -> None:
        self.page.get_by_text(text).filter(visible=True).first.wait_for()


@pytest.fixture(
    params=[(LAPTOP, "light"), (LAPTOP, "dark"), (PHONE, "light"), (PHONE, "dark")],
    ids=["laptop-light", "laptop-dark", "phone-light", "phone-dark"],
)
def visit(served: str, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open the start page on a laptop and on a phone, in both themes."""
    (width, height), scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.set_default_timeout(30_000)
    window = Visit(context.new_page(), request.node.callspec.id)
    window.page.on("console", window.on_console)
    window.page.on("request", window.on_request)
    window.page.goto(served)
    window.page.get_by_text("Start the interview").wait_for(timeout=OPEN_WITHIN_MS)
    yield window
    context.close()
    assert window.console_errors == []
    assert window.strayed == [], "the page reached beyond this machine"

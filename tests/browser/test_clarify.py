"""Where a model listens, the form for what is unclear opens, and is closed over the reply."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support import SMALL_BANK

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

SCREENSHOTS = Path(__file__).resolve().parents[2] / "artifacts" / "screenshots"
BOX = "[data-testid=stChatInputTextArea]"
FORM = "[data-testid=stPopoverBody]"
REPLY = "as far as you like"
WORDED_WITHIN_MS = 30_000
FIRST = 1  # the question is worded so too


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("small")
    bank = folder / "bank" / "ml-fundamentals"
    bank.mkdir(parents=True)
    (bank / "regularization.md").write_text(SMALL_BANK, encoding="utf-8")
    own = {
        "INTERVIEWER_BANK_DIR": str(bank.parent),
        "INTERVIEWER_INDEX_DIR": str(folder / "index"),
    }
    return serve("worded_app.py", **own)


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["laptop", "phone"])
def page(address: str, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(30_000)
    window = context.new_page()
    window.goto(address)
    yield window
    context.close()


def ask(page: Page, unclear: str) -> None:
    page.get_by_role("button", name="Clarify").click()
    form = page.locator(FORM)
    expect(form.get_by_label("What is unclear?")).to_have_value("")
    form.get_by_label("What is unclear?").fill(unclear)
    form.get_by_role("button", name="Ask").click()


def test_the_form_is_closed_over_each_reply(page: Page, request: pytest.FixtureRequest) -> None:
    page.get_by_role("button", name="Start the interview").click(timeout=240_000)
    page.locator(BOX).wait_for()
    said = page.locator("[data-testid=stChatMessage]")
    # Who asks while the question is still being worded gets it in the words of the bank.
    expect(said.filter(has_text=REPLY)).to_have_count(FIRST, timeout=WORDED_WITHIN_MS)
    for number, unclear in enumerate(("In training?", "With or without momentum?"), start=1):
        ask(page, unclear)
        expect(said.filter(has_text=unclear)).to_be_visible(timeout=WORDED_WITHIN_MS)
        expect(page.locator(FORM)).to_have_count(0)
        expect(page.locator("[data-test-script-state=notRunning]")).to_have_count(1)
        replies = said.filter(has_text=REPLY)
        expect(replies).to_have_count(FIRST + number, timeout=WORDED_WITHIN_MS)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"clarified-{number}-{request.node.callspec.id}.png")

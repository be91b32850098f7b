"""A practice interview from the first click to the summary, and through a reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

BOX = "[data-testid=stChatInputTextArea]"
ANSWER = (
    "Bias is the error of a model that is too simple; variance is how much the model changes\n"
    "with the training data -> a flexible one overfits. See www.example.com for $5 and :red[x].\n\n"
    "    if x >= 2: print(:material_home:)"
)


def test_a_practice_interview_runs_from_start_to_summary(visit) -> None:
    page = visit.page
    visit.keep("start")
    page.get_by_text("3 questions", exact=True).click()
    visit.press("Start the interview")
    page.locator(BOX).wait_for()
    visit.keep("question")
    if page.get_by_role("button", name="Hint", exact=True).count():
        visit.press("Hint")
        page.get_by_text("A hint:").or_(page.get_by_text("The last hint")).first.wait_for()
    page.mouse.move(0, 0)
    page.locator(BOX).fill(ANSWER)
    page.wait_for_timeout(2500)
    page.reload()
    expect(page.locator(BOX)).to_have_value(ANSWER, timeout=30_000)
    visit.keep("draft-after-reload")
    page.locator(BOX).press("Enter")
    visit.sees("Key points")
    visit.keep("grade-card")
    page.locator("[data-testid=stExpander] summary", has_text="1. ").first.click()
    visit.keep("key-point-open")
    for typed in ("if x >= 2: print(:material_home:)", "data -> a flexible", "$5 and :red[x]."):
        visit.sees(typed)
    assert page.locator("a[href*='example.com']").count() == 0
    visit.press("Next")
    page.locator(BOX).wait_for()
    visit.keep("after-next")
    visit.press("Skip")
    visit.sees("Question 2 of 3")
    page.get_by_role("button", name="End").first.click()
    page.get_by_role("button", name="End and see the summary").click()
    visit.sees("Do next")
    visit.keep("summary")

"""One answer graded against a question of the bank, and the other pages on the way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

ANSWER = (
    "The dot product multiplies matching components of two vectors and adds them up. "
    "It equals the product of the lengths and the cosine of the angle between them. "
    "Its sign cannot tell anything about the directions."
)


def open_menu_page(page: Page, name: str) -> None:
    """Choose a page in the menu, which is folded away on a phone."""
    folded = page.get_by_test_id("stExpandSidebarButton")
    if folded.count() and folded.is_visible():
        folded.click()
    page.get_by_role("link", name=name).first.click()
    collapse = page.get_by_test_id("stSidebarCollapseButton").get_by_role("button")
    if collapse.count() and collapse.is_visible():
        collapse.click()


def test_an_answer_is_graded_with_its_evidence(visit) -> None:
    page = visit.page
    open_menu_page(page, "Grade my answer")
    visit.sees("What is it an answer to?")
    visit.keep("grade-choose")
    page.get_by_role("combobox").first.fill("dot product")
    page.get_by_role("option").first.click()
    visit.press("Answer this question")
    page.get_by_label("Your answer").fill(ANSWER)
    visit.press("Grade it")
    visit.sees("Key points")
    visit.keep("grade-mine-card")
    page.locator("[data-testid=stExpander] summary", has_text="Covered").first.click()
    visit.sees("dot-product.md, line")
    visit.keep("grade-mine-open")


def test_the_other_pages_fit_and_can_be_read(visit) -> None:
    page = visit.page
    open_menu_page(page, "Questions")
    visit.sees("Question bank")
    visit.keep("bank")
    page.get_by_label("Search").fill("dot product")
    page.get_by_label("Search").press("Enter")
    visit.settle()
    visit.press("Read")
    page.get_by_text("Reference answer").first.click()
    page.get_by_text("Show rubric").first.click()
    visit.sees("Common mistakes")
    visit.keep("bank-question")
    open_menu_page(page, "Settings")
    visit.sees("Where your data is")
    visit.keep("settings")
    page.get_by_role("link", name="How far to trust a grade").first.click()
    visit.sees("what it misses")
    visit.keep("trust")
    page.locator("[data-testid=stExpander] summary").first.click()
    visit.settle()
    visit.keep("trust-open")

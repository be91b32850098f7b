"""How far to trust a grade: the figures of the packaged evaluation, or that there are none."""

from __future__ import annotations

import json

import pytest
from evaluation_support import small_results
from streamlit.testing.v1 import AppTest
from support import loaded_by
from ui.pages import GOOD_ANSWER, press, words

from interviewer.evaluation.results import Results, read_results


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Results:
    results = read_results(json.dumps(small_results()), "small")
    monkeypatch.setattr("interviewer.ui.trust.load_results", lambda: results)
    return results


def linked(page: AppTest) -> list[str]:
    """The addresses that the links of a page lead to."""
    return [link.proto.page for link in page.get("page_link")]


def test_without_an_evaluation_the_page_says_so_and_how_to_make_one(
    open_page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviewer.ui.trust.load_results", lambda: None)
    page = open_page("trust")
    assert page.title[0].value == "How far to trust a grade"
    assert "Nothing has been measured yet" in words(page)
    assert "interviewer evaluate all DATA_DIR" in words(page)
    assert not page.error


def test_the_page_shows_agreement_and_what_is_missed(open_page, measured: Results) -> None:
    page = open_page("trust")
    said = words(page).replace("\\", "")
    assert [each.value for each in page.subheader] == [
        "In short",
        "What was measured\\, against which people",
        "How well it agrees with people",
        "What it misses",
        "What none of this shows",
    ]
    assert "| SAF, unseen questions | 0.32 (0.21 to 0.43) | 0.10 · 0.35 · 0.25 |" in said
    assert "1 of 20 “fluent-wrong” answers got 50 or more of 100" in said
    assert not page.error


def test_details_are_folded(open_page, measured: Results) -> None:
    page = open_page("trust")
    folded = {each.label.replace("\\", ""): each.markdown[0].value for each in page.expander}
    assert "| The reference, denied | 90 | 9 |" in folded["What tricks did"].replace("\\", "")
    assert "Weak answers and strong ones" in folded


def test_settings_lead_to_the_page(open_page) -> None:
    assert linked(open_page("settings")) == ["trust"]


def test_a_grade_card_leads_to_the_page(open_page) -> None:
    page = open_page("grade")
    page.selectbox(key="grade_question").set_value("gradient-descent").run()
    page = press(page, "Answer this question")
    assert linked(page) == []
    page.text_area[0].set_value(GOOD_ANSWER)
    assert linked(press(page, "Grade it")) == ["trust"]


def test_the_page_waits_for_no_library_of_measures() -> None:
    assert loaded_by("import interviewer.ui.trust", {"sklearn"}) == []

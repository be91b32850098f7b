"""The question bank: found by words and filters, read, practised, and added to."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from ui.pages import labels, press, words

from interviewer.knowledge.importers.handed_in import LARGEST_FILE, MEGABYTE
from interviewer.models import Kind

LIST = """\
# Notes

## What is overfitting?
A model that learns the noise of its training data. It does badly on new data.

![spy](http://tracker.example/pixel.png)

## What is a GPU?
"""


def test_every_question_is_listed_with_its_place(open_page) -> None:
    said = words(open_page("bank"))
    assert "2 questions" in said
    assert "ML fundamentals · Screening · Concept" in said


@pytest.mark.parametrize(("words_typed", "count"), [("lasso", 1), ("GRADIENT", 1), ("", 2)])
def test_search_finds_by_question_and_tag(open_page, words_typed: str, count: int) -> None:
    page = open_page("bank")
    page.text_input(key="bank_search").set_value(words_typed).run()
    assert labels(page).count("Read") == count


def test_words_that_no_question_has_find_the_nearest_in_meaning(open_page) -> None:
    page = open_page("bank")
    page.text_input(key="bank_search").set_value("sparse penalised weights").run()

    assert "No question has all of these words" in words(page)
    assert words(page).index("regularization do") < words(page).index("gradient descent")


def test_filters_that_nothing_fits_say_what_to_do(open_page) -> None:
    page = open_page("bank")
    page.selectbox(key="bank_kind").set_value(Kind.CODING).run()

    assert "No question fits. Take a filter away" in words(page)
    assert labels(page).count("Read") == 0


def test_a_question_that_was_asked_is_marked_and_can_be_left_out(open_page) -> None:
    press(open_page("bank", question="gradient-descent"), "Practise this question")
    page = open_page("bank")
    assert words(page).count("asked before") == 1

    page.toggle(key="bank_unseen").set_value(True).run()

    assert labels(page).count("Read") == 1
    assert "What does regularization do" in words(page)


def test_one_of_the_questions_that_fit_opens_by_chance(open_page) -> None:
    page = open_page("bank")
    page.selectbox(key="bank_level").set_value(1).run()
    assert "### What is gradient descent" in words(press(page, "Surprise me"))


def test_a_filter_leaves_its_level(open_page) -> None:
    page = open_page("bank")
    page.selectbox(key="bank_level").set_value(1).run()
    assert labels(page).count("Read") == 1
    assert "What is gradient descent" in words(page)


def test_a_question_opens_without_its_rubric(open_page) -> None:
    page = press(open_page("bank"), "Read")
    assert "### What does regularization do" in words(page)
    assert "Common mistakes" not in words(page)


def test_the_rubric_is_shown_when_asked_for(open_page) -> None:
    page = open_page("bank", question="regularization-l1-l2")
    said = words(page.toggle[0].set_value(True).run())
    assert "**Common mistakes**" in said
    assert "weight\u00a03" in said
    assert "Hastie" in said


def test_a_question_can_be_practised_at_once(open_page) -> None:
    page = press(open_page("bank", question="gradient-descent"), "Practise this question")
    assert "Question 1 of 1" in words(page)


def test_an_unknown_question_offers_the_nearest(open_page) -> None:
    page = open_page("bank", question="gradient-decent")
    assert "There is no such question" in page.error[0].value
    assert "What is gradient descent" in words(page)


def handed_in(page: AppTest, text: str) -> AppTest:
    page.text_area[0].set_value(text)
    return press(page, "See what is in it")


def test_an_import_is_shown_before_it_is_saved(open_page) -> None:
    page = handed_in(open_page("bank"), LIST)
    assert [(metric.label, metric.value) for metric in page.metric][:2] == [
        ("Questions", "2"),
        ("With an answer", "1"),
    ]
    assert "What is overfitting" in words(page)
    assert "tracker" not in words(page)
    assert "It came without an answer" in words(page)


def test_a_saved_import_is_in_the_bank(open_page) -> None:
    page = press(handed_in(open_page("bank"), LIST), "Save to the bank")
    assert "2 questions are in the bank now" in page.success[0].value
    assert "What is overfitting" in words(page)
    assert labels(page).count("Read") == 4


def test_the_form_names_the_limit_that_the_import_holds_to(open_page) -> None:
    (uploader,) = open_page("bank").get("file_uploader")
    assert uploader.proto.max_upload_size_mb == LARGEST_FILE // MEGABYTE == 1


def test_nothing_handed_in_says_so(open_page) -> None:
    page = handed_in(open_page("bank"), "  ")
    assert "There is nothing to import yet" in words(page)


def test_a_text_without_questions_saves_nothing(open_page) -> None:
    page = handed_in(open_page("bank"), "just some words")
    assert "No question was found" in words(page)
    assert "Save to the bank" not in labels(page)

"""The start page: two clicks to the first question, and what was begun comes first."""

from __future__ import annotations

from ui.pages import labels, press, start, words


def test_the_first_question_is_one_click_away(open_page) -> None:
    page = start(open_page())
    assert "#### What is gradient descent" in words(page)
    assert page.query_params["session"]
    assert page.chat_input[0].placeholder.startswith("Your answer")


def test_a_card_stands_for_each_mode(open_page) -> None:
    said = words(open_page())
    assert all(name in said for name in ("Practice", "Real interview", "Grade my answer"))
    assert "Graded by offline\\-1" in said


def test_without_anything_begun_nothing_can_be_continued(open_page) -> None:
    assert "Continue where you left off" not in words(open_page())


def test_what_was_begun_stands_first_and_resumes_at_its_question(open_page) -> None:
    begun = start(open_page()).query_params["session"]
    page = open_page()
    assert page.subheader[0].value == "Continue where you left off"
    assert "question 1 of 2" in words(page)
    assert press(page, "Continue").query_params["session"] == begun


def test_an_unfinished_interview_can_be_deleted(open_page) -> None:
    start(open_page())
    page = press(open_page(), "Delete it")
    assert "Continue where you left off" not in words(page)


def test_a_level_that_no_question_has_cannot_be_started(open_page) -> None:
    page = open_page()
    page.segmented_control(key="start_level").set_value(4).run()
    assert "No question fits this choice" in words(page)
    assert next(b for b in page.button if b.label == "Start the interview").disabled


def test_fewer_questions_than_asked_for_are_announced(open_page) -> None:
    assert "Only 2 questions fit" in words(open_page())


def test_choosing_the_real_interview_asks_for_its_time(open_page) -> None:
    page = open_page()
    assert "start_minutes" not in {control.key for control in page.segmented_control}
    press(page, "Choose")
    assert page.segmented_control(key="start_minutes").value == 30
    assert labels(page).count("Chosen") == 1

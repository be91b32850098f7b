"""An interview on the page: answers, grades, follow-ups, reloads and what goes wrong."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest
from ui.pages import GOOD_ANSWER, WRONG_ANSWER, answer, labels, press, start, words

from interviewer.errors import ModelError
from interviewer.grading.grader import Grader
from interviewer.ui.interview import follow_up_to


def band_and_score(page: AppTest) -> str:
    return page.subheader[0].value


def test_a_graded_answer_shows_its_evidence(open_page) -> None:
    page = answer(start(open_page()), GOOD_ANSWER)
    said = words(page)
    pattern = r"(Lean yes|Yes|Strong yes) · \d+ (± \d+|\(\d+–\d+\))"
    assert re.fullmatch(pattern, band_and_score(page))
    assert "1\\. :green[**Covered**] · It moves the parameters against the gradient" in said
    assert ":green-background[It moves the parameters against the gradient" in said
    assert "regularization\\.md\\, line" in said
    assert "Model answer" in said
    assert labels(page)[-2:] == ["Retry", "Next"]


def test_a_mark_in_the_answer_carries_the_number_of_its_point(open_page) -> None:
    assert "**✓ 1**" in words(answer(start(open_page()), GOOD_ANSWER))


def test_an_answer_with_markup_is_shown_as_typed(open_page) -> None:
    page = answer(start(open_page()), "It is :red[**x**] <b>$y$</b> ![i](http://e.example/i.png)")
    said = words(page)
    assert r"\:red\[\*\*x\*\*\] \<b\>\$y\$\<\/b\> \!\[i\]" in said
    assert "![i]" not in said


def test_a_hint_is_given_in_words(open_page) -> None:
    assert "A hint\\: Picture walking down a hill" in words(press(start(open_page()), "Hint"))


def test_clarify_gives_no_key_point_away(open_page) -> None:
    page = press(start(open_page()), "Clarify")
    assert "against the gradient" not in words(page)
    assert page.chat_input


def test_skip_goes_to_the_next_question(open_page) -> None:
    assert "Question 2 of 2" in words(press(start(open_page()), "Skip"))


def test_retry_opens_the_same_question_again(open_page) -> None:
    page = press(answer(start(open_page()), WRONG_ANSWER), "Retry")
    assert "#### What is gradient descent" in words(page)
    assert page.chat_input


def test_next_goes_on(open_page) -> None:
    page = press(answer(start(open_page()), GOOD_ANSWER), "Next")
    assert page.chat_input
    assert "Earlier on this question" in words(page) or "Question 2 of 2" in words(page)


def test_the_question_that_is_followed_up_is_named_quietly(open_page) -> None:
    said = words(press(answer(start(open_page()), WRONG_ANSWER), "Next"))
    assert r":gray[:small[Follow-up to: What is gradient descent\?]]" in said


@pytest.mark.parametrize("part", ["`![x](y)`", "$[x](y)$"], ids=["code", "a formula"])
def test_what_could_end_a_directive_stands_behind_it(part: str) -> None:
    assert follow_up_to(f"What is {part}?").startswith(":gray[:small[Follow-up to:]] What is ")


def test_a_reload_comes_back_to_the_same_question_and_card(open_page) -> None:
    session = answer(start(open_page()), GOOD_ANSWER).query_params["session"]
    page = open_page(session=session)
    assert "**Covered**" in words(page)
    assert labels(page)[-2:] == ["Retry", "Next"]


def test_a_draft_is_put_back_into_the_box(open_page) -> None:
    from interviewer.ui.opening import workspace

    session = start(open_page()).query_params["session"]
    workspace().interviews().save_draft(session, "half an ans")
    page = open_page(session=session)
    assert [box.value for box in page.chat_input] == ["half an ans"] or page.session_state[
        page.chat_input[0].key
    ] == "half an ans"


def test_the_end_leads_to_the_summary(open_page) -> None:
    page = press(answer(start(open_page()), GOOD_ANSWER), "End and see the summary")
    said = words(page)
    assert [heading.value for heading in page.subheader][1:5] == [
        "What was strong",
        "What cost most",
        "Do next",
        "Every question",
    ]
    assert "1 of 2 questions" in said
    (actions,) = [m.value for m in page.markdown if m.value.startswith("1. ")]
    assert [line[:2] for line in actions.splitlines()] == ["1.", "2.", "3."]
    assert page.get("download_button")[0].proto.label == "Download the report"


def test_an_interview_without_an_answer_has_no_verdict(open_page) -> None:
    page = press(start(open_page()), "End and see the summary")
    assert page.exception == []
    assert "Every question" in words(page)


def test_a_real_interview_tells_nothing_before_its_end(open_page) -> None:
    page = press(open_page(), "Choose")
    page = answer(start(page), GOOD_ANSWER)
    said = words(page)
    assert not any(word in said for word in ("Key points", "green", "Covered", "Missing"))
    assert "Hint" not in labels(page)
    assert "** left" in said
    ended = press(page, "End and see the summary")
    assert "What cost most" in words(ended)


def test_an_unknown_interview_says_so_and_leads_back(open_page) -> None:
    page = open_page(session="nowhere")
    assert "This interview is not here" in page.error[0].value
    assert labels(page) == ["Go to the start page"]
    assert "Mock interview" in words(press(page, "Go to the start page"))


def test_a_grader_that_fails_keeps_the_answer(open_page, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Grader, rubric: object, text: str) -> None:
        raise ModelError("The model did not answer in 30 seconds. Try again.")

    page = start(open_page())
    with monkeypatch.context() as broken:
        broken.setattr(Grader, "grade", fail)
        page = answer(page, GOOD_ANSWER)
    assert "Your answer is saved" in page.error[0].value
    assert "The model did not answer in 30 seconds" in words(page)
    assert "**Covered**" in words(press(page, "Grade it again"))


def test_a_click_on_a_page_that_is_out_of_date_is_refused(open_page) -> None:
    from interviewer.ui.opening import workspace

    page = start(open_page())
    workspace().interviews().skip(page.query_params["session"])
    page = press(page, "Skip")
    assert "The interview had moved on" in page.error[0].value


@pytest.mark.parametrize(
    "text",
    ["😀😀😀", "数据很重要。", "a" * 20_000, "\x00\x01binary", "I don't know"],
    ids=["emoji", "another language", "very long", "binary", "no answer"],
)
def test_any_answer_gets_a_card_and_no_traceback(open_page, text: str) -> None:
    page = answer(start(open_page()), text)
    assert not page.exception
    assert "Something went wrong" not in words(page)
    assert labels(page)[-2:] == ["Retry", "Next"]

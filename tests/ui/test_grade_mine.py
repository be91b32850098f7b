"""Grade my answer: a question of the bank or one's own, again and again."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from langchain_core.messages import AIMessage
from streamlit.testing.v1 import AppTest
from ui.pages import GOOD_ANSWER, WRONG_ANSWER, labels, press, words

from interviewer.errors import InputError
from interviewer.llm.connection import Connection
from interviewer.llm.scripted import ScriptedChatModel
from interviewer.ui.grade_mine import _reference

REFERENCE = (
    "Dropout sets random activations to zero during training. "
    "At test time all units are kept and their outputs are scaled."
)


def chosen(page: AppTest) -> AppTest:
    page.selectbox(key="grade_question").set_value("gradient-descent").run()
    return press(page, "Answer this question")


def graded(page: AppTest, text: str) -> AppTest:
    page.text_area[0].set_value(text)
    return press(page, "Grade it")


def own(page: AppTest, question: str, reference: str) -> AppTest:
    page.segmented_control(key="grade_source").set_value("My own question").run()
    page.text_area(key="own_question").set_value(question)
    page.text_area(key="own_reference").set_value(reference)
    return press(page, "Answer this question")


def test_an_answer_to_a_question_of_the_bank_is_graded(open_page) -> None:
    page = graded(chosen(open_page("grade")), GOOD_ANSWER)
    assert "1\\. :green[**Covered**] · It moves the parameters against the gradient" in words(page)
    assert "regularization\\.md\\, line" in words(page)


def test_what_a_model_spends_on_a_grade_is_shown(
    open_page, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = {"input_tokens": 480, "output_tokens": 20, "total_tokens": 500}
    reply = AIMessage("That is well said.", usage_metadata=spent)  # type: ignore[arg-type]
    made = Connection(ScriptedChatModel(replies=[reply] * 4), name="local:toy", price=(1.0, 10.0))
    monkeypatch.setattr("interviewer.llm.connection.connect", lambda *_: made)
    monkeypatch.setenv("INTERVIEWER_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("INTERVIEWER_MODEL", "toy")
    monkeypatch.setenv("INTERVIEWER_MODEL_GRADES", "all")
    page = chosen(open_page("grade"))
    assert "tokens" not in words(page)
    page = graded(page, GOOD_ANSWER)
    assert not page.exception
    assert ":gray-badge[2\\,000 tokens\\, less than \\$0\\.01]" in words(page)
    assert words(page).count("Graded by local\\:toy") == 1


def test_no_question_can_be_answered_before_one_is_chosen(open_page) -> None:
    page = open_page("grade")
    assert next(b for b in page.button if b.label == "Answer this question").disabled


def test_an_empty_answer_is_asked_for(open_page) -> None:
    page = graded(chosen(open_page("grade")), "   ")
    assert "There is no answer yet" in page.warning[0].value


def test_answering_again_keeps_both_attempts(open_page) -> None:
    page = press(graded(chosen(open_page("grade")), WRONG_ANSWER), "Answer again")
    page = graded(page, GOOD_ANSWER)
    assert "**Earlier attempts**" in words(page)
    assert "**Covered**" in words(page)


def test_an_own_question_is_graded_against_its_own_reference(open_page) -> None:
    page = own(open_page("grade"), "What is dropout?", REFERENCE)
    page = graded(page, "Dropout sets random activations to zero during training.")
    said = words(page)
    assert "#### What is dropout" in said
    assert "your\\-reference\\.md\\, line 1" in said
    assert ":blue-background[Dropout sets random activations" in said


def test_an_own_question_without_a_reference_says_what_is_missing(open_page) -> None:
    page = own(open_page("grade"), "What is dropout?", "")
    assert "That could not be used" in page.error[0].value
    assert "Write what a good answer says" in words(page)


def test_a_reference_that_is_too_large_is_refused_before_it_is_read(open_page) -> None:
    page = open_page("grade")
    page.segmented_control(key="grade_source").set_value("My own question").run()
    (uploader,) = page.get("file_uploader")
    assert uploader.proto.max_upload_size_mb == 1
    unread = SimpleNamespace(name="up/all.md", size=200_001)  # there is nothing to read it by
    with pytest.raises(InputError, match=r"^all\.md has 200 kB; the limit is 200 kB"):
        _reference(unread, "")
    small = SimpleNamespace(name="up/all.md", size=200_000, getvalue=lambda: b"It is.")
    assert _reference(small, "") == ("It is.", "all.md")


def test_a_reference_that_is_too_long_is_refused_with_what_to_do(open_page) -> None:
    page = own(open_page("grade"), "What is dropout?", "It drops. " * 5_001)
    assert "has 50\\,010 characters\\; the limit is 50\\,000" in words(page)


def test_a_reload_keeps_the_card(open_page) -> None:
    page = graded(chosen(open_page("grade")), GOOD_ANSWER)
    again = open_page("grade", session=page.query_params["session"])
    assert "**Covered**" in words(again)
    assert labels(again) == ["Answer again", "Another question"]


def test_an_unknown_address_leads_back_to_the_choice(open_page) -> None:
    page = open_page("grade", session="nowhere")
    assert "This interview is not here" in page.error[0].value
    assert press(page, "Choose a question").selectbox

"""On the page a model's words take the place of the bank's, and say so where they could not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk
from streamlit.testing.v1 import AppTest
from ui.pages import GOOD_ANSWER, answer, press, start, words

from interviewer.interviewing.model_interviewer import ModelInterviewer
from interviewer.llm.connection import Connection
from interviewer.llm.scripted import ScriptedChatModel

PHRASED = "Let us begin with this one. What is gradient descent?"
TOKENS = ":gray-badge[3\\,214 tokens]"
Script = Callable[..., ScriptedChatModel]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    """Give the pages an interviewer that says what it is told to."""

    def scripted(*replies: Any) -> ScriptedChatModel:
        model = ScriptedChatModel(replies=list(replies))
        interviewer = ModelInterviewer(
            Connection(model, name="local:toy"), sleep=lambda seconds: None
        )
        monkeypatch.setattr(
            "interviewer.workspace._interviewer", lambda settings, ladders: interviewer
        )
        return model

    return scripted


def test_the_question_is_worded_and_stays_pinned_as_it_is_graded(open_page, script: Script) -> None:
    script(PHRASED)
    page = start(open_page())
    assert not page.exception
    assert "Let us begin with this one" in words(page)
    assert "#### What is gradient descent" in words(page)
    assert page.chat_input


def test_the_tokens_are_shown_as_soon_as_the_words_are_said(open_page, script: Script) -> None:
    spent = {"input_tokens": 3000, "output_tokens": 214, "total_tokens": 3214}
    last = AIMessageChunk("", usage_metadata=spent)  # type: ignore[arg-type]
    script([PHRASED, last])
    page = start(open_page())
    assert "Let us begin with this one" in words(page)
    assert [line for line in words(page).splitlines() if "tokens" in line] == [TOKENS]


def test_a_reload_shows_the_same_words_and_asks_for_no_others(open_page, script: Script) -> None:
    model = script(PHRASED)
    session = start(open_page()).query_params["session"]
    page = open_page(session=session)
    assert "Let us begin with this one" in words(page)
    assert len(model.prompts) == 1


def test_words_that_break_a_rule_give_way_to_the_banks_with_a_note(
    open_page, script: Script
) -> None:
    script("Let us begin. It moves the parameters against the gradient of the loss.")
    said = words(start(open_page()))
    assert "moves the parameters" not in said
    assert "local\\:toy could not word this\\, so the bank did" in said.replace("\\.", ".")


def test_a_clarification_is_spoken_by_the_model(open_page, script: Script) -> None:
    script(PHRASED, "Tell me what gradient descent is, as far as you like.")
    page = press(start(open_page()), "Ask")
    assert not page.exception
    assert "as far as you like" in words(page)


def test_what_is_unclear_is_told_to_the_model_and_stays_in_the_talk(
    open_page, script: Script
) -> None:
    model = script(PHRASED, "Say what gradient descent is, as far as you like.")
    page = start(open_page())
    page.text_input[0].set_value("With or without momentum?")
    page = press(page, "Ask")
    assert not page.exception
    assert "With or without momentum?" in str(model.prompts[-1])
    said = words(page).replace("\\", "")
    assert "With or without momentum?" in said
    assert "as far as you like" in said
    assert page.text_input[0].value == ""


def test_the_form_for_what_is_unclear_is_closed_over_the_reply(open_page, script: Script) -> None:
    """A popover stays open for as long as it is the same one, which its id tells."""
    script(PHRASED, "Say what gradient descent is.", "Say it in your own words.")
    page = start(open_page())
    popovers = [_clarify_popover(page)]
    for _ in range(2):
        page = press(page, "Ask")
        popovers.append(_clarify_popover(page))
    assert len(set(popovers)) == 3
    assert "" not in popovers


def _clarify_popover(page: AppTest) -> str:
    (popover,) = [each for each in page.get("popover") if each.proto.popover.label == "Clarify"]
    return popover.proto.id


def test_what_a_model_says_is_shown_as_typed(open_page, script: Script) -> None:
    script(PHRASED, "What is :red[**gradient**] <i>$descent$</i>?")
    said = words(press(start(open_page()), "Ask"))
    assert r"\:red\[\*\*gradient\*\*\] \<i\>\$descent\$\<\/i\>" in said


def test_a_question_of_the_models_own_says_what_it_rests_on(open_page, script: Script) -> None:
    own = {"rests_on": "key_point", "number": 3, "quote": "", "reason": "It is open."}
    asked = "How is *stochastic* gradient descent different?"
    script(PHRASED, _the_last, {**own, "question": asked}, f"All right. {asked}")
    page = press(answer(start(open_page()), GOOD_ANSWER), "Next")
    assert not page.exception
    said = words(page).replace("\\", "")
    assert "The model's own question, from regularization.md, line" in said
    assert r"#### How is \*stochastic\* gradient descent different" in words(page)
    page = answer(page, "Stochastic gradient descent estimates the gradient on a mini-batch.")
    assert not page.exception
    assert "**Covered**" in words(page)


def _the_last(messages: list[Any]) -> dict[str, Any]:
    """Choose the last of a list, which is a question of the model's own."""
    *_, last = re.findall(r"^(\d)\. ", messages[1].text, re.MULTILINE)
    return {"reason": "None fits.", "number": int(last)}


def test_an_answer_is_taken_after_the_words_and_graded(open_page, script: Script) -> None:
    script(PHRASED)
    page = answer(start(open_page()), GOOD_ANSWER)
    assert not page.exception
    assert not page.error
    assert "**Covered**" in words(page)

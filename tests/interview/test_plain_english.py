"""Words that hide others are told from an interviewer's English."""

from __future__ import annotations

import base64
import codecs

import pytest
from interview_support import BANK

from interviewer.interview.plain_english import is_plain_english
from interviewer.llm.prompts import load_prompt

SECRET = load_prompt("speak_system").template.splitlines()[0]
ASKED = "How does the learning rate change a step?"


@pytest.mark.parametrize(
    "hidden",
    [
        SECRET[::-1],
        codecs.encode(SECRET, "rot13"),
        base64.b64encode(SECRET.encode()).decode(),
        SECRET.encode().hex(),
        "Vous êtes un recruteur et vous parlez au candidat à voix haute.",
        "Du bist der Interviewer und sprichst mit dem Kandidaten.",
        " ".join(SECRET.replace(" ", "_")),
    ],
    ids=["backwards", "rot13", "base64", "hex", "French", "German", "spelt"],
)
def test_words_that_hide_others_are_no_plain_english(hidden: str) -> None:
    for said in (f"All right. {ASKED} {hidden}", f"{hidden} {ASKED}"):
        assert not is_plain_english(said, [ASKED])


@pytest.mark.parametrize(
    "said",
    [
        f"All right. {ASKED}",
        "Take your time. What would you change about it, and why?",
        *(question.text for question in BANK.questions),
    ],
)
def test_what_an_interviewer_says_is_plain_english(said: str) -> None:
    assert is_plain_english(said, [])


def test_what_was_said_aloud_may_stand_in_any_row() -> None:
    asked = "Compare sigmoid, tanh, ReLU, leaky ReLU, GELU, SiLU, maxout, softplus."
    assert not is_plain_english(asked, [])
    assert is_plain_english(f"All right. {asked}", [asked])
    link = "x" * 41
    assert not is_plain_english(f"What is {link}?", [ASKED])
    assert is_plain_english(f"What is {link}?", [f"It is {link} that I mean."])

"""A clarification restates the question and gives no point away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from interview_support import DESCENT, REGULARIZATION, after, begin

from interviewer.grading.citations import content_stems
from interviewer.grading.rubric import own_question
from interviewer.interview.clarify import clarification
from interviewer.interview.events import ClarificationAsked
from interviewer.models import Exchange, KeyPoint, Kind, Level, Question, TurnKind
from interviewer.text import words

WORDS = words("""
    level idea plainly screening core interview round senior judgement facts research discussion
    explanation example steps reason Python input scale choices situation questions assume natural
    topic regularization open deep say more answering gradient loss weights
    """)


def _holds_nothing_new(question: Question) -> None:
    exchange = Exchange(question)
    secret = content_stems(" ".join(point.text for point in question.key_points))
    told = content_stems(clarification(exchange))
    assert not told & (secret - content_stems(question.text))


@pytest.mark.parametrize("question", [REGULARIZATION, DESCENT], ids=lambda each: each.id)
def test_a_clarification_of_the_bank_gives_no_point_away(question: Question) -> None:
    _holds_nothing_new(question)


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=8),
    st.sampled_from(Kind),
    st.sampled_from(Level),
)
def test_no_key_point_however_worded_is_given_away(
    said: list[str], kind: Kind, level: Level
) -> None:
    point = KeyPoint(" ".join(said), 2)
    _holds_nothing_new(replace(REGULARIZATION, kind=kind, level=level, key_points=(point,)))


def test_it_says_what_is_asked_at_which_level_and_how() -> None:
    text = clarification(Exchange(DESCENT))
    assert text == (
        "It is just this: “What is gradient descent?” The topic is regularization. "
        "Take it at the level of a first screening: the idea, plainly put. "
        "I am looking for your own explanation, with an example if it helps. "
        "Where something is left open, assume what you find natural and say so."
    )


def test_request_and_clarification_are_both_kept_and_a_second_one_adds_nothing() -> None:
    session = after(begin(), ClarificationAsked("What do you mean by regularization?", 1001.0))
    session = after(session, ClarificationAsked("  ", 1002.0))
    kinds = [turn.kind for turn in session.current.turns[2:]]
    assert kinds == [TurnKind.CLARIFICATION_REQUEST, TurnKind.CLARIFICATION] * 2
    assert session.current.turns[2].text == "What do you mean by regularization?"
    assert session.current.turns[4].text == "Can you clarify the question?"
    assert "I cannot say more without answering it for you." in session.current.turns[5].text


def test_a_follow_up_is_clarified_in_its_own_words() -> None:
    follow_up = REGULARIZATION.follow_ups[0]
    exchange = Exchange(REGULARIZATION, follow_up=1, asked=follow_up.question, written_follow_up=1)
    text = clarification(exchange)
    assert follow_up.question in text
    new = content_stems(follow_up.answer) - content_stems(follow_up.question)
    assert not content_stems(text) & (new - content_stems(REGULARIZATION.text))


def test_a_question_of_ones_own_has_no_topic_to_name() -> None:
    question = own_question("What is a tensor?", "A tensor is a multilinear map.", "notes.md")
    assert "topic" not in clarification(Exchange(question))

"""The interviewer is varied, repeatable, and neutral in a real interview."""

from __future__ import annotations

from dataclasses import replace

import pytest
from interview_support import (
    DESCENT,
    I_DO_NOT_KNOW,
    REGULARIZATION,
    after,
    answer,
    answer_with,
    begin,
    perfect,
)

from interviewer.interview import voice
from interviewer.interview.events import Ended, Skipped
from interviewer.models import Mode, Session, Speaker, TurnKind
from interviewer.text import words

PRAISE = set(
    words("""
    amazing awesome bravo brilliant correct correctly excellent exactly fantastic fine good great
    impressive nice nicely outstanding perfect perfectly precise right solid spot strong super
    superb sure terrific true well wonderful wow yes
    """)
)
BLAME = set(words("bad incorrect missed missing no poor unfortunately weak wrong"))


def _real_interview(session_id: str) -> Session:
    session = begin(
        Mode.REAL,
        planned=(replace(DESCENT, follow_ups=()), REGULARIZATION, DESCENT, DESCENT),
        session_id=session_id,
    )
    session = answer(session, perfect(session.current))
    session = answer(session, answer_with(REGULARIZATION, covered=(1, 3, 4), contradicted=(2,)))
    session = answer(session, I_DO_NOT_KNOW)
    return after(session, Skipped(1003.0), Skipped(1004.0))


@pytest.mark.parametrize("number", range(20))
def test_a_real_interviewer_neither_praises_nor_blames(number: int) -> None:
    session = _real_interview(f"session-{number}")
    said = [
        word
        for exchange in session.exchanges
        for turn in exchange.turns
        if turn.speaker is Speaker.INTERVIEWER
        and turn.kind not in {TurnKind.QUESTION, TurnKind.FOLLOW_UP}
        for word in words(turn.text)
    ]
    assert len(said) > 20
    assert not set(said) & (PRAISE | BLAME)


@pytest.mark.parametrize("number", range(10))
@pytest.mark.parametrize("said", [I_DO_NOT_KNOW, "It is about cooking."])
def test_an_answer_in_which_nothing_was_found_is_never_praised(said: str, number: int) -> None:
    session = answer(begin(session_id=f"session-{number}"), said)
    comment = session.current.turns[-1].text
    assert not set(words(comment)) & (PRAISE | {"some", "part", "most"})
    assert comment.endswith("A hint may help before you try again.")


@pytest.mark.parametrize(
    ("covered", "contradicted", "expected"),
    [((1, 2, 3), (), "most"), ((1,), (), "card"), ((1, 3), (2,), "card")],
)
def test_practice_comments_on_what_was_found(
    covered: tuple[int, ...], contradicted: tuple[int, ...], expected: str
) -> None:
    said = answer_with(REGULARIZATION, covered=covered, contradicted=contradicted)
    comment = answer(begin(), said).current.turns[-1].text
    assert expected in words(comment)


def test_lines_vary_over_sessions_and_are_the_same_for_one() -> None:
    openings = [begin(session_id=f"session-{number}").current.turns[0] for number in range(20)]
    assert len({turn.text for turn in openings}) == 3
    assert begin(session_id="session-3").current.turns[0] == openings[3]


def test_the_greeting_tells_length_and_time() -> None:
    text = voice.greeting("s", Mode.REAL, 5, 1800.0)
    assert text.endswith("There are 5 questions and 30 minutes.")
    assert voice.greeting("s", Mode.PRACTICE, 1, None).endswith("There is one question.")
    assert voice.greeting("s", Mode.REAL, 2, 45.0).endswith("There are 2 questions and one minute.")


@pytest.mark.parametrize(
    ("text", "characters", "expected"),
    [
        ("short", 10, "short"),
        ("two\n lines", 20, "two lines"),
        ("one two three", 9, "one two…"),
        ("x" * 20, 5, "xxxx…"),
    ],
    ids=["fits", "joins lines", "cuts at a word", "cuts a long word"],
)
def test_shortening(text: str, characters: int, expected: str) -> None:
    assert voice.shorten(text, characters) == expected
    assert len(expected) <= characters


def test_ending_early_and_skipping_are_answered_kindly() -> None:
    session = after(begin(), Skipped(1001.0))
    assert session.current.turns[0].kind is TurnKind.ACKNOWLEDGEMENT
    assert session.current.turns[0].text.endswith("Question 2 of 2.")
    ended = after(session, Ended(1002.0))
    assert ended.current.turns[-1].text.startswith("We stop here")

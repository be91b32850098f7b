"""Draws what was said: the interviewer's words spoken once, answers, and grades where they fell."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import streamlit as st

from interviewer.models import Exchange, Grade, Session, Speaker, Turn, TurnKind
from interviewer.ui.citations import References
from interviewer.ui.grade_card import band_text, score_text, show_grade_card
from interviewer.ui.markup import inline, plain
from interviewer.ui.safe_markdown import safe_markdown

_SECONDS_PER_WORD = 0.02
_LONGEST_SPEECH_S = 1.5
_LONG_ANSWER_CHARACTERS = 3_000
_LONG_ANSWER_PIXELS = 320
_INTERVIEWER_ICON = ":material/forum:"
_CANDIDATE_ICON = ":material/person:"
PINNED = {TurnKind.QUESTION, TurnKind.FOLLOW_UP}
# A word; code and formulas are one word, as half of one would be read as Markdown.
_WORD = re.compile(r"(?:\\\S|(`+)(?!`).+?(?<!`)\1(?!`)|(\${1,2})[^$]*\2|\S)+\s*|\s+", re.DOTALL)
_FROM_THE_BANK = {TurnKind.HINT, TurnKind.CLARIFICATION}


def current_thread(session: Session) -> tuple[Exchange, ...]:
    """Give the question under way with its follow-ups so far."""
    first = max(i for i, exchange in enumerate(session.exchanges) if exchange.follow_up == 0)
    return session.exchanges[first:]


def turns_of(session: Session) -> list[Turn]:
    """Give everything that was said in an interview, in order."""
    return [turn for exchange in session.exchanges for turn in exchange.turns]


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that is drawn: words of one speaker, or the grade that an answer got.

    `new` says that the words were not spoken before; `number` counts the interview's turns from 1.
    """

    turn: Turn | None = None
    grade: Grade | None = None
    new: bool = False
    number: int = 0


@dataclass(frozen=True, slots=True)
class Voice:
    """A chat model that puts one turn in its own words.

    `turn` is the number of that turn, `speak` yields what to show so far, and `kept` gives the
    turn as it stands when that is over.
    """

    turn: int
    speak: Callable[[], Iterator[str]]
    kept: Callable[[], Turn]


def said_so_far(session: Session, heard: int) -> list[Said]:
    """List what was said on the question under way; what stands pinned above is left out.

    Args:
        session: the interview.
        heard: how many turns of the whole interview were spoken before.
    """
    thread = current_thread(session)
    position = sum(len(e.turns) for e in session.exchanges[: len(session.exchanges) - len(thread)])
    said: list[Said] = []
    for exchange in thread:
        said.extend(_of_exchange(exchange, position, heard))
        position += len(exchange.turns)
    return said


def _of_exchange(exchange: Exchange, position: int, heard: int) -> Iterator[Said]:
    grades = list(exchange.grades)
    for number, turn in enumerate(exchange.turns, start=position + 1):
        if turn.kind in PINNED:
            continue
        yield Said(turn=turn, new=number > heard, number=number)
        if turn.kind is TurnKind.ANSWER and grades and grades[0].answer == turn.text:
            yield Said(grade=grades.pop(0))


def show_said(
    said: Iterable[Said], references: References | None, voice: Voice | None = None
) -> None:
    """Draw what was said, words of one speaker in a row together.

    Args:
        said: what to draw, in order.
        references: where the citations of grades are looked up; None hides the grades.
        voice: speaks the new words of one turn, in place of the bank.
    """
    for speaker, group in groupby(said, key=lambda each: each.turn and each.turn.speaker):
        if speaker is None:
            for each in group:
                if each.grade is not None and references is not None:
                    earlier_grade(each.grade, references)
        elif speaker is Speaker.CANDIDATE:
            for each in group:
                answer_bubble(each.turn.text if each.turn else "")
        else:
            _interviewer_bubble(list(group), voice)


def _interviewer_bubble(group: Sequence[Said], voice: Voice | None) -> None:
    with st.chat_message("assistant", avatar=_INTERVIEWER_ICON):
        for each in group:
            if each.turn is not None:
                _words(each.turn, each, voice)


def _words(turn: Turn, said: Said, voice: Voice | None) -> None:
    """Draw a turn, spoken where it is new, and say where a model could not word it."""
    if said.new and voice is not None and voice.turn == said.number:
        turn = _voiced(voice)
    elif said.new:
        st.write_stream(_spoken(_written(turn)))
    else:
        st.markdown(_written(turn))
    if turn.notice:
        st.markdown(f":gray[:small[{inline(turn.notice)}]]")


def _voiced(voice: Voice) -> Turn:
    """Draw a model's words as they come; what is kept of them is drawn last."""
    place = st.empty()
    place.markdown(":gray[…]")
    shown = ""
    for said in voice.speak():
        spoken = shown if said.startswith(shown) else ""
        for word in _spoken(said.removeprefix(spoken)):
            spoken += word
            place.markdown(plain(spoken))
        shown = said
    turn = voice.kept()
    place.markdown(_written(turn))
    return turn


def _written(turn: Turn) -> str:
    """Give a turn as Markdown: the bank's may hold formulas, a model's is shown as typed."""
    bank = turn.kind in _FROM_THE_BANK and not turn.by
    return safe_markdown(turn.text) if bank else plain(turn.text)


def answer_bubble(text: str) -> None:
    """Draw what the candidate said, word for word."""
    long = len(text) > _LONG_ANSWER_CHARACTERS
    with (
        st.chat_message("user", avatar=_CANDIDATE_ICON),
        st.container(height=_LONG_ANSWER_PIXELS if long else "content", border=False),
    ):
        st.markdown(plain(text))


def earlier_grade(grade: Grade, references: References) -> None:
    """Draw the grade of an earlier answer, folded."""
    label = f"{band_text(grade.band)} · {score_text(grade.score, grade.interval)}"
    with st.expander(label, icon=":material/fact_check:"):
        show_grade_card(grade, references)


def _spoken(text: str) -> Iterator[str]:
    words = [word.group() for word in _WORD.finditer(text)]
    pause_s = min(_SECONDS_PER_WORD, _LONGEST_SPEECH_S / max(1, len(words)))
    for word in words:
        yield word
        time.sleep(pause_s)

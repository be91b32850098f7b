"""The checker lets an interviewer say what is decent and stops the rest, in many registers."""

from __future__ import annotations

from functools import cache

import pytest
from wordings import PLACES, Place, bad, decent

from interviewer.config import CHECKOUT_DIR
from interviewer.interview.speaking import occasion_of
from interviewer.interview.transcript import Fault, Scene, utterance_fault
from interviewer.knowledge.bank import QuestionBank, load_bank
from interviewer.models import (
    Exchange,
    Mode,
    Phase,
    Question,
    Session,
    SessionPlan,
    Speaker,
    Turn,
    TurnKind,
)


@cache
def bank() -> QuestionBank:
    return load_bank(CHECKOUT_DIR / "knowledge")


def turns_of(*said: tuple[TurnKind, str]) -> tuple[Turn, ...]:
    candidate = {TurnKind.ANSWER, TurnKind.CLARIFICATION_REQUEST}
    return tuple(
        Turn(Speaker.CANDIDATE if kind in candidate else Speaker.INTERVIEWER, kind, text, 1.0)
        for kind, text in said
    )


def opened(question: Question, place: Place) -> Exchange:
    said = [(TurnKind.ACKNOWLEDGEMENT, "Thank you."), (TurnKind.QUESTION, question.text)]
    if place.answer:
        said.append((TurnKind.ANSWER, place.answer))
    if place.request:
        said.append((TurnKind.CLARIFICATION_REQUEST, place.request))
        said.append((TurnKind.CLARIFICATION, "It is just this."))
    return Exchange(question, turns=turns_of(*said))


def followed_up(question: Question, place: Place) -> Exchange:
    asked = place.probe or question.follow_ups[place.follow_up - 1].question
    said = ((TurnKind.ACKNOWLEDGEMENT, "Thank you."), (TurnKind.FOLLOW_UP, asked))
    return Exchange(
        question,
        follow_up=1,
        turns=turns_of(*said),
        asked=asked,
        written_follow_up=place.follow_up,
    )


@cache
def scene_at(name: str) -> Scene:
    """Give the scene that a model's words are held against in such a place."""
    place = PLACES[name]
    question = bank().get(place.question)
    exchanges = [opened(question, place)]
    if place.answer:
        exchanges.append(followed_up(question, place))
    session = Session(
        id="session-1",
        plan=SessionPlan(mode=Mode.PRACTICE),
        planned=(question,),
        phase=Phase.ANSWERING,
        exchanges=tuple(exchanges),
        started_at=0.0,
        updated_at=1.0,
    )
    occasion = occasion_of(session)
    assert occasion is not None
    return occasion.scene


def fault_in(name: str, said: str) -> Fault | None:
    scene = scene_at(name)
    return utterance_fault(scene, said.replace("{asked}", scene.asked))


def test_there_are_enough_words_of_both_kinds_and_none_twice() -> None:
    said = [words for *_, words in decent()] + [f"{words} {place}" for _, place, words in bad()]
    assert len(said) == len(set(said))
    assert len(decent()) >= 64
    assert len(bad()) >= 96


@pytest.mark.parametrize("name", PLACES)
def test_what_the_bank_asks_may_be_asked_in_its_words(name: str) -> None:
    assert fault_in(name, "{asked}") is None

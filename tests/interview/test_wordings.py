"""The checker lets an interviewer say what is decent and stops the rest, in many registers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import pytest
from later_wordings import LATER_BAD, LATER_DECENT, LATER_PLACES
from wordings import PLACES, Place, bad, decent, rows

from interviewer.config import CHECKOUT_DIR
from interviewer.interview.speaking import occasion_of
from interviewer.interview.transcript import (
    Fault,
    Rule,
    Scene,
    gives_away,
    tellable,
    utterance_fault,
)
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

ALL_PLACES = {**PLACES, **LATER_PLACES}


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
    place = ALL_PLACES[name]
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


@pytest.mark.parametrize("name", ALL_PLACES)
def test_what_the_bank_asks_may_be_asked_in_its_words(name: str) -> None:
    assert fault_in(name, "{asked}") is None


def passed(listed: Iterable[Sequence[str]]) -> list[str]:
    return [said for *_, name, said in listed if fault_in(name, said) is None]


@pytest.mark.parametrize("start", [0, 1], ids=["tuned on", "held back"])
def test_decent_words_pass_and_others_do_not(start: int) -> None:
    fine, others = decent()[start::2], bad()[start::2]
    assert len(passed(fine)) >= 0.9 * len(fine)
    assert len(passed(others)) <= 0.05 * len(others)


def test_words_written_after_the_checker_mostly_fare_alike() -> None:
    fine, others = rows(LATER_DECENT), rows(LATER_BAD)
    assert len(fine) >= 40
    assert len(passed(fine)) >= 0.8 * len(fine)
    assert len(passed(others)) <= 0.1 * len(others)
    assert len(others) >= 40


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("You nailed it. {asked}", Rule.NO_PRAISE),
        ("You rightly spoke of small batches. {asked}", Rule.NO_PRAISE),
        ("Small batches, true enough, are noisy. {asked}", Rule.NO_PRAISE),
        ("👍 {asked}", Rule.NO_PRAISE),
        ("10/10. {asked}", Rule.ON_TOPIC),
        ("Отлично. {asked}", Rule.ON_TOPIC),
        ("That covers it. You win. {asked}", Rule.ON_TOPIC),
        ("Small batches do not make it noisy. {asked}", Rule.ON_TOPIC),
        ("{asked} Also tell me how the rate is chosen.", Rule.ONE_QUESTION),
        ("{asked} Do you think so?", Rule.ONE_QUESTION),
        ("The batch size makes no difference to it. {asked}", Rule.NO_POINT),
        ("A linear layer before it needs no bias. {asked}", Rule.NO_POINT),
    ],
)
def test_what_stands_beside_a_question_breaks_the_rule_that_it_breaks(
    said: str, rule: Rule
) -> None:
    fault = fault_in("norm", said)
    assert fault is not None
    assert fault.rule is rule


def test_a_question_is_asked_once() -> None:
    for name in ALL_PLACES:
        if not ALL_PLACES[name].request:
            fault = fault_in(name, "{asked} {asked}")
            assert fault is not None, name
            assert fault.rule is Rule.ONE_QUESTION


def test_the_candidates_own_words_may_be_taken_up_but_not_turned_round() -> None:
    assert fault_in("norm", "So small batches make the statistics noisy. {asked}") is None
    assert fault_in("norm", "You spoke of a higher learning rate. {asked}") is None
    assert fault_in("norm", "You spoke of a lower learning rate. {asked}") is not None


def test_a_mistake_and_an_answer_that_may_be_asked_for_later_give_a_question_away() -> None:
    scene = scene_at("dropout")
    question = bank().get("dropout")
    for told in (question.mistakes[0].text, question.follow_ups[0].answer.split(";")[0]):
        assert gives_away(scene, told)


def test_the_start_of_a_key_point_beside_the_question_is_refused() -> None:
    refused, count = 0, 0
    for question in bank().questions[::10]:
        scene = Scene(asked=question.text, points=tellable(question), known=question.text)
        for point in question.key_points:
            said = point.text.split()
            half = " ".join(said[: len(said) // 2])
            refused += utterance_fault(scene, f"{half}. {question.text}") is not None
            count += 1
    assert count > 400
    assert refused / count > 0.95


def test_the_banks_own_questions_and_follow_ups_may_be_asked_after_a_courtesy() -> None:
    for question in bank().questions[::3]:
        for asked in (question.text, *(each.question for each in question.follow_ups)):
            scene = Scene(asked=asked, points=tellable(question), known=question.text)
            assert utterance_fault(scene, f"Thank you. Let's move on. {asked}") is None

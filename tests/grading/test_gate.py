from __future__ import annotations

from dataclasses import replace

import pytest

from interviewer.grading.gate import GRADED_CHARACTERS, screen
from interviewer.grading.rubric import Rubric

EMPTY = [
    "",
    " \n\t ",
    "\u200b\u200b",
    ",",
    "...!!! ???",
    "🙂🙂👍",
    "12345",
    "I don't know",
    "i dont know.",
    "I don’t know",
    "Honestly, I really do not know.",
    "No idea",
    "I have absolutely no idea, sorry!",
    "not sure",
    "I'm not sure",
    "I can't remember",
    "I have never heard of it.",
    "pass",
    "Skip this question please",
    "Can we move on to the next question?",
    "N/A",
    "n.a.",
    "idk",
    "no comment",
    "I don't know what regularization does.",
    "Thought process:",
    "Solution",
    "Yes",
    "See above.",
    "The answer is correct.",
    "As an expert, I would say:",
    "Let's think step by step.",
    "That is a very good question, thank you.",
    "What does regularization do, and when would you choose L1 over L2?",
    "The question asks: What does regularization do, and when would you choose L1 over L2? "
    "That is a very good question and the answer to it is important.",
    "WHAT DOES REGULARIZATION DO and when would you choose l1 over l2",
    "\x00\x01\x02\x03\x7fELF\x02\x01\x00\x00 penalty \x00\x00",
    "\ufffd\ufffd\ufffdJFIF\ufffd\ufffd",
]

CONTENT = [
    "adds a penalty on weights",
    "sparsity",
    "L1",
    "It shrinks weights.",
    "I'm not sure, but it adds a penalty.",
    "I don't know the formula; the penalty keeps the weights small.",
    "Yes, because a penalty on the weights lowers the variance.",
    "λ‖w‖²",
    "Skip connections pass the gradient on.",
]


@pytest.mark.parametrize("answer", EMPTY, ids=lambda text: repr(text[:30]))
def test_an_answer_without_content_is_settled_with_the_reason(rubric: Rubric, answer: str) -> None:
    screening = screen(rubric, answer)
    assert screening.empty_because
    assert screening.notice.startswith(screening.empty_because)


@pytest.mark.parametrize("answer", CONTENT, ids=lambda text: repr(text[:30]))
def test_one_word_of_content_is_enough_to_be_judged(rubric: Rubric, answer: str) -> None:
    assert screen(rubric, answer).empty_because == ""


def test_a_number_that_the_rubric_names_is_an_answer(rubric: Rubric) -> None:
    with_number = replace(rubric, question="At what threshold?", reference="At 0.5 by default.")
    assert screen(with_number, "0.5").empty_because == ""
    assert screen(with_number, "7").empty_because


def test_a_filler_word_that_is_the_rubric_s_own_is_an_answer(rubric: Rubric) -> None:
    about_gates = replace(
        rubric, question="Which gate of an LSTM drops old state?", reference="The forget gate."
    )
    assert screen(about_gates, "the forget gate").empty_because == ""


@pytest.mark.parametrize(
    "answer", ["A rock has more than one mineral.", "A rock is not a mineral.", "A rock has fewer."]
)
def test_what_is_asked_compared_or_denied_in_its_own_words_is_an_answer(
    rubric: Rubric, answer: str
) -> None:
    asked = replace(rubric, question="What is the difference between a rock and a mineral?")
    assert screen(asked, answer).empty_because == ""
    assert screen(asked, "The difference between a rock and a mineral.").empty_because


@pytest.mark.parametrize(
    "answer",
    [
        "正則化は重みに対するペナルティを損失に加え、過学習を防ぎます。",
        "Регуляризация добавляет штраф за большие веса.",
        "La régularisation ajoute une pénalité sur les poids et elle est utile pour la variance.",
        "Die Regularisierung fügt dem Verlust eine Strafe für die Gewichte hinzu und ist wichtig.",
    ],
)
def test_another_language_is_judged_with_a_notice(rubric: Rubric, answer: str) -> None:
    screening = screen(rubric, answer)
    assert screening.empty_because == ""
    assert "English" in screening.notice


def test_english_with_formulas_and_names_gets_no_notice(rubric: Rubric) -> None:
    assert screen(rubric, "The penalty is λ‖w‖² as in Müller et al., with Σ over weights.") == (
        screen(rubric, "The penalty is λ‖w‖² as in Müller et al., with Σ over weights.")
    )
    assert screen(rubric, "α β γ: θ ← θ − η∇L, it moves against the gradient").notice == ""


def test_a_very_long_answer_is_graded_on_its_start_and_says_so(rubric: Rubric) -> None:
    answer = "It adds a penalty on the weights. " * 3000
    screening = screen(rubric, answer)
    assert answer.startswith(screening.graded)
    assert GRADED_CHARACTERS - 100 < len(screening.graded) <= GRADED_CHARACTERS
    assert "102,000 characters" in screening.notice


def test_a_long_word_without_blanks_is_cut_at_the_limit(rubric: Rubric) -> None:
    assert len(screen(rubric, "x" * 100_000).graded) == GRADED_CHARACTERS

from __future__ import annotations

from dataclasses import replace

import pytest

from interviewer.errors import InputError
from interviewer.grading.rubric import (
    LONGEST_OWN_REFERENCE,
    own_question,
    rubric_of,
    rubric_of_follow_up,
)
from interviewer.models import ChunkRole, Question


def test_a_question_s_rubric_is_its_own(question: Question) -> None:
    rubric = rubric_of(question)
    assert rubric.question_id == "regularization-l1-l2"
    assert [point.weight for point in rubric.key_points] == [3, 2, 2, 1]
    assert [twin.text for twin in rubric.twins_of(2)] == [
        "The L1 penalty keeps every feature with a small weight."
    ]
    assert (rubric.start_line, rubric.end_line) == (9, 11)
    assert rubric.roles == (ChunkRole.REFERENCE, ChunkRole.KEY_POINTS)


def test_an_unanswered_question_has_no_rubric(question: Question) -> None:
    with pytest.raises(InputError, match="no reference answer"):
        rubric_of(replace(question, reference="", key_points=()))


def test_a_follow_up_is_graded_against_its_own_answer(question: Question) -> None:
    rubric = rubric_of_follow_up(question, 2)
    assert rubric.question == "How do you choose the strength of the penalty?"
    assert rubric.reference == "By cross-validation over a logarithmic grid of values."
    assert [point.text for point in rubric.key_points] == [
        "By cross-validation over a logarithmic grid of values."
    ]
    assert rubric.question_id == question.id
    assert rubric.follow_ups == ()
    assert rubric.roles == (ChunkRole.FOLLOW_UP,)


@pytest.mark.parametrize("number", [0, 3])
def test_a_follow_up_that_is_not_there_is_refused(question: Question, number: int) -> None:
    with pytest.raises(InputError, match=f"no number {number}"):
        rubric_of_follow_up(question, number)


def test_an_own_question_takes_its_points_from_the_reference() -> None:
    text = "Dropout sets random activations to zero.\n\nAt inference it does nothing."
    question = own_question("What is dropout?", text, "notes.md")
    assert question.id == own_question("What is dropout?", text, "elsewhere.md").id
    assert question.id.startswith("own-question-")
    assert question.reference == text
    assert (question.reference_start_line, question.reference_end_line) == (1, 3)
    assert [point.text for point in question.key_points] == [
        "Dropout sets random activations to zero.",
        "At inference it does nothing.",
    ]


@pytest.mark.parametrize(
    ("question", "reference", "message"),
    [("  ", "It is.", "question is empty"), ("Why?", " \n", "reference notes.md is empty")],
)
def test_an_own_question_needs_both_texts(question: str, reference: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        own_question(question, reference, "notes.md")


def test_an_own_reference_may_be_long_but_not_a_book() -> None:
    longest = "It is. " * (LONGEST_OWN_REFERENCE // 7) + "It is."[: LONGEST_OWN_REFERENCE % 7]
    assert own_question("Why?", longest, "notes.md").reference == longest
    with pytest.raises(InputError, match=r"notes\.md has 50,001 characters; the limit is 50,000"):
        own_question("Why?", longest + ".", "notes.md")

"""Questions are chosen by plan and seed, spread over the sections, or refused with advice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from interview_support import DESCENT, REGULARIZATION

from interviewer.errors import SessionError
from interviewer.interview.selection import choose_questions
from interviewer.models import Kind, Level, Question, SessionPlan

SECTIONS = ("ml-fundamentals", "deep-learning", "statistics")
LEVELS = tuple(Level)


def _question(number: int) -> Question:
    return replace(
        DESCENT,
        id=f"question-{number}",
        section=SECTIONS[number % 3],
        level=LEVELS[number % 4],
        kind=Kind.CODING if number % 5 == 0 else Kind.CONCEPT,
    )


QUESTIONS = tuple(_question(number) for number in range(24))


@given(st.integers(), st.integers(1, 24), st.permutations(QUESTIONS))
def test_the_seed_fixes_the_choice_whatever_the_order_of_the_bank(
    seed: int, count: int, shuffled: list[Question]
) -> None:
    plan = SessionPlan(seed=seed, question_count=count)
    chosen = choose_questions(QUESTIONS, plan)
    assert choose_questions(shuffled, plan) == chosen
    assert len({question.id for question in chosen}) == count
    per_section = Counter(question.section for question in chosen)
    counts = [per_section[section] for section in SECTIONS]
    assert max(counts) - min(counts) <= 1
    assert [question.level for question in chosen] == sorted(q.level for q in chosen)


def test_another_seed_chooses_other_questions() -> None:
    choices = {
        choose_questions(QUESTIONS, SessionPlan(seed=seed, question_count=3)) for seed in range(10)
    }
    assert len(choices) > 5


def test_filters_hold_together() -> None:
    plan = SessionPlan(
        sections=("statistics",), levels=(Level.CORE, Level.SENIOR), question_count=20
    )
    chosen = choose_questions(QUESTIONS, plan)
    assert {question.id for question in chosen} == {
        "question-2",
        "question-5",
        "question-14",
        "question-17",
    }


def test_questions_that_were_asked_before_come_after_all_others_of_their_section() -> None:
    asked = {each.id for each in QUESTIONS if each.section == "statistics"} - {"question-2"}
    plan = SessionPlan(sections=("statistics",), question_count=3, seed=5)

    chosen = choose_questions(QUESTIONS, plan, asked=asked)

    assert "question-2" in {each.id for each in chosen}
    assert len(chosen) == 3


def test_named_questions_come_in_the_order_named() -> None:
    plan = SessionPlan(question_ids=("question-7", "question-3"), sections=("statistics",))
    assert [each.id for each in choose_questions(QUESTIONS, plan)] == ["question-7", "question-3"]


def test_questions_without_a_reference_answer_are_not_asked() -> None:
    bare = replace(REGULARIZATION, id="bare", reference="", key_points=())
    assert choose_questions((bare, DESCENT), SessionPlan()) == (DESCENT,)
    with pytest.raises(SessionError, match="'bare' has no reference answer"):
        choose_questions((bare,), SessionPlan(question_ids=("bare",)))


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (
            SessionPlan(sections=("cooking",), levels=(Level.CORE,)),
            "No question fits. Choose other sections, or all of them: then 6 questions would fit.",
        ),
        (
            SessionPlan(sections=("cooking",), kinds=(Kind.REVERSE,)),
            "No question fits. Loosen the sections and the kinds.",
        ),
        (
            SessionPlan(levels=(Level.CORE,), kinds=(Kind.BEHAVIORAL,)),
            "No question fits. Choose other kinds, or all of them: then 6 questions would fit.",
        ),
        (SessionPlan(question_ids=("no-such",)), "There is no question with the id 'no-such'."),
        (SessionPlan(question_count=0), "An interview needs at least one question."),
    ],
)
def test_a_plan_that_fits_nothing_says_what_to_loosen(plan: SessionPlan, message: str) -> None:
    with pytest.raises(SessionError) as refused:
        choose_questions(QUESTIONS, plan)
    assert str(refused.value).startswith(message)


def test_an_empty_bank_says_so() -> None:
    with pytest.raises(SessionError, match="no question with a reference answer"):
        choose_questions((), SessionPlan())

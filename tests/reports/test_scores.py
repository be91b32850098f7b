"""A session's score is the mean of its questions, follow-ups folded in, skipped ones as zero."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from interview_support import (
    DESCENT,
    REGULARIZATION,
    FakeGrader,
    after,
    answer,
    answer_with,
    begin,
)

from interviewer.grading.rubric import rubric_of
from interviewer.interview.events import Continued, Ended, Skipped
from interviewer.models import Exchange, Grade, Mode
from interviewer.reports.scores import (
    Estimate,
    overview,
    question_estimate,
    question_results,
    session_estimate,
)

SOME_GRADE = FakeGrader().grade(rubric_of(DESCENT), answer_with(DESCENT, covered=(1,)))


def graded(score: float, low: float, high: float, follow_up: int = 0) -> Exchange:
    grade: Grade = replace(SOME_GRADE, score=score, interval=(low, high))
    return Exchange(DESCENT, follow_up=follow_up, grades=(grade,))


def test_follow_ups_weigh_a_quarter_and_intervals_combine_as_independent() -> None:
    estimate = question_estimate(
        [graded(80, 70, 84), graded(40, 20, 60, 1), graded(100, 96, 100, 2)]
    )
    below = sqrt(7.5**2 + 2.5**2 + 0.5**2)
    above = sqrt(3.0**2 + 2.5**2)
    assert estimate == Estimate(77.5, (round(77.5 - below, 1), round(77.5 + above, 1)))


def test_a_skipped_follow_up_counts_zero_and_an_open_one_not_at_all() -> None:
    main = graded(80, 80, 80)
    skipped = Exchange(DESCENT, follow_up=1, skipped=True)
    still_open = Exchange(DESCENT, follow_up=1)
    assert question_estimate([main, skipped]) == Estimate(60.0, (60.0, 60.0))
    assert question_estimate([main, still_open]) == Estimate(80, (80, 80))


def test_a_skipped_question_counts_zero_and_an_open_one_not_at_all() -> None:
    session = answer(begin(), answer_with(REGULARIZATION, covered=(1, 2, 3, 4)))
    session = after(session, Continued(1003.0), Skipped(1004.0))
    estimate = session_estimate(question_results(session))
    assert estimate is not None
    assert estimate.score == 75.0
    session = after(session, Skipped(1005.0))
    estimate = session_estimate(question_results(session))
    assert estimate is not None
    assert estimate.score == 37.5


def test_an_interview_without_an_answer_has_no_score() -> None:
    assert session_estimate(question_results(after(begin(), Ended(1001.0)))) is None
    assert overview(begin()).score is None


def test_the_best_attempt_counts() -> None:
    exchange = Exchange(
        DESCENT,
        grades=(
            replace(SOME_GRADE, score=30.0, interval=(20.0, 40.0)),
            replace(SOME_GRADE, score=70.0, interval=(60.0, 80.0)),
            replace(SOME_GRADE, score=50.0, interval=(40.0, 60.0)),
        ),
    )
    assert question_estimate([exchange]) == Estimate(70.0, (60.0, 80.0))


def test_a_line_of_a_list_says_where_the_interview_stands() -> None:
    session = after(begin(Mode.REAL), Skipped(1001.0))
    line = overview(session)
    assert (line.question_number, line.question_count, line.score) == (2, 2, None)
    assert overview(after(session, Ended(1002.0))).score == 0.0


@given(
    st.lists(
        st.tuples(st.floats(0, 100), st.floats(0, 50), st.floats(0, 50)), min_size=1, max_size=4
    )
)
def test_the_interval_holds_the_score_and_stays_in_range(
    answers: list[tuple[float, float, float]],
) -> None:
    exchanges = [
        graded(score, max(0.0, score - below), min(100.0, score + above), number)
        for number, (score, below, above) in enumerate(answers)
    ]
    estimate = question_estimate(exchanges)
    assert estimate is not None
    low, high = estimate.interval
    assert 0 <= low <= estimate.score <= high <= 100


def test_more_questions_narrow_the_interval() -> None:
    one = question_estimate([graded(50, 40, 60)])
    assert one is not None
    session = begin(planned=(REGULARIZATION, DESCENT))
    results = question_results(session)
    four = session_estimate([replace(results[0], estimate=one)] * 4)
    assert four == Estimate(50.0, (45.0, 55.0))


@pytest.mark.parametrize("score", [0.0, 100.0])
def test_an_edge_score_keeps_its_edge(score: float) -> None:
    assert question_estimate([graded(score, score, score)]) == Estimate(score, (score, score))

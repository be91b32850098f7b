"""The summary quotes what was strong, names what cost most, and gives three things to do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interview_support import (
    DESCENT,
    I_DO_NOT_KNOW,
    PATH,
    REGULARIZATION,
    after,
    answer,
    answer_with,
    begin,
    perfect,
)

from interviewer.errors import SessionError
from interviewer.grading.rubric import own_question
from interviewer.interview.events import Continued, Ended, HintAsked, Retried, Skipped
from interviewer.models import Band, Mode, Session, VerdictLabel
from interviewer.reports.next_actions import ActionKind
from interviewer.reports.summary import summarise

POINTS = tuple(point.text for point in REGULARIZATION.key_points)


def mixed_session() -> Session:
    """Two of four points, one of them wrong; a follow-up that is skipped; one hint."""
    session = after(begin(), HintAsked(1000.5))
    session = answer(session, answer_with(REGULARIZATION, covered=(1, 4), contradicted=(2,)))
    return after(session, Continued(1003.0), Skipped(1004.0), Ended(1120.0))


def test_the_summary_adds_up() -> None:
    report = summarise(mixed_session())
    assert report.score == 37.5
    assert report.band is Band.LEAN_NO
    assert (report.asked, report.planned, report.hints_used) == (2, 2, 1)
    assert report.duration_s == 120.0
    assert report.graders == ("fake-1",)


def test_strengths_are_words_of_the_answer() -> None:
    session = mixed_session()
    report = summarise(session)
    given_answer = session.exchanges[0].grades[0].answer
    assert [strength.key_point for strength in report.strengths] == [POINTS[0], POINTS[3]]
    assert all(strength.quote in given_answer for strength in report.strengths)


def test_gaps_come_by_cost_with_contradictions_first_and_cite_the_reference() -> None:
    report = summarise(mixed_session())
    found = [(gap.key_point, gap.verdict, gap.cost) for gap in report.gaps]
    assert found == [
        (POINTS[1], VerdictLabel.CONTRADICTED, 25.0),
        (POINTS[2], VerdictLabel.MISSING, 25.0),
    ]
    assert report.gaps[0].quote == f"Never: {POINTS[1]}"
    citation = report.gaps[0].citation
    assert citation is not None
    assert (citation.path, citation.quote) == (PATH, POINTS[1])


def test_at_most_three_gaps_are_named() -> None:
    session = after(answer(begin(), "Nothing much."), Ended(1005.0))
    assert [gap.key_point for gap in summarise(session).gaps] == list(POINTS[:3])


def test_a_point_made_good_in_a_follow_up_is_no_gap() -> None:
    bare = replace(REGULARIZATION, follow_ups=())
    session = begin(planned=(bare,))
    session = after(answer(session, answer_with(bare, covered=(1, 2, 4))), Continued(1003.0))
    assert [gap.key_point for gap in summarise(session).gaps] == [POINTS[2]]
    session = answer(session, perfect(session.current))
    assert summarise(session).gaps == ()


def test_a_skipped_question_is_all_gap() -> None:
    report = summarise(after(begin(planned=(DESCENT,)), Skipped(1001.0)))
    assert report.score == 0.0
    assert [(gap.key_point, gap.cost) for gap in report.gaps] == [
        (point.text, cost)
        for point, cost in zip(DESCENT.key_points, (50.0, 33.3, 16.7), strict=True)
    ]
    assert all(gap.citation is None for gap in report.gaps)


def test_the_three_next_actions_are_the_weakest_question_a_passage_and_a_section() -> None:
    actions = summarise(mixed_session()).next_actions
    assert [action.kind for action in actions] == [
        ActionKind.ANSWER_AGAIN,
        ActionKind.READ,
        ActionKind.PRACTISE_SECTION,
    ]
    assert actions[0].text == f"Answer “{REGULARIZATION.text}” again; it came to 38 of 100."
    assert actions[0].question_id == REGULARIZATION.id
    lines = REGULARIZATION.key_points[1].start_line
    assert actions[1].text == f"Read regularization.md, line {lines}: {POINTS[1]}"
    assert actions[2].section == "ml-fundamentals"


def test_after_a_perfect_interview_there_are_still_three_things_to_do() -> None:
    bare = replace(REGULARIZATION, follow_ups=())
    session = begin(planned=(bare,))
    session = after(answer(session, perfect(session.current)), Continued(1003.0))
    actions = summarise(session).next_actions
    assert [action.kind for action in actions] == [
        ActionKind.CHANGE_MODE,
        ActionKind.CHANGE_LEVEL,
        ActionKind.SAY_ALOUD,
    ]
    assert actions[1].text == "Go up to level 3, senior."


def test_what_was_not_reached_is_taken_up_next() -> None:
    report = summarise(after(begin(), Ended(1001.0)))
    assert report.score is None
    assert report.band is None
    assert report.next_actions[0].kind is ActionKind.TAKE_UP
    assert "the 2 questions" in report.next_actions[0].text


def test_rows_list_every_exchange_with_its_hints_and_attempts() -> None:
    session = after(begin(), HintAsked(1000.5))
    session = answer(session, I_DO_NOT_KNOW)
    session = answer(after(session, Retried(1003.0)), answer_with(REGULARIZATION, covered=(1, 3)))
    session = after(session, Continued(1006.0), Skipped(1007.0), Ended(1008.0))
    first, second, third = summarise(session).rows
    assert (first.number, first.follow_up, first.score, first.attempts) == (1, 0, 62.5, 2)
    assert first.hints == (f"A hint: {REGULARIZATION.hints[0]}",)
    assert (second.number, second.follow_up, second.skipped) == (1, 1, True)
    assert second.text == REGULARIZATION.follow_ups[0].question
    assert (third.number, third.score, third.skipped, third.grader) == (2, None, False, "")


def test_a_real_interview_has_no_summary_before_its_end() -> None:
    session = answer(begin(Mode.REAL), "Something.")
    with pytest.raises(SessionError, match="comes at its end"):
        summarise(session)
    assert summarise(after(session, Ended(1005.0))).score == 0.0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["skip", I_DO_NOT_KNOW, "Something.", answer_with(REGULARIZATION, covered=(1, 2, 3))]
        ),
        max_size=5,
    )
)
def test_however_it_goes_there_are_exactly_three_different_things_to_do(said: list[str]) -> None:
    session = begin(Mode.REAL)
    for text in said:
        if session.phase == "finished":
            break
        session = after(session, Skipped(1001.0)) if text == "skip" else answer(session, text)
    if session.phase != "finished":
        session = after(session, Ended(1010.0))
    actions = summarise(session).next_actions
    assert len({action.kind for action in actions}) == 3


def test_a_single_answer_keeps_the_band_on_its_card() -> None:
    session = begin(Mode.GRADE_MY_ANSWER, planned=(REGULARIZATION,))
    session = answer(session, answer_with(REGULARIZATION, covered=(2, 3, 4), contradicted=(1,)))
    report = summarise(session)
    assert (report.score, report.band) == (62.5, Band.LEAN_NO)


def test_a_question_of_ones_own_belongs_to_no_section_to_practise() -> None:
    question = own_question("What is a tensor?", "A tensor is a multilinear map.", "notes.md")
    session = answer(begin(Mode.GRADE_MY_ANSWER, planned=(question,)), "Something.")
    kinds = [action.kind for action in summarise(session).next_actions]
    assert kinds == [ActionKind.ANSWER_AGAIN, ActionKind.READ, ActionKind.CHANGE_MODE]

"""A follow-up goes to a contradiction, then to the heaviest gap, then deeper; two at most."""

from __future__ import annotations

from dataclasses import replace

import pytest
from interview_support import (
    DESCENT,
    I_DO_NOT_KNOW,
    OWN,
    OWN_QUESTION,
    REGULARIZATION,
    after,
    answer,
    answer_with,
    begin,
    perfect,
)

from interviewer.errors import EventRefusedError
from interviewer.grading.citations import content_stems
from interviewer.interview.events import Answered, Continued, FollowUpChosen, Retried, Skipped
from interviewer.interview.follow_ups import MOST_CHOICES, model_may_ask
from interviewer.interview.rubrics import rubric_of_exchange
from interviewer.interview.speaking import follow_up_options
from interviewer.models import FollowUp, KeyPoint, Mode, Phase, Question, Session

POINTS = tuple(point.text for point in REGULARIZATION.key_points)
WHY_ZEROS, HOW_STRONG = (each.question for each in REGULARIZATION.follow_ups)


def follow_up(text: str, question: Question = REGULARIZATION) -> Session:
    session = begin(planned=(question, DESCENT))
    return after(answer(session, text), Continued(1003.0))


def test_a_contradiction_comes_before_a_heavier_gap() -> None:
    session = follow_up(answer_with(REGULARIZATION, contradicted=(3,)))
    assert session.current.target == POINTS[2]
    assert session.current.follow_up == 1


def test_the_heaviest_gap_comes_next_and_missing_before_partial() -> None:
    session = follow_up(answer_with(REGULARIZATION, covered=(1,), partial=(2,)))
    assert session.current.target == POINTS[2]


def test_the_written_follow_up_that_fits_the_gap_is_asked() -> None:
    session = follow_up(answer_with(REGULARIZATION, covered=(1, 3)))
    assert session.current.target == POINTS[1]
    assert session.current.text == WHY_ZEROS
    assert session.current.written_follow_up == 1
    assert rubric_of_exchange(session.current).reference == REGULARIZATION.follow_ups[0].answer


def test_a_gap_that_no_written_follow_up_fits_gets_a_probe_graded_on_that_point_alone() -> None:
    session = follow_up(answer_with(REGULARIZATION, covered=(1, 2), partial=(3,)))
    current = session.current
    assert current.written_follow_up == 0
    quote = f"“Half: {POINTS[2].removesuffix('.')}”"
    assert quote in current.text
    rubric = rubric_of_exchange(current)
    assert [point.text for point in rubric.key_points] == [POINTS[2]]
    assert [mistake.text for mistake in rubric.twins_of(1)] == [REGULARIZATION.mistakes[2].text]
    assert rubric.question == current.text
    assert rubric.reference == REGULARIZATION.reference


def test_a_probe_of_a_missing_point_says_nothing_of_it_that_the_question_did_not() -> None:
    bare = replace(REGULARIZATION, follow_ups=())
    for missing in range(1, 5):
        covered = [number for number in range(1, 5) if number != missing]
        session = follow_up(answer_with(bare, covered=covered), bare)
        assert session.current.target == POINTS[missing - 1]
        secret = content_stems(POINTS[missing - 1]) - content_stems(bare.text)
        assert not content_stems(session.current.text) & secret


def test_a_probe_names_what_only_its_point_shares_with_the_question() -> None:
    bare = replace(REGULARIZATION, follow_ups=())
    session = follow_up(answer_with(bare, covered=(1, 2, 4)), bare)
    assert "L2" in session.current.text


def test_a_probe_never_names_a_short_everyday_word() -> None:
    bare = replace(REGULARIZATION, text="What does it do to a loss?", follow_ups=())
    session = follow_up(answer_with(bare, covered=(2, 3, 4)), bare)
    assert session.current.target == POINTS[0]
    assert "loss" not in session.current.text


def test_a_complete_answer_leads_deeper_twice_and_then_on() -> None:
    session = follow_up(answer_with(REGULARIZATION, covered=(1, 2, 3, 4)))
    assert (session.current.text, session.current.target) == (WHY_ZEROS, "")
    session = after(answer(session, perfect(session.current)), Continued(1005.0))
    assert (session.current.text, session.current.follow_up) == (HOW_STRONG, 2)
    session = after(answer(session, perfect(session.current)), Continued(1007.0))
    assert session.current.question == DESCENT


def test_nobody_is_led_deeper_from_a_weak_follow_up_answer() -> None:
    session = follow_up(answer_with(REGULARIZATION, covered=(1, 2, 3, 4)))
    session = after(answer(session, "Something else."), Continued(1005.0))
    assert session.current.question == DESCENT


@pytest.mark.parametrize("how", ["skipped", "not answered"])
def test_after_a_follow_up_without_an_answer_there_is_no_other(how: str) -> None:
    session = follow_up(answer_with(REGULARIZATION, covered=(1,)))
    assert session.current.follow_up == 1
    if how == "skipped":
        session = after(session, Skipped(1005.0))
    else:
        session = after(answer(session, I_DO_NOT_KNOW), Continued(1005.0))
    assert session.current.question == DESCENT


def test_a_point_is_gone_after_only_once() -> None:
    session = follow_up(answer_with(REGULARIZATION, covered=(1,), contradicted=(2,)))
    assert session.current.target == POINTS[1]
    session = after(answer(session, "Something else."), Continued(1005.0))
    assert session.current.target == POINTS[2]


def test_the_best_attempt_decides_the_follow_up() -> None:
    session = answer(begin(), answer_with(REGULARIZATION, covered=(1, 2, 4)))
    session = answer(after(session, Retried(1003.0)), answer_with(REGULARIZATION, covered=(3,)))
    assert after(session, Continued(1006.0)).current.target == POINTS[2]


def test_a_written_follow_up_without_an_answer_is_not_asked() -> None:
    question = replace(REGULARIZATION, follow_ups=(FollowUp("And then?", "  "),))
    session = follow_up(answer_with(question, covered=(1, 2, 3, 4)), question)
    assert session.current.question == DESCENT


def test_a_question_with_one_key_point_probes_without_naming_anything() -> None:
    question = replace(
        DESCENT, key_points=(KeyPoint("Gradient descent goes downhill.", 2),), follow_ups=()
    )
    session = follow_up("A method.", question)
    assert session.current.text.endswith("?")
    assert "downhill" not in session.current.text


def test_a_real_interview_follows_up_at_once() -> None:
    session = begin(Mode.REAL)
    session = answer(session, answer_with(REGULARIZATION, covered=(1, 3)))
    assert session.current.text == WHY_ZEROS


def test_gaps_are_offered_heaviest_first_and_the_first_is_asked() -> None:
    session = answer(begin(Mode.REAL), "Let me think.")
    asked = session.current.text
    options = follow_up_options(session)
    assert options[0].text == asked
    assert 2 <= len(options) <= MOST_CHOICES
    assert len({option.text for option in options}) == len(options)
    weights = {point.text: point.weight for point in REGULARIZATION.key_points}
    heaviness = [weights[option.target] for option in options]
    assert heaviness == sorted(heaviness, reverse=True)


def test_a_contradiction_leaves_nothing_else_to_choose() -> None:
    session = answer(begin(Mode.REAL), answer_with(REGULARIZATION, contradicted=(4,)))
    (only,) = follow_up_options(session)
    assert only.target == REGULARIZATION.key_points[3].text
    assert only.text == session.current.text


def test_a_chosen_follow_up_takes_the_place_of_the_first_with_its_own_yardstick() -> None:
    session = answer(begin(Mode.REAL), "Let me think.")
    second = follow_up_options(session)[1]
    chosen = after(session, FollowUpChosen(2, "local:toy", "0" * 12, 1003.0))
    turn = chosen.current.turns[-1]
    assert (turn.text, turn.by, turn.prompt_hash) == (second.text, "local:toy", "0" * 12)
    assert chosen.current.text == second.text
    assert chosen.current.target == second.target
    points = [point.text for point in rubric_of_exchange(chosen.current).key_points]
    assert points == [second.target] or chosen.current.written_follow_up
    assert follow_up_options(chosen) == ()


@pytest.mark.parametrize("number", [0, 9])
def test_a_follow_up_that_is_not_on_the_list_is_refused(number: int) -> None:
    session = answer(begin(Mode.REAL), "Let me think.")
    with pytest.raises(EventRefusedError, match="no follow-up to choose"):
        after(session, FollowUpChosen(number, "local:toy", "0" * 12, 1003.0))


def test_after_an_answer_nothing_is_chosen_any_more() -> None:
    session = answer(begin(Mode.REAL), "Let me think.")
    waiting = after(session, Answered("Hm.", 1004.0))
    with pytest.raises(EventRefusedError, match="no follow-up to choose"):
        after(waiting, FollowUpChosen(1, "local:toy", "0" * 12, 1005.0))


def test_a_models_own_question_takes_the_place_of_a_follow_up_that_it_declined() -> None:
    session = answer(begin(Mode.REAL), answer_with(REGULARIZATION, covered=(1,)))
    event = FollowUpChosen(0, "local:toy", "1" * 12, 1003.0, model_follow_up=OWN)
    current = after(session, event).current
    assert (current.text, current.target) == (OWN_QUESTION, OWN.key_point)
    assert (current.turns[-1].by, current.turns[-1].prompt_hash) == ("local:toy", "1" * 12)
    (point,) = rubric_of_exchange(current).key_points
    assert point.text == OWN.key_point


def test_after_a_contradiction_a_models_own_question_is_refused() -> None:
    session = answer(begin(Mode.REAL), answer_with(REGULARIZATION, contradicted=(2,)))
    event = FollowUpChosen(0, "local:toy", "1" * 12, 1003.0, model_follow_up=OWN)
    with pytest.raises(EventRefusedError, match="no follow-up to choose"):
        after(session, event)


def test_a_models_own_question_waits_until_the_bank_has_none_left() -> None:
    some = answer(begin(), answer_with(REGULARIZATION, covered=(1, 3)))
    assert after(some, Continued(1003.0, model_follow_up=OWN)).current.text == WHY_ZEROS
    bare = replace(REGULARIZATION, follow_ups=())
    every = answer_with(REGULARIZATION, covered=(1, 2, 3, 4))
    done = answer(begin(planned=(bare,)), every)
    assert after(done, Continued(1003.0)).phase is Phase.FINISHED
    asked = after(done, Continued(1003.0, model_follow_up=OWN))
    assert (asked.phase, asked.current.model_follow_up) == (Phase.ANSWERING, OWN)


def test_a_weak_answer_with_nothing_left_to_go_after_gets_no_question_of_a_models_own() -> None:
    single = replace(REGULARIZATION, key_points=REGULARIZATION.key_points[:1], follow_ups=())
    session = after(answer(begin(planned=(single,)), "Let me think."), Continued(1003.0))
    session = answer(session, "It is about weights.", at=1004.0)
    assert not model_may_ask(session)
    assert after(session, Continued(1006.0, model_follow_up=OWN)).phase is Phase.FINISHED


def test_one_answer_that_is_graded_gets_no_question_of_a_models_own() -> None:
    session = answer(begin(Mode.GRADE_MY_ANSWER), answer_with(REGULARIZATION, covered=(1,)))
    assert not model_may_ask(session)


def test_a_choice_that_failed_leaves_the_first_and_says_why() -> None:
    session = answer(begin(Mode.REAL), "Let me think.")
    event = FollowUpChosen(1, "local:toy", "0" * 12, 1003.0, notice="It was too slow.")
    turn = after(session, event).current.turns[-1]
    assert (turn.text, turn.by, turn.notice) == (session.current.text, "", "It was too slow.")

"""An interview takes legal events, refuses the others, and replays to the same session."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interview_support import (
    DESCENT,
    I_DO_NOT_KNOW,
    REGULARIZATION,
    FakeGrader,
    after,
    answer,
    answer_with,
    begin,
    perfect,
    started,
)
from pydantic import TypeAdapter

from interviewer.errors import EventRefusedError
from interviewer.interview.actions import Action, allowed_actions, grades_visible
from interviewer.interview.events import (
    Answered,
    ClarificationAsked,
    Continued,
    Ended,
    Event,
    FollowUpChosen,
    Graded,
    HintAsked,
    Retried,
    Skipped,
    Spent,
    TimedOut,
    Worded,
)
from interviewer.interview.machine import Finish, RequestGrade, Say, replay, step
from interviewer.interview.rubrics import rubric_of_exchange
from interviewer.models import (
    NOT_WAITED,
    Mode,
    Phase,
    Session,
    Speaker,
    TurnKind,
    Usage,
    Waited,
)

EVENTS_OF = {
    Action.ANSWER: lambda at: Answered("Surely: " + REGULARIZATION.key_points[0].text, at),
    Action.HINT: HintAsked,
    Action.CLARIFY: lambda at: ClarificationAsked("What do you mean?", at),
    Action.SKIP: Skipped,
    Action.RETRY: Retried,
    Action.CONTINUE: Continued,
    Action.END: Ended,
}


def turns(session: Session, *kinds: TurnKind) -> list[str]:
    return [
        turn.text
        for exchange in session.exchanges
        for turn in exchange.turns
        if not kinds or turn.kind in kinds
    ]


def test_an_interview_opens_with_a_greeting_and_the_first_question() -> None:
    taken = step(None, started())
    assert taken.session.phase is Phase.ANSWERING
    assert taken.session.current.question == REGULARIZATION
    said = [effect.turn.kind for effect in taken.effects if isinstance(effect, Say)]
    assert said == [TurnKind.GREETING, TurnKind.QUESTION]
    assert "There are 2 questions." in turns(taken.session)[0]


def test_an_answer_asks_for_a_grade_and_a_grade_opens_the_review() -> None:
    waiting = step(begin(), Answered("Weights.", 1001.0))
    request = RequestGrade.of(waiting.session)
    assert waiting.session.phase is Phase.GRADING
    assert waiting.effects == (request,)
    assert request is not None
    assert (request.exchange_number, request.attempt, request.answer) == (1, 1, "Weights.")
    grade = FakeGrader().grade(rubric_of_exchange(request.exchange), "Weights.")
    reviewed = step(waiting.session, Graded(grade, 1002.0))
    assert reviewed.session.phase is Phase.REVIEWING
    assert reviewed.session.current.best == grade
    assert [type(effect) for effect in reviewed.effects] == [Say]


def test_going_on_without_a_gap_and_without_follow_ups_leads_to_the_next_question() -> None:
    plain = replace(REGULARIZATION, follow_ups=())
    session = begin(planned=(plain, DESCENT))
    session = after(answer(session, perfect(session.current)), Continued(1003.0))
    assert session.current.question == DESCENT
    assert session.question_number == 2
    assert session.current.turns[0].text.endswith("Question 2 of 2.")


def test_the_last_question_ends_in_a_closing_and_finish() -> None:
    session = begin(planned=(DESCENT,))
    taken = step(session, Skipped(1001.0))
    assert taken.session.phase is Phase.FINISHED
    assert taken.session.current.skipped
    assert isinstance(taken.effects[-1], Finish)
    assert taken.session.current.turns[-1].kind is TurnKind.CLOSING


def test_a_retry_keeps_the_best_score() -> None:
    session = answer(begin(), answer_with(REGULARIZATION, covered=(1, 2)))
    session = answer(after(session, Retried(1003.0)), answer_with(REGULARIZATION, covered=(4,)))
    scores = [grade.score for grade in session.current.grades]
    assert scores == [62.5, 12.5]
    assert session.current.best == session.current.grades[0]


def test_a_skip_after_a_graded_attempt_keeps_the_grade() -> None:
    session = answer(begin(), answer_with(REGULARIZATION, covered=(1,)))
    session = after(session, Retried(1003.0), Skipped(1004.0))
    assert not session.exchanges[0].skipped
    assert session.current.question == DESCENT


def test_an_answer_that_waits_for_its_grade_can_be_taken_back_in_practice() -> None:
    session = after(begin(), Answered("Hm.", 1001.0), Retried(1002.0))
    assert session.phase is Phase.ANSWERING
    assert session.pending_answer == ""
    assert RequestGrade.of(after(session, Answered("Hm.", 1003.0))).attempt == 2  # type: ignore[union-attr]


def test_hints_come_in_order_are_counted_and_run_out() -> None:
    session = after(begin(), HintAsked(1001.0))
    assert turns(session, TurnKind.HINT) == [f"A hint: {REGULARIZATION.hints[0]}"]
    session = after(session, HintAsked(1002.0))
    assert turns(session, TurnKind.HINT)[1] == f"The last hint I have: {REGULARIZATION.hints[1]}"
    assert session.current.hints_used == 2
    with pytest.raises(EventRefusedError, match=r"no hint left for this question\. You can answer"):
        step(session, HintAsked(1003.0))


def test_a_question_without_hints_says_so() -> None:
    session = begin(planned=(replace(DESCENT, hints=()),))
    with pytest.raises(EventRefusedError, match=r"There is no hint for this question\. You can"):
        step(session, HintAsked(1001.0))


def test_a_non_answer_gets_the_offer_of_a_hint_and_no_follow_up() -> None:
    session = answer(begin(), I_DO_NOT_KNOW)
    comment = session.current.turns[-1].text
    assert "A hint may help before you try again." in comment
    assert after(session, Continued(1003.0)).current.question == DESCENT


def test_a_non_answer_with_no_hint_left_gets_no_offer() -> None:
    session = answer(after(begin(), HintAsked(1.0), HintAsked(2.0)), I_DO_NOT_KNOW)
    assert "hint" not in session.current.turns[-1].text


@pytest.mark.parametrize("blank", ["", " \n\t", "\u200b\u2060"])
def test_a_blank_answer_is_refused(blank: str) -> None:
    with pytest.raises(EventRefusedError, match=r"nothing in this answer yet\. You can answer"):
        step(begin(), Answered(blank, 1001.0))


def test_a_real_interview_goes_straight_on_and_shows_no_grade() -> None:
    session = begin(Mode.REAL, planned=(replace(REGULARIZATION, follow_ups=()), DESCENT))
    assert not grades_visible(session)
    session = answer(session, perfect(session.current))
    assert session.phase is Phase.ANSWERING
    assert session.current.question == DESCENT
    session = after(session, Ended(1003.0))
    assert grades_visible(session)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (HintAsked(1001.0), "A real interview has no hints."),
        (Retried(1001.0), "An answer in a real interview stands as it was given."),
    ],
)
def test_a_real_interview_refuses(event: Event, reason: str) -> None:
    with pytest.raises(EventRefusedError) as refused:
        step(begin(Mode.REAL), event)
    assert str(refused.value) == (
        f"{reason} You can answer, ask what the question means, skip or end the interview now."
    )


def test_grade_my_answer_has_one_question_and_nothing_after_it() -> None:
    session = begin(Mode.GRADE_MY_ANSWER, planned=(REGULARIZATION,))
    session = answer(session, answer_with(REGULARIZATION, covered=(1,)))
    assert session.phase is Phase.REVIEWING
    assert allowed_actions(session) == (Action.RETRY, Action.END)
    with pytest.raises(EventRefusedError, match="answer it again or end the interview now"):
        step(session, Continued(1003.0))


def test_time_that_is_up_finishes_the_interview() -> None:
    session = begin(Mode.REAL, time_limit_s=600.0)
    with pytest.raises(EventRefusedError, match="There is time left"):
        step(session, TimedOut(1599.0))
    finished = after(session, TimedOut(1600.0))
    assert finished.phase is Phase.FINISHED
    assert finished.timed_out
    with pytest.raises(EventRefusedError, match="time of this interview is up"):
        step(finished, Answered("Too late.", 1601.0))


def test_no_time_runs_out_where_there_is_no_timer() -> None:
    with pytest.raises(EventRefusedError, match="No time is running"):
        step(begin(), TimedOut(9999.0))


@pytest.mark.parametrize("ending", [TimedOut(1600.0), Ended(1500.0)])
def test_an_answer_handed_in_before_the_end_still_counts(ending: Event) -> None:
    session = after(begin(Mode.REAL, time_limit_s=600.0), Answered("Weights.", 1400.0), ending)
    request = RequestGrade.of(session)
    assert session.phase is Phase.FINISHED
    assert request is not None
    grade = FakeGrader().grade(rubric_of_exchange(request.exchange), request.answer)
    counted = after(session, Graded(grade, 1700.0))
    assert counted.phase is Phase.FINISHED
    assert counted.current.best == grade
    with pytest.raises(EventRefusedError, match="no answer that waits"):
        step(counted, Graded(grade, 1701.0))


def test_the_refusal_says_what_can_be_done_now() -> None:
    session = after(begin(), Answered("Hm.", 1001.0))
    with pytest.raises(EventRefusedError) as refused:
        step(session, Answered("Hm.", 1002.0))
    assert str(refused.value) == (
        "The answer is saved and waits for its grade. "
        "You can answer it again, skip or end the interview now."
    )


def test_nothing_begins_without_a_start_or_without_questions() -> None:
    with pytest.raises(EventRefusedError, match="Start one first"):
        step(None, Skipped(1.0))
    with pytest.raises(EventRefusedError, match="Start one first"):
        replay([])
    with pytest.raises(EventRefusedError, match="at least one question"):
        step(None, started(planned=()))
    with pytest.raises(EventRefusedError, match="has begun already"):
        step(begin(), started())


def _next_events(session: Session, at: float) -> list[Event]:
    """Every kind of event that the session takes now."""
    events = [EVENTS_OF[action](at) for action in allowed_actions(session)]
    request = RequestGrade.of(session)
    if request is not None:
        grade = FakeGrader().grade(rubric_of_exchange(request.exchange), request.answer)
        events += [Graded(grade, at)] * 3
    limit = session.plan.time_limit_s
    if limit is not None and at >= session.started_at + limit and allowed_actions(session):
        events.append(TimedOut(at))
    return events


ANSWERS = st.sampled_from(
    [
        I_DO_NOT_KNOW,
        answer_with(REGULARIZATION, covered=(1, 2, 3, 4)),
        answer_with(REGULARIZATION, covered=(1,), contradicted=(2,)),
        answer_with(REGULARIZATION, partial=(1, 3)),
        answer_with(DESCENT, covered=(1, 2), partial=(3,)),
    ]
)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), mode=st.sampled_from([Mode.PRACTICE, Mode.REAL]), timed=st.booleans())
def test_the_same_events_replay_to_the_same_session(
    data: st.DataObject, mode: Mode, timed: bool
) -> None:
    events: list[Event] = [started(mode, time_limit_s=12.0 if timed else None)]
    session = step(None, events[0]).session
    for tick in range(data.draw(st.integers(1, 25))):
        possible = _next_events(session, 1001.0 + tick)
        if not possible:
            break
        event = data.draw(st.sampled_from(possible))
        if isinstance(event, Answered):
            event = Answered(data.draw(ANSWERS), event.at)
        events.append(event)
        session = step(session, event).session
        _hold_invariants(session)
    assert replay(events) == session
    assert session.event_count == len(events)
    adapter = TypeAdapter(Session)
    assert adapter.validate_json(adapter.dump_json(session)) == session


def _hold_invariants(session: Session) -> None:
    asked = [
        turn
        for turn in session.current.turns
        if turn.kind in {TurnKind.QUESTION, TurnKind.FOLLOW_UP}
    ]
    assert len(asked) == 1
    assert asked[0].text == session.current.text
    assert session.question_number <= len(session.planned)
    assert all(exchange.follow_up <= 2 for exchange in session.exchanges)
    assert bool(session.pending_answer) == (session.phase is Phase.GRADING) or (
        session.phase is Phase.FINISHED
    )
    for exchange in session.exchanges[:-1]:
        assert exchange.skipped or exchange.grades


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_every_event_is_either_taken_or_refused_with_a_sentence(data: st.DataObject) -> None:
    session = begin(data.draw(st.sampled_from(list(Mode))), planned=(REGULARIZATION, DESCENT))
    grade = FakeGrader().grade(rubric_of_exchange(session.current), "Surely: nothing")
    every = [make(1001.0) for make in EVENTS_OF.values()]
    every += [Graded(grade, 1001.0), TimedOut(1001.0), started()]
    every += [FollowUpChosen(1, "toy", "0" * 12, 1001.0), Worded(1, "Hi.", "toy", "0", 1001.0)]
    every += [Graded(grade, 1001.0, notice="It is down."), Spent(Usage(1), 1001.0)]
    refusals = []
    for _ in range(data.draw(st.integers(1, 15))):
        event = data.draw(st.sampled_from(every))
        try:
            session = step(session, event).session
        except EventRefusedError as refused:
            refusals.append(str(refused))
    assert all(refusal.endswith((" now.", "summary of this one.")) for refusal in refusals)


def test_only_questions_of_the_interviewer_end_in_a_question_mark() -> None:
    for mode in (Mode.PRACTICE, Mode.REAL):
        for number in range(12):
            session = begin(mode, session_id=f"session-{number}")
            session = answer(session, answer_with(REGULARIZATION, covered=(1,), contradicted=(2,)))
            session = after(session, Ended(1005.0))
            said = [turn for exchange in session.exchanges for turn in exchange.turns]
            for turn in said:
                if turn.speaker is Speaker.INTERVIEWER and turn.kind not in {
                    TurnKind.QUESTION,
                    TurnKind.FOLLOW_UP,
                }:
                    assert "?" not in turn.text


def test_worded_turns_keep_the_question_and_name_their_model_and_prompt() -> None:
    session = after(begin(), Worded(1, "Hello. Tell me this.", "local:toy", "abc", 1001.0))
    greeting, question = session.current.turns
    assert (greeting.text, greeting.by) == ("Hello. Tell me this.", "local:toy")
    assert greeting.prompt_hash == "abc"
    assert question == begin().current.turns[1]
    assert session.current.text == REGULARIZATION.text


def test_words_that_a_model_could_not_give_leave_the_banks_with_a_notice() -> None:
    event = Worded(1, "", "local:toy", "abc", 1001.0, notice="It was too slow.")
    greeting = after(begin(), event).current.turns[0]
    assert greeting.text == begin().current.turns[0].text
    assert (greeting.by, greeting.notice) == ("", "It was too slow.")


@pytest.mark.parametrize("turn", [0, 2, 3, 99])
def test_only_the_turn_that_waits_for_words_is_worded(turn: int) -> None:
    with pytest.raises(EventRefusedError, match="nothing to put in other words"):
        after(begin(), Worded(turn, "Hello.", "local:toy", "abc", 1001.0))


def test_a_turn_is_worded_once_and_not_after_the_answer() -> None:
    event = Worded(1, "Hello.", "local:toy", "abc", 1001.0)
    for session in (after(begin(), event), after(begin(), Answered("Hm.", 1001.0))):
        with pytest.raises(EventRefusedError, match="nothing to put in other words"):
            after(session, event)


def test_a_clarification_of_a_later_question_is_worded_where_it_stands() -> None:
    session = after(begin(), Skipped(1001.0), ClarificationAsked("What?", 1002.0))
    number = len(turns(session))
    worded = after(session, Worded(number, "It is just that.", "local:toy", "abc", 1003.0))
    assert turns(worded)[:-1] == turns(session)[:-1]
    assert turns(worded)[-1] == "It is just that."


def test_wordings_count_since_the_candidate_did_something() -> None:
    session = after(begin(), Worded(1, "Hello.", "local:toy", "abc", 1001.0))
    assert (session.wordings, session.event_count) == (1, 2)
    assert after(session, HintAsked(1002.0)).wordings == 0


@pytest.mark.parametrize("ended", [False, True], ids=["under way", "finished"])
def test_what_is_spent_in_vain_is_counted_and_changes_nothing_else(ended: bool) -> None:
    session = after(begin(), *([Ended(1001.0)] if ended else []))
    spent = after(session, Spent(Usage(5, 1), 1002.0))
    assert spent == replace(
        session,
        usage=Usage(5, 1),
        event_count=session.event_count + 1,
        wordings=session.wordings + 1,
    )


WAITED = Waited(20.0, "It is down.")


def test_a_turn_waits_until_the_candidate_does_something() -> None:
    session = after(begin(Mode.REAL), EVENTS_OF[Action.ANSWER](1001.0))
    grade = FakeGrader().grade(rubric_of_exchange(session.current), session.pending_answer)
    graded = after(session, Graded(grade, 1002.0, waited=WAITED))
    assert graded.waited == WAITED
    number = len(turns(graded)) - 1
    worded = after(graded, Worded(number, "", "toy", "0", 1003.0), Spent(Usage(1), 1003.0))
    assert worded.waited == WAITED
    assert after(worded, Skipped(1004.0)).waited == NOT_WAITED


@pytest.mark.parametrize("ended", [False, True], ids=["goes on", "was ended meanwhile"])
def test_why_a_model_asks_nothing_of_its_own_is_noted_on_what_comes_next(ended: bool) -> None:
    session = after(begin(Mode.REAL), EVENTS_OF[Action.ANSWER](1001.0))
    grade = FakeGrader().grade(rubric_of_exchange(session.current), session.pending_answer)
    session = after(session, *([Ended(1001.5)] if ended else []))
    noted = after(session, Graded(grade, 1002.0, notice="It has none.", prompt_hash="0" * 12))
    last = noted.current.turns[-1]
    told = ("", "") if ended else ("It has none.", "0" * 12)
    assert (last.notice, last.prompt_hash) == told

"""The checker of transcripts finds every broken rule, and nothing in what the bank itself says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from interview_support import (
    DESCENT,
    REGULARIZATION,
    after,
    answer,
    answer_with,
    begin,
    perfect,
)

from interviewer.config import CHECKOUT_DIR
from interviewer.interview.events import (
    ClarificationAsked,
    Continued,
    Ended,
    HintAsked,
    Retried,
    Skipped,
    TimedOut,
)
from interviewer.interview.transcript import (
    MOST_CHARACTERS,
    Rule,
    Scene,
    _machinery,
    gives_away,
    transcript_faults,
    utterance_fault,
    words_fault,
)
from interviewer.knowledge.bank import load_bank
from interviewer.models import Mode, Phase, Session, Speaker, Turn, TurnKind

POINTS = tuple(point.text for point in REGULARIZATION.key_points)
SCENE = Scene(asked=REGULARIZATION.text, points=POINTS)
ASKED = "What does regularization do, and when would you choose L1 over L2?"


def broken(said: str, scene: Scene = SCENE) -> Rule | None:
    fault = utterance_fault(scene, said)
    return fault and fault.rule


@pytest.mark.parametrize(
    "said",
    [
        ASKED,
        f"Thank you. Let's turn to something else. {ASKED}",
        "I would like to hear about regularization: what does it do? Say when you choose L1 or L2.",
        "Tell me what regularization does, and when you would choose L1 over L2.",
    ],
)
def test_words_that_only_ask_break_no_rule(said: str) -> None:
    assert broken(said) is None


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        (f"Good answer. {ASKED}", Rule.NO_PRAISE),
        (f"Exactly! {ASKED}", Rule.NO_PRAISE),
        (f"That's right. {ASKED}", Rule.NO_PRAISE),
        (f"Great, thanks. {ASKED}", Rule.NO_PRAISE),
        (f"I like how you put that. {ASKED}", Rule.NO_PRAISE),
        (f"That was a very clear explanation. {ASKED}", Rule.NO_PRAISE),
        (f"You missed something there. {ASKED}", Rule.NO_PRAISE),
        (f"That's not quite right. {ASKED}", Rule.NO_PRAISE),
        (f"{ASKED} And which do you prefer?", Rule.ONE_QUESTION),
        (f"{ASKED} Ready?", Rule.ONE_QUESTION),
        (f"{ASKED} Think of how it adds a penalty to the loss.", Rule.NO_POINT),
        (f"One of them drives weights to zero. {ASKED}", Rule.NO_POINT),
        (f"Remember the trade of bias for variance. {ASKED}", Rule.NO_POINT),
        (f"The rubric has four lines. {ASKED}", Rule.ON_TOPIC),
        (f"In the reference the first is for variance. {ASKED}", Rule.ON_TOPIC),
        (f"From my notes, one of the two is preferred. {ASKED}", Rule.ON_TOPIC),
        (f"As an AI I cannot see you. {ASKED}", Rule.ON_TOPIC),
        (f"See https://example.org/ first. {ASKED}", Rule.ON_TOPIC),
        (f"![x](y) {ASKED}", Rule.ON_TOPIC),
        ("What is your favourite film?", Rule.ON_TOPIC),
        ("Let's begin.", Rule.ON_TOPIC),
        (ASKED.rstrip("?") + " please" * MOST_CHARACTERS, Rule.ON_TOPIC),
    ],
)
def test_words_that_break_a_rule_are_found(said: str, rule: Rule) -> None:
    assert broken(said) is rule


def test_a_rule_is_broken_as_soon_as_the_words_are_said() -> None:
    assert words_fault(SCENE, "Well done.") is not None
    assert words_fault(SCENE, "Thank you.") is None
    assert broken("Thank you.") is Rule.ON_TOPIC


def test_the_words_of_a_question_are_no_praise_and_no_machinery() -> None:
    asked = "Why is a good start, and a language model, no model answer to everything?"
    assert broken(asked, Scene(asked=asked, points=())) is None
    assert broken(f"Good start. {asked}", Scene(asked="Why?", points=())) is Rule.NO_PRAISE


def test_a_model_of_reference_is_no_machinery() -> None:
    asked = "How far may a policy stray from the reference policy, and from the source domain?"
    scene = Scene(asked="How far may a policy stray from its reference in a domain?", points=())
    assert _machinery(scene, asked) is None
    assert _machinery(scene, "From the reference, how far may it stray?") is not None


def test_a_question_of_two_parts_may_be_asked_in_two() -> None:
    scene = Scene(asked="What is a loss? Why is it averaged?", points=())
    assert broken("What is a loss? And why is it averaged?", scene) is None
    assert broken("What is a loss? Why is it averaged? Is it?", scene) is Rule.ONE_QUESTION


def test_what_was_said_aloud_may_be_said_again() -> None:
    said = f"You spoke of the penalty on the weights in the loss. {ASKED}"
    assert broken(said) is Rule.NO_POINT
    heard = "It adds a penalty on the size of the weights to the loss."
    assert broken(said, replace(SCENE, known=heard)) is None


def test_a_clarification_may_not_hold_one_long_word_of_a_point() -> None:
    scene = Scene(
        asked="What is a mini-batch for?",
        points=("Stochastic gradient descent estimates the gradient on it.",),
        clarifies=True,
    )
    assert broken("A mini-batch, as in stochastic methods.", scene) is Rule.NO_POINT
    assert broken("Say what you use a mini-batch for.", scene) is None
    assert broken("I cannot say more.", scene) is Rule.ON_TOPIC


def test_a_clarification_does_not_say_yes_to_a_point() -> None:
    scene = replace(SCENE, clarifies=True, request="Is it that L1 drives weights to zero?")
    assert broken("Yes, regularization, L1 and L2 are meant.", scene) is Rule.NO_POINT
    assert broken("Say what regularization does, and when you choose L1 or L2.", scene) is None
    harmless = replace(scene, request="Do you mean L1 and L2 regularization?")
    assert broken("Yes, regularization, L1 and L2 are meant.", harmless) is None


def _answers(*texts: str) -> Callable[[Session], Session]:
    def run(session: Session) -> Session:
        for text in texts:
            session = answer(session, text)
            if session.phase is Phase.REVIEWING:
                session = after(session, Continued(1003.0))
        return after(session, Ended(1004.0))

    return run


def _everything(session: Session) -> Session:
    """Hint, clarifications, a retry, a skip and a perfect answer."""
    session = after(session, ClarificationAsked("?", 1001.0), ClarificationAsked("?", 1001.0))
    session = answer(session, answer_with(REGULARIZATION, covered=(1, 3), contradicted=(2,)))
    session = after(session, Retried(1003.0), HintAsked(1003.0))
    session = answer(session, answer_with(REGULARIZATION, covered=(1,), partial=(4,)))
    session = after(session, Continued(1003.0), Skipped(1003.0))
    return after(answer(session, perfect(session.current)), Ended(1010.0))


@pytest.mark.parametrize("mode", [Mode.PRACTICE, Mode.REAL])
@pytest.mark.parametrize(
    "run",
    [
        _answers("Let me think.", "I don't know."),
        _answers(answer_with(REGULARIZATION, covered=(1, 2, 3, 4)), "A corner.", "A grid."),
        _answers(answer_with(REGULARIZATION, contradicted=(1, 2)), "No.", "No."),
        _answers(answer_with(REGULARIZATION, partial=(1, 2, 3, 4)), "Hm.", "Hm."),
    ],
)
def test_the_banks_own_interviews_break_no_rule(
    mode: Mode, run: Callable[[Session], Session]
) -> None:
    assert transcript_faults(run(begin(mode))) == ()


def test_practice_with_everything_in_it_breaks_no_rule() -> None:
    assert transcript_faults(_everything(begin())) == ()


def test_an_interview_that_ran_out_of_time_breaks_no_rule() -> None:
    session = begin(Mode.REAL, time_limit_s=60.0)
    session = after(answer(session, "Let me think."), TimedOut(1060.0))
    assert transcript_faults(session) == ()


def _with_turn(session: Session, kind: TurnKind, text: str, **options: object) -> Session:
    """Put the interviewer's words at the end of what was said."""
    values = {"at": 1001.0, **options}
    turn = Turn(Speaker.INTERVIEWER, kind, text, **values)  # type: ignore[arg-type]
    current = replace(session.current, turns=(*session.current.turns, turn))
    return replace(session, exchanges=(*session.exchanges[:-1], current))


@pytest.mark.parametrize(
    ("kind", "text", "options", "rule"),
    [
        (TurnKind.QUESTION, REGULARIZATION.text, {}, Rule.ONE_QUESTION),
        (TurnKind.ACKNOWLEDGEMENT, "Excellent.", {}, Rule.NO_PRAISE),
        (TurnKind.ACKNOWLEDGEMENT, f"Excellent. {ASKED}", {"by": "toy"}, Rule.NO_PRAISE),
        (TurnKind.ACKNOWLEDGEMENT, f"The rubric. {ASKED}", {"by": "toy"}, Rule.ON_TOPIC),
        (TurnKind.ACKNOWLEDGEMENT, "Who are you?", {"by": "toy"}, Rule.ON_TOPIC),
        (TurnKind.CLARIFICATION, f"So: {POINTS[1]}", {}, Rule.NO_POINT),
        (TurnKind.ACKNOWLEDGEMENT, "Thank you.", {"at": 1060.0}, Rule.ON_TIME),
    ],
)
def test_each_rule_is_found_broken_in_a_transcript(
    kind: TurnKind, text: str, options: dict[str, object], rule: Rule
) -> None:
    session = _with_turn(begin(Mode.REAL, time_limit_s=60.0), kind, text, **options)
    (fault,) = transcript_faults(session)
    assert (fault.rule, fault.turn) == (rule, 3)


def test_another_question_than_the_one_that_is_graded_is_found() -> None:
    session = begin()
    turns = (session.current.turns[0], replace(session.current.turns[1], text=DESCENT.text))
    changed = replace(session, exchanges=(replace(session.current, turns=turns),))
    assert [fault.rule for fault in transcript_faults(changed)] == [Rule.ON_TOPIC]


def test_words_after_the_end_and_an_end_without_words_are_found() -> None:
    ended = after(begin(), Ended(1002.0))
    talking = _with_turn(ended, TurnKind.ACKNOWLEDGEMENT, "One more thing.")
    assert [fault.rule for fault in transcript_faults(talking)] == [Rule.ON_TIME]
    silent = replace(begin(), phase=Phase.FINISHED)
    assert [fault.rule for fault in transcript_faults(silent)] == [Rule.ON_TIME]


def test_a_model_may_not_praise_in_practice_either_where_the_bank_may() -> None:
    praised = _with_turn(begin(), TurnKind.ACKNOWLEDGEMENT, f"Excellent. {ASKED}")
    assert transcript_faults(praised) == ()
    by_model = _with_turn(begin(), TurnKind.ACKNOWLEDGEMENT, f"Excellent. {ASKED}", by="toy")
    assert [fault.rule for fault in transcript_faults(by_model)] == [Rule.NO_PRAISE]


def test_key_points_of_the_whole_bank_are_found_and_its_questions_pass() -> None:
    found, halves, count = 0, 0, 0
    for question in load_bank(CHECKOUT_DIR / "knowledge").questions:
        points = tuple(point.text for point in question.key_points)
        scene = Scene(asked=question.text, points=points)
        assert utterance_fault(scene, f"Thank you. Let's move on. {question.text}") is None
        for point in points:
            half = point.split()[: len(point.split()) // 2]
            count += 1
            found += gives_away(scene, point)
            halves += gives_away(scene, " ".join(half))
    assert count > 3000
    assert found / count > 0.99
    assert halves / count > 0.9

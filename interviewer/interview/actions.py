"""What a candidate can do now, and the sentence that refuses everything else."""

from __future__ import annotations

from enum import StrEnum

from interviewer.errors import EventRefusedError
from interviewer.models import Mode, Phase, Session


class Action(StrEnum):
    """Something that the candidate can do; the value completes "You can …"."""

    ANSWER = "answer"
    HINT = "ask for a hint"
    CLARIFY = "ask what the question means"
    SKIP = "skip"
    RETRY = "answer it again"
    CONTINUE = "go on"
    END = "end the interview"


def hints_left(session: Session) -> tuple[str, ...]:
    """Give the hints that can still be asked for; a follow-up and a real interview have none."""
    current = session.current
    if session.plan.mode is Mode.REAL or current.follow_up:
        return ()
    return current.question.hints[current.hints_used :]


def allowed_actions(session: Session) -> tuple[Action, ...]:
    """List what the candidate can do in the state that the session is in."""
    mode = session.plan.mode
    possible = {
        Phase.ANSWERING: (Action.ANSWER, Action.HINT, Action.CLARIFY, Action.SKIP, Action.END),
        Phase.GRADING: (Action.RETRY, Action.SKIP, Action.END),
        Phase.REVIEWING: (Action.CONTINUE, Action.RETRY, Action.END),
        Phase.FINISHED: (),
    }[session.phase]
    ruled_out = set()
    if not hints_left(session):
        ruled_out.add(Action.HINT)
    if mode is Mode.REAL:
        ruled_out.add(Action.RETRY)
    if mode is Mode.GRADE_MY_ANSWER:
        ruled_out.add(Action.CONTINUE)
    return tuple(action for action in possible if action not in ruled_out)


def grades_visible(session: Session) -> bool:
    """Say whether grades may be shown: in a real interview only at the end."""
    return session.plan.mode is not Mode.REAL or session.phase is Phase.FINISHED


def require(session: Session, action: Action) -> None:
    """Refuse an action that does not fit the state of the session.

    Raises:
        EventRefusedError: saying why, and what can be done now.
    """
    if action not in allowed_actions(session):
        raise EventRefusedError(f"{_why_not(session, action)} {what_now(session)}")


def what_now(session: Session) -> str:
    """Say in one sentence what the candidate can do."""
    actions = allowed_actions(session)
    if not actions:
        return "Start a new one, or read the summary of this one."
    *others, last = actions
    listed = f"{', '.join(others)} or {last}" if others else str(last)
    return f"You can {listed} now."


def _why_not(session: Session, action: Action) -> str:
    if session.timed_out:
        return "The time of this interview is up."
    if session.phase is Phase.FINISHED:
        return "This interview is finished."
    if action is Action.HINT and session.phase is Phase.ANSWERING:
        return _why_no_hint(session)
    if action is Action.CONTINUE and session.plan.mode is Mode.GRADE_MY_ANSWER:
        return "There is no further question when one answer is graded."
    if action is Action.RETRY and session.plan.mode is Mode.REAL:
        return "An answer in a real interview stands as it was given."
    return {
        Phase.ANSWERING: "The question is still waiting for an answer.",
        Phase.GRADING: "The answer is saved and waits for its grade.",
        Phase.REVIEWING: "The answer is graded.",
    }[session.phase]


def _why_no_hint(session: Session) -> str:
    if session.plan.mode is Mode.REAL:
        return "A real interview has no hints."
    if session.current.follow_up:
        return "A follow-up has no hints."
    used = "left for this question" if session.current.hints_used else "for this question"
    return f"There is no hint {used}."

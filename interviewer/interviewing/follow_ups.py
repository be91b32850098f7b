"""Has a model choose the next follow-up, or think of one; the bank's stands wherever it fails."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from interviewer.errors import ConfigurationError, InterviewerError, ModelError
from interviewer.interview.follow_ups import (
    FollowUpChoice,
    current_question,
    justified_follow_ups,
    model_may_ask,
)
from interviewer.interview.model_follow_ups import Grounds, grounds_of
from interviewer.interview.speaking import Occasion, Task, last_answer
from interviewer.models import ModelFollowUp, Question, RetrievedChunk, Session

DECLINE = "None of these, but a question of your own about what the answer left open."


@dataclass(frozen=True, slots=True)
class Thought:
    """A question of a model's own, or a notice that says why there is none.

    `prompt_hash` tells what the model was asked; all are empty where it was not.
    """

    follow_up: ModelFollowUp | None = None
    notice: str = ""
    prompt_hash: str = ""


NO_THOUGHT = Thought()


class Interviewer(Protocol):
    """What an interview needs of `interviewing.model_interviewer.ModelInterviewer`."""

    name: str

    def prompt_hash(self, task: Task | None = None) -> str:
        """Identify the prompt for the words of a turn, or for the choice of a follow-up."""
        ...

    def proposal_hash(self) -> str:
        """Identify the prompt for a follow-up of the model's own."""
        ...

    def speak(self, occasion: Occasion, within_s: float | None = None) -> Iterator[str]:
        """Yield what to show so far; each yield takes the place of the last."""
        ...

    def choose(
        self, question: str, answer: str, options: Sequence[str], within_s: float | None = None
    ) -> int:
        """Choose among follow-ups by number, from 1."""
        ...

    def propose(self, grounds: Grounds, within_s: float | None = None) -> ModelFollowUp:
        """Think of a follow-up that rests on one of the grounds."""
        ...


class FollowUpPassages(Protocol):
    """What an interview needs of `grading.passages.NearbyPassages`."""

    def passages(
        self, question: Question, answer: str, without: Collection[str]
    ) -> list[RetrievedChunk]:
        """Retrieve what a follow-up to an answer may rest on; `without` are questions' ids."""
        ...


class FollowUpAsker:
    """Asks a model what to ask next. Every session given to it ends with a graded answer.

    Args:
        interviewer: the model.
        nearby: retrieves what a question of its own may rest on; None leaves it the bank's alone.
    """

    def __init__(self, interviewer: Interviewer, nearby: FollowUpPassages | None) -> None:
        self.interviewer = interviewer
        self._nearby = nearby

    def has_choice(self, session: Session, options: Sequence[FollowUpChoice]) -> bool:
        """Say whether there is more than one thing to ask after these options of the bank."""
        return len(options) > 1 or (bool(options) and self._may_ask(session))

    def has_gap(self, session: Session) -> bool:
        """Say whether the bank has nothing left to ask where the model may."""
        return self._may_ask(session) and not justified_follow_ups(session)

    def choose(
        self, session: Session, options: Sequence[FollowUpChoice], within_s: float | None
    ) -> tuple[int, ModelFollowUp | None, str]:
        """Give the number of the option to ask, or 0 and a question of the model's own.

        Where the model fails, that is 1, and a notice that says why.
        """
        question, answer = current_question(session)[0].text, last_answer(session)
        declining = [DECLINE] if self._may_ask(session) else []
        texts = [*(option.text for option in options), *declining]
        try:
            number = self.interviewer.choose(question, answer, texts, within_s)
        except (ModelError, ConfigurationError) as error:
            return 1, None, notice_of(self.interviewer, "choose what to ask", error)
        if number <= len(options):
            return number, None, ""
        try:
            return 0, self._propose(session, within_s), ""
        except InterviewerError as error:
            return 1, None, notice_of(self.interviewer, "ask a question of its own", error)

    def think_of(self, session: Session, within_s: float | None) -> Thought:
        """Give a question of the model's own for the gap that there is, or say why it has none."""
        prompt_hash = self.interviewer.proposal_hash()
        try:
            return Thought(self._propose(session, within_s), prompt_hash=prompt_hash)
        except InterviewerError as error:
            notice = notice_of(
                self.interviewer, "ask a question of its own", error, "the interview went on"
            )
            return Thought(notice=notice, prompt_hash=prompt_hash)

    def _may_ask(self, session: Session) -> bool:
        return self._nearby is not None and model_may_ask(session)

    def _propose(self, session: Session, within_s: float | None) -> ModelFollowUp:
        question, found = session.current.question, list[RetrievedChunk]()
        if self._nearby is not None:
            others = {each.id for each in session.planned} - {question.id}
            found = self._nearby.passages(question, last_answer(session), others)
        return self.interviewer.propose(grounds_of(session, found), within_s)


def notice_of(
    interviewer: Interviewer, task: str, error: Exception, instead: str = "the bank did"
) -> str:
    """Say on a turn what came instead of what the model should have done, and why."""
    return f"{interviewer.name} could not {task}, so {instead}. {error}"

"""Holds interviews whose process may be killed, and says what must be there afterwards.

An interview is held twice: once in a process that is killed, which tells what was acknowledged,
and once in peace under the same id. What the store has must be a beginning of the second, and
whoever resumes must stand where the second stood then. Answers are numbered, so that a lost one and
a doubled one are told apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from interview_support import BANK, FakeGrader
from support import HashingEncoder

from interviewer.config import Settings
from interviewer.grading.passages import ReferencePassages
from interviewer.interview.events import Answered, Event
from interviewer.interview.machine import replay
from interviewer.interviewing.model_interviewer import ModelInterviewer
from interviewer.knowledge.bank import QuestionBank
from interviewer.llm.connection import connect
from interviewer.models import NOT_WAITED, Mode, Phase, Session, SessionPlan, TurnKind
from interviewer.service import InterviewService
from interviewer.store.repository import SessionRepository
from interviewer.workspace import make_grader

QUESTIONS, MOST_ANSWERS = 4, 12
PLAN = SessionPlan(mode=Mode.REAL, question_count=QUESTIONS, seed=3)

Tell = Callable[["Told"], None]


@dataclass(frozen=True, slots=True)
class Told:
    """What was acknowledged of an interview: how many events and answers, and what was asked."""

    session: str
    events: int
    answers: int
    asked: str


@dataclass(frozen=True, slots=True)
class InPeace:
    """An interview that nothing disturbed; `ends` are the event counts at which a call ended."""

    events: tuple[Event, ...]
    ends: tuple[int, ...]

    def end_after(self, events: int) -> int:
        """Give the count to which the call after so many events leads."""
        return min((end for end in self.ends if end > events), default=events)


@dataclass(frozen=True, slots=True)
class Found:
    """What a kill cost an interview.

    `answers` were acknowledged; `lost` of them are gone, `doubled` are there twice.
    `astray` says that the store holds what was never done, or lacks what was acknowledged;
    `other_question` that whoever resumes is asked something else than without the kill.
    """

    answers: int
    lost: int
    doubled: int
    astray: bool
    other_question: bool


def many(count: int) -> QuestionBank:
    """Give a bank of copies of the small bank's questions, each with an id of its own."""
    questions = tuple(
        replace(
            each := BANK.questions[number % len(BANK.questions)],
            id=f"question-{number}",
            text=f"{each.text.rstrip('?')}, put as number {number}?",
        )
        for number in range(count)
    )
    return replace(BANK, questions=questions)


def model_at(base_url: str, key: str) -> Settings:
    """Give the settings that have a model at an address word, choose and grade everything."""
    return Settings(
        _env_file=None,
        model="toy",
        base_url=base_url,
        api_key=key,
        timeout_s=60.0,
        model_grades="all",
    )


def open_service(
    path: Path, settings: Settings | None = None, session_id: str = ""
) -> InterviewService:
    """Open interviews in a store, with the model of the settings where there are some."""
    more: dict[str, Any] = {"grader": FakeGrader()}
    if settings is not None:
        from faults.cells import UnsureJudge

        source = ReferencePassages(HashingEncoder())
        more["grader"] = make_grader(settings, UnsureJudge(), source, BANK.version)
        more["interviewer"] = ModelInterviewer(connect(settings))
    if session_id:
        more["new_id"] = lambda: session_id
    return InterviewService(bank=many(QUESTIONS), repository=SessionRepository(path), **more)


def hold(service: InterviewService, tell: Tell) -> Session:
    """Hold an interview and tell of each call, once it is done."""
    session = service.start(PLAN)
    tell(_told(session))
    for number in range(MOST_ANSWERS):
        list(service.speak(session.id))
        tell(_told(service.peek(session.id)))
        session = service.answer(session.id, answer_of(session.id, number))
        tell(_told(session))
        if session.phase is Phase.FINISHED:
            break
    return session


def answer_of(session_id: str, number: int) -> str:
    """Give an answer that nobody else gives."""
    return f"Answer {number} of {session_id}: it adds a penalty, I think."


def hold_for_ever(
    path: Path, settings: Settings | None, prefix: str, write: Callable[[str], Any]
) -> None:
    """Hold one interview after the other and write a line of JSON for each call that is done."""
    number = 0
    while True:
        service = open_service(path, settings, f"{prefix}-{number}")
        hold(service, lambda told: write(json.dumps(asdict(told)) + "\n"))
        number += 1


def last_told(lines: Sequence[str]) -> list[Told]:
    """Give what was told last of each interview; a line that was cut off tells nothing."""
    whole = (Told(**json.loads(line)) for line in lines if line.endswith("}\n"))
    return list({told.session: told for told in whole}.values())


def in_peace(path: Path, settings: Settings | None, session_id: str) -> InPeace:
    """Hold the interview of this id where nothing disturbs it."""
    ends: list[int] = []
    service = open_service(path, settings, session_id)
    session = hold(service, lambda told: ends.append(told.events))
    events = SessionRepository(path).events(session.id)
    return InPeace(tuple(map(_timeless, events)), tuple(ends))


def found_after(service: InterviewService, path: Path, told: Told, peace: InPeace) -> Found:
    """Look for what was acknowledged, go on with the interview and see what it asks."""
    stored = tuple(map(_timeless, SessionRepository(path).events(told.session)))
    count, most = len(stored), peace.end_after(told.events)
    astray = stored != peace.events[:count] or not told.events <= count <= most
    # Who goes on has an answer that waits graded; everything else stays as it was acknowledged.
    waits = bool(stored) and isinstance(stored[-1], Answered)
    wanted = replay(peace.events[: peace.end_after(count) if waits else count])
    session = service.get(told.session)
    answers = _answers(session)
    given = [answer_of(told.session, number) for number in range(told.answers)]
    unanswered = count == told.events and session.current.text != told.asked
    return Found(
        answers=told.answers,
        lost=sum(text not in answers for text in given),
        doubled=len(answers) - len(set(answers)),
        astray=astray,
        other_question=unanswered or _place(session) != _place(wanted),
    )


def _told(session: Session) -> Told:
    return Told(session.id, session.event_count, len(_answers(session)), session.current.text)


def _place(session: Session) -> tuple[int, str, str, Phase]:
    current = session.current
    return len(session.exchanges), current.question.id, current.text, session.phase


def _answers(session: Session) -> list[str]:
    turns = (turn for exchange in session.exchanges for turn in exchange.turns)
    return [turn.text for turn in turns if turn.kind is TurnKind.ANSWER]


def _timeless(event: Event) -> Event:
    """Leave out when something happened and how long somebody waited, which differ each time."""
    waited = {"waited": NOT_WAITED} if hasattr(event, "waited") else {}
    return replace(event, at=0.0, **waited)

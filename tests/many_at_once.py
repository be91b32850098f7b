"""Holds many interviews at once and looks for words of one in another.

Every answer carries the marker of its interview, a word that nobody else says.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from interviewer.models import Mode, Phase, Session, SessionPlan, TurnKind
from interviewer.reports.export import to_json
from interviewer.reports.markdown import to_markdown
from interviewer.service import InterviewService
from interviewer.store.payload import dump_event
from interviewer.store.repository import SessionRepository

_MARK = re.compile(r"quillon\d{4}")


@dataclass
class Held:
    """What one interview came to, as the one who held it saw it.

    `given` are the answers that the service took. `waited_s` are the seconds that each answer took
    to be graded. `broken` is the name and the words of what was raised, empty where nothing was.
    """

    mark: str
    session_id: str = ""
    given: list[str] = field(default_factory=list)
    waited_s: list[float] = field(default_factory=list)
    broken: str = ""


@dataclass(frozen=True)
class Found:
    """What the store has of interviews, beside what was said in them.

    `texts` are what was looked at: each stored event, each turn, each report. `own` counts the
    markers in them that belong there, `foreign` those of another interview. `graders` names who
    graded, and `notices` holds what was told of it, an answer each.
    """

    answers: int
    lost: int
    doubled: int
    ungraded: int
    texts: int
    own: int
    foreign: int
    graders: tuple[str, ...]
    notices: tuple[str, ...]


def marks_in(text: str) -> set[str]:
    """Find the markers in a text."""
    return set(_MARK.findall(text))


def hold_at_once(
    open_service: Callable[[], InterviewService],
    count: int,
    say: Callable[[Session], str],
) -> list[Held]:
    """Hold interviews in threads that begin together, each with a service of its own.

    Every other one is a practice with one answer; the rest are real ones with two.

    Args:
        open_service: opens what a browser window opens.
        count: how many interviews.
        say: what is said to the exchange under way, beside the marker.
    """
    held = [Held(f"quillon{number:04d}") for number in range(count)]
    together = threading.Barrier(count)
    threads = [
        threading.Thread(target=_hold, args=(open_service, each, number, say, together))
        for number, each in enumerate(held)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return held


def _hold(
    open_service: Callable[[], InterviewService],
    held: Held,
    number: int,
    say: Callable[[Session], str],
    together: threading.Barrier,
) -> None:
    real = bool(number % 2)
    plan = SessionPlan(mode=Mode.REAL if real else Mode.PRACTICE, question_count=2, seed=number + 1)
    try:
        together.wait()
        service = open_service()
        session = service.start(plan)
        held.session_id = session.id
        for answer in range(1, 2 + real):
            list(service.speak(session.id))
            session = service.peek(session.id)
            text = f"I am {held.mark}. {say(session)} That is answer {answer} of {held.mark}."
            begun = time.monotonic()
            session = service.answer(session.id, text)
            held.waited_s.append(time.monotonic() - begun)
            held.given.append(text)
        if session.phase is not Phase.FINISHED:
            service.end(session.id)
    except Exception as error:
        held.broken = f"{type(error).__name__}: {error}"


def look_for(
    held: Iterable[Held], repository: SessionRepository, reader: InterviewService
) -> Found:
    """Compare what was said with what the store has.

    Args:
        held: the interviews.
        repository: the store, opened anew.
        reader: a service over it.
    """
    found = [_look_at(each, repository, reader) for each in held if each.session_id]
    return Found(
        answers=sum(each.answers for each in found),
        lost=sum(each.lost for each in found),
        doubled=sum(each.doubled for each in found),
        ungraded=sum(each.ungraded for each in found),
        texts=sum(each.texts for each in found),
        own=sum(each.own for each in found),
        foreign=sum(each.foreign for each in found),
        graders=tuple(name for each in found for name in each.graders),
        notices=tuple(notice for each in found for notice in each.notices),
    )


def _look_at(held: Held, repository: SessionRepository, reader: InterviewService) -> Found:
    session = reader.peek(held.session_id)
    stored = _answers(session)
    grades = [grade for exchange in session.exchanges for grade in exchange.grades]
    places: Sequence[str] = [
        *(dump_event(event) for event in repository.events(held.session_id)),
        *(turn.text + turn.notice for exchange in session.exchanges for turn in exchange.turns),
        *([to_markdown(session), to_json(session)] if session.phase is Phase.FINISHED else []),
    ]
    marked = [marks_in(text) for text in places]
    return Found(
        answers=len(held.given),
        lost=sum(text not in stored for text in held.given),
        doubled=len(stored) - len(set(stored)),
        ungraded=len(stored) - len(grades),
        texts=len(places),
        own=sum(held.mark in marks for marks in marked),
        foreign=sum(len(marks - {held.mark}) for marks in marked),
        graders=tuple(grade.grader for grade in grades),
        notices=tuple(grade.notice for grade in grades),
    )


def _answers(session: Session) -> list[str]:
    return [
        turn.text
        for exchange in session.exchanges
        for turn in exchange.turns
        if turn.kind is TurnKind.ANSWER
    ]

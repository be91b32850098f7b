"""Interviews at once, at a server that fails for some: nothing is lost and nothing gets across."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.cells import KEY, MODEL, OFFLINE, UnsureJudge
from faults.server import Call, FaultServer, chunk, good, head
from interview_support import BANK
from many_at_once import Held, hold_at_once, look_for, marks_in
from support import HashingEncoder

from interviewer.config import Settings
from interviewer.grading.passages import ReferencePassages
from interviewer.interviewing.model_interviewer import ModelInterviewer
from interviewer.llm.connection import connect
from interviewer.llm.ladder import Ladders
from interviewer.models import Session
from interviewer.service import InterviewService
from interviewer.store.repository import SessionRepository
from interviewer.workspace import make_grader

COUNT = 16
FAILED = [number for number in range(COUNT) if number % 3 == 0]
ANSWERS = COUNT + COUNT // 2
SAID = "It adds a penalty on the size of the weights to the loss."


class Server:
    """Keeps which markers each request holds, and fails every third interview for good."""

    def __init__(self) -> None:
        self.marks: list[set[str]] = []

    def __call__(self, call: Call) -> None:
        marks = marks_in(call.prompt)
        self.marks.append(marks)
        if call.is_stream:
            told = {"Content-Type": "text/event-stream"}
            call.send(head("200 OK", **told) + chunk("Let us begin.") + chunk("", "stop"))
        elif any(int(mark[-4:]) % 3 == 0 for mark in marks):
            call.reply("", "400 Bad Request")
        else:
            good(call)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def settings(server: Server) -> Iterator[Settings]:
    with FaultServer({"model": server}) as running:
        yield Settings(
            _env_file=None,
            model="toy",
            base_url=running.address("model"),
            api_key=KEY,
            timeout_s=60.0,
            model_grades="all",
        )


def open_service(
    settings: Settings, repository: SessionRepository, ladders: Ladders
) -> InterviewService:
    """Open what one browser window has, over the store and the ladders that all of them share."""
    source = ReferencePassages(HashingEncoder())
    return InterviewService(
        bank=BANK,
        grader=make_grader(settings, UnsureJudge(), source, BANK.version, ladders=ladders),
        repository=repository,
        interviewer=ModelInterviewer(connect(settings, ladders)),
    )


def test_interviews_at_once_lose_no_answer_and_hear_no_other_one(
    settings: Settings, server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "sessions.sqlite"
    shared, ladders = SessionRepository(path), Ladders()
    held = hold_at_once(
        lambda: open_service(settings, shared, ladders), COUNT, lambda session: SAID
    )
    shared.close()
    assert [each.broken for each in held if each.broken] == []
    assert len({each.session_id for each in held}) == COUNT
    again = SessionRepository(path)
    found = look_for(held, again, open_service(settings, again, ladders))
    assert (found.answers, found.lost, found.doubled, found.ungraded) == (ANSWERS, 0, 0, 0)
    assert found.foreign == 0
    # An answer is in its event, its turn, its grade's event and both reports.
    assert found.own >= 3 * ANSWERS + 2 * COUNT
    offline = sum(1 + number % 2 for number in FAILED)
    assert Counter(found.graders) == {OFFLINE: offline, MODEL: ANSWERS - offline}
    assert sum(f"{MODEL} could not grade" in notice for notice in found.notices) == offline
    again.close()
    asked = Counter(len(marks) for marks in server.marks)
    assert set(asked) <= {0, 1}
    assert asked[1] >= ANSWERS


def test_a_word_of_another_interview_would_be_found(settings: Settings, tmp_path: Path) -> None:
    repository = SessionRepository(tmp_path / "sessions.sqlite")
    service = open_service(settings, repository, Ladders())

    def _says_anothers_word(session: Session) -> str:
        return f"{SAID} quillon9999 told me."

    held = hold_at_once(lambda: service, 2, _says_anothers_word)
    found = look_for(held, repository, service)
    assert found.own > 0
    assert found.foreign > 0
    missing = Held(held[0].mark, held[0].session_id, ["an answer that nobody kept"])
    assert look_for([missing], repository, service).lost == 1
    repository.close()

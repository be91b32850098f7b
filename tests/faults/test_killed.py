"""A model's server that is killed while it writes costs no answer, and is asked again once it runs.

The deadline of a grade is far away in these tests: nobody may wait for it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from faults.cells import ANSWER, KEY, MODEL, OFFLINE, PLAN, UnsureJudge
from interview_support import BANK
from server_process import free_port
from support import HashingEncoder

from interviewer.config import Settings
from interviewer.grading.passages import ReferencePassages
from interviewer.interviewing.model_interviewer import ModelInterviewer
from interviewer.llm.connection import connect
from interviewer.models import Grade, Mode, Session
from interviewer.service import InterviewService
from interviewer.store.repository import SessionRepository
from interviewer.workspace import make_grader

TESTS = Path(__file__).resolve().parents[1]
DEADLINE_S = 60.0
SOON_S = 4.0
"""What all of a turn may take once the server is dead: 2 s, and as much again for a busy machine.

`benchmarks/real_server.py` measures it against the 2 s that are promised."""

MODES = pytest.mark.parametrize("mode", [Mode.PRACTICE, Mode.REAL])

pytestmark = pytest.mark.protocol


class Child:
    """A server of `writes_until_killed.py`, on the same port at every start."""

    def __init__(self) -> None:
        self.port = free_port()

    def start(self, fault: str) -> None:
        script = str(Path(__file__).with_name("writes_until_killed.py"))
        paths = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])}
        self.process = subprocess.Popen(
            [sys.executable, script, str(self.port), fault],
            stdout=subprocess.PIPE,
            text=True,
            env=paths,
        )
        self.wait_for("ready")

    def wait_for(self, line: str) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == line

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=10)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def child() -> Iterator[Child]:
    started = Child()
    started.start("stuck")
    yield started
    started.kill()


@pytest.fixture
def service(child: Child, tmp_path: Path) -> Iterator[InterviewService]:
    settings = Settings(
        _env_file=None,
        model="toy",
        base_url=f"http://127.0.0.1:{child.port}/model/cell/v1",
        api_key=KEY,
        timeout_s=DEADLINE_S,
        model_grades="all",
    )
    source = ReferencePassages(HashingEncoder())
    repository = SessionRepository(tmp_path / "sessions.sqlite")
    yield InterviewService(
        bank=BANK,
        grader=make_grader(settings, UnsureJudge(), source, BANK.version),
        repository=repository,
        interviewer=ModelInterviewer(connect(settings)),
    )
    repository.close()


def kill_while(work: Callable[[], object], child: Child) -> float:
    """Do work, kill the server once it has begun to reply, and give the seconds from there on."""
    ended: list[float] = []
    thread = threading.Thread(target=lambda: (work(), ended.append(time.monotonic())))
    thread.start()
    child.wait_for("writing")
    killed_at = time.monotonic()
    child.kill()
    thread.join(DEADLINE_S)
    return ended[0] - killed_at


def graded(service: InterviewService) -> Grade:
    session = service.answer(service.start(PLAN).id, ANSWER)
    return session.current.grades[-1]


def answered(service: InterviewService, session: Session) -> Session:
    """Answer, and hear all that the interviewer says to it."""
    service.answer(session.id, ANSWER)
    return heard(service, session)


def gone_on(service: InterviewService, session: Session) -> Session:
    service.go_on(session.id)
    return heard(service, session)


def heard(service: InterviewService, session: Session) -> Session:
    list(service.speak(session.id))
    return service.peek(session.id)


@MODES
def test_verdicts_that_are_cut_off_by_a_kill_are_the_offline_judges_and_told(
    child: Child, service: InterviewService, mode: Mode
) -> None:
    session = service.start(replace(PLAN, mode=mode))
    took = kill_while(lambda: answered(service, session), child)
    assert took < SOON_S
    if mode is Mode.PRACTICE:
        begun = time.monotonic()
        gone_on(service, session)
        assert time.monotonic() - begun < SOON_S
    after = service.peek(session.id)
    lead, follow_up = after.current.turns
    assert lead.notice.startswith(f"{MODEL} could not word this, so the bank did. ")
    assert follow_up.notice.startswith(f"{MODEL} could not choose what to ask, so the bank did. ")
    (grade,) = after.exchanges[0].grades
    assert (grade.grader, grade.answer) == (OFFLINE, ANSWER)
    assert {verdict.judge for verdict in grade.verdicts} == {OFFLINE}
    assert grade.notice.startswith(f"{MODEL} could not grade this answer, so {OFFLINE} graded it")
    child.start("good")
    again = graded(service)
    assert (again.grader, again.notice) == (MODEL, "")
    assert {verdict.judge for verdict in again.verdicts} == {MODEL}


def test_words_that_are_cut_off_by_a_kill_are_the_banks_and_told(
    child: Child, service: InterviewService
) -> None:
    session = service.start(PLAN)
    bank_words = session.current.turns[0].text
    assert kill_while(lambda: list(service.speak(session.id)), child) < SOON_S
    turn = service.peek(session.id).current.turns[0]
    assert (turn.text, turn.by) == (bank_words, "")
    assert turn.notice.startswith(f"{MODEL} could not word this, so the bank did. ")
    assert graded(service).grader == OFFLINE
    child.start("good")
    assert graded(service).grader == MODEL

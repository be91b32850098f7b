"""A process that is killed at any moment loses nothing that it had acknowledged."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from interview_support import BANK, FakeGrader

from interviewer.models import Phase
from interviewer.service import InterviewService
from interviewer.store.repository import SessionRepository

TESTS = Path(__file__).resolve().parents[1]
KILLS = 10


def test_no_acknowledged_answer_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "sessions.sqlite"
    acknowledged: dict[str, int] = {}
    for kill in range(KILLS):
        acknowledged |= _answer_and_kill(path, after_s=0.013 * kill)
    assert len(acknowledged) >= KILLS
    service = InterviewService(bank=BANK, grader=FakeGrader(), repository=SessionRepository(path))
    listed = {summary.id for summary in service.unfinished()}
    for session_id, answers in acknowledged.items():
        session = service.get(session_id)
        assert session_id in listed
        assert len(session.current.grades) >= answers
        assert session.phase in {Phase.ANSWERING, Phase.REVIEWING}
        assert session.pending_answer == ""


def _answer_and_kill(path: Path, after_s: float) -> dict[str, int]:
    """Let the child work until its third answer and a little longer, then send SIGKILL."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])}
    script = str(Path(__file__).with_name("answer_until_killed.py"))
    with subprocess.Popen(
        [sys.executable, script, str(path)], stdout=subprocess.PIPE, text=True, env=environment
    ) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(3)]
        time.sleep(after_s)
        child.kill()
        lines += child.stdout.readlines()
    pairs = [line.split() for line in lines if line.endswith("\n")]
    return {session_id: int(count) for session_id, count in pairs}

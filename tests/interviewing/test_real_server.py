"""Words streamed from a real server process whose model writes noise."""

from __future__ import annotations

from pathlib import Path

import pytest
from grading.test_real_server import address, settings_for  # noqa: F401 - a fixture
from interview_support import BANK, REGULARIZATION, FakeGrader

from interviewer.interviewing.model_interviewer import ModelInterviewer
from interviewer.llm.connection import connect
from interviewer.models import Mode, SessionPlan
from interviewer.service import InterviewService
from interviewer.store.repository import SessionRepository

pytestmark = pytest.mark.protocol


def test_noise_from_a_real_server_ends_in_the_banks_words(
    address: str,  # noqa: F811
    tmp_path: Path,
) -> None:
    repository = SessionRepository(tmp_path / "sessions.sqlite")
    service = InterviewService(
        bank=BANK,
        grader=FakeGrader(),
        repository=repository,
        interviewer=ModelInterviewer(connect(settings_for(address))),
    )
    plan = SessionPlan(mode=Mode.REAL, question_ids=(REGULARIZATION.id,), question_count=1)
    session = service.start(plan)
    bank_words = session.current.turns[0].text
    assert list(service.speak(session.id))[-1] == bank_words
    turn = service.get(session.id).current.turns[0]
    assert (turn.text, turn.by) == (bank_words, "")
    assert turn.notice.startswith("local:random-tiny could not word this, so the bank did.")
    followed = service.answer(session.id, "Let me think.").current
    assert followed.follow_up == 1
    assert followed.turns[-1].text == followed.text
    repository.close()

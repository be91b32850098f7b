"""Answers one interview after another until it is killed; prints what was acknowledged.

Each line on standard output is a session's id and its number of answers, written only after the
store has confirmed the answer.
"""

from __future__ import annotations

import sys
from pathlib import Path

from interview_support import BANK, FakeGrader, answer_with

from interviewer.models import SessionPlan
from interviewer.service import InterviewService
from interviewer.store.repository import SessionRepository


def main(path: Path) -> None:
    service = InterviewService(bank=BANK, grader=FakeGrader(), repository=SessionRepository(path))
    while True:
        session = service.start(SessionPlan(question_count=1))
        question = session.current.question
        for attempt in range(1, 6):
            session = service.answer(session.id, answer_with(question, covered=(1,)))
            print(session.id, attempt, flush=True)
            session = service.retry(session.id)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

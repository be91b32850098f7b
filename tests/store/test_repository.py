"""The store keeps every event it acknowledged, in order, whoever writes at the same time."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interview_support import OWN, REGULARIZATION, FakeGrader, answer_with, begin, started

from interviewer.errors import EventRefusedError, InputError, StoreError, UnknownSessionError
from interviewer.grading.rubric import rubric_of
from interviewer.interview.events import (
    Answered,
    ClarificationAsked,
    Continued,
    Ended,
    Event,
    FollowUpChosen,
    Graded,
    HintAsked,
    Retried,
    Skipped,
    Spent,
    TimedOut,
    Worded,
)
from interviewer.models import Mode, Phase, SessionSummary, Usage, Waited
from interviewer.reports.scores import overview
from interviewer.store.payload import VERSION, dump_event, kind_of, load_event
from interviewer.store.repository import SessionRepository


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "sessions.sqlite"


@pytest.fixture
def repository(path: Path) -> Iterator[SessionRepository]:
    opened = SessionRepository(path)
    yield opened
    opened.close()


def summary(session_id: str = "session-1", **changes: object) -> SessionSummary:
    return replace(overview(begin(session_id=session_id)), **changes)  # type: ignore[arg-type]


def save_start(repository: SessionRepository, session_id: str = "session-1") -> None:
    event = started(session_id=session_id)
    repository.append(session_id, 0, (event,), summary=summary(session_id))


def test_the_questions_that_interviews_came_to_are_known(repository: SessionRepository) -> None:
    assert repository.asked_question_ids() == frozenset()
    first = begin(session_id="session-1")
    save_start(repository)
    assert repository.asked_question_ids() == {first.planned[0].id}

    event = started(session_id="session-2")
    repository.append("session-2", 0, (event,), summary=summary("session-2", question_number=2))

    assert repository.asked_question_ids() == {each.id for each in first.planned[:2]}


GRADE = FakeGrader().grade(
    rubric_of(REGULARIZATION), answer_with(REGULARIZATION, covered=(1,), contradicted=(2,))
)
WAITED = Waited(1.5, "It is down.")
EVERY_EVENT: list[Event] = [
    started(),
    started(Mode.REAL, time_limit_s=600.0),
    Answered("Weights.\n\u0000 \U0001f600", 1001.5),
    Graded(GRADE, 1002.0),
    HintAsked(1003.0),
    ClarificationAsked("What?", 1004.0),
    Skipped(1005.0),
    Retried(1006.0),
    Continued(1007.0),
    Continued(1007.0, Usage(5, 1), OWN),
    Continued(1007.0, Usage(5, 1, 0.1, estimated=True), None, "It has none.", "2" * 12, WAITED),
    Graded(GRADE, 1002.0, notice="It has none.", prompt_hash="2" * 12, waited=WAITED),
    Spent(Usage(5, 1), 1007.0),
    FollowUpChosen(0, "local:toy", "1" * 12, 1007.0, model_follow_up=OWN),
    FollowUpChosen(2, "local:toy", "0" * 12, 1007.0, notice="Too slow."),
    Worded(3, "What is it, then?", "local:toy", "0" * 12, 1007.0),
    TimedOut(1008.0),
    Ended(1009.0),
]


@pytest.mark.parametrize("event", EVERY_EVENT, ids=kind_of)
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    assert load_event(kind_of(event), VERSION, dump_event(event)) == event


def test_a_grade_from_before_verdicts_named_their_judge_still_loads() -> None:
    payload = json.loads(dump_event(Graded(GRADE, 1002.0)))
    for verdict in payload["grade"]["verdicts"]:
        assert verdict.pop("judge") == ""
    assert load_event("Graded", VERSION, json.dumps(payload)) == Graded(GRADE, 1002.0)


def test_an_event_from_before_turns_knew_how_long_they_waited_still_loads() -> None:
    payload = json.loads(dump_event(Graded(GRADE, 1002.0, Usage(5, 1))))
    for name in ("notice", "prompt_hash", "waited"):
        del payload[name]
    del payload["usage"]["estimated"]
    assert load_event("Graded", 2, json.dumps(payload)) == Graded(GRADE, 1002.0, Usage(5, 1))


def test_an_event_from_before_models_asked_of_their_own_accord_still_loads() -> None:
    assert load_event("Continued", 1, '{"at": 1007.0}') == Continued(1007.0)
    payload = json.loads(dump_event(Graded(GRADE, 1002.0)))
    del payload["model_follow_up"]
    assert load_event("Graded", 1, json.dumps(payload)) == Graded(GRADE, 1002.0)


@settings(max_examples=50)
@given(st.text(), st.floats(allow_nan=False, allow_infinity=False))
def test_any_text_and_time_come_back_as_they_were(text: str, at: float) -> None:
    event = Answered(text, at)
    assert load_event("Answered", VERSION, dump_event(event)) == event


@pytest.mark.parametrize(
    ("kind", "version", "payload", "message"),
    [
        ("Answered", VERSION + 1, "{}", "newer version"),
        ("Sneezed", VERSION, "{}", "newer version"),
        ("Answered", VERSION, "{}", "damaged"),
        ("Answered", VERSION, "{", "damaged"),
        ("Started", VERSION, '{"session_id": 1}', "damaged"),
    ],
)
def test_an_event_that_cannot_be_read_says_why(
    kind: str, version: int, payload: str, message: str
) -> None:
    with pytest.raises(StoreError, match=message):
        load_event(kind, version, payload)


def test_a_weight_that_no_key_point_can_have_is_damage() -> None:
    payload = dump_event(started()).replace('"weight":3', '"weight":9')
    with pytest.raises(StoreError, match="damaged"):
        load_event("Started", VERSION, payload)


def test_events_survive_closing_and_opening_again(path: Path) -> None:
    first = SessionRepository(path)
    first.append("session-1", 0, EVERY_EVENT[:1], summary=summary())
    first.append("session-1", 1, EVERY_EVENT[2:], summary=summary())
    first.close()
    second = SessionRepository(path)
    assert second.events("session-1") == [EVERY_EVENT[0], *EVERY_EVENT[2:]]
    assert second.events("session-2") == []
    second.close()


@pytest.mark.parametrize("expected", [0, 2])
def test_a_session_that_went_on_elsewhere_refuses_the_event(
    repository: SessionRepository, expected: int
) -> None:
    save_start(repository)
    with pytest.raises(EventRefusedError, match="changed in another window"):
        repository.append("session-1", expected, (Skipped(1.0),), summary=summary())
    assert repository.events("session-1") == [started()]


def test_of_many_writers_at_the_same_place_one_wins(repository: SessionRepository) -> None:
    save_start(repository)
    outcomes: list[str] = []

    def write(number: int) -> None:
        try:
            repository.append("session-1", 1, (Skipped(float(number)),), summary=summary())
            outcomes.append("saved")
        except EventRefusedError:
            outcomes.append("refused")

    _run_together([threading.Thread(target=write, args=(number,)) for number in range(8)])
    assert sorted(outcomes) == ["refused"] * 7 + ["saved"]
    assert len(repository.events("session-1")) == 2


def test_twenty_sessions_written_at_once_lose_nothing(repository: SessionRepository) -> None:
    failures: list[BaseException] = []

    def write(session_id: str) -> None:
        try:
            save_start(repository, session_id)
            for number in range(1, 9):
                event = Answered(f"{session_id} answer {number}", float(number))
                repository.append(session_id, number, (event,), summary=summary(session_id))
        except BaseException as error:
            failures.append(error)

    ids = [f"session-{number}" for number in range(20)]
    _run_together([threading.Thread(target=write, args=(session_id,)) for session_id in ids])
    assert failures == []
    for session_id in ids:
        texts = [e.text for e in repository.events(session_id) if isinstance(e, Answered)]
        assert texts == [f"{session_id} answer {number}" for number in range(1, 9)]
    assert {each.id for each in repository.summaries()} == set(ids)


def test_a_file_opened_by_many_at_once_is_made_once(path: Path) -> None:
    failures: list[BaseException] = []

    def open_and_save(number: int) -> None:
        try:
            opened = SessionRepository(path)
            save_start(opened, f"session-{number}")
            opened.close()
        except BaseException as error:
            failures.append(error)

    _run_together([threading.Thread(target=open_and_save, args=(n,)) for n in range(6)])
    assert failures == []
    opened = SessionRepository(path)
    assert len(opened.summaries()) == 6
    opened.close()


def test_opening_waits_for_another_that_writes_before_the_journal_is_changed(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.3, other.rollback)
    done.start()

    opened = SessionRepository(path)

    assert opened.summaries() == []
    done.join()
    opened.close()
    other.close()


def test_opening_gives_up_on_another_that_writes_on(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreError, match="Another program is writing"):
        SessionRepository(path, busy_timeout_s=0.1)

    other.close()


def _run_together(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_summary_is_replaced_with_its_events(repository: SessionRepository) -> None:
    save_start(repository)
    later = summary(phase=Phase.REVIEWING, question_number=2, score=62.5, updated_at=2000.0)
    repository.append("session-1", 1, (Answered("x", 2000.0),), summary=later)
    assert repository.summaries() == [later]


def test_lists_are_newest_first_limited_and_without_what_is_done(
    repository: SessionRepository,
) -> None:
    rows = {
        "open": summary("open", updated_at=3.0),
        "done": summary("done", updated_at=5.0, phase=Phase.FINISHED),
        "graded": summary(
            "graded", updated_at=4.0, mode=Mode.GRADE_MY_ANSWER, phase=Phase.REVIEWING
        ),
        "reading": summary("reading", updated_at=2.0, phase=Phase.REVIEWING),
    }
    for session_id, row in rows.items():
        repository.append(session_id, 0, (started(session_id=session_id),), summary=row)
    assert [each.id for each in repository.summaries()] == ["done", "graded", "open", "reading"]
    assert [each.id for each in repository.summaries(limit=1)] == ["done"]
    assert [each.id for each in repository.summaries(unfinished=True)] == ["open", "reading"]


@pytest.mark.parametrize("event", [Answered("I think so.", 4.0), Skipped(4.0)], ids=kind_of)
def test_a_draft_is_replaced_kept_and_cleared_with_its_question(
    repository: SessionRepository, event: Event
) -> None:
    save_start(repository)
    assert repository.draft("session-1") == ""
    repository.save_draft("session-1", "I th", at=1.0)
    repository.save_draft("session-1", "I think", at=2.0)
    repository.append("session-1", 1, (HintAsked(3.0),), summary=summary())
    assert repository.draft("session-1") == "I think"
    repository.append("session-1", 2, (event,), summary=summary())
    assert repository.draft("session-1") == ""


def test_a_draft_of_no_session_is_refused(repository: SessionRepository) -> None:
    with pytest.raises(UnknownSessionError, match="no interview with the id 'nobody'"):
        repository.save_draft("nobody", "text", at=1.0)


def test_deleting_a_session_leaves_nothing_of_it(repository: SessionRepository, path: Path) -> None:
    save_start(repository)
    save_start(repository, "session-2")
    repository.save_draft("session-1", "secret", at=1.0)
    repository.delete("session-1")
    repository.delete("session-1")
    assert [each.id for each in repository.summaries()] == ["session-2"]
    connection = sqlite3.connect(path)
    left = [
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("sessions", "events", "drafts")
    ]
    connection.close()
    assert left == [1, 1, 0]


def test_a_failed_append_leaves_neither_event_nor_summary(repository: SessionRepository) -> None:
    save_start(repository)
    with pytest.raises(InputError, match="cannot be saved"):
        repository.append(
            "session-1",
            1,
            (Skipped(1.0), Answered("\ud800", 2.0)),
            summary=summary(question_number=9),
        )
    assert repository.events("session-1") == [started()]
    assert repository.summaries() == [summary()]

"""A process that is killed at any moment loses nothing that it had acknowledged."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from faults.cells import KEY
from faults.server import Call, FaultServer, good
from held_until_killed import (
    Found,
    InPeace,
    Told,
    found_after,
    in_peace,
    last_told,
    model_at,
    open_service,
)

from interviewer.config import Settings
from interviewer.interview.events import Answered, FollowUpChosen, Graded, Worded
from interviewer.models import Phase
from interviewer.store.repository import SessionRepository

TESTS = Path(__file__).resolve().parents[1]
KILLS, KILLS_WITH_MODEL = 5, 3
THOUGHT_S = 0.02
"""What the model takes for a reply, so that a kill may come while it writes."""


def thoughtful(call: Call) -> None:
    call.wait(THOUGHT_S)
    good(call)


@pytest.fixture
def model() -> Iterator[Settings]:
    with FaultServer({"model": thoughtful}) as server:
        yield model_at(server.address("model"), KEY)


def killed(path: Path, prefix: str, after_s: float, settings: Settings | None) -> list[Told]:
    """Let the child work until its third line and a little longer, then send SIGKILL."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])}
    script = str(Path(__file__).with_name("answer_until_killed.py"))
    at = [str(settings.base_url), KEY] if settings else []
    with subprocess.Popen(
        [sys.executable, script, str(path), prefix, *at],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(3)]
        time.sleep(after_s)
        child.kill()
        lines += child.stdout.readlines()
    return last_told(lines)


def cost(folder: Path, number: int, after_s: float, settings: Settings | None) -> list[Found]:
    """Kill an interview and look for what it cost, beside the same one held in peace."""
    path = folder / f"{number}.sqlite"
    acknowledged = killed(path, f"held-{number}", after_s, settings)
    assert acknowledged
    return [
        found_after(
            open_service(path, settings),
            path,
            told,
            in_peace(folder / f"peace-{told.session}.sqlite", settings, told.session),
        )
        for told in acknowledged
    ]


def assert_nothing_is_lost(found: list[Found]) -> None:
    assert sum(each.answers for each in found) >= 1
    for each in found:
        assert each == Found(each.answers, 0, 0, astray=False, other_question=False)


@pytest.mark.parametrize("number", range(KILLS))
def test_a_kill_loses_no_answer_and_the_same_question_is_asked(tmp_path: Path, number: int) -> None:
    assert_nothing_is_lost(cost(tmp_path, number, 0.013 * number, None))


@pytest.mark.protocol
@pytest.mark.parametrize("number", range(KILLS_WITH_MODEL))
def test_a_kill_while_a_model_speaks_or_grades_loses_nothing(
    tmp_path: Path, model: Settings, number: int
) -> None:
    assert_nothing_is_lost(cost(tmp_path, number, 0.037 * number, model))


@pytest.mark.protocol
def test_an_interview_with_a_model_has_every_kind_of_event(tmp_path: Path, model: Settings) -> None:
    peace = in_peace(tmp_path / "peace.sqlite", model, "one")
    kinds = {type(event) for event in peace.events}
    assert kinds >= {Answered, Graded, Worded, FollowUpChosen}
    assert not [event for event in peace.events if isinstance(event, Worded) and event.notice]


@pytest.fixture
def peace(tmp_path: Path) -> InPeace:
    return in_peace(tmp_path / "held.sqlite", None, "held")


def looked(tmp_path: Path, peace: InPeace, told: Told) -> Found:
    path = tmp_path / "held.sqlite"
    return found_after(open_service(path), path, told, peace)


def whole(tmp_path: Path) -> Told:
    """Say what a call acknowledged after which the process was killed."""
    session = open_service(tmp_path / "held.sqlite").get("held")
    assert session.phase is Phase.FINISHED
    answers = sum(isinstance(event, Answered) for event in stored(tmp_path))
    return Told("held", session.event_count, answers, session.current.text)


def stored(tmp_path: Path) -> list[object]:
    return list(SessionRepository(tmp_path / "held.sqlite").events("held"))


def test_what_is_lost_doubled_or_another_is_noticed(tmp_path: Path, peace: InPeace) -> None:
    told = whole(tmp_path)
    good_one = Found(told.answers, 0, 0, astray=False, other_question=False)
    assert looked(tmp_path, peace, told) == good_one
    assert looked(tmp_path, peace, replace(told, asked="What is recall?")).other_question
    more = replace(told, answers=told.answers + 1, events=told.events + 2)
    assert (looked(tmp_path, peace, more).lost, looked(tmp_path, peace, more).astray) == (1, True)
    shorter = InPeace(peace.events[:-3], peace.ends)
    assert looked(tmp_path, shorter, told).astray
    other = in_peace(tmp_path / "other.sqlite", None, "another")
    assert looked(tmp_path, other, told).astray


def test_an_answer_that_is_stored_twice_is_noticed(
    tmp_path: Path, peace: InPeace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("held_until_killed.answer_of", lambda session_id, _: f"In {session_id}.")
    twice = in_peace(tmp_path / "twice.sqlite", None, "twice")
    path = tmp_path / "twice.sqlite"
    told = Told("twice", len(twice.events), 1, open_service(path).get("twice").current.text)
    assert found_after(open_service(path), path, told, twice).doubled > 0

"""Variables of LangChain's that have prompts sent to another service have no effect here."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from faults.cells import NO_MORE, REAL, WHOLE
from faults.server import FaultServer, good
from grading_support import grader_for
from interview_support import BANK, REGULARIZATION, FakeGrader
from langchain_core.tracers.langchain import wait_for_all_tracers
from langsmith import run_trees
from langsmith import utils as langsmith_utils
from pytest_httpserver import HTTPServer
from support import HashingEncoder
from werkzeug import Response

from interviewer.config import PACKAGE_DIR, Settings, load_settings
from interviewer.grading.passages import NearbyPassages
from interviewer.grading.rubric import rubric_of
from interviewer.interviewing.model_interviewer import ModelInterviewer
from interviewer.llm import factory
from interviewer.llm.connection import connect
from interviewer.models import Session, SessionPlan
from interviewer.retrieval.index import build_in_memory
from interviewer.service import InterviewService
from interviewer.store.repository import SessionRepository

ANSWER = "It adds a penalty on the size of the weights to the loss."
PLAN = SessionPlan(question_ids=(REGULARIZATION.id,), question_count=1)


@pytest.fixture
def settings() -> Iterator[Settings]:
    with FaultServer({"model": good}) as server:
        yield load_settings(model="toy", base_url=server.address("model"), timeout_s=10.0)


@pytest.fixture(params=["LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"])
def told(
    request: pytest.FixtureRequest, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], list[str]]]:
    """Tell LangChain to send all that is asked to a server, and give what arrived there."""
    httpserver.expect_request(re.compile(".*")).respond_with_handler(lambda _: Response("{}"))
    monkeypatch.setenv(request.param, "true")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", httpserver.url_for(""))
    monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_somebody")
    monkeypatch.setattr(run_trees, "_CLIENT", None)
    langsmith_utils.get_env_var.cache_clear()

    def _told() -> list[str]:
        wait_for_all_tracers()
        return [request.path for request, _ in httpserver.log]

    yield _told
    if run_trees._CLIENT is not None:
        run_trees._CLIENT.close()
    langsmith_utils.get_env_var.cache_clear()


def service_for(settings: Settings, folder: Path, **options: Any) -> InterviewService:
    return InterviewService(
        repository=SessionRepository(folder / "sessions.sqlite"),
        interviewer=ModelInterviewer(connect(settings)),
        **{"bank": BANK, "grader": grader_for(settings), **options},
    )


def interviewed(service: InterviewService, plan: SessionPlan, answer: str) -> Session:
    """Have the model speak, clarify, grade, and choose or propose a follow-up."""
    session = service.start(plan)
    list(service.speak(session.id))
    service.clarify(session.id, "What do you mean?")
    list(service.speak(session.id))
    session = service.answer(session.id, answer)
    if plan is PLAN:
        session = service.go_on(session.id)
    list(service.speak(session.id))
    return session


def test_nothing_that_a_model_is_asked_is_traced(
    settings: Settings, told: Callable[[], list[str]], tmp_path: Path
) -> None:
    session = interviewed(service_for(settings, tmp_path), PLAN, ANSWER)
    assert session.exchanges[0].best is not None
    assert session.exchanges[0].best.grader == "local:toy"
    speakers = [turn.by for each in session.exchanges for turn in each.turns]
    assert speakers.count("local:toy") >= 2
    nearby = NearbyPassages(build_in_memory(BANK, HashingEncoder()))
    proposing = service_for(settings, tmp_path, bank=NO_MORE, nearby=nearby, grader=FakeGrader())
    assert interviewed(proposing, REAL, WHOLE).current.model_follow_up is not None
    assert "answered in" in factory.test_connection(settings)
    assert told() == []


def test_the_tracing_that_is_kept_off_would_have_told(
    settings: Settings, told: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the mend the same surroundings send the prompt elsewhere."""
    monkeypatch.setattr("langsmith.run_helpers.tracing_context", lambda **_: nullcontext())
    grader_for(settings).grade(rubric_of(REGULARIZATION), ANSWER)
    assert "/runs/multipart" in told()


@pytest.mark.parametrize("name", ["LANGCHAIN_TRACING", "LANGCHAIN_HANDLER"])
def test_tracing_that_langchain_no_longer_has_costs_no_grade(
    settings: Settings, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(name, "true")
    session = interviewed(service_for(settings, tmp_path), PLAN, ANSWER)
    assert session.exchanges[0].best is not None
    assert session.exchanges[0].best.grader == "local:toy"
    monkeypatch.setenv(name, "true")
    assert "answered in" in factory.test_connection(settings)


def test_every_module_that_asks_a_model_keeps_tracing_off() -> None:
    """LangChain's own calls; whoever adds one decorates it, or what calls it, with `untraced`."""
    asking = set()
    for path in PACKAGE_DIR.rglob("*.py"):
        told = path.read_text(encoding="utf-8")
        calls = {
            node.func.attr
            for node in ast.walk(ast.parse(told))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        if calls & {"invoke", "ainvoke", "stream", "astream", "batch", "abatch"}:
            asking.add(path.relative_to(PACKAGE_DIR).as_posix())
            assert "@untraced()" in told or "super().invoke(ctx)" in told, path
    assert {"llm/structured.py", "llm/streaming.py", "grading/llm_judge.py"} <= asking

"""A key that was set stands in nothing that is logged, raised, stored, reported or shown."""

from __future__ import annotations

import json
import logging
import re
import socket
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import server_process
from events_in_words import lines_of
from faults.cells import NO_MORE, REAL, WHOLE
from faults.server import PROPOSAL
from grading_support import grader_for
from interview_support import BANK, REGULARIZATION, FakeGrader
from pytest_httpserver import HTTPServer
from streamlit.testing.v1 import AppTest
from support import HashingEncoder
from typer.testing import CliRunner
from ui.conftest import open_page  # noqa: F401 - a fixture
from ui.pages import answer, press, start, words
from werkzeug import Request, Response

from interviewer.cli import app
from interviewer.config import CHECKOUT_DIR, Settings, load_settings
from interviewer.errors import ConfigurationError, EncoderError, ModelError
from interviewer.grading.grader import Grader, ReferencePassages
from interviewer.grading.llm_judge import LlmJudge
from interviewer.grading.passages import NearbyPassages
from interviewer.grading.rubric import rubric_of
from interviewer.interviewing.model_interviewer import ModelInterviewer
from interviewer.llm import factory
from interviewer.llm.connection import connect
from interviewer.models import Phase, Session, SessionPlan
from interviewer.reports.export import to_json
from interviewer.reports.markdown import escape, to_markdown
from interviewer.retrieval.index import build_in_memory
from interviewer.retrieval.openai_encoder import OpenAIEncoder
from interviewer.service import InterviewService
from interviewer.store.repository import SessionRepository
from interviewer.ui.markup import inline

KEY = "sk-canary-0123456789abcdef"
ANSWER = "It adds a penalty on the size of the weights to the loss."
QUESTION_ID = "regularization-l1-l2"
SPOKEN = "What does regularization do, and when would you choose L1 over L2?"
UNWORDED = "local:toy could not word this, so the bank did."
UNCHOSEN = "local:toy could not choose what to ask, so the bank did."
PROPOSES = "The key points that are still open"
TIMEOUT_S = 0.5


def sent_key(request: Request) -> str:
    key = request.headers["Authorization"].removeprefix("Bearer ")
    assert key == KEY
    return key


def says(text: str, status: int = 200, **headers: str) -> Response:
    return Response(text, status=status, headers=headers, content_type="application/json")


def completion(content: str, key: str) -> str:
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    reply = {"id": key, "object": "chat.completion", "created": 0, "model": key}
    return json.dumps({**reply, "choices": [choice]})


def bad_key(request: Request) -> Response:
    fault = {"message": f"Incorrect API key provided: {sent_key(request)}", "code": KEY}
    return says(json.dumps({"error": fault}), 401, **{"x-key": KEY})


def server_fault(request: Request) -> Response:
    return says(f"Traceback: headers = {sent_key(request)}", 500, **{"retry-after": "0"})


def refused_request(request: Request) -> Response:
    return says(json.dumps({"error": {"message": f"bad header {sent_key(request)}"}}), 400)


def too_late(request: Request) -> Response:
    sent_key(request)
    time.sleep(TIMEOUT_S + 0.3)
    return says(KEY)


def invalid_json(request: Request) -> Response:
    return says('{"id": "' + sent_key(request))


def html(request: Request) -> Response:
    return Response(f"<p>{sent_key(request)}</p>", content_type="text/html")


def another_shape(request: Request) -> Response:
    return says(completion(json.dumps({"key": sent_key(request)}), KEY))


def redirect(request: Request) -> Response:
    return says("", 307, location=f"http://127.0.0.1:9/{sent_key(request)}")


def key_in_a_good_verdict(request: Request) -> Response:
    """A reply that is accepted but for the key in its reasons, which would be stored."""
    told = str(request.get_json())
    point = {"quote": ANSWER, "passage": 1, "verdict": "covered", "confidence": "high"}
    numbers = sorted(set(re.findall(r"point_(\d+)", told)))
    points = {f"point_{number}": {"reason": sent_key(request), **point} for number in numbers}
    return says(completion(json.dumps({**points, "mistakes": []}), KEY))


def stream_of(*pieces: str | None, fault: str = "") -> Response:
    """Stream words, which are finished where the last piece is None; or end in an error."""
    lines = []
    for piece in pieces:
        reason = "stop" if piece is None else None
        delta = {} if piece is None else {"role": "assistant", "content": piece}
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        part = {"id": KEY, "object": "chat.completion.chunk", "created": 0, "model": KEY}
        lines.append(json.dumps({**part, "choices": [choice]}))
    lines += [fault] if fault else ["[DONE]"]
    told = "".join(f"data: {line}\n\n" for line in lines)
    return Response(told, content_type="text/event-stream", headers={"x-key": KEY})


def key_in_the_words(request: Request) -> Response:
    """Words and a reason for a choice that would be shown and stored but for the key in them."""
    key = sent_key(request)
    if request.get_json().get("stream"):
        return stream_of("All right. ", f"Use {key[:9]}", f"{key[9:]} here. ", SPOKEN, None)
    if PROPOSES in str(request.get_json()):
        return proposes(key, "reason")
    return says(completion(json.dumps({"reason": f"See {key}.", "number": 1}), KEY))


def proposes(key: str, field: str) -> Response:
    """Ask a question that would be asked, were it not for the key in a field; "" leaves it out."""
    told = {name: f"{key} {text}" if name == field else text for name, text in PROPOSAL.items()}
    return says(completion(json.dumps(told), KEY))


def error_in_the_stream(request: Request) -> Response:
    fault = json.dumps({"error": {"message": f"overloaded: {sent_key(request)}", "code": KEY}})
    if request.get_json().get("stream"):
        return stream_of("All right. ", SPOKEN[:30], fault=fault)
    return says(fault, 503, **{"retry-after": "0"})


FAULTS = (
    bad_key,
    server_fault,
    refused_request,
    too_late,
    invalid_json,
    html,
    another_shape,
    redirect,
    key_in_a_good_verdict,
    key_in_the_words,
    error_in_the_stream,
    None,
)


@pytest.fixture(params=FAULTS, ids=lambda fault: fault.__name__ if fault else "unreachable")
def settings(
    request: pytest.FixtureRequest, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Settings from the environment, for a server with one fault."""
    if request.param is None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    else:
        httpserver.expect_request(re.compile("/v1/.*")).respond_with_handler(request.param)
        url = httpserver.url_for("/v1")
    return settings_for(url, monkeypatch)


def settings_for(url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("INTERVIEWER_API_KEY", KEY)
    monkeypatch.setenv("INTERVIEWER_BASE_URL", url)
    monkeypatch.setenv("INTERVIEWER_MODEL", "toy")
    monkeypatch.setenv("INTERVIEWER_TIMEOUT_S", str(TIMEOUT_S))
    return load_settings()


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="interviewer")
    for name in ("openai", "httpx2", "langchain_openai"):
        caplog.set_level(logging.INFO, logger=name)


@pytest.fixture(autouse=True)
def _no_log_holds_the_key(caplog: pytest.LogCaptureFixture) -> Any:
    yield
    ours = [record for record in caplog.records if not record.name.startswith("werkzeug")]
    texts = [caplog.handler.format(record) for record in ours]
    assert [text for text in texts if KEY in text] == []


def a_hashing_encoder(*_: object, **__: object) -> HashingEncoder:
    return HashingEncoder()


def record_of(repository: SessionRepository, session: Session) -> str:
    """Write the interview down as the recording of one at a real server is written."""
    return "\n".join(lines_of(repository.events(session.id)))


def shown_on(page: AppTest) -> str:
    """Everything that a page says, as it is read: Markdown's backslashes would part the key."""
    return words(page).replace("\\", "")


def told_of(error: BaseException) -> str:
    """Everything that a log or a terminal would print of an error."""
    return "\n".join([str(error), repr(error), *traceback.format_exception(error)])


def test_an_interview_keeps_the_key_out_of_store_report_and_export(
    settings: Settings, tmp_path: Path
) -> None:
    repository = SessionRepository(tmp_path / "sessions.sqlite")
    service = InterviewService(
        bank=BANK,
        grader=grader_for(settings),
        repository=repository,
        interviewer=ModelInterviewer(connect(settings)),
    )
    session = service.start(SessionPlan(question_ids=(REGULARIZATION.id,), question_count=1))
    told = list(service.speak(session.id))
    service.clarify(session.id, "What do you mean?")
    told += service.speak(session.id)
    session = service.answer(session.id, ANSWER)
    best = session.current.best
    assert best is not None
    assert best.grader == "offline-1"
    assert best.notice.startswith("local:toy could not grade this answer")
    followed = service.go_on(session.id).current
    told += service.speak(session.id)
    session = service.end(session.id)
    turns = [turn for exchange in session.exchanges for turn in exchange.turns]
    assert [turn.notice[: len(UNWORDED)] for turn in turns].count(UNWORDED) == 3
    assert followed.turns[-1].notice.startswith(UNCHOSEN)
    shown = "\n".join([*told, to_markdown(session), to_json(session), repr(session)])
    recorded = record_of(repository, session)
    repository.close()
    assert ANSWER in shown
    assert escape(ANSWER) in recorded
    assert recorded.count(UNWORDED) == 3
    assert KEY not in recorded
    assert KEY not in shown
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert ANSWER.encode() in stored
    assert KEY.encode() not in stored


def test_a_question_that_the_model_thinks_of_keeps_the_key_out(
    settings: Settings, tmp_path: Path
) -> None:
    session = session_with_a_proposal(settings, tmp_path)
    assert session.phase is Phase.FINISHED
    assert all(turn.by == "" for exchange in session.exchanges for turn in exchange.turns)


@pytest.mark.parametrize("field", ["reason", "quote", "question", ""])
def test_a_good_question_is_asked_unless_the_key_is_in_its_proposal(
    field: str, httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def respond(request: Request) -> Response:
        assert PROPOSES in str(request.get_json())
        return proposes(sent_key(request), field)

    httpserver.expect_request(re.compile("/v1/.*")).respond_with_handler(respond)
    settings = settings_for(httpserver.url_for("/v1"), monkeypatch)
    session = session_with_a_proposal(settings, tmp_path)
    asked = [turn.text for exchange in session.exchanges for turn in exchange.turns if turn.by]
    assert asked == ([] if field else [PROPOSAL["question"]])
    httpserver.check_assertions()


def session_with_a_proposal(settings: Settings, folder: Path) -> Session:
    """Give a whole answer where the bank asks no more, and search all that is kept for the key."""
    repository = SessionRepository(folder / "sessions.sqlite")
    service = InterviewService(
        bank=NO_MORE,
        grader=FakeGrader(),
        repository=repository,
        interviewer=ModelInterviewer(connect(settings)),
        nearby=NearbyPassages(build_in_memory(BANK, HashingEncoder())),
    )
    session = service.answer(service.start(REAL).id, WHOLE)
    if session.phase is not Phase.FINISHED:
        session = service.end(session.id)
    recorded = record_of(repository, session)
    repository.close()
    assert "**Candidate**: Let me think." in recorded
    assert KEY not in recorded
    shown = "\n".join([to_markdown(session), to_json(session), repr(session)])
    assert WHOLE in shown
    assert KEY not in shown
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert json.dumps(WHOLE).encode() in stored or WHOLE.encode() in stored
    assert KEY.encode() not in stored
    return session


def test_an_error_and_its_causes_keep_the_key_out(settings: Settings) -> None:
    passages = ReferencePassages(HashingEncoder())
    grader = Grader(judge=LlmJudge(connect(settings)), passages=passages, bank_version="bank")
    with pytest.raises(ModelError) as judged:
        grader.grade(rubric_of(REGULARIZATION), ANSWER)
    assert KEY not in told_of(judged.value)
    with pytest.raises(EncoderError) as encoded:
        OpenAIEncoder("small-embedding", settings)
    assert KEY not in told_of(encoded.value)


def test_the_connection_test_keeps_the_key_out(settings: Settings) -> None:
    try:
        told = factory.test_connection(settings)
    except ModelError as error:
        told = told_of(error)
        logging.getLogger("interviewer").exception("The connection test failed.")
    assert KEY not in told


@pytest.mark.parametrize(
    ("points", "said"),
    [("all", "could not grade this answer"), ("unsure", "could not settle the 4 points")],
)
def test_the_terminal_keeps_the_key_out(
    settings: Settings,
    small_bank_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    points: str,
    said: str,
) -> None:
    monkeypatch.setattr("interviewer.grading.deferral.SURE_FROM", 1.01)
    monkeypatch.setenv("INTERVIEWER_BANK_DIR", str(small_bank_dir))
    monkeypatch.setenv("INTERVIEWER_INDEX_DIR", str(tmp_path / "index"))
    answer_file = tmp_path / "answer.txt"
    answer_file.write_text(ANSWER, encoding="utf-8")
    with monkeypatch.context() as offline_encoder:
        offline_encoder.setattr("interviewer.workspace.open_encoder", a_hashing_encoder)
        options = ["--answer-file", str(answer_file), "--model-grades", points]
        result = CliRunner().invoke(app, ["grade", "--question-id", QUESTION_ID, *options])
    assert result.exit_code == 0, result.stderr
    assert said in " ".join(result.output.split())
    assert KEY not in result.output + result.stdout + result.stderr
    monkeypatch.setenv("INTERVIEWER_EMBEDDING", "openai:small-embedding")
    result = CliRunner().invoke(app, ["search", "penalty"])
    assert result.exit_code == 1
    assert "Error: " in result.stderr
    assert result.exc_info is not None
    printed = "".join(traceback.format_exception(*result.exc_info))
    assert KEY not in result.output + result.stdout + result.stderr + printed


def test_an_interview_in_the_terminal_keeps_the_key_out(
    settings: Settings, small_bank_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERVIEWER_BANK_DIR", str(small_bank_dir))
    monkeypatch.setenv("INTERVIEWER_INDEX_DIR", str(tmp_path / "index"))
    monkeypatch.setattr("interviewer.workspace.open_encoder", a_hashing_encoder)
    typed = f"/clarify\n{ANSWER}\n\n\n/end\n"
    result = CliRunner().invoke(app, ["interview", "-n", "1", "--seed", "2"], input=typed)
    assert result.exception is None, result.stderr
    said = " ".join(result.output.split())
    assert said.count(UNWORDED) == 3
    assert said.count(UNCHOSEN) == 1
    assert KEY not in result.output + result.stdout + result.stderr


def test_an_interview_on_the_page_keeps_the_key_out(
    settings: Settings,
    open_page: Callable[..., AppTest],  # noqa: F811
    tmp_path: Path,
) -> None:
    page = press(start(open_page()), "Ask")
    pages = [shown_on(page), repr(page)]
    page = answer(page, ANSWER)
    pages += [shown_on(page), repr(page)]
    page = press(page, "Next")
    shown = "".join([*pages, shown_on(page), repr(page)])
    assert not page.exception
    assert not page.error
    assert "could not word this" in shown
    assert "could not choose what to ask" in shown
    assert KEY not in shown
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert ANSWER.encode() in stored
    assert KEY.encode() not in stored


def test_the_app_keeps_the_key_out_of_what_it_shows(
    settings: Settings,
    open_page: Callable[..., AppTest],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("API_KEY", "BASE_URL", "MODEL"):
        monkeypatch.delenv(f"INTERVIEWER_{name}")
    page = open_page("settings")
    for box, text in zip(page.text_input, ("toy", settings.base_url, KEY), strict=True):
        box.set_value(text)
    page = press(page, "Test the connection")
    assert not page.exception
    assert page.error or page.success
    assert KEY not in shown_on(page)
    assert KEY not in "".join(str(error.value) for error in page.error).replace("\\", "")


def test_a_key_is_found_where_a_page_or_a_recording_shows_it() -> None:
    """The control: neither way of writing parts the key so that the search misses it."""
    assert KEY in escape(f"The key is {KEY}.")
    page = AppTest.from_function(_shows_the_key, args=(inline(f"The key is {KEY}."),)).run()
    assert KEY not in words(page)
    assert KEY in shown_on(page)


def _shows_the_key(told: str) -> None:
    import streamlit as st

    st.markdown(told)


def test_the_recordings_that_are_published_hold_no_key() -> None:
    """Interviews at a real server, written down; the servers' key has been another one before."""
    texts = [path.read_text(encoding="utf-8") for path in (CHECKOUT_DIR / "docs").rglob("*.md")]
    assert any("**Candidate**" in text for text in texts)
    keys = (KEY, server_process.KEY, "sk-local")
    assert [key for key in keys for text in texts if key in text] == []


def test_settings_show_no_key_however_they_are_printed() -> None:
    settings = load_settings(api_key=KEY)
    shown = (repr(settings), str(settings), settings.model_dump_json(), repr(settings.model_dump()))
    assert [text for text in shown if KEY in text] == []


@pytest.mark.parametrize(
    "values",
    [
        {"api_key": f"{KEY}\nX-Other: 1"},
        {"api_key": f"{KEY}é"},
        {"api_key": [KEY]},
        {"api_key": KEY, "top_k": "many"},
        {"base_url": f"https://me:{KEY}@models.example"},
        {"base_url": f"ftp://{KEY}"},
    ],
    ids=["two lines", "not ASCII", "a list", "beside another fault", "in a URL", "in a bad URL"],
)
def test_a_setting_that_is_refused_is_not_repeated(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(**values)
    assert KEY not in told_of(caught.value)

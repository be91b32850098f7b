"""Whatever a server does, what is asked is said: in a model's words, or labelled in the bank's."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from interview_support import BANK, REGULARIZATION, FakeGrader
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from interviewer.config import Settings
from interviewer.interviewing.model_interviewer import ModelInterviewer
from interviewer.llm.connection import connect
from interviewer.models import Mode, SessionPlan, TurnKind
from interviewer.service import InterviewService
from interviewer.store.repository import SessionRepository

KEY = "sk-canary-0123456789abcdef"
TIMEOUT_S = 0.7
PHRASED = "Let's begin. What does regularization do, and when would you choose L1 over L2?"
Handler = Callable[[Request], Response]


def chunk(text: str | None = None, reason: str | None = None, **more: object) -> str:
    delta = {} if text is None else {"role": "assistant", "content": text}
    choice = {"index": 0, "delta": {**delta, **more}, "finish_reason": reason}
    reply = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "toy"}
    return f"data: {json.dumps({**reply, 'choices': [choice]})}\n\n"


def stream(*parts: str, pause_s: float = 0.0) -> Handler:
    def handler(request: Request) -> Response:
        def body() -> Iterator[str]:
            for part in parts:
                time.sleep(pause_s)
                yield part

        return Response(body(), content_type="text/event-stream")

    return handler


def reply(text: str, status: int = 200, kind: str = "application/json", **headers: str) -> Handler:
    return lambda request: Response(text, status=status, headers=headers, content_type=kind)


def hang(request: Request) -> Response:
    time.sleep(TIMEOUT_S + 0.3)
    return Response("late")


def echo(request: Request) -> Response:
    key = request.headers["Authorization"].removeprefix("Bearer ")
    return stream(chunk(f"Use {key}. {PHRASED}"), chunk(reason="stop"), "data: [DONE]\n\n")(request)


WORDS = [chunk(word) for word in re.findall(r"\S+\s*", PHRASED)]
DONE = "data: [DONE]\n\n"
OVERLOADED = json.dumps({"error": {"message": f"overloaded {KEY}", "type": "server_error"}})
FAULTS: dict[str, Handler] = {
    **{
        f"status {status}": reply(OVERLOADED, status)
        for status in (400, 401, 403, 404, 408, 409, 413, 418, 422, 429, 500, 501, 502, 503, 504)
    },
    "retry after an hour": reply(OVERLOADED, 429, **{"retry-after": "3600"}),
    "redirect": reply("", 307, location="http://127.0.0.1:9/v1"),
    "html with 200": reply("<p>Welcome</p>", kind="text/html"),
    "empty body": reply("", kind="text/event-stream"),
    "a whole reply instead of a stream": reply(json.dumps({"choices": []})),
    "binary": reply("\x00\x01\x02", kind="application/octet-stream"),
    "no json in the stream": stream("data: {not json}\n\n", DONE),
    "truncated json": stream(*WORDS, 'data: {"choices": [{"del'),
    "wrong types": stream('data: {"choices": "none"}\n\n', DONE),
    "no choices": stream('data: {"choices": []}\n\n', DONE),
    "an error in the stream": stream(*WORDS[:3], f"data: {OVERLOADED}\n\n"),
    "no finish reason": stream(*WORDS, DONE),
    "no end at all": stream(*WORDS),
    "cut off at a length": stream(*WORDS[:5], chunk(reason="length"), DONE),
    "a content filter": stream(*WORDS[:5], chunk(reason="content_filter"), DONE),
    "a refusal": stream(chunk(refusal="I cannot."), chunk(reason="stop"), DONE),
    "a tool call": stream(chunk(reason="tool_calls"), DONE),
    "no words": stream(chunk(reason="stop"), DONE),
    "another subject": stream(chunk("It rains."), chunk(reason="stop"), DONE),
    "a huge reply": stream(*[chunk("word " * 1000)] * 50, chunk(reason="stop"), DONE),
    "a drip": stream(*WORDS * 5, chunk(reason="stop"), DONE, pause_s=0.1),
    "a hang": hang,
    "an echoed key": echo,
}


def service_for(server: HTTPServer, path: Path, handler: Handler) -> InterviewService:
    server.expect_request(re.compile("/v1/.*")).respond_with_handler(handler)
    values = {"model": "toy", "base_url": server.url_for("/v1"), "api_key": KEY}
    settings = Settings(_env_file=None, timeout_s=TIMEOUT_S, **values)
    return InterviewService(
        bank=BANK,
        grader=FakeGrader(),
        repository=SessionRepository(path / "sessions.sqlite"),
        interviewer=ModelInterviewer(connect(settings)),
    )


PLAN = SessionPlan(question_ids=(REGULARIZATION.id,), question_count=1)


def test_words_stream_from_a_server_sentence_by_sentence(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    good = stream(*WORDS, chunk(reason="stop"), DONE, pause_s=0.01)
    service = service_for(httpserver, tmp_path, good)
    session = service.start(PLAN)
    greeting = session.current.turns[0].text
    assert list(service.speak(session.id)) == [
        greeting,
        f"{greeting} Let's begin.",
        f"{greeting} {PHRASED}",
        f"{greeting} {PHRASED}",
    ]
    asked = json.loads(httpserver.log[0][0].data)
    assert asked["stream"] is True
    turn = service.get(session.id).current.turns[0]
    assert (turn.by, turn.notice) == ("local:toy", "")


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_ends_in_labelled_words_within_the_deadline(
    httpserver: HTTPServer, tmp_path: Path, fault: str
) -> None:
    service = service_for(httpserver, tmp_path, FAULTS[fault])
    session = service.start(PLAN)
    started = time.monotonic()
    shown = list(service.speak(session.id))
    assert time.monotonic() - started < TIMEOUT_S + 1.0
    bank_words = session.current.turns[0].text
    turn = service.get(session.id).current.turns[0]
    assert shown[-1] == turn.text == bank_words
    assert turn.notice.startswith("local:toy could not word this, so the bank did. ")
    assert KEY not in "".join([*shown, turn.notice])


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_leaves_the_banks_follow_up_and_loses_no_answer(
    httpserver: HTTPServer, tmp_path: Path, fault: str
) -> None:
    service = service_for(httpserver, tmp_path, FAULTS[fault])
    session = service.start(replace(PLAN, mode=Mode.REAL))
    started = time.monotonic()
    answered = service.answer(session.id, "Let me think.")
    assert time.monotonic() - started < TIMEOUT_S + 1.0
    assert answered.exchanges[0].grades[0].answer == "Let me think."
    asked = answered.current.turns[-1]
    assert asked.kind is TurnKind.FOLLOW_UP
    assert asked.notice.startswith("local:toy could not choose what to ask, so the bank did. ")
    assert KEY not in repr(answered)

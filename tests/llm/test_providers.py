"""`provider:model` asks another service through its own package, with the rules of our own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from faults.server import FaultServer
from langchain_core.messages import HumanMessage
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from interviewer.config import Settings, load_settings
from interviewer.deadline import Deadline
from interviewer.errors import ConfigurationError, ModelError, ModelReplyError
from interviewer.llm import factory, providers
from interviewer.llm.connection import connect
from interviewer.llm.factory import make_chat_model, model_name
from interviewer.llm.streaming import stream_text
from interviewer.llm.structured import StructuredModel
from interviewer.usage import Meter

KEY = "sk-ant-canary-0123456789"
OPENAI_KEY = "sk-openai-canary-9876543210"
MODEL = "anthropic:claude-sonnet-5"

pytest.importorskip("langchain_anthropic")


class Word(BaseModel):
    """A word."""

    model_config = ConfigDict(extra="forbid")

    word: str = Field(max_length=10)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer) -> Settings:
    monkeypatch.setattr(providers, "ANTHROPIC_URL", httpserver.url_for(""))
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_KEY", OPENAI_KEY)
    return load_settings(model=MODEL, timeout_s=5.0)


def replied(*blocks: dict[str, Any], stop_reason: str = "end_turn") -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5",
        "content": list(blocks),
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": {"input_tokens": 70, "output_tokens": 7},
    }


def with_a_tool(request: Request) -> Response:
    """Call the tool that the request offers, as the service does."""
    asked = json.loads(request.data)
    if not asked.get("tools"):
        return Response("{}", status=400, content_type="application/json")
    call = {"type": "tool_use", "id": "t", "name": asked["tools"][0]["name"]}
    body = replied({**call, "input": {"word": "ready"}}, stop_reason="tool_use")
    return Response(json.dumps(body), content_type="application/json")


def serve(httpserver: HTTPServer, handler: Callable[[Request], Response]) -> None:
    httpserver.expect_request("/v1/messages").respond_with_handler(handler)


def ask(settings: Settings) -> Word:
    asked = StructuredModel(connect(settings), Word, sleep=lambda _: None)
    return asked.ask([HumanMessage("Say a word.")], Deadline.after(5.0))


def test_another_provider_is_asked_for_a_shape_and_its_tokens_are_counted(
    settings: Settings, httpserver: HTTPServer
) -> None:
    serve(httpserver, with_a_tool)
    meter = Meter()
    assert meter.run(lambda: ask(settings)) == Word(word="ready")
    assert meter.usage.total == 77
    sent = [str(request.headers) for request, _ in httpserver.log]
    assert all(KEY in headers and OPENAI_KEY not in headers for headers in sent)
    assert model_name(settings) == MODEL


def test_a_refusal_is_told_from_a_reply(settings: Settings, httpserver: HTTPServer) -> None:
    body = json.dumps(replied({"type": "text", "text": ""}, stop_reason="refusal"))
    serve(httpserver, lambda _: Response(body, content_type="application/json"))
    with pytest.raises(ModelError, match="refused to reply"):
        ask(settings)


def test_a_key_that_comes_back_is_refused(settings: Settings, httpserver: HTTPServer) -> None:
    body = json.dumps(replied({"type": "text", "text": json.dumps({"word": KEY[:10]})}))
    serve(httpserver, lambda _: Response(body, content_type="application/json"))
    connection = connect(settings)
    assert connection.secret == SecretStr(KEY)
    with pytest.raises(ModelReplyError, match="repeats the key"):
        connection.refuse_secret(f"Your key is {KEY}.")


@pytest.mark.parametrize(
    ("status", "message"), [(401, "refused the key"), (404, "does not know"), (529, "HTTP 529")]
)
def test_its_faults_are_told_in_our_words_without_the_key(
    settings: Settings, httpserver: HTTPServer, status: int, message: str
) -> None:
    fault = {"type": "error", "error": {"type": "api_error", "message": f"{KEY} is bad"}}
    serve(
        httpserver,
        lambda _: Response(json.dumps(fault), status=status, content_type="application/json"),
    )
    with pytest.raises(ModelError, match=message) as raised:
        ask(settings)
    assert KEY not in str(raised.value)


def test_its_words_stream_and_end_for_its_own_reason(
    settings: Settings, httpserver: HTTPServer
) -> None:
    start = replied() | {"stop_reason": None}
    block = {"type": "text", "text": ""}
    events = [
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *(
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "text_delta", "text": text},
            }
            for text in ("Let's ", "begin.")
        ),
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 7},
        },
        {"type": "message_stop"},
    ]
    body = "".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events)
    serve(httpserver, lambda _: Response(body, content_type="text/event-stream"))
    connection = connect(settings)
    meter = Meter()
    said = meter.each(
        stream_text(
            connection,
            [HumanMessage("Speak.")],
            Deadline.after(5.0),
            most_characters=1000,
        )
    )
    assert "".join(said) == "Let's begin."
    assert meter.usage.output_tokens == 7


def said_by(settings: Settings) -> str:
    messages = [HumanMessage("Speak.")]
    pieces = stream_text(connect(settings), messages, Deadline.after(5.0), most_characters=1000)
    return "".join(pieces)


@pytest.mark.parametrize("asked", [ask, said_by, factory.test_connection])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(
    settings: Settings, httpserver: HTTPServer, status: int, asked: Callable[[Settings], Any]
) -> None:
    with FaultServer({}) as elsewhere:
        there = {"Location": f"http://127.0.0.1:{elsewhere.port}/v1/messages"}
        serve(httpserver, lambda _: Response("", status=status, headers=there))
        with pytest.raises(ModelError, match=f"sends requests elsewhere .HTTP {status}"):
            asked(settings)
        assert elsewhere.connections == 0


def test_the_package_alone_would_have_followed_a_redirect(
    settings: Settings, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control, so that the test before it tests something."""
    monkeypatch.setattr(providers, "_send_through_ours", lambda *_: None)
    with FaultServer({"v1": lambda call: call.reply("{}", "400 Bad Request")}) as elsewhere:
        there = {"Location": f"http://127.0.0.1:{elsewhere.port}/v1/messages"}
        serve(httpserver, lambda _: Response("", status=307, headers=there))
        with pytest.raises(ModelError):
            ask(settings)
        assert elsewhere.connections > 0


@pytest.mark.parametrize(
    "name",
    ["ANTHROPIC_API_URL", "ANTHROPIC_BASE_URL", "ANTHROPIC_PROXY", "LANGSMITH_GATEWAY"],
)
def test_no_variable_leads_requests_elsewhere(
    settings: Settings, httpserver: HTTPServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(httpserver, with_a_tool)
    with FaultServer({}) as elsewhere:
        monkeypatch.setenv(name, f"http://127.0.0.1:{elsewhere.port}")
        assert ask(settings) == Word(word="ready")
        assert elsewhere.connections == 0


def test_google_is_asked_at_its_own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}
    web = httpx2.Client(follow_redirects=True)

    def _made(model: str, **options: Any) -> Any:
        told.update(options, model=model, gateway=os.environ.get("LANGSMITH_GATEWAY"))
        return SimpleNamespace(client=SimpleNamespace(web=web))

    monkeypatch.setattr("langchain.chat_models.init_chat_model", _made)
    monkeypatch.setenv("LANGSMITH_GATEWAY", "true")
    make_chat_model(load_settings(model="google_genai:gemini-3.5-flash"))
    assert told["base_url"] == "https://generativelanguage.googleapis.com/"
    assert told["client_args"] == {"follow_redirects": False}
    assert told["gateway"] is None
    assert not web.follow_redirects


def test_a_client_is_found_wherever_a_package_keeps_it() -> None:
    class Kept(BaseModel):
        _web: Any = PrivateAttr()

    kept, web = Kept(), httpx2.Client(follow_redirects=True)
    kept._web = SimpleNamespace(api=SimpleNamespace(web=web, back=kept), types=[BaseModel])
    assert list(providers.web_clients(kept)) == [web]
    assert list(providers.web_clients(SimpleNamespace(model=kept))) == [web]


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain_mistralai", None)
    with pytest.raises(ConfigurationError, match="a package that is not installed"):
        make_chat_model(load_settings(model="mistralai:mistral-small"))


def test_a_provider_that_nobody_knows_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", OPENAI_KEY)
    with pytest.raises(ConfigurationError, match=r"Name it as provider:model") as raised:
        make_chat_model(load_settings(model="nobody:model"))
    assert OPENAI_KEY not in str(raised.value)


def test_openais_own_models_may_be_named_with_their_provider() -> None:
    settings = load_settings(model="openai:gpt-5", api_key=SecretStr(OPENAI_KEY))
    assert model_name(settings) == "openai:gpt-5"
    assert make_chat_model(settings).model_name == "gpt-5"  # type: ignore[attr-defined]


def test_a_colon_in_the_name_of_a_model_of_ones_own_server_is_part_of_it() -> None:
    settings = load_settings(model="llama3.2:3b", base_url="http://127.0.0.1:11434/v1")
    assert settings.provider == ""
    assert model_name(settings) == "local:llama3.2:3b"


def test_a_bad_openai_key_is_told_under_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "bad key")
    with pytest.raises(ConfigurationError, match=r"used\. OPENAI_API_KEY: ") as raised:
        load_settings()
    assert "bad key" not in str(raised.value)


def test_openais_key_is_for_openai_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", OPENAI_KEY)
    assert load_settings(model=MODEL).key is None
    assert load_settings(model=MODEL).openai_key == SecretStr(OPENAI_KEY)
    own = load_settings(model=MODEL, api_key=SecretStr(KEY))
    assert (own.key, own.openai_key) == (SecretStr(KEY), SecretStr(OPENAI_KEY))
    assert load_settings(model="gpt-5").key == SecretStr(OPENAI_KEY)

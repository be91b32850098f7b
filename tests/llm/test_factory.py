from __future__ import annotations

import socket
from typing import Any

import pytest
from faults.server import FaultServer
from pytest_httpserver import HTTPServer

from interviewer.config import Settings
from interviewer.errors import ConfigurationError, ModelError
from interviewer.llm import factory

KEY = "sk-very-secret"


def settings_for(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


def completion(content: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "toy",
        "choices": [choice],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


@pytest.fixture
def local(httpserver: HTTPServer) -> Settings:
    return settings_for(model="toy", base_url=httpserver.url_for("/v1"), api_key=KEY, timeout_s=2.0)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"api_key": KEY}, "openai:gpt-5-mini"),
        ({"api_key": KEY, "model": "gpt-6"}, "openai:gpt-6"),
        ({"model": "llama3.2", "base_url": "http://127.0.0.1:1/v1"}, "local:llama3.2"),
    ],
)
def test_the_model_s_name_tells_where_it_runs(values: dict[str, Any], name: str) -> None:
    assert factory.model_name(settings_for(**values)) == name


@pytest.mark.parametrize(
    ("values", "message"),
    [({}, "No chat model is set up"), ({"model": "gpt-6"}, "OpenAI needs a key")],
)
def test_what_is_not_configured_says_what_to_set(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        factory.make_chat_model(settings_for(**values))


def test_the_key_stays_out_of_the_model_s_repr(local: Settings) -> None:
    model = factory.make_chat_model(local)
    assert KEY not in repr(model)
    assert KEY not in str(model)


def test_the_address_comes_from_the_settings_alone(
    monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer
) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_PROXY", "LANGSMITH_GATEWAY"):
        monkeypatch.setenv(name, httpserver.url_for("/elsewhere"))
    model: Any = factory.make_chat_model(settings_for(api_key=KEY))
    assert model.openai_api_base == "https://api.openai.com/v1"
    assert str(model.root_client.base_url) == "https://api.openai.com/v1/"
    assert model.root_client.max_retries == 0


@pytest.mark.parametrize(
    "name", ["OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_PROXY", "LANGSMITH_GATEWAY"]
)
def test_no_variable_leads_requests_elsewhere(
    local: Settings, httpserver: HTTPServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/v1/chat/completions").respond_with_json(completion("ready"))
    with FaultServer({}) as elsewhere:
        monkeypatch.setenv(name, f"http://127.0.0.1:{elsewhere.port}")
        assert "answered in" in factory.test_connection(local)
        assert elsewhere.connections == 0


def test_a_connection_that_works_is_told_in_one_line(
    local: Settings, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/v1/chat/completions").respond_with_json(completion("ready"))
    told = factory.test_connection(local)
    assert told.startswith(f"local:toy at {local.base_url} answered in ")
    assert KEY not in told


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "refused the key"),
        (404, "does not know local:toy"),
        (429, "takes no more requests"),
        (500, "failed"),
        (307, "sends requests elsewhere"),
    ],
)
def test_a_connection_that_fails_says_what_to_do(
    local: Settings, httpserver: HTTPServer, status: int, message: str
) -> None:
    httpserver.expect_request("/v1/chat/completions").respond_with_json(
        {"error": {"message": f"bad key {KEY}"}},
        status=status,
        headers={"Location": httpserver.url_for("/stolen")},
    )
    httpserver.expect_request("/stolen").respond_with_json(completion("got the key"))
    with pytest.raises(ModelError, match=message) as caught:
        factory.test_connection(local)
    assert KEY not in str(caught.value)
    assert [request.path for request, _ in httpserver.log] == ["/v1/chat/completions"]


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(ModelError, match=f"{address} cannot be reached. Is the server running"):
        factory.test_connection(settings_for(model="toy", base_url=address, timeout_s=2.0))

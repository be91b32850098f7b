"""Only a web address that a person set is asked, and never a link-local or metadata one."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from grading_support import grader_for
from pytest_httpserver import HTTPServer

from interviewer.config import Settings, load_settings
from interviewer.errors import ConfigurationError, EncoderError, ModelError
from interviewer.grading.rubric import own_question, rubric_of
from interviewer.llm import factory
from interviewer.retrieval.openai_encoder import OpenAIEncoder

KEY = "sk-canary-0123456789abcdef"
REFUSED = "is a link-local or cloud metadata address"
ANSWER = "It moves the parameters against the gradient of the loss."
RUBRIC = rubric_of(own_question("What is gradient descent?", ANSWER, "reference.md"))


def settings_for(base_url: str, **values: Any) -> Settings:
    return load_settings(model="toy", base_url=base_url, api_key=KEY, timeout_s=3.0, **values)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/v1",
        "http://169.254.0.1",
        "http://2852039166/v1",
        "http://0xA9FEA9FE/v1",
        "http://0xa9.0xfe.0xa9.0xfe",
        "http://0251.0376.0251.0376",
        "http://169.254.43518",
        "http://169。254。169。254",  # noqa: RUF100
        "http://169.254.169.254\\@models.example",
        "http://[::ffff:169.254.169.254]/v1",
        "http://[::169.254.169.254]",
        "http://[64:ff9b::a9fe:a9fe]",
        "http://[2002:a9fe:a9fe::]",
        "http://[fe80::1]",
        "http://[fd00:ec2::254]",
        "http://100.100.100.200",
        "http://metadata.google.internal",
        "https://METADATA.google.internal./computeMetadata/v1",
        "http://metadata",
    ],
)
def test_link_local_and_metadata_addresses_are_refused_in_every_spelling(url: str) -> None:
    with pytest.raises(ConfigurationError, match=REFUSED) as caught:
        settings_for(url)
    assert "INTERVIEWER_BASE_URL" in str(caught.value)
    assert "INTERVIEWER_ALLOW_HOSTS" in str(caught.value)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1"),
        ("http://localhost:8080/v1/", "http://localhost:8080/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("http://10.1.2.3:8000/v1", "http://10.1.2.3:8000/v1"),
        ("http://192.168.1.20/v1", "http://192.168.1.20/v1"),
        ("http://[fd12:3456::1]/v1", "http://[fd12:3456::1]/v1"),
        ("https://Models.Example/v1", "https://models.example/v1"),
    ],
)
def test_public_private_and_loopback_addresses_are_asked(url: str, canonical: str) -> None:
    assert settings_for(url).base_url == canonical


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://models.example", "starts with http:// or https://"),
        ("file:///etc/passwd", "starts with http:// or https://"),
        ("models.example/v1", "starts with http:// or https://"),
        ("http://", "names a host"),
        (f"http://me:{KEY}@models.example", "no name or password"),
        (f"http://{KEY}@models.example", "no name or password"),
        (f"http://models.example/v1?key={KEY}", r"no \? and no #"),
        (f"http://models.example/v1#{KEY}", r"no \? and no #"),
    ],
)
def test_other_addresses_are_refused_and_not_repeated(url: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason) as caught:
        settings_for(url)
    assert KEY not in str(caught.value)
    assert KEY not in str(caught.value.__cause__)


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("http://169.254.7.7/v1", "169.254.7.7"),
        ("http://0xA9FE0707/v1", "models.example, 169.254.7.7"),
        ("http://[fe80::7]/v1", "fe80::7"),
        ("http://metadata.google.internal/v1", "Metadata.Google.Internal."),
    ],
)
def test_a_host_that_is_allowed_by_name_is_asked(
    url: str, hosts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERVIEWER_ALLOW_HOSTS", hosts)
    assert settings_for(url).base_url is not None
    with pytest.raises(ConfigurationError, match=REFUSED):
        settings_for("http://169.254.169.254/v1")


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer) -> str:
    """The URL of the local server by a name that resolves to a metadata address."""
    local = ("127.0.0.1", httpserver.port)

    def _resolve(host: str, port: int, *args: Any, **options: Any) -> list[Any]:
        assert host == "models.example"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", port))]

    def _connect(address: Any, *args: Any, **options: Any) -> socket.socket:
        return open_socket(local, *args, **options)

    open_socket = socket.create_connection
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *args, **options: (
            resolve(host, *args, **options)
            if host == "127.0.0.1"
            else _resolve(host, *args, **options)
        ),
    )
    monkeypatch.setattr(socket, "create_connection", _connect)
    return f"http://models.example:{httpserver.port}/v1"


def answered(httpserver: HTTPServer) -> None:
    message = {"role": "assistant", "content": "ready"}
    httpserver.expect_request("/v1/chat/completions").respond_with_json(
        {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": "toy",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        }
    )


def test_a_name_that_resolves_to_a_metadata_address_is_refused(
    named: str, httpserver: HTTPServer
) -> None:
    answered(httpserver)
    with pytest.raises(
        ConfigurationError, match=rf"models\.example is 169\.254\.169\.254, which {REFUSED}"
    ):
        factory.test_connection(settings_for(named))
    assert httpserver.log == []


def test_the_same_name_is_asked_where_it_is_allowed(named: str, httpserver: HTTPServer) -> None:
    answered(httpserver)
    told = factory.test_connection(settings_for(named, allow_hosts="models.example"))
    assert told.startswith("local:toy at http://models.example")


def test_a_name_that_is_something_else_once_connected_gets_no_byte(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look-up says loopback, the other end of the connection is another: a rebound name."""

    class _Rebound(socket.socket):
        def getpeername(self) -> tuple[str, int]:
            return ("169.254.169.254", 80)

    def _connect(address: Any, timeout: float, source_address: Any = None) -> socket.socket:
        made = _Rebound()
        made.settimeout(timeout)
        made.connect(address)
        return made

    answered(httpserver)
    monkeypatch.setattr(socket, "create_connection", _connect)
    with pytest.raises(ConfigurationError, match=REFUSED):
        factory.test_connection(settings_for(httpserver.url_for("/v1")))
    assert httpserver.log == []


def test_the_encoder_refuses_such_a_name_too(named: str, httpserver: HTTPServer) -> None:
    with pytest.raises(ConfigurationError, match=REFUSED):
        OpenAIEncoder("small-embedding", settings_for(named))
    assert httpserver.log == []


def test_an_answer_is_graded_offline_where_the_address_is_refused(
    named: str, httpserver: HTTPServer
) -> None:
    grade = grader_for(settings_for(named)).grade(RUBRIC, ANSWER)
    assert grade.grader == "offline-1"
    assert "169.254.169.254" in grade.notice
    assert httpserver.log == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_delivers_no_byte_to_the_second_server(
    httpserver: HTTPServer, status: int
) -> None:
    with HTTPServer(host="127.0.0.1", port=0) as second:
        elsewhere = second.url_for("/v1")
        httpserver.expect_request("/v1/chat/completions").respond_with_data(
            status=status, headers={"Location": f"{elsewhere}/chat/completions"}
        )
        httpserver.expect_request("/v1/embeddings").respond_with_data(
            status=status, headers={"Location": f"{elsewhere}/embeddings"}
        )
        settings = settings_for(httpserver.url_for("/v1"))
        with pytest.raises(ModelError, match="sends requests elsewhere"):
            factory.test_connection(settings)
        assert grader_for(settings).grade(RUBRIC, ANSWER).grader == "offline-1"
        with pytest.raises(EncoderError):
            OpenAIEncoder("small-embedding", settings)
        assert second.log == []
    assert any(ANSWER.encode() in request.get_data() for request, _ in httpserver.log)


def test_addresses_that_other_tools_read_are_never_asked(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.setenv(name, httpserver.url_for("/v1"))
    settings = load_settings(api_key=KEY, timeout_s=3.0)
    with pytest.raises(EncoderError, match=r"api\.openai\.com"):
        OpenAIEncoder("small-embedding", settings)
    with pytest.raises(ModelError, match=r"api\.openai\.com"):
        factory.test_connection(settings)
    assert httpserver.log == []

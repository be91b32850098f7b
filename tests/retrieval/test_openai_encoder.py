"""Embeddings over the OpenAI protocol, against a real server process on loopback."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import numpy as np
import pytest
from faults.server import Call, FaultServer, good, head
from pytest_httpserver import HTTPServer
from support import HashingEncoder
from werkzeug import Request, Response

from interviewer.config import Settings
from interviewer.deadline import Deadline
from interviewer.errors import EncoderError
from interviewer.knowledge.bank import QuestionBank
from interviewer.retrieval.encoder import encoder_fingerprint, open_encoder
from interviewer.retrieval.index import build_in_memory
from interviewer.retrieval.openai_encoder import OpenAIEncoder
from interviewer.usage import Meter

pytestmark = pytest.mark.protocol
KEY = "sk-secret-key"


def answer(rows: list[list[float]]) -> Response:
    data = [
        {"object": "embedding", "index": place, "embedding": row} for place, row in enumerate(rows)
    ]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    body = {"object": "list", "model": "m", "data": data, "usage": usage}
    return Response(json.dumps(body), content_type="application/json")


def embed(request: Request) -> Response:
    texts = request.get_json()["input"]
    assert all(isinstance(text, str) for text in texts)
    return answer((HashingEncoder().encode(texts) * 3).tolist())


@pytest.fixture
def serve(httpserver: HTTPServer) -> Callable[[Callable[[Request], Response]], Settings]:
    def with_handler(handler: Callable[[Request], Response]) -> Settings:
        httpserver.expect_request("/v1/embeddings").respond_with_handler(handler)
        return Settings(
            embedding="openai:small-embedding",
            base_url=httpserver.url_for("/v1"),
            api_key=KEY,  # type: ignore[arg-type]
            timeout_s=5,
        )

    return with_handler


def test_embeddings_of_a_server_are_scaled_to_unit_norm(serve, httpserver: HTTPServer) -> None:
    encoder = open_encoder(serve(embed))
    rows = encoder.encode(["ridge", "lasso"])
    assert (encoder.name, encoder.dimension, encoder.max_tokens) == (
        "openai:small-embedding",
        64,
        8191,
    )
    assert rows.dtype == np.float32
    assert rows == pytest.approx(HashingEncoder().encode(["ridge", "lasso"]), abs=1e-6)
    request = httpserver.log[0][0]
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.get_json()["model"] == "small-embedding"


def test_no_texts_ask_nothing_of_the_server(serve, httpserver: HTTPServer) -> None:
    encoder = open_encoder(serve(embed))
    asked = len(httpserver.log)
    assert encoder.encode([]).shape == (0, 64)
    assert len(httpserver.log) == asked


def test_odd_texts_reach_the_server_as_text(serve) -> None:
    assert open_encoder(serve(embed)).encode(["", "\ud800", "👩🏽"]).shape == (3, 64)


def test_a_bank_is_indexed_with_a_servers_embeddings(serve, bank: QuestionBank) -> None:
    encoder = open_encoder(serve(embed))
    index = build_in_memory(bank, encoder)
    best = index.search("the L1 penalty drives weights to zero", top_k=1)[0]
    assert best.chunk.question_id == "regularization-l1-l2"
    for chunk in index.chunks:
        assert len(chunk.embedded_text.encode()) <= encoder.max_tokens


def test_the_fingerprint_tells_models_and_servers_apart(serve) -> None:
    settings = serve(embed)
    first = encoder_fingerprint(settings)
    assert first == encoder_fingerprint(settings)
    other = settings.model_copy(update={"embedding": "openai:other"})
    assert first != encoder_fingerprint(other)


def test_tokens_are_estimated_from_bytes(serve) -> None:
    encoder = open_encoder(serve(embed))
    assert [encoder.count_tokens(text) for text in ("", "abcd", "abcde", "漢")] == [2, 3, 4, 3]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "refused the key"),
        (403, "refused the key"),
        (404, "no embedding model 'small-embedding'"),
        (400, "status 400"),
        (402, "quota of this account is used up"),
    ],
)
def test_a_refusal_says_what_to_do_and_never_the_key(serve, status: int, message: str) -> None:
    body = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}"}})
    settings = serve(lambda _: Response(body, status, content_type="application/json"))
    with pytest.raises(EncoderError, match=message) as caught:
        open_encoder(settings)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        "not json",
        '{"data": []}',
        '{"data": [{"embedding": [], "index": 0, "object": "embedding"}]}',
        '{"data": [{"embedding": [0.0, 0.0], "index": 0, "object": "embedding"}]}',
        '{"data": [{"embedding": ["a"], "index": 0, "object": "embedding"}]}',
    ],
)
def test_an_answer_without_embeddings_is_an_encoder_error(serve, body: str) -> None:
    settings = serve(lambda _: Response(body, content_type="application/json"))
    with pytest.raises(EncoderError, match="did not answer with embeddings"):
        open_encoder(settings)


def test_a_server_that_changes_its_dimension_is_an_encoder_error(serve) -> None:
    settings = serve(
        lambda request: answer([[1.0] * (2 + len(text)) for text in request.get_json()["input"]])
    )
    encoder = open_encoder(settings)
    with pytest.raises(EncoderError, match="another size"):
        encoder.encode(["other", "words"])


def test_a_server_that_is_not_there_is_an_encoder_error() -> None:
    settings = Settings(base_url="http://127.0.0.1:9/v1", timeout_s=2)
    with pytest.raises(EncoderError, match="cannot be reached"):
        OpenAIEncoder("m", settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_BASE_URL", ""),
        ("OPENAI_API_BASE", ""),
        ("OPENAI_PROXY", ""),
        ("OPENAI_API_TYPE", "azure"),
    ],
)
def test_no_variable_leads_embeddings_elsewhere(
    serve, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultServer({}) as elsewhere:
        monkeypatch.setenv(name, value or f"http://127.0.0.1:{elsewhere.port}")
        assert open_encoder(serve(embed)).dimension == 64
        assert elsewhere.connections == 0


def test_more_texts_than_a_request_may_hold_are_embedded_in_order(
    serve, httpserver: HTTPServer
) -> None:
    encoder = open_encoder(serve(embed))
    texts = [f"word{number}" for number in range(300)]
    assert encoder.encode(texts) == pytest.approx(HashingEncoder().encode(texts), abs=1e-6)
    sizes = [len(request.get_json()["input"]) for request, _ in httpserver.log]
    assert sizes == [1, 128, 128, 44]


def test_a_fault_that_passes_is_tried_again_after_the_wait_that_the_server_names(
    serve, httpserver: HTTPServer
) -> None:
    def busy_once(request: Request) -> Response:
        if len(httpserver.log) == 0:
            return Response("busy", 503, headers={"Retry-After": "0.1"})
        return embed(request)

    assert open_encoder(serve(busy_once)).dimension == 64
    assert [reply.status_code for _, reply in httpserver.log] == [503, 200]


def test_an_encoder_that_drips_ends_at_the_deadline() -> None:
    def drip(call: Call) -> None:
        call.send(head("200 OK"))
        call.drip(b" " * 1000)

    with FaultServer({"drip": drip}) as server:
        settings = Settings(base_url=server.address("drip"), timeout_s=0.5)
        begun = time.monotonic()
        with pytest.raises(EncoderError, match=r"within 0\.5 seconds|in time"):
            OpenAIEncoder("m", settings)
    assert time.monotonic() - begun < 1.5


def test_embeddings_take_no_more_than_their_turn_has_left() -> None:
    def hang(call: Call) -> None:
        if call.number == 1:  # the encoder is opened
            good(call)
        else:
            call.hang()

    with FaultServer({"hang": hang}) as server:
        encoder = OpenAIEncoder("m", Settings(base_url=server.address("hang"), timeout_s=20))
        meter = Meter(deadline=Deadline.after(30.0, spent_s=29.5))
        begun = time.monotonic()
        with pytest.raises(EncoderError, match="within 30 seconds"):
            meter.run(lambda: encoder.encode(["a"]))
    assert time.monotonic() - begun < 3.0


def test_openai_without_a_key_says_what_to_set() -> None:
    with pytest.raises(EncoderError, match="OPENAI_API_KEY"):
        open_encoder(Settings(embedding="openai:text-embedding-3-small"))

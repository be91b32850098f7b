"""A reply is read only so far and only so long, whatever a server sends."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import repeat

import httpx2
import pytest
from faults.server import STREAM, Behaviour, Call, FaultServer, head
from langchain_core.messages import HumanMessage

from interviewer.config import load_settings
from interviewer.deadline import Deadline
from interviewer.errors import ModelError
from interviewer.llm.connection import connect
from interviewer.llm.streaming import stream_text
from interviewer.servers import MAX_REPLY_BYTES, held_to, web_client

PIECE = b" " * (1 << 20)
SLACK_BYTES = 16 << 20


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[str]:
    with FaultServer({"fault": behaviour}) as server:
        yield server.address("fault")


def timers() -> list[threading.Timer]:
    return [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


def test_a_reply_of_the_size_that_is_allowed_is_read() -> None:
    whole = b" " * MAX_REPLY_BYTES
    with serving(lambda call: call.reply(whole)) as url, web_client(10.0) as client:
        assert len(client.post(url).content) == MAX_REPLY_BYTES
    too_much = pytest.raises(ModelError, match=r"more than a model's reply can be \(32 MB\)")
    with (
        serving(lambda call: call.reply(whole + b" ")) as url,
        web_client(10.0) as client,
        too_much,
    ):
        client.post(url)


def test_a_reply_without_an_end_is_not_read_to_the_end_of_the_memory() -> None:
    sent: list[int] = []

    def _pour(call: Call) -> None:
        call.send(head("200 OK"))
        for piece in repeat(PIECE):
            try:
                call.connection.sendall(piece)
            except OSError:
                return
            sent.append(len(piece))

    with serving(_pour) as url, web_client(20.0) as client, pytest.raises(ModelError):
        client.post(url)
    assert MAX_REPLY_BYTES / 2 < sum(sent) < MAX_REPLY_BYTES + SLACK_BYTES


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "x-unknown", "identity, gzip"])
def test_a_reply_that_is_compressed_unasked_is_not_unpacked(coding: str) -> None:
    asked: list[str] = []

    def _bomb(call: Call) -> None:
        asked.append(call.headers["accept-encoding"])
        call.reply(gzip.compress(PIECE), Content_Encoding=coding)

    refused = pytest.raises(ModelError, match=r"127\.0\.0\.1 compresses its replies")
    with serving(_bomb) as url, web_client(5.0) as client, refused:
        client.post(url)
    assert asked == ["identity"]


def test_a_reply_that_says_it_is_not_compressed_is_read() -> None:
    plain: Behaviour = lambda call: call.reply("{}", Content_Encoding="Identity")  # noqa: E731
    with serving(plain) as url, web_client(5.0) as client:
        assert client.post(url).json() == {}


@pytest.mark.parametrize(
    "drip",
    [
        lambda call: call.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 10_000),
        lambda call: call.drip(head("200 OK") + b" " * 10_000),
        lambda call: call.drip(b"HTTP/1.1 102 Processing\r\n\r\n" * 1_000, pause_s=0.005),
    ],
    ids=["headers", "a body", "promises"],
)
def test_a_connection_that_drips_is_broken_off(drip: Callable[[Call], None]) -> None:
    begun = time.monotonic()
    with serving(drip) as url, web_client(0.5) as client, pytest.raises(httpx2.TransportError):
        client.post(url)
    assert 0.4 < time.monotonic() - begun < 1.5


@pytest.mark.parametrize(
    "trickle", [b"data: {}\n\n", b": keep-alive\n\n"], ids=["words", "nothing"]
)
def test_words_that_came_too_late_hold_no_thread_and_no_connection(trickle: bytes) -> None:
    """The deadline of words is shorter than the longest that a server may take for a grade."""
    ended = threading.Event()

    def _trickle(call: Call) -> None:
        call.send(head("200 OK", **{"Content-Type": STREAM}))
        while not call.stopped.wait(0.05):
            try:
                call.connection.sendall(trickle)
            except OSError:
                ended.set()
                return

    before = set(threading.enumerate())
    with serving(_trickle) as url:
        settings = load_settings(model="toy", base_url=url, timeout_s=60.0)
        words = stream_text(
            connect(settings), [HumanMessage("Speak.")], Deadline.after(0.5), most_characters=100
        )
        with pytest.raises(ModelError):
            list(words)
        assert ended.wait(2.0)
        for thread in set(threading.enumerate()) - before:
            if thread.name == "chat-stream":
                thread.join(timeout=2.0)
                assert not thread.is_alive()


def test_a_server_that_takes_no_connection_is_left_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as held:
        for _ in range(4):
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        begun = time.monotonic()
        with (
            web_client(30.0) as client,
            held_to(lambda: 0.5),
            pytest.raises(httpx2.ConnectTimeout),
        ):
            client.post(f"http://127.0.0.1:{full.getsockname()[1]}")
    assert 0.4 < time.monotonic() - begun < 2.0


def test_a_connection_that_is_done_is_watched_no_longer() -> None:
    before = timers()
    with serving(lambda call: call.reply("{}")) as url, web_client(60.0) as client:
        for _ in range(3):
            client.post(url)
    for timer in set(timers()) - set(before):
        timer.join(timeout=5.0)
    assert set(timers()) <= set(before)

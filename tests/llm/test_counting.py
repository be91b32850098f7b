"""What a call has cost is known or estimated however it ends, at a real client's seams."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import suppress

import pytest
from faults.server import Behaviour, Call, FaultServer, completion
from langchain_core.messages import HumanMessage
from pydantic import BaseModel, ConfigDict, Field

from interviewer.config import Settings
from interviewer.deadline import Deadline
from interviewer.errors import ModelError
from interviewer.llm.connection import Connection, connect
from interviewer.llm.streaming import stream_text
from interviewer.llm.structured import StructuredModel
from interviewer.models import Usage
from interviewer.usage import Meter

ASKED = [HumanMessage("Say a word. " * 40)]
READ = 120
"""Tokens of the request by its characters, without the shape that is sent along."""

WELL = json.dumps({"word": "ready"})
COST = {"prompt_tokens": 70, "completion_tokens": 8192, "total_tokens": 8262}


class Word(BaseModel):
    """A word."""

    model_config = ConfigDict(extra="forbid")

    word: str = Field(max_length=10)


def spent(behaviour: Behaviour, ask: Callable[[Connection], object]) -> Usage:
    """Ask a server for a word and count what that has cost."""
    with FaultServer({"model": behaviour}) as server:
        return _spent_at(server.address("model"), ask)


def _spent_at(url: str, ask: Callable[[Connection], object]) -> Usage:
    settings = Settings(_env_file=None, model="toy", base_url=url, timeout_s=5.0)  # type: ignore[call-arg]
    meter, connection = Meter(), connect(settings)
    with suppress(ModelError):
        meter.run(lambda: ask(connection))
    return meter.usage


def whole(connection: Connection) -> object:
    model = StructuredModel(connection, Word, sleep=lambda _: None)
    return model.ask(ASKED, Deadline.after(1.0))


def stream(connection: Connection) -> object:
    return list(stream_text(connection, ASKED, Deadline.after(1.0), most_characters=1000))


ASKING = pytest.mark.parametrize("ask", [whole, stream])


def _replied(content: str, finish: str = "stop", usage: dict[str, int] | None = None) -> Behaviour:
    def _behave(call: Call) -> None:
        reply = completion(content, finish)
        del reply["usage"]
        call.complete({**reply, **({"usage": usage} if usage else {})})

    return _behave


@ASKING
def test_what_a_server_tells_is_taken(ask: Callable[[Connection], object]) -> None:
    told = {"prompt_tokens": 70, "completion_tokens": 7, "total_tokens": 77}
    assert spent(_replied(WELL, usage=told), ask) == Usage(70, 7)


@ASKING
def test_what_a_server_does_not_tell_is_estimated(ask: Callable[[Connection], object]) -> None:
    usage = spent(_replied(WELL), ask)
    assert usage.estimated
    assert READ <= usage.input_tokens < READ + 100
    assert usage.output_tokens == 5


@ASKING
def test_a_reply_that_is_cut_off_costs_what_the_server_tells(
    ask: Callable[[Connection], object],
) -> None:
    """The library raises an error of its own for it, which holds the cost."""
    usage = spent(_replied('{"word": "re', "length", COST), ask)
    assert usage == Usage(70, 8192)


@ASKING
def test_a_reply_that_never_comes_is_estimated_at_the_deadline(
    ask: Callable[[Connection], object],
) -> None:
    usage = spent(Call.hang, ask)
    assert usage.estimated
    assert usage.input_tokens >= READ
    assert usage.output_tokens == 0


@ASKING
def test_a_reply_that_breaks_off_is_estimated_each_time(
    ask: Callable[[Connection], object],
) -> None:
    usage = spent(Call.reset, ask)
    assert usage.estimated
    assert usage.input_tokens >= READ


@ASKING
@pytest.mark.parametrize("status", ["401 No", "429 Busy", "500 Oops"])
def test_a_request_that_is_refused_costs_nothing(
    ask: Callable[[Connection], object], status: str
) -> None:
    assert spent(lambda call: call.reply("{}", status=status), ask) == Usage()


@ASKING
def test_a_request_that_reaches_nobody_costs_nothing(ask: Callable[[Connection], object]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert _spent_at(f"http://127.0.0.1:{port}/v1", ask) == Usage()

"""A stream comes piece by piece and ends well, or in an error that says what happened."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from interviewer.deadline import Deadline
from interviewer.errors import ModelError, ModelReplyError, ModelServerError
from interviewer.llm.connection import Connection
from interviewer.llm.scripted import ScriptedChatModel
from interviewer.llm.streaming import stream_text
from interviewer.usage import Meter


def streamed(reply: Any, *, seconds: float = 5.0, most_characters: int = 1000) -> list[str]:
    model = ScriptedChatModel(replies=[reply])
    pieces = stream_text(
        Connection(model, name="local:toy"),
        [HumanMessage("Speak.")],
        Deadline.after(seconds),
        most_characters=most_characters,
    )
    return list(pieces)


def test_words_come_one_by_one() -> None:
    assert [piece for piece in streamed("One two three.") if piece] == ["One ", "two ", "three."]


@pytest.mark.parametrize(
    "metadata",
    [{"model": "toy"}, {"finish_reason": "length"}, {"finish_reason": "content_filter"}],
    ids=["no reason", "length", "content filter"],
)
def test_a_stream_that_did_not_end_by_itself_is_a_failure(metadata: dict[str, str]) -> None:
    with pytest.raises(ModelReplyError, match="local:toy was cut off"):
        streamed(AIMessage("One two", response_metadata=metadata))


def test_a_stream_that_is_cut_in_the_middle_says_so_without_the_servers_words() -> None:
    with pytest.raises(ModelReplyError) as raised:
        streamed(["One ", RuntimeError("sk-secret")])
    assert "sk-secret" not in str(raised.value)
    assert "local:toy gave a reply that could not be read" in str(raised.value)


class BusyError(Exception):
    status_code = 503


def test_a_passing_fault_before_the_first_word_is_tried_again() -> None:
    model = ScriptedChatModel(replies=[BusyError(), BusyError(), "One."])
    pieces = stream_text(
        Connection(model, name="local:toy"),
        [HumanMessage("Speak.")],
        Deadline.after(10),
        most_characters=1000,
    )
    assert "".join(pieces) == "One."
    assert len(model.prompts) == 3


def test_a_passing_fault_after_the_first_word_is_not_tried_again() -> None:
    with pytest.raises(ModelError, match="HTTP 503"):
        streamed(["One ", BusyError()])


def test_a_drip_does_not_outlast_the_deadline() -> None:
    def drip() -> str:
        time.sleep(0.05)
        return "x"

    started = time.monotonic()
    with pytest.raises(ModelError, match=r"did not speak within 0\.3 seconds"):
        streamed([drip] * 200, seconds=0.3)
    assert time.monotonic() - started < 2.0


def test_a_stream_does_not_outlast_what_is_left_of_its_turn() -> None:
    def drip() -> str:
        time.sleep(0.05)
        return "x"

    meter = Meter(deadline=Deadline.after(30.0, spent_s=29.7))
    started = time.monotonic()
    with pytest.raises(ModelServerError, match="did not speak within 30 seconds"):
        meter.run(lambda: streamed([drip] * 200))
    assert time.monotonic() - started < 2.0


def test_a_stream_is_not_begun_where_the_turn_has_no_time_left() -> None:
    model = ScriptedChatModel(replies=["One."])
    pieces = stream_text(
        Connection(model, name="local:toy"),
        [HumanMessage("Speak.")],
        Deadline.after(5.0),
        most_characters=1000,
    )
    meter = Meter(deadline=Deadline.after(30.0, spent_s=30.0))
    with pytest.raises(ModelServerError, match="did not speak within 30 seconds"):
        list(meter.each(pieces))
    assert model.prompts == []


def test_a_reply_that_is_too_long_is_refused() -> None:
    with pytest.raises(ModelReplyError, match="talked for too long"):
        streamed("word " * 100, most_characters=50)


def test_a_stream_that_nobody_listens_to_is_left() -> None:
    more = threading.Event()
    asked: list[int] = []

    def piece() -> str:
        asked.append(1)
        if len(asked) > 1:
            more.wait(5)
        return "word "

    pieces = stream_text(
        Connection(ScriptedChatModel(replies=[[piece] * 50]), name="toy"),
        [HumanMessage("Speak.")],
        Deadline.after(5),
        most_characters=1000,
    )
    assert next(pieces) == "word "
    pieces.close()  # type: ignore[attr-defined]
    more.set()
    for _ in range(100):
        if not any(thread.name == "chat-stream" for thread in threading.enumerate()):
            break
        time.sleep(0.02)
    assert len(asked) <= 3

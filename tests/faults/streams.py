"""What can go wrong while words come as a stream: name, what is met, how, what comes through."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from faults.server import (
    STREAM,
    TIMEOUT_S,
    Behaviour,
    Call,
    chunk,
    completion,
    error_body,
    event,
    events,
    good,
    head,
    speech,
)

STREAM_FAULTS: list[tuple[str, str, Behaviour, str]] = []

_LATE_S = TIMEOUT_S + 0.5
_STREAM_HEAD = head("200 OK", **{"Content-Type": STREAM})
_Events = list[bytes]


def _spoken(write: Callable[[Call, _Events], None]) -> Behaviour:
    """Be well until words are asked for as a stream; then `write` has the events of a good one."""

    def _behave(call: Call) -> None:
        if not call.is_stream:
            good(call)
            return
        call.send(_STREAM_HEAD)
        write(call, events(completion(speech(call))))

    return _behave


def _sends(pick: Callable[[_Events], _Events], then: Behaviour | None = None) -> Behaviour:
    """Send some of the events of a good stream, or others, and then fail."""

    def _write(call: Call, whole: _Events) -> None:
        call.send(b"".join(pick(whole)))
        if then is not None:
            then(call)

    return _spoken(_write)


def _says_aloud(write: Callable[[Call, str], str | list[str]]) -> Behaviour:
    """Say other words than the good ones, word by word; a list is sent piece by piece."""

    def _write(call: Call, whole: _Events) -> None:
        told = write(call, speech(call))
        pieces = re.findall(r"\S+\s*", told) if isinstance(told, str) else told
        call.send(b"".join([whole[0], *map(chunk, pieces), *whole[-2:]]))

    return _spoken(_write)


def _half(whole: _Events) -> _Events:
    """Give the events up to the middle of the question, a whole sentence before it."""
    return whole[: len(whole) // 2]


def _ended(reason: str) -> _Events:
    return events(completion("", reason))[-2:]


def _among(*others: bytes) -> Behaviour:
    """Put other events into the middle of a good stream."""
    return _sends(lambda whole: [*_half(whole), *others, *whole[len(whole) // 2 :]])


def _error_event(call: Call) -> None:
    call.send(event(error_body(call)))


def _named_error_event(call: Call) -> None:
    call.send(b"event: error\n" + event(error_body(call)))


def _for_ever(data: bytes, pause_s: float) -> Behaviour:
    def _write(call: Call, whole: _Events) -> None:
        call.send(whole[0])
        while call.wait(pause_s):
            try:
                call.connection.sendall(data)
            except OSError:
                return

    return _spoken(_write)


def _late_words(call: Call, whole: _Events) -> None:
    if call.wait(_LATE_S):
        call.send(b"".join(whole))


def _slow_words(call: Call, whole: _Events) -> None:
    for each in whole:
        call.send(each)
        if not call.wait(0.2):
            return


def _add(name: str, what: str, behaviour: Behaviour, worded: str = "never") -> None:
    STREAM_FAULTS.append((name, what, behaviour, worded))


_add("stream-unfinished", "all words, no finish_reason", _sends(lambda e: [*e[:-2], e[-1]]))
_add("stream-ends", "all words, then the connection ends", _sends(lambda e: e[:-2]))
_add("stream-not-done", "all but the mark of the end", _sends(lambda e: e[:-1]), "always")
_add("stream-cut", "ends in the middle of the question", _sends(_half))
_add(
    "stream-cut-in-an-event",
    "ends in the middle of an event",
    _sends(lambda whole: [*_half(whole), b'data: {"id": "chat-1", "cho']),
)
_add("stream-reset", "reset in the middle of the question", _sends(_half, Call.reset))
_add("stream-reset-late", "reset after all words", _sends(lambda e: e[:-2], Call.reset))
_add("stream-hangs", "stops in the middle of the question", _sends(_half, Call.hang))
_add("stream-hangs-late", "stops after all words", _sends(lambda e: e[:-2], Call.hang))
_add(
    "stream-stays-open",
    "says that it is finished, and stays open",
    _sends(lambda whole: whole[:-1], Call.hang),
    "may",
)
for _reason in ("length", "content_filter", "tool_calls", "unknown"):
    _add(
        f"stream-finish-{_reason}",
        f"finish_reason {_reason} in the middle of the question",
        _sends(lambda whole, reason=_reason: [*_half(whole), *_ended(reason)]),
    )
_add("stream-error", "an error with the key after half", _sends(_half, _error_event))
_add("stream-error-named", "an event named error after half", _sends(_half, _named_error_event))
_add(
    "stream-error-late",
    "an error with the key after all words",
    _sends(lambda whole: whole[:-2], _error_event),
)
_add("event-not-json", "an event that is no JSON", _among(b"data: {not json}\n\n"))
_add("event-not-utf-8", "an event that is no UTF-8", _among(b"data: \xff\xfe\n\n"))
_add("event-nested", "an event nested 100,000 deep", _among(event("[" * 100_000)))
for _name, _value in (("null", "null"), ("a-number", "42"), ("a-list", "[]"), ("a-word", '"x"')):
    _add(f"event-{_name}", f"an event that is {_value}", _among(event(_value)), "may")
_add("event-no-choices", "an event without choices", _among(event({"choices": []})), "may")
_add("event-empty", "an event without data", _among(b"event: ping\n\n"), "may")
_add("event-comment", "comments between events", _among(b": ping\n\n"), "always")
_add(
    "event-crlf",
    "a good stream with CRLF",
    _sends(lambda whole: [each.replace(b"\n", b"\r\n") for each in whole]),
    "always",
)
_add("stream-silent", "no words, and finished", _says_aloud(lambda call, asked: ""))
_add(
    "stream-refusal",
    "a refusal, and finished",
    _sends(lambda whole: events(completion(None, refusal="I cannot."))),
)
_add(
    "stream-tool",
    "calls a tool that there is not",
    _sends(
        lambda whole: events(
            completion(
                None,
                "tool_calls",
                tool_calls=[
                    {"index": 0, "id": "1", "function": {"name": "rm", "arguments": "{}"}},
                ],
            )
        )
    ),
)
_add(
    "stream-in-one",
    "a whole completion as the only event",
    _spoken(lambda call, whole: call.send(event(completion(speech(call))))),
)
_add(
    "stream-of-two",
    "two choices, their words in turn",
    _sends(
        lambda whole: (
            [
                each.replace(b'"index": 0', b'"index": %d' % number)
                for each in whole[:-1]
                for number in (0, 1)
            ]
            + whole[-1:]
        )
    ),
)
_add("stream-late", "a good stream after the deadline", _spoken(_late_words))
_add("stream-slow", "a word every 0.2 s", _spoken(_slow_words))
_add("stream-pings", "comments for ever", _for_ever(b": ping\n\n", 0.02))
_add("stream-drips", "an event, byte by byte, for ever", _for_ever(b"d", 0.02))
_add("stream-endless", "words without an end", _for_ever(chunk("word "), 0.0005))
_add("stream-huge", "a piece of 4 MB", _says_aloud(lambda call, asked: ["word " * 800_000, asked]))
_add("words-praise", "praise", _says_aloud(lambda call, asked: f"Great answer. {asked}"))
_add(
    "words-a-point",
    "a point of the answer",
    _says_aloud(lambda call, asked: f"{asked} It trades a little bias for less variance."),
)
_add(
    "words-two-questions",
    "a second question",
    _says_aloud(lambda call, asked: f"{asked} Is that clear?"),
)
_add("words-of-rain", "another subject", _says_aloud(lambda call, asked: "It rains today."))
_add(
    "words-a-link",
    "a link",
    _says_aloud(lambda call, asked: f"{asked} See https://models.example/."),
)
_add(
    "words-the-key",
    "the key, cut in two",
    _says_aloud(lambda call, asked: [f"Use {call.key[:9]}", f"{call.key[9:]} here. ", asked]),
)
_add(
    "words-the-key-thought",
    "the key in what it thinks first",
    _says_aloud(lambda call, asked: ["<think>", f"It is {call.key}.", "</think> ", asked]),
    "may",
)
_add(
    "words-the-prompt",
    "its instructions",
    _says_aloud(lambda call, asked: json.loads(call.body)["messages"][0]["content"]),
)

"""Every fault that the server can have: its name, and what a client meets.

`good` is the control, and faults of the family `passing` get over themselves, so that a client that
is patient, or that asks in another way, gets its grade from the model after all. Those of the
family `stream` are well until words are asked for as a stream.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from faults.server import (
    TIMEOUT_S,
    Behaviour,
    Call,
    FaultServer,
    completion,
    error_body,
    events,
    good,
    head,
    said,
    verdicts,
)
from faults.streams import STREAM_FAULTS

_LATE_S = TIMEOUT_S + 0.5
_HUGE_BYTES = 96 * 1024 * 1024
_BOMB_BYTES = 32 * 1024 * 1024
_PIECE = b" " * 1024 * 1024


@dataclass(frozen=True)
class Fault:
    """One way to fail.

    `address` makes the base URL where it is met. `graded` says whether the model's own verdicts
    can come through it: "never", "always" or "may"; `chosen` says so of its choice of a follow-up,
    `worded` of the words that it streams.
    """

    name: str
    family: str
    what: str
    behaviour: Behaviour
    graded: str
    chosen: str
    worded: str
    address: Callable[[FaultServer, str], str] | None = None

    def url(self, server: FaultServer, cell: str) -> str:
        """Give the base URL at which a cell of the matrix meets this fault."""
        return self.address(server, cell) if self.address else server.address(self.name, cell)


FAULTS: list[Fault] = []


def _add(
    name: str,
    family: str,
    what: str,
    behaviour: Behaviour,
    graded: str = "never",
    *,
    chosen: str = "",
    worded: str = "",
    address: Callable[[FaultServer, str], str] | None = None,
) -> None:
    """List a fault; a choice and words come through it as verdicts do, where nothing is said."""
    lets = (graded, chosen or graded, worded or graded)
    FAULTS.append(Fault(name, family, what, behaviour, *lets, address))


def _status(status: str, code: str | None = None, **headers: str) -> Behaviour:
    return lambda call: call.reply(
        json.dumps(error_body(call, code)), status, x_key=call.key, **headers
    )


def _says(text: bytes | str, **options: Any) -> Behaviour:
    return lambda call: call.reply(text, **options)


def _content(content: Any, finish: str | None = "stop", **message: Any) -> Behaviour:
    return lambda call: call.complete(completion(content, finish, **message))


def _written(write: Callable[[Call], str], finish: str | None = "stop") -> Behaviour:
    """Make the model's words out of what was asked."""
    return lambda call: call.complete(completion(write(call), finish))


def _changed(**changes: Any) -> Behaviour:
    return _written(lambda call: said(call, **changes))


def _envelope(change: Callable[[dict[str, Any]], Any]) -> Behaviour:
    """Break the completion around good words."""
    return lambda call: call.complete(change(completion(said(call))))


def _without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda whole: {key: value for key, value in whole.items() if key != name}


def _with(name: str, value: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda whole: {**whole, name: value}


def _message(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def _change(whole: dict[str, Any]) -> dict[str, Any]:
        whole["choices"][0]["message"].update(changes)
        return whole

    return _change


def _good_bytes(call: Call) -> bytes:
    whole = completion(said(call))
    return b"".join(events(whole)) if call.is_stream else json.dumps(whole).encode()


def _raw(data: bytes) -> Behaviour:
    return lambda call: call.send(data)


def _then_good(*first: Behaviour) -> Behaviour:
    """Fail for the first requests of a cell, then be well."""

    def _behave(call: Call) -> None:
        (first[call.number - 1] if call.number <= len(first) else good)(call)

    return _behave


def _good_first(then: Behaviour, verdict: str = "covered") -> Behaviour:
    """Be well for the first request of a cell, then fail."""
    return lambda call: good(call, verdict) if call.number == 1 else then(call)


# -- statuses ---------------------------------------------------------------------------------

_add("good", "control", "a good server, for comparison", good, "always")
for _code, _reason in (
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (402, "Payment Required"),
    (403, "Forbidden"),
    (405, "Method Not Allowed"),
    (408, "Request Timeout"),
    (409, "Conflict"),
    (413, "Content Too Large"),
    (415, "Unsupported Media Type"),
    (418, "I'm a teapot"),
    (422, "Unprocessable Content"),
    (451, "Unavailable For Legal Reasons"),
    (500, "Internal Server Error"),
    (501, "Not Implemented"),
    (503, "Service Unavailable"),
    (504, "Gateway Timeout"),
    (529, "Overloaded"),
    (599, "Nobody Knows"),
):
    _add(
        f"status-{_code}",
        "status",
        f"HTTP {_code}; the error repeats key and prompt",
        _status(f"{_code} {_reason}"),
    )
_add(
    "unknown-model",
    "status",
    "HTTP 404, code model_not_found",
    _status("404 Not Found", "model_not_found"),
)
_add(
    "404-html",
    "status",
    "HTTP 404 with a web page",
    _says("<h1>Not found</h1>", status="404 Not Found", kind="text/html"),
)
_add(
    "502-html",
    "status",
    "HTTP 502 with a proxy's web page",
    _says("<h1>Bad gateway</h1>", status="502 Bad Gateway", kind="text/html"),
)
_add("500-empty", "status", "HTTP 500 without a body", _says("", status="500 Oops", kind=None))
_add(
    "error-not-an-object",
    "status",
    "HTTP 400 whose error is a list of numbers",
    _says(json.dumps({"error": [1, 2]}), status="400 Bad Request"),
)
_add(
    "error-is-null",
    "status",
    "HTTP 400 whose body is null",
    _says("null", status="400 Bad Request"),
)
_add(
    "schema-refused",
    "status",
    "HTTP 400 that refuses the schema of the reply for every way of asking",
    lambda call: call.reply(
        json.dumps({"error": {"message": "Invalid schema for response_format 'Verdicts'"}}),
        "400 Bad Request",
    ),
)
_add("204", "status", "HTTP 204, no content", _raw(head("204 No Content")))
_add("206", "status", "HTTP 206 with half of a reply", _says('{"id": "1", "cho', status="206 Part"))
_add("304", "status", "HTTP 304, not modified", _raw(head("304 Not Modified")))
_add(
    "101",
    "status",
    "HTTP 101, another protocol",
    _raw(head("101 Switching Protocols", Upgrade="chat", Connection="Upgrade")),
)

# -- limits -----------------------------------------------------------------------------------

_add("rate-limit", "limits", "HTTP 429 for ever", _status("429 Too Many", "rate_limit_exceeded"))
_add(
    "quota",
    "limits",
    "HTTP 429 because the account is used up",
    _status("429 Too Many", "insufficient_quota"),
)
for _name, _wait in (
    ("an-hour", "3600"),
    ("a-date", "Wed, 21 Oct 2099 07:28:00 GMT"),
    ("negative", "-5"),
    ("nan", "nan"),
    ("infinite", "inf"),
    ("words", "soon"),
):
    _add(
        f"retry-after-{_name}",
        "limits",
        f"HTTP 429 with Retry-After: {_wait}",
        _status("429 Too Many", "rate_limit_exceeded", retry_after=_wait),
    )
_add(
    "retry-after-0",
    "limits",
    "HTTP 503 with Retry-After: 0 for ever",
    _status("503 Busy", retry_after="0"),
)

# -- redirects --------------------------------------------------------------------------------


def _redirect(status: str) -> Behaviour:
    def _behave(call: Call) -> None:
        call.reply("", status, location=f"{call.server.elsewhere}{call.path}")

    return _behave


for _code in (301, 302, 303, 307, 308):
    _add(
        f"redirect-{_code}",
        "redirect",
        f"HTTP {_code} to another address",
        _redirect(f"{_code} Elsewhere"),
    )
_add(
    "redirect-to-itself",
    "redirect",
    "HTTP 307 to the same address",
    lambda call: call.reply("", "307 Again", location=call.path),
)
_add(
    "redirect-nowhere",
    "redirect",
    "HTTP 307 without a place to go to",
    _says("", status="307 Somewhere"),
)
_add(
    "redirect-to-a-file",
    "redirect",
    "HTTP 302 to file:///etc/passwd",
    lambda call: call.reply("", "302 Found", location="file:///etc/passwd"),
)

# -- bodies -----------------------------------------------------------------------------------

_add(
    "html-200",
    "body",
    "a login page with HTTP 200",
    _says("<html><form>Sign in</form></html>", kind="text/html"),
)
_add(
    "html-as-json",
    "body",
    "a web page that says it is JSON",
    _says("<html><form>Sign in</form></html>"),
)
_add("empty", "body", "an empty body", _says(""))
_add("blank", "body", "a body of white space", _says("  \n\n "))
_add("null", "body", "the JSON value null", _says("null"))
_add("a-number", "body", "the JSON value 42", _says("42"))
_add("a-string", "body", "a JSON string", _says('"covered"'))
_add("a-list", "body", "an empty JSON list", _says("[]"))
_add("an-empty-object", "body", "an empty JSON object", _says("{}"))
_add("invalid-json", "body", "JSON that stops in the middle", _says('{"id": "1", "choices": [{'))
_add("not-utf-8", "body", "bytes that are no UTF-8", _says(b'{"choices": "\xff\xfe\xfa"}'))
_add(
    "utf-16",
    "body",
    "a good reply in UTF-16",
    lambda call: call.reply(_good_bytes(call).decode().encode("utf-16")),
    "may",
)
_add(
    "byte-order-mark",
    "body",
    "a good reply behind a byte order mark",
    lambda call: call.reply(b"\xef\xbb\xbf" + _good_bytes(call)),
    "may",
)
_add("nul-bytes", "body", "a thousand NUL bytes", _says(b"\0" * 1000))
_add("nested", "body", "JSON nested 100,000 deep", _says("[" * 100_000))
_add(
    "nested-closed",
    "body",
    "valid JSON nested 100,000 deep",
    _says('{"choices": ' + "[" * 100_000 + "]" * 100_000 + "}"),
)
_add("long-number", "body", "a number of 100,000 digits", _says(f'{{"choices": {"9" * 100_000}}}'))
_add(
    "text-plain",
    "body",
    "a good reply that says it is plain text",
    lambda call: call.reply(_good_bytes(call), kind="text/plain"),
    "may",
)
_add(
    "an-image",
    "body",
    "a good reply that says it is an image",
    lambda call: call.reply(_good_bytes(call), kind="image/png"),
    "may",
)
_add(
    "no-content-type",
    "body",
    "a good reply without a content type",
    lambda call: call.reply(_good_bytes(call), kind=None),
    "may",
)
_add(
    "unknown-charset",
    "body",
    "a good reply in a charset that nobody knows",
    lambda call: call.reply(_good_bytes(call), kind="application/json; charset=klingon"),
    "may",
)
_add(
    "event-stream",
    "body",
    "a stream of events, which nobody asked for, without an end",
    _says('data: {"choices": [{"delta": {"content": "{"}}]}\n\n', kind="text/event-stream"),
)
_add(
    "false-gzip",
    "body",
    "says gzip and is not",
    lambda call: call.reply(_good_bytes(call), Content_Encoding="gzip"),
)
_add(
    "gzip",
    "body",
    "a good reply, compressed",
    lambda call: call.reply(gzip.compress(_good_bytes(call)), Content_Encoding="gzip"),
)
_BOMB = gzip.compress(bytes(_BOMB_BYTES), compresslevel=9)
_add(
    "gzip-bomb",
    "body",
    "32 kilobytes that unpack to 32 MiB",
    _says(_BOMB, Content_Encoding="gzip"),
)


def _huge(call: Call) -> None:
    call.send(head("200 OK", **{"Content-Type": "application/json", "Content-Length": "99999999"}))
    _pour(call, _HUGE_BYTES)


def _endless(call: Call) -> None:
    call.send(head("200 OK", **{"Content-Type": "application/json"}))
    _pour(call, 1 << 40)


def _pour(call: Call, count: int) -> None:
    while count > 0 and not call.stopped.is_set():
        try:
            call.connection.sendall(_PIECE)
        except OSError:
            return
        count -= len(_PIECE)


_add("huge", "body", "a body of 96 MiB", _huge)
_add("endless", "body", "a body without an end, as fast as it goes", _endless)

# -- envelopes --------------------------------------------------------------------------------

_add(
    "error-with-200",
    "envelope",
    "HTTP 200 with an error that repeats the key",
    lambda call: call.reply(json.dumps(error_body(call))),
)
_add("no-choices", "envelope", "no choices", _envelope(_without("choices")))
_add("choices-null", "envelope", "choices: null", _envelope(_with("choices", None)))
_add("choices-empty", "envelope", "choices: []", _envelope(_with("choices", [])))
_add("choices-a-word", "envelope", "choices: a word", _envelope(_with("choices", "none")))
_add("choices-of-null", "envelope", "choices: [null]", _envelope(_with("choices", [None])))
_add("no-message", "envelope", "a choice without a message", _envelope(_with("choices", [{}])))
_add("content-null", "envelope", "content: null", _content(None))
_add("content-empty", "envelope", "an empty content", _content(""))
_add("content-a-number", "envelope", "content: 42", _content(42))
_add("content-of-null", "envelope", "content: [null]", _content([None]))
_add(
    "content-in-parts",
    "envelope",
    "a good content in two parts",
    lambda call: call.complete(
        completion(
            [
                {"type": "text", "text": said(call)[:40]},
                {"type": "text", "text": said(call)[40:]},
            ]
        )
    ),
    "may",
)
_add("role-unknown", "envelope", "role: king", _envelope(_message(role="king")), worded="may")
_add("role-a-number", "envelope", "role: 7", _envelope(_message(role=7)), worded="may")
_add("usage-a-word", "envelope", "usage: many", _envelope(_with("usage", "many")), "may")
_add(
    "usage-of-words",
    "envelope",
    "usage with words for numbers",
    _envelope(_with("usage", {"prompt_tokens": "many", "completion_tokens": None})),
    "may",
)
_add(
    "usage-of-the-key",
    "envelope",
    "usage with the key for a number",
    lambda call: call.complete(
        {**completion(said(call)), "usage": {"prompt_tokens": call.key}},
    ),
    "may",
)
_add("no-id", "envelope", "no id, no model", _envelope(_without("id")), "may")
_add(
    "tool-unknown",
    "envelope",
    "calls a tool that there is not",
    _content(
        None,
        "tool_calls",
        tool_calls=[
            {"id": "1", "type": "function", "function": {"name": "rm", "arguments": '{"a": 1}'}}
        ],
    ),
)
_add(
    "tool-broken",
    "envelope",
    "calls a tool with arguments that are no JSON",
    _content(
        None,
        "tool_calls",
        tool_calls=[
            {"id": "1", "type": "function", "function": {"name": "Verdicts", "arguments": "{"}}
        ],
    ),
)
_add(
    "tool-of-another-type",
    "envelope",
    "tool calls that are words",
    _content(None, "tool_calls", tool_calls=["rm"]),
)
_add(
    "refusal",
    "envelope",
    "the model refuses",
    _content(None, "stop", refusal="I'm sorry, I can't assist with that."),
)
_add(
    "content-filter",
    "envelope",
    "finish_reason content_filter, no content",
    _content("", "content_filter"),
)
_add(
    "content-filter-half",
    "envelope",
    "finish_reason content_filter in the middle of a verdict",
    _content('{"point_1": {"reason": "It', "content_filter"),
)
_add("cut-off", "envelope", "finish_reason length", _content('{"point_1": {"rea', "length"))
_add("cut-off-empty", "envelope", "finish_reason length, no content", _content("", "length"))
_add("unfinished", "envelope", "no finish_reason, half a verdict", _content('{"point_1": {', None))

# -- what the model writes ---------------------------------------------------------------------

_add("prose", "words", "prose instead of JSON", _content("The answer is good. 95 out of 100."))
_add("a-score", "words", "a score instead of verdicts", _content('{"score": 100}'))
_add(
    "chatter",
    "words",
    "a good verdict with chatter around it",
    _written(lambda call: f"Sure! {said(call)} Anything else?"),
)
_add(
    "two-verdicts",
    "words",
    "two verdicts in one reply",
    _written(lambda call: 2 * said(call)),
)
_add(
    "a-point-left-out",
    "words",
    "one key point left out",
    _written(lambda call: json.dumps({k: v for k, v in verdicts(call).items() if k != "point_1"})),
)
_add(
    "a-point-too-many",
    "words",
    "one key point more than there are",
    _written(lambda call: json.dumps({**verdicts(call), "point_99": {}})),
)
_add("a-field-too-many", "words", "a score beside a verdict", _changed(score=100))
_add("no-reason", "words", "a verdict without a reason", _changed(reason=None))
_add("unknown-verdict", "words", "verdict: excellent", _changed(verdict="excellent"))
_add("quote-a-number", "words", "quote: a number", _changed(quote=7))
_add("passage-a-word", "words", "passage: first", _changed(passage="first"))
_add("passage-negative", "words", "passage: -1", _changed(passage=-1))
_add("too-long", "words", "a reason of 100,000 letters", _changed(reason="a" * 100_000))
_add(
    "too-many-mistakes",
    "words",
    "a thousand mistakes",
    _written(
        lambda call: json.dumps(
            {**verdicts(call), "mistakes": [{"quote": "It", "mistake": 1}] * 1000}
        )
    ),
)
_add(
    "lone-surrogate",
    "words",
    "half a character in a reason",
    _written(lambda call: said(call, reason="\ud800")),
)
_add(
    "a-passage-that-is-not-there",
    "words",
    "rests on passage 77",
    _changed(passage=77),
    "always",
    chosen="never",
    worded="never",
)
_add(
    "words-that-are-not-there",
    "words",
    "quotes words that nobody said",
    _changed(quote="Dropout halves the learning rate."),
    "always",
    chosen="never",
    worded="never",
)
_add(
    "key-in-a-verdict",
    "words",
    "a good verdict whose reason is the key",
    _written(lambda call: said(call, reason=f"See {call.key}.")),
)
_add(
    "prompt-echoed",
    "words",
    "the whole prompt as the reply",
    _written(lambda call: call.prompt),
)

# -- connections --------------------------------------------------------------------------------


def _nowhere(server: FaultServer, cell: str) -> str:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/v1"


def _as_https(server: FaultServer, cell: str) -> str:
    return server.address("as-https", cell).replace("http://", "https://")


def _claims(length: int, body: bytes = b'{"id": ') -> Behaviour:
    return lambda call: call.reply(body, length=length)


def _chunked(*data: bytes) -> bytes:
    return head(
        "200 OK", **{"Content-Type": "application/json", "Transfer-Encoding": "chunked"}
    ) + (b"".join(data))


def _reset_after(data: bytes) -> Behaviour:
    def _behave(call: Call) -> None:
        call.send(data)
        call.reset()

    return _behave


def _hang_after(data: bytes) -> Behaviour:
    def _behave(call: Call) -> None:
        call.send(data)
        call.hang()

    return _behave


_STARTED = head("200 OK", **{"Content-Type": "application/json", "Content-Length": "900"})
_add("nobody-there", "connection", "nothing listens at the address", good, address=_nowhere)
_add("as-https", "connection", "https where the server speaks http", good, address=_as_https)
_add("closed", "connection", "the connection ends without a reply", lambda call: None)
_add("reset", "connection", "the connection is reset without a reply", Call.reset)
_add("reset-in-body", "connection", "reset in the middle of a reply", _reset_after(_STARTED + b"{"))
_add("cut", "connection", "the reply is shorter than its Content-Length", _claims(5000))
_add("cut-head", "connection", "ends within the headers", _raw(b"HTTP/1.1 200 OK\r\nContent-"))
_add("cut-chunks", "connection", "ends between two chunks", _raw(_chunked(b'5\r\n{"id"\r\n')))
_add("bad-chunk", "connection", "a chunk with a size that is no number", _raw(_chunked(b"zz\r\n{")))
_add("length-negative", "connection", "Content-Length: -1", _claims(-1))
_add("length-too-small", "connection", "Content-Length: 3 for more", _claims(3))
_add(
    "two-lengths",
    "connection",
    "two Content-Lengths that differ",
    _raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\n{}"),
)
_add("another-protocol", "connection", "speaks SSH", _raw(b"SSH-2.0-OpenSSH_9.9\r\n"))
_add("no-status-line", "connection", "a body without status and headers", _raw(b'{"choices": []}'))
_add(
    "huge-headers",
    "connection",
    "a header of 2 MiB",
    lambda call: call.reply("{}", x_long="a" * (2 << 20)),
)
_add(
    "many-headers",
    "connection",
    "50,000 headers",
    lambda call: call.reply("{}", **{f"x{number}": "a" for number in range(50_000)}),
)

# -- time ---------------------------------------------------------------------------------------


def _late(call: Call) -> None:
    if call.wait(_LATE_S):
        good(call)


def _endless_interim(call: Call) -> None:
    call.drip(b"HTTP/1.1 102 Processing\r\n\r\n" * 100_000, pause_s=0.005)


def _drip_body(call: Call) -> None:
    body = _good_bytes(call)
    call.send(head("200 OK", **{"Content-Type": "application/json"}))
    call.drip(body * 100, pause_s=0.02)


def _drip_blanks(call: Call) -> None:
    call.send(head("200 OK", **{"Content-Type": "application/json"}))
    call.drip(b" " * 100_000, pause_s=0.02)


_add("hang", "time", "takes the request and says nothing", Call.hang)
_add("hang-after-head", "time", "sends headers and nothing more", _hang_after(_STARTED))
_add("hang-in-body", "time", "stops in the middle", _hang_after(_STARTED + b'{"id": '))
_add("late", "time", "a good reply after the deadline", _late)
_add(
    "drip-head",
    "time",
    "headers, byte by byte, for ever",
    lambda call: call.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 100_000),
)
_add("drip-body", "time", "a body, byte by byte, for ever", _drip_body)
_add("drip-blanks", "time", "spaces to keep the connection alive, for ever", _drip_blanks)
_add("endless-interim", "time", "102 Processing, for ever", _endless_interim)

# -- faults that pass ----------------------------------------------------------------------------

_BUSY = _status("503 Busy", retry_after="0.1")
_NO_SUCH_WAY = _status("400 Bad Request")
_add("busy-once", "passing", "HTTP 503 once, then well", _then_good(_BUSY), "always")
_add(
    "limited-once",
    "passing",
    "HTTP 429 with Retry-After: 0.2 once, then well",
    _then_good(_status("429 Too Many", "rate_limit_exceeded", retry_after="0.2")),
    "always",
)
_add("reset-once", "passing", "one reset, then well", _then_good(Call.reset), "always")
_add(
    "no-json-schema",
    "passing",
    "refuses JSON schema, knows function calling",
    lambda call: (_NO_SUCH_WAY if '"json_schema"' in call.prompt else good)(call),
    "always",
)
_add(
    "plain-only",
    "passing",
    "refuses every way but plain text",
    lambda call: (
        _NO_SUCH_WAY if '"response_format"' in call.prompt or '"tools"' in call.prompt else good
    )(call),
    "always",
)
_add("dies-after-one", "passing", "answers once, then hangs", _good_first(Call.hang), "may")
_add(
    "fails-at-a-second-look",
    "passing",
    "answers once against the other judge, then HTTP 500",
    _good_first(_status("500 Oops"), verdict="missing"),
    "may",
)


# -- streams --------------------------------------------------------------------------------------

for _name, _what, _behaviour, _worded in STREAM_FAULTS:
    _add(_name, "stream", _what, _behaviour, "always", worded=_worded)


def _opened_first(fault: Behaviour) -> Behaviour:
    """Let the first embedding through, with which an encoder is opened."""

    def _behave(call: Call) -> None:
        (good if call.is_embedding and call.number == 1 else fault)(call)

    return _behave


BEHAVIOURS = {fault.name: _opened_first(fault.behaviour) for fault in FAULTS}

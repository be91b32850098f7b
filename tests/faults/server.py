"""A server on loopback that misbehaves on demand, down to single bytes and resets.

The first part of a path names the fault: a client whose base URL is `server.address("hang")` meets
the fault `hang` and no other. What was asked is kept, so that a test can see what went where.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_HEAD_END = b"\r\n\r\n"
_LINGER_NONE = struct.pack("ii", 1, 0)
_PIECE = 65536
_MODEL = "toy"
_COVERED = "covered"
TIMEOUT_S = 1.0
"""The deadline that the tests give a model, in seconds; slow faults are slower than that."""

STREAM = "text/event-stream"
LEAD = "All right."
CHOICE = {"reason": "It follows.", "number": 2}
"""The choice of a good model, which is not the one that the bank makes."""

PROPOSAL = {
    "reason": "It leads on.",
    "rests_on": "passage",
    "number": 2,
    "quote": "Gradient descent minimizes a loss by moving the parameters against the gradient",
    "question": "How would you minimize the loss with such a penalty in it?",
}
"""What a good model asks of its own: the second passage is the one on gradient descent."""


@dataclass
class Call:
    """One request that reached the server, and the means to answer it in any way.

    `number` counts the requests of this path, from 1. `stopped` is set when the server closes.
    """

    connection: socket.socket
    path: str
    headers: Mapping[str, str]
    body: bytes
    number: int
    stopped: threading.Event
    server: FaultServer

    @property
    def key(self) -> str:
        """The key that was sent."""
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    @property
    def prompt(self) -> str:
        """What the model was asked, as the request spells it."""
        return self.body.decode("utf-8", "replace")

    @property
    def is_stream(self) -> bool:
        """Whether the words are to come piece by piece."""
        return json.loads(self.body or b"{}").get("stream") is True

    @property
    def is_embedding(self) -> bool:
        """Whether vectors are asked for and no words."""
        return self.path.endswith("/embeddings")

    @property
    def is_proposal(self) -> bool:
        """Whether the model is to think of a follow-up of its own."""
        return "The key points that are still open" in self.prompt

    @property
    def is_choice(self) -> bool:
        """Whether one of several follow-ups is to be chosen."""
        return "The follow-ups to choose from" in self.prompt

    def send(self, data: bytes) -> None:
        """Write bytes; a client that has gone is no fault of the server."""
        with contextlib.suppress(OSError):
            self.connection.sendall(data)

    def reply(
        self,
        body: bytes | str,
        status: str = "200 OK",
        *,
        kind: str | None = "application/json",
        length: int | None = None,
        **headers: str,
    ) -> None:
        """Write a whole reply; `length` is what the header claims, in bytes."""
        content = body.encode() if isinstance(body, str) else body
        named = {"Content-Type": kind} if kind is not None else {}
        named["Content-Length"] = str(len(content) if length is None else length)
        named.update({name.replace("_", "-"): value for name, value in headers.items()})
        self.send(head(status, **named) + content)

    def complete(self, whole: Any) -> None:
        """Send a completion in the way that was asked for: at once, or as a stream."""
        if self.is_stream:
            self.reply(b"".join(events(whole)), kind=STREAM)
        else:
            self.reply(json.dumps(whole))

    def reset(self) -> None:
        """Break the connection off with a reset instead of an end."""
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
            self.connection.close()

    def wait(self, seconds: float) -> bool:
        """Wait; say whether the server is still running."""
        return not self.stopped.wait(seconds)

    def hang(self) -> None:
        """Say nothing more until the client has gone."""
        self.connection.settimeout(0.1)
        while not self.stopped.is_set():
            try:
                if not self.connection.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def drip(self, data: bytes, pause_s: float = 0.02) -> None:
        """Write one byte after the other with pauses, for ever if `data` is that long."""
        for place in range(len(data)):
            try:
                self.connection.sendall(data[place : place + 1])
            except OSError:
                return
            if not self.wait(pause_s):
                return


Behaviour = Callable[[Call], None]


def head(status: str, **headers: str) -> bytes:
    """Write a status line and headers."""
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


@dataclass
class FaultServer:
    """Serves behaviours by name; use it as a context manager.

    `elsewhere` is the origin that its redirects lead to. `port` is a free one where it is 0.
    """

    behaviours: Mapping[str, Behaviour]
    elsewhere: str = ""
    port: int = 0
    asked: Counter[str] = field(default_factory=Counter)

    def __enter__(self) -> FaultServer:
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self._accept, name="fault-server", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._listener.close()

    def address(self, fault: str, cell: str = "cell") -> str:
        """Give the base URL at which a fault is met; each cell has counts of its own."""
        return f"http://127.0.0.1:{self.port}/{fault}/{cell}/v1"

    def requests_to(self, address: str) -> int:
        """Count the requests that reached an address."""
        path = address.split(f":{self.port}", 1)[1]
        with self._lock:
            return sum(number for each, number in self.asked.items() if each.startswith(path + "/"))

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(30)
            call = self._read(connection)
            if call is not None:
                name = call.path.split("/")[1]
                self.behaviours[name](call)
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_WR)

    def _read(self, connection: socket.socket) -> Call | None:
        data = b""
        while _HEAD_END not in data:
            piece = connection.recv(_PIECE)
            if not piece:
                return None
            data += piece
        start, _, body = data.partition(_HEAD_END)
        first, *lines = start.decode("latin-1").split("\r\n")
        parts = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in parts}
        while len(body) < int(headers.get("content-length", 0)):
            body += connection.recv(_PIECE)
        path = first.split(" ")[1]
        with self._lock:
            self.asked[path] += 1
            number = self.asked[path]
        return Call(connection, path, headers, body, number, self._stopped, self)


def completion(content: Any, finish: str | None = "stop", **message: Any) -> dict[str, Any]:
    """Make a chat completion as a good server sends it."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": content, **message},
        "finish_reason": finish,
    }
    return {
        "id": "chat-1",
        "object": "chat.completion",
        "created": 0,
        "model": _MODEL,
        "choices": [choice],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


def verdicts(call: Call, verdict: str = _COVERED, **changes: Any) -> dict[str, Any]:
    """Make the reply that a good model would give to what was asked.

    `changes` go into the first key point; one that is None takes the field away.
    """
    numbers = sorted({int(found) for found in re.findall(r"point_(\d+)", call.prompt)})
    point = {
        "reason": "It says so.",
        "quote": "It adds a penalty on the size of the weights to the loss",
        "passage": 1,
        "verdict": verdict,
        "confidence": "high",
    }
    reply: dict[str, Any] = {f"point_{number}": dict(point) for number in numbers}
    if numbers and changes:
        first = {**point, **changes}
        reply[f"point_{numbers[0]}"] = {k: v for k, v in first.items() if v is not None}
    return {**reply, "mistakes": []}


def events(whole: Any) -> list[bytes]:
    """Cut a completion into the events of a stream, its words one by one.

    The last two are the reason for which it ended and the mark of the end. What is no completion
    becomes one event.
    """
    return [*map(event, _chunks(whole)), event("[DONE]")]


def event(data: Any) -> bytes:
    """Write one event of a stream."""
    text = data if isinstance(data, str) else json.dumps(data)
    return f"data: {text}\n\n".encode()


def _chunks(whole: Any) -> list[Any]:
    try:
        choice = whole["choices"][0]
        message = dict(choice["message"])
    except (KeyError, IndexError, TypeError, ValueError):
        return [whole]
    content = message.pop("content", None)
    words = re.findall(r"\S+\s*", content) if isinstance(content, str) else [content]
    rest = {name: value for name, value in whole.items() if name != "usage"}

    def _chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
        part = {"index": 0, "delta": delta, "finish_reason": finish}
        return {**rest, "object": "chat.completion.chunk", "choices": [part], **more}

    last = {"usage": whole["usage"]} if "usage" in whole else {}
    return [
        _chunk(message),
        *(_chunk({"content": word}) for word in words),
        _chunk({}, choice["finish_reason"], **last),
    ]


def speech(call: Call) -> str:
    """Make the words that a good interviewer would say, out of what it was told to ask."""
    told = json.loads(call.body)["messages"][-1]["content"] + "\n"
    fence = re.findall(r"^=====DATA-.*", told, re.MULTILINE)[0]
    parts = told.split(f"\n{fence}\n")[1::2]
    asked = parts[0] if "asks what the question means" in told else parts[-1]
    return f"{LEAD} {asked}"


def said(call: Call, verdict: str = _COVERED, **changes: Any) -> str:
    """Make what a good model would reply to what was asked; `changes` as for `verdicts`.

    What is changed is a verdict, a choice or a proposal, even where words are asked for.
    """
    if call.is_stream and not changes and verdict == _COVERED:
        return speech(call)
    if call.is_choice or call.is_proposal:
        other = {} if verdict == _COVERED else {"verdict": verdict}
        reply = {**(CHOICE if call.is_choice else PROPOSAL), **other, **changes}
        return json.dumps({name: value for name, value in reply.items() if value is not None})
    return json.dumps(verdicts(call, verdict, **changes))


def error_body(
    call: Call, code: str | None = None, kind: str = "invalid_request_error"
) -> dict[str, Any]:
    """Make an error as OpenAI writes it, with the key and the prompt repeated in it."""
    told = f"Incorrect API key provided: {call.key}. You sent: {call.prompt[:400]}"
    return {"error": {"message": told, "type": kind, "param": call.key, "code": code}}


def good(call: Call, verdict: str = _COVERED) -> None:
    """Answer as a good server with a good model does."""
    if call.is_embedding:
        texts = json.loads(call.body)["input"]
        rows = [
            {"object": "embedding", "index": place, "embedding": [1.0, float(len(text))]}
            for place, text in enumerate([texts] if isinstance(texts, str) else texts)
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        reply = {"object": "list", "model": _MODEL, "data": rows, "usage": usage}
        call.reply(json.dumps(reply))
        return
    call.complete(completion(said(call, verdict)))


def chunk(text: str, finish: str | None = None) -> bytes:
    """Make one event of a stream as a good server sends it."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    reply = {"id": "chat-1", "object": "chat.completion.chunk", "created": 0, "model": _MODEL}
    return f"data: {json.dumps({**reply, 'choices': [choice]})}\n\n".encode()

"""Streams a chat model's words within a deadline; a stream that does not end well is an error."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from itertools import chain, islice

from langchain_core.messages import AIMessageChunk, BaseMessage

from interviewer.deadline import Deadline
from interviewer.errors import ModelReplyError, ModelServerError
from interviewer.llm.connection import Connection
from interviewer.llm.counting import counted
from interviewer.llm.endings import ENDED_WELL, finish_reason
from interviewer.llm.untraced import untraced
from interviewer.retries import with_retries
from interviewer.servers import wordless
from interviewer.usage import asking, require_allowance


@dataclass(frozen=True, slots=True)
class _Ended:
    """The stream is over, for the last reason that the server named."""

    reason: str


_Piece = str | _Ended | BaseException


def stream_text(
    connection: Connection,
    messages: Sequence[BaseMessage],
    deadline: Deadline,
    *,
    most_characters: int,
) -> Iterator[str]:
    """Yield a reply piece by piece, as it comes.

    The reading is done in a thread of its own, which is left behind when the deadline comes or
    when nobody listens any more. A passing fault before the first piece is tried again.

    Args:
        connection: the chat model.
        messages: what it is asked.
        deadline: when the whole reply must be there; that of the turn holds where it comes first.
        most_characters: what a reply may hold.

    Raises:
        ModelServerError: the server could not be reached, failed or was too slow, now or before in
            this turn.
        ModelError: it refused the request, or may spend no more.
        ModelReplyError: the reply is too long or did not end by itself.
        ConfigurationError: its address must not be asked.
    """
    deadline = deadline.within_turn()
    with asking():
        if deadline.remaining_s <= 0:
            raise _late(deadline, connection.name)
        yield from _read_aside(connection, messages, deadline, most_characters)


def _read_aside(
    connection: Connection,
    messages: Sequence[BaseMessage],
    deadline: Deadline,
    most_characters: int,
) -> Iterator[str]:
    pieces: queue.SimpleQueue[_Piece] = queue.SimpleQueue()
    given_up = threading.Event()
    context = copy_context()
    threading.Thread(
        target=lambda: context.run(_read, connection, messages, deadline, pieces, given_up),
        name="chat-stream",
        daemon=True,
    ).start()
    try:
        yield from _words(pieces, deadline, connection, most_characters)
    finally:
        given_up.set()


@untraced()
def _read(
    connection: Connection,
    messages: Sequence[BaseMessage],
    deadline: Deadline,
    pieces: queue.SimpleQueue[_Piece],
    given_up: threading.Event,
) -> None:
    reason = ""
    try:
        # Nothing was said before the first piece, so that until then asking again is safe.
        chunks = with_retries(lambda: _begun(connection, messages, given_up), deadline)
        for chunk in chunks:
            if given_up.is_set():
                return
            reason = finish_reason(chunk) or reason
            pieces.put(chunk.text)
        pieces.put(_Ended(reason))
    except BaseException as error:  # handed over to the thread that listens
        pieces.put(error)


def _begun(
    connection: Connection, messages: Sequence[BaseMessage], given_up: threading.Event
) -> Iterator[AIMessageChunk]:
    """Ask, and wait for the first piece, which is given again."""
    if given_up.is_set():
        return iter(())
    require_allowance()
    chunks = _chunks(connection, messages)
    first = list(islice(chunks, 1))
    return chain(first, chunks)


def _chunks(connection: Connection, messages: Sequence[BaseMessage]) -> Iterator[AIMessageChunk]:
    """Ask, and count each piece as it comes; nobody may hear the last one, which tells the cost."""
    with counted(messages, connection.price) as call:
        for chunk in connection.model.stream(list(messages)):
            call.hear(chunk)
            yield chunk


def _words(
    pieces: queue.SimpleQueue[_Piece],
    deadline: Deadline,
    connection: Connection,
    most_characters: int,
) -> Iterator[str]:
    name = connection.name
    count = 0
    while True:
        piece = _next(pieces, deadline, name)
        if isinstance(piece, _Ended):
            if piece.reason not in ENDED_WELL:
                raise ModelReplyError(f"{name} was cut off before its words came to an end.")
            return
        if isinstance(piece, BaseException):
            if not isinstance(piece, Exception):
                raise piece
            raise connection.translated(piece) from wordless(piece)
        count += len(piece)
        if count > most_characters:
            raise ModelReplyError(f"{name} talked for too long.")
        yield piece


def _next(pieces: queue.SimpleQueue[_Piece], deadline: Deadline, name: str) -> _Piece:
    if deadline.remaining_s <= 0:
        raise _late(deadline, name)
    try:
        return pieces.get(timeout=deadline.remaining_s)
    except queue.Empty:
        raise _late(deadline, name) from None


def _late(deadline: Deadline, name: str) -> ModelServerError:
    return ModelServerError(f"{name} did not speak within {deadline.seconds:g} seconds.")

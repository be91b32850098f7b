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
from interviewer.errors import ModelError, ModelReplyError
from interviewer.llm.connection import Connection
from interviewer.llm.endings import ENDED_WELL, finish_reason
from interviewer.llm.untraced import untraced
from interviewer.retries import with_retries
from interviewer.servers import wordless
from interviewer.usage import record, require_allowance


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
        deadline: when the whole reply must be there.
        most_characters: what a reply may hold.

    Raises:
        ModelError: the model could not be reached, was cut off or too slow.
        ModelReplyError: the reply is too long or did not end by itself.
        ConfigurationError: its address must not be asked.
    """
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
            record(chunk, connection.price)
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
    chunks = iter(connection.model.stream(list(messages)))
    first = list(islice(chunks, 1))
    return chain(first, chunks)


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
    late = ModelError(f"{name} did not speak within {deadline.seconds:g} seconds.")
    if deadline.remaining_s <= 0:
        raise late
    try:
        return pieces.get(timeout=deadline.remaining_s)
    except queue.Empty:
        raise late from None

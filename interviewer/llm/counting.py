"""Counts what one request to a chat model spends, however it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from langchain_core.messages import BaseMessage

from interviewer.retries import status_of
from interviewer.servers import is_unreached, refusal_in
from interviewer.usage import Call, Price, open_call

_REFUSED_FROM = 300


@contextmanager
def counted(asked: Sequence[BaseMessage], price: Price, *, besides: str = "") -> Iterator[Call]:
    """Count a request while it is made; what comes back is for `Call.hear`.

    Nothing is counted where no model can have read it: no connection came about, or the server
    answered with an error. Whatever else breaks it off, what was asked and heard is estimated.

    Args:
        asked: the request.
        price: dollars for a million tokens of input, and of output.
        besides: what is sent with it, such as the shape of the reply.
    """
    call = open_call(asked, price, besides=besides)
    try:
        yield call
    except Exception as error:
        if _was_not_read(error):
            call.cancel()
        _hear_of(error, call)
        raise
    call.end()


def _was_not_read(error: Exception) -> bool:
    refused = (status_of(error) or 0) >= _REFUSED_FROM
    return refused or refusal_in(error) is not None or is_unreached(error)


def _hear_of(error: Exception, call: Call) -> None:
    """Take in what the error for a reply that was cut off says that the reply has cost."""
    spent = getattr(getattr(error, "completion", None), "usage", None)
    told = (getattr(spent, "prompt_tokens", None), getattr(spent, "completion_tokens", None))
    if all(isinstance(each, int) for each in told):
        call.tell(*told)  # type: ignore[arg-type]
        call.end()

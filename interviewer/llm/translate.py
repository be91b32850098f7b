"""Translates what the model libraries raise into `ModelError` with what to do about it.

The libraries' own messages are never passed on: a server may repeat the key in them.
"""

from __future__ import annotations

from langchain_core import exceptions as langchain_errors

from interviewer.errors import (
    InterviewerError,
    ModelContextError,
    ModelError,
    ModelReplyError,
    ModelServerError,
)
from interviewer.retries import is_used_up, status_of
from interviewer.servers import refusal_in

# What `openai` raises for a reply that was cut off, and for one that a filter stopped; importing
# them here would take a second.
_CUT_OFF = "LengthFinishReasonError"
_FILTERED = "ContentFilterFinishReasonError"
_REFUSED_KEY = (401, 403)
_NOT_FOUND = 404
_REFUSED_REQUEST = (400, 413)
_TOO_MANY = 429
_SERVER_FAULT = 500


def translated(error: Exception, *, model: str, server: str) -> InterviewerError:
    """Say what happened and what to do.

    Args:
        error: what a library raised.
        model: the model's name, as `openai:gpt-5-mini`.
        server: the address of the server, for the user to check.
    """
    if isinstance(error, ModelError):
        return error
    refusal = refusal_in(error)
    if refusal is not None:
        return refusal
    if was_filtered(error):
        return refused(model)
    status = status_of(error)
    if isinstance(error, langchain_errors.ModelTimeoutError):
        return ModelServerError(
            f"{server} did not answer in time. Try again, choose a faster model, or raise "
            "INTERVIEWER_TIMEOUT_S."
        )
    if isinstance(error, langchain_errors.ModelConnectionError):
        return ModelServerError(
            f"{server} cannot be reached. Is the server running there, and is the network up?"
        )
    if overflows(error):
        return ModelContextError(
            f"The question with its rubric and the reply are longer than {model} can handle. "
            "Choose a model that reads more, or give the server a larger context."
        )
    if status is None:
        return ModelReplyError(
            f"{model} gave a reply that could not be read ({type(error).__name__}). Try again, or "
            "choose another model."
        )
    if is_used_up(error):
        return ModelError(
            f"{server} says that the quota of this account is used up. Check its plan and "
            "billing, or choose another model."
        )
    kind = ModelServerError if status >= _SERVER_FAULT else ModelError
    return kind(_advice(status, model, server))


def overflows(error: Exception) -> bool:
    """Whether a request was too long for a server, or its reply; some say it in words only."""
    if isinstance(error, langchain_errors.ContextOverflowError):
        return True
    if type(error).__name__ == _CUT_OFF:
        return True
    return status_of(error) in _REFUSED_REQUEST and "context" in str(error).casefold()


def was_filtered(error: Exception) -> bool:
    """Whether a filter of the server stopped a reply."""
    return type(error).__name__ == _FILTERED


def refused(model: str) -> ModelError:
    """Say that a model, or a filter before it, will not reply to what it was asked."""
    return ModelError(f"{model} refused to reply to this. Another model may do it.")


def _advice(status: int, model: str, server: str) -> str:
    if status in _REFUSED_KEY:
        return f"{server} refused the key. Check the key in the settings or in .env."
    if status == _NOT_FOUND:
        return f"{server} does not know {model}. Check the model's name and the base URL."
    if status == _TOO_MANY:
        return f"{server} takes no more requests for now. Wait a minute and try again."
    if status >= _SERVER_FAULT:
        return f"{server} failed (HTTP {status}). Try again in a minute."
    if 300 <= status < 400:
        return f"{server} sends requests elsewhere (HTTP {status}). Set the base URL it means."
    return f"{server} refused the request (HTTP {status}). Check the model's name."

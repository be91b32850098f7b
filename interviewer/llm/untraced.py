"""Keeps what a model is asked from services that variables of the libraries name.

With `LANGSMITH_TRACING=true` in the environment LangChain sends every prompt and reply to
LangSmith. Here the address comes from the settings alone, so nobody else is told anything.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

# The first two are of tracers that LangChain no longer has: it raises where it finds them. The next
# two send what is asked to others, the rest put another service in the place of a provider's own.
_UNHEARD = (
    "LANGCHAIN_TRACING",
    "LANGCHAIN_HANDLER",
    "LANGCHAIN_WANDB_TRACING",
    "LANGCHAIN_COMET_TRACING",
    "LANGSMITH_GATEWAY",
    "GOOGLE_GENAI_USE_VERTEXAI",
    "GOOGLE_GENAI_USE_ENTERPRISE",
)


@contextmanager
def untraced() -> Iterator[None]:
    """Have LangChain tell nobody what is asked within, in this thread and in copies of its context.

    The variables that no context reaches are ignored, see `ignore_variables`.
    """
    # What LangChain itself imports only with the first call.
    from langsmith.run_helpers import tracing_context

    ignore_variables()
    with tracing_context(enabled=False):
        yield


def ignore_variables() -> None:
    """Take out of this process's environment what would lead a request or its trace elsewhere."""
    for name in _UNHEARD:
        os.environ.pop(name, None)

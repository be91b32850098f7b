"""Keeps what a model is asked from other services that variables of LangChain's name.

With `LANGSMITH_TRACING=true` in the environment LangChain sends every prompt and reply to
LangSmith. Here the address comes from the settings alone, so nobody else is told anything.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

# The first two are of tracers that LangChain no longer has: it raises where it finds them. The next
# two send what is asked to others, the last one puts LangSmith in the place of a provider.
_UNHEARD = (
    "LANGCHAIN_TRACING",
    "LANGCHAIN_HANDLER",
    "LANGCHAIN_WANDB_TRACING",
    "LANGCHAIN_COMET_TRACING",
    "LANGSMITH_GATEWAY",
)


@contextmanager
def untraced() -> Iterator[None]:
    """Have LangChain tell nobody what is asked within, in this thread and in copies of its context.

    The variables that no context reaches are taken out of this process's environment.
    """
    # What LangChain itself imports only with the first call.
    from langsmith.run_helpers import tracing_context

    for name in _UNHEARD:
        os.environ.pop(name, None)
    with tracing_context(enabled=False):
        yield

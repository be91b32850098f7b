"""Why a reply ended: what each provider calls it, and what that means here."""

from __future__ import annotations

from langchain_core.messages import BaseMessage

# Where LangChain's packages put it: OpenAI's and most, Anthropic's, Ollama's own, Bedrock's two.
_KEYS = ("finish_reason", "stop_reason", "done_reason", "stopReason", "completionReason")

ENDED_WELL = frozenset({"stop", "end_turn", "complete", "eos", "eos_token", "finish"})
"""The reply ended by itself: OpenAI, Google and Ollama; Anthropic and Bedrock; Cohere; others."""

CUT_OFF = frozenset({"length", "max_tokens", "error_limit", "model_context_window_exceeded"})
"""The server's context, or the limit on a reply's length, was full."""

FILTERED = frozenset(
    {
        "content_filter",
        "content_filtered",
        "guardrail_intervened",
        "refusal",
        "safety",
        "blocklist",
        "prohibited_content",
        "recitation",
        "spii",
        "error_toxic",
    }
)
"""The model would not reply, or a filter before or behind it."""


def finish_reason(reply: BaseMessage) -> str:
    """Give the reason for which a server says that a reply ended, in lower case, or nothing."""
    said = (reply.response_metadata.get(key) for key in _KEYS)
    return next((str(reason).casefold() for reason in said if reason), "")

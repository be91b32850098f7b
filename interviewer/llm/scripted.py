"""A chat model that says what it is told to, for tests and demonstrations without a server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from pydantic import Field

Scripted = str | dict[str, Any] | AIMessage | Exception | Callable[[list[BaseMessage]], Any]


class ScriptedChatModel(BaseChatModel):
    """Replies in turn with each item of `replies` and records what it was asked.

    Each item is a `Scripted`: a dict is replied as JSON, an exception is raised, a callable is
    given the messages and its result replied. When they have run out, `IndexError` is raised.
    A stream comes word by word and ends for the reason "stop", unless an `AIMessage` says another
    or, with metadata that name none, nothing. A list is streamed piece by piece, each a text
    or a chunk; an exception in it cuts the stream there.
    """

    replies: list[Any] = Field(default_factory=list)
    prompts: list[list[BaseMessage]] = Field(default_factory=list)
    options: list[dict[str, Any]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002 (the interface has it)
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        self.prompts.append(messages)
        self.options.append(kwargs)
        return ChatResult(generations=[ChatGeneration(message=self._reply(messages))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002 (the interface has it)
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        self.prompts.append(messages)
        self.options.append(kwargs)
        metadata: dict[str, Any] = {"finish_reason": "stop"}
        if self.replies and isinstance(self.replies[0], list):
            pieces = self.replies.pop(0)
        else:
            reply = self._reply(messages)
            pieces = re.findall(r"\S+\s*|\s+", reply.text)
            metadata = reply.response_metadata or metadata
        for piece in pieces:
            if isinstance(piece, Exception):
                raise piece
            yield _chunk(piece() if callable(piece) else piece)
        yield _chunk("", response_metadata=metadata)

    def _reply(self, messages: list[BaseMessage]) -> AIMessage:
        reply: Any = self.replies.pop(0)
        if callable(reply):
            reply = reply(messages)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, AIMessage):
            return reply
        return AIMessage(reply if isinstance(reply, str) else json.dumps(reply))

    def bind_tools(
        self,
        tools: Sequence[Any],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,  # noqa: ARG002
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Record the tools; a scripted reply may call them or not."""
        return self.bind(tools=list(tools), tool_choice=tool_choice)


def _chunk(text: str | AIMessageChunk, **options: Any) -> ChatGenerationChunk:
    if isinstance(text, AIMessageChunk):
        return ChatGenerationChunk(message=text)
    return ChatGenerationChunk(message=AIMessageChunk(content=text, **options))

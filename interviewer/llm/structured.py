"""Asks a chat model for a reply of a given shape, by whatever way the model knows.

The ladder: JSON schema, function calling, JSON mode, plain text. Each reply is validated here,
whatever the way. There is one deadline for all of it and one retry loop.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from pydantic import ValidationError

from interviewer.deadline import Deadline, run_within
from interviewer.errors import ModelContextError, ModelError, ModelReplyError
from interviewer.llm.connection import Connection
from interviewer.llm.counting import counted
from interviewer.llm.endings import CUT_OFF, FILTERED, finish_reason
from interviewer.llm.ladder import Rung
from interviewer.llm.replies import Reply, shape_told
from interviewer.llm.translate import overflows, refused, was_filtered
from interviewer.llm.untraced import untraced
from interviewer.retries import is_passing, status_of, with_retries
from interviewer.servers import refusal_in, wordless
from interviewer.usage import asking, require_allowance

_Reply = TypeVar("_Reply", bound=Reply)

_TOLD_SHAPE = frozenset({"json_mode", "plain"})
# Statuses with which servers answer a way of asking that they do not know.
_UNKNOWN_WAY = frozenset({400, 404, 405, 415, 422, 501})
_UNKNOWN_MODEL = "model_not_found"


class StructuredModel(Generic[_Reply]):
    """A chat model that replies in the shape of a pydantic class.

    Args:
        connection: the chat model; a reply that repeats its key is refused.
        schema: the shape, every string and list in it bounded.
        sleep: waits that many seconds.
    """

    def __init__(
        self,
        connection: Connection,
        schema: type[_Reply],
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connection = connection
        self._name = connection.name
        self._schema = schema
        self._sleep = sleep

    def ask(self, messages: Sequence[BaseMessage], deadline: Deadline) -> _Reply:
        """Ask, going down the ladder where a rung fails.

        Args:
            messages: what is asked.
            deadline: when the reply must be there; that of the turn holds where it comes first.

        Raises:
            ModelReplyError: no rung gave a reply of the right shape.
            ModelContextError: the request or its reply is longer than the model can handle.
            ModelServerError: the server could not be reached, failed or took too long, now or
                before in this turn.
            ModelError: the model refused, or may spend no more.
            ConfigurationError: its address must not be asked.
        """
        deadline = deadline.within_turn()
        with asking():
            return run_within(deadline, lambda: self._climb(messages, deadline))

    def _climb(self, messages: Sequence[BaseMessage], deadline: Deadline) -> _Reply:
        fault: Exception | None = None
        for rung in self._connection.ladder.rungs():
            if deadline.remaining_s <= 0:
                raise deadline.error()
            try:
                reply = self._read(self._by(rung, messages, deadline))
                self._connection.ladder.remember(rung)
                return reply
            except ModelReplyError as error:
                fault = error
            except ModelError:
                raise
            except Exception as error:
                if overflows(error) or was_filtered(error) or not _leads_down(error):
                    raise self._connection.translated(error) from wordless(error)
                fault = error
        if fault is not None and status_of(fault) is not None:
            raise self._connection.translated(fault) from wordless(fault)
        raise ModelReplyError(
            f"{self._name} gave no reply of the right shape. Try again, or choose another model."
        ) from (wordless(fault) if fault else None)

    def _by(self, rung: Rung, messages: Sequence[BaseMessage], deadline: Deadline) -> AIMessage:
        return with_retries(lambda: self._once(rung, messages), deadline, sleep=self._sleep)

    @untraced()
    def _once(self, rung: Rung, messages: Sequence[BaseMessage]) -> AIMessage:
        require_allowance()
        told = [HumanMessage(shape_told(self._schema))] if rung in _TOLD_SHAPE else []
        schema = "" if told else json.dumps(self._schema.model_json_schema())
        asked = [*messages, *told]
        with counted(asked, self._connection.price, besides=schema) as call:
            reply = self._invoked(rung, asked)
            if not isinstance(reply, AIMessage):
                raise ModelReplyError(f"{self._name} gave no message.")
            call.hear(reply)
        return reply

    def _invoked(self, rung: Rung, asked: Sequence[BaseMessage]) -> Any:
        if rung == "plain":
            return self._connection.model.invoke(list(asked))
        structured: Any = self._connection.model.with_structured_output(
            self._schema.model_json_schema(), method=rung, include_raw=True
        )
        return structured.invoke(list(asked))["raw"]

    def _read(self, reply: AIMessage) -> _Reply:
        finish = finish_reason(reply)
        if finish in FILTERED or reply.additional_kwargs.get("refusal"):
            raise refused(self._name)
        try:
            if reply.tool_calls:
                read = self._schema.model_validate(reply.tool_calls[0]["args"])
            else:
                read = self._schema.model_validate_json(only_json(reply.text))
        except (ValidationError, ModelReplyError) as error:
            if finish in CUT_OFF:
                raise ModelContextError(
                    f"{self._name} was cut off in its reply. Choose a model that reads more, or "
                    "give the server a larger context."
                ) from wordless(error)
            raise ModelReplyError(f"{self._name} gave a reply of another shape.") from wordless(
                error
            )
        self._connection.refuse_secret(read.model_dump_json())
        return read


def only_json(text: str) -> str:
    """Take the JSON object out of a reply that may put it in a code fence.

    Raises:
        ModelReplyError: there is more than one JSON object or other text around it.
    """
    stripped = text.strip()
    if stripped.startswith("```") and stripped.endswith("```") and "\n" in stripped:
        stripped = stripped[stripped.index("\n") + 1 : -3].strip()
    if not (stripped.startswith("{") and stripped.endswith("}")):
        raise ModelReplyError("The model's reply is not one JSON object.")
    return stripped


def _leads_down(error: Exception) -> bool:
    """Whether another way of asking may succeed where this one failed."""
    if refusal_in(error) is not None or is_passing(error):
        return False
    status = status_of(error)
    if getattr(error, "code", None) == _UNKNOWN_MODEL:
        return False
    return status is None or status in _UNKNOWN_WAY

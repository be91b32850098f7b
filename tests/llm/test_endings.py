"""The end of a reply is understood as each provider tells it, in messages like its package's."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from pydantic import BaseModel

from interviewer.deadline import Deadline
from interviewer.errors import InterviewerError, ModelContextError, ModelError, ModelReplyError
from interviewer.llm.connection import Connection
from interviewer.llm.scripted import ScriptedChatModel
from interviewer.llm.streaming import stream_text
from interviewer.llm.structured import StructuredModel

ENDED_WELL = {
    "OpenAI": {"finish_reason": "stop"},
    "Anthropic": {"stop_reason": "end_turn", "stop_sequence": None},
    "Google": {"finish_reason": "STOP", "safety_ratings": []},
    "Ollama's own": {"model": "llama3.2", "done": True, "done_reason": "stop"},
    "Cohere": {"finish_reason": "COMPLETE", "token_count": {"total_tokens": 3}},
    "Bedrock's Converse": {"stopReason": "end_turn", "metrics": {"latencyMs": 609}},
    "Bedrock's Titan": {"completionReason": "FINISH"},
    "Hugging Face": {"finish_reason": "eos_token"},
}
CUT_OFF = {
    "OpenAI": {"finish_reason": "length"},
    "Anthropic": {"stop_reason": "max_tokens"},
    "Anthropic's context": {"stop_reason": "model_context_window_exceeded"},
    "Google": {"finish_reason": "MAX_TOKENS"},
    "Ollama's own": {"done_reason": "length"},
    "Cohere": {"finish_reason": "MAX_TOKENS"},
    "Bedrock's Converse": {"stopReason": "max_tokens"},
}
FILTERED = {
    "OpenAI": {"finish_reason": "content_filter"},
    "Anthropic": {"stop_reason": "refusal"},
    "Google": {"finish_reason": "SAFETY"},
    "Google's list": {"finish_reason": "PROHIBITED_CONTENT"},
    "Cohere": {"finish_reason": "ERROR_TOXIC"},
    "Bedrock's Converse": {"stopReason": "guardrail_intervened"},
}
NOT_AT_ITS_END = {
    "nothing said": {"model": "toy"},
    "Ollama loads": {"done_reason": "load"},
    "Google, malformed": {"finish_reason": "MALFORMED_FUNCTION_CALL"},
    "Cohere fails": {"finish_reason": "ERROR"},
}


class Word(BaseModel):
    word: str


def cases(*groups: dict[str, dict[str, Any]]) -> list[Any]:
    return [pytest.param(each, id=name) for group in groups for name, each in group.items()]


def streamed(metadata: dict[str, Any]) -> str:
    reply = AIMessage("Let's begin.", response_metadata=metadata)
    connection = Connection(ScriptedChatModel(replies=[reply]), name="toy")
    asked = [HumanMessage("Speak.")]
    return "".join(stream_text(connection, asked, Deadline.after(5.0), most_characters=100))


def asked_for_a_shape(metadata: dict[str, Any], content: str) -> Word:
    replies = [AIMessage(content, response_metadata=metadata) for _ in range(4)]
    connection = Connection(ScriptedChatModel(replies=replies), name="toy")
    asked = StructuredModel(connection, Word, sleep=lambda _: None)
    return asked.ask([HumanMessage("Say a word.")], Deadline.after(5.0))


@pytest.mark.parametrize("metadata", cases(ENDED_WELL))
def test_words_that_ended_by_themselves_are_whole(metadata: dict[str, Any]) -> None:
    assert streamed(metadata) == "Let's begin."


@pytest.mark.parametrize("metadata", cases(CUT_OFF, FILTERED, NOT_AT_ITS_END))
def test_words_that_did_not_are_refused(metadata: dict[str, Any]) -> None:
    with pytest.raises(ModelReplyError, match="cut off"):
        streamed(metadata)


@pytest.mark.parametrize(
    ("metadata", "kind"),
    [
        *((each, ModelContextError) for each in CUT_OFF.values()),
        *((each, ModelError) for each in FILTERED.values()),
        *((each, ModelReplyError) for each in ENDED_WELL.values()),
    ],
)
def test_half_a_reply_is_told_by_its_cause(
    metadata: dict[str, Any], kind: type[InterviewerError]
) -> None:
    with pytest.raises(ModelError) as raised:
        asked_for_a_shape(metadata, '{"word": "rea')
    assert type(raised.value) is kind


@pytest.mark.parametrize("metadata", cases(ENDED_WELL))
def test_a_whole_reply_is_read(metadata: dict[str, Any]) -> None:
    assert asked_for_a_shape(metadata, '{"word": "ready"}') == Word(word="ready")

"""The shapes in which a chat model chooses a follow-up or thinks of one."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from interviewer.llm.replies import Reply


class ChoiceReply(Reply):
    """Which follow-up a model wants to ask, the reason first."""

    reason: str = Field(max_length=300)
    number: int = Field(ge=1, le=9)


class ProposalReply(Reply):
    """A follow-up of a model's own and what it rests on, the question last."""

    reason: str = Field(max_length=300)
    rests_on: Literal["key_point", "passage"]
    number: int = Field(ge=1, le=99)
    quote: str = Field(max_length=600)
    question: str = Field(min_length=1, max_length=400)

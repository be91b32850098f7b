"""What every reply of a chat model is: a bounded shape, and the words in which it is asked for."""

from __future__ import annotations

import json

from pydantic import BaseModel, ConfigDict

from interviewer.llm.prompts import fill, load_prompt


class Reply(BaseModel):
    """A reply in a given shape; every string and list in it is bounded, and nothing may be added.

    Its subclasses are all the shapes that are asked for.
    """

    model_config = ConfigDict(extra="forbid")


def shape_told(schema: type[BaseModel]) -> str:
    """Tell a model the shape of its reply, where the way of asking does not carry it."""
    shape = json.dumps(schema.model_json_schema(), ensure_ascii=False)
    return fill(load_prompt("reply_format"), schema=shape)

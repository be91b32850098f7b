"""Fences text that others wrote, so that a prompt can hold it as data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from interviewer.llm.prompts import prompt_hash
from interviewer.text import strip_invisible

# What chat templates read as the start or the end of a turn.
_ROLE_MARKS = re.compile(r"<\|.{0,40}?\|>|</?s>|\[/?INST\]|<</?SYS>>|</?(?:start|end)_of_turn>")
_KEPT_CONTROLS = "\n\t"


def neutralised(text: str) -> str:
    """Drop invisible and control characters and chat-template marks; the words stay."""
    visible = "".join(
        character
        for character in strip_invisible(text)
        if character in _KEPT_CONTROLS or unicodedata.category(character)[0] != "C"
    )
    return _ROLE_MARKS.sub(_without_marks, visible)


def _without_marks(mark: re.Match[str]) -> str:
    inside = " ".join(re.findall(r"\w+", mark.group()))
    return f" {inside} "


def fence_for(texts: Sequence[str]) -> str:
    """Make a marker line that stands in none of the texts, the same for the same texts."""
    number = 0
    while True:
        marker = f"=====DATA-{prompt_hash(str(number), *texts)}====="
        if not any(marker in text for text in texts):
            return marker
        number += 1

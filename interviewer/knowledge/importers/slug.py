"""Kebab-case names for questions, sections and files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import MutableMapping

_NOT_WORD = re.compile(r"[^a-z0-9]+")


def slug(text: str, *, limit: int) -> str:
    """Give a text's words in ASCII kebab-case, cut between words at `limit` characters.

    A text without ASCII letters gets a name made of its characters' code points.
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = _NOT_WORD.sub("-", ascii_text.casefold()).strip("-")
    if not name:
        name = "-".join(f"{ord(character):x}" for character in text if character.isalnum())
    if len(name) <= limit:
        return name
    cut = name[: limit + 1].rpartition("-")[0]
    return cut or name[:limit]


def unique(name: str, taken: MutableMapping[str, int]) -> str:
    """Give the name, numbered where it is taken already; `taken` counts the uses of each name."""
    taken[name] = taken.get(name, 0) + 1
    if taken[name] == 1:
        return name
    return unique(f"{name}-{taken[name]}", taken)

"""What every encoder does to a text before it reads it."""

from __future__ import annotations


def encodable(text: str) -> str:
    """Replace lone surrogates, which no tokenizer and no server takes."""
    return text.encode("utf-8", "replace").decode("utf-8")

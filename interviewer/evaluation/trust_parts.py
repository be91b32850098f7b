"""The parts that the page on trust is put together from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page, in Markdown; details can be folded away, and the opening has no title."""

    title: str
    text: str
    detail: bool = False


def section(title: str, *paragraphs: str) -> Section:
    """Make a part that is always open."""
    return Section(title, "\n\n".join(paragraphs))


def detail(title: str, *paragraphs: str) -> Section:
    """Make a part that can be folded away."""
    return Section(title, "\n\n".join(paragraphs), detail=True)


def bullets(lines: Iterable[str]) -> str:
    """Write a list, one line an item."""
    return "\n".join(f"- {line}" for line in lines)

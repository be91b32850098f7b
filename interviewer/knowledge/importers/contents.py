"""Recognise tables of contents: links to what stands elsewhere in the document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from interviewer.knowledge.importers.blocks import Block
from interviewer.knowledge.importers.clean import clean_question
from interviewer.knowledge.importers.wording import looks_like_question

_LINK_ONLY = re.compile(
    r"(?:\d{1,4}[.)]\s*)?[*_\s]*\[((?:[^\[\]]|\[[^\[\]]*\])+)\]"
    r"\(\s*([^\s()]*(?:\([^()]*\)[^\s()]*)*)(?:\s+[^()]*)?\)?[*_\s]*"
)
_LONGEST_ENTRY = 1000


class Contents:
    """What a document's own headings and questions say, to tell a list of links to them."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._known = {
            _folded(clean_question(text)) for text in _inline_texts(blocks) if not _link(text)
        }

    def lists(self, block: Block) -> bool:
        """Tell whether a list or a table is a table of contents of this document."""
        texts = list(_inline_texts([block]))
        links = [link for text in texts if (link := _link(text))]
        if not links or len(links) < len([text for text in texts if len(text) > 4]) / 2:
            return False
        found = sum(_folded(clean_question(link[1])) in self._known for link in links)
        if found >= 0.3 * len(links):
            return True
        anchors = sum(link[2].startswith("#") for link in links)
        asked = sum(looks_like_question(clean_question(link[1])) for link in links)
        return anchors > len(links) / 2 and asked < len(links) / 2


def _link(text: str) -> re.Match[str] | None:
    return (
        _LINK_ONLY.fullmatch(text)
        if len(text) < _LONGEST_ENTRY and text[:1] in "[*_ 0123456789"
        else None
    )


def _folded(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _inline_texts(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if block.kind in ("paragraph", "heading"):
            yield block.text.split("\n")[0]
        elif block.kind == "table":
            yield from (cell for _, cells in block.rows[1:] for cell in cells if cell)
        else:
            yield from _inline_texts(block.children)

"""Judgements over a whole document that the Markdown reader leans on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from interviewer.knowledge.importers.blocks import Block
from interviewer.knowledge.importers.clean import SUMMARY_MARK, plain_text
from interviewer.knowledge.importers.headings import question_items
from interviewer.knowledge.importers.levels import LevelScale
from interviewer.knowledge.importers.markers import BOLD, Marker, paragraph_marker
from interviewer.knowledge.importers.wording import is_advert, is_back_to_top, is_contents_heading

_ONLY_LINKS = re.compile(
    r"(?:\s|[|•·,/–—-]|!?\[(?:[^\[\]]|"
    r"!?\[[^\[\]]*\](?:\([^()]*\))?)*\](?:\([^()]*\))?)+"
)


_FEWEST_MARKED = 2
_MARKED_SHARE = 0.6


class BoldPolicy:
    """Which whole bold lines of a document are questions.

    Where nearly all of them carry a number or a difficulty mark, those without one are parts of
    an answer.
    """

    def __init__(self, blocks: Sequence[Block], scale: LevelScale) -> None:
        self._scale = scale
        markers = [paragraph_marker(block) for block in blocks if block.kind == "paragraph"]
        asked = [marker for marker in markers if marker and marker.style == BOLD and marker.looks]
        self._needs_mark = _mostly([self._marked(marker) for marker in asked])
        self._needs_number = _mostly([marker.numbered for marker in asked])

    def accepts(self, marker: Marker) -> bool:
        """Tell whether a bold line begins a question."""
        if self._scale.legend and self._marked(marker):
            return True
        if self._needs_number:
            return marker.numbered
        if self._needs_mark:
            return self._marked(marker) or (marker.looks and len(marker.text.split()) > 3)
        return marker.looks

    def _marked(self, marker: Marker) -> bool:
        return self._scale.level_of(marker.question) is not None


def _mostly(flags: list[bool]) -> bool:
    return sum(flags) >= _FEWEST_MARKED and sum(flags) >= _MARKED_SHARE * len(flags)


def furniture(block: Block, source: str, *, opened: bool) -> str:
    """Say what a block is where it belongs to the page and not to its content, else "".

    Args:
        block: the block.
        source: its lines, joined.
        opened: whether an answer is under way.
    """
    if block.kind not in ("paragraph", "quote"):
        return ""
    plain = plain_text(block.text)
    if block.is_summary:
        return "table of contents" if is_contents_heading(plain.strip(SUMMARY_MARK)) else ""
    if is_back_to_top(plain, linked="](#" in block.text):
        return "link back to the top"
    if is_advert(source):
        return "advert"
    if not opened and block.text and _ONLY_LINKS.fullmatch(block.text[:2000]):
        return "navigation or badges"
    return ""


def has_loose_items(blocks: Sequence[Block]) -> bool:
    """Tell whether answers stand below one-item lists instead of within the items."""
    return any(
        len(block.children) == 1
        and question_items(block)
        and after.kind in ("paragraph", "code", "table")
        for block, after in pairwise(blocks)
        if block.kind == "list"
    )


def holds_questions(block: Block) -> bool:
    """Tell whether questions stand below the items of a list of topics."""
    return any(question_items(child) for item in block.children for child in item.children[1:])

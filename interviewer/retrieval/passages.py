"""Cuts Markdown into passages that fit a window, at the best boundary that is near.

Boundaries are tried in this order: blocks (paragraphs, lists, tables, fenced code), the parts of
a block (list items, table rows), lines, sentences, words, characters. A passage is whole lines
unless one line alone is too long; then it is a piece of that line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.tree import SyntaxTreeNode

from interviewer.knowledge.markdown import block_nodes

Fits = Callable[[str], bool]

_GRAPHEME_TAIL = re.compile("[\u0300-\u036f\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")
_FIRST_REACH = 256
_BOUNDARIES = (re.compile(r"(?<=[.!?…;])\s+"), re.compile(r"\s+"))


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a text and the lines it stands on, from 0, the last one included."""

    text: str
    first_line: int
    last_line: int


def split_passages(text: str, fits: Fits) -> list[Passage]:
    """Cut a text into passages that fit; blank lines between passages are left out.

    Args:
        text: Markdown; only a line feed ends a line.
        fits: whether a passage may be this text. A single character must always fit.

    Returns:
        The passages in order. `join_passages` restores the text, blank edges aside and with blank
        lines between passages empty.
    """
    lines = text.split("\n")
    cuts = _cuts_by_depth(text, lines)
    return [
        passage
        for start, end in _ranges(lines, 0, len(lines), cuts, fits)
        for passage in _passages(lines, start, end, fits)
    ]


def join_passages(passages: Sequence[Passage]) -> str:
    """Restore the text that passages were cut from."""
    joined = ""
    last_line = passages[0].first_line if passages else 0
    for passage in passages:
        joined += "\n" * (passage.first_line - last_line) + passage.text
        last_line = passage.last_line
    return joined


def longest_start(text: str, fits: Fits) -> str:
    """Give the longest start of a text that fits, cut at a sentence or a word if one is near."""
    if fits(text):
        return text
    length = _longest_fitting_length(text, fits)
    for boundary in _BOUNDARIES:
        ends = [match.end() for match in boundary.finditer(text, 0, length)]
        near = [end for end in ends if end > length // 2 and fits(text[:end])]
        if near:
            return text[: near[-1]]
    whole = length
    while whole > 1 and _GRAPHEME_TAIL.match(text, whole):
        whole -= 1
    return text[:whole] if fits(text[:whole]) else text[:length]


def _longest_fitting_length(text: str, fits: Fits) -> int:
    """Search by doubling, then by halving; `fits` was seen to hold for the length returned."""
    low, high = 1, _FIRST_REACH
    while high < len(text) and fits(text[:high]):
        low, high = high, high * 2
    high = min(high, len(text))
    while high - low > 1:
        middle = (low + high) // 2
        if fits(text[:middle]):
            low = middle
        else:
            high = middle
    return low


def _ranges(
    lines: list[str], start: int, end: int, cuts: Sequence[Sequence[int]], fits: Fits
) -> Iterator[tuple[int, int]]:
    """Pack the parts between the outermost cuts; what does not fit goes on to the inner cuts."""
    if not cuts or fits(_trimmed(lines, start, end)[0]):
        yield start, end
        return
    edges = [start, *(cut for cut in cuts[0] if start < cut < end), end]
    packed_from = start
    for left, right in pairwise(edges):
        if fits(_trimmed(lines, packed_from, right)[0]):
            continue
        if packed_from < left:
            yield packed_from, left
        packed_from = left
        if not fits(_trimmed(lines, left, right)[0]):
            yield from _ranges(lines, left, right, cuts[1:], fits)
            packed_from = right
    if packed_from < end:
        yield packed_from, end


def _passages(lines: list[str], start: int, end: int, fits: Fits) -> Iterator[Passage]:
    text, first, last = _trimmed(lines, start, end)
    if not text.strip():
        return
    if fits(text):
        yield Passage(text, first, last)
        return
    rest = lines[start]
    while rest:
        piece = longest_start(rest, fits)
        yield Passage(piece, start, start)
        rest = rest[len(piece) :]


def _trimmed(lines: list[str], start: int, end: int) -> tuple[str, int, int]:
    """Give a range of lines without blank ones at its edges, and its first and last line."""
    while start < end - 1 and not lines[start].strip():
        start += 1
    while end - 1 > start and not lines[end - 1].strip():
        end -= 1
    return "\n".join(lines[start:end]), start, end - 1


def _cuts_by_depth(text: str, lines: list[str]) -> list[list[int]]:
    """Give the lines at which to cut, from the outermost boundaries to every line."""
    # The block parser ends lines at carriage returns too, which would shift its line numbers.
    blocks = block_nodes(text.replace("\r", " "))
    outer = _starts(blocks)
    inner = sorted({*outer, *(line for block in blocks for line in _part_starts(block))})
    return [outer, inner, [number for number, line in enumerate(lines) if line.strip()]]


def _part_starts(block: SyntaxTreeNode) -> list[int]:
    rows = [row for part in block.children for row in (part.children or [part])]
    return _starts(rows) if block.type == "table" else _starts(block.children)


def _starts(nodes: Sequence[SyntaxTreeNode]) -> list[int]:
    return sorted(node.map[0] for node in nodes if node.map)

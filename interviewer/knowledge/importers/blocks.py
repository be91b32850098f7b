"""Read Markdown into blocks with their lines, from markdown-it's tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.front_matter import front_matter_plugin

from interviewer.knowledge.importers.clean import END_MARK, SUMMARY_MARK
from interviewer.knowledge.importers.html import lower_html
from interviewer.knowledge.importers.model import SourceLine

_KINDS = {
    "paragraph": "paragraph",
    "heading": "heading",
    "bullet_list": "list",
    "ordered_list": "list",
    "list_item": "item",
    "blockquote": "quote",
    "fence": "code",
    "code_block": "code",
    "table": "table",
    "hr": "rule",
    "front_matter": "front-matter",
}
_SPARE_COLUMNS = 3
_MARKER = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])[ \t]*")


@dataclass(slots=True)
class Block:
    """A block of Markdown at lines `start` to `end` (from 0, end excluded) of its document.

    `text` is the inline Markdown of a paragraph or heading; `number` an ordered item's number;
    `rows` a table's cells with the line of each row, the header first.
    """

    kind: str
    start: int
    end: int
    text: str = ""
    level: int = 0
    number: int | None = None
    children: list[Block] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)

    @property
    def is_summary(self) -> bool:
        """Whether this was a `<summary>`."""
        return self.kind == "paragraph" and self.text.startswith(SUMMARY_MARK)

    @property
    def ends_details(self) -> bool:
        """Whether this was a `</details>`."""
        return self.kind == "paragraph" and self.text.strip() == END_MARK


@dataclass(frozen=True, slots=True)
class Document:
    """Lowered lines and the blocks that they make up."""

    lines: Sequence[SourceLine]
    blocks: Sequence[Block]

    def number(self, line: int) -> int:
        """Give the source's line number, from 1, of a line of this document."""
        return self.lines[min(line, len(self.lines) - 1)].number

    def slice(self, start: int, end: int) -> list[SourceLine]:
        """Give the lines from `start` to `end`, the end excluded."""
        return list(self.lines[start:end])

    def item_body(self, item: Block) -> list[SourceLine]:
        """Give a list item's lines after its first block, without the item's indentation."""
        if not item.children:
            return []
        mark = _MARKER.match(self.lines[item.start].text.expandtabs(4))
        width = len(mark.group()) if mark else 0
        body = [dedented(line, width) for line in self.lines[item.children[0].end : item.end]]
        first_text = next((line.text for line in body if line.text.strip()), "")
        spare = min(len(first_text) - len(first_text.lstrip(" ")), _SPARE_COLUMNS)
        return [dedented(line, spare) for line in body]


def dedented(line: SourceLine, width: int) -> SourceLine:
    """Take up to `width` columns of indentation off a line."""
    text = line.text.expandtabs(4) if line.text.startswith(("\t", " ")) else line.text
    indentation = len(text) - len(text.lstrip(" "))
    return SourceLine(line.number, text[min(indentation, width) :])


def read_blocks(lines: Sequence[SourceLine]) -> Document:
    """Parse Markdown, its HTML lowered first."""
    lowered = lower_html(lines)
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 40}).enable("table")
    parser.use(front_matter_plugin)
    parser.disable(["inline", "reference"])
    tokens = parser.parse("\n".join(line.text for line in lowered))
    return Document(lowered, list(_blocks(SyntaxTreeNode(tokens), 0)))


def _blocks(node: SyntaxTreeNode, depth: int) -> Iterator[Block]:
    for child in node.children:
        kind = _KINDS.get(child.type)
        if kind is None or child.map is None:
            continue
        block = Block(kind, child.map[0], child.map[1])
        if kind in ("paragraph", "heading"):
            block.text = child.children[0].content if child.children else ""
            block.level = int(child.tag[1]) if kind == "heading" else 0
        elif kind == "table":
            block.rows = list(_rows(child))
        elif kind in ("list", "item") and depth < 12:
            block.children = list(_blocks(child, depth + 1))
        if child.type == "list_item" and child.info:
            block.number = int(child.info)
        yield block


def _rows(table: SyntaxTreeNode) -> Iterator[tuple[int, list[str]]]:
    for part in table.children:
        for row in part.children:
            line = row.map[0] if row.map else 0
            cells = [cell.children[0].content if cell.children else "" for cell in row.children]
            yield line, cells

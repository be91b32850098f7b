"""Markdown as block trees whose line maps are exact, the one way this package reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.front_matter import front_matter_plugin


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced code block; `line` is where its first line of code stands, from 1."""

    code: str
    info: str
    line: int

    @property
    def language(self) -> str:
        """The first word of the info string, in lower case; empty where there is none."""
        return (self.info.split() or [""])[0].lower()

    @property
    def runnable(self) -> bool:
        """Whether this is Python that is meant to run as it stands."""
        return self.language == "python" and "no-run" not in self.info.split()


def clean_source(text: str) -> str:
    """Drop a byte-order mark and give every line the same ending, as the block parser counts them.

    Afterwards only a line feed ends a line: form feeds and Unicode line separators stay inside
    theirs.
    """
    unified = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return unified.replace("\x00", "\ufffd")


def block_nodes(text: str, *, front_matter: bool = False) -> list[SyntaxTreeNode]:
    """Parse the top-level blocks of a cleaned text; inline markup stays raw text.

    Underlined headings and link definitions are read as plain text: a rule under a paragraph must
    not become a question, and a definition must not vanish from the tree.
    """
    parser = MarkdownIt("commonmark").enable("table").disable(["lheading", "reference"])
    parser.core.ruler.disable("inline")
    if front_matter:
        parser.use(front_matter_plugin)
    return SyntaxTreeNode(parser.parse(text)).children


def node_lines(node: SyntaxTreeNode) -> tuple[int, int]:
    """Give the lines of a block, from 0, the end excluded."""
    if node.map is None:
        raise ValueError(f"a {node.type} node has no lines of its own")
    return node.map


def trim_blank(lines: Sequence[str], start: int, end: int) -> tuple[int, int]:
    """Narrow a range of lines (from 0, end excluded) to leave out blank lines at its edges."""
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return start, end


def fences(markdown: str, first_line: int = 1) -> list[Fence]:
    """List the fenced code blocks of a text, nested ones too.

    Args:
        markdown: the text.
        first_line: the line of its file on which the text starts.
    """
    found: list[Fence] = []
    for block in block_nodes(clean_source(markdown)):
        for node in block.walk():
            if node.type == "fence":
                line = first_line + node_lines(node)[0] + 1
                found.append(Fence(node.content, node.info.strip(), line))
    return found

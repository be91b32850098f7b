"""Renders Markdown that others wrote as Markdown that can only show text, formulas and code.

The source is parsed, and written again from its tokens: what is not known here cannot get through.
Raw HTML becomes the text that it is written with, an image becomes its description, and a link its
words with the address beside them, not to be clicked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.dollarmath import dollarmath_plugin

from interviewer.ui.markup import inline, plain

_SMALLEST_HEADING = 4
_HIGHEST_NUMBER = 999_999_999  # a longer one begins no item, and what it holds would be text
_NOT_FORMULA = re.compile(
    r"!(?=\[)|\](?=[(\[:])|<(?=[A-Za-z/!?])|:(?=[:/\w])|www(?=\.)|@(?=[\w-])|~(?=~)", re.IGNORECASE
)
_ESCAPED_DOLLAR = re.compile(r"(?<!\\)((?:\\\\)*)\\\$")
_DOLLAR = r"\1\\text{\\textdollar}"
_DOLLAR_SIGN = re.compile(r"\$")
_ENDS_A_BLOCK = re.compile(r"^\s*\$\$", re.MULTILINE)
_WORDS = re.compile(r"(?<!\\)(\\(?:text\w*|mbox)\s*\{(?:[^{}]++|\{[^{}]*+\})*+\})")


def safe_markdown(source: str) -> str:
    """Give Markdown for `st.markdown` that shows `source` without HTML, images or live links.

    Formulas, code, tables, lists and quotations stay as they are. Headings are made small enough
    to stand inside a page.
    """
    root = SyntaxTreeNode(_parser().parse(source))
    return _blocks(root.children)


def safe_line(source: str) -> str:
    """Give Markdown that stands in one line, behind a heading's or an item's mark, as one line.

    What would begin a block, such as code or a list, becomes the text that it is written with.
    """
    (line,) = _parser().parseInline(" ".join(source.split()))
    return _inline_of(SyntaxTreeNode([line]), line_break=" ")


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> str:
    return "\n\n".join(text for text in map(_block, nodes) if text.strip())


def _block(node: SyntaxTreeNode) -> str:
    write = _BLOCKS.get(node.type)
    if write is not None:
        return write(node)
    return _blocks(node.children) if node.children else plain(node.content)


def _heading(node: SyntaxTreeNode) -> str:
    level = max(int(node.tag.removeprefix("h")), _SMALLEST_HEADING)
    return f"{'#' * level} {_inline_of(node, line_break=' ')}"


def _inline_of(node: SyntaxTreeNode, *, line_break: str = "\n", in_table: bool = False) -> str:
    return "".join(_spans(child.children, line_break, in_table) for child in node.children)


def _list(node: SyntaxTreeNode) -> str:
    ordered = node.type == "ordered_list"
    first = int(node.attrs.get("start", 1)) if ordered else 0
    items = []
    for number, item in enumerate(node.children, start=first):
        bullet = f"{min(number, _HIGHEST_NUMBER)}. " if ordered else "- "
        items.append(bullet + _indented(_item(item), len(bullet)))
    return "\n".join(items)


def _item(item: SyntaxTreeNode) -> str:
    tight = any(child.hidden for child in item.children)
    if not tight:
        return _blocks(item.children)
    return "\n".join(text for text in map(_block, item.children) if text.strip())


def _indented(text: str, width: int) -> str:
    first, *rest = text.split("\n")
    return "\n".join([first, *(" " * width + line if line else "" for line in rest)])


def _quotation(node: SyntaxTreeNode) -> str:
    return "\n".join(f"> {line}".rstrip() for line in _blocks(node.children).split("\n"))


def _code(node: SyntaxTreeNode) -> str:
    """Write code without its language.

    Streamlit's colours for code are as pale as 2.6 : 1 on a light page and cannot be set; and for
    some languages it draws a diagram in place of the code.
    """
    fence = "`" * max(3, _longest_run(node.content, "`") + 1)
    return f"{fence}text\n{node.content.rstrip()}\n{fence}"


def _formula(node: SyntaxTreeNode) -> str:
    formula = _only_formula(node.content, ends=_ENDS_A_BLOCK)
    lines = [line for line in formula.split("\n") if line.strip()]
    return "\n".join(["$$", *lines, "$$"]) if formula else plain(f"$$\n{node.content}\n$$")


def _only_formula(content: str, *, ends: re.Pattern[str]) -> str:
    r"""Give a formula that is harmless as text too, nothing where it cannot be written so.

    A page's own parser ends a formula in a line at the first dollar sign, escaped or not, and a
    block at a line that begins with two; `ends` finds them. A page that sees no formula at all,
    because code before it hides them, takes it for Markdown. A backtick would then pair with one
    of the code beside it, and what would be an image, a link, a directive or HTML is parted:
    between symbols by a blank, which means nothing there, in words (`\text{…}`) by an empty group.
    Words that hold groups within groups are parted by blanks too, and these are seen.
    """
    whole = _ESCAPED_DOLLAR.sub(_DOLLAR, content.strip())
    if "`" in whole or ends.search(whole):
        return ""
    return "".join(
        _NOT_FORMULA.sub(r"\g<0>{}" if number % 2 else r"\g<0> ", part)  # words, symbols
        for number, part in enumerate(_WORDS.split(whole))
    )


def _table(node: SyntaxTreeNode) -> str:
    rows = [row for part in node.children for row in part.children]
    written = [_row(row) for row in rows]
    columns = len(rows[0].children)
    return "\n".join([written[0], "|" + " --- |" * columns, *written[1:]])


def _row(row: SyntaxTreeNode) -> str:
    cells = (_inline_of(cell, line_break=" ", in_table=True) for cell in row.children)
    return "| " + " | ".join(cells) + " |"


_BLOCKS: dict[str, Callable[[SyntaxTreeNode], str]] = {
    "heading": _heading,
    "paragraph": _inline_of,
    "bullet_list": _list,
    "ordered_list": _list,
    "blockquote": _quotation,
    "fence": _code,
    "code_block": _code,
    "math_block": _formula,
    "table": _table,
    "hr": lambda _: "---",
    "html_block": lambda node: plain(node.content),
}


def _spans(nodes: Sequence[SyntaxTreeNode], line_break: str, in_table: bool) -> str:
    """Write what stands in a line, code beside code and formula beside formula kept apart.

    Their marks would run together, and what they hold would be read as Markdown.
    """
    written = ""
    for node in nodes:
        span = _span(node, line_break, in_table)
        touching = written[-1:] in _RUNS_TOGETHER and span[:1] == written[-1:]
        written += f" {span}" if touching else span
    return written


def _span(node: SyntaxTreeNode, line_break: str, in_table: bool) -> str:
    inner = _spans(node.children, line_break, in_table) if node.type in _STYLES else ""
    match node.type:
        case "softbreak":
            return line_break
        case "hardbreak":
            return "\\\n" if line_break == "\n" else " "
        case "code_inline":
            return _inline_code(node.content, in_table)
        case "math_inline" | "math_inline_double":
            return _inline_formula(node.content, node.markup, in_table)
        case "image":
            return f"*{_text(node.content)}*" if node.content.strip() else ""
        case "link":
            return _link(node, line_break, in_table)
        case kind if kind in _STYLES and inner.strip():
            mark = _STYLES[kind]
            return inner if inner.startswith("~~") and mark == "~~" else f"{mark}{inner}{mark}"
        case _:
            return _text(node.content)


_RUNS_TOGETHER = ("`", "$")
_STYLES = {"em": "*", "strong": "**", "s": "~~"}


def _text(content: str) -> str:
    """Escape a text, keeping the blanks at its edges, which part it from its neighbours."""
    before = " " if content[:1].isspace() else ""
    after = " " if content[-1:].isspace() and content.strip() else ""
    return f"{before}{inline(content)}{after}"


def _link(node: SyntaxTreeNode, line_break: str, in_table: bool) -> str:
    words = _spans(node.children, line_break, in_table)
    address = str(node.attrs.get("href", ""))
    shown = inline(address)
    if not address or address.startswith("#") or shown == words.strip():
        return words
    return f"{words} ({shown})"


def _inline_code(content: str, in_table: bool) -> str:
    ticks = "`" * (_longest_run(content, "`") + 1)
    pad = " " if content.startswith("`") or content.endswith("`") else ""
    # Behind a backslash an escaped bar would end the cell.
    body = content.replace("\\|", "\\ |").replace("|", "\\|") if in_table else content
    return f"{ticks}{pad}{body}{pad}{ticks}"


def _inline_formula(content: str, marks: str, in_table: bool) -> str:
    body = " ".join(_only_formula(content, ends=_DOLLAR_SIGN).split())
    if not body:
        return _text(f"{marks}{content}{marks}")
    return f"${body.replace('|', chr(92) + 'vert ')}$" if in_table else f"${body}$"


def _longest_run(text: str, character: str) -> int:
    longest = run = 0
    for each in text:
        run = run + 1 if each == character else 0
        longest = max(longest, run)
    return longest

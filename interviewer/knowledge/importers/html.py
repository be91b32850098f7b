"""Lower the HTML that Markdown lists are written with to plain Markdown, keeping track of lines.

`<details>`, `<summary>`, headings, tables, lists, line breaks and inline formatting become
Markdown; anchors, comments, scripts and layout tags go; what is not an HTML tag (`List<int>`)
stays as it is. A summary becomes a paragraph that begins with `SUMMARY_MARK`, the end of its
details a paragraph of `END_MARK`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt

from interviewer.knowledge.importers.html_writer import MarkdownWriter
from interviewer.knowledge.importers.model import SourceLine

_TAG = re.compile(
    r"</[A-Za-z][\w:\-]{0,40}\s{0,20}>|<[A-Za-z][\w:\-]{0,40}"
    r"(?:\s{1,50}[\w:@.\-]{1,60}(?:\s{0,5}=\s{0,5}(?:\"[^\"]{0,2000}\"|'[^']{0,2000}'|"
    r"[^\s\"'=<>`]{1,2000}))?){0,30}\s{0,50}/?>"
)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_GLUED_HEADING = re.compile(r"(\s{0,3}#{2,6})(?=[^#\s])")
_MASKED_LESS, _MASKED_AND, _STRAY_LESS = "\ue002", "\ue003", "\ue004"
_MASK = str.maketrans({"<": _MASKED_LESS, "&": _MASKED_AND})
_UNMASK = str.maketrans({_MASKED_LESS: "<", _MASKED_AND: "&", _STRAY_LESS: "<"})
_STRAY_TAG = re.compile(rf"{_STRAY_LESS}(?=[A-Za-z/!?])")


def lower_html(lines: Sequence[SourceLine]) -> list[SourceLine]:
    """Rewrite the HTML outside code as Markdown; each line keeps the number it came from."""
    code, blocks = _code_and_html_lines([line.text for line in lines])
    lowered: list[SourceLine] = []
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and (end in code) == (start in code):
            end += 1
        part = lines[start:end]
        if start in code:
            lowered.extend(part)
        else:
            flush = {line.number for index, line in enumerate(part, start) if index in blocks}
            lowered.extend(_lower(part, flush))
        start = end
    return lowered


def _code_and_html_lines(texts: list[str]) -> tuple[set[int], set[int]]:
    """Find the lines of code blocks, and those of HTML blocks outside lists."""
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 40}).enable("table")
    parser.disable(["inline", "reference"])
    code: set[int] = set()
    blocks: set[int] = set()
    for token in parser.parse("\n".join(texts)):
        if token.map is None:
            continue
        if token.type in ("fence", "code_block"):
            code.update(range(*token.map))
        elif token.type == "html_block" and token.level == 0 and "<pre" not in token.content:
            blocks.update(range(*token.map))
    return code, blocks


def _lower(lines: Sequence[SourceLine], flush_left: set[int]) -> list[SourceLine]:
    """Lower one stretch without code; lines of `flush_left` lose their indentation."""
    if not any("<" in line.text or "#" in line.text for line in lines):
        return list(lines)
    texts = [
        _mask_code(line.text.strip() if line.number in flush_left else line.text) for line in lines
    ]
    text = _mask_stray("\n".join(texts))
    writer = MarkdownWriter([line.number for line in lines], text.split("\n"))
    writer.feed(text)
    writer.close()
    return [
        SourceLine(line.number, _GLUED_HEADING.sub(r"\1 ", _unmasked(line.text)))
        for line in writer.finish()
    ]


def _mask_code(text: str) -> str:
    return _CODE_SPAN.sub(lambda span: span[0].translate(_MASK), text)


def _unmasked(text: str) -> str:
    """Put masked marks back; a "<" that could open a tag, yet does not, is escaped."""
    return _STRAY_TAG.sub(r"\\<", text).translate(_UNMASK)


def _mask_stray(text: str) -> str:
    """Mask every "<" that opens neither a tag nor a comment: the parser then reads in one pass."""
    parts: list[str] = []
    position = 0
    comment_end = 0
    while (less := text.find("<", position)) >= 0:
        parts.append(text[position:less])
        position = less
        if text.startswith("<!--", less) and comment_end >= 0:
            comment_end = comment_end if comment_end > less + 4 else text.find("-->", less + 4)
            position = comment_end + 3 if comment_end >= 0 else less
        if position == less and (tag := _TAG.match(text, less)):
            position = tag.end()
        parts.append(text[less:position] or _STRAY_LESS)
        position = max(position, less + 1)
    return "".join([*parts, text[position:]])

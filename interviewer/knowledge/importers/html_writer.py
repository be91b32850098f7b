"""Write Markdown from the events of the standard library's HTML parser."""

from __future__ import annotations

import re
from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

from interviewer.knowledge.importers.clean import END_MARK, SUMMARY_MARK
from interviewer.knowledge.importers.model import SourceLine

_BREAKING = re.compile(
    r"p|div|section|article|center|header|footer|main|aside|nav|ul|ol|dl|dt|dd|blockquote|"
    r"table|form|fieldset|figure|figcaption|details|body|html|picture"
)
_ONE_LINE = {"summary": SUMMARY_MARK} | {f"h{level}": "#" * level + " " for level in range(1, 7)}
_WRITTEN = frozenset({"li", "tr", "td", "th", "pre", "br", "hr", "img", "sub", "sup"})
_EMPHASIS = {
    "b": "**",
    "strong": "**",
    "i": "*",
    "em": "*",
    "code": "`",
    "kbd": "`",
    "tt": "`",
    "samp": "`",
}
_CODE_TAGS = frozenset({"code", "kbd", "tt", "samp"})
_DROPPED_WHOLE = re.compile(
    r"script|style|iframe|object|noscript|svg|template|title|textarea|select"
)
_DROPPED_TAG = re.compile(
    r"a|thead|tbody|tfoot|abbr|acronym|address|applet|area|audio|base|basefont|bdi|bdo|big|button|canvas|"
    r"caption|cite|col|colgroup|data|datalist|del|dfn|dialog|dir|embed|font|frame|frameset|"
    r"head|hgroup|input|ins|label|legend|link|map|mark|marquee|math|menu|meta|meter|nobr|"
    r"noframes|optgroup|option|output|param|progress|q|rp|rt|ruby|s|small|source|span|strike|"
    r"time|track|u|var|video|wbr"
)
_LIST_MARK = re.compile(r"\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?")


class MarkdownWriter(HTMLParser):
    """Collects Markdown lines, each with the number of the line that it came from.

    Args:
        numbers: the source's number of each line.
        texts: the lines that will be fed, joined by line feeds.
    """

    def __init__(self, numbers: list[int], texts: list[str]) -> None:
        super().__init__(convert_charrefs=False)
        self._numbers = numbers
        self._texts = texts
        self._lines: list[SourceLine] = []
        self._buffer = ""
        self._buffer_number = numbers[0]
        self._one_line = 0
        self._dropping = ""
        self._verbatim = False
        self._fresh_code = False
        self._row: list[str] | None = None
        self._row_number = 0
        self._cell: str | None = None
        self._in_table = False
        self._rows_written = 0
        self._open_links: list[str] = []
        self._emphasised: list[str] = []
        self._closers = {
            tag: max(
                (index for index, text in enumerate(texts) if f"</{tag}" in text.casefold()),
                default=-1,
            )
            for tag in _DROPPED_WHOLE.pattern.split("|")
        }

    def set_cdata_mode(self, elem: str, *, escapable: bool = False) -> None:
        """Read scripts like other text: an unclosed one must not swallow the rest."""

    def finish(self) -> list[SourceLine]:
        """Give the lines, the last one included."""
        self._lines.append(SourceLine(self._buffer_number, self._buffer))
        return self._lines

    def handle_data(self, data: str) -> None:
        """Write text; the white space between a table's cells says nothing."""
        if self._cell is None and self._in_table and not data.strip():
            return
        self._write(data)

    def handle_entityref(self, name: str) -> None:
        """Write a named entity as it stands."""
        self._write(f"&{name};" if self._followed_by_semicolon(len(name) + 1) else f"&{name}")

    def handle_charref(self, name: str) -> None:
        """Write a numbered entity as it stands."""
        self._write(f"&#{name};" if self._followed_by_semicolon(len(name) + 2) else f"&#{name}")

    def handle_comment(self, data: str) -> None:
        """Leave comments out, but keep their lines."""
        self._write("\n" * data.count("\n"))

    def handle_decl(self, decl: str) -> None:
        """Leave declarations out."""

    def handle_pi(self, data: str) -> None:
        """Leave processing instructions out."""

    def unknown_decl(self, data: str) -> None:
        """Write what only resembles a declaration as it stands."""
        self._write(f"<![{data}]>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Treat `<br/>` as `<br>`; an empty element of another kind has nothing to write."""
        if tag in ("br", "hr", "img") or not self._is_html(tag):
            self.handle_starttag(tag, attrs)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write what an opening tag stands for."""
        raw = self.get_starttag_text() or ""
        if self._dropping:
            return
        if not self._is_html(tag):
            self._write(raw if "=" not in raw or tag in ("http:", "https:") else "")
        elif _DROPPED_WHOLE.fullmatch(tag):
            self._dropping = tag if self._closers[tag] >= self._line_index() else ""
        else:
            self._open(tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        """Write what a closing tag stands for."""
        if self._dropping:
            self._dropping = "" if tag == self._dropping else self._dropping
        elif not self._is_html(tag):
            self._write(f"</{tag}>")
        elif tag == "details":
            self._block(END_MARK)
        elif tag in _ONE_LINE:
            self._one_line = max(0, self._one_line - 1)
            self._break()
        elif tag in _EMPHASIS:
            self._close_emphasis(tag)
        elif tag == "a":
            self._write(self._open_links.pop() if self._open_links else "")
        else:
            self._close_block(tag)

    def _is_html(self, tag: str) -> bool:
        if tag in _EMPHASIS or tag in _ONE_LINE or tag in _WRITTEN:
            return True
        return any(names.fullmatch(tag) for names in (_BREAKING, _DROPPED_TAG, _DROPPED_WHOLE))

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _ONE_LINE:
            self._break()
            self._write("" if self._one_line else _ONE_LINE[tag])
            self._one_line += 1
        elif tag in _EMPHASIS:
            self._open_emphasis(tag)
        elif tag == "img":
            self._write(_image(attributes))
        elif tag == "a":
            self._open_link(attributes.get("href", ""))
        else:
            self._open_block(tag)

    def _open_block(self, tag: str) -> None:
        if tag == "br":
            self._write(" " if self._one_line or self._cell is not None else self._hard_break())
        elif tag == "hr":
            self._block("---")
        elif tag == "li":
            self._start_line("- ")
        elif tag == "tr":
            self._row, self._row_number = [], self._numbers[self._line_index()]
        elif tag in ("td", "th") and self._row is not None:
            self._cell = ""
        elif tag == "pre":
            self._break()
            self._start_line("```")
            self._start_line("")
            self._verbatim = self._fresh_code = True
        elif tag in ("sub", "sup"):
            self._write("_" if tag == "sub" else "^")
        elif tag == "table":
            self._break()
            self._in_table, self._rows_written = True, 0
        elif _BREAKING.fullmatch(tag):
            self._break()

    def _close_block(self, tag: str) -> None:
        if tag in ("td", "th") and self._row is not None and self._cell is not None:
            self._row.append(" ".join(self._cell.split()).replace("|", "\\|"))
            self._cell = None
        elif tag == "tr" and self._row is not None:
            self._write_row(self._row)
            self._row = None
        elif tag == "table":
            self._in_table = False
            self._break()
        elif tag == "pre" and self._verbatim:
            self._verbatim = False
            self._start_line("```")
            self._break()
        elif _BREAKING.fullmatch(tag):
            self._break()

    def _write_row(self, row: list[str]) -> None:
        self._flush()
        self._lines.append(SourceLine(self._row_number, "| " + " | ".join(row) + " |"))
        if not self._rows_written:
            self._lines.append(SourceLine(self._row_number, "|" + "---|" * len(row)))
        self._rows_written += 1

    def _open_emphasis(self, tag: str) -> None:
        if self._closes_on_line(tag) and not self._verbatim:
            self._emphasised.append(tag)
            self._write(_EMPHASIS[tag])

    def _close_emphasis(self, tag: str) -> None:
        if tag in self._emphasised:
            self._emphasised.remove(tag)
            self._write(_EMPHASIS[tag])

    def _open_link(self, target: str) -> None:
        written = target.startswith(("#", "http://", "https://")) and " " not in target
        written = written and self._closes_on_line("a") and not self._one_line
        self._write("[" if written else "")
        self._open_links.append(f"]({target})" if written else "")

    def _closes_on_line(self, tag: str) -> bool:
        rest = self._texts[self._line_index()][self.getpos()[1] :].casefold()
        return f"</{tag}>" in rest and not re.match(
            rf"<{tag}[^>]*>\s*(?:<img[^>]*>\s*)?</{tag}>", rest
        )

    def _line_index(self) -> int:
        return min(self.getpos()[0] - 1, len(self._numbers) - 1)

    def _followed_by_semicolon(self, length: int) -> bool:
        line, column = self.getpos()
        return self._texts[line - 1][column + length : column + length + 1] == ";"

    def _hard_break(self) -> str:
        return "  \n" + self._indent() if self._buffer.strip() else ""

    def _indent(self) -> str:
        mark = _LIST_MARK.match(self._texts[self._line_index()])
        return " " * len(mark.group().expandtabs(4)) if mark else ""

    def _block(self, text: str) -> None:
        self._break()
        self._write(text)
        self._break()

    def _break(self) -> None:
        """End the paragraph, unless only a list mark has been written so far."""
        if self._one_line:
            self._write(" ")
            return
        mark = _LIST_MARK.fullmatch(self._buffer)
        if self._cell is not None or self._verbatim or (mark and self._buffer.strip()):
            return
        indent = self._indent()
        self._flush()
        if self._lines and self._lines[-1].text.strip():
            self._lines.append(SourceLine(self._buffer_number, ""))
        self._buffer = indent

    def _start_line(self, text: str) -> None:
        if self._cell is not None:
            self._write(" ")
            return
        if self._buffer.strip():
            self._flush()
        self._buffer = ""
        self._write(text)
        if text == "" and self._verbatim:
            self._flush()

    def _flush(self) -> None:
        if self._buffer.strip():
            self._lines.append(SourceLine(self._buffer_number, self._buffer))
        self._buffer = ""
        self._buffer_number = self._numbers[self._line_index()]

    def _write(self, text: str) -> None:
        if self._dropping:
            return
        if self._cell is not None:
            self._cell += text.replace("\n", " ")
            return
        if self._one_line:
            text = text.replace("\n", " ")
        index = self._line_index()
        if self._fresh_code and text.startswith("\n"):
            text, index = text[1:], index + 1
        self._fresh_code = False
        first, *rest = text.split("\n")
        self._append(first, min(index, len(self._numbers) - 1))
        for offset, part in enumerate(rest, 1):
            self._lines.append(SourceLine(self._buffer_number, self._buffer))
            at = min(index + offset, len(self._numbers) - 1)
            self._buffer, self._buffer_number = "", self._numbers[at]
            self._append(part, at)

    def _append(self, text: str, line_index: int) -> None:
        if text.strip() and not self._buffer.strip():
            self._buffer_number = self._numbers[line_index]
        in_code = self._verbatim or _CODE_TAGS.intersection(self._emphasised)
        self._buffer += unescape(text) if in_code else text


def _image(attributes: dict[str, str]) -> str:
    """Give an image's formula (GitHub's old way to show one) or its alternative text."""
    source = urlsplit(attributes.get("src", "").replace("+", "%2B"))
    formula = parse_qs(source.query).get("math") or parse_qs(source.query).get("latex")
    if formula:
        return f"${formula[0].strip()}$"
    alternative = " ".join(attributes.get("alt", "").split())
    return f"[image: {escape(alternative, quote=False)}]" if alternative else "[image]"

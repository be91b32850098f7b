"""Turns other people's words into Streamlit Markdown that shows exactly those words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from interviewer.text import strip_invisible

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
# Streamlit and GFM rewrite these after Markdown's backslashes are gone: icon names, web and mail
# addresses, typographic arrows. The `cut` character, set in a span of its own, breaks them up.
_REWRITTEN = re.compile(
    r"(?<=:)(?P<icon>[ms])(?=aterial[_/]|treamlit:)"
    r"|(?<=:/)(?P<address>/)"
    r"|(?<![^\W_])(?P<host>w)(?=ww\.)"
    r"|(?<=[\w.+-]@)(?P<mail>[\w-])"
    r"|(?<=[<~>-])(?P<arrow>[>=-])"
    r"|(?<=<)(?P<turn>-)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text to colour: `text[start:end]`, with a short `note` set behind it.

    `colour` is a name of Streamlit's palette. Where marks overlap, the one that comes first in
    the sequence given to `marked` decides the colour; every note is kept.
    """

    start: int
    end: int
    colour: str
    note: str = ""


def inline(text: str) -> str:
    """Escape a text for use inside one line: a label, a cell, a sentence."""
    return _escape(" ".join(text.split()))


def plain(text: str) -> str:
    """Escape a text of any length, keeping its lines, indentation and paragraphs."""
    return marked(text, ())


def marked(text: str, marks: Sequence[Mark]) -> str:
    """Escape a text and colour stretches of it.

    Marks outside the text are clipped; empty ones are left out.
    """
    lines: list[list[str]] = [[]]
    for piece, colour, notes in _pieces(text, marks):
        first, *rest = _LINE_BREAK.split(piece)
        lines[-1].append(_coloured(first, colour, at_start=not lines[-1]))
        lines.extend([_coloured(line, colour, at_start=True)] for line in rest)
        lines[-1].extend(notes)
    return _join("".join(line) for line in lines)


def _join(lines: Iterable[str]) -> str:
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n\n".join("\\\n".join(lines) for lines in paragraphs if lines)


def _pieces(text: str, marks: Sequence[Mark]) -> Iterator[tuple[str, str, list[str]]]:
    """Cut the text where a mark starts or ends: (piece, colour or "", notes set behind it)."""
    clipped = [
        Mark(max(0, mark.start), min(len(text), mark.end), mark.colour, mark.note)
        for mark in marks
        if max(0, mark.start) < min(len(text), mark.end)
    ]
    cuts = sorted({0, len(text), *(m.start for m in clipped), *(m.end for m in clipped)})
    for start, end in pairwise(cuts):
        over = [mark for mark in clipped if mark.start <= start and end <= mark.end]
        notes = [_note(mark) for mark in clipped if mark.end == end and mark.note]
        yield text[start:end], over[0].colour if over else "", notes


def _coloured(line: str, colour: str, *, at_start: bool) -> str:
    body = line.lstrip(" \t") if at_start else line
    indent = "\u00a0" * len(line[: len(line) - len(body)].expandtabs(4))
    escaped = _escape(body)
    if colour and escaped.strip():
        return f"{indent}:{colour}-background[{escaped}]"
    return indent + escaped


def _note(mark: Mark) -> str:
    return f":{mark.colour}-background[:small[\u00a0**{_escape(mark.note)}**]]"


def _escape(text: str) -> str:
    visible = _CONTROL.sub("", strip_invisible(text))
    parts: list[str] = []
    position = 0
    for found in _REWRITTEN.finditer(visible):
        parts.append(_backslash(visible[position : found.start()]))
        parts.append(f":color[{_backslash(found.group())}]")
        position = found.end()
    parts.append(_backslash(visible[position:]))
    return "".join(parts)


def _backslash(text: str) -> str:
    return _PUNCTUATION.sub(r"\\\1", text)

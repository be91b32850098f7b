"""Draws citations: a footnote, and the passage it points to with its lines marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile

import streamlit as st

from interviewer.models import Citation, Question
from interviewer.ui.markup import Mark, inline, marked

_CONTEXT_LINES = 2
_MARK_COLOUR = "blue"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file; `cited` says that it belongs to the citation."""

    number: int
    text: str
    cited: bool


@dataclass(frozen=True)
class References:
    """Where cited lines are looked up: the bank's files by path, and a person's own reference."""

    files: Mapping[str, str]

    @classmethod
    def of_question(cls, question: Question, files: Mapping[str, str]) -> References:
        """Add the reference of a candidate's own question, which no file of the bank holds."""
        if question.path in files or not question.reference:
            return cls(files)
        return cls({**files, question.path: question.reference})

    def passage(self, citation: Citation) -> list[Line]:
        """Give the cited lines with a little of the paragraph around them.

        Where the file has changed since and the quote stands elsewhere, the quote alone is given.
        """
        lines = self.files.get(citation.path, "").split("\n")
        start, end = citation.start_line, citation.end_line
        if not _holds(lines[start - 1 : end], citation.quote):
            quoted = citation.quote.split("\n")
            return [Line(start + offset, text, True) for offset, text in enumerate(quoted)]
        before = _until_blank(reversed(lines[max(0, start - 1 - _CONTEXT_LINES) : start - 1]))
        after = _until_blank(lines[end : end + _CONTEXT_LINES])
        first, last = start - before, end + after
        return [
            Line(number, lines[number - 1], start <= number <= end)
            for number in range(first, last + 1)
        ]


def _until_blank(lines: Iterable[str]) -> int:
    return sum(1 for _ in takewhile(str.strip, lines))


def _holds(lines: list[str], quote: str) -> bool:
    wanted = " ".join(quote.split())
    return bool(wanted) and wanted in " ".join(" ".join(lines).split())


def footnote(citation: Citation) -> str:
    """Write a citation as a footnote, `regularization.md, lines 12–18`, in Markdown."""
    return inline(citation.footnote)


def show_passage(citation: Citation, references: References) -> None:
    """Draw the footnote and, under it, the passage with the cited lines marked."""
    st.markdown(f":material/menu_book: :small[{footnote(citation)}]")
    with st.container(border=True):
        st.markdown(_numbered(references.passage(citation)))


def _numbered(lines: list[Line]) -> str:
    width = len(str(lines[-1].number)) if lines else 1
    return "\\\n".join(_numbered_line(line, width) for line in lines)


def _numbered_line(line: Line, width: int) -> str:
    number = str(line.number).rjust(width, "\u2007")
    text = line.text.strip()
    marks = [Mark(0, len(text), _MARK_COLOUR)] if line.cited else []
    return f":gray[:small[{number}]]\u2003{marked(text, marks)}"

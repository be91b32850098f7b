"""Text as every part reads it: sentence spans, words and stems, with offsets into the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import sentencex
import Stemmer

from interviewer.models import Span

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LINE_MARK = re.compile(r"\s*(?:[-*+•]\s+|\d{1,3}[.)]\s+|#{1,6}\s+|>\s?|\|)*")
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]"
)
_LANGUAGE = "en"


def sentence_spans(text: str) -> list[Span]:
    """Cut a text into sentences, bullets and lines, each with its place in the text.

    List marks, heading marks and blank edges are left out of a span; a span never crosses a line
    break. `text[span.start:span.end] == span.text` holds for each.
    """
    spans: list[Span] = []
    for line in re.finditer(r"[^\r\n]+", text):
        mark = _LINE_MARK.match(line.group())
        skipped = mark.end() if mark else 0
        spans.extend(_line_sentences(text, line.start() + skipped, line.end()))
    return spans


def _line_sentences(text: str, start: int, end: int) -> Iterator[Span]:
    position = start
    for sentence in sentencex.segment(_LANGUAGE, text[start:end]):
        stripped = sentence.strip()
        found = text.find(stripped, position, end) if stripped else -1
        if found < 0:
            continue
        position = found + len(stripped)
        if _WORD.search(stripped):
            yield Span(found, position, stripped)


def words(text: str) -> list[str]:
    """Give the words of a text in lower case, NFKC-normalised, without punctuation."""
    return _WORD.findall(unicodedata.normalize("NFKC", strip_invisible(text)).casefold())


def stems(text: str) -> list[str]:
    """Give the Snowball English stems of the words of a text (Porter, 2001)."""
    stemmed: list[str] = Stemmer.Stemmer("english").stemWords(words(text))
    return stemmed


def strip_invisible(text: str) -> str:
    """Drop zero-width, bidirectional-control and tag characters, which a reader cannot see."""
    return _INVISIBLE.sub("", text)

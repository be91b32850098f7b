"""Finds a quoted passage in an answer, so that no offset is ever taken from a model."""

from __future__ import annotations

import re
import unicodedata

from interviewer.grading.lexicon import STOP_WORDS
from interviewer.models import Span
from interviewer.text import strip_invisible, words

_ELLIPSIS = re.compile(r"\s*(?:\.{3,}|…|\[…\]|\[\.\.\.\])\s*")


def find_quote(answer: str, quote: str) -> Span | None:
    """Find a quote in an answer: letter by letter, else word by word.

    Word by word means that case, white space, punctuation and invisible characters do not
    count. Of a quote with an ellipsis the longest part is found. A quote without one content
    word proves nothing and is not found.
    """
    parts = sorted(filter(None, _ELLIPSIS.split(quote)), key=len, reverse=True)
    for part in (quote, *parts):
        span = _exact(answer, part.strip()) or _by_words(answer, part)
        if span and any(word not in STOP_WORDS for word in words(span.text)):
            return span
    return None


def _exact(answer: str, quote: str) -> Span | None:
    start = answer.find(quote) if quote else -1
    return None if start < 0 else Span(start, start + len(quote), quote)


def _by_words(answer: str, quote: str) -> Span | None:
    said, places = _folded(answer)
    wanted, _ = _folded(quote)
    found = said.find(wanted) if wanted.strip() else -1
    if found < 0:
        return None
    start = places[found + 1]
    end = places[found + len(wanted) - 2] + 1
    return Span(start, end, answer[start:end])


def _folded(text: str) -> tuple[str, list[int]]:
    """Fold to lower-case words between single blanks, with each character's place in the text."""
    folded, places = [" "], [0]
    for place, character in enumerate(text):
        if not strip_invisible(character):
            continue
        for letter in unicodedata.normalize("NFKC", character).casefold():
            blank = not letter.isalnum()
            if blank and folded[-1] == " ":
                continue
            folded.append(" " if blank else letter)
            places.append(place)
    if folded[-1] != " ":
        folded.append(" ")
        places.append(len(text))
    return "".join(folded), places

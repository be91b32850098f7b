"""Reads a slip of the keyboard in a word of the rubric as that word."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache

from rapidfuzz.distance import OSA

from interviewer.retrieval.encoder_export import packaged_tokenizer
from interviewer.text import words

_LETTERS = 6
_WORD = re.compile(r"[^\W\d_]+")
_SHOUTED_SHARE = 0.7


@lru_cache(1)
def vocabulary() -> frozenset[str]:
    """Give the words, in lower case, that the encoder's tokenizer knows whole."""
    return frozenset(packaged_tokenizer().get_vocab())


class Spelling:
    """Puts slips right: one letter too many or too few, or two neighbours swapped.

    That is an optimal string alignment distance of 1 (Damerau, 1964) without one letter for
    another, since "micro" and "macro" differ by that. A word that the tokenizer knows is no slip,
    nor is one with another first letter ("asymmetric"), of fewer than six letters, with another
    ending alone, or as near to two words of the rubric.

    Args:
        rubric_text: everything that the rubric and its question say.
        known: words that are never slips, in lower case.
    """

    def __init__(self, rubric_text: str, known: Container[str]) -> None:
        self._words = frozenset(word for word in words(rubric_text) if len(word) >= _LETTERS)
        self._known = known

    def corrected(self, text: str) -> str:
        """Give the text with the slips in words of the rubric put right."""
        return _WORD.sub(lambda found: self._word(found.group()), text)

    def _word(self, written: str) -> str:
        word = written.lower()
        if len(word) < _LETTERS or word in self._words or word in self._known:
            return written
        meant = [each for each in self._words if _is_slip(word, each)]
        return meant[0] if len(meant) == 1 else written


def _is_slip(word: str, meant: str) -> bool:
    if word[0] != meant[0] or word.startswith(meant) or meant.startswith(word):
        return False
    if len(word) == len(meant) and sorted(word) != sorted(meant):
        return False
    return OSA.distance(word, meant, score_cutoff=1) == 1


def unshouted(text: str) -> str:
    """Put a text that is mostly capitals in lower case, every letter in its place."""
    letters = [letter for letter in text if letter.isalpha()]
    if sum(map(str.isupper, letters)) <= _SHOUTED_SHARE * len(letters):
        return text
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)

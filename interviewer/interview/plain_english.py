"""Tells plain English from words that hide others: coded, written backwards, or another language.

A model that was talked round can tell what it must not in a form that no rule on words finds. In
English few words follow each other without a function word among them; in such forms most do.
"""

from __future__ import annotations

from collections.abc import Iterable

from interviewer.grading.lexicon import STOP_WORDS
from interviewer.text import words

LONGEST_WORD = 40
"""Characters of a word that nobody said before; a longer one is a code and no word."""

WORDS_IN_A_ROW = 7
"""So many words without a function word are no English; 1 in 200 of the bank's questions has them,
and their words were said aloud."""

_ENDS = ".,;:!?…()\"'“”‘’"


def is_plain_english(said: str, aloud: Iterable[str]) -> bool:
    """Whether words could be an interviewer's.

    Args:
        said: what is to be said.
        aloud: what was said aloud before; its words may stand in any row.
    """
    heard = "\n".join(aloud)
    tokens = (token.strip(_ENDS) for token in said.split())
    if any(len(token) > LONGEST_WORD and token not in heard for token in tokens):
        return False
    known = STOP_WORDS | set(words(heard))
    in_a_row = 0
    for word in words(said):
        in_a_row = 0 if word in known else in_a_row + 1
        if in_a_row >= WORDS_IN_A_ROW:
            return False
    return True

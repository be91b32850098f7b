"""Measures how a window of an answer stands to a key point: how near, and how turned round."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from interviewer.grading.lexicon import OPPOSITES, RIVALS
from interviewer.grading.windows import Reading, clauses_of, read
from interviewer.text import stems

QUESTION_WORD_WEIGHT = 0.3
_SAME_CLAIM_SHARE = 0.7
_ECHO_SHARE = 0.2
_REPEATED_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Overlap:
    """How a window's words stand to those of a statement; shares from 0 to 1.

    `recall` is the share of the statement's content stems that the window says, `precision` the
    share of the window's that the statement says, words of the question counting less in both.
    `turned` is the share of the common stems that one side denies and the other does not.
    `taken_back` says that the window is denied as a whole, `opposed` that one side uses the
    opposite of the other's word, `renumbered` that they give different numbers, `swapped` that
    they say it of different things.
    """

    recall: float
    precision: float
    turned: float
    opposed: bool
    renumbered: bool
    swapped: bool
    taken_back: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """A key point or its false twin, read once."""

    text: str
    reading: Reading
    clauses: tuple[frozenset[str], ...]


def statement_of(text: str) -> Statement:
    """Read a key point or a mistake."""
    clauses = tuple(frozenset(read(clause).polarity) for clause in clauses_of(text))
    return Statement(text, read(text), clauses)


class Comparer:
    """Compares windows with the statements of one rubric.

    Args:
        question: its words count less, since an answer gets them for free.
        rubric_text: everything the rubric says, to know which rival things it tells apart.
    """

    def __init__(self, question: str, rubric_text: str) -> None:
        self._asked = set(stems(question))
        self._asked_content = read(question).polarity.keys()
        said = set(stems(rubric_text)) | self._asked
        self._rivals = [pair & said for pair in _RIVAL_STEMS if len(pair & said) > 1]

    def echoes(self, window: Reading) -> bool:
        """Whether a window says most of the question again and hardly anything else."""
        said = window.polarity.keys()
        new, again = len(said - self._asked), len(said & self._asked_content)
        repeats = again >= _REPEATED_SHARE * len(self._asked_content)
        return repeats and new <= _ECHO_SHARE * len(said)

    def overlap(self, statement: Statement, window: Reading) -> Overlap:
        """Measure the overlap of a window with a statement."""
        stated, said = statement.reading.polarity, window.polarity
        shared = stated.keys() & said.keys()
        weight = self._weight(shared)
        turned = self._weight(stem for stem in shared if stated[stem] != said[stem])
        opposed, excused = _opposed(statement.reading.spoken, window.spoken)
        several = not window.taken_back and self._of_several(statement, said.keys())
        return Overlap(
            recall=weight / max(self._weight(stated), 1e-9),
            precision=weight / max(self._weight(said), 1e-9),
            turned=0.0 if excused or several else turned / max(weight, 1e-9),
            opposed=opposed,
            renumbered=_renumbered(statement.reading, window),
            swapped=_is_one_clause(window) and self._swapped(statement, frozenset(said)),
            taken_back=window.taken_back,
        )

    def _weight(self, stems_: Iterable[str]) -> float:
        return sum(QUESTION_WORD_WEIGHT if stem in self._asked else 1.0 for stem in stems_)

    def _of_several(self, statement: Statement, said: Collection[str]) -> bool:
        """Whether the window speaks of rivals, so that it is open of which it denies a thing."""
        stated = statement.reading.polarity.keys()
        return any(
            len(rivals.intersection(said)) > 1 and len(rivals.intersection(stated)) == 1
            for rivals in self._rivals
        )

    def _swapped(self, statement: Statement, said: frozenset[str]) -> bool:
        """Whether the window says what a clause of the statement says, of its rival."""
        for rivals in self._rivals:
            here = said & rivals
            clauses = [clause for clause in statement.clauses if clause & rivals]
            if not here or not clauses or len(here) == len(rivals):
                continue
            nearest = max(clauses, key=lambda clause: len((clause - rivals) & said))
            others = nearest - rivals
            same_claim = bool(others) and len(others & said) >= _SAME_CLAIM_SHARE * len(others)
            if same_claim and not nearest & here:
                return True
        return False


def _is_one_clause(window: Reading) -> bool:
    return len(clauses_of(window.text)) == 1


def _opposed(stated: Mapping[str, bool], said: Mapping[str, bool]) -> tuple[bool, bool]:
    """Tell whether one side says the opposite of the other's word; a negation undoes it."""
    opposed = excused = False
    for first, second in _OPPOSITE_STEMS:
        for one, other in ((first, second), (second, first)):
            apart = one in stated and other in said and one not in said and other not in stated
            if apart and stated[one] == said[other]:
                opposed = True
            elif apart:
                excused = True
    return opposed, excused and not opposed


def _renumbered(statement: Reading, window: Reading) -> bool:
    stated, said = statement.numbers, window.numbers
    return bool(stated - said) and bool(said - stated) and not stated & said


def _stem_set(words_: Iterable[str]) -> frozenset[str]:
    return frozenset(stems(" ".join(words_)))


_OPPOSITE_STEMS = tuple((stems(first)[0], stems(second)[0]) for first, second in OPPOSITES)
_RIVAL_STEMS = tuple(_stem_set(group) for group in RIVALS)

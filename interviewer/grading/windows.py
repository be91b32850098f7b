"""Cuts an answer into the windows that are held against a key point, read word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import Stemmer

from interviewer.grading.lexicon import (
    COMMON_VERBS,
    CONTRASTS,
    NEGATIONS,
    NUMBER_WORDS,
    STOP_WORDS,
)
from interviewer.grading.speech import cleaned
from interviewer.models import Span
from interviewer.text import sentence_spans, stems, strip_invisible

MAX_WINDOWS = 400

_TOKEN = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*|[.,;:!?()\[\]—–/|=→⇒≈<>≤≥]")
_CLAUSE_BREAK = frozenset(".,;:!?()—–|")
_RELATIONS = frozenset("=→⇒≈<>≤≥")
_ENDS_A_NOTE = frozenset(";")
_NEGATION_REACH = 8
_NOT_ONLY = frozenset({"only", "just", "necessarily", "merely", "simply"})
_DENIAL = re.compile(
    r"\b(?:it(?: is|'s|’s) (?:not true|not the case|untrue|false|wrong|incorrect|a myth"
    r"|a misconception)(?: to (?:say|claim|think))? that"
    r"|(?:wrongly|falsely|mistakenly|incorrectly)"
    r" (?:claim|think|believe|say|assume|state)s?(?: that)?"
    r"|the opposite of the following|contrary to popular belief"
    r"|i (?:do not|don'?t) (?:believe|think|agree) that|i doubt that|there is no truth)\b",
    re.IGNORECASE,
)
_DENIES_WHAT_FOLLOWS = re.compile(r"\bopposite of the following\b|following (?:is|are) false", re.I)
_DENIES_ALL_BEFORE = re.compile(
    r"\b(?:none of (?:that|this|it|the above|these)\b.{0,20}\b(?:is|are|was|holds?)\b"
    r"|all of (?:that|this|the above) (?:is|was) (?:false|wrong|untrue)"
    r"|i take (?:all )?(?:that|it) back|scratch (?:all )?that)",
    re.IGNORECASE,
)
_DENIES_LAST = re.compile(
    r"^\W*(?:but |and |however,? )*(?:that|this|which) (?:is|was) (?:all )?(?:completely |simply )?"
    r"(?:wrong|false|untrue|incorrect|not (?:true|so|correct|right))\b",
    re.IGNORECASE,
)
_TURN = re.compile(
    r"\W*(?:but|instead|rather|however|in fact|actually|in reality|in truth|no[,;:]|on the contrary"
    r"|what is true|the truth|the reverse)\b",
    re.IGNORECASE,
)
_EITHER_OR_NOT = re.compile(r"^\W*either\b.*\bor not\b", re.IGNORECASE | re.DOTALL)
_SUBCLAUSE = re.compile(
    r"[;:—–]\s+|,?\s+(?:but|while|whereas|because|although|so that|which means)\s+"
    r"|,\s+(?=(?:and|so|then|which|where)\s)|,\s+",
    re.IGNORECASE,
)
_BREATH = re.compile(
    r"[,;:—–]\s+|\s+(?=(?:and|but|so|then|because|also|um+|uh+|oh|well|which means)\b)",
    re.IGNORECASE,
)
_NEW_SENTENCE = re.compile(r"[:;]\s+(?=[A-Z\[])|[.!?][\"”»]\s+")
_SENTENCE_WORDS = 6
_RUN_ON = 40
_PIECE_WORDS = 12
_SHORT = 5
_LEAST_CLAUSE_WORDS = 3
_CLAUSE_FROM_WORDS = 8
_LONGEST_LIST = 7
_LEAST_RUN = 3
_LISTED_SHARE = 0.4
_LEAST_LIST_ITEMS = 8
_WORDS_PER_LIST_ITEM = 2
_WORDS_PER_NOTE = 4
_LEAST_BARS = 2
_CLAUSE_WORDS = 8


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it is read: its stem, its place, and whether a negation reaches it."""

    stem: str
    start: int
    end: int
    negated: bool
    content: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A piece of text read: what it says, and of each stem whether it is denied.

    `taken_back` says that it is denied as a whole, by its own opening or by another sentence.
    """

    text: str
    words: tuple[Word, ...]
    taken_back: bool = False

    @property
    def polarity(self) -> dict[str, bool]:
        """The content stems, each True where it is denied."""
        return {word.stem: word.negated for word in self.words if word.content}

    @property
    def spoken(self) -> dict[str, bool]:
        """All stems, those of function words too, each True where it is denied."""
        return {word.stem: word.negated for word in self.words}

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers said, as digits."""
        stated = (NUMBER_WORDS.get(word.stem, word.stem) for word in self.words)
        return frozenset(number for number in stated if number.replace(".", "").isdigit())


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the answer that is compared as one; `parts` are the sentences of a pair."""

    span: Span
    reading: Reading
    parts: tuple[Reading, ...] = ()


def windows_of(answer: str) -> list[Window]:
    """Cut an answer into sentences, their clauses and neighbouring pairs, duplicates left out.

    What is only listed, without a clause, and what asserts nothing ("either … or not …") gives
    no window.
    """
    if _EITHER_OR_NOT.match(answer):
        return []
    sentences = _sentences(answer)
    kept = [window for window in sentences if not _is_list(window)]
    pieces = [*kept, *_clauses(kept)]
    pieces += [
        _joined(answer, first, second)
        for first, second in pairwise(sentences)
        if first in kept and second in kept
    ]
    unique = {_key(piece): piece for piece in reversed(pieces)}
    return list(reversed(unique.values()))[:MAX_WINDOWS]


def asserted(answer: str) -> tuple[list[Window], list[Window]]:
    """Part an answer's sentences into those that it asserts and those that it denies as a whole.

    What asserts nothing ("either … or not …") is in neither; what is only listed, without a clause,
    is not asserted, but can be denied.
    """
    if _EITHER_OR_NOT.match(answer):
        return [], []
    sentences = _sentences(answer)
    denied = [window for window in sentences if window.reading.taken_back]
    said = [window for window in sentences if not window.reading.taken_back]
    return [window for window in said if not _is_list(window)], denied


def read(text: str, *, denied: bool = False, offset: int = 0) -> Reading:
    """Read a text word by word; `denied` turns every word's polarity round."""
    denial = _DENIAL.search(text)
    from_here = denial.end() if denial else len(text) + 1
    found: list[Word] = []
    reach = 0
    tokens = list(_TOKEN.finditer(text))
    for position, token in enumerate(tokens):
        word = strip_invisible(token.group()).casefold().replace("’", "'")
        following = tokens[position + 1].group().casefold() if position + 1 < len(tokens) else ""
        if word in _CLAUSE_BREAK or word in CONTRASTS:
            reach = 0
        if word in NEGATIONS and following not in _NOT_ONLY and not _inside(denial, token):
            reach = _NEGATION_REACH
            continue
        if not word or not word[0].isalnum() or _inside(denial, token):
            continue
        negated = (reach > 0) ^ denied ^ (token.start() >= from_here)
        content = word not in STOP_WORDS and word not in NEGATIONS
        start, end = offset + token.start(), offset + token.end()
        found.append(Word(_stem(word), start, end, negated, content))
        reach = max(0, reach - 1)
    return Reading(cleaned(text), tuple(found), denied ^ (denial is not None))


def denied_statement(text: str) -> str:
    """Give what a sentence denies, without the words that deny it."""
    denial = _DENIAL.search(text)
    return text[denial.end() :].strip(" ,:") if denial else text


def opens_with_contrast(text: str) -> bool:
    """Whether a sentence turns against what was said before it: "Instead, ...", "But ..."."""
    return bool(_TURN.match(text))


def clauses_of(text: str) -> list[str]:
    """Cut a sentence at its inner breaks; a short one stays whole."""
    return [text[start:end] for start, end in _clause_bounds(text)]


def _inside(denial: re.Match[str] | None, token: re.Match[str]) -> bool:
    return denial is not None and denial.start() <= token.start() < denial.end()


def _stem(word: str) -> str:
    return stems(word)[0] if len(word) > 1 else word


def _sentences(answer: str) -> list[Window]:
    spans = sentence_spans(answer)
    denied = _denied(spans)
    windows = (_window(answer, span.start, span.end, span in denied) for span in spans)
    return [piece for window in windows for piece in _pieces(answer, window)]


def _pieces(answer: str, sentence: Window) -> list[Window]:
    """Cut where a sentence ends without a stop, and a run-on where a speaker would draw breath."""
    text, start = sentence.span.text, sentence.span.start
    if sentence.reading.taken_back or _is_list(sentence):
        return [sentence]
    cuts = {
        mark.end()
        for mark in _NEW_SENTENCE.finditer(text)
        if len(text[: mark.start()].split()) >= _SENTENCE_WORDS
    }
    bounds = [0]
    for mark in _BREATH.finditer(text):
        if mark.end() in cuts or _is_breath(text, bounds[-1], mark):
            bounds.append(mark.end())
    bounds = sorted({*bounds, *cuts})
    ends = [*bounds[1:], len(text)]
    return [
        _window(answer, start + first, start + first + len(text[first:last].rstrip()))
        for first, last in zip(bounds, ends, strict=True)
    ]


def _is_breath(text: str, start: int, mark: re.Match[str]) -> bool:
    """Whether a run-on has words enough on both sides of a mark to be cut there."""
    before, after = text[start : mark.start()].split(), text[mark.end() :].split()
    return len(text.split()) > _RUN_ON and min(len(before), len(after)) >= _PIECE_WORDS


def _denied(spans: Sequence[Span]) -> set[Span]:
    """Find the sentences that another sentence takes back."""
    denied: set[Span] = set()
    for number, span in enumerate(spans):
        if _DENIES_ALL_BEFORE.search(span.text):
            denied ^= set(spans[:number])
        elif _DENIES_LAST.search(span.text) and number:
            denied ^= {spans[number - 1]}
        elif _DENIES_WHAT_FOLLOWS.search(span.text):
            denied ^= set(spans[number + 1 :])
    return denied


def _window(answer: str, start: int, end: int, denied: bool = False) -> Window:
    text = answer[start:end]
    return Window(Span(start, end, text), read(text, denied=denied, offset=start))


def _joined(answer: str, first: Window, second: Window) -> Window:
    start, end = first.span.start, second.span.end
    text = f"{first.reading.text} {second.reading.text}"
    words = (*first.reading.words, *second.reading.words)
    parts = (first.reading, second.reading)
    taken_back = first.reading.taken_back or second.reading.taken_back
    return Window(Span(start, end, answer[start:end]), Reading(text, words, taken_back), parts)


def _clauses(sentences: Sequence[Window]) -> Iterator[Window]:
    for sentence in sentences:
        bounds = _clause_bounds(sentence.span.text)
        if len(bounds) < 2:
            continue
        for start, end in bounds:
            first, last = sentence.span.start + start, sentence.span.start + end
            words = tuple(
                word for word in sentence.reading.words if first <= word.start and word.end <= last
            )
            text = sentence.span.text[start:end]
            yield Window(
                Span(first, last, text), replace(sentence.reading, text=cleaned(text), words=words)
            )


def _clause_bounds(text: str) -> list[tuple[int, int]]:
    """Cut at inner breaks, a piece of fewer than three words kept with the one before it."""
    whole = [(0, len(text))]
    if len(text.split()) < _CLAUSE_FROM_WORDS:
        return whole
    bounds: list[tuple[int, int]] = []
    start = 0
    for mark in _SUBCLAUSE.finditer(text):
        if len(text[start : mark.start()].split()) >= _LEAST_CLAUSE_WORDS:
            bounds.append((start, mark.start()))
            start = mark.end()
    if bounds and len(text[start:].split()) < _LEAST_CLAUSE_WORDS:
        bounds[-1] = (bounds[-1][0], len(text))
    else:
        bounds.append((start, len(text)))
    return bounds


def _is_list(window: Window) -> bool:
    """Whether a sentence only lists words: long runs without grammar, or many short items.

    The runs have to make up a good part of it: an unpunctuated answer as dictation gives it holds
    one such run somewhere, and is no list.
    """
    text = window.reading.text
    if _is_table_row(text):
        return True
    tokens = [token.casefold() for token in _TOKEN.findall(text)]
    spoken = sum(token[0].isalnum() for token in tokens)
    if spoken <= _SHORT:
        return False
    runs = _runs(tokens, _ENDS_A_NOTE if _is_in_notes(text) else frozenset())
    listed = sum(run for run in runs if run >= _LEAST_RUN)
    runs_on = max(runs) >= _LONGEST_LIST and listed >= _LISTED_SHARE * spoken
    return runs_on or _is_enumeration(text)


def _is_in_notes(text: str) -> bool:
    """Whether semicolons part notes of several words, as in telegraph style, and not list items."""
    lengths = [len(note.split()) for note in text.split(";")]
    return len(lengths) > 1 and sum(lengths) >= _WORDS_PER_NOTE * len(lengths)


def _runs(tokens: Sequence[str], ends: frozenset[str]) -> list[int]:
    """Count the words of each stretch without a function word, a common verb or a relation sign.

    Commas are passed over, and so are numbers and single letters, of which formulas are made.
    `ends` are further marks that end a stretch.
    """
    runs = [0]
    for token in tokens:
        if token in _RELATIONS or token in ends or _is_grammar(token):
            runs.append(0)
        elif token[0].isalnum() and len(token) > 1 and not token.replace(".", "").isdigit():
            runs[-1] += 1
    return runs


def _is_grammar(token: str) -> bool:
    return token in STOP_WORDS or token in NEGATIONS or _stem(token) in _VERB_STEMS


def _is_enumeration(text: str) -> bool:
    """Whether most items between marks are short, and hold a good part of the words."""
    lengths = [len(item.split()) for item in re.split(r"[,;/|]", text) if item.strip()]
    short = [length for length in lengths if length <= _WORDS_PER_LIST_ITEM]
    most = len(lengths) >= _LEAST_LIST_ITEMS and 2 * len(short) > len(lengths)
    return most and sum(short) >= _LISTED_SHARE * sum(lengths)


def _is_table_row(text: str) -> bool:
    """Whether a text is cells with bars between them, none of which holds a clause.

    A bar within brackets, as in P(A | B), parts no cells.
    """
    cells = text.split(" | ")
    short = max(len(cell.split()) for cell in cells) < _CLAUSE_WORDS
    return len(cells) > _LEAST_BARS and short and all(map(_is_balanced, cells))


def _is_balanced(text: str) -> bool:
    return text.count("(") == text.count(")")


def _key(window: Window) -> tuple[str, tuple[bool, ...]]:
    reading = window.reading
    return reading.text.casefold(), tuple(word.negated for word in reading.words)


_VERB_STEMS = frozenset(Stemmer.Stemmer("english").stemWords(sorted(COMMON_VERBS)))

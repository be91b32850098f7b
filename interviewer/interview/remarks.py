"""Finds what an interviewer says beside the question: opinions, further questions and asides.

No list of bad words is long enough, so what may be said is bounded instead. A sentence that does
not ask may hold the words of the question, of what the candidate said and of `small_talk`, and no
others; one that asks is the question in other words, and keeps most of its own. A question of a
model's own may be set in a scene of one sentence, as `scenarios` bounds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from unicodedata import category

from interviewer.grading.lexicon import NEGATIONS
from interviewer.interview.scenarios import is_ordinary, is_scene, is_yours, without_start
from interviewer.interview.small_talk import (
    ASKING_WORDS,
    COURTESY,
    FUNCTION_WORDS,
    SAID,
    is_about_the_question,
    is_framed,
    without_opener,
    without_phrases,
)
from interviewer.text import stems, words

_MOST_OTHER_WORDS = 2
_FEWEST_LETTERS = 5
_CONTRACTED = re.compile(r"'(?:d|ll|m|re|s|ve)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[?!])(?=\w)|\n+")
_ASKING_WORD = r"(?:how|what|why|when|where|which|who|whose|whom|whether)"
_VERB = r"""(?:tell|explain|describe|walk|give|show|compare|contrast|discuss|derive|implement|write
    |design|define|name|list|outline|sketch|prove|compute|calculate|estimate|state|summari[sz]e
    |say(?=\ (?:how|what|why|when|where|which|whether|in|more|something))
    |elaborate|expand|share|justify|argue|choose|draw|evaluate|propose|suggest|analy[sz]e|plan
    |solve|find|talk\ (?:me|us)|take\ (?:me|us)|let\ me\ (?:know(?!\ if)|hear)
    |help\ (?:me|us)|go\ (?:over|through|into)|cover|address|comment)"""
_AUXILIARY = (
    r"(?:can|could|would|will|do|does|did|is|are|was|were|has|have|had|should|may|might|must)"
)
_ASK = re.compile(
    rf"""(?:{_VERB}
        | {_ASKING_WORD}(?!\ (?:brings|leads|takes)\b)
          (?!\ you(?:['’]ve|\ have|\ were)?(?:\ just)?\ {SAID}\b)
        | (?:in|at|on|for|under|by|to|from|with)\ (?:what|which|whose)
        | {_AUXILIARY}(?:n['’]t)?\ (?!free\b)\S+
        | (?:feel|are)\ free\ to\ {_VERB} | you\ (?:can|may|could|should|might)\ (?:also\ )?{_VERB}
        )(?![\w'’])""",
    re.IGNORECASE | re.VERBOSE,
)
_ASK_KINDLY = re.compile(
    rf"""(?:i|we)(?:['’]\w+|\ would|\ want|\ am)?\ .*?\b(?:hear|know|see|learn|understand|curious
        |wondering|wonder|asking|ask|interested)\b.*?\b{_ASKING_WORD}\b""",
    re.IGNORECASE | re.VERBOSE,
)
_POINTS_BACK = re.compile(r"\b(?:it|that|this|them|these|those)\b", re.IGNORECASE)
# Where a part of a sentence ends: before a mark, or before an "and" that asks on.
_PART = re.compile(
    rf"""[,;:]["”’)]*\s+ | \s+[–—-]\s+ | [–—]
        | \s+(?=(?:and|or|but|then|plus)\s+(?:(?:also|then|please)\s+)*
          (?:{_ASKING_WORD}|{_VERB})\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_YES_OR_NO = re.compile(r"^(?:yes|no)(?![\w'’])[\s,]*", re.IGNORECASE)
_LEANS_BACK = re.compile(
    r"(?:why|how)(?:\ (?:so|is|was|are|were|does|do|did)(?:\ \w+)?)?\W*$", re.I
)
_TURNED_BACK = re.compile(
    r"\b(?:do|would|did)\ you\ (?:think|feel|believe|reckon)\b", re.IGNORECASE
)
_OPINION = re.compile(
    r"""\b(?:
        nail\w* | impress\w* | (?:dis)?agree\w* | (?<!all\ )right(?:ly)? | wrong(?:ly)?
        | (?:in)?correct\w* | exact(?:ly)? | precisely | perfect\w* | excellent\w* | brilliant\w*
        | wonderful\w* | superb\w* | great | good | nice(?:ly)? | lovely | fantastic\w* | awesome
        | amazing\w* | outstanding\w* | clever\w* | smart | insight\w* | thoughtful\w*
        | thorough\w* | clearly | neat(?:ly)? | sharp | true | false | mistake[ns]?
        | misconception\w* | unfortunately | actually | obviously | absolutely | definitely
        | indeed | vague\w* | shaky | sloppy | elegant\w* | beautiful\w* | convinc\w*
        | disappoint\w* | bravo | kudos | respect | solid | fair | valid
        )\b
    | \bwell[ -](?!as\b)\w+(?:ed|id|ut|ne|ght)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_TO_THE_CANDIDATE = re.compile(r"\byour?(?:['’]\w+)?(?:\s+\w+)?\s+$", re.IGNORECASE)


class Slip(StrEnum):
    """What is wrong with a remark."""

    OPINION = "an opinion of an answer"
    SECOND_ASK = "a further question"
    ASIDE = "something beside the question"


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence in its parts: those before the first that asks, and the others."""

    leading: tuple[str, ...]
    asking: tuple[str, ...]
    is_question: bool


@dataclass(frozen=True, slots=True)
class Remarks:
    """Holds an interviewer's words against the question and what was said before.

    Args:
        asked: the question, in the bank's words.
        said: what was said aloud before, each sentence of which may be taken up.
        subject: what the question is about, as the bank files it.
        secret: stems of what must not be told.
        clarifies: the words say what the question means.
        guess: the candidate has guessed at the answer, which is not to be confirmed.
        own: the question is not the bank's, so that it may have other words than `asked`.
    """

    asked: str
    said: Sequence[str] = ()
    subject: str = ""
    secret: frozenset[str] = frozenset()
    clarifies: bool = False
    guess: bool = False
    own: bool = False

    def slip(self, spoken: str) -> Slip | None:
        """Find what is wrong with some words, however much is still to be said."""
        if self._has_opinion(spoken):
            return Slip.OPINION
        if _TURNED_BACK.search(spoken) and not _TURNED_BACK.search(self.asked):
            return Slip.SECOND_ASK
        sentences = [self._cut(each) for each in _sentences(spoken)]
        asking = [each for each in sentences if each.asking]
        if self._asks_too_much(asking):
            return Slip.SECOND_ASK
        if self.own and len(sentences) > 1 and self._is_scene(sentences[0]):
            sentences = sentences[1:]
        found = (self._sentence_slip(each, alone=len(asking) == 1) for each in sentences)
        return next((slip for slip in found if slip), None)

    def _asks_too_much(self, sentences: Sequence[_Sentence]) -> bool:
        """Whether more is asked than the question does, or the same again.

        What makes a question clear may ask in as many sentences as it likes, but for questions.
        """
        counted = [
            each
            for each in sentences
            if (each.is_question or not self.clarifies) and not all(map(_points_back, each.asking))
        ]
        asked = [_content(" ".join(each.asking)) for each in sentences]
        return len(counted) > self._most_asks or len(set(asked)) < len(asked)

    @property
    def _most_asks(self) -> int:
        if self.own:
            return 1
        sentences = [self._cut(each) for each in _sentences(self.asked)]
        parts = sum(_asks(part) for each in sentences for part in each.asking)
        return max(1, parts, sum(bool(each.asking) for each in sentences))

    def substance(self, spoken: str) -> str:
        """Leave out the parts that are courtesies through and through."""
        parts = (part for each in _sentences(spoken) for part in _PART.split(each))
        return " ".join(part for part in parts if not self._is_courtesy(part))

    def stated(self, spoken: str) -> str:
        """Give the parts that come before one that asks."""
        cut = (self._cut(each) for each in _sentences(spoken))
        return " ".join(part for each in cut for part in each.leading)

    def _is_scene(self, sentence: _Sentence) -> bool:
        """Whether a sentence sets a scene in words of the question, of the candidate or ordinary.

        A point of the answer, even half of it, has words of its own or of other points only. So
        a scene needs a new word that stands in none; and as what does not begin with the candidate
        may well be a fact, such words are at least half of those that nobody has said.
        """
        if sentence.asking or sentence.is_question:
            return False
        spoken = ", ".join(sentence.leading)
        if not is_scene(spoken) or _OPINION.search(spoken):
            return False
        said = frozenset[str]().union(*map(_content, (self.asked, self.subject, *self.said)))
        new = _content(spoken) - said
        fresh = len(_content(without_start(spoken)) - said - self.secret)
        enough = fresh > 0 if is_yours(spoken) else len(new & self.secret) <= fresh
        return bool(new) and enough and all(map(is_ordinary, new))

    def _is_courtesy(self, part: str) -> bool:
        rest = without_opener(part)
        return is_framed(rest) and _content(without_phrases(rest)) <= COURTESY

    def _cut(self, text: str) -> _Sentence:
        """Cut a sentence up; one with a question mark asks at its end at the latest."""
        parts = [each for each in _PART.split(text) if words(each)]
        is_question = "?" in text or "？" in text
        asking = (place for place, part in enumerate(parts) if self._is_ask(part))
        at = next(asking, len(parts) - 1 if is_question else len(parts))
        return _Sentence(tuple(parts[:at]), tuple(parts[at:]), is_question)

    def _is_ask(self, part: str) -> bool:
        kindly = _ASK_KINDLY.match(without_opener(part)) is not None
        return _asks(part) or (kindly and not _content(without_phrases(part)) <= COURTESY)

    def _has_opinion(self, spoken: str) -> bool:
        """Whether a word judges; in a question of its own one may also belong to the subject."""
        if any(category(sign) == "So" and sign not in self.asked for sign in spoken):
            return True  # a thumb up
        found = [each for each in _OPINION.finditer(spoken) if not self._is_asked(each.group())]
        if not self.own:
            return bool(found)
        return any(_TO_THE_CANDIDATE.search(spoken[: each.start()]) for each in found)

    def _is_asked(self, phrase: str) -> bool:
        return set(words(phrase)) <= set(words(self.asked))

    def _sentence_slip(self, sentence: _Sentence, *, alone: bool) -> Slip | None:
        if _in_words_of(" ".join((*sentence.leading, *sentence.asking)), self.asked):
            return None
        if not all(map(self._is_remark, sentence.leading)):
            return Slip.ASIDE
        return None if self.own else self._question_slip(sentence, alone=alone)

    def _question_slip(self, sentence: _Sentence, *, alone: bool) -> Slip | None:
        """Check that each part that asks has a word of the question, and few words are others."""
        others = 0
        for place, part in enumerate(sentence.asking):
            shared, other = self._shares(part)
            asks = place == 0 or _asks(part)
            if asks and not shared and not self._leans_back(sentence, part):
                return Slip.ASIDE if alone and place == 0 else Slip.SECOND_ASK
            others += other
            if other > shared or others > _MOST_OTHER_WORDS:
                return Slip.ASIDE
        return None

    def _leans_back(self, sentence: _Sentence, part: str) -> bool:
        """Whether a part asks nothing by itself, as `Why is that?` and `And what does it do?`."""
        if self.clarifies and not sentence.is_question and self._is_remark(part):
            return True
        rest, told = without_opener(part), _content(part)
        if _in_words_of(part, self.asked) or _points_back(rest):
            return True
        return len(sentence.asking) > 1 and not told

    def _shares(self, part: str) -> tuple[int, int]:
        """Count the stems that a part has from the question, and those that nobody said before."""
        told = _content(without_phrases(part))
        unasked = _unlike(told, _content(self.asked))
        return len(told - unasked), len(_unlike(unasked, self._free | ASKING_WORDS))

    @property
    def _free(self) -> frozenset[str]:
        return COURTESY.union(*map(_content, (self.asked, self.subject, *self.said)))

    def _is_remark(self, part: str) -> bool:
        """Whether a part of a sentence is small talk, or takes up what was said as it was said."""
        rest = without_opener(part)
        if self.clarifies and not self.guess:
            rest = _YES_OR_NO.sub("", rest)
        bare = without_phrases(rest)
        told = _content(bare)
        if not words(bare) or (bare != rest and not told):
            return True
        if _denies(bare, self.asked):
            return False
        if self._is_framed(rest, told) and not _unlike(told, self._free):
            return True
        return bool(told) and any(self._takes_up(told, each) for each in self._sayings())

    def _takes_up(self, told: frozenset[str], saying: str) -> bool:
        """Whether words are those of one saying, but for one in four that tells nothing."""
        other = _unlike(told, _content(saying))
        telling = other & self.secret - COURTESY
        return not telling and len(other) * 4 <= len(told)

    def _is_framed(self, rest: str, told: frozenset[str]) -> bool:
        if is_framed(rest):
            return True
        names_it = len(_unlike(told, _content(self.asked))) < len(told)
        return self.clarifies and (names_it or (not self.guess and is_about_the_question(rest)))

    def _sayings(self) -> Iterator[str]:
        yield self.asked
        for text in self.said:
            yield from _sentences(text)


def _points_back(part: str) -> bool:
    """Whether a part asks for nothing but what was just named: `Tell me about it.`, `And why?`."""
    rest = without_opener(part)
    if _LEANS_BACK.match(rest):
        return True
    if re.match(_AUXILIARY, rest, re.IGNORECASE):
        return False
    return bool(_POINTS_BACK.search(rest)) and _content(rest) <= ASKING_WORDS


def _in_words_of(part: str, asked: str) -> bool:
    return f" {' '.join(words(part))} " in f" {' '.join(words(asked))} "


def _denies(part: str, asked: str) -> bool:
    return bool(NEGATIONS & set(words(part)) - set(words(asked)))


def _content(text: str) -> frozenset[str]:
    """Give the stems of a text's words, without those that only carry a sentence."""
    plain = _CONTRACTED.sub("", text.replace("’", "'"))
    return frozenset(stems(" ".join(each for each in words(plain) if each not in FUNCTION_WORDS)))


def _unlike(told: frozenset[str], known: frozenset[str]) -> frozenset[str]:
    """Give the stems not known nor near to one that is, as `comparison` is to `compare`."""
    return frozenset(
        stem for stem in told - known if not any(_is_near(stem, each) for each in known)
    )


def _is_near(one: str, other: str) -> bool:
    pairs = zip(one, other, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return shared >= max(_FEWEST_LETTERS, min(len(one), len(other)) - 2)


def _sentences(text: str) -> list[str]:
    return [each for each in _SENTENCE.split(text) if words(each)]


def _asks(part: str) -> bool:
    return _ASK.match(without_opener(part)) is not None

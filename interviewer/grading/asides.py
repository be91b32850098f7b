"""Tells what is said about the subject from what is said to the grader, or says nothing.

A sentence is an aside where it speaks of grading, commands or praises itself, or is garbled, and
has hardly any word of the subject; where it only says the question again; or where it shares no
word with the subject and means nothing near it. A candidate who speaks of prompts and scores
because the question is about them uses the rubric's own words, and is heard.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interviewer.grading.lexicon import FILLER_WORDS, NEGATIONS, STOP_WORDS
from interviewer.text import sentence_spans, stems, strip_invisible, words

_SUBJECT_SHARE = 0.34
_ENOUGH = 3
_MARKUP = re.compile(
    r"<\|[^|>]{0,40}\|>|</?[a-z][^<>]{0,200}>|!\[[^\]]{0,100}\]\([^)]{0,300}\)"
    r"|\((?:source|see|cf\.?|ref\.?|reference)s?\b[^()]{0,200}\)|\[\d{1,3}\]"
    r"|^\s*#{1,6}\s[^\n]{0,60}:[ \t]*$|^\s*#{1,6}\s|^\s*```[\w-]*|\{\s*\"[^{}]{0,500}\}",
    re.IGNORECASE | re.MULTILINE,
)
_PHRASES = (
    r"rubrics?|verdicts?|graders?|gradings?|key points?|(?:the|this) candidate",
    r"10\s*/\s*10|10 out of 10|100(?=\s*%)",
    r"(?:full|top|maximum|perfect) (?:marks?|scores?|points|credit)",
    r"(?:score|grade|mark|rating|points?)s? ?[:=]? ?(?:of |is |to |as )?\"?\d+",
    r"(?:lower|raise|reduce|increase|change|adjust|deduct|boost|inflate|cut|drop|keep|improve)"
    r" (?:my|this|the|your|any) (?:score|grade|marks?|rating)",
    r"(?:my|this|your|a high|a perfect) (?:score|grade|marks?|rating)",
    r"(?:give|award|assign|output|grade|score|set|rate)(?: me| it| this(?: answer)?"
    r"| my (?:answer|score))?(?: an?| the| as| to)? ?\"?\d+",
    r"(?:ignore|disregard|forget|override|bypass) (?:the|all|any|your|every|previous|prior|above)",
    r"(?:previous|prior|following|new|these|your) (?:instructions?|orders?|commands?|rules)",
    r"system (?:prompt|message|override)|api key|secret key|password",
    r"reference (?:answer|text|solution)|and nothing else",
    r"(?:i am|i'm|as) (?:the |an? )?(?:admin\w*|system|developer|expert|professor|examiner|grader)",
    r"(?:i am|i'm|as) (?:the |an? )?(?:interviewer|moderator|owner|recruiter)",
    r"(?:previous|last|other|former) (?:interviewers?|graders?|examiners?)",
    r"(?:this|my|the) (?:whole )?answers? (?:is|was|are|should be|must be|covers|deserves|shows)",
    r"(?:my|a) (?:job|career|visa|life|family) depends|decode and|base64|rot13",
    r"language models?,? you (?:are|must|will)",
    r"you (?:must|will|should|are to) (?:now )?(?:give|grade|score|award|output|say|reply|respond)",
)
_OPENINGS = (
    r"(?:i am|i'm) (?:\d+ ?%|absolutely|completely|totally|very|so|quite)?"
    r" ?(?:certain|sure|confident|convinced)",
    r"(?:fully|entirely|completely|totally|perfectly|all) correct|(?:as|precisely) documented",
    r"worth (?:emphasi[sz]ing|noting|mentioning|stressing)",
    r"matters? a (?:great deal|lot) in practice",
    r"(?:great|good|excellent|interesting) question|thanks? (?:you )?for|hire me|pass me",
)
_OPENING = re.compile(rf"\b(?:{'|'.join(_OPENINGS)})\b", re.IGNORECASE)
_ADDRESSED = re.compile(
    rf"\b(?:{'|'.join(_PHRASES)})\b"
    r"|^\W*(?:human|assistant|system|user|grader|examiner|admin)\W*(?::|$)"
    r"|\[/?(?:system|inst|admin)\]",
    re.IGNORECASE,
)
_LIGHT = frozenset(
    stems(
        "give gave given got answer same say final correct user system assistant number"
        " word phrase contain new score"
    )
)
_FOREIGN_LETTER = re.compile(r"[^\W\d_a-zA-ZÀ-ɏΑ-ω]")
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)
_LONGEST_WORD = 24
_SHORT_WORD = 4
_GARBLED_SHARE = 0.3
_BARE_NUMBER = re.compile(r"\W*\d+(?:\s*/\s*\d+)?\W*")
_EMPTY = STOP_WORDS | NEGATIONS | FILLER_WORDS | {"exactly", "precisely"}
_MARKING = frozenset(
    stems(
        "mark marker grade grader score point full credit award rating examiner assessor checklist"
        " rubric verdict instruction candidate complete completely passed highest maximum top"
        " perfect nothing missing told forget skip count above below remark sheet reach"
    )
)
_MARKING_WORDS = 2
_SPELLED_OUT = re.compile(r"\b[a-z]([-.*_~])[a-z](?:\1[a-z]){2,}\b", re.IGNORECASE)
_LEAD_IN = re.compile(r"^[^:]{1,80}:\s+(?=\S)|^according to [^,]{1,80},\s+", re.IGNORECASE)
_TURNS_ROUND = re.compile(
    r"\b(?:false|untrue|wrong\w*|incorrect\w*|myths?|misconceptions?|mistakes?|mistaken\w*|errors?"
    r"|bad|opposite|contrary|instead|unlike|except|unless|without|neither|nor|not?|never|none"
    r"|\w+n['’]?t)\b",
    re.IGNORECASE,
)
# What announces, counts or adds; a sentence of nothing else says nothing, whatever the subject.
_ANNOUNCING = frozenset(
    stems(
        "put state repeat note add mention stress remark summarize sum deal lot plenty matter"
        " practice word sentence line here worth emphasize always certain"
    )
)
_LEAST_LEAD_IN = 3
_MOST_IN_LEAD_IN = 2
_ECHOED_WORDS = 4
_REPEATED_WORDS = 4
_NEW_SHARE = 0.2
_REPEATED_SHARE = 0.75
_FAR = 0.2
# Far below what a choice turns on, far above what processors disagree on.
_DECIMALS = 4


def without_markup(text: str) -> str:
    """Blank out role marks, tags, images, references and headings, keeping every place.

    A heading that ends with a colon only announces what follows and goes as a whole.
    """
    return _MARKUP.sub(lambda found: " " * len(found.group()), text)


@dataclass(frozen=True, slots=True)
class Claimed:
    """The words of a claim in a row, its content stems, and the words that deny something."""

    spoken: str
    stems: frozenset[str]
    negations: frozenset[str]


def claimed(text: str) -> Claimed:
    """Read a claim for whether it was made before."""
    return Claimed(_spoken(text), _content(text), NEGATIONS.intersection(words(text)))


class Subject:
    """Knows the words of one rubric's subject, and what is near it.

    Args:
        rubric_text: everything that the rubric and its question say.
        question: what was asked; saying it again says nothing.
        vectors: of what the rubric says, `(n, dimension)`, unit norm; None where nothing is far.
    """

    def __init__(
        self, rubric_text: str, question: str = "", vectors: NDArray[np.float32] | None = None
    ) -> None:
        self._stems = _content(rubric_text)
        self._asked = _content(question)
        self._sentences_asked = {_spoken(span.text) for span in sentence_spans(question)}
        self._vectors = vectors

    def claim(self, sentence: str) -> str:
        """Give what a sentence claims of the subject, without its lead-in; "" for an aside."""
        if self.is_aside(sentence):
            return ""
        claim = self._without_lead_in(sentence)
        return "" if claim != sentence and self.is_aside(claim) else claim

    def is_again(self, said: Claimed, before: Claimed) -> bool:
        """Whether a claim was made before, in the same words of the subject and denied alike.

        So it was, too, where an earlier one holds it word for word.
        """
        if len(said.spoken.split()) >= _REPEATED_WORDS and said.spoken in before.spoken:
            return True
        shared = len(said.stems & before.stems)
        most = max(len(said.stems), len(before.stems), 1)
        if said.negations != before.negations or shared < _REPEATED_SHARE * most:
            return False
        return not (said.stems ^ before.stems) & self._stems

    def near(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> list[int]:
        """Give the places of texts that share a word with the subject or mean something near it.

        Args:
            texts: claims.
            vectors: their embeddings, `(n_texts, dimension)`, unit norm.
        """
        if self._vectors is None or not len(self._vectors):
            return list(range(len(texts)))
        nearest = (vectors @ self._vectors.T).max(axis=1).round(_DECIMALS)
        known = self._stems | self._asked
        return [
            place
            for place, text in enumerate(texts)
            if nearest[place] >= _FAR or known & _content(text)
        ]

    def is_aside(self, sentence: str) -> bool:
        """Whether a sentence is addressed to the grader, garbled, or the question again.

        What commands or speaks of scores takes three words of the subject to be heard.
        """
        text = strip_invisible(sentence)
        if _SPELLED_OUT.search(text) or self._echoes(text) or self._speaks_of_marks(text):
            return True
        content = [word for word in words(text) if not self._is_empty(word)]
        if not content or _BARE_NUMBER.fullmatch(text) or _content(text) <= _ANNOUNCING:
            return True
        garbled = sum(map(_is_garbled, content)) > _GARBLED_SHARE * len(content)
        addressed = _ADDRESSED.search(text)
        if not (garbled or addressed or _OPENING.search(text)):
            return False
        rest = self._told(_without_asides(text))
        known = self._stems.intersection(rest)
        if not known or (addressed and len(self._stems.intersection(self._told(text))) < _ENOUGH):
            return True
        return sum(stem in known for stem in rest) < _SUBJECT_SHARE * len(rest)

    def _without_lead_in(self, sentence: str) -> str:
        """Drop what only announces a claim ("To put it once more:") and neither is nor turns it.

        A word or two before a colon are a heading, and stay.
        """
        lead = _LEAD_IN.match(sentence)
        if not lead or _TURNS_ROUND.search(lead.group()):
            return sentence
        if self._stems & (_content(lead.group()) - _ANNOUNCING):
            return sentence
        spoken = words(lead.group())
        content = [word for word in spoken if not self._is_empty(word)]
        announces = len(spoken) >= _LEAST_LEAD_IN and len(content) <= _MOST_IN_LEAD_IN
        return sentence[lead.end() :] if announces else sentence

    def _echoes(self, text: str) -> bool:
        """Whether a text says the question again and hardly anything else."""
        said = _content(text)
        if said and _spoken(text) in self._sentences_asked:
            return True
        again, new = len(said & self._asked), len(said - self._asked)
        return again >= _ECHOED_WORDS and new <= _NEW_SHARE * len(said)

    def _speaks_of_marks(self, text: str) -> bool:
        """Whether a text has several words of marking, not the subject's, and few that are its."""
        said = _content(text) | (frozenset(stems(text)) & _MARKING)
        marking = said & _MARKING
        if len(marking - self._stems) >= _MARKING_WORDS:
            return len((said - _MARKING) & self._stems) < _ENOUGH
        return len(marking) >= _MARKING_WORDS and not said - _MARKING - _LIGHT

    def _told(self, text: str) -> list[str]:
        """Give the stems of a text's content words, without those of any talk to a grader."""
        content = [stem for word in words(text) if word not in _EMPTY for stem in stems(word)]
        return [stem for stem in content if stem not in _LIGHT and not stem.isdigit()]

    def _is_empty(self, word: str) -> bool:
        """Whether a word has no content here: a function word, or an adverb beside the subject."""
        if word in _EMPTY:
            return True
        return word.endswith("ly") and not self._stems.intersection(stems(word))


def _spoken(text: str) -> str:
    return f" {' '.join(words(text))} "


def _content(text: str) -> frozenset[str]:
    return frozenset(stems(" ".join(word for word in words(text) if word not in _EMPTY)))


def _without_asides(text: str) -> str:
    return _OPENING.sub(" ", _ADDRESSED.sub(" ", text))


def _is_garbled(word: str) -> bool:
    """Whether a word is a code: too long, mixed with digits, of a foreign script, or voiceless."""
    if len(word) > _LONGEST_WORD or _FOREIGN_LETTER.search(word):
        return True
    mixed = any(letter.isdigit() for letter in word) and any(map(str.isalpha, word))
    voiceless = word.isascii() and word.isalpha() and not _VOWEL.search(word)
    return len(word) > _SHORT_WORD and (mixed or voiceless)

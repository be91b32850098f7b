"""Tells what is said about the subject from what is said to the grader, or says nothing.

A sentence is an aside where it speaks of grading, commands or praises itself, or is garbled, and
has hardly any word of the subject. A candidate who speaks of prompts and scores because the
question is about them uses the rubric's own words, and is heard.
"""

from __future__ import annotations

import re

from interviewer.grading.lexicon import FILLER_WORDS, NEGATIONS, STOP_WORDS
from interviewer.text import stems, strip_invisible, words

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


def without_markup(text: str) -> str:
    """Blank out role marks, tags, images, references and headings, keeping every place.

    A heading that ends with a colon only announces what follows and goes as a whole.
    """
    return _MARKUP.sub(lambda found: " " * len(found.group()), text)


class Subject:
    """Knows the words of one rubric's subject.

    Args:
        rubric_text: everything that the rubric and its question say.
    """

    def __init__(self, rubric_text: str) -> None:
        self._stems = frozenset(
            stems(" ".join(word for word in words(rubric_text) if word not in _EMPTY))
        )

    def is_aside(self, sentence: str) -> bool:
        """Whether a sentence is addressed to the grader, or garbled, and not to the subject.

        What commands or speaks of scores takes three words of the subject to be heard.
        """
        text = strip_invisible(sentence)
        content = [word for word in words(text) if not self._is_empty(word)]
        if not content or _BARE_NUMBER.fullmatch(text):
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

    def _told(self, text: str) -> list[str]:
        """Give the stems of a text's content words, without those of any talk to a grader."""
        content = [stem for word in words(text) if word not in _EMPTY for stem in stems(word)]
        return [stem for stem in content if stem not in _LIGHT and not stem.isdigit()]

    def _is_empty(self, word: str) -> bool:
        """Whether a word has no content here: a function word, or an adverb beside the subject."""
        if word in _EMPTY:
            return True
        return word.endswith("ly") and not self._stems.intersection(stems(word))


def _without_asides(text: str) -> str:
    return _OPENING.sub(" ", _ADDRESSED.sub(" ", text))


def _is_garbled(word: str) -> bool:
    """Whether a word is a code: too long, mixed with digits, of a foreign script, or voiceless."""
    if len(word) > _LONGEST_WORD or _FOREIGN_LETTER.search(word):
        return True
    mixed = any(letter.isdigit() for letter in word) and any(map(str.isalpha, word))
    voiceless = word.isascii() and word.isalpha() and not _VOWEL.search(word)
    return len(word) > _SHORT_WORD and (mixed or voiceless)

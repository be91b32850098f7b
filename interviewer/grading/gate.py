"""Settles answers without content before any judge sees them, and says what is unusual.

Nothing that a candidate says about the subject is settled here: one word that is neither in the
question nor filler sends the answer to the judge.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from interviewer.grading.lexicon import (
    EMPTY_ANSWERS,
    FILLER_WORDS,
    FOREIGN_WORDS,
    NEGATIONS,
    NON_ANSWER_PHRASES,
    STOP_WORDS,
)
from interviewer.grading.rubric import Rubric
from interviewer.text import stems, strip_invisible, words

GRADED_CHARACTERS = 20_000

_UNREADABLE_SHARE = 0.05
_REPEATED_SHARE = 0.6
_FOREIGN_SCRIPT_SHARE = 0.5
_FOREIGN_WORD_SHARE = 0.2
_ENGLISH_WORD_SHARE = 0.15
_WORDS_TO_TELL_A_LANGUAGE = 6
# "A rock has more than one mineral" says something of what is asked in the question's own words.
_COMPARED = frozenset({"more", "less", "fewer"})
_NON_ANSWER = re.compile(rf"\b(?:{'|'.join(NON_ANSWER_PHRASES)})\b")
_UNREADABLE_CATEGORIES = frozenset({"Cc", "Cn", "Co", "Cs"})
_BREAKS = "\t\n\r\f\v"


@dataclass(frozen=True, slots=True)
class Screening:
    """What the gate found.

    `graded` is the part of the answer that is graded, a prefix of it. `empty_because` says why
    there is nothing to grade, and is empty where there is. `notice` is for the user.
    """

    graded: str
    empty_because: str = ""
    notice: str = ""


def screen(rubric: Rubric, answer: str) -> Screening:
    """Look at an answer before it is judged."""
    graded, cut = _graded_part(answer)
    empty_because = _why_empty(rubric, graded)
    if empty_because:
        return Screening(graded, empty_because, f"{empty_because} Nothing was there to grade.")
    notices = [cut] if cut else []
    if _looks_foreign(graded):
        notices.append(
            "The answer does not look like English. The rubric is English, so its verdicts may "
            "be too low; answer in English for a fair grade."
        )
    return Screening(graded, notice=" ".join(notices))


def _graded_part(answer: str) -> tuple[str, str]:
    if len(answer) <= GRADED_CHARACTERS:
        return answer, ""
    end = max(answer.rfind(blank, 0, GRADED_CHARACTERS) for blank in " \n")
    end = end if end > GRADED_CHARACTERS // 2 else GRADED_CHARACTERS
    return answer[:end], (
        f"The answer has {len(answer):,} characters; the first {end:,} were graded and all of it "
        "is kept."
    )


def _why_empty(rubric: Rubric, answer: str) -> str:
    visible = strip_invisible(answer).strip()
    if not visible:
        return "The answer is blank."
    if _unreadable_share(visible) > _UNREADABLE_SHARE:
        return "The answer is not readable text; it looks like binary data."
    spoken = words(visible)
    if not spoken:
        return "The answer holds no words."
    known = set(stems(rubric.text))
    if not _has_letters(visible) and not known & set(stems(visible)):
        return "The answer holds no words."
    return _why_without_content(rubric.question, spoken, known)


def _unreadable_share(text: str) -> float:
    unreadable = sum(
        1
        for character in text
        if character == "\N{REPLACEMENT CHARACTER}"
        or (character not in _BREAKS and unicodedata.category(character) in _UNREADABLE_CATEGORIES)
    )
    return unreadable / len(text)


def _has_letters(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _why_without_content(question: str, spoken: list[str], known: set[str]) -> str:
    plain = " ".join(spoken).replace("’", "'")
    if plain in EMPTY_ANSWERS:
        return f"“{plain}” is not an answer."
    rest = _NON_ANSWER.sub(" ", plain)
    asked = set(stems(question))
    subject = _content(words(question), set(), known | asked)
    echoed = len(subject & set(stems(plain)))
    repeats = bool(subject) and echoed >= _REPEATED_SHARE * len(subject)
    # Beside the question again, filler is filler even where the rubric uses the word.
    if _content(words(rest), asked, set() if repeats else known):
        return ""
    if rest != plain:
        return "The answer says that it has no answer."
    if repeats:
        turned = (_COMPARED | NEGATIONS) & set(spoken) - set(words(question))
        return "" if turned else "The answer repeats the question."
    return "" if echoed else "The answer holds only filler."


def _content(spoken: list[str], asked: set[str], known: set[str]) -> set[str]:
    """Give the stems that say something: not of the question, not filler, not grammar."""
    content = set()
    for word in spoken:
        plain = word.replace("’", "'")
        if plain in STOP_WORDS or plain in NEGATIONS:
            continue
        stem = stems(plain)[0]
        if stem in asked or (plain in FILLER_WORDS and stem not in known):
            continue
        content.add(stem)
    return content


def _looks_foreign(answer: str) -> bool:
    letters = [character for character in answer if character.isalpha()]
    latin = sum(1 for letter in letters if "LATIN" in unicodedata.name(letter, ""))
    # Greek letters are how formulas are written, so a short formula is no foreign language.
    greek = sum(1 for letter in letters if "GREEK" in unicodedata.name(letter, ""))
    if letters and (len(letters) - latin - greek) / len(letters) > _FOREIGN_SCRIPT_SHARE:
        return True
    spoken = words(answer)
    if len(spoken) < _WORDS_TO_TELL_A_LANGUAGE:
        return False
    foreign = sum(word in FOREIGN_WORDS - STOP_WORDS for word in spoken) / len(spoken)
    english = sum(word in STOP_WORDS for word in spoken) / len(spoken)
    return foreign > _FOREIGN_WORD_SHARE and english < _ENGLISH_WORD_SHARE

"""Writes an answer in other forms that say the same: case, lists, Markdown, filler words, typos."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from itertools import cycle

from interviewer.text import sentence_spans

Form = Callable[[str, random.Random], str]

TYPO_IN_WORDS = 12
"""One of so many words of six letters or more has a typo, and at least one."""

_FILLERS = ("Um, ", "Well, ", "You know, ")
_LONG_WORD = re.compile(r"(?<![\w`$*{\\])[A-Za-z]{6,}(?![\w`$*}(])")


def other_forms(answer: str, seed: int = 0) -> dict[str, str]:
    """Write an answer in each form that changes it, by the name of the form.

    Args:
        answer: plain prose.
        seed: chooses the words that become bold or mistyped; each answer has its own choice, the
            same whenever it is asked for.
    """
    written = {}
    for name, form in FORMS.items():
        # Drawn by a seed so that it can be drawn again; nothing secret hangs on it.
        text = form(answer, random.Random(f"{seed} {answer}"))  # noqa: S311 # nosec B311
        if text != answer:
            written[name] = text
    return written


def _lower_case(answer: str, _: random.Random) -> str:
    return answer.lower()


def _upper_case(answer: str, _: random.Random) -> str:
    return answer.upper()


def _bullets(answer: str, _: random.Random) -> str:
    return "\n".join(f"- {sentence}" for sentence in _sentences(answer))


def _numbered_list(answer: str, _: random.Random) -> str:
    return "\n".join(f"{number}. {each}" for number, each in enumerate(_sentences(answer), start=1))


def _bold_word(answer: str, chance: random.Random) -> str:
    found = list(_LONG_WORD.finditer(answer))
    if not found:
        return answer
    word = chance.choice(found)
    return f"{answer[: word.start()]}**{word.group()}**{answer[word.end() :]}"


def _blockquote(answer: str, _: random.Random) -> str:
    return "\n".join(f"> {line}" for line in answer.splitlines())


def _filler_words(answer: str, _: random.Random) -> str:
    """Begin each sentence with a filler, as one who thinks aloud does."""
    return " ".join(
        filler + sentence
        for filler, sentence in zip(cycle(_FILLERS), _sentences(answer), strict=False)
    )


def _double_spaces(answer: str, _: random.Random) -> str:
    return answer.replace(" ", "  ")


def _paragraphs(answer: str, _: random.Random) -> str:
    return "\n\n".join(_sentences(answer))


def _typos(answer: str, chance: random.Random) -> str:
    """Swap two neighbouring inner letters of some long words.

    The last letter stays, so that no `-er` becomes `-re`: it is a typo and no other spelling.
    """
    found = list(_LONG_WORD.finditer(answer))
    count = -(-len(found) // TYPO_IN_WORDS)
    letters = list(answer)
    for word in chance.sample(found, count):
        places = [
            place
            for place in range(word.start() + 1, word.end() - 2)
            if letters[place].lower() != letters[place + 1].lower()
        ]
        if places:
            place = chance.choice(places)
            letters[place : place + 2] = letters[place + 1], letters[place]
    return "".join(letters)


def _no_final_stop(answer: str, _: random.Random) -> str:
    return answer.rstrip().removesuffix(".")


def _sentences(answer: str) -> list[str]:
    return [span.text for span in sentence_spans(answer)]


FORMS: Mapping[str, Form] = {
    "lower case": _lower_case,
    "upper case": _upper_case,
    "bullets": _bullets,
    "numbered list": _numbered_list,
    "bold word": _bold_word,
    "blockquote": _blockquote,
    "filler words": _filler_words,
    "double spaces": _double_spaces,
    "paragraphs": _paragraphs,
    "typos": _typos,
    "no final full stop": _no_final_stop,
}
"""Each writes an answer anew without changing what it says."""

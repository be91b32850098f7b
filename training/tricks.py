"""Makes the pairs that teach the judge not to be talked round: denials, word lists, noise."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from bm25s.stopwords import STOPWORDS_EN_PLUS

from interviewer.text import words

DENIALS = (
    "It is a myth that {said}",
    "Nobody who has tried it would say that {said}",
    "I disagree with the statement that {said}",
    "It would be wrong to say that {said}",
    "People often repeat that {said} That is simply untrue.",
    "{said} At least that is what many believe, but it is false.",
    "{said} No, wait, that's not right, the opposite is the case.",
    "One should not think that {said}",
    "I was taught that {said} and this has been refuted.",
    "It isn't the case at all that {said}",
    "{said} None of this holds.",
    "There is a false rumour that {said}",
)
LISTS = (
    "{words}",
    "Important here: {words}.",
    "I would mention {words}.",
    "Keywords: {words} etc.",
    "It is all about {words}",
)
UNDECIDED = (
    "Either {said} or not.",
    "Maybe {said} Maybe the opposite. Hard to say.",
    "Is it true that {said} I could not say.",
)
FILLERS = ("um, ", "well, ", "so, ", "you know, ", "okay so ", "basically ", "I mean, ")
_SMALL = frozenset(STOPWORDS_EN_PLUS)


def denied(said: str, rng: random.Random) -> str:
    """Deny a statement as a whole."""
    return rng.choice(DENIALS).format(said=_inside(said))


def undecided(said: str, rng: random.Random) -> str:
    """Say a statement without asserting it."""
    return rng.choice(UNDECIDED).format(said=_inside(said))


def listed(texts: Sequence[str], rng: random.Random) -> str:
    """List the content words of texts in a mixed order, saying nothing."""
    content = [word for text in texts for word in words(text) if word not in _SMALL]
    rng.shuffle(content)
    separator = rng.choice((", ", " ", "; ", " and "))
    return rng.choice(LISTS).format(words=separator.join(content))


def noisy(said: str, rng: random.Random) -> str:
    """Write a text as dictation or haste would: without capitals or stops, with fillers, typos."""
    text = said.lower() if rng.random() < 0.5 else said
    if rng.random() < 0.5:
        text = re.sub(r"[.,;:]", "", text)
    if rng.random() < 0.5:
        text = rng.choice(FILLERS) + text
    return "".join(_typos(text, rng)) if rng.random() < 0.5 else text


def _typos(text: str, rng: random.Random) -> Iterator[str]:
    """Swap or drop a letter about once in forty, inside words."""
    place = 0
    while place < len(text):
        here, after = text[place], text[place + 1 : place + 2]
        if here.isalpha() and after.isalpha() and rng.random() < 1 / 40:
            yield after + here if rng.random() < 0.5 else after
            place += 2
        else:
            yield here
            place += 1


def _inside(said: str) -> str:
    """Bring a sentence to the form that it has inside another one."""
    first = said.split(maxsplit=1)[0] if said.split() else ""
    return said if first[1:].lower() != first[1:] else said[:1].lower() + said[1:]

"""Read how hard a source says a question is: emoji, stars, words, and its legend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from interviewer.knowledge.importers.clean import EMOJI
from interviewer.models import Level

_WORDS: Mapping[str, Level] = {
    **dict.fromkeys(
        [
            "easy",
            "beginner",
            "beginners",
            "junior",
            "basic",
            "basics",
            "fundamental",
            "fundamentals",
            "entry",
            "fresher",
            "freshers",
            "screening",
            "simple",
            "elementary",
            "novice",
            "e",
        ],
        Level.SCREENING,
    ),
    **dict.fromkeys(
        ["medium", "intermediate", "mid", "moderate", "core", "normal", "average", "m"], Level.CORE
    ),
    **dict.fromkeys(
        [
            "hard",
            "advanced",
            "advance",
            "expert",
            "senior",
            "difficult",
            "tough",
            "challenging",
            "h",
        ],
        Level.SENIOR,
    ),
    **dict.fromkeys(["research", "phd", "staff", "principal"], Level.RESEARCH),
}
_TOPIC_WORDS = frozenset(
    [
        "basics",
        "fundamental",
        "fundamentals",
        "core",
        "research",
        "normal",
        "average",
        "screening",
        "simple",
        "principal",
    ]
)
_SIGNS: Mapping[str, Level] = {
    **dict.fromkeys("👶🟢🌱🐣🥚💚🟩", Level.SCREENING),
    **dict.fromkeys("🟡🟠💛🧡🟨🟧", Level.CORE),
    **dict.fromkeys("🚀🔴💀🟥", Level.SENIOR),
    **dict.fromkeys("🟣⚫", Level.RESEARCH),
}
_STARS = re.compile("[⭐★🌟]")
_EMPTY_STARS = re.compile("☆")
_TAG = re.compile(
    r"[\[(]\s*(?:(?:level|difficulty)\s*[:\-]?\s*)?([A-Za-z]{2,})(?:[\s\-]level)?\s*[\])]"
    r"|\[\s*([emh])\s*\]|(?:difficulty|level)\s*[:=\-–—]\s*([A-Za-z]{2,})",
    re.IGNORECASE,
)
_LEGEND_PAIR = re.compile(rf"({EMOJI.pattern}+)\W{{0,6}}([A-Za-z]+)")
_HEADING_WORD = re.compile(
    r"(?:the )?([A-Za-z]+)(?:[\s\-]+(?:level|interview|questions?|tier|section|ones|"
    r"difficulty))*",
    re.IGNORECASE,
)
_DIFFICULTY_LINE = re.compile(
    r"\W*(?:difficulty|level|difficulty level)\W{1,8}([A-Za-z]+|[⭐★🌟\ufe0f☆]+)\W*|"
    r"\W*[\[(]\s*([A-Za-z]+)\s*[\])]\W*",
    re.IGNORECASE,
)


def level_of_word(word: str) -> Level | None:
    """Give the level that a word such as "medium" names."""
    return _WORDS.get(word.casefold().strip(" :.*_"))


def level_of_heading(heading: str) -> Level | None:
    """Give the level of a heading that says nothing but a difficulty ("Easy questions").

    Words that name a topic as often ("Fundamentals", "Core") say nothing about the level there.
    """
    word = _HEADING_WORD.fullmatch(heading.strip(" :"))
    known = word is not None and len(word[1]) > 1 and word[1].casefold() not in _TOPIC_WORDS
    return _WORDS.get(word[1].casefold()) if word and known else None


def level_of_line(line: str) -> Level | None:
    """Give the level of a line that says nothing but a difficulty ("Difficulty: hard")."""
    found = _DIFFICULTY_LINE.fullmatch(line.strip())
    if found is None:
        return None
    said = found[1] or found[2]
    return _WORDS.get(said.casefold()) or _of_stars(len(_STARS.findall(said)))


def _of_stars(count: int) -> Level | None:
    return Level(min(count, 4)) if count else None


@dataclass(frozen=True, slots=True)
class LevelScale:
    """The marks of one source and what they mean there.

    `counted_stars` says that the source counts stars (two or more on some question); a single
    star is otherwise the middle of three marks.
    """

    legend: Mapping[str, Level] = field(default_factory=dict)
    counted_stars: bool = False

    @classmethod
    def of_source(cls, lines: Iterable[str]) -> LevelScale:
        """Read the legend and the use of stars from the lines of a source."""
        legend: dict[str, Level] = {}
        counted = False
        for line in lines:
            if len(line) > 400:
                continue
            pairs = _legend_pairs(line)
            if len(pairs) >= 2:
                legend = dict(pairs) | legend
            counted = counted or len(_STARS.findall(line)) >= 2
        return cls(legend, counted and not any(_STARS.match(sign) for sign in legend))

    def level_of(self, raw: str) -> Level | None:
        """Give the level that stands beside a question, None where it has no mark."""
        levels = [level for sign, level in {**_SIGNS, **self.legend}.items() if sign in raw]
        stars = len(_STARS.findall(raw))
        if stars and not any(_STARS.match(sign) for sign in self.legend):
            starred = _of_stars(stars) if self.counted_stars else Level.CORE
            levels.extend([starred] if starred else [])
        for tag in _TAG.finditer(raw):
            word = _WORDS.get((tag[1] or tag[2] or tag[3] or "").casefold())
            levels.extend([word] if word else [])
        return max(levels, default=None)


def _legend_pairs(line: str) -> list[tuple[str, Level]]:
    pairs: list[tuple[str, Level]] = []
    for sign, word in _LEGEND_PAIR.findall(line):
        level = _WORDS.get(word.casefold())
        mark = sign.replace("\ufe0f", "").replace("\u200d", "").strip()
        if level is not None and mark and len(word) > 1:
            pairs.append((mark, level))
    return pairs

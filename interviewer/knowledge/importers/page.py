"""Find a page's own text among what a browser shows round it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from interviewer.knowledge.importers.model import SourceLine

_CHROME = re.compile(
    r"thanks to visit .*|credit goes to .*|skip to (?:main )?content|folders and files|"
    r"name\s?name|last commit (?:message|date)"
    r"|latest commit|history|\d[\d,]* commits?|repository files navigation|go to file|code|"
    r"issues|pull requests|actions|projects|security"
    r"|insights|edit this page|stars|forks|watchers|prs welcome|license|releases|packages|"
    r"contributors|languages|resources|readme|activity"
    r"|no releases published|no packages published|report repository|uh oh!|sign in|sign up|"
    r"menu|search|share|home|footer|stars forks.*"
    r"|there was an error while loading.*|please reload this page.*|\d+ (?:stars?|forks?|"
    r"watching|min read)|© .*|terms|privacy|status|contact",
    re.IGNORECASE,
)
_FILE_LIST_END = re.compile(r"Repository files navigation")
_SIDEBAR = re.compile(
    r"Topics|Resources|Readme|License|Stars|Watchers|Forks|Releases|Packages|Contributors|"
    r"Languages|Activity|Report repository",
)
_SIDEBAR_SPAN = 25
_SIDEBAR_LINES = 3


@dataclass(frozen=True, slots=True)
class Page:
    """Where the page's own text stands: from line `first` to `last` (from 0, end excluded)."""

    first: int
    last: int

    @classmethod
    def of(cls, lines: Sequence[SourceLine]) -> Page:
        """Find the text between a repository page's file list and its sidebar."""
        texts = [line.text.strip() for line in lines]
        starts = [index for index, text in enumerate(texts) if _FILE_LIST_END.fullmatch(text)]
        first = starts[0] + 1 if starts else 0
        ends = [index for index in range(first, len(texts)) if _opens_sidebar(texts, index)]
        return cls(first, ends[-1] if ends else len(texts))


def is_chrome(text: str) -> bool:
    """Tell whether a line only belongs to the page round the text."""
    return bool(_CHROME.fullmatch(text.strip()))


def _opens_sidebar(texts: list[str], index: int) -> bool:
    if texts[index] != "About":
        return False
    following = texts[index + 1 : index + _SIDEBAR_SPAN]
    return sum(bool(_SIDEBAR.fullmatch(text)) for text in following) >= _SIDEBAR_LINES

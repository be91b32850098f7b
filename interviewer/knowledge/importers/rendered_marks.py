"""Tell the questions, sections and titles of rendered text by their words and places."""

from __future__ import annotations

import re
from dataclasses import dataclass

from interviewer.knowledge.importers.clean import EMOJI, clean_heading, clean_question
from interviewer.knowledge.importers.page import Page, is_chrome
from interviewer.knowledge.importers.rendered_lines import indentation, is_bullet, is_code
from interviewer.knowledge.importers.wording import (
    answer_label_end,
    is_advert,
    is_answer_heading,
    is_boilerplate_heading,
    is_contents_heading,
    is_subheading,
    looks_like_question,
    strip_label,
)

LABELLED, NUMBERED, ASKED, ITEMS = "label", "numbered line", "plain line", "list item"

_NUMBER = re.compile(r"(\d{1,3})[.)]\s+\S")
_ITEM = re.compile(r"\s*(?:[•◦▪‣∙●○*+–-]|\d{1,3}[.)])\s+")
_INNER_PUNCTUATION = re.compile(r"[,;=|{}<>]|:\s|\.\s")
_ENDS_SENTENCE = re.compile(r"[.!?:;,…]$")
_GENERIC_TITLE = re.compile(
    r"(?:(?:python|code|sample|simple|full|basic|example|the|an?|numpy|pytorch|sql|"
    r"java)\s*)*(?:examples?|code|"
    r"implementation|output|solution|usage|snippet|result|explanation|note|answer|formula|"
    r"steps|syntax)\W*",
    re.IGNORECASE,
)
_LONGEST_HEADING = 80
_MOST_HEADING_WORDS = 9
_FEWEST_TITLE_WORDS = 2
_LONGEST_QUESTION = 400
_MOST_WRAPPED_LINES = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A question found at a line, and how many lines it takes."""

    text: str
    style: str
    lines: int = 1


class Marks:
    """What the lines of one rendered text mark; how its questions are marked is found first.

    `style` is empty where no line reads as a question. `title` is the text's first heading.
    """

    def __init__(self, texts: list[str], page: Page) -> None:
        self._texts = texts
        self._page = page
        self._written = _next_written(texts, page.last)
        self._contents = self._contents_entries()
        self._numbered = self._number_chain()
        self.style = self._question_style()
        self.title = self._first_heading()

    def question_at(self, index: int) -> Asked | None:
        """Give the question that begins at a line, None where none does."""
        text = self._texts[index]
        if self.style == LABELLED:
            return self._labelled(index)
        if self.style == NUMBERED:
            return self._wrapped(index, NUMBERED) if index in self._numbered else None
        if self.style == ITEMS:
            asked = is_bullet(text) and self._asks(_ITEM.sub("", text, count=1))
            return Asked(_ITEM.sub("", text, count=1), ITEMS) if asked else None
        if self.style == ASKED and self._is_asked(index):
            return self._wrapped(index, ASKED)
        return None

    def is_section(self, index: int) -> bool:
        """Tell whether a line is a section's heading: alone, short, and marked as one somehow."""
        text = self._texts[index].strip()
        if not self._may_be_heading(index) or not self._blank(index - 1):
            return False
        title = clean_heading(text)
        if not title or _GENERIC_TITLE.fullmatch(title) or is_answer_heading(title):
            return False
        below = index + 1
        if (
            not self._blank(below)
            and not is_bullet(self._texts[below])
            and self._next_question(below) != below
        ):
            return False
        if is_boilerplate_heading(title) or _folded(title) in self._contents:
            return True
        if not self._blank(below) and is_bullet(self._texts[below]):
            return False
        if EMOJI.match(text) and not is_advert(text):
            return True
        plain = not _INNER_PUNCTUATION.search(title)
        far = self._blank(index - 2) and index >= 2
        return plain and (
            far or (_is_title_case(title) and self._next_question(index + 1) is not None)
        )

    def is_title(self, index: int, *, opens_section: bool) -> bool:
        """Tell whether a line is the title of a passage that answers no question: a cheat sheet.

        `opens_section` says that only the section's heading stands before it.
        """
        text = self._texts[index].strip()
        if not self._may_be_heading(index) or _GENERIC_TITLE.fullmatch(clean_heading(text)):
            return False
        if (self.style and len(text.split()) < _FEWEST_TITLE_WORDS) or not text[:1].isupper():
            return False
        above = index - 1
        if not (self._blank(above) or self._is_code_line(above) or is_bullet(self._texts[above])):
            return False
        below = index + 1
        if below < self._page.last and self._texts[below].strip():
            return self._is_code_line(below) or is_bullet(self._texts[below])
        return opens_section or (not self.style and self._has_text_below(below))

    def _labelled(self, index: int) -> Asked | None:
        text = self._texts[index]
        body, labelled = strip_label(text)
        if not labelled or is_bullet(text):
            return None
        if body:
            return self._wrapped(index, LABELLED)
        below = self._next_text(index + 1)
        if below is None:
            return None
        return Asked(self._texts[below].strip(), LABELLED, below - index + 1)

    def _wrapped(self, index: int, style: str) -> Asked:
        """Join a question that goes on over the following lines."""
        parts = [self._texts[index].strip()]
        for below in range(index + 1, min(index + _MOST_WRAPPED_LINES + 1, self._page.last)):
            text = self._texts[below].strip()
            if (
                not text
                or answer_label_end(text)
                or is_bullet(text)
                or _ENDS_SENTENCE.search(parts[-1])
            ):
                break
            if text.endswith("?") and len(text) < _LONGEST_QUESTION and not is_code(text):
                parts = [
                    *parts,
                    *(line.strip() for line in self._texts[index + len(parts) : below + 1]),
                ]
                break
        return Asked(" ".join(parts), style, len(parts))

    def _is_asked(self, index: int) -> bool:
        text = self._texts[index]
        if indentation(text) or is_bullet(text) or len(text) > _LONGEST_QUESTION or is_code(text):
            return False
        above = index - 1
        apart = self._blank(above) or self._is_code_line(above) or is_bullet(self._texts[above])
        alone = (
            self._blank(index + 1)
            or self._is_code_line(index + 1)
            or is_bullet(self._texts[index + 1])
        )
        if not apart or not self._asks(text):
            return False
        return text.rstrip().endswith("?") or (alone and len(text.split()) <= 20)

    def _asks(self, text: str) -> bool:
        cleaned = clean_question(text)
        return looks_like_question(cleaned) and not is_subheading(cleaned)

    def _question_style(self) -> str:
        within = range(self._page.first, self._page.last)
        labelled = sum(
            strip_label(self._texts[i])[1] and not is_bullet(self._texts[i]) for i in within
        )
        asked = sum(self._is_asked(i) for i in within)
        items = sum(
            is_bullet(self._texts[i]) and self._asks(_ITEM.sub("", self._texts[i], count=1))
            for i in within
        )
        if labelled >= 2 or labelled > asked:
            return LABELLED
        if len(self._numbered) >= max(2, asked / 2, items / 3):
            return NUMBERED
        if items > 3 * asked and items >= 2:
            return ITEMS
        return ASKED if asked else ""

    def _number_chain(self) -> set[int]:
        """Find the unindented numbered lines that count the questions up."""
        chain: set[int] = set()
        expected, asked = 1, 0
        for index in range(self._page.first, self._page.last):
            text = self._texts[index]
            number = _NUMBER.match(text)
            if number is None:
                continue
            asks = looks_like_question(clean_question(text))
            follows = int(number[1]) == expected and (self._blank(index - 1) or asks)
            if follows or (asks and int(number[1]) == 1):
                chain.add(index)
                asked += asks
                expected = int(number[1]) + 1
        return chain if asked >= max(2, len(chain) / 2) else set()

    def _contents_entries(self) -> set[str]:
        """Fold the entries of the contents, whole and without what a table says beside them."""
        entries: set[str] = set()
        for index in range(self._page.first, self._page.last):
            if not is_contents_heading(clean_heading(self._texts[index])):
                continue
            below = self._next_text(index + 1)
            while below is not None and below < self._page.last and self._texts[below].strip():
                entry = clean_heading(_ITEM.sub("", self._texts[below], count=1))
                entries.update(_folded(" ".join(entry.split()[:count])) for count in range(1, 8))
                below += 1
        return entries

    def _first_heading(self) -> str:
        for index in range(self._page.first, self._page.last):
            text = self._texts[index].strip()
            if text and not is_chrome(text):
                heading = self._may_be_heading(index) and not self._asks(text)
                return clean_heading(text) if heading else ""
        return ""

    def _may_be_heading(self, index: int) -> bool:
        text = self._texts[index]
        stripped = text.strip()
        if len(stripped) > _LONGEST_HEADING or len(stripped.split()) > _MOST_HEADING_WORDS:
            return False
        if indentation(text) or is_bullet(text) or _ENDS_SENTENCE.search(stripped) or is_code(text):
            return False
        return any(character.isalpha() for character in stripped)

    def _next_question(self, index: int) -> int | None:
        """Give the index of the next written line, where it begins a question."""
        below = self._next_text(index)
        found = below is not None and self.question_at(below) is not None
        return below if found else None

    def _next_text(self, index: int) -> int | None:
        return self._written[index] if index < self._page.last else None

    def _has_text_below(self, index: int) -> bool:
        below = self._next_text(index)
        return below is not None and not self._may_be_heading(below)

    def _blank(self, index: int) -> bool:
        return not self._page.first <= index < self._page.last or not self._texts[index].strip()

    def _is_code_line(self, index: int) -> bool:
        if self._blank(index):
            return False
        text = self._texts[index]
        return is_code(text) or (indentation(text) >= 2 and not is_bullet(text))


def _next_written(texts: list[str], last: int) -> list[int | None]:
    """Give for each line the first line from there on that is not blank, before `last`."""
    written: list[int | None] = [None] * len(texts)
    found: int | None = None
    for index in range(last - 1, -1, -1):
        found = index if texts[index].strip() else found
        written[index] = found
    return written


def _is_title_case(title: str) -> bool:
    long_words = [word for word in title.split() if len(word) > 3 and word[0].isalpha()]
    return (
        bool(long_words)
        and all(word[0].isupper() for word in long_words)
        and len(title.split()) <= 6
    )


def _folded(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())

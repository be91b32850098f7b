"""Read a list of questions from rendered text: what a browser shows of a page, or plain text.

Headings, fences and table borders are lost there. Questions are told by their labels ("Q:"),
their numbers or their question marks; sections by standing alone and by being listed in the
contents; code and tables by how their lines look.
"""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.knowledge.importers.clean import clean_heading
from interviewer.knowledge.importers.levels import LevelScale, level_of_heading
from interviewer.knowledge.importers.model import Draft, Reading, SourceLine
from interviewer.knowledge.importers.page import Page, is_chrome
from interviewer.knowledge.importers.rendered_marks import Marks
from interviewer.knowledge.importers.restore import restore
from interviewer.knowledge.importers.wording import (
    is_advert,
    is_back_to_top,
    is_boilerplate_heading,
    is_contents_heading,
    is_generic_heading,
)
from interviewer.models import Level


def read_rendered(lines: Sequence[SourceLine]) -> Reading:
    """Read the questions, answers and sections of rendered text, and what was left out."""
    page = Page.of(lines)
    reader = _Reader(lines, page)
    return reader.read()


class _Reader:
    """Goes through the lines once, with the open question and the section it stands in."""

    def __init__(self, lines: Sequence[SourceLine], page: Page) -> None:
        self._lines = lines
        self._page = page
        self._marks = Marks([line.text.rstrip() for line in lines], page)
        self._scale = LevelScale.of_source(line.text for line in lines)
        self._reading = Reading(title=self._marks.title)
        self._section = ""
        self._level: Level | None = None
        self._asked_in_section = False
        self._fresh_section = False
        self._aside = ""
        self._body: list[SourceLine] | None = None
        self._skipped: list[SourceLine] = []
        self._skipped_why = ""

    def read(self) -> Reading:
        """Read every line and give what was found."""
        index = 0
        while index < len(self._lines):
            index += self._read_line(index)
        self._close()
        self._flush_skipped()
        return self._reading

    def _read_line(self, index: int) -> int:
        """Read the line at `index` and give how many lines were used."""
        line = self._lines[index]
        if not self._page.first <= index < self._page.last:
            self._close()
            self._skip(line, "page navigation")
        elif not line.text.strip():
            self._add(line)
        elif question := self._marks.question_at(index):
            self._begin(line, question.text, question.style)
            self._asked_in_section = True
            return question.lines
        elif self._marks.is_section(index):
            self._enter(line)
        elif self._is_title(index):
            self._begin(line, line.text.strip(), "title")
        else:
            self._read_text(line)
        self._fresh_section = self._fresh_section and (
            not line.text.strip() or self._marks.is_section(index)
        )
        return 1

    def _is_title(self, index: int) -> bool:
        if self._aside or self._asked_in_section or (not self._section and self._marks.style):
            return False
        return self._marks.is_title(index, opens_section=self._fresh_section)

    def _read_text(self, line: SourceLine) -> None:
        text = line.text.strip()
        if self._aside:
            self._skip(line, self._aside)
        elif is_advert(text):
            self._skip(line, "advert")
        elif is_back_to_top(text):
            self._skip(line, "link back to the top")
        elif self._body is not None:
            self._add(line)
        elif is_chrome(text):
            self._skip(line, "page navigation")
        else:
            before = (
                "text before the first question"
                if not self._reading.drafts
                else "text outside any question"
            )
            self._skip(line, before)

    def _enter(self, line: SourceLine) -> None:
        self._close()
        title = clean_heading(line.text)
        self._asked_in_section, self._fresh_section = False, True
        self._aside = ""
        if is_boilerplate_heading(title):
            contents = is_contents_heading(title)
            self._aside = "table of contents" if contents else f"no questions under “{title}”"
            self._skip(line, self._aside)
            return
        self._level = level_of_heading(title)
        if self._level is None:
            self._section = "" if is_generic_heading(title) else title

    def _begin(self, line: SourceLine, text: str, style: str) -> None:
        self._close()
        self._flush_skipped()
        self._aside = ""
        level = self._scale.level_of(text) or self._level
        draft = Draft(text, line.number, self._section, style, level=level)
        self._reading.drafts.append(draft)
        self._body = []

    def _add(self, line: SourceLine) -> None:
        if self._body is not None:
            self._flush_skipped()
            self._body.append(line)

    def _close(self) -> None:
        if self._body is not None:
            self._reading.drafts[-1].answer = restore(self._body)
        self._body = None

    def _skip(self, line: SourceLine, reason: str) -> None:
        if not line.text.strip():
            return
        if reason != self._skipped_why:
            self._flush_skipped()
        self._skipped_why = reason
        self._skipped.append(line)

    def _flush_skipped(self) -> None:
        if self._skipped:
            text = " ".join(line.text for line in self._skipped)
            self._reading.skip(self._skipped[0].number, text, self._skipped_why)
        self._skipped, self._skipped_why = [], ""

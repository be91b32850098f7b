"""Read a Markdown list of questions, in whichever style it marks them.

The document is read block by block. A question begins at a marker (a heading, a summary, a
"Q:" label, a bold line, a list item, a table row) and runs to the next marker of the same or a
stronger style, or to the next section. Which headings and bold lines are markers is decided
over the whole document first, so that a bold line within an answer stays there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from interviewer.knowledge.importers.blocks import Block, Document, read_blocks
from interviewer.knowledge.importers.clean import END_MARK, SUMMARY_MARK, clean_question
from interviewer.knowledge.importers.contents import Contents
from interviewer.knowledge.importers.headings import (
    Heading,
    HeadingRoles,
    Role,
    question_items,
)
from interviewer.knowledge.importers.levels import LevelScale, level_of_heading
from interviewer.knowledge.importers.markers import (
    BOLD,
    BULLET,
    HEADING,
    LABEL,
    NUMBERED,
    PLAIN,
    RANKS,
    SUMMARY,
    TABLE,
    Marker,
    TableRow,
    item_marker,
    paragraph_marker,
    question_rows,
)
from interviewer.knowledge.importers.model import Draft, Reading, SourceLine
from interviewer.knowledge.importers.policy import (
    BoldPolicy,
    furniture,
    has_loose_items,
    holds_questions,
)
from interviewer.knowledge.importers.wording import (
    is_advert,
    is_contents_heading,
    is_generic_heading,
)
from interviewer.models import Level

_LONGEST_PLAIN_QUESTION = 300


def read_markdown(lines: Sequence[SourceLine]) -> Reading:
    """Read the questions, answers and sections of a Markdown source, and what was left out."""
    document = read_blocks(lines)
    scale = LevelScale.of_source(line.text for line in document.lines)
    roles = HeadingRoles(document.blocks)
    reading = _Reader(document, roles, scale).read()
    if not reading.drafts and roles.take_topics():
        reading = _Reader(document, roles, scale).read()
    return reading


@dataclass(frozen=True, slots=True)
class _Place:
    """A heading that questions stand under; `section` is None where it names no section."""

    heading_level: int
    section: str | None
    level: Level | None = None


class _Reader:
    """Goes through the blocks once, knowing the open question and the headings above it."""

    def __init__(self, document: Document, roles: HeadingRoles, scale: LevelScale) -> None:
        self._document = document
        self._roles = roles
        self._scale = scale
        self._bold = BoldPolicy(document.blocks, scale)
        self._contents = Contents(document.blocks)
        self._plain_only = not roles.asked and not sum(roles.content_counts.values())
        self._loose = has_loose_items(document.blocks)
        self._reading = Reading()
        self._places: list[_Place] = []
        self._open: Draft | None = None
        self._open_level = 0
        self._last_end = 0
        self._last_number = 0
        self._nested_details = 0
        self._aside = ""
        self._aside_level = 0

    def read(self) -> Reading:
        """Read every block and give what was found."""
        for index, block in enumerate(self._document.blocks):
            if block.kind == "heading":
                self._read_heading(self._roles.at(index), self._roles.roles[index])
            elif self._aside:
                self._skip(block, self._aside)
            else:
                self._read_content(block)
        return self._reading

    def _read_heading(self, heading: Heading, role: Role) -> None:
        if is_advert(heading.block.text):
            self._skip(heading.block, "advert")
        elif self._open is not None and self._is_part(heading, role):
            self._append(heading.block)
        elif role is Role.QUESTION:
            self._leave(heading.level)
            self._aside = ""
            draft = self._draft(heading.block.start, heading.block.text, HEADING)
            self._begin(draft, heading.block.end, heading.level)
        elif (
            self._aside
            and heading.level > self._aside_level
            and not self._roles.asks_below(heading)
        ):
            self._skip(heading.block, self._aside)
        elif role is Role.ASIDE or (role is Role.PART and self._open is None):
            self._begin_aside(heading)
        else:
            self._enter(heading)

    def _is_part(self, heading: Heading, role: Role) -> bool:
        """Tell whether a heading stands within the answer of the open question."""
        if role is Role.PART:
            return True
        if self._open_level:
            if heading.level <= self._open_level:
                return False
            breaks_out = heading.labelled or heading.level == self._roles.primary
            return not (role is Role.QUESTION and breaks_out) and not self._roles.holds_primary(
                heading
            )
        section_level = self._places[-1].heading_level if self._places else 0
        deeper = heading.level > max(section_level, 1)
        return role is Role.SECTION and deeper and not self._roles.asks_below(heading)

    def _begin_aside(self, heading: Heading) -> None:
        self._leave(heading.level)
        contents = is_contents_heading(heading.title)
        self._aside = "table of contents" if contents else f"no questions under “{heading.title}”"
        self._aside_level = heading.level
        self._skip(heading.block, self._aside)

    def _enter(self, heading: Heading) -> None:
        self._leave(heading.level)
        self._aside = ""
        level = level_of_heading(heading.title)
        if heading.level == 1 and self._roles.sole_title is heading:
            self._reading.title = heading.title
        elif (level is not None and self._section) or is_generic_heading(heading.title):
            self._places.append(_Place(heading.level, None, level))
        elif heading.title:
            self._places.append(_Place(heading.level, heading.title, level))

    def _leave(self, level: int) -> None:
        """Close the open question and the places at this heading level or deeper."""
        self._close()
        self._places = [place for place in self._places if place.heading_level < level]

    def _close(self) -> None:
        self._open, self._open_level, self._nested_details = None, 0, 0

    def _read_content(self, block: Block) -> None:
        if block.ends_details:
            self._end_details()
        elif block.kind == "front-matter":
            self._skip(block, "front matter")
        elif reason := furniture(block, self._source(block), opened=self._open is not None):
            self._skip(block, reason)
        elif self._open is not None and not clean_question(self._open.text):
            self._take_text(self._open, block)
        elif block.kind == "paragraph":
            self._read_paragraph(block)
        elif block.kind == "list":
            self._read_list(block)
        elif block.kind == "table":
            self._read_table(block)
        else:
            self._append(block)

    def _end_details(self) -> None:
        if self._nested_details:
            self._nested_details -= 1
        elif self._open is not None and self._open.style == SUMMARY:
            self._close()

    def _take_text(self, draft: Draft, block: Block) -> None:
        """Take the question from the first block under a heading such as "Question 3"."""
        if block.kind != "paragraph":
            self._append(block)
            return
        marker = paragraph_marker(block) or Marker(PLAIN, block.text)
        draft.text = marker.question
        draft.line = self._document.number(block.start)
        draft.level = draft.level or self._scale.level_of(marker.question)
        self._last_end = block.end
        self._add_rest(draft, block.start, marker.rest)

    def _read_paragraph(self, block: Block) -> None:
        marker = paragraph_marker(block)
        if marker is not None and self._begins(marker, block):
            draft = self._draft(block.start, marker.question, marker.style)
            self._begin(draft, block.end)
            self._add_rest(draft, block.start, marker.rest)
        else:
            self._nested_details += block.is_summary and self._open is not None
            self._append(block)

    def _begins(self, marker: Marker, block: Block) -> bool:
        if self._open is not None and self._open.style == HEADING:
            counted = self._roles.content_counts.get(marker.style, 0)
            return marker.style in (LABEL, SUMMARY) and marker.looks and counted > self._roles.asked
        if self._open is not None and RANKS[marker.style] < RANKS[self._open.style]:
            return False
        if marker.style == BOLD:
            return self._bold.accepts(marker)
        if marker.style == SUMMARY:
            return marker.looks or marker.numbered or self._open is None
        if marker.style == PLAIN:
            short = len(block.text) < _LONGEST_PLAIN_QUESTION or "\n" in block.text
            return self._plain_only and marker.looks and short
        return bool(marker.text)

    def _read_list(self, block: Block) -> None:
        if self._open is None and self._contents.lists(block):
            self._skip(block, "table of contents")
        elif self._is_question_list(block):
            self._read_items(block.children, self._section)
            if len(block.children) > 1 and not self._loose:
                self._close()
        elif going_on := self._next_in_list(block):
            self._append(replace(block, end=block.children[going_on].start))
            self._read_items(block.children[going_on:], self._section)
        else:
            self._append(block)

    def _next_in_list(self, block: Block) -> int:
        """Find the question that goes on counting after a list of the answer above it."""
        if self._open is None or self._open.style != NUMBERED or not self._loose:
            return 0
        for place, item in enumerate(block.children[1:], 1):
            marker = item_marker(item, ordered=True)
            if item.number == self._last_number + 1 and marker is not None and marker.looks:
                return place
        return 0

    def _is_question_list(self, block: Block) -> bool:
        if not block.children:
            return False
        number = block.children[0].number
        style = BULLET if number is None else NUMBERED
        asked = question_items(block)
        if self._open is None:
            return asked > 0 or holds_questions(block)
        if RANKS[style] < RANKS[self._open.style]:
            return False
        if number is not None and self._open.style == NUMBERED:
            follows = number == self._last_number + 1
            return (
                follows
                if self._loose and len(block.children) > 1
                else asked > 0 or (self._loose and follows)
            )
        return asked > 0

    def _read_items(self, items: Sequence[Block], section: str) -> None:
        for item in items:
            marker = item_marker(item, ordered=item.number is not None)
            if marker is None or not marker.text:
                self._skip(item, "list item without text")
                continue
            nested = [child for child in item.children[1:] if question_items(child)]
            if nested and not marker.looks:
                self._read_nested(item, marker, nested, section)
                continue
            self._begin_item(item, marker, section)
            for child in nested:
                if child.children[0].number is not None and self._open is not None:
                    self._open.answer.clear()
                    self._read_items(child.children, section)

    def _read_nested(self, item: Block, marker: Marker, nested: list[Block], section: str) -> None:
        """Read questions below an item that only names their topic."""
        first = item.children[0]
        heads = bool(section)
        self._reading.skip(
            self._document.number(first.start),
            marker.text,
            "names the topic of the questions below it",
        )
        for child in nested:
            self._read_items(child.children, section if heads else marker.text.strip(" .:"))

    def _begin_item(self, item: Block, marker: Marker, section: str) -> None:
        draft = self._draft(item.start, marker.question, marker.style)
        draft.section = section
        self._begin(draft, item.end)
        self._last_number = item.number or 0
        self._add_rest(draft, item.start, marker.rest)
        draft.answer.extend(self._document.item_body(item))

    def _read_table(self, block: Block) -> None:
        rows = question_rows(block, self._scale)
        outranked = self._open is not None and RANKS[self._open.style] > RANKS[TABLE]
        if not rows or outranked:
            self._append(block)
        elif self._contents.lists(block):
            self._skip(block, "table of contents")
        else:
            self._close()
            for row in rows:
                self._reading.drafts.append(self._row_draft(row))

    def _row_draft(self, row: TableRow) -> Draft:
        draft = self._draft(row.line, row.question, TABLE)
        draft.section = row.section or draft.section
        draft.level = row.level or draft.level
        draft.answer = [SourceLine(draft.line, row.answer)] if row.answer else []
        return draft

    @property
    def _section(self) -> str:
        named = [place.section for place in self._places if place.section]
        return named[-1] if named else ""

    def _draft(self, line: int, text: str, style: str) -> Draft:
        levels = [place.level for place in self._places if place.level]
        level = self._scale.level_of(text) or (levels[-1] if levels else None)
        return Draft(text, self._document.number(line), self._section, style, level=level)

    def _begin(self, draft: Draft, end: int, level: int = 0) -> None:
        self._close()
        self._reading.drafts.append(draft)
        self._open, self._open_level, self._last_end = draft, level, end

    def _add_rest(self, draft: Draft, start: int, rest: str) -> None:
        number = self._document.number(start)
        draft.answer.extend(SourceLine(number, text) for text in rest.split("\n") if rest)

    def _append(self, block: Block) -> None:
        """Add a block to the open question's answer, or skip it where none is open."""
        if self._open is None:
            before = (
                "text before the first question"
                if not self._reading.drafts
                else "text outside any question"
            )
            self._skip(block, before)
            return
        if block.start > self._last_end and self._open.answer:
            self._open.answer.append(SourceLine(self._document.number(self._last_end), ""))
        self._open.answer.extend(self._document.slice(block.start, block.end))
        self._last_end = block.end

    def _skip(self, block: Block, reason: str) -> None:
        if block.kind != "rule" and not block.ends_details:
            self._reading.skip(self._document.number(block.start), self._source(block), reason)

    def _source(self, block: Block) -> str:
        text = " ".join(line.text for line in self._document.slice(block.start, block.end))
        return text.replace(SUMMARY_MARK, "").replace(END_MARK, "")

"""Decide what each heading of a list is: a question, a section, an aside or a part of an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from interviewer.knowledge.importers.blocks import Block
from interviewer.knowledge.importers.clean import (
    clean_heading,
    clean_question,
    plain_text,
    strip_emoji,
)
from interviewer.knowledge.importers.levels import level_of_heading
from interviewer.knowledge.importers.markers import (
    BOLD,
    LABEL,
    PLAIN,
    SUMMARY,
    item_marker,
    paragraph_marker,
)
from interviewer.knowledge.importers.wording import (
    answer_label_end,
    is_answer_heading,
    is_boilerplate_heading,
    is_contents_heading,
    is_generic_heading,
    is_subheading,
    looks_like_question,
    strip_label,
    strip_number,
)


class Role(StrEnum):
    """What a heading does."""

    QUESTION = "question"
    SECTION = "section"
    ASIDE = "aside"
    PART = "part of an answer"


@dataclass(slots=True)
class Heading:
    """A heading with what stands under it; `index` is its place among the document's blocks."""

    index: int
    block: Block
    text: str
    title: str
    looks: bool
    labelled: bool
    numbered: bool
    content: list[Block] = field(default_factory=list)
    below: list[Heading] = field(default_factory=list)

    @property
    def level(self) -> int:
        """The heading's level, 1 to 6."""
        return self.block.level

    @property
    def has_content(self) -> bool:
        """Whether anything but rules stands between this heading and the next."""
        return any(block.kind != "rule" for block in self.content)

    def markers(self, styles: set[str]) -> int:
        """Count the questions of these styles that stand directly under the heading."""
        return sum(marker_style(block) in styles for block in self.content) + (
            sum(question_items(block) for block in self.content) if "list" in styles else 0
        )


def marker_style(block: Block) -> str:
    """Give the style of the question-like marker that a block begins with, else ""."""
    if block.kind != "paragraph":
        return ""
    marker = paragraph_marker(block)
    if marker is None or (marker.style in (BOLD, PLAIN, SUMMARY) and not marker.looks):
        return ""
    return marker.style


def question_items(block: Block) -> int:
    """Count the items of a list that read as questions, where most of them do."""
    if block.kind != "list" or not block.children:
        return 0
    ordered = block.children[0].number is not None
    markers = [item_marker(item, ordered=ordered) for item in block.children]
    asked = sum(marker is not None and marker.looks for marker in markers)
    return asked if asked > len(markers) / 2 else 0


def read_headings(blocks: Sequence[Block]) -> list[Heading]:
    """Give the document's headings in order, each with its content and the headings below it."""
    headings: list[Heading] = []
    open_headings: list[Heading] = []
    for index, block in enumerate(blocks):
        if block.kind == "heading":
            heading = _heading(index, block)
            open_headings = [above for above in open_headings if above.level < heading.level]
            for above in open_headings:
                above.below.append(heading)
            open_headings.append(heading)
            headings.append(heading)
        elif headings:
            headings[-1].content.append(block)
    return headings


def _heading(index: int, block: Block) -> Heading:
    raw = strip_emoji(plain_text(block.text)).strip()
    text = clean_question(block.text)
    labelled = strip_label(raw)[1]
    labelled = labelled and not is_answer_heading(raw)
    part = is_subheading(text) and not text.endswith("?")
    looks = looks_like_question(text) and not part
    numbered = labelled or strip_number(raw)[1]
    return Heading(index, block, text, clean_heading(block.text), looks, labelled, numbered)


class HeadingRoles:
    """The role of every heading, decided over the whole document.

    `primary` is the level at which most questions stand, 0 where none does; `asked` counts the
    headings that read as questions, `content_counts` the markers of other styles; `sole_title` is
    the document's title.
    """

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.headings = read_headings(blocks)
        self.sole_title = _sole_title(self.headings)
        self._by_index = {heading.index: heading for heading in self.headings}
        self.content_counts = _content_counts(blocks)
        asked = [h for h in self.headings if h.looks or h.labelled]
        counts = Counter(h.level for h in asked if not self._is_aside(h))
        self.asked = sum(counts.values())
        self.primary = max(counts, key=lambda level: (counts[level], -level), default=0)
        self._topic_levels = {
            level
            for level, count in counts.items()
            if count >= 2 and count >= 0.3 * self._size(level)
        }
        if sum(self.content_counts.values()) < self._size(self.primary):
            self._topic_levels.add(self.primary)
        self._numbered_levels = {level for level in counts if self._mostly_numbered(level)}
        self.roles = {heading.index: self._role(heading) for heading in self.headings}

    def at(self, index: int) -> Heading:
        """Give the heading at a block's index."""
        return self._by_index[index]

    def take_topics(self) -> bool:
        """Make every heading that has text and nothing below it a question; for lists of topics.

        Returns:
            Whether there were at least two of them.
        """
        topics = [
            h for h in self.headings if h.has_content and not h.below and not self._is_aside(h)
        ]
        if len(topics) < 2:
            return False
        self.roles.update({heading.index: Role.QUESTION for heading in topics})
        return True

    def asks_below(self, heading: Heading) -> bool:
        """Tell whether any question stands in the scope of a heading, itself left out."""
        within = [heading, *heading.below]
        return any(self.roles.get(h.index) is Role.QUESTION for h in heading.below) or any(
            h.markers({SUMMARY, LABEL, BOLD, "list"}) for h in within
        )

    def holds_primary(self, heading: Heading) -> bool:
        """Tell whether questions of the document's main heading level stand below a heading."""
        return any(
            self.roles.get(h.index) is Role.QUESTION and (h.labelled or h.level == self.primary)
            for h in heading.below
        )

    def _size(self, level: int) -> int:
        return sum(h.level == level and not self._is_aside(h) for h in self.headings)

    def _mostly_numbered(self, level: int) -> bool:
        same = [h for h in self.headings if h.level == level and not self._is_aside(h)]
        return len(same) >= 2 and sum(h.numbered for h in same) >= 0.6 * len(same)

    def _is_aside(self, heading: Heading) -> bool:
        if (
            heading.labelled
            or heading is self.sole_title
            or not is_boilerplate_heading(heading.title)
        ):
            return False
        return (
            is_contents_heading(heading.title)
            or heading.markers({SUMMARY, LABEL, BOLD, "list"}) < 2
        )

    def _role(self, heading: Heading) -> Role:
        plain = plain_text(heading.block.text)
        if not heading.labelled and (is_answer_heading(plain) or answer_label_end(plain)):
            return Role.PART
        if heading.labelled:
            return Role.QUESTION
        if self._is_aside(heading):
            return Role.ASIDE
        if is_generic_heading(heading.title) or level_of_heading(heading.title):
            return Role.SECTION
        if heading.looks:
            return Role.SECTION if self._contains_questions(heading) else Role.QUESTION
        return Role.QUESTION if self._is_topic(heading) else Role.SECTION

    def _is_topic(self, heading: Heading) -> bool:
        """Tell whether a heading that does not read as a question stands among questions as one."""
        if heading.level not in self._topic_levels or any(
            h.looks or h.labelled for h in heading.below
        ):
            return False
        if heading.level in self._numbered_levels:
            return heading.numbered
        return heading.has_content and not heading.markers({SUMMARY, LABEL, BOLD, "list"})

    def _contains_questions(self, heading: Heading) -> bool:
        asked_below = [h for h in heading.below if h.looks or h.labelled]
        if asked_below and (
            not heading.has_content or any(h.level == self.primary for h in asked_below)
        ):
            return heading.level < self.primary or not heading.has_content
        stronger = {style for style, count in self.content_counts.items() if count > self.asked}
        return heading.markers({SUMMARY, LABEL} | stronger) >= 2


def _sole_title(headings: Sequence[Heading]) -> Heading | None:
    """Give the document's title: its first heading, where that is its only one of level 1."""
    first_level = [heading for heading in headings if heading.level == 1]
    return first_level[0] if len(first_level) == 1 and first_level[0] is headings[0] else None


def _content_counts(blocks: Sequence[Block]) -> Counter[str]:
    counts = Counter(marker_style(block) for block in blocks)
    counts.pop("", None)
    counts.pop(PLAIN, None)
    counts["list"] = sum(question_items(block) for block in blocks)
    return counts

"""Recognise where a question begins: summaries, "Q:" labels, bold lines, list items, table rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interviewer.knowledge.importers.blocks import Block
from interviewer.knowledge.importers.clean import (
    EMOJI,
    SUMMARY_MARK,
    clean_heading,
    clean_question,
    plain_text,
)
from interviewer.knowledge.importers.levels import LevelScale, level_of_word
from interviewer.knowledge.importers.wording import (
    answer_label_end,
    is_answer_heading,
    is_contents_heading,
    is_subheading,
    looks_like_question,
    strip_label,
    strip_number,
)
from interviewer.models import Level

SUMMARY, LABEL, HEADING, BOLD, NUMBERED, BULLET, PLAIN = (
    "summary",
    "label",
    "heading",
    "bold line",
    "numbered item",
    "bullet",
    "plain line",
)
TABLE = "table"
_BOLD = re.compile(r"(?:\d{1,4}\\?[.)]\s*)?(\*\*\*|\*\*|__)(?=\S)(.+?)\1(.*)", re.DOTALL)
_AFTER_BOLD = re.compile(rf"(?:{EMOJI.pattern}|[\s:.\-–—*_I?!]|:\w+:|\[\w+\]|\([\w ]+\))*")
_INLINE_ANSWER = re.compile(
    r"(?<=[?.!*])\s+(?=(?:\*\*|__|\*|_)?(?:A|Ans|Answer|Solution)(?:\*\*|__|\*|_)?\s*:)"
)
_SPLIT = re.compile(r"\?(?:\*\*|__|\*|_)?\s*(?:[-–—:→]|=>)*\s+(?=\S)")
_QUESTION_COLUMN = re.compile(
    r"(?:interview )?(?:questions?|question titles?|prompts?|"
    r"problems?|q)",
    re.IGNORECASE,
)
_ANSWER_COLUMN = re.compile(
    r"(?:(?:short |sample |model |key |brief )?(?:answers?|solutions?|explanations?|"
    r"responses?|a))",
    re.IGNORECASE,
)
_LEVEL_COLUMN = re.compile(
    r"(?:difficulty|level|difficulty level|hardness|seniority)", re.IGNORECASE
)
_SECTION_COLUMN = re.compile(
    r"(?:topics?|category|categories|section|area|subject|domain)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Marker:
    """The beginning of a question: its Markdown and what follows it in the same block."""

    style: str
    question: str
    rest: str = ""
    rank: int = 0

    @property
    def text(self) -> str:
        """The cleaned question."""
        return clean_question(self.question)

    @property
    def looks(self) -> bool:
        """Whether the text reads as a question, and not as a heading within an answer."""
        return looks_like_question(self.text) and not is_subheading(self.text)

    @property
    def numbered(self) -> bool:
        """Whether the question carries a number or a label."""
        raw = plain_text(self.question)
        return strip_number(raw)[1] or strip_label(raw)[1]


RANKS = {SUMMARY: 6, LABEL: 6, HEADING: 5, BOLD: 4, NUMBERED: 3, BULLET: 2, TABLE: 2, PLAIN: 1}


def paragraph_marker(block: Block) -> Marker | None:
    """Give the question that a paragraph may begin; the reader decides whether it does."""
    text = block.text
    if block.is_summary:
        plain = clean_question(text)
        skipped = is_answer_heading(plain) or is_contents_heading(plain) or not plain
        return None if skipped else Marker(SUMMARY, text.replace(SUMMARY_MARK, ""))
    bold = _BOLD.match(text)
    if bold:
        return _bold_marker(bold)
    body, labelled = strip_label(text)
    if labelled and body:
        question, rest = split_body(body)
        return Marker(LABEL, question, rest)
    question, _, rest = text.partition("\n")
    return Marker(PLAIN, question, rest) if plain_text(question).endswith("?") else None


def _bold_marker(bold: re.Match[str]) -> Marker | None:
    head, tail = bold[2], bold[3]
    label_only, labelled = strip_label(head)
    if labelled and not label_only.strip(" :*_"):
        question, rest = split_body(tail.strip())
        return Marker(LABEL, question, rest) if question else None
    if not strip_number(head + " x")[0].strip("x .:)"):
        question, rest = split_body(tail.strip())
        return Marker(BOLD, f"{head} {question}", rest) if question else None
    first, _, rest = tail.partition("\n")
    if _AFTER_BOLD.fullmatch(first):
        numbered = bold[0][: bold.start(1)]
        return Marker(LABEL if labelled else BOLD, f"{numbered}{head} {first}".strip(), rest)
    if plain_text(head).rstrip().endswith("?"):
        return Marker(LABEL if labelled else BOLD, head, tail.strip())
    return None


def split_body(body: str) -> tuple[str, str]:
    """Part a question from the answer that follows it in the same paragraph."""
    inline = _INLINE_ANSWER.search(body)
    lines = body.split("\n")
    for index, line in enumerate(lines[1:], 1):
        if answer_label_end(line):
            return "\n".join(lines[:index]), "\n".join(lines[index:])
    if inline:
        return body[: inline.start()], body[inline.end() :]
    for index, line in enumerate(lines[:4]):
        if plain_text(line).rstrip("*_ ").endswith(("?", ".", ":")):
            return "\n".join(lines[: index + 1]), "\n".join(lines[index + 1 :])
    return body, ""


def item_marker(item: Block, *, ordered: bool) -> Marker | None:
    """Give the question that a list item may hold, its own text split off where it goes on."""
    style = NUMBERED if ordered else BULLET
    if not item.children or item.children[0].kind not in ("paragraph", "heading"):
        return None
    first = item.children[0]
    if first.kind == "heading":
        return Marker(style, first.text)
    known = paragraph_marker(first)
    if known is not None and known.style != PLAIN:
        return Marker(style, known.question, known.rest)
    question, rest = split_item(first.text, alone=len(item.children) == 1)
    return Marker(style, question, rest)


def split_item(text: str, *, alone: bool) -> tuple[str, str]:
    """Part an item's question from an answer in the same paragraph.

    An item that has more than its paragraph (`alone` is False) is split at a line break only.
    """
    question, _, rest = text.partition("\n")
    if rest:
        plain = plain_text(question)
        ended = plain.endswith(("?", ".", ":")) or answer_label_end(rest) or "  \n" in text
        return (question, rest) if ended else (text, "")
    inline = _INLINE_ANSWER.search(text)
    if inline:
        return text[: inline.start()], text[inline.end() :]
    cut = next((mark for mark in reversed(list(_SPLIT.finditer(text)))), None)
    if (
        alone
        and cut
        and _is_statement(text[cut.end() :])
        and looks_like_question(text[: cut.end()].strip())
    ):
        return text[: cut.end()].strip(" -–—:→"), text[cut.end() :]
    return text, ""


def _is_statement(text: str) -> bool:
    plain = plain_text(text)
    return len(plain.split()) > 4 and not looks_like_question(plain) and plain[:1] not in "(["


@dataclass(frozen=True, slots=True)
class TableRow:
    """A question in a table: its line, its Markdown and what the other columns say."""

    line: int
    question: str
    answer: str
    level: Level | None
    section: str


def question_rows(table: Block, scale: LevelScale) -> list[TableRow]:
    """Give the questions of a table, none where it has no column of questions."""
    if len(table.rows) < 2:
        return []
    header = [clean_heading(cell) for cell in table.rows[0][1]]
    body = table.rows[1:]
    asked = _column(header, _QUESTION_COLUMN)
    if asked is None:
        asked = _column_of_questions(body)
        if asked is None:
            return []
        body = table.rows if looks_like_question(clean_question(header[asked])) else body
    answered = _column(header, _ANSWER_COLUMN)
    return list(_table_rows(body, asked, answered, header, scale))


def _table_rows(
    body: Sequence[tuple[int, list[str]]],
    asked: int,
    answered: int | None,
    header: list[str],
    scale: LevelScale,
) -> Iterator[TableRow]:
    level_column, section_column = _column(header, _LEVEL_COLUMN), _column(header, _SECTION_COLUMN)
    section = ""
    for line, cells in body:
        question = _cell(cells, asked)
        others = [cell for index, cell in enumerate(cells) if index != asked and cell.strip()]
        if _is_section_row(question, others):
            section = clean_heading(question)
        elif clean_question(question):
            answer = (
                _cell(cells, answered)
                if answered is not None
                else _lone_answer(cells, asked, header)
            )
            level = level_of_word(plain_text(_cell(cells, level_column))) or scale.level_of(
                _cell(cells, level_column)
            )
            yield TableRow(
                line,
                question,
                answer,
                level,
                clean_heading(_cell(cells, section_column)) or section,
            )


def _is_section_row(question: str, others: list[str]) -> bool:
    bold = _BOLD.fullmatch(question.strip())
    return bool(bold and not others and not looks_like_question(clean_question(question)))


def _lone_answer(cells: list[str], asked: int, header: list[str]) -> str:
    """Give the column after the questions where it holds prose under a name of its own."""
    known = (_LEVEL_COLUMN, _SECTION_COLUMN, _QUESTION_COLUMN)
    for index in range(asked + 1, min(len(cells), len(header))):
        if (
            not any(pattern.fullmatch(header[index]) for pattern in known)
            and len(cells[index].split()) > 5
        ):
            return cells[index]
    return ""


def _cell(cells: list[str], index: int | None) -> str:
    return cells[index].strip() if index is not None and index < len(cells) else ""


def _column(header: list[str], pattern: re.Pattern[str]) -> int | None:
    return next(
        (index for index, name in enumerate(header) if pattern.fullmatch(name.strip())), None
    )


def _column_of_questions(body: Sequence[tuple[int, list[str]]]) -> int | None:
    width = max((len(cells) for _, cells in body), default=0)
    for index in range(width):
        texts = [clean_question(_cell(cells, index)) for _, cells in body]
        asked = sum(text.endswith("?") or looks_like_question(text) for text in texts)
        if asked >= 2 and asked >= len(texts) / 2:
            return index
    return None

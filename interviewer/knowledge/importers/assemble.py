"""Turn what a reader found into questions: cleaned, without repeats, with key points."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

from markdown_it import MarkdownIt

from interviewer.knowledge.importers.clean import clean_answer, clean_question, only_links
from interviewer.knowledge.importers.derive import derive_key_points
from interviewer.knowledge.importers.levels import level_of_line
from interviewer.knowledge.importers.markers import RANKS
from interviewer.knowledge.importers.model import Draft, ImportResult, Reading, SourceLine
from interviewer.knowledge.importers.slug import slug, unique
from interviewer.knowledge.write import as_reference
from interviewer.models import Kind, Level, Question, Source

_LONGEST_QUESTION = 2000
LONGEST_ANSWER = 50_000
_DEEPEST = 19  # markdown-it reads no block below its `maxNesting` of 20
_KINDS = (
    (
        Kind.REVERSE,
        re.compile(
            r"questions? (?:you (?:can|should) |to )ask (?:the|your) interviewers?", re.IGNORECASE
        ),
    ),
    (
        Kind.BEHAVIORAL,
        re.compile(
            r"tell me about (?:a time|yourself)|describe a (?:time|situation)|\bSTAR\b|"
            r"strengths? and weakness",
            re.IGNORECASE,
        ),
    ),
    (Kind.DERIVATION, re.compile(r"^(?:derive|prove)\b", re.IGNORECASE)),
    (
        Kind.SYSTEM_DESIGN,
        re.compile(
            r"^(?:how would you )?design (?:an?|the)\b.*\b(?:system|service|platform|pipeline|"
            r"engine|feed|search)\b",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.CODING,
        re.compile(
            r"^(?:implement|write|code)\b.*\b(?:function|class|code|program|script|query|"
            r"algorithm|from scratch|in python)\b",
            re.IGNORECASE,
        ),
    ),
)
_SECTION_KINDS = (
    (Kind.BEHAVIORAL, re.compile(r"behaviou?ral|soft skills", re.IGNORECASE)),
    (Kind.SYSTEM_DESIGN, re.compile(r"system design", re.IGNORECASE)),
)


@dataclass(slots=True)
class _Entry:
    draft: Draft
    text: str
    answer: list[SourceLine]
    links: list[str]


@dataclass(slots=True)
class Assembler:
    """Collects the questions of one or more sources; ids are unique over all of them."""

    questions: list[Question] = field(default_factory=list)
    section_names: dict[str, str] = field(default_factory=dict)
    _ids: dict[str, int] = field(default_factory=dict)

    def add(self, reading: Reading, *, name: str, path: str) -> None:
        """Add one source's questions; `name` is the section of those that stand under none."""
        for entry in _without_repeats(_entries(reading), reading):
            if sum(len(line.text) for line in entry.answer) > LONGEST_ANSWER:
                reason = f"the answer is longer than {LONGEST_ANSWER:,} characters"
                reading.skip(entry.draft.line, entry.text, reason)
                continue
            if _too_deep(entry.answer):
                reading.skip(entry.draft.line, entry.text, "lists or quotations nested too deeply")
                continue
            self.questions.append(self._question(entry, reading.title or name, path))

    def _question(self, entry: _Entry, title: str, path: str) -> Question:
        draft, answer = entry.draft, entry.answer
        section = self._section(draft.section or title)
        reference = as_reference("\n".join(line.text for line in answer))
        key_points = derive_key_points(reference)
        last = max((line.number for line in answer), default=draft.line)
        return Question(
            id=unique(slug(entry.text, limit=64) or "question", self._ids),
            text=entry.text,
            section=section,
            topic=section,
            kind=_kind(entry.text, self.section_names[section]),
            level=draft.level or Level.CORE,
            reference=reference if key_points else "",
            key_points=key_points,
            sources=tuple(Source(link) for link in entry.links),
            path=path,
            start_line=draft.line,
            end_line=max(last, draft.line),
            reference_start_line=answer[0].number if answer and key_points else 0,
            reference_end_line=last if answer and key_points else 0,
        )

    def _section(self, heading: str) -> str:
        key = slug(heading, limit=48) or "imported"
        while self.section_names.get(key, heading).casefold() != heading.casefold():
            key = f"{key}-more"
        self.section_names.setdefault(key, heading)
        return key


def result_of(
    assembler: Assembler, readings: Iterable[Reading], *, many_files: bool
) -> ImportResult:
    """Put the collected questions and everything that was skipped together."""
    skipped = chain.from_iterable(
        sorted(reading.skipped, key=lambda entry: entry.line) for reading in readings
    )
    return ImportResult(
        tuple(assembler.questions), tuple(skipped), assembler.section_names, many_files
    )


def _too_deep(answer: Iterable[SourceLine]) -> bool:
    """Tell whether a parser gives up inside an answer, and takes what follows for a part of it.

    It does so behind twenty levels. A quotation is one and a list two, so that ten lists within
    each other are too deep, and so are nineteen quotations, whose paragraph is the twentieth.
    """
    tokens = MarkdownIt("commonmark").parse("\n".join(line.text for line in answer))
    return any(token.nesting == 1 and token.level >= _DEEPEST for token in tokens)


def _entries(reading: Reading) -> list[_Entry]:
    entries: list[_Entry] = []
    for draft in reading.drafts:
        text = clean_question(draft.text)
        if not any(character.isalnum() for character in text):
            reading.skip(draft.line, draft.text, "no question text")
        elif len(text) > _LONGEST_QUESTION:
            reading.skip(draft.line, text, f"longer than {_LONGEST_QUESTION} characters")
        else:
            answer = _without_level_line(draft, clean_answer(draft.answer))
            links = only_links(answer)
            if links:
                said = " ".join(line.text for line in answer)
                reading.skip(answer[0].number, said, "the answer is only a link or an image")
            entries.append(
                _Entry(draft, text, [] if links else answer, [link for link in links if link])
            )
    return entries


def _without_level_line(draft: Draft, answer: list[SourceLine]) -> list[SourceLine]:
    """Take a line such as "Difficulty: hard" off an answer's edges and set the level by it."""
    for index in [*range(min(3, len(answer))), *range(max(len(answer) - 2, 0), len(answer))]:
        level = level_of_line(answer[index].text)
        if level is not None:
            draft.level = level
            return clean_answer([*answer[:index], *answer[index + 1 :]])
    return answer


def _without_repeats(entries: list[_Entry], reading: Reading) -> list[_Entry]:
    """Drop an unanswered entry whose question stands elsewhere too: a contents line."""
    by_text: dict[str, _Entry] = {}
    for entry in entries:
        key = " ".join(re.findall(r"\w+", entry.text.casefold()))
        known = by_text.get(key)
        if known is None or _worth(entry) > _worth(known):
            by_text[key] = entry
    kept: list[_Entry] = []
    for entry in entries:
        first = by_text[" ".join(re.findall(r"\w+", entry.text.casefold()))]
        if entry.answer or entry is first:
            kept.append(entry)
        else:
            reading.skip(
                entry.draft.line, entry.text, f"the same question stands at line {first.draft.line}"
            )
    return kept


def _worth(entry: _Entry) -> tuple[bool, int]:
    return bool(entry.answer), RANKS.get(entry.draft.style, 0)


def _kind(text: str, section: str) -> Kind:
    named = next((kind for kind, pattern in _KINDS if pattern.search(text)), None)
    if named is not None:
        return named
    return next((kind for kind, pattern in _SECTION_KINDS if pattern.search(section)), Kind.CONCEPT)

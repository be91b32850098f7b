"""What an import yields: questions, what was left out and why, and the sections' own names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from interviewer.models import Level, Question

_SHOWN_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something of the source that became no part of a question; `line` counts from 1.

    `path` is set where several files were imported at once.
    """

    line: int
    text: str
    reason: str
    path: str = ""

    def to_json_dict(self) -> dict[str, Any]:
        """Give the entry as `import --json` prints it."""
        entry: dict[str, Any] = {"line": self.line, "text": self.text, "reason": self.reason}
        return entry | ({"path": self.path} if self.path else {})


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Imported questions in the order of the source.

    `Question.section` is a slug; `section_names` gives each slug's heading as the source has it.
    `Question.path` and its lines say where the question stands in the source.
    """

    questions: tuple[Question, ...]
    skipped: tuple[Skipped, ...]
    section_names: Mapping[str, str] = field(default_factory=dict)
    many_files: bool = False

    def to_json_dict(self) -> dict[str, Any]:
        """Give the result as `import --dry-run --json` prints it."""
        return {
            "questions": [self._question_dict(question) for question in self.questions],
            "skipped": [skipped.to_json_dict() for skipped in self.skipped],
        }

    def _question_dict(self, question: Question) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "question": question.text,
            "answer": question.reference,
            "section": self.section_names.get(question.section, question.section),
            "level": int(question.level),
            "line": question.start_line,
        }
        return entry | ({"path": question.path} if self.many_files else {})


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of text and the number, from 1, of the source's line that it comes from."""

    number: int
    text: str


@dataclass(slots=True)
class Draft:
    """A question as it stands in the source, before it is cleaned.

    `style` names how the source marks its questions; `level` is what the source says beside the
    question (a table's column), if anything.
    """

    text: str
    line: int
    section: str
    style: str
    answer: list[SourceLine] = field(default_factory=list)
    level: Level | None = None


@dataclass(slots=True)
class Reading:
    """What a reader found in one source: drafts, what it skipped, and the source's own title."""

    drafts: list[Draft] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    title: str = ""

    def skip(self, line: int, text: str, reason: str) -> None:
        """Note that `text` at `line` was left out."""
        shown = " ".join(text.split())
        if shown:
            self.skipped.append(Skipped(line, shorten(shown), reason))


def shorten(text: str) -> str:
    """Cut a text to what a list of skipped lines can show."""
    if len(text) <= _SHOWN_CHARACTERS:
        return text
    return text[: _SHOWN_CHARACTERS - 1].rstrip() + "…"


def with_path(skipped: Skipped, path: str) -> Skipped:
    """Say which file a skipped line stands in."""
    return replace(skipped, path=path)

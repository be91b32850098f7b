"""Reads a bank file's front matter and the metadata comment of each question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import yaml
from markdown_it.tree import SyntaxTreeNode
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from interviewer.errors import BankFormatError
from interviewer.knowledge.markdown import node_lines, trim_blank
from interviewer.models import Kind, Level

METADATA_KEYS = ("id", "kind", "level", "tags", "variants", "answer")

_COMMENT = re.compile(r"<!--(?P<fields>(?:(?!-->).)*)-->\s*", re.DOTALL)
_QUESTION_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file under way: its path for messages and its lines, from 0."""

    path: str
    lines: tuple[str, ...]

    def text(self, start: int, end: int) -> str:
        """Give lines as they stand."""
        return "\n".join(self.lines[start:end])

    def trim(self, start: int, end: int) -> tuple[int, int]:
        """Leave out blank lines at the edges of a range."""
        return trim_blank(self.lines, start, end)

    def error(self, code: str, line: int, message: str) -> BankFormatError:
        """Make the error for a line that counts from 0, as line maps do."""
        return BankFormatError(message, path=self.path, line=line + 1, code=code)


class FrontMatter(BaseModel):
    """What stands between the `---` lines at the head of a bank file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    section: Annotated[str, StringConstraints(min_length=1, pattern=r"^\S(?:[^\r\n]*\S)?$")]
    topic: Annotated[str, StringConstraints(min_length=1, pattern=r"^\S(?:[^\r\n]*\S)?$")]


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields of a question's metadata comment; `answer` is "none" or empty.

    `variants` are the ids of questions that ask nearly the same on purpose.
    """

    id: str
    kind: Kind
    level: Level
    tags: tuple[str, ...]
    variants: tuple[str, ...]
    answer: str


def read_front_matter(source: SourceFile, nodes: list[SyntaxTreeNode]) -> FrontMatter:
    """Read and check the front matter, which is the first block of the file."""
    if not nodes or nodes[0].type != "front_matter":
        raise source.error(
            "front-matter",
            0,
            "The file does not start with front matter. Put '---', 'section: …', 'topic: …' "
            "and '---' on its first lines.",
        )
    try:
        return FrontMatter.model_validate(yaml.safe_load(nodes[0].content))
    except ValidationError as error:
        raise source.error("front-matter", 0, _describe_invalid(error)) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 0
        message = f"The front matter is not valid YAML: {' '.join(str(error).split())}"
        raise source.error("front-matter", line, message) from error


def _describe_invalid(error: ValidationError) -> str:
    faults = "; ".join(
        f"{'.'.join(str(part) for part in fault['loc']) or 'front matter'}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False)
    )
    return (
        f"The front matter does not fit: {faults}. It holds 'section' and 'topic', "
        "each a text on one line, and nothing else."
    )


def read_metadata(
    source: SourceFile, nodes: Sequence[SyntaxTreeNode], heading_line: int
) -> tuple[Metadata, int]:
    """Read the metadata comment that opens a question; also give the line after it."""
    node = nodes[0] if nodes else None
    comment = _COMMENT.fullmatch(node.content) if node and node.type == "html_block" else None
    if node is None or comment is None:
        raise source.error(
            "missing-metadata",
            heading_line,
            "The question has no metadata comment. Put '<!-- id: … | kind: … | level: … | "
            "tags: … -->' alone on the line under its heading.",
        )
    line, after = node_lines(node)
    return _read_fields(source, comment["fields"], line), after


def _read_fields(source: SourceFile, text: str, line: int) -> Metadata:
    fields: dict[str, str] = {}
    for field in text.split("|"):
        key, colon, value = (part.strip() for part in field.partition(":"))
        if not colon or key not in METADATA_KEYS or key in fields:
            raise source.error(
                "metadata",
                line,
                f"The metadata field {field.strip()!r} is unknown, repeated or lacks its colon. "
                f"The fields are {', '.join(METADATA_KEYS)}, each once, parted by '|'.",
            )
        fields[key] = value
    return Metadata(
        id=_question_id(source, fields.get("id", ""), line),
        kind=_kind(source, fields.get("kind", Kind.CONCEPT), line),
        level=_level(source, fields.get("level", str(int(Level.CORE))), line),
        tags=_names(fields.get("tags", "")),
        variants=_names(fields.get("variants", "")),
        answer=_answer(source, fields.get("answer"), line),
    )


def _names(value: str) -> tuple[str, ...]:
    return tuple(name for part in value.split(",") if (name := part.strip()))


def _question_id(source: SourceFile, value: str, line: int) -> str:
    if not value:
        raise source.error("missing-id", line, "The metadata comment has no id. Add 'id: …'.")
    if not _QUESTION_ID.fullmatch(value):
        raise source.error(
            "bad-id",
            line,
            f"The id {value!r} is not small letters and digits joined by hyphens, "
            "such as regularization-l1-l2.",
        )
    return value


def _kind(source: SourceFile, value: str, line: int) -> Kind:
    try:
        return Kind(value)
    except ValueError as error:
        message = f"The kind {value!r} is unknown. Use one of {', '.join(Kind)}."
        raise source.error("bad-kind", line, message) from error


def _level(source: SourceFile, value: str, line: int) -> Level:
    try:
        return Level(int(value))
    except ValueError as error:
        message = (
            f"The level {value!r} is unknown. Use 1 (screening), 2 (core), 3 (senior) "
            "or 4 (research)."
        )
        raise source.error("bad-level", line, message) from error


def _answer(source: SourceFile, value: str | None, line: int) -> str:
    if value not in (None, "none"):
        message = f"The field 'answer' can only say 'none', not {value!r}. Drop it."
        raise source.error("answer", line, message)
    return value or ""

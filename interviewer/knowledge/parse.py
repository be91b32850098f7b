"""Reads a bank file into questions, with the exact lines of every part.

The format, in the order in which a file shows it: front matter with `section` and `topic`; then
for each question a `## ` heading, its metadata comment, the reference answer in any Markdown
(headings inside it from `#### ` down) and the sub-sections of `SUBSECTIONS`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it.tree import SyntaxTreeNode
from rapidfuzz import process

from interviewer.errors import BankFormatError
from interviewer.knowledge.markdown import block_nodes, clean_source, node_lines, trim_blank
from interviewer.knowledge.metadata import (
    FrontMatter,
    SourceFile,
    read_front_matter,
    read_metadata,
)
from interviewer.models import AskedAs, FollowUp, KeyPoint, Mistake, Question, Source

SUBSECTIONS = (
    "Key points",
    "Common mistakes",
    "Follow-ups",
    "Hints",
    "Sources",
    "Starter",
    "Tests",
    "Asked as",
)

_WEIGHTED = re.compile(r"\((?P<weight>[^()\s]*)\)\s+(?P<text>.+)", re.DOTALL)
_NUMBERED = re.compile(r"\[(?P<number>[0-9]{1,3})\]\s+(?P<text>.+)", re.DOTALL)
_QUOTE_MARK = re.compile(r"[ \t]*>[ ]?|[ \t]+")


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The questions of a file that could be read, and what is wrong with the others."""

    questions: tuple[Question, ...]
    errors: tuple[BankFormatError, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A heading with the blocks under it; `end` is the line where the next part starts."""

    title: str
    line: int
    nodes: tuple[SyntaxTreeNode, ...]
    end: int


@dataclass(frozen=True, slots=True)
class _Item:
    """A bullet: its first paragraph on one line, the blocks after it, and its trimmed lines."""

    text: str
    rest: tuple[SyntaxTreeNode, ...]
    start: int
    end: int


def parse_bank_file(text: str, path: str) -> list[Question]:
    """Read every question of a bank file.

    Args:
        text: what the file holds.
        path: the file relative to the bank's root, with forward slashes.

    Raises:
        BankFormatError: at the first line that breaks the format.
    """
    parsed = read_bank_file(text, path)
    if parsed.errors:
        raise parsed.errors[0]
    return list(parsed.questions)


def read_bank_file(text: str, path: str) -> ParsedFile:
    """Read a bank file as far as it goes, keeping one error for each question that is broken."""
    cleaned = clean_source(text)
    source = SourceFile(path, tuple(cleaned.split("\n")))
    nodes = block_nodes(cleaned, front_matter=True)
    try:
        front = read_front_matter(source, nodes)
        parts = _split(source, nodes[1:], "h2", node_lines(nodes[0])[1], len(source.lines))
    except BankFormatError as error:
        return ParsedFile((), (error,))
    questions: list[Question] = []
    errors: list[BankFormatError] = []
    for part in parts:
        try:
            questions.append(_question(source, part, front))
        except BankFormatError as error:
            errors.append(error)
    return ParsedFile(tuple(questions), tuple(errors))


def _split(
    source: SourceFile, nodes: list[SyntaxTreeNode], tag: str, start: int, end: int
) -> list[_Part]:
    """Cut blocks into the parts that headings of one level open; refuse text before the first."""
    heads = [index for index, node in enumerate(nodes) if _is_heading(node, tag)]
    first = node_lines(nodes[heads[0]])[0] if heads else end
    stray, stray_end = source.trim(start, first)
    if stray < stray_end:
        raise source.error(
            "stray-text", stray, "This text belongs to no question. Put it under a '## ' heading."
        )
    bounds = [*heads[1:], len(nodes)][: len(heads)]
    return [
        _part(nodes[head], nodes[head + 1 : after], _line_of(nodes, after, end))
        for head, after in zip(heads, bounds, strict=True)
    ]


def _is_heading(node: SyntaxTreeNode, tag: str) -> bool:
    return node.type == "heading" and node.tag == tag


def _line_of(nodes: list[SyntaxTreeNode], index: int, end: int) -> int:
    return node_lines(nodes[index])[0] if index < len(nodes) else end


def _part(heading: SyntaxTreeNode, body: list[SyntaxTreeNode], end: int) -> _Part:
    title = "".join(child.content for child in heading.children)
    return _Part(title, node_lines(heading)[0], tuple(body), end)


def _question(source: SourceFile, part: _Part, front: FrontMatter) -> Question:
    if not part.title:
        raise source.error("empty-heading", part.line, "The question's heading is empty.")
    metadata, reference_from = read_metadata(source, part.nodes, part.line)
    reference_nodes, subsections = _subsections(source, part)
    reference_to = min((sub.line for sub in subsections.values()), default=part.end)
    _refuse_high_headings(source, reference_nodes)
    start, end = source.trim(reference_from, reference_to)
    if metadata.answer and start < end:
        raise source.error(
            "answer", start, "The metadata says 'answer: none', yet here is an answer. Drop one."
        )
    return Question(
        id=metadata.id,
        text=part.title,
        section=front.section,
        topic=front.topic,
        kind=metadata.kind,
        level=metadata.level,
        tags=metadata.tags,
        variants=metadata.variants,
        reference=source.text(start, end),
        key_points=_key_points(source, subsections.get("Key points")),
        mistakes=_mistakes(source, subsections.get("Common mistakes")),
        follow_ups=_follow_ups(source, subsections.get("Follow-ups")),
        hints=tuple(item.text for item in _plain_items(source, subsections.get("Hints"))),
        sources=_sources(source, subsections.get("Sources")),
        starter=_code(source, subsections.get("Starter")),
        tests=_code(source, subsections.get("Tests")),
        asked_as=_asked_as(source, subsections.get("Asked as")),
        path=source.path,
        start_line=part.line + 1,
        end_line=source.trim(part.line, part.end)[1],
        reference_start_line=start + 1 if start < end else 0,
        reference_end_line=end if start < end else 0,
    )


def _subsections(source: SourceFile, part: _Part) -> tuple[list[SyntaxTreeNode], dict[str, _Part]]:
    """Part a question's blocks into its reference and its sub-sections by canonical name."""
    nodes = list(part.nodes[1:])
    first = next((i for i, node in enumerate(nodes) if _is_heading(node, "h3")), len(nodes))
    start = _line_of(nodes, first, part.end)
    found: dict[str, _Part] = {}
    for sub in _split(source, nodes[first:], "h3", start, part.end) if first < len(nodes) else []:
        name = _canonical(source, sub)
        if name in found:
            message = f"The question already has '### {name}'. Join the two."
            raise source.error("duplicate-subsection", sub.line, message)
        found[name] = sub
    return nodes[:first], found


def _canonical(source: SourceFile, sub: _Part) -> str:
    for name in SUBSECTIONS:
        if name.casefold() == sub.title.casefold():
            return name
    near = process.extractOne(sub.title, SUBSECTIONS, score_cutoff=70)
    hint = f"Did you mean '### {near[0]}'?" if near else f"Known are {', '.join(SUBSECTIONS)}."
    raise source.error(
        "unknown-heading",
        sub.line,
        f"'### {sub.title}' is no sub-section of a question. {hint} "
        "A heading inside the reference starts with '####'.",
    )


def _refuse_high_headings(source: SourceFile, nodes: list[SyntaxTreeNode]) -> None:
    for node in nodes:
        if _is_heading(node, "h1"):
            message = "A heading inside a question starts with '####', not with '#'."
            raise source.error("unknown-heading", node_lines(node)[0], message)


def _key_points(source: SourceFile, part: _Part | None) -> tuple[KeyPoint, ...]:
    return tuple(_key_point(source, item) for item in _plain_items(source, part))


def _key_point(source: SourceFile, item: _Item) -> KeyPoint:
    match = _WEIGHTED.fullmatch(item.text)
    if not match or match["weight"] not in ("1", "2", "3"):
        raise source.error(
            "bad-weight",
            item.start,
            "A key point starts with its weight, (1), (2) or (3), and then says its text: "
            f"{item.text[:60]!r}",
        )
    return KeyPoint(match["text"], int(match["weight"]), item.start + 1, item.end)


def _mistakes(source: SourceFile, part: _Part | None) -> tuple[Mistake, ...]:
    mistakes = []
    for item in _plain_items(source, part):
        match = _NUMBERED.fullmatch(item.text)
        text, number = (match["text"], int(match["number"])) if match else (item.text, None)
        mistakes.append(Mistake(text, number, item.start + 1, item.end))
    return tuple(mistakes)


def _follow_ups(source: SourceFile, part: _Part | None) -> tuple[FollowUp, ...]:
    return tuple(_follow_up(source, item) for item in _items(source, part))


def _follow_up(source: SourceFile, item: _Item) -> FollowUp:
    quotes = [node for node in item.rest if node.type == "blockquote"]
    if len(quotes) != 1 or len(item.rest) != 1:
        raise source.error(
            "follow-up",
            item.start,
            "A follow-up is one bullet with its question and, indented under it, one "
            "blockquote ('  > …') with the answer.",
        )
    first, after = node_lines(quotes[0])
    lines = [_QUOTE_MARK.sub("", line, count=1) for line in source.lines[first:after]]
    start, end = trim_blank(lines, 0, len(lines))
    if start == end:
        raise source.error("follow-up", item.start, "The follow-up's answer is empty.")
    return FollowUp(item.text, "\n".join(lines[start:end]), item.start + 1, first + end)


def _sources(source: SourceFile, part: _Part | None) -> tuple[Source, ...]:
    return tuple(Source(item.text, item.start + 1) for item in _plain_items(source, part))


def _asked_as(source: SourceFile, part: _Part | None) -> tuple[AskedAs, ...]:
    return tuple(AskedAs(item.text, item.start + 1) for item in _plain_items(source, part))


def _plain_items(source: SourceFile, part: _Part | None) -> list[_Item]:
    items = _items(source, part)
    for item in items:
        if item.rest:
            raise source.error(
                "bad-bullet",
                node_lines(item.rest[0])[0],
                "A bullet here is a single paragraph. Move this block into the reference, "
                "or make it a bullet of its own.",
            )
    return items


def _items(source: SourceFile, part: _Part | None) -> list[_Item]:
    if part is None:
        return []
    for node in part.nodes:
        if node.type != "bullet_list":
            message = f"'### {part.title}' holds bullets ('- …') and nothing else."
            raise source.error("bad-bullet", node_lines(node)[0], message)
    return [_item(source, child) for node in part.nodes for child in node.children]


def _item(source: SourceFile, node: SyntaxTreeNode) -> _Item:
    start, end = source.trim(*node_lines(node))
    if not node.children or node.children[0].type != "paragraph":
        raise source.error("bad-bullet", start, "A bullet starts with a line of plain text.")
    text = _one_line("".join(child.content for child in node.children[0].children))
    return _Item(text, tuple(node.children[1:]), start, end)


def _one_line(text: str) -> str:
    return " ".join(line.strip() for line in text.split("\n")).strip()


def _code(source: SourceFile, part: _Part | None) -> str | None:
    if part is None:
        return None
    if [node.type for node in part.nodes] != ["fence"] or part.nodes[0].info.strip() != "python":
        message = f"'### {part.title}' holds one fenced code block tagged 'python', nothing else."
        raise source.error("bad-code-section", part.line, message)
    return part.nodes[0].content.removesuffix("\n")

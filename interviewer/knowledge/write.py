"""Writes questions as a bank file that reads back as the same questions, or refuses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from itertools import pairwise

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from interviewer.errors import BankError
from interviewer.knowledge.markdown import clean_source, trim_blank
from interviewer.knowledge.parse import read_bank_file
from interviewer.models import AskedAs, FollowUp, KeyPoint, Mistake, Question, Source

_CLOSING_MARKS = re.compile(r"(?:^|[ \t])#+$")
_HIGHEST_INNER_HEADING = 4
_LOWEST_HEADING = 6


def write_bank_file(questions: Sequence[Question]) -> str:
    """Write questions of one section and topic.

    White space is brought to the format's form first, as `tidy` does; every other character stays
    as it is.

    Raises:
        BankError: there are no questions, they differ in section or topic, or one holds something
            that the format cannot say, such as a comma in a tag.
    """
    wanted = [tidy(question) for question in questions]
    if len({(question.section, question.topic) for question in wanted}) != 1:
        raise BankError("A bank file holds one or more questions of one section and one topic.")
    head = {"section": wanted[0].section, "topic": wanted[0].topic}
    front = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=10_000)
    text = "\n".join([f"---\n{front}---", *(_question(question) for question in wanted), ""])
    _verify(text, wanted)
    return text


def tidy(question: Question) -> Question:
    """Bring the white space of a question to the form in which a bank file keeps it.

    Texts that stand on one line are joined to one line, as Markdown shows them; blank lines round
    a reference or an answer are dropped.
    """
    return replace(
        question,
        text=_one_line(question.text),
        tags=tuple(tag.strip() for tag in question.tags),
        variants=tuple(name.strip() for name in question.variants),
        reference=_block(question.reference),
        key_points=tuple(
            KeyPoint(_one_line(point.text), point.weight) for point in question.key_points
        ),
        mistakes=tuple(
            Mistake(_one_line(mistake.text), mistake.key_point) for mistake in question.mistakes
        ),
        follow_ups=tuple(
            FollowUp(_one_line(item.question), _block(item.answer)) for item in question.follow_ups
        ),
        hints=tuple(_one_line(hint) for hint in question.hints),
        sources=tuple(Source(_one_line(source.text)) for source in question.sources),
        starter=_code(question.starter),
        tests=_code(question.tests),
        asked_as=tuple(AskedAs(_one_line(asked.text)) for asked in question.asked_as),
    )


def as_reference(markdown: str) -> str:
    """Make any Markdown fit to be a reference: headings from `#### ` down, every fence closed."""
    text = clean_source(markdown)
    lines = text.split("\n")
    tokens = MarkdownIt("commonmark").parse(text)
    open_fence = _open_fence(tokens, lines)
    for token, inline in reversed(_high_headings(tokens)):
        start, end = token.map or (0, 0)
        title = _one_line(inline.content)
        lines[start:end] = [f"{'#' * _inner_level(token, tokens)} {title}".rstrip()]
    if open_fence is not None:
        lines.append(open_fence)
    return _block("\n".join(lines))


def _high_headings(tokens: Sequence[Token]) -> list[tuple[Token, Token]]:
    return [
        (token, inline)
        for token, inline in pairwise(tokens)
        if token.type == "heading_open" and token.level == 0
    ]


def _inner_level(heading: Token, tokens: Iterable[Token]) -> int:
    """Shift all headings by as much as the highest one has to sink."""
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    shift = max(0, _HIGHEST_INNER_HEADING - min(levels))
    return min(int(heading.tag[1]) + shift, _LOWEST_HEADING)


def _open_fence(tokens: Sequence[Token], lines: Sequence[str]) -> str | None:
    last = tokens[-1] if tokens else None
    if last is None or last.type != "fence" or last.map is None:
        return None
    start, end = last.map
    closing = re.compile(rf" {{0,3}}{re.escape(last.markup)}{last.markup[0]}*[ \t]*")
    closed = end - start > 1 and closing.fullmatch(lines[end - 1])
    return None if closed else last.markup


def _one_line(text: str) -> str:
    lines = (line.strip() for line in clean_source(text).split("\n"))
    return " ".join(line for line in lines if line)


def _block(text: str) -> str:
    lines = clean_source(text).split("\n")
    start, end = trim_blank(lines, 0, len(lines))
    return "\n".join(lines[start:end])


def _code(code: str | None) -> str | None:
    return None if code is None else clean_source(code)


def _question(question: Question) -> str:
    parts = [f"\n{_heading(question.text)}\n{_metadata(question)}\n"]
    if question.reference:
        parts.append(f"{question.reference}\n")
    parts.extend(
        f"### {title}\n" + "".join(f"{line}\n" for line in lines)
        for title, lines in _subsections(question)
        if lines
    )
    return "\n".join(parts).removesuffix("\n")


def _heading(text: str) -> str:
    """Close the heading where its own last marks would be taken for a closing sequence."""
    return f"## {text} ##" if _CLOSING_MARKS.search(text) else f"## {text}"


def _metadata(question: Question) -> str:
    values = [f"id: {question.id}", f"kind: {question.kind}", f"level: {int(question.level)}"]
    if question.tags:
        values.append(f"tags: {', '.join(question.tags)}")
    if question.variants:
        values.append(f"variants: {', '.join(question.variants)}")
    if not question.reference:
        values.append("answer: none")
    return f"<!-- {' | '.join(values)} -->"


def _subsections(question: Question) -> Iterator[tuple[str, list[str]]]:
    yield "Key points", [f"- ({point.weight}) {point.text}" for point in question.key_points]
    yield "Common mistakes", [_mistake(mistake) for mistake in question.mistakes]
    yield "Follow-ups", [line for item in question.follow_ups for line in _follow_up(item)]
    yield "Hints", [f"- {hint}" for hint in question.hints]
    yield "Sources", [f"- {source.text}" for source in question.sources]
    yield "Starter", _fenced(question.starter)
    yield "Tests", _fenced(question.tests)
    yield "Asked as", [f"- {asked.text}" for asked in question.asked_as]


def _mistake(mistake: Mistake) -> str:
    number = "" if mistake.key_point is None else f"[{mistake.key_point}] "
    return f"- {number}{mistake.text}"


def _follow_up(item: FollowUp) -> list[str]:
    quoted = (f"  > {line}" if line else "  >" for line in item.answer.split("\n"))
    return [f"- {item.question}", *quoted]


def _fenced(code: str | None) -> list[str]:
    if code is None:
        return []
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}python", *([code] if code else []), fence]


def _verify(text: str, wanted: Sequence[Question]) -> None:
    """Read the text back, so that nothing is ever stored as something else than it was."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BankError("A question holds half a character pair; remove it.") from error
    parsed = read_bank_file(text, "bank file")
    if parsed.errors:
        raise BankError(
            f"A question cannot be written as a bank file. {parsed.errors[0]}"
        ) from parsed.errors[0]
    if parsed.questions == tuple(wanted):
        return
    for question, found in zip(wanted, parsed.questions, strict=False):
        if question != found:
            raise BankError(_difference(question, found))
    raise BankError("A question holds a line that would read as another question's heading.")


def _difference(question: Question, found: Question) -> str:
    names = [
        field.name
        for field in fields(question)
        if field.compare and getattr(question, field.name) != getattr(found, field.name)
    ]
    return (
        f"The question {question.id!r} cannot be written as a bank file: its "
        f"{' and '.join(names)} would read back as something else. Take Markdown marks out of "
        "one-line texts, and commas, '|' and '-->' out of tags."
    )

"""Import questions from what a user handed in: text, one file, or the files of a folder.

Limits: 20,000 lines, 1,000 questions and 200 sections a file, 20,000 characters a line, 50,000 an
answer and 5,000 questions an import, besides the bytes that `handed_in` lets through. They keep an
import within seconds, saving it and reading the bank again included, since both grow with every
question and section; and they keep a mistaken upload from filling the bank.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from interviewer.errors import InputError
from interviewer.knowledge.importers.assemble import Assembler, result_of
from interviewer.knowledge.importers.handed_in import (
    LARGEST_FILE,
    MEGABYTE,
    SUFFIXES,
    HandedFile,
    HandedIn,
    too_large,
)
from interviewer.knowledge.importers.markdown import read_markdown
from interviewer.knowledge.importers.model import (
    ImportResult,
    Reading,
    Skipped,
    SourceLine,
    with_path,
)
from interviewer.knowledge.importers.rendered import read_rendered
from interviewer.text import strip_invisible

MOST_LINES = 20_000
LONGEST_LINE = 20_000
MOST_MARKS = 1_000
MOST_QUESTIONS = 5_000
MOST_QUESTIONS_A_FILE = 1_000
MOST_SECTIONS_A_FILE = 200

_MARKDOWN_SIGNS = re.compile(
    r"^\s{0,3}#{2,6}\s*\S|^\s*(?:```|~~~)|\*\*\S.*?\*\*|\]\([^)\s]+\)|^\s*(?:\|\s*)?:?-{3,}:?\s*\||"
    r"<(?:summary|details|br|h[1-6]|img|a|p|div)\b"
)
_RENDERED_SIGNS = re.compile(
    r"^\s+[•◦▪]\s|^Skip to content$|^Repository files navigation$|"
    r"^NameName$"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_LINE_END = re.compile(r"\r\n|\r|\n|\x0c|\u2028|\u2029|\x85")


def import_text(text: str, *, name: str) -> ImportResult:
    """Import questions from text; `name` is the section of those that stand under no heading.

    Raises:
        InputError: the text is too large or is not text.
    """
    if len(text) > LARGEST_FILE:
        raise InputError(too_large(f"The text “{name}”", len(text)))
    if not text.strip("\ufeff \t\r\n"):
        raise InputError(f"{name} is empty. Give a file that holds questions.")
    assembler = Assembler()
    reading = _read(text, markdown=name.casefold().endswith((".md", ".markdown")))
    assembler.add(reading, name=_title_of(name), path=name)
    _check_count(assembler, 0, name)
    return result_of(assembler, [reading], many_files=False)


def import_path(path: Path | str) -> ImportResult:
    """Import questions from a file, from every Markdown and text file of a folder, or from "-".

    Raises:
        InputError: there is nothing at the path, it cannot be read, it is too large or not text.
    """
    return import_handed_in(HandedIn.from_path(path), lambda _: None)


def import_handed_in(handed_in: HandedIn, begin: Callable[[int], None]) -> ImportResult:
    """Import questions from what was handed in.

    Args:
        handed_in: the files.
        begin: told the index of each file before it is read.

    Raises:
        InputError: a single file is not text; too many lines or questions.
    """
    if not handed_in.many_files:
        begin(0)
        (file,) = handed_in.files
        return import_text(_decoded(file), name=file.name)
    assembler = Assembler()
    readings: list[Reading] = []
    for index, file in enumerate(handed_in.files):
        begin(index)
        reading, before = _read_file(file), len(assembler.questions)
        assembler.add(reading, name=_title_of(Path(file.name).name), path=file.name)
        _check_count(assembler, before, file.name)
        reading.skipped = [with_path(skipped, file.name) for skipped in reading.skipped]
        readings.append(reading)
    return result_of(assembler, readings, many_files=True)


def _check_count(assembler: Assembler, before: int, name: str) -> None:
    """Refuse what would take too long to save; a file's questions are those from `before` on."""
    added = assembler.questions[before:]
    sections = {question.section for question in added}
    for count, most, what in (
        (len(added), MOST_QUESTIONS_A_FILE, "questions"),
        (len(sections), MOST_SECTIONS_A_FILE, "sections"),
    ):
        if count > most:
            raise InputError(
                f"{Path(name).name} holds {count:,} {what}; the limit is {most:,} a file. "
                "Split it into smaller files and import their folder."
            )
    if len(assembler.questions) > MOST_QUESTIONS:
        raise InputError(
            f"More than {MOST_QUESTIONS:,} questions were found, the limit of an import. "
            "Import a part of them at a time."
        )


def _read_file(file: HandedFile) -> Reading:
    """Read one file of a folder; a file that cannot be used is skipped with the reason."""
    reading, shown = Reading(), Path(file.name).name
    if file.refused:
        reading.skip(1, shown, file.refused)
        return reading
    try:
        markdown = Path(file.name).suffix.casefold() not in (".txt", ".text")
        return _read(_decoded(file), markdown=markdown)
    except InputError as error:
        reading.skip(1, shown, str(error))
        return reading


def _read(text: str, *, markdown: bool) -> Reading:
    lines, too_long = _lines_of(text)
    if len(lines) > MOST_LINES:
        raise InputError(
            f"The text has {len(lines):,} lines; the limit is {MOST_LINES:,}. "
            "Split it into smaller files and import their folder."
        )
    rendered = _is_rendered(lines, markdown=markdown)
    reading = read_rendered(lines) if rendered else read_markdown(lines)
    reading.skipped.extend(too_long)
    return reading


def _lines_of(text: str) -> tuple[list[SourceLine], list[Skipped]]:
    """Number the lines and blank those too long to be written by a person."""
    lines: list[SourceLine] = []
    too_long: list[Skipped] = []
    for number, line in enumerate(_LINE_END.split(text.removeprefix("\ufeff")), 1):
        if reason := _unwritten(line):
            too_long.append(Skipped(number, line[:80] + "…", reason))
            line = ""
        lines.append(SourceLine(number, strip_invisible(_CONTROL.sub("", line))))
    return lines, too_long


def _unwritten(line: str) -> str:
    """Say why a line cannot have been written by a person, else "".

    Markdown and HTML are read in time that grows with the square of such marks in a line.
    """
    if len(line) > LONGEST_LINE:
        return f"a line of {len(line):,} characters; the limit is {LONGEST_LINE:,}"
    crowded = next((mark for mark in "[<>*_`&!" if line.count(mark) > MOST_MARKS), "")
    return f"a line with more than {MOST_MARKS} “{crowded}”" if crowded else ""


def _is_rendered(lines: Sequence[SourceLine], *, markdown: bool) -> bool:
    """Tell a browser's or plain text from Markdown by the marks on its lines."""
    written = [line.text for line in lines if line.text.strip()]
    signs = sum(bool(_MARKDOWN_SIGNS.search(text)) for text in written)
    rendered = sum(bool(_RENDERED_SIGNS.search(text)) for text in written)
    if rendered:
        return rendered * 2 > signs
    return not markdown and signs < max(1, 0.02 * len(written))


def _decoded(file: HandedFile) -> str:
    """Decode UTF-8, UTF-16 and UTF-32 with their marks, and what is left as Windows-1252."""
    data = file.content
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\0" in data[:MEGABYTE]:
        raise InputError(
            f"{Path(file.name).name} holds binary data, not text. "
            "Save it as UTF-8 text or Markdown and import that."
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _title_of(name: str) -> str:
    stem = Path(name).stem if Path(name).suffix.casefold() in SUFFIXES else name
    words = re.sub(r"[-_\s]+", " ", stem).strip() or "Imported questions"
    return words if any(letter.isupper() for letter in words) else words[:1].upper() + words[1:]

"""Read what the user hands in (text, a file, a folder, standard input) and import it.

Limits: 1 MB and 20,000 lines a file, 20,000 characters a line, 500 files and 20 MB a folder. They
keep an import within seconds and a mistaken upload from filling the bank.
"""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from interviewer.errors import InputError
from interviewer.knowledge.importers.assemble import Assembler, result_of
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

MEGABYTE = 1_000_000
LARGEST_FILE = MEGABYTE
LARGEST_FOLDER = 20 * MEGABYTE
MOST_FILES = 500
MOST_LINES = 20_000
LONGEST_LINE = 20_000
MOST_MARKS = 1_000
SUFFIXES = (".md", ".markdown", ".mdown", ".txt", ".text")
STDIN = "-"

_MARKDOWN_SIGNS = re.compile(
    r"^\s{0,3}#{2,6}\s*\S|^\s*(?:```|~~~)|\*\*\S.*?\*\*|\]\([^)\s]+\)|^\s*\|?\s*:?-{3,}:?\s*\||"
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
        raise InputError(_too_large(f"The text “{name}”", len(text)))
    if not text.strip("\ufeff \t\r\n"):
        raise InputError(f"{name} is empty. Give a file that holds questions.")
    assembler = Assembler()
    reading = _read(text, markdown=name.casefold().endswith((".md", ".markdown")))
    assembler.add(reading, name=_title_of(name), path=name)
    return result_of(assembler, [reading], many_files=False)


def import_path(path: Path | str) -> ImportResult:
    """Import questions from a file, from every Markdown and text file of a folder, or from "-".

    Raises:
        InputError: there is nothing at the path, it cannot be read, it is too large or not text.
    """
    if str(path) == STDIN:
        return import_text(
            _decoded(sys.stdin.buffer.read(LARGEST_FILE + 1), "standard input"),
            name="standard input",
        )
    path = Path(path)
    try:
        if path.is_dir():
            return _import_folder(path)
        if not path.exists():
            raise InputError(f"There is no file or folder at {path}. Check the path and try again.")
        if path.suffix.casefold() not in SUFFIXES:
            raise InputError(
                f"{path.name} is not a kind of file that can be imported. "
                f"Give one of {', '.join(SUFFIXES)}, or a folder of them."
            )
        return import_text(_decoded(_bytes_of(path), path.name), name=path.name)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} cannot be read ({_reason(error)}). Check its permissions and try again."
        ) from error


def _import_folder(folder: Path) -> ImportResult:
    assembler = Assembler()
    readings: list[Reading] = []
    total = 0
    for file in _files_of(folder):
        shown = file.relative_to(folder).as_posix()
        reading, size = _read_file(
            file, room=LARGEST_FOLDER - total, full=len(readings) >= MOST_FILES
        )
        total += size
        assembler.add(reading, name=_title_of(file.name), path=shown)
        reading.skipped = [with_path(skipped, shown) for skipped in reading.skipped]
        readings.append(reading)
    if not readings:
        raise InputError(
            f"The folder {folder} is empty. Put Markdown or text files into it and import it again."
        )
    return result_of(assembler, readings, many_files=True)


def _files_of(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and not path.is_symlink() and path.is_file():
            yield path


def _read_file(file: Path, *, room: int, full: bool) -> tuple[Reading, int]:
    """Read one file of a folder; a file that cannot be used is skipped with the reason."""
    reading = Reading()
    if file.suffix.casefold() not in SUFFIXES:
        reading.skip(1, file.name, "not a Markdown or text file")
        return reading, 0
    try:
        size = file.stat().st_size
        if full or size > room:
            raise InputError(
                f"a folder may hold {MOST_FILES} files and {LARGEST_FOLDER // MEGABYTE} MB; "
                "the rest is left out"
            )
        text = _decoded(_bytes_of(file), file.name)
        return _read(text, markdown=file.suffix.casefold() not in (".txt", ".text")), size
    except (OSError, InputError) as error:
        reading.skip(
            1,
            file.name,
            str(error) if isinstance(error, InputError) else f"cannot be read ({_reason(error)})",
        )
        return reading, 0


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


def _bytes_of(path: Path) -> bytes:
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise InputError(_too_large(path.name, size))
    return path.read_bytes()


def _decoded(data: bytes, name: str) -> str:
    """Decode UTF-8, UTF-16 and UTF-32 with their marks, and what is left as Windows-1252."""
    if len(data) > LARGEST_FILE:
        raise InputError(_too_large(name, len(data)))
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
            f"{name} holds binary data, not text. "
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


def _too_large(name: str, size: int) -> str:
    return (
        f"{name} has {size / MEGABYTE:.1f} MB; the limit is {LARGEST_FILE // MEGABYTE} MB a file. "
        "Split it into smaller files and import their folder."
    )


def _reason(error: Exception) -> str:
    return (error.strerror or "") if isinstance(error, OSError) and error.strerror else str(error)

"""Take the bytes of what a user hands in (a file, a folder, standard input, an upload), unread.

Limits: 1 MB a file, 500 files and 20 MB a folder. What is inside is the importers' to judge.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from interviewer.errors import InputError

MEGABYTE = 1_000_000
LARGEST_FILE = MEGABYTE
LARGEST_FOLDER = 20 * MEGABYTE
MOST_FILES = 500
SUFFIXES = (".md", ".markdown", ".mdown", ".txt", ".text")
STDIN = "-"


@dataclass(frozen=True, slots=True)
class HandedFile:
    """One file: its name as the user knows it, and its bytes or why they were not taken."""

    name: str
    content: bytes = b""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One file, or the files of a folder (`many_files`), where a bad one is skipped."""

    files: tuple[HandedFile, ...]
    many_files: bool = False

    @classmethod
    def from_bytes(cls, content: bytes, name: str) -> HandedIn:
        """Take an upload or a pasted text; `name` is the section of what stands under none.

        Raises:
            InputError: it is too large.
        """
        if len(content) > LARGEST_FILE:
            raise InputError(too_large(name, len(content)))
        return cls((HandedFile(_printable(name), content),))

    @classmethod
    def from_path(cls, path: Path | str) -> HandedIn:
        """Take a file, every Markdown and text file of a folder, or standard input for "-".

        Raises:
            InputError: there is nothing at the path, it cannot be read or it is too large.
        """
        if str(path) == STDIN:
            return cls.from_bytes(sys.stdin.buffer.read(LARGEST_FILE + 1), "standard input")
        path = Path(path)
        try:
            if path.is_dir():
                return cls(tuple(_files_of(path)), many_files=True)
            if not path.exists():
                raise InputError(
                    f"There is no file or folder at {path}. Check the path and try again."
                )
            if path.suffix.casefold() not in SUFFIXES:
                raise InputError(
                    f"{path.name} is not a kind of file that can be imported. "
                    f"Give one of {', '.join(SUFFIXES)}, or a folder of them."
                )
            return cls.from_bytes(_bytes_of(path), path.name)
        except (OSError, ValueError) as error:
            raise InputError(
                f"{path} cannot be read ({_reason(error)}). Check its permissions and try again."
            ) from error


def too_large(name: str, size: int) -> str:
    """Say that a file of `size` bytes is too large."""
    return (
        f"{name} has {size / MEGABYTE:.1f} MB; the limit is {LARGEST_FILE // MEGABYTE} MB a file. "
        "Split it into smaller files and import their folder."
    )


def _files_of(folder: Path) -> Iterator[HandedFile]:
    taken, room = 0, LARGEST_FOLDER
    for path in _paths_of(folder):
        file = _file_of(path, _printable(path.relative_to(folder).as_posix()), taken, room)
        room -= len(file.content)
        taken += 1
        yield file
    if not taken:
        raise InputError(
            f"The folder {folder} is empty. Put Markdown or text files into it and import it again."
        )


def _paths_of(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and not path.is_symlink() and path.is_file():
            yield path


def _file_of(path: Path, shown: str, taken: int, room: int) -> HandedFile:
    if path.suffix.casefold() not in SUFFIXES:
        return HandedFile(shown, refused="not a Markdown or text file")
    try:
        if taken >= MOST_FILES or path.stat().st_size > room:
            return HandedFile(
                shown,
                refused=f"a folder may hold {MOST_FILES} files and {LARGEST_FOLDER // MEGABYTE} "
                "MB; the rest is left out",
            )
        return HandedFile(shown, _bytes_of(path))
    except InputError as error:
        return HandedFile(shown, refused=str(error))
    except OSError as error:
        return HandedFile(shown, refused=f"cannot be read ({_reason(error)})")


def _bytes_of(path: Path) -> bytes:
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise InputError(too_large(path.name, size))
    return path.read_bytes()


def _printable(name: str) -> str:
    """Replace what stands for bytes that are no characters in a file's name."""
    return name.encode("utf-8", errors="replace").decode("utf-8")


def _reason(error: Exception) -> str:
    return (error.strerror or "") if isinstance(error, OSError) and error.strerror else str(error)

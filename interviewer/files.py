"""Reads a text file that a user names, and says clearly why where it cannot."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path

from interviewer.errors import InputError

MAX_BYTES = 10_000_000
STDIN = "-"
_ENCODING_BY_BOM = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_text(path: Path | str, *, max_bytes: int = MAX_BYTES) -> str:
    """Read a text file, or standard input where `path` is `-`.

    UTF-8, with or without a byte-order mark, and UTF-16 with one are understood.

    Raises:
        InputError: the file is missing, a folder, unreadable, too large, binary or in another
            encoding; the message says which and what to do.
    """
    name = "standard input" if str(path) == STDIN else str(path)
    raw = _read_bytes(path, name, max_bytes)
    if len(raw) > max_bytes:
        raise InputError(
            f"{name} is larger than {max_bytes / 1e6:.0f} MB. Hand in the part that matters."
        )
    return decode_text(raw, name)


def decode_text(raw: bytes, name: str) -> str:
    """Decode bytes that should be text; `name` is what messages call them.

    Raises:
        InputError: they are binary or in another encoding.
    """
    encoding = next((enc for bom, enc in _ENCODING_BY_BOM if raw.startswith(bom)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is not UTF-8 text (byte {error.start} does not fit). "
            "Save it as UTF-8 and try again."
        ) from error
    if "\0" in text:
        raise InputError(f"{name} is not a text file. Hand in Markdown or plain text.")
    return text


def _read_bytes(path: Path | str, name: str, max_bytes: int) -> bytes:
    if str(path) == STDIN:
        return sys.stdin.buffer.read(max_bytes + 1)
    try:
        with Path(path).open("rb") as file:
            return file.read(max_bytes + 1)
    except FileNotFoundError as error:
        raise InputError(f"There is no file {name}. Check the path.") from error
    except IsADirectoryError as error:
        raise InputError(f"{name} is a folder, not a file. Name a file in it.") from error
    except OSError as error:
        raise InputError(
            f"{name} cannot be read: {error.strerror}. Check its permissions."
        ) from error

"""Import what a user handed in without trusting it: in a child process, within limits.

Whatever becomes of the child, the caller gets a result or an `InputError`. The child gets the
bytes through a pipe and gives JSON back; it has no key in its environment, no file open but its
pipes, and it may neither write nor start anything. Windows has no limit on memory here.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath

from pydantic import BaseModel, ConfigDict, ValidationError

from interviewer.errors import InputError
from interviewer.knowledge.child_process import clean_environment, stop
from interviewer.knowledge.importers import child
from interviewer.knowledge.importers.handed_in import MEGABYTE, HandedIn
from interviewer.knowledge.importers.model import ImportResult

_READER = "interviewer.knowledge.importers.files:import_handed_in"
_PACKAGE_PARENT = Path(__file__).resolve().parents[3]
_NO_FOLDER_OF_ITS_OWN = Path(os.sep)
_SPLIT_IT = "Split it into smaller files and import those."


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading may take: seconds for each file, bytes beyond the interpreter's own start.

    With what saving takes after it, a file is done within five seconds.
    """

    time_s: float = 4.0
    memory_bytes: int = 300 * MEGABYTE


class _Line(BaseModel):
    """A line of the child's: a file that it begins, or what came of all of them."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    begun: int | None = None
    result: ImportResult | None = None
    refused: str | None = None
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class _Ending:
    """What a child wrote and how it ended; `code` is None where its time was up."""

    output: bytes
    code: int | None


def import_safely(handed_in: HandedIn, *, limits: Limits | None = None) -> ImportResult:
    """Import questions from files that may be broken or hostile.

    Raises:
        InputError: the files cannot be used, or reading them took too long or too much memory,
            or failed; the message says which and what to do.
    """
    limits = limits or Limits()
    ending = _run_child(handed_in, limits)
    try:
        lines = [_Line.model_validate_json(line) for line in ending.output.split(b"\n")[:-1]]
    except ValidationError as error:
        raise InputError(_failed(_title(handed_in, None), "unreadable reply")) from error
    last = lines[-1] if lines else _Line()
    if last.result is not None:
        return last.result
    if last.refused is not None:
        raise InputError(last.refused)
    begun = next((line.begun for line in reversed(lines) if line.begun is not None), None)
    title = _title(handed_in, begun)
    if last.failed is not None:
        raise InputError(_failed(title, last.failed))
    raise InputError(_unfinished(title, ending.code, limits))


def _run_child(handed_in: HandedIn, limits: Limits) -> _Ending:
    read = sum(not file.refused for file in handed_in.files)
    command = [
        *(sys.executable, "-I", child.__file__),
        *(_READER, str(limits.time_s), str(limits.memory_bytes)),
        *_search_path(),
    ]
    try:
        process = subprocess.Popen(
            command,
            cwd=_NO_FOLDER_OF_ITS_OWN,
            env=clean_environment(_NO_FOLDER_OF_ITS_OWN),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise InputError(
            f"The import could not be started ({error.strerror}). "
            "Close other programs and try again."
        ) from error
    with process:
        try:
            output, _ = process.communicate(_request(handed_in), limits.time_s * max(1, read))
        except subprocess.TimeoutExpired as expired:
            return _Ending(_whole_lines(expired.stdout), None)
        finally:
            stop(process)
    return _Ending(_whole_lines(output), process.returncode)


def _request(handed_in: HandedIn) -> bytes:
    files = [
        {"name": file.name, "size": len(file.content), "refused": file.refused}
        for file in handed_in.files
    ]
    header = json.dumps({"files": files, "many_files": handed_in.many_files})
    return b"\n".join([header.encode(), b"".join(file.content for file in handed_in.files)])


def _search_path() -> list[str]:
    """Give the folders that packages come from here: an isolated Python leaves some out."""
    return [str(_PACKAGE_PARENT), *(entry for entry in sys.path if PurePath(entry).is_absolute())]


def _whole_lines(output: bytes | None) -> bytes:
    lines, end, _ = (output or b"").rpartition(b"\n")
    return lines + end


def _title(handed_in: HandedIn, begun: int | None) -> str:
    if len(handed_in.files) == 1:
        begun = 0
    return "What you handed in" if begun is None else handed_in.files[begun].name


def _failed(title: str, what: str) -> str:
    return (
        f"{title} could not be read: the importer failed on it ({what}). "
        "Take out what is unusual in it, or import it in parts."
    )


def _unfinished(title: str, code: int | None, limits: Limits) -> str:
    """Say how a child ended that gave no result."""
    if code is None or (hasattr(signal, "SIGALRM") and code == -signal.SIGALRM):
        return f"{title} was not read within {limits.time_s:g} seconds. {_SPLIT_IT}"
    if code == child.OUT_OF_MEMORY:
        return f"{title} needs more than {limits.memory_bytes // MEGABYTE} MB to read. {_SPLIT_IT}"
    how = f"exit code {code}" if code >= 0 else _signal_name(-code)
    return (
        f"Reading {title} ended before it was done ({how}). "
        "Try again; if it ends so again, import it in parts."
    )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

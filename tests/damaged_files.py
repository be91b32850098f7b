"""Damages files in many ways, hands them to the import as the app does, and measures what happens.

`benchmarks/uploads.py` prints what comes of many files; a test does so for a few.
"""

from __future__ import annotations

import io
import os
import random
import re
import shutil
import subprocess
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any
from unittest.mock import patch

from interviewer.errors import InterviewerError
from interviewer.knowledge.bank import load_bank
from interviewer.knowledge.importers import HandedIn, ImportResult, import_safely, save_import
from interviewer.ui.safe_markdown import safe_line, safe_markdown

Samples = Mapping[str, bytes]
Mutation = Callable[[random.Random, bytes, Samples], bytes]

STYLES = Path(__file__).parent / "knowledge" / "importers" / "styles"
READ, REFUSED, TOO_SLOW, TOO_LARGE = "read", "refused", "out of time", "out of memory"
FAILED, UNSAVED, CRASHED = "failed inside", "not saved", "crashed"
WHATS = (READ, REFUSED, TOO_SLOW, TOO_LARGE, FAILED, UNSAVED, CRASHED)
_MEGABYTE = 1_000_000
_PEAK = re.compile(r"VmHWM:\s*(\d+) kB")
_Popen = subprocess.Popen
_SAMPLED_EVERY_S = 0.004
_PREVIEWED = 5
_MARKS = (
    *(b"#", b"`", b"```\n", b"|", b"**", b"_", b"[", b"](", b"![", b"<", b"&", b"$", b"$$\n"),
    *(b"<details>", b"<summary>", b"</details>", b"<table><tr><td>", b"<pre>", b"<!--", b"<a "),
    *(b"Q: ", b"A: ", b"**Answer:** ", b"1. ", b"- ", b"> ", b"\t", b"---\n", b"===\n", b"\\"),
    *(b"\r", b"\x0c", b"\xe2\x80\xa8", b"\xff", b"\xf0\x9f", b"\xe2\x80\x8b", b"&#x", b"|-|\n"),
)
_NAMES = (
    *("../../up.md", "/etc/absolute.md", "..\\back.md", "C:\\drive.md", ".md", "..", "", "a\nb.md"),
    *("x" * 300 + ".md", "CON.md", "%2e%2e%2fup.md", "\u202edm.exe", "$(touch ran).md", "-rf"),
    *("<img src=x onerror=alert(1)>.md", "![a](http://127.0.0.1:9/x).md", "\ud800.md", "a\0b.md"),
)
_NESTED = (
    *((b"> ", b""), (b"- ", b""), (b"[", b"]"), (b"(", b")"), (b"**", b"**"), (b"![", b"](x)")),
    *((b"<div>", b"</div>"), (b"<ul><li>", b"</li></ul>"), (b"<p><b>", b"</b></p>")),
    (b"<details><summary>What is x?</summary>", b"</details>"),
    (b"<table><tr><td>", b"</td></tr></table>"),
)
_SUFFIXES = (".md", ".markdown", ".txt", ".text", ".pdf", ".zip", ".ipynb", "")


def flipped(chance: random.Random, content: bytes, _: Samples) -> bytes:
    """Flip up to thirty bits."""
    data = bytearray(content or b"\0")
    for _flip in range(chance.randint(1, 30)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def truncated(chance: random.Random, content: bytes, _: Samples) -> bytes:
    """Cut the end, the beginning or both off."""
    first, last = sorted(chance.randrange(len(content) + 1) for _cut in range(2))
    return chance.choice([content[:first], content[last:], content[first:last]])


def spliced(chance: random.Random, content: bytes, samples: Samples) -> bytes:
    """Set pieces of this file and of another one in turn."""
    other = samples[chance.choice(sorted(samples))]
    pieces = []
    for _piece in range(chance.randint(2, 12)):
        source = chance.choice([content, other])
        at = chance.randrange(len(source) + 1)
        pieces.append(source[at : at + chance.randint(1, 2000)])
    return b"".join(pieces)


def repeated(chance: random.Random, content: bytes, _: Samples) -> bytes:
    """Repeat a block up to the largest size of a file."""
    at = chance.randrange(len(content) + 1)
    block = content[at : at + chance.randint(1, 400)] or b"\n"
    room = chance.choice([20_000, 200_000, _MEGABYTE - len(content)])
    return content[:at] + block * (room // len(block)) + content[at:]


def with_nulls(chance: random.Random, content: bytes, _: Samples) -> bytes:
    """Set null bytes in, or make it look like UTF-16 or UTF-32 that is none."""
    at = chance.randrange(len(content) + 1)
    nulls = content[:at] + b"\0" * chance.randint(1, 4000) + content[at:]
    return chance.choice(
        [nulls, b"\xff\xfe" + nulls, b"\xfe\xff" + content, b"\xff\xfe\0\0" + nulls]
    )


def with_a_long_line(chance: random.Random, content: bytes, _: Samples) -> bytes:
    """Set one very long line in, of one or of several marks."""
    mark = b"".join(chance.choices([*_MARKS, b"word ", b" "], k=chance.randint(1, 3)))
    line = mark.replace(b"\n", b" ") * (chance.choice([19_000, 60_000, 900_000]) // len(mark))
    at = chance.randrange(len(content) + 1)
    return content[:at] + b"\n" + line + b"\n" + content[at:]


def with_many_marks(chance: random.Random, content: bytes, _: Samples) -> bytes:
    """Set each of a few marks in many times, a line each or in rows."""
    data = content
    for _mark in range(chance.randint(1, 6)):
        mark = b"".join(chance.choices(_MARKS, k=chance.randint(1, 3)))
        at = chance.randrange(len(data) + 1)
        data = data[:at] + mark * chance.choice([3, 300, 990, 9000]) + data[at:]
    return data


def nested(chance: random.Random, content: bytes, _: Samples) -> bytes:
    """Nest quotations, lists, brackets or HTML deeply, over one line or many."""
    depth = chance.choice([50, 900, 5000])
    opened, closed = chance.choice(_NESTED)
    if chance.random() < 0.5:
        return content + b"\n" + opened * depth + b" x " + closed * depth + b"\n" + content
    rows = b"".join(b"  " * level + opened + b"What is x?\n" for level in range(min(depth, 900)))
    return content + b"\n" + rows + (closed + b"\n") * min(depth, 900) + content


def with_broken_lines(chance: random.Random, content: bytes, _: Samples) -> bytes:
    """Shuffle the lines, join them, or end them in another way."""
    lines = content.split(b"\n")
    end = chance.choice([b"\n", b"\r", b"\r\n", b"\x0c", b"\xe2\x80\xa8", b"\n\n\n", b" "])
    return end.join(chance.sample(lines, len(lines)) if chance.random() < 0.5 else lines)


def encoded(chance: random.Random, content: bytes, _: Samples) -> bytes:
    """Write the text in another encoding, or twice in UTF-8."""
    text = content.decode("utf-8", errors="replace")
    if chance.random() < 0.3:
        return content.decode("latin-1").encode("utf-8")
    return text.encode(
        chance.choice(["utf-16", "utf-32", "utf-8-sig", "cp1252", "utf-7"]), "replace"
    )


def archived(chance: random.Random, content: bytes, samples: Samples) -> bytes:
    """Pack it, and damage the archive's directory at its end."""
    packed, other = io.BytesIO(), samples[chance.choice(sorted(samples))]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("../../up.md"), content, zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo("again.md"), other, zipfile.ZIP_DEFLATED)
    data = bytearray(packed.getvalue())
    for _flip in range(chance.randint(1, 30)):
        data[-chance.randint(1, min(120, len(data)))] = chance.randrange(256)
    return bytes(data) if chance.random() < 0.5 else content + bytes(data)


MUTATIONS: Mapping[str, Mutation] = {
    "bits flipped": flipped,
    "truncated": truncated,
    "two files spliced": spliced,
    "a block repeated": repeated,
    "nulls inserted": with_nulls,
    "a very long line": with_a_long_line,
    "many marks": with_many_marks,
    "deep nesting": nested,
    "lines broken": with_broken_lines,
    "another encoding": encoded,
    "a damaged zip": archived,
}


def good_samples(folders: Sequence[Path] = ()) -> dict[str, bytes]:
    """Give the list of each style that the importers read, and the text files of more folders."""
    paths = [path for folder in (STYLES, *folders) for path in sorted(folder.rglob("*"))]
    wanted = {".md", ".markdown", ".mdown", ".txt", ".text"}
    return {path.name: path.read_bytes() for path in paths if path.suffix.casefold() in wanted}


def mutations(samples: Samples, count: int, seed: int) -> Iterator[tuple[str, str, bytes]]:
    """Give so many damaged files, each kind in turn: (kind, name, content)."""
    kinds = list(MUTATIONS)
    for number in range(count):
        chance = random.Random(f"{seed}:{number}")
        kind, name = kinds[number % len(kinds)], chance.choice(sorted(samples))
        content = MUTATIONS[kind](chance, samples[name], samples)
        if chance.random() < 0.2:
            content = MUTATIONS[chance.choice(kinds)](chance, content, samples)
        yield kind, _named(chance, name), content


def _named(chance: random.Random, name: str) -> str:
    """Keep two names of three; give the others another suffix or a hostile name."""
    draw = chance.randrange(6)
    if draw == 0:
        return chance.choice(_NAMES)
    return f"{PurePath(name).stem}{chance.choice(_SUFFIXES)}" if draw == 1 else name


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one upload.

    `what` is one of `WHATS`: `failed inside` is an error of the importer that is told as a clear
    one, `not saved` something that was read and then could not be saved or read back. `seconds` is
    what a user waits for the child, its start included, and `after_s` what the app itself then
    takes, with no limit over it, to save what was read, read it again and prepare the longest of it
    for a page. `megabytes` is the most that the child held at once (resident memory as the kernel
    counts it), 0 where it cannot be told or no child was started.
    """

    kind: str
    name: str
    what: str
    told: str
    questions: int
    seconds: float
    after_s: float
    megabytes: float
    elsewhere: tuple[str, ...]


@dataclass
class Uploads:
    """Hands files in as the app does: import in a child, save, read the bank that came of it.

    `folder` is watched; the app's data folder lies three levels down in it.
    """

    folder: Path
    _peak_kilobytes: int = 0

    def __post_init__(self) -> None:
        self.imported = self.folder / "home" / "user" / "data" / "knowledge"
        self.imported.mkdir(parents=True)
        (self.folder / "home" / "kept.md").write_text("as it was", encoding="utf-8")

    def hand_in(self, kind: str, name: str, content: bytes) -> Outcome:
        """Hand in the bytes of a file under a name, as the import page does."""
        return self._outcome(kind, name, lambda: HandedIn.from_bytes(content, name))

    def hand_in_path(self, kind: str, path: Path) -> Outcome:
        """Hand in a file or a folder by its path, as the command does."""
        return self._outcome(kind, path.name, lambda: HandedIn.from_path(path))

    def _outcome(self, kind: str, name: str, take: Callable[[], HandedIn]) -> Outcome:
        before, self._peak_kilobytes = self._elsewhere(), 0
        started, count, read_at = time.perf_counter(), 0, 0.0
        try:
            with patch("subprocess.Popen", self._watched_process()):
                result = import_safely(take())
            read_at, count = time.perf_counter(), len(result.questions)
            what, told = self._saved(result, name) if count else (READ, "")
        except InterviewerError as error:
            what, told = _kind_of(str(error)), str(error)
        except Exception as error:  # what the benchmark looks for
            what, told = CRASHED, f"{type(error).__name__}: {error}"
        ended = time.perf_counter()
        read_at = read_at or ended
        elsewhere = tuple(sorted({path for path, _ in before ^ self._elsewhere()}))
        peak = self._peak_kilobytes * 1024 / _MEGABYTE
        return Outcome(
            *(kind, name, what, told, count),
            *(read_at - started, ended - read_at, peak, elsewhere),
        )

    def _saved(self, result: ImportResult, name: str) -> tuple[str, str]:
        """Save what was read, read it back as the app does when it opens, and take it away."""
        longest = sorted(result.questions, key=lambda question: len(question.reference))
        try:
            save_import(result, self.imported, PurePath(name).stem)
            found = {question.id for question in load_bank(self.imported).questions}
            for question in longest[-_PREVIEWED:]:
                safe_line(question.text)
                safe_markdown(question.reference)
        except InterviewerError as error:
            return UNSAVED, str(error)
        finally:
            for path in self.imported.iterdir():
                shutil.rmtree(path)
        lost = len(result.questions) - len(found)
        return (UNSAVED, f"{lost} questions are not in the bank") if lost else (READ, "")

    def _elsewhere(self) -> set[tuple[str, int]]:
        """Give all that stands where an import has nothing to write, and when it was changed.

        The bank's own folder is left out. Of the root, where the child runs, only names are given.
        """
        paths = (path for path in self.folder.rglob("*") if self.imported not in path.parents)
        inside = {(str(path), path.stat().st_mtime_ns) for path in paths if path != self.imported}
        return inside | {(str(path), 0) for path in Path(os.sep).iterdir()}

    def _watched_process(self) -> type[subprocess.Popen[bytes]]:
        uploads = self

        class Watched(_Popen[bytes]):
            def __init__(self, *arguments: Any, **options: Any) -> None:
                super().__init__(*arguments, **options)
                threading.Thread(target=uploads._watch, args=(self.pid,), daemon=True).start()

        return Watched

    def _watch(self, pid: int) -> None:
        """Read the most memory that a process has held, over and over, until it has ended."""
        status = Path(f"/proc/{pid}/status")
        while True:
            try:
                found = _PEAK.search(status.read_text(encoding="ascii", errors="replace"))
            except OSError:
                return
            if found is None:
                return
            self._peak_kilobytes = max(self._peak_kilobytes, int(found[1]))
            time.sleep(_SAMPLED_EVERY_S)


def _kind_of(message: str) -> str:
    """Tell by the words of an error what became of the child, or that it refused the file."""
    if "was not read within" in message:
        return TOO_SLOW
    if "needs more than" in message:
        return TOO_LARGE
    return FAILED if "importer failed" in message or "ended before" in message else REFUSED

"""The question bank as it is on disk: every question, every source line, one version."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from rapidfuzz import process

from interviewer.errors import BankError, BankFormatError, UnknownQuestionError
from interviewer.knowledge.markdown import clean_source
from interviewer.knowledge.parse import parse_bank_file
from interviewer.models import Kind, Level, Question

_ADVICE = "Set INTERVIEWER_BANK_DIR to a folder of bank files (*.md) that you can read."


@dataclass(frozen=True)
class QuestionBank:
    """Questions with the files they stand in.

    `files` maps a path as questions carry it to the file's text without a byte-order mark and
    with plain line feeds. `version` is a hash of all paths and texts, 12 hexadecimal digits.
    """

    questions: tuple[Question, ...]
    files: Mapping[str, str]
    version: str

    @cached_property
    def _by_id(self) -> dict[str, Question]:
        return {question.id: question for question in self.questions}

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """The sections in the order of the files."""
        return tuple(dict.fromkeys(question.section for question in self.questions))

    def get(self, question_id: str) -> Question:
        """Find a question by its id.

        Raises:
            UnknownQuestionError: naming the three ids that look most like it.
        """
        try:
            return self._by_id[question_id]
        except KeyError:
            nearest = process.extract(question_id, self._by_id.keys(), limit=3)
            raise UnknownQuestionError(question_id, tuple(hit[0] for hit in nearest)) from None

    def filter(
        self,
        *,
        sections: Collection[str] = (),
        levels: Collection[Level] = (),
        kinds: Collection[Kind] = (),
        tags: Collection[str] = (),
        text: str = "",
        answered_only: bool = False,
    ) -> list[Question]:
        """List the questions that fit every filter; an empty filter lets all through.

        A question fits `tags` when it carries one of them, and `text` when every word of it occurs
        in its heading, other wordings, id, topic or tags, whatever the case.
        """
        wanted_words = text.casefold().split()
        return [
            question
            for question in self.questions
            if (not sections or question.section in sections)
            and (not levels or question.level in levels)
            and (not kinds or question.kind in kinds)
            and (not tags or not set(tags).isdisjoint(question.tags))
            and (not answered_only or question.answered)
            and _mentions(question, wanted_words)
        ]

    def lines(self, path: str, start_line: int, end_line: int) -> str:
        """Give lines of a file, from 1, both ends included.

        Raises:
            BankError: where the bank has no such file or the file no such lines.
        """
        if path not in self.files:
            raise BankError(f"The question bank has no file {path!r}. Rebuild the index.")
        lines = self.files[path].split("\n")
        if not 1 <= start_line <= end_line <= len(lines):
            raise BankError(
                f"{path} has {len(lines)} lines, not lines {start_line} to {end_line}. "
                "Rebuild the index."
            )
        return "\n".join(lines[start_line - 1 : end_line])


def _mentions(question: Question, wanted_words: Iterable[str]) -> bool:
    parts = (question.text, question.id, question.section, question.topic, *question.tags)
    parts += tuple(asked.text for asked in question.asked_as)
    haystack = "\n".join(parts).casefold()
    return all(word in haystack for word in wanted_words)


def load_bank(root: Path, *more_roots: Path) -> QuestionBank:
    """Read every bank file under the roots.

    The first root is the bank itself and must be there; paths are relative to it. Further roots,
    for imported questions, may be absent; their paths start with `imported/` (`imported-2/` for
    the next), and where an id is taken already, theirs gets a suffix.

    Raises:
        BankError: a root is missing, empty or unreadable.
        BankFormatError: a file breaks the format, or two questions of one root share an id.
    """
    questions: list[Question] = []
    files: dict[str, str] = {}
    for number, folder in enumerate((root, *more_roots)):
        if number and not folder.is_dir():
            continue
        prefix = _prefix(number)
        texts = {prefix + path: text for path, text in read_bank_files(folder).items()}
        found = [item for path, text in texts.items() for item in parse_bank_file(text, path)]
        if not (number or found):
            raise BankError(f"There are no questions in the folder {folder}. {_ADVICE}")
        refuse_duplicate_ids(found)
        questions.extend(_renamed(found, {question.id for question in questions}))
        files.update(texts)
    return QuestionBank(tuple(questions), files, version_of(files))


def _prefix(number: int) -> str:
    if number == 0:
        return ""
    return "imported/" if number == 1 else f"imported-{number}/"


def read_bank_files(root: Path) -> dict[str, str]:
    """Read the text of every bank file under a root, by its path relative to the root.

    Raises:
        BankError: the root is no folder, or a file is unreadable or not UTF-8.
    """
    return {path.relative_to(root).as_posix(): read_bank_text(path) for path in bank_paths(root)}


def bank_paths(root: Path) -> list[Path]:
    """List the bank files under a root: every `*.md` but README.md, hidden folders left out.

    Raises:
        BankError: the root is no folder or cannot be listed.
    """
    try:
        if not root.is_dir():
            raise BankError(f"The question bank folder {root} does not exist. {_ADVICE}")
        found = sorted(root.rglob("*.md"))
    except OSError as error:
        raise BankError(
            f"The folder {root} cannot be listed: {error.strerror}. {_ADVICE}"
        ) from error
    return [path for path in found if _is_bank_file(path, root)]


def _is_bank_file(path: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
    return not hidden and path.name.casefold() != "readme.md" and not path.is_dir()


def read_bank_text(path: Path) -> str:
    """Read one bank file with plain line feeds and no byte-order mark.

    Raises:
        BankError: it is unreadable or not UTF-8.
    """
    try:
        return clean_source(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise BankError(
            f"{path} cannot be read: {error.strerror}. Check that it exists and its permissions."
        ) from error
    except UnicodeDecodeError as error:
        raise BankError(
            f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8."
        ) from error


def refuse_duplicate_ids(questions: Iterable[Question]) -> None:
    """Raise where two questions share an id.

    Raises:
        BankFormatError: at the later of the two, naming the place of the earlier.
    """
    seen: dict[str, Question] = {}
    for question in questions:
        first = seen.setdefault(question.id, question)
        if first is not question:
            raise BankFormatError(
                f"The id {question.id!r} is already taken at {first.path}:{first.start_line}. "
                "Give this question another one.",
                path=question.path,
                line=question.start_line,
                code="duplicate-id",
            )


def _renamed(questions: Iterable[Question], taken: set[str]) -> list[Question]:
    """Give questions whose id is taken a free one, the same on every load of the same files."""
    renamed = []
    for question in questions:
        new_id = free_id(question.id, taken)
        taken.add(new_id)
        renamed.append(replace(question, id=new_id))
    return renamed


def free_id(wanted: str, taken: Collection[str]) -> str:
    """Give the id itself, or with the lowest number from 2 that makes it free."""
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"


def version_of(files: Mapping[str, str]) -> str:
    """Hash paths and texts into the bank's version: 12 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in sorted(files):
        for part in (path, files[path]):
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:12]

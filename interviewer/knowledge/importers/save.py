"""Save imported questions as bank files, beside earlier imports and never over them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from interviewer.errors import BankError, InputError
from interviewer.knowledge.importers.model import ImportResult
from interviewer.knowledge.importers.slug import slug, unique
from interviewer.knowledge.markdown import block_nodes, node_lines
from interviewer.knowledge.parse import read_bank_file
from interviewer.knowledge.write import write_bank_file
from interviewer.models import Question

_LONGEST_NAME = 48
_NO_RUN = " no-run"


def save_import(result: ImportResult, imported_dir: Path, name: str) -> list[Path]:
    """Write imported questions to `imported_dir/<name>/<section>.md`, a file for each section.

    A folder that is taken already gets a number behind its name; ids that are taken by earlier
    imports get one too. Python blocks are marked `no-run`, so that the linter never runs code
    that came from outside.

    Returns:
        The files that were written.

    Raises:
        InputError: there is nothing to save.
        BankError: a question cannot be written, or the folder cannot.
    """
    if not result.questions:
        raise InputError("No questions were found, so there is nothing to save.")
    try:
        imported_dir.mkdir(parents=True, exist_ok=True)
        taken = dict.fromkeys(_ids_under(imported_dir), 1)
        questions = [
            replace(question, id=unique(question.id, taken)) for question in result.questions
        ]
        texts = dict(_files(questions))
        return _write(texts, imported_dir, slug(name, limit=_LONGEST_NAME) or "imported")
    except OSError as error:
        raise BankError(
            f"The imported questions cannot be written to {imported_dir} ({error.strerror}). "
            "Free the folder or set INTERVIEWER_DATA_DIR to one that can be written."
        ) from error


def _ids_under(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.md")):
        text = path.read_text(encoding="utf-8", errors="replace")
        yield from (question.id for question in read_bank_file(text, path.name).questions)


def _files(questions: Sequence[Question]) -> Iterator[tuple[str, str]]:
    """Give each section's file name and text, in the order in which the sections come."""
    sections: dict[str, list[Question]] = {}
    for question in questions:
        sections.setdefault(question.section, []).append(_unrunnable(question))
    for section, written in sections.items():
        file_name = "readme-questions" if section == "readme" else section
        yield f"{file_name}.md", write_bank_file(written)


def _unrunnable(question: Question) -> Question:
    lines = question.reference.split("\n")
    for line in _python_fences(question.reference):
        lines[line] = lines[line].rstrip() + _NO_RUN
    return replace(question, reference="\n".join(lines))


def _python_fences(markdown: str) -> Iterator[int]:
    for block in block_nodes(markdown):
        for node in block.walk():
            if node.type == "fence" and node.info.split()[:1] == ["python"]:
                yield from [node_lines(node)[0]] if _NO_RUN.strip() not in node.info.split() else []


def _write(texts: dict[str, str], imported_dir: Path, name: str) -> list[Path]:
    """Write all files into a fresh folder and move it into place, so that none is half there."""
    staging = Path(tempfile.mkdtemp(prefix=".import-", dir=imported_dir))
    try:
        for file_name, text in texts.items():
            (staging / file_name).write_text(text, encoding="utf-8")
        staging.chmod(0o755)
        folder = staging.rename(imported_dir / _free_name(imported_dir, name))
    except OSError:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    return [folder / file_name for file_name in texts]


def _free_name(imported_dir: Path, name: str) -> str:
    return unique(name, {path.name: 1 for path in imported_dir.iterdir()})

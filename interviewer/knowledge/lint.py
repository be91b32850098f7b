"""The linter of the bank: every fault of every file, with its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from interviewer.errors import BankError, BankFormatError
from interviewer.knowledge.bank import bank_paths, read_bank_text, refuse_duplicate_ids
from interviewer.knowledge.code_blocks import DEFAULT_TIMEOUT_S
from interviewer.knowledge.encoding import TextEncoder
from interviewer.knowledge.fault import Fault
from interviewer.knowledge.formulas import formula_faults
from interviewer.knowledge.lint_code import code_faults
from interviewer.knowledge.lint_meaning import duplicate_faults, unstated_faults, variant_faults
from interviewer.knowledge.parse import read_bank_file
from interviewer.models import Kind, Question

__all__ = ["Fault", "lint_bank"]

FEWEST_KEY_POINTS = 4
MOST_KEY_POINTS = 8
FEWEST_FOLLOW_UPS = 2
FEWEST_HINTS = 2
WEIGHT_THAT_NEEDS_A_MISTAKE = 2


def lint_bank(
    root: Path,
    *,
    encoder: TextEncoder | None = None,
    run_code: bool = True,
    imported: bool = False,
    timeout_s: float = DEFAULT_TIMEOUT_S,
) -> list[Fault]:
    """Check every bank file under a folder.

    Args:
        root: the bank's folder; the paths of faults are relative to it.
        encoder: sharpens the checks for near-duplicates and unstated points.
        run_code: whether to run the Python blocks; leave it off for files you do not trust.
        imported: whether these are imported questions, of which no mistakes, follow-ups,
            hints, sources, tests or answers are asked.
        timeout_s: how long the code of one reference may run, in seconds.

    Returns:
        The faults by file and line; none for a bank in order.

    Raises:
        BankError: the folder is not there.
    """
    questions, files, faults = _read(root)
    faults += _duplicate_ids(questions)
    faults += [fault for question in questions for fault in _rubric_faults(question, imported)]
    faults += [fault for question in questions for fault in _formula_faults(question)]
    faults += unstated_faults(questions, encoder)
    faults += duplicate_faults(questions, encoder)
    faults += variant_faults(questions)
    if run_code:
        faults += code_faults(questions, files, timeout_s=timeout_s)
    return sorted(set(faults))


def _read(root: Path) -> tuple[list[Question], dict[str, str], list[Fault]]:
    """Read each file by itself, so that a broken one does not hide the others."""
    questions: list[Question] = []
    files: dict[str, str] = {}
    faults: list[Fault] = []
    for file in bank_paths(root):
        path = file.relative_to(root).as_posix()
        try:
            files[path] = read_bank_text(file)
        except BankError as error:
            faults.append(Fault(path, 1, "unreadable", str(error)))
            continue
        parsed = read_bank_file(files[path], path)
        questions.extend(parsed.questions)
        faults.extend(_format_fault(error) for error in parsed.errors)
        if not (parsed.questions or parsed.errors):
            faults.append(Fault(path, 1, "no-questions", "The file holds no question."))
    return questions, files, faults


def _format_fault(error: BankFormatError) -> Fault:
    return Fault(error.path, error.line, error.code, error.message)


def _duplicate_ids(questions: Sequence[Question]) -> list[Fault]:
    by_id: dict[str, list[Question]] = {}
    for question in questions:
        by_id.setdefault(question.id, []).append(question)
    faults = []
    for first, *others in by_id.values():
        for other in others:
            try:
                refuse_duplicate_ids([first, other])
            except BankFormatError as error:
                faults.append(_format_fault(error))
    return faults


def _rubric_faults(question: Question, imported: bool) -> Iterator[Fault]:
    if imported and not question.answered:
        return
    yield from _core_faults(question)
    if not imported:
        yield from _completeness_faults(question)
    yield from _mistake_number_faults(question)


def _core_faults(question: Question) -> Iterator[Fault]:
    if not question.reference:
        yield _at_heading(question, "empty-reference", "The question has no reference answer.")
    if not question.key_points:
        yield _at_heading(question, "no-key-points", "The question has no key points.")


def _completeness_faults(question: Question) -> Iterator[Fault]:
    points = len(question.key_points)
    if points and not FEWEST_KEY_POINTS <= points <= MOST_KEY_POINTS:
        wanted = f"A question has {FEWEST_KEY_POINTS} to {MOST_KEY_POINTS} key points"
        yield _at_heading(question, "key-point-count", f"{wanted}, this one {points}.")
    if not question.sources:
        yield _at_heading(question, "no-source", "The question names no source.")
    if len(question.follow_ups) < FEWEST_FOLLOW_UPS:
        yield _too_few(question, "follow-ups", len(question.follow_ups), FEWEST_FOLLOW_UPS)
    if len(question.hints) < FEWEST_HINTS:
        yield _too_few(question, "hints", len(question.hints), FEWEST_HINTS)
    yield from _unopposed_points(question)
    if question.kind is Kind.CODING:
        yield from _missing_code(question)


def _at_heading(question: Question, code: str, message: str) -> Fault:
    return Fault(question.path, question.start_line, code, message)


def _too_few(question: Question, what: str, count: int, wanted: int) -> Fault:
    message = f"A question has {wanted} or more {what}, this one {count}."
    return _at_heading(question, f"no-{what}", message)


def _unopposed_points(question: Question) -> Iterator[Fault]:
    denied = {mistake.key_point for mistake in question.mistakes}
    for number, point in enumerate(question.key_points, start=1):
        if point.weight >= WEIGHT_THAT_NEEDS_A_MISTAKE and number not in denied:
            yield Fault(
                question.path,
                point.start_line,
                "no-mistake",
                f"Key point {number} weighs {point.weight}, yet no common mistake denies it. "
                f"Add '- [{number}] …'.",
            )


def _missing_code(question: Question) -> Iterator[Fault]:
    for name, code in (("Starter", question.starter), ("Tests", question.tests)):
        if code is None:
            message = f"A coding question needs a code block under '### {name}'."
            yield _at_heading(question, f"no-{name.lower()}", message)


def _mistake_number_faults(question: Question) -> Iterator[Fault]:
    count = len(question.key_points)
    for mistake in question.mistakes:
        if mistake.key_point is None or not 1 <= mistake.key_point <= count:
            yield Fault(
                question.path,
                mistake.start_line,
                "mistake-number",
                f"A common mistake starts with the number of the key point that it denies, "
                f"[1] to [{count}].",
            )


def _formula_faults(question: Question) -> Iterator[Fault]:
    for text, first_line, exact in _texts(question):
        for fault in formula_faults(text):
            line = first_line + fault.line if exact else first_line
            yield Fault(question.path, line, "formula", fault.message)


def _texts(question: Question) -> Iterator[tuple[str, int, bool]]:
    """Give every text with its first line, and whether its lines are those of the file."""
    yield question.text, question.start_line, False
    yield question.reference, question.reference_start_line, True
    for point in question.key_points:
        yield point.text, point.start_line, False
    for mistake in question.mistakes:
        yield mistake.text, mistake.start_line, False
    for item in question.follow_ups:
        yield item.question, item.start_line, False
        yield item.answer, item.end_line - item.answer.count("\n"), True
    for hint in question.hints:
        yield hint, question.start_line, False

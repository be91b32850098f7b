"""Lints the code of the bank: references run, and tests tell a solution from a starter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from interviewer.knowledge.code_blocks import DEFAULT_TIMEOUT_S, Outcome, Program, run_programs
from interviewer.knowledge.fault import Fault
from interviewer.knowledge.markdown import Fence, block_nodes, fences, node_lines
from interviewer.models import Question


@dataclass(frozen=True, slots=True)
class _Check:
    """A program and what to report where its outcome is not the one that is wanted."""

    question: Question
    program: Program
    code: str
    complaint: str


def code_faults(
    questions: Iterable[Question],
    files: Mapping[str, str],
    *,
    timeout_s: float = DEFAULT_TIMEOUT_S,
) -> list[Fault]:
    """Run all code of the questions.

    Args:
        questions: what to check.
        files: the text of each question's file, by path.
        timeout_s: how long one program may run, in seconds.
    """
    checks = [check for item in questions for check in _checks(item, files[item.path])]
    outcomes = run_programs([check.program for check in checks], timeout_s=timeout_s)
    return [
        _fault(check, outcome)
        for check, outcome in zip(checks, outcomes, strict=True)
        if outcome.ok == check.program.should_fail
    ]


def _fault(check: _Check, outcome: Outcome) -> Fault:
    line = outcome.line or check.program.blocks[-1].line
    detail = f" {outcome.error}" if outcome.error else ""
    return Fault(check.question.path, line, check.code, check.complaint + detail)


def _checks(question: Question, source: str) -> Iterator[_Check]:
    written = fences(question.reference, question.reference_start_line)
    solution = tuple(fence for fence in written if fence.runnable)
    starter = section_code(question, source, "starter")
    tests = section_code(question, source, "tests")
    if solution:
        yield _Check(question, Program(solution), "code-fails", "The code does not run:")
    for item in question.follow_ups:
        first = item.end_line - item.answer.count("\n")
        blocks = tuple(fence for fence in fences(item.answer, first) if fence.runnable)
        if blocks:
            yield _Check(question, Program(blocks), "code-fails", "The code does not run:")
    if starter:
        yield _Check(question, Program((starter,)), "code-fails", "The starter does not run:")
    if tests:
        yield from _test_checks(question, solution, starter, tests)


def _test_checks(
    question: Question, solution: tuple[Fence, ...], starter: Fence | None, tests: Fence
) -> Iterator[_Check]:
    yield _Check(
        question,
        Program((*solution, tests)),
        "reference-fails-tests",
        "The code of the reference does not pass the tests:",
    )
    if starter:
        yield _Check(
            question,
            Program((starter, tests), should_fail=True),
            "starter-passes-tests",
            "The starter passes the tests. Assert what only a solution gets right.",
        )


def section_code(question: Question, source: str, title: str) -> Fence | None:
    """Find the code block under a question's `### Starter` or `### Tests`.

    Args:
        question: the question, with its lines.
        source: the text of its file, cleaned.
        title: the sub-section, in lower case.
    """
    lines = source.split("\n")[question.start_line - 1 : question.end_line]
    under = ""
    for node in block_nodes("\n".join(lines)):
        if node.type == "heading":
            under = "".join(child.content for child in node.children).casefold()
        elif node.type == "fence" and under == title:
            line = question.start_line + node_lines(node)[0] + 1
            return Fence(node.content, node.info.strip(), line)
    return None

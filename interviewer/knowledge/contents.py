"""The table of contents of a bank, kept between two marks in its README."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from interviewer.errors import BankError
from interviewer.knowledge.names import section_name
from interviewer.models import Question

START = "<!-- contents: written by `interviewer knowledge contents` -->"
END = "<!-- /contents -->"


def contents_of(questions: Iterable[Question]) -> str:
    """Write the sections and their topics with links and counts, as Markdown."""
    by_section: dict[str, dict[str, list[Question]]] = defaultdict(lambda: defaultdict(list))
    for question in questions:
        by_section[question.section][question.path].append(question)
    parts = [_section(section, by_section[section]) for section in sorted(by_section)]
    return "\n\n".join(parts)


def with_contents(readme: str, questions: Iterable[Question]) -> str:
    """Give the README with the contents between its two marks brought up to date.

    Raises:
        BankError: the README lacks the marks.
    """
    before, start, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise BankError(f"The bank's README has no place for its contents. Add {START} and {END}.")
    return f"{before}{START}\n\n{contents_of(questions)}\n\n{END}{after}"


def _section(section: str, topics: dict[str, list[Question]]) -> str:
    count = sum(len(questions) for questions in topics.values())
    rows = [_row(path, topics[path]) for path in sorted(topics)]
    head = ["| Topic | Questions | Levels |", "|---|---:|---|"]
    return "\n".join([f"### {section_name(section)}: {count} questions", "", *head, *rows])


def _row(path: str, questions: list[Question]) -> str:
    levels = sorted({int(question.level) for question in questions})
    named = ", ".join(str(level) for level in levels)
    return f"| [{section_name(Path(path).stem)}]({path}) | {len(questions)} | {named} |"

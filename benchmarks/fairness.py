"""Measures whether a right answer is graded as such when it is spoken, terse or put otherwise.

    python benchmarks/fairness.py [--write docs/fair-to-real-speech.md]

All answers were written for this project, to questions of the test and dev splits: the judge was
trained on neither, and calibrated on dev. The terse, vague and free ones were written before any
of them was graded.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from interviewer.config import load_settings
from interviewer.grading.grader import Grader
from interviewer.grading.rubric import rubric_of
from interviewer.knowledge.bank import QuestionBank
from interviewer.models import Grade, Verdict, VerdictLabel
from interviewer.workspace import open_workspace

DATA = Path(__file__).resolve().parents[1] / "tests" / "data"
CLOSE = 5.0
SHOWN = 10
COMMAND = "python benchmarks/fairness.py --write docs/fair-to-real-speech.md"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers to one question; `how` says in what the second differs from the first."""

    how: str
    first: Grade
    second: Grade

    @property
    def change(self) -> float:
        """By how much the second scores above the first, in points of 100."""
        return self.second.score - self.first.score


@dataclass(frozen=True, slots=True)
class Graded:
    """Everything graded: clean and spoken, terse and vague, other routes, paraphrases."""

    spoken: Sequence[Pair]
    terse: Sequence[Pair]
    routes: Sequence[Grade]
    paraphrases: Sequence[Grade]


def main() -> None:
    """Grade every answer as the app does, print what came out, and write the page if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", type=Path, help="write the page to this file")
    target = parser.parse_args().write
    workspace = open_workspace(load_settings())
    graded = grade_all(workspace.grader(), workspace.bank)
    print("\n\n".join(figures(graded)))
    if target:
        target.write_text(page(graded), encoding="utf-8")


def grade_all(grader: Grader, bank: QuestionBank) -> Graded:
    """Grade the answers of all four files."""

    def graded(row: dict[str, Any], form: str) -> Grade:
        return grader.grade(rubric_of(bank.get(row["question_id"])), row[form])

    return Graded(
        spoken=[
            Pair(row["how"], graded(row, "clean"), graded(row, "spoken"))
            for row in _rows("spoken_answers.jsonl")
        ],
        terse=[
            Pair("vague", graded(row, "terse"), graded(row, "vague"))
            for row in _rows("terse_and_vague.jsonl")
        ],
        routes=[graded(row, "answer") for row in _rows("other_routes.jsonl")],
        paraphrases=[graded(row, "answer") for row in _rows("paraphrases.jsonl")],
    )


def figures(graded: Graded) -> list[str]:
    """Write the sections with figures, in Markdown."""
    return [
        f"## Spoken as it comes\n\n{_spoken(graded.spoken)}",
        f"## Terse but right, long and vague\n\n{_terse(graded.terse)}",
        f"## Without a word of the rubric\n\n{_paraphrases(graded.paraphrases)}",
        f"## By another route\n\n{_routes(graded.routes)}",
    ]


def page(graded: Graded) -> str:
    """Write the whole page, in Markdown."""
    one = graded.routes[0]
    opening = (
        "# Is a grade fair to how people speak?\n\n"
        f"The offline grader, `{one.grader}`, graded answers that are right and do not look it, "
        "and answers that look right and are not. A program computed every figure on this page "
        f"and wrote it here (bank {one.bank_version}). All answers were written for this project, "
        "to questions that the judge was not trained on."
    )
    cases = "\n\n".join(_case(grade) for grade in graded.routes[:SHOWN])
    shown = (
        f"## {SHOWN} right answers by another route\n\n"
        "Each is right and takes another way than the reference. It need not make every key point, "
        "but contradicts none. They are the first in the file, whatever came out.\n\n" + cases
    )
    again = f"## Again\n\n```bash\n{COMMAND}\n```"
    return "\n\n".join([opening, *figures(graded), shown, again]) + "\n"


def _spoken(pairs: Sequence[Pair]) -> str:
    kinds = dict.fromkeys(pair.how for pair in pairs)
    groups = [(how, [pair for pair in pairs if pair.how == how]) for how in sorted(kinds)]
    rows = [
        (
            how,
            len(group),
            _percent(abs(pair.change) <= CLOSE for pair in group),
            f"{np.mean([pair.change for pair in group]):+.1f}",
            f"{np.mean([abs(pair.change) for pair in group]):.1f}",
            f"{max(abs(pair.change) for pair in group):.1f}",
        )
        for how, group in [*groups, ("all", list(pairs))]
    ]
    head = ("Said with", "Pairs", f"Within {CLOSE:.0f} points", "Mean change", "Mean size")
    return (
        "The same answer in clean sentences and as it is said or typed in a hurry, in points of "
        f"100.\n\n{_table((*head, 'Largest'), rows)}"
    )


def _terse(pairs: Sequence[Pair]) -> str:
    rows = [
        (
            pair.first.question_id,
            _length(pair.first),
            _score(pair.first),
            _length(pair.second),
            _score(pair.second),
        )
        for pair in pairs
    ]
    head = ("Question", "Terse, words", "Score", "Vague, words", "Score")
    better = _percent(pair.change < 0 for pair in pairs)
    gap = -np.mean([pair.change for pair in pairs])
    return (
        f"The terse answer scores above the vague one in {better} of {len(pairs)} pairs, by "
        f"{gap:.0f} points on average. The vague one uses the words of the subject and says "
        f"nothing.\n\n{_table(head, rows)}"
    )


def _paraphrases(grades: Sequence[Grade]) -> str:
    rows = [(grade.question_id, *_counts(grade.verdicts), _score(grade)) for grade in grades]
    verdicts = [verdict for grade in grades for verdict in grade.verdicts]
    credited = _percent(verdict.verdict is VerdictLabel.COVERED for verdict in verdicts)
    full = sum(grade.score == 100 for grade in grades)
    return (
        f"{len(grades)} answers that make every key point of their question and share no stem of "
        f"a content word with any of them. {credited} of the {len(verdicts)} points were found "
        f"covered; the mean score is {np.mean([grade.score for grade in grades]):.0f}, and "
        f"{full} of {len(grades)} answers reached full marks.\n\n"
        f"{_table(('Question', *VerdictLabel, 'Score'), rows)}"
    )


def _routes(grades: Sequence[Grade]) -> str:
    def marked(verdict: Verdict) -> bool:
        return verdict.verdict is VerdictLabel.CONTRADICTED

    some = sum(any(map(marked, grade.verdicts)) for grade in grades)
    points = [verdict for grade in grades for verdict in grade.verdicts]
    rows = [(grade.question_id, *_counts(grade.verdicts), _score(grade)) for grade in grades]
    return (
        f"{len(grades)} right answers that take another way than the reference: {some} of them "
        f"({_percent(any(map(marked, grade.verdicts)) for grade in grades)}) have a point marked "
        f"contradicted, {sum(map(marked, points))} of {len(points)} points in all.\n\n"
        f"{_table(('Question', *VerdictLabel, 'Score'), rows)}"
    )


def _case(grade: Grade) -> str:
    points = "\n".join(
        f"- {verdict.verdict} ({verdict.probability:.0%}): {verdict.key_point}"
        for verdict in grade.verdicts
    )
    return (
        f"### {grade.question}\n\n> {' '.join(grade.answer.split())}\n\n{points}\n\n"
        f"Score {_score(grade)} of 100, {grade.interval[0]:.0f} to {grade.interval[1]:.0f}."
    )


def _counts(verdicts: Iterable[Verdict]) -> tuple[int, ...]:
    found = [verdict.verdict for verdict in verdicts]
    return tuple(found.count(label) for label in VerdictLabel)


def _score(grade: Grade) -> str:
    return f"{grade.score:.0f}"


def _length(grade: Grade) -> int:
    return len(grade.answer.split())


def _percent(held: Iterable[bool]) -> str:
    return f"{np.mean(list(held)):.0%}"


def _table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(map(str, cells))} |" for cells in [head, rule, *rows])


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()

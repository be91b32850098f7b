"""Prints whether speech grades like its clean form, and whether another right route is marked down.

The answers were written for this project, to questions of the test and dev splits: the judge
was trained on neither, and calibrated on dev.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from interviewer.config import load_settings
from interviewer.grading.rubric import rubric_of
from interviewer.models import VerdictLabel
from interviewer.workspace import open_workspace

DATA = Path(__file__).resolve().parents[1] / "tests" / "data"
CLOSE = 5.0


def main() -> None:
    """Grade every pair and every other route as the app does."""
    workspace = open_workspace(load_settings())
    grader, bank = workspace.grader(), workspace.bank
    moved: dict[str, list[float]] = defaultdict(list)
    for row in _rows("spoken_answers.jsonl"):
        rubric = rubric_of(bank.get(row["question_id"]))
        clean, spoken = (grader.grade(rubric, row[form]).score for form in ("clean", "spoken"))
        moved[row["how"]].append(spoken - clean)
    everything = [change for changes in moved.values() for change in changes]
    for how, changes in [*sorted(moved.items()), ("all", everything)]:
        size = np.abs(changes)
        print(
            f"{how}: {len(changes)} pairs, {np.mean(size <= CLOSE):.0%} within {CLOSE:.0f} of 100, "
            f"mean change {np.mean(changes):+.1f}, mean size {size.mean():.1f}"
        )
    for row in _rows("other_routes.jsonl"):
        grade = grader.grade(rubric_of(bank.get(row["question_id"])), row["answer"])
        labels = [verdict.verdict for verdict in grade.verdicts]
        print(
            f"{row['question_id']}: score {grade.score:.0f}, "
            f"{labels.count(VerdictLabel.CONTRADICTED)} of {len(labels)} contradicted"
        )


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()

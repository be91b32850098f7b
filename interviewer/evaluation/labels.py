"""Names an answer as a whole from its verdicts, in the labels that graded data sets use."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from interviewer.models import Grade

CORRECT_FROM = 50.0
"""The score, of 100, from which an answer is correct where nothing lies between."""

UPPER_HALF = 0.5
"""The score, 0 to 1, from which an answer is graded in the upper half."""

_FULLY_FROM = 75.0
_PARTLY_FROM = 25.0


def label_of(grade: Grade) -> str:
    """Name an answer from `correct` through `mostly-correct` to `incorrect`, or `contradictory`.

    It is contradictory where, over the weighted key points, contradiction is likelier than that
    they are made and likelier than that they are left out; else the score decides.
    """
    weights = np.array([verdict.weight for verdict in grade.verdicts], dtype=np.float64)
    chances = np.array([verdict.probabilities for verdict in grade.verdicts])
    covered, partial, missing, contradicted = weights @ chances / weights.sum()
    if contradicted > max(covered + partial / 2, missing + partial / 2):
        return "contradictory"
    for least, label in (
        (_FULLY_FROM, "correct"),
        (CORRECT_FROM, "mostly-correct"),
        (_PARTLY_FROM, "mostly-incorrect"),
    ):
        if grade.score >= least:
            return label
    return "incorrect"


def collapse(label: str, known: Collection[str]) -> str:
    """Bring a label down to those that a data set tells apart; the last resort is `incorrect`."""
    if label.startswith("mostly-"):
        label = "partial" if "partial" in known else label.removeprefix("mostly-")
    return label if label in known else "incorrect"

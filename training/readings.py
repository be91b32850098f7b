"""Prints how far the readings agree: of the answers, and of a sample of the statements."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from pairs import ANSWERS, answer_rows
from sklearn.metrics import cohen_kappa_score, confusion_matrix

LETTERS = list("cpmx")


def main() -> None:
    """Print the share of equal letters, Cohen's kappa, and the first reading against the second."""
    read = [
        (answer["verdicts"], answer["second_reading"])
        for row in answer_rows()
        for answer in row["answers"]
        if "second_reading" in answer
    ]
    first, second = ("".join(letters) for letters in zip(*read, strict=True))
    _print(f"{len(read)} answers", first, second)
    lines = (
        (ANSWERS.parent / "statements_second_reading.jsonl")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    sample = [json.loads(line) for line in lines]
    _print(
        "statements",
        [row["written_as"] for row in sample],
        [row["second_reading"] for row in sample],
    )


def _print(what: str, first: Sequence[str], second: Sequence[str]) -> None:
    same = np.mean(np.array(list(first)) == np.array(list(second)))
    print(f"{what}, {len(first)} letters, {same:.3%} the same")
    print(f"kappa {cohen_kappa_score(list(first), list(second)):.3f}")
    print(confusion_matrix(list(first), list(second), labels=LETTERS))


if __name__ == "__main__":
    main()

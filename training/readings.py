"""Prints how far the two readings of the answers agree."""

from __future__ import annotations

import numpy as np
from pairs import answer_rows
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
    first, second = (np.array(list("".join(letters))) for letters in zip(*read, strict=True))
    print(f"{len(read)} answers, {len(first)} letters, {np.mean(first == second):.3%} the same")
    print(f"kappa {cohen_kappa_score(first, second):.3f}")
    print(confusion_matrix(first, second, labels=LETTERS))


if __name__ == "__main__":
    main()

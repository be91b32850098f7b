"""Prints how much there is to train on, and how far two readers of it agree."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pairs import ANSWERS, HERE, SHORT_ANSWERS, STATEMENTS, answer_rows
from second_stage import EMPTY, FURTHER, MIXED, MORE_ANSWERS, OTHER_ROUTES, RESTYLED, SPOKEN
from sklearn.metrics import cohen_kappa_score, confusion_matrix

LETTERS = list("cpmx")


def main() -> None:
    """Print counts, the shares of equal letters, Cohen's kappa, and one reading by the other."""
    for folder in (ANSWERS, MORE_ANSWERS):
        rows = list(answer_rows(folder))
        read = [
            (answer["verdicts"], answer["second_reading"])
            for row in rows
            for answer in row["answers"]
        ]
        first, second = ("".join(letters) for letters in zip(*read, strict=True))
        _agreement(f"{folder.name}: {len(read)} to {len(rows)} questions", first, second)
    mixed = _lines(MIXED)
    _agreement(
        f"mixed: {len(mixed)} to {len({row['question_id'] for row in mixed})} questions",
        "".join(row["verdicts"] for row in mixed if "second_reading" in row),
        "".join(row["second_reading"] for row in mixed if "second_reading" in row),
    )
    further = _lines(FURTHER)
    answers = [answer for row in further for answer in row["answers"]]
    _agreement(
        f"further questions: {len(answers)} to {len(further)} questions",
        "".join(answer["verdicts"] for answer in answers if "second_reading" in answer),
        "".join(answer["second_reading"] for answer in answers if "second_reading" in answer),
    )
    rows = list(answer_rows(STATEMENTS))
    points = [texts for row in rows for texts in row["statements"]]
    count = sum(len(texts) for each in points for texts in each.values())
    sample = _lines(HERE / "statements_second_reading.jsonl")
    _agreement(
        f"statements: {count} for {len(points)} key points of {len(rows)} questions",
        [row["written_as"] for row in sample],
        [row["second_reading"] for row in sample],
    )
    for path in (SHORT_ANSWERS, OTHER_ROUTES):
        lines = _lines(path)
        count = sum(len(row["answers"]) for row in lines)
        print(f"{path.stem}: {count} to {len(lines)} questions")
    for path in (SPOKEN, EMPTY, RESTYLED):
        print(f"{path.stem}: {len(_lines(path))}")


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _agreement(what: str, first: Sequence[str], second: Sequence[str]) -> None:
    same = np.mean(np.array(list(first)) == np.array(list(second)))
    print(f"{what}; {len(first)} letters read twice, {same:.3%} the same")
    print(f"kappa {cohen_kappa_score(list(first), list(second)):.3f}")
    print(confusion_matrix(list(first), list(second), labels=LETTERS))


if __name__ == "__main__":
    main()

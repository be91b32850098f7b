"""Prints what each kind of feature buys the calibrations, on splits that nothing was fitted to.

python training/ablate.py --asag FOLDER

Written points: verdict accuracy and macro-F1 on the test split of our answers. Points cut from a
reference: Pearson's r of the score and 3-way macro-F1 on unseen questions of the graded sets; and,
of the rows that serve the calibration, r on each set when it is fitted on the others.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from calibrate import (
    SHRUNK,
    Answered,
    Numbers,
    fit_derived,
    fit_written,
    held_back,
    judged_answers,
    read_answered,
)
from sklearn.metrics import f1_score

from interviewer.config import load_settings
from interviewer.evaluation.answers import AnswerRow
from interviewer.grading.pair_model import Calibration, PairModel
from interviewer.grading.scoring import CREDIT, LABELS
from interviewer.knowledge.bank import QuestionBank, load_bank
from interviewer.retrieval.encoder import Encoder, open_encoder

WRITTEN = {
    "logits": range(4),
    "+ nearest sentence": range(4, 6),
    "+ false twins": range(6, 8),
    "+ whole answer": range(8, 11),
}
DERIVED = {
    "logits": range(4),
    "+ nearest sentence": range(4, 6),
    "+ whole answer": range(6, 9),
    "+ whole reference": range(9, 13),
    "+ reference's words, length": range(13, 15),
}
UNSEEN = ("unseen-questions", "unseen-domains")
LIMIT = 700


def main() -> None:
    """Fit with more and more columns and print how each does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--asag", type=Path, required=True, help="folder of graded sets")
    arguments = parser.parse_args()
    settings = load_settings()
    encoder, model = open_encoder(settings), PairModel()
    _written(load_bank(settings.bank_dir), encoder, model)
    _derived(encoder, model, arguments.asag)


def _written(bank: QuestionBank, encoder: Encoder, model: PairModel) -> None:
    dev = [
        row for twins in (True, False) for row in judged_answers(bank, encoder, model, twins=twins)
    ]
    test = list(judged_answers(bank, encoder, model, twins=True, split="test"))
    inputs, verdicts = (np.concatenate(part) for part in zip(*dev, strict=True))
    unseen, right = (np.concatenate(part) for part in zip(*test, strict=True))
    columns: list[int] = []
    for name, more in WRITTEN.items():
        columns += more
        given = fit_written(inputs[:, columns], verdicts).predict(unseen[:, columns])
        f1 = f1_score(right, given, average="macro")
        print(f"written, {name}: accuracy {np.mean(given == right):.3f}, macro-F1 {f1:.3f}")


def _derived(encoder: Encoder, model: PairModel, asag: Path) -> None:
    fitted_to = list(held_back(encoder, model, asag))
    for shrunk in (1.0, SHRUNK):
        print(f"derived, points' logits divided by {shrunk:g}, {_each_left_out(fitted_to, shrunk)}")
    unseen = {
        f"{path.stem} {split}": _unseen(path, split, encoder, model)
        for path in sorted(asag.glob("*.jsonl"))
        for split in UNSEEN
    }
    columns: list[int] = []
    for name, more in DERIVED.items():
        columns += more
        calibration = Calibration(*fit_derived(_only(fitted_to, columns)))
        for what, answered in unseen.items():
            if answered:
                measured = _measured(_only(answered, columns), calibration)
                print(f"derived, {name}, {what}: {measured}")


def _each_left_out(answered: Sequence[Answered], shrunk: float) -> str:
    """Fit on all sets but one and measure on that one, for each in turn."""
    told, found = [], []
    for left_out in sorted({each.source for each in answered}):
        others = [each for each in answered if each.source != left_out]
        rest = [each for each in answered if each.source == left_out]
        scores, human = _scores(rest, Calibration(*fit_derived(others, shrunk)))
        found.append(float(np.corrcoef(scores, human)[0, 1]))
        told.append(f"{left_out} {found[-1]:.3f}")
    return f"set left out: {', '.join(told)}; mean r {np.mean(found):.3f}"


def _unseen(path: Path, split: str, encoder: Encoder, model: PairModel) -> list[Answered]:
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [AnswerRow.model_validate_json(line) for line in lines]
    kept = [row for row in rows if row.split == split and not row.blank]
    step = max(1, len(kept) // LIMIT)
    return [each for row in kept[::step] for each in read_answered(row, path.stem, encoder, model)]


def _only(answered: Sequence[Answered], columns: Sequence[int]) -> list[Answered]:
    return [replace(each, rows=each.rows[:, list(columns)]) for each in answered]


def _measured(answered: Sequence[Answered], calibration: Calibration) -> str:
    whole = _whole(answered, calibration)
    scores, human = _scores(answered, calibration)
    told = f"r {np.corrcoef(scores, human)[0, 1]:.3f}"
    labels = [each.label for each in answered]
    if "contradictory" in labels:
        given = _labels(whole, scores)
        told += f", 3-way macro-F1 {f1_score(labels, given, average='macro'):.3f}"
    return told


def _whole(answered: Sequence[Answered], calibration: Calibration) -> Numbers:
    """Give what of each answer has which verdict, `(n, 4)`."""
    return np.array([each.shares @ calibration.probabilities(each.rows) for each in answered])


def _scores(answered: Sequence[Answered], calibration: Calibration) -> tuple[Numbers, Numbers]:
    """Give the scores that the chances promise, and people's, both `(n,)`."""
    worth = np.array([CREDIT[label] for label in LABELS])
    return _whole(answered, calibration) @ worth, np.array([each.score for each in answered])


def _labels(whole: Numbers, scores: Numbers) -> list[str]:
    """Name each answer as `interviewer.evaluation.labels` does."""
    against = whole[:, 3] > np.maximum(scores, whole[:, 2] + whole[:, 1] / 2)
    return [
        "contradictory" if denied else "correct" if score >= 0.5 else "incorrect"
        for denied, score in zip(against.tolist(), scores.tolist(), strict=True)
    ]


if __name__ == "__main__":
    main()

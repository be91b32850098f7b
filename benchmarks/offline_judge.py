"""Prints how `offline-1`, the older judge, does on the answers that its constants were chosen on.

These figures are a floor for a change to hold, no measure of quality: the answers are few, one
person labelled them, and the thresholds were chosen on the same ones.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np

from interviewer.config import load_settings
from interviewer.grading.offline import OfflineJudge
from interviewer.grading.rubric import rubric_of
from interviewer.grading.scoring import CREDIT
from interviewer.knowledge.bank import load_bank
from interviewer.models import VerdictLabel
from interviewer.retrieval.encoder import open_encoder

ANSWERS = Path(__file__).resolve().parents[1] / "training" / "labelled_answers.jsonl"


def main() -> None:
    """Judge every labelled answer and print accuracy, score agreement and the confusion matrix."""
    settings = load_settings()
    bank, judge = load_bank(settings.bank_dir), OfflineJudge(open_encoder(settings))
    confusion: Counter[tuple[str, str]] = Counter()
    scores: list[tuple[float, float]] = []
    for line in ANSWERS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rubric = rubric_of(bank.get(row["question_id"]))
        judged = judge.judge(rubric, row["answer"], [])
        pairs = [
            (VerdictLabel(label["verdict"]), point.label)
            for label, point in zip(row["verdicts"], judged.points, strict=True)
        ]
        confusion.update((str(true), str(given)) for true, given in pairs)
        weights = np.array([point.weight for point in rubric.key_points])
        earned = np.array([[CREDIT[label] for label in pair] for pair in pairs])
        scores.append(tuple(100 * weights @ earned / weights.sum()))
    _report(confusion, np.array(scores))


def _report(confusion: Counter[tuple[str, str]], scores: np.ndarray) -> None:
    total = sum(confusion.values())
    right = sum(count for (true, given), count in confusion.items() if true == given)
    print(f"{len(scores)} answers, {total} points")
    print(f"4-way accuracy {right / total:.3f}")
    print(f"Pearson r of the score {np.corrcoef(scores.T)[0, 1]:.3f}")
    print(f"mean error of the score {np.abs(scores[:, 0] - scores[:, 1]).mean():.1f} of 100")
    print(f"{'labelled / judged':20}" + "".join(f"{label:>14}" for label in VerdictLabel))
    for true in VerdictLabel:
        row = "".join(f"{confusion[str(true), str(given)]:14d}" for given in VerdictLabel)
        print(f"{true:20}{row}")


if __name__ == "__main__":
    main()

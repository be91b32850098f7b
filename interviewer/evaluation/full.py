"""Runs every measure of a grader in one go, on every set that it was not made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from interviewer.evaluation.answers import AnswerRow, read_answers, sample_rows
from interviewer.evaluation.attacks import AttackRow, evaluate_attacks, read_attacks
from interviewer.evaluation.grading import AnswerGrader, evaluate_grading
from interviewer.models import Question
from interviewer.retrieval.encoder import Encoder
from interviewer.retrieval.progress import Progress, no_progress

ATTACK_FILES = ("grader_attacks", "benign_answers")
_TRAIN = "train"


def read_graded_sets(folder: Path) -> dict[str, list[AnswerRow]]:
    """Read every split of every `*.jsonl` of a folder but `train`, by `file/split`.

    Raises:
        InputError: a file cannot be read, or a line of it is no graded answer.
    """
    sets: dict[str, list[AnswerRow]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for row in read_answers(path):
            if row.split != _TRAIN:
                sets.setdefault(f"{path.stem}/{row.split}".rstrip("/"), []).append(row)
    return sets


def read_attack_sets(folder: Path) -> dict[str, list[AttackRow]]:
    """Read the files of tricks and of honest answers that a folder has.

    Raises:
        InputError: a file cannot be read, or a line of it is no trick.
    """
    paths = [folder / f"{name}.jsonl" for name in ATTACK_FILES]
    return {path.stem: read_attacks(path) for path in paths if path.is_file()}


def evaluate_sets(
    sets: Mapping[str, Sequence[AnswerRow]],
    grader: AnswerGrader,
    encoder: Encoder,
    *,
    limit: int = 0,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Give what `evaluate_grading` prints for each set, on `limit` rows of it; 0 takes all."""
    return {
        name: evaluate_grading(
            sample_rows(rows, limit or None, seed),
            grader,
            encoder,
            seed=seed,
            progress=_named(name, progress),
        )
        for name, rows in sets.items()
    }


def evaluate_attack_sets(
    sets: Mapping[str, Sequence[AttackRow]],
    questions: Sequence[Question],
    grader: AnswerGrader,
    *,
    count: int,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Give what `evaluate_attacks` prints for each file, on `count` questions of the bank."""
    return {
        name: evaluate_attacks(
            rows, questions, grader, count=count, seed=seed, progress=_named(name, progress)
        )
        for name, rows in sets.items()
    }


def _named(name: str, progress: Progress | None) -> Progress:
    """Tell the set with every label, so that each set has a bar of its own."""
    told = progress or no_progress
    return lambda label, done, total: told(f"{name}: {label}", done, total)

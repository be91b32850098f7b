"""Measures a grader on answers that people have graded, beside what costs nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from sklearn.metrics import confusion_matrix

from interviewer.evaluation.agreement import (
    SCORE_MEASURES,
    Measure,
    Names,
    Sample,
    interval_coverage,
    macro_f1,
    mean_error,
    measure,
    pearson,
    rmse,
    spearman,
)
from interviewer.evaluation.answers import AnswerRow, rubrics_of
from interviewer.evaluation.controls import Controls
from interviewer.evaluation.deferral import deferral_measures, judged_points
from interviewer.evaluation.labels import UPPER_HALF, collapse, label_of
from interviewer.grading.rubric import Rubric
from interviewer.models import Grade, VerdictLabel
from interviewer.retrieval.encoder import Encoder
from interviewer.retrieval.progress import Progress, no_progress

BANDS = (0.0, 0.25, 0.5, 0.75, 1.0)
_VERDICTS = tuple(str(label) for label in VerdictLabel)
_BAND_MEASURES: Mapping[str, Measure] = {
    "pearson_r": pearson,
    "spearman_r": spearman,
    "rmse": rmse,
    "mean_error": mean_error,
    "interval_coverage": interval_coverage,
}
_CONTROL_MEASURES: Mapping[str, Measure] = {"pearson_r": pearson, "spearman_r": spearman}


class AnswerGrader(Protocol):
    """What is measured: anything that grades an answer against a rubric."""

    def grade(self, rubric: Rubric, answer: str) -> Grade:
        """Grade an answer."""
        ...


@dataclass(frozen=True, slots=True)
class GradedRow:
    """A row with the grade that it got."""

    row: AnswerRow
    grade: Grade

    @property
    def given(self) -> float:
        """The score, 0 to 1."""
        return self.grade.score / 100


def evaluate_grading(
    rows: Sequence[AnswerRow],
    grader: AnswerGrader,
    encoder: Encoder,
    *,
    alone: AnswerGrader | None = None,
    seed: int = 0,
    worst: int = 0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Grade every row that is not blank and measure the agreement with its people.

    Of several references the one that the answer does best against counts.

    Args:
        rows: graded answers; those without a score count for labels and verdicts alone.
        grader: what is measured.
        encoder: for the control that is nothing but similarity.
        alone: the grader without its model, where a model settles the points that it is unsure of.
        seed: of the bootstrap.
        worst: how many of the rows to tell in full whose score is farthest from people's.
        progress: told how far it is.

    Returns:
        Ready for JSON: `n`, `blank_dropped`, `questions`, `graders`, every measure as `{"value",
        "ci95"}`, `by_score_band`, `controls`, and, where rows have them, `verdicts`, `deferral` and
        `by_kind`; and the `worst`, where some are wanted.
    """
    progress = progress or no_progress
    kept = [row for row in rows if not row.blank and row.answer.strip()]
    graded = []
    for done, row in enumerate(kept, start=1):
        graded.append(GradedRow(row, best_grade(grader, row)))
        progress("Grading answers", done, len(kept))
    scored = [each for each in graded if each.row.score is not None]
    rng = np.random.default_rng(seed)
    sample = _sample(scored)
    result: dict[str, Any] = {
        "n": len(kept),
        "blank_dropped": len(rows) - len(kept),
        "questions": len({row.group for row in kept}),
        "graders": dict(Counter(each.grade.grader for each in graded)),
    }
    if scored:
        result |= measure(sample, SCORE_MEASURES, rng)
    result |= _label_measures([each for each in graded if each.row.label], rng)
    if scored:
        result["by_score_band"] = _by_band(sample, rng)
        result["controls"] = _controls(scored, encoder, rng)
    with_verdicts = [each for each in graded if each.row.verdicts]
    result |= _verdict_measures(with_verdicts)
    result |= _deferral(with_verdicts, alone, progress)
    if any(each.row.kind for each in graded):
        result["by_kind"] = _by_kind(graded)
    if worst:
        result["worst"] = [_told(each) for each in sorted(scored, key=_off)[-worst:][::-1]]
    return result


def _off(each: GradedRow) -> float:
    return abs(each.given - (each.row.score or 0.0))


def _told(each: GradedRow) -> dict[str, Any]:
    """Tell one row with its grade, to be read by people."""
    return {
        "id": each.row.id,
        "question": each.row.question,
        "answer": each.row.answer,
        "human_score": each.row.score,
        "given": each.given,
        "points": [
            {
                "key_point": verdict.key_point,
                "verdict": str(verdict.verdict),
                "chances": [round(chance, 2) for chance in verdict.probabilities],
                "words": verdict.answer_span.text if verdict.answer_span else "",
            }
            for verdict in each.grade.verdicts
        ],
    }


def best_grade(grader: AnswerGrader, row: AnswerRow) -> Grade:
    """Grade an answer against each reference of its row and keep the best score."""
    return max((grader.grade(rubric, row.answer) for rubric in rubrics_of(row)), key=_score)


def _score(grade: Grade) -> float:
    return grade.score


def _sample(graded: Sequence[GradedRow], given: Sequence[float] | None = None) -> Sample:
    human = [each.row.score or 0.0 for each in graded]
    scores = [each.given for each in graded] if given is None else given
    return Sample(
        questions=np.array([each.row.group for each in graded], dtype=np.str_),
        human=np.array(human, dtype=np.float64),
        given=np.array(scores, dtype=np.float64),
        low=np.array([each.grade.interval[0] / 100 for each in graded], dtype=np.float64),
        high=np.array([each.grade.interval[1] / 100 for each in graded], dtype=np.float64),
        human_labels=np.array([each.row.label or "" for each in graded], dtype=np.str_),
        given_labels=np.array([label_of(each.grade) for each in graded], dtype=np.str_),
    )


def _label_measures(graded: Sequence[GradedRow], rng: np.random.Generator) -> dict[str, Any]:
    if not graded:
        return {}
    sample = _sample(graded)
    known = set(sample.human_labels.tolist())
    measures: dict[str, Measure] = {"macro_f1_2way": lambda rows: _f1(rows, {"correct"})}
    if len(known) > 2:
        measures["macro_f1_3way"] = lambda rows: _f1(rows, known)
    return measure(sample, measures, rng)


def _f1(sample: Sample, known: set[str]) -> float | None:
    return macro_f1(_collapsed(sample.human_labels, known), _collapsed(sample.given_labels, known))


def _collapsed(labels: Names, known: set[str]) -> Names:
    return np.array([collapse(label, known) for label in labels.tolist()], dtype=np.str_)


def _by_band(sample: Sample, rng: np.random.Generator) -> dict[str, Any]:
    """Measure by the human score's band; the last band holds its upper edge too."""
    place = np.clip(np.digitize(sample.human, BANDS[1:-1]), 0, len(BANDS) - 2)
    bands = {}
    for number in range(len(BANDS) - 1):
        rows = np.flatnonzero(place == number)
        if len(rows):
            name = f"{BANDS[number]:.2f}-{BANDS[number + 1]:.2f}"
            bands[name] = {"n": len(rows), **measure(sample.take(rows), _BAND_MEASURES, rng)}
    return bands


def _controls(
    graded: Sequence[GradedRow], encoder: Encoder, rng: np.random.Generator
) -> dict[str, Any]:
    controls = Controls(encoder)
    names = ("answer_length", "stemmed_word_recall", "answer_cosine")
    values = np.array([controls.of(each.row) for each in graded], dtype=np.float64)
    return {
        name: measure(_sample(graded, values[:, place].tolist()), _CONTROL_MEASURES, rng)
        for place, name in enumerate(names)
    }


def _verdict_measures(graded: Sequence[GradedRow]) -> dict[str, Any]:
    if not graded:
        return {}
    human = [str(verdict) for each in graded for verdict in each.row.verdicts]
    given = [str(verdict.verdict) for each in graded for verdict in each.grade.verdicts]
    right = np.array(human) == np.array(given)
    matrix = confusion_matrix(human, given, labels=list(_VERDICTS))
    return {
        "verdicts": {
            "n": len(human),
            "accuracy": float(right.mean()),
            "macro_f1": macro_f1(np.array(human), np.array(given)),
            "labels": list(_VERDICTS),
            "confusion_matrix": matrix.tolist(),
        }
    }


def _deferral(
    graded: Sequence[GradedRow], alone: AnswerGrader | None, progress: Progress
) -> dict[str, Any]:
    if not graded:
        return {}
    points = []
    for done, each in enumerate(graded, start=1):
        before = each.grade
        if alone:
            before = best_grade(alone, each.row)
            progress("Grading without the model", done, len(graded))
        points += judged_points(each.row.verdicts, before, each.grade)
    return {"deferral": deferral_measures(points, with_model=alone is not None)}


def _by_kind(graded: Sequence[GradedRow]) -> dict[str, Any]:
    """Give scores by kind of answer; `upper_half` is the share graded 50 of 100 or more.

    Where rows have verdicts, `verdicts` is their number and `verdict_accuracy` the share given.
    """
    kinds: dict[str, list[GradedRow]] = {}
    for each in graded:
        kinds.setdefault(each.row.kind, []).append(each)
    return {kind: _of_kind(rows) for kind, rows in sorted(kinds.items())}


def _of_kind(graded: Sequence[GradedRow]) -> dict[str, Any]:
    given = np.array([each.given for each in graded])
    human = [each.row.score for each in graded if each.row.score is not None]
    right = [
        verdict == judged.verdict
        for each in graded
        for verdict, judged in zip(each.row.verdicts, each.grade.verdicts, strict=False)
    ]
    return {
        "n": len(graded),
        "mean_score": float(given.mean()),
        "mean_human_score": float(np.mean(human)) if human else None,
        "upper_half": float((given >= UPPER_HALF).mean()),
        "verdicts": len(right),
        "verdict_accuracy": float(np.mean(right)) if right else None,
    }

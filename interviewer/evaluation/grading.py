"""Measures a grader on answers that people have graded, beside what costs nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from interviewer.evaluation.agreement import (
    Measured,
    Names,
    Numbers,
    Sample,
    macro_f1,
    measure,
    pearson,
    score_measures,
    spearman,
    value_of,
)
from interviewer.evaluation.answers import AnswerRow, rubrics_of
from interviewer.evaluation.controls import Controls
from interviewer.evaluation.deferral import deferral_measures, judged_points
from interviewer.evaluation.labels import UPPER_HALF, collapse, label_of
from interviewer.evaluation.verdicts import (
    PointSample,
    calibration_measures,
    point_sample,
    verdict_measures,
)
from interviewer.grading.rubric import Rubric
from interviewer.models import Grade
from interviewer.retrieval.encoder import Encoder
from interviewer.retrieval.progress import Progress, no_progress

BANDS = (0.0, 0.25, 0.5, 0.75, 1.0)
_CONTROLS = ("answer_length", "stemmed_word_recall", "answer_cosine")


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
        "ci95"}`, `controls`, all of these again by `by_score_band`, and, where rows have them,
        `verdicts`, `calibration`, `deferral` and `by_kind`; and the `worst`, where some are wanted.
    """
    progress = progress or no_progress
    kept = [row for row in rows if not row.blank and row.answer.strip()]
    graded = []
    for done, row in enumerate(kept, start=1):
        graded.append(GradedRow(row, best_grade(grader, row)))
        progress("Grading answers", done, len(kept))
    scored = [each for each in graded if each.row.score is not None]
    result: dict[str, Any] = {
        "n": len(kept),
        "blank_dropped": len(rows) - len(kept),
        "questions": len({row.group for row in kept}),
        "graders": dict(Counter(each.grade.grader for each in graded)),
    }
    result |= _agreement(graded, scored, encoder, np.random.default_rng(seed))
    with_verdicts = [each for each in graded if each.row.verdicts]
    result |= _verdict_measures(with_verdicts, np.random.default_rng(seed))
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


def _sample(graded: Sequence[GradedRow]) -> Sample:
    return Sample(
        questions=np.array([each.row.group for each in graded], dtype=np.str_),
        human=np.array([each.row.score or 0.0 for each in graded], dtype=np.float64),
        given=np.array([each.given for each in graded], dtype=np.float64),
        low=np.array([each.grade.interval[0] / 100 for each in graded], dtype=np.float64),
        high=np.array([each.grade.interval[1] / 100 for each in graded], dtype=np.float64),
        human_labels=np.array([each.row.label or "" for each in graded], dtype=np.str_),
        given_labels=np.array([label_of(each.grade) for each in graded], dtype=np.str_),
    )


def _agreement(
    graded: Sequence[GradedRow],
    scored: Sequence[GradedRow],
    encoder: Encoder,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Measure scores, labels and controls, over all rows and by the band of people's score."""
    known = {str(each.row.label) for each in graded if each.row.label}
    labels = _label_measures(_sample(graded), known, rng)
    if not scored:
        return labels
    sample, controls = _sample(scored), _control_values(scored, encoder)
    return {
        **measure(sample.questions, score_measures(sample), rng),
        **labels,
        "by_score_band": _by_band(sample, controls, known, rng),
        "controls": _controls(sample, controls, rng),
    }


def _label_measures(
    sample: Sample, known: set[str], rng: np.random.Generator
) -> dict[str, Measured]:
    """Measure the labels of the rows that have one; `known` are those of the whole set."""
    if not known:
        return {}
    labelled = sample.take(np.flatnonzero(sample.human_labels != ""))
    ways = {"macro_f1_2way": {"correct"}}
    if len(known) > 2:
        ways["macro_f1_3way"] = known
    measures = {
        name: macro_f1(
            _collapsed(labelled.human_labels, told_apart),
            _collapsed(labelled.given_labels, told_apart),
        )
        for name, told_apart in ways.items()
    }
    return measure(labelled.questions, measures, rng)


def _collapsed(labels: Names, known: set[str]) -> Names:
    return np.array([collapse(label, known) for label in labels.tolist()], dtype=np.str_)


def _by_band(
    sample: Sample, controls: Numbers, known: set[str], rng: np.random.Generator
) -> dict[str, Any]:
    """Measure by the human score's band; the last band holds its upper edge too."""
    place = np.clip(np.digitize(sample.human, BANDS[1:-1]), 0, len(BANDS) - 2)
    bands = {}
    for number in np.unique(place).tolist():
        rows = np.flatnonzero(place == number)
        part = sample.take(rows)
        bands[f"{BANDS[number]:.2f}-{BANDS[number + 1]:.2f}"] = {
            "n": len(rows),
            **measure(part.questions, score_measures(part), rng),
            **_label_measures(part, known, rng),
            "controls": _controls(part, controls[rows], rng),
        }
    return bands


def _control_values(graded: Sequence[GradedRow], encoder: Encoder) -> Numbers:
    """Compute the controls of each row, `(n_rows, 3)`."""
    controls = Controls(encoder)
    return np.array([controls.of(each.row) for each in graded], dtype=np.float64)


def _controls(sample: Sample, values: Numbers, rng: np.random.Generator) -> dict[str, Any]:
    found = {}
    for place, name in enumerate(_CONTROLS):
        control = replace(sample, given=values[:, place])
        measures = {"pearson_r": pearson(control), "spearman_r": spearman(control)}
        found[name] = measure(control.questions, measures, rng)
    return found


def _verdict_measures(graded: Sequence[GradedRow], rng: np.random.Generator) -> dict[str, Any]:
    if not graded:
        return {}
    points = _points(graded)
    return {
        "verdicts": verdict_measures(points, rng),
        "calibration": calibration_measures(points, rng),
    }


def _points(graded: Sequence[GradedRow]) -> PointSample:
    return point_sample((each.row.group, each.row.verdicts, each.grade) for each in graded)


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

    Where rows have verdicts, `verdicts` is their number, `verdict_accuracy` the share that is
    people's and `verdict_macro_f1` the mean of F1 over the verdicts that people gave.
    """
    kinds: dict[str, list[GradedRow]] = {}
    for each in graded:
        kinds.setdefault(each.row.kind, []).append(each)
    return {kind: _of_kind(rows) for kind, rows in sorted(kinds.items())}


def _of_kind(graded: Sequence[GradedRow]) -> dict[str, Any]:
    given = np.array([each.given for each in graded])
    human = [each.row.score for each in graded if each.row.score is not None]
    points = _points([each for each in graded if each.row.verdicts])
    count = len(points.human)
    return {
        "n": len(graded),
        "mean_score": float(given.mean()),
        "mean_human_score": float(np.mean(human)) if human else None,
        "upper_half": float((given >= UPPER_HALF).mean()),
        "verdicts": count,
        "verdict_accuracy": float(points.right.mean()) if count else None,
        "verdict_macro_f1": value_of(macro_f1(points.human, points.given), count),
    }

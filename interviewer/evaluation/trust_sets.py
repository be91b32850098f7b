"""The parts of the page on trust that tell how scores and labels agree with people's, by set."""

from __future__ import annotations

from interviewer.evaluation.results import Results, SetFigures
from interviewer.evaluation.trust_misses import interval_fault
from interviewer.evaluation.trust_parts import Section, detail, section
from interviewer.evaluation.trust_words import (
    CONTROLS,
    NOT_KNOWN,
    band_name,
    difference,
    full_name,
    judges_of,
    many,
    number,
    number_in_interval,
    ordered_sets,
    points,
    share,
    share_in_interval,
    table,
)
from interviewer.grading.scoring import INTERVAL_MASS


def agreement(results: Results) -> Section | None:
    """Set the grader's r beside those of measures that understand nothing."""
    rows = [
        [
            full_name(name),
            number_in_interval(figures.pearson_r),
            " · ".join(_control(figures, key) for key in CONTROLS),
        ]
        for name, figures in ordered_sets(results)
        if figures.pearson_r.value is not None
    ]
    if not rows:
        return None
    return section(
        "How well it agrees with people",
        "r says how far two lists of scores rise and fall together: 1 is in perfect step, 0 is no "
        "relation, below 0 is the wrong way round. In brackets stands the range that would hold r "
        "in 95 of 100 draws of other such questions.",
        "Beside the grader stand three measures that understand nothing: how long the answer is, "
        "how many of the reference's words it says, and how alike the two texts are as a whole. A "
        "grader that does not beat them is not reading.",
        table(["Set", "Grader, r", " · ".join(CONTROLS.values()).capitalize()], rows),
    )


def _control(figures: SetFigures, key: str) -> str:
    return number(figures.controls[key].pearson_r.value) if key in figures.controls else NOT_KNOWN


def labels(results: Results) -> Section | None:
    """Tell how far labels of whole answers agree, where people gave some."""
    rows = [
        [
            full_name(name),
            number_in_interval(figures.macro_f1_2way),
            number_in_interval(figures.macro_f1_3way),
        ]
        for name, figures in ordered_sets(results)
        if figures.macro_f1_2way.value is not None
    ]
    if not rows:
        return None
    return detail(
        "Where people gave labels",
        "F1 is 1 where every answer gets the label that people gave it and 0 where none does; "
        "every label counts the same, however rare it is.",
        table(["Set", "Correct or not, F1", "All labels, F1"], rows),
    )


def errors(results: Results) -> Section | None:
    """Tell by how many points scores are off, and how far they agree on five steps."""
    rows = [
        [
            full_name(name),
            points(figures.rmse.value),
            difference(figures.mean_error.value),
            number_in_interval(figures.qwk),
        ]
        for name, figures in ordered_sets(results)
        if figures.rmse.value is not None
    ]
    if not rows:
        return None
    return detail(
        "How far off a score is",
        "In points of 100. The usual error is the root of the mean squared one, so that large "
        "errors count more. The lean says whether the grader is too kind (+) or too strict (−) on "
        "average. QWK, Cohen's kappa with quadratic weights, says how far both put answers on the "
        "same of five steps: 1 is always, 0 is what chance gives, and the farther apart two steps "
        "are, the more it counts.",
        table(["Set", "Usual error", "Lean", "QWK"], rows),
    )


def bands(results: Results) -> Section | None:
    """Tell the same by the score that people gave."""
    tables = [
        text for name, figures in ordered_sets(results) if (text := _band_table(name, figures))
    ]
    if not tables:
        return None
    return detail(
        "Weak answers and strong ones",
        "The same by the score that people gave. Within a band their scores differ little, so r is "
        "low there, and not known where they are all alike.",
        *tables,
    )


def _band_table(name: str, figures: SetFigures) -> str:
    rows = [
        [
            f"{band_name(key)} ({many(band.n, 'answer')})",
            points(band.rmse.value),
            difference(band.mean_error.value),
            number(band.pearson_r.value),
        ]
        for key, band in figures.by_score_band.items()
    ]
    head = [f"Score by {judges_of(name)}", "Usual error", "Lean", "r"]
    return f"### {full_name(name)}\n\n{table(head, rows)}" if rows else ""


def coverage(results: Results) -> Section | None:
    """Hold intervals against what they promise."""
    rows = [
        [
            full_name(name),
            share_in_interval(figures.interval_coverage),
            interval_fault(figures) or "as meant",
        ]
        for name, figures in ordered_sets(results)
        if figures.interval_coverage.value is not None
    ]
    if not rows:
        return None
    return detail(
        "The interval beside a score",
        f"It is meant to hold the true score in {share(INTERVAL_MASS)} of the cases. It held "
        "people's score in:",
        table(["Set", "Share held", "So it is"], rows),
    )

"""Finds in an evaluation what the grader misses, worst first within each kind of fault."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interviewer.evaluation.labels import UPPER_HALF
from interviewer.evaluation.results import Results, SetFigures
from interviewer.evaluation.trust_words import (
    CONTROLS,
    VERDICTS,
    band_name,
    full_name,
    judges_of,
    many,
    number,
    ordered_sets,
    points,
    share,
    trick_name,
)
from interviewer.grading.scoring import INTERVAL_MASS

_ENOUGH_ANSWERS = 20
_MOSTLY_RIGHT = 0.75


def misses(results: Results) -> list[str]:
    """List what the figures speak against, a sentence each."""
    return [
        *_weakest_band(results),
        *_as_good_controls(results),
        *_no_relation(results),
        *_intervals(results),
        *_confused_verdicts(results),
        *_misjudged_kinds(results),
        *_tricks(results),
    ]


def interval_fault(figures: SetFigures) -> str:
    """Say whether the intervals of grades are `too narrow` or `too wide`; empty if as promised."""
    held = figures.interval_coverage.ci95
    if held is None:
        return ""
    if held[1] < INTERVAL_MASS:
        return "too narrow"
    return "too wide" if held[0] > INTERVAL_MASS else ""


def _weakest_band(results: Results) -> Iterator[str]:
    found = [
        (band.rmse.value, name, key, band)
        for name, figures in ordered_sets(results)
        for key, band in figures.by_score_band.items()
        if band.rmse.value is not None and band.n >= _ENOUGH_ANSWERS
    ]
    if not found:
        return
    error, name, key, band = max(found, key=lambda each: each[0])
    yield (
        f"**Weakest band.** Answers that {judges_of(name)} put at {band_name(key)} of 100 in "
        f"{full_name(name)} ({many(band.n, 'answer')}): the grader is {points(error)} points off "
        f"as a rule{_leaning(band.mean_error.value)}."
    )


def _leaning(mean_error: float | None) -> str:
    if mean_error is None or points(mean_error) == "0":
        return ""
    side = "high" if mean_error > 0 else "low"
    return f", and {points(abs(mean_error))} too {side} on average"


def _as_good_controls(results: Results) -> Iterator[str]:
    compared = [
        (name, figures)
        for name, figures in ordered_sets(results)
        if figures.controls and figures.pearson_r.value is not None
    ]
    found = [text for name, figures in compared for text in _control_sentences(name, figures)]
    if compared and not found:
        yield (
            "**Simple measures.** On no set does length, shared words or similarity alone come "
            "as near to people as the grader."
        )
    yield from found


def _control_sentences(name: str, figures: SetFigures) -> Iterator[str]:
    """Name the controls that reach the grader's r, and those that reach into its interval."""
    own = figures.pearson_r.value or 0.0
    low = figures.pearson_r.ci95[0] if figures.pearson_r.ci95 else own
    values = {
        CONTROLS.get(key, key): control.pearson_r.value
        for key, control in figures.controls.items()
        if control.pearson_r.value is not None
    }
    as_good = [f"{key} (r {number(r)})" for key, r in values.items() if r >= own]
    near = [f"{key} (r {number(r)})" for key, r in values.items() if low <= r < own]
    if as_good:
        yield (
            f"**{full_name(name)}.** The grader (r {number(own)}) is no better than "
            f"{_either(as_good)} alone."
        )
    if near:
        yield (
            f"**{full_name(name)}.** It is not certain that the grader (r {number(own)}) is "
            f"better than {_either(near)} alone."
        )


def _either(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _no_relation(results: Results) -> Iterator[str]:
    for name, figures in ordered_sets(results):
        if figures.pearson_r.ci95 is not None and figures.pearson_r.ci95[0] <= 0:
            yield (
                f"**{full_name(name)}.** The grader's r cannot be told from no agreement at all."
            )


def _intervals(results: Results) -> Iterator[str]:
    for name, figures in ordered_sets(results):
        fault = interval_fault(figures)
        if fault:
            yield (
                f"**{full_name(name)}.** The interval beside a score is {fault}: it holds "
                f"the score by {judges_of(name)} in {share(figures.interval_coverage.value)} of "
                f"the cases, where {share(INTERVAL_MASS)} is meant."
            )


def _confused_verdicts(results: Results) -> Iterator[str]:
    for name, figures in ordered_sets(results):
        if figures.verdicts is None:
            continue
        labels, matrix = figures.verdicts.labels, figures.verdicts.confusion_matrix
        count, said, taken = max(
            (
                (matrix[row][column], row, column)
                for row in range(len(labels))
                for column in range(len(labels))
                if row != column
            ),
            default=(0, 0, 0),
        )
        if count:
            yield (
                f"**{full_name(name)}.** The verdicts most often confused: of "
                f"{many(sum(matrix[said]), 'point')} that {judges_of(name)} called "
                f"{_verdict(labels[said])}, "
                f"the grader called {count:,} {_verdict(labels[taken])}."
            )


def _misjudged_kinds(results: Results) -> Iterator[str]:
    for name, figures in ordered_sets(results):
        for kind, found in figures.by_kind.items():
            if found.mean_human_score is None:
                continue
            above = round(found.upper_half * found.n)
            mean = points(found.mean_human_score)
            scored = f"{judges_of(name)} put these at {mean} on average"
            if found.mean_human_score < UPPER_HALF and above:
                yield (
                    f"**{full_name(name)}.** {above:,} of {many(found.n, f'“{kind}” answer')} got "
                    f"{points(UPPER_HALF)} or more of 100, while {scored}."
                )
            if found.mean_human_score >= _MOSTLY_RIGHT and above < found.n:
                yield (
                    f"**{full_name(name)}.** {found.n - above:,} of "
                    f"{many(found.n, f'“{kind}” answer')} got less than {points(UPPER_HALF)} of "
                    f"100, while {scored}."
                )


def _tricks(results: Results) -> Iterator[str]:
    worked = [
        (counts.succeeded / counts.attempts, category, counts)
        for figures in results.attacks.values()
        for category, counts in figures.by_category.items()
        if counts.succeeded and counts.attempts
    ]
    for _, category, counts in sorted(worked, key=lambda each: (-each[0], each[1])):
        yield (
            f"**{trick_name(category)}.** Moved a score in {counts.succeeded:,} of "
            f"{many(counts.attempts, 'attempt')}."
        )


def _verdict(label: str) -> str:
    return VERDICTS.get(label, label)

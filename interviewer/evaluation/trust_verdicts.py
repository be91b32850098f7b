"""The parts of the page on trust that tell how right verdicts on key points are."""

from __future__ import annotations

from interviewer.evaluation.results import Results, SetFigures, VerdictFigures
from interviewer.evaluation.trust_parts import Section, detail
from interviewer.evaluation.trust_words import (
    NOT_MEASURED,
    full_name,
    judges_of,
    many,
    number_in_interval,
    ordered_sets,
    points,
    share,
    share_in_interval,
    table,
)


def kinds(results: Results) -> Section | None:
    """Tell how right verdicts are, and what scores they come to, by kind of answer."""
    tables = [
        _kind_table(name, figures)
        for name, figures in ordered_sets(results)
        if figures.verdicts is not None or figures.by_kind
    ]
    if not tables:
        return None
    return detail(
        "Verdicts on key points, by kind of answer",
        "Each key point of these answers has a verdict already: covered, partly covered, missing "
        "or contradicted. The grader's is right where it is the same.",
        *tables,
    )


def _kind_table(name: str, figures: SetFigures) -> str:
    rows = [
        [
            f"{kind} ({many(found.n, 'answer')})",
            share(found.verdict_accuracy),
            points(found.mean_score),
            points(found.mean_human_score),
        ]
        for kind, found in figures.by_kind.items()
    ]
    parts = [f"### {full_name(name)}"]
    if figures.verdicts is not None:
        parts.append(_in_all(figures.verdicts))
    if rows:
        head = ["Kind", "Verdicts right", "Score by the grader", f"Score by {judges_of(name)}"]
        parts.append(table(head, rows))
    return "\n\n".join(parts)


def _in_all(verdicts: VerdictFigures) -> str:
    right = share_in_interval(verdicts.accuracy)
    said = f"Of {many(verdicts.n, 'verdict')}, {right} are right."
    if verdicts.macro_f1.value is None:
        return said
    f1 = number_in_interval(verdicts.macro_f1)
    return f"{said} With each of the four counted alike, F1 is {f1}."


def doubt(results: Results) -> Section | None:
    """Tell how often the grader is not sure, how right it is then, and what chances are worth."""
    found = [
        (name, figures)
        for name, figures in ordered_sets(results)
        if figures.deferral is not None or figures.calibration is not None
    ]
    if not found:
        return None
    limits = {figures.deferral.sure_from for _, figures in found if figures.deferral is not None}
    unsure = "".join(
        f"It is not sure of a key point where no verdict has a chance of {limit:g} or more, and "
        "says so on the grade. "
        for limit in sorted(limits)
    )
    return detail(
        "What it is not sure of",
        f"{unsure}Verdicts should be right as often as their chances say: the calibration error is "
        "how far apart the two are on average, over ten bins of equal width, and 0% is best.",
        table(
            ["Set", "Points unsure", "Right where sure", "Right where not", "Calibration error"],
            [[full_name(name), *_doubt_of(figures)] for name, figures in found],
        ),
    )


def _doubt_of(figures: SetFigures) -> list[str]:
    deferral, calibration = figures.deferral, figures.calibration
    told = [NOT_MEASURED] * 3
    if deferral is not None:
        accuracies = (deferral.sure.accuracy, deferral.unsure.accuracy)
        told = [share(deferral.share_unsure), *map(share, accuracies)]
    error = calibration.expected_calibration_error if calibration else None
    return [*told, share_in_interval(error) if error else NOT_MEASURED]

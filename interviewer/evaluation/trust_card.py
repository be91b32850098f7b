"""Writes the figures of the model card from an evaluation, between two comments of the card."""

from __future__ import annotations

from interviewer.errors import InputError
from interviewer.evaluation.results import Results, SetFigures
from interviewer.evaluation.trust_targets import targets_in_short
from interviewer.evaluation.trust_words import (
    NOT_KNOWN,
    full_name,
    many,
    number_in_interval,
    ordered_sets,
    points,
    share_in_interval,
    table,
)

BEGIN = "<!-- figures: written by `interviewer evaluate trust --card` -->"
END = "<!-- end of the figures -->"


def with_figures(card: str, results: Results | None) -> str:
    """Give a card with the figures of an evaluation in place of those between its comments.

    Raises:
        InputError: the card does not have each comment once, the one that begins first.
    """
    before, begins, rest = card.partition(BEGIN)
    _, ends, after = rest.partition(END)
    if not (begins and ends) or BEGIN in rest or END in before + after:
        raise InputError(f"The card needs the lines {BEGIN!r} and {END!r}, once each.")
    return f"{before}{BEGIN}\n\n{card_figures(results)}\n\n{END}{after}"


def card_figures(results: Results | None) -> str:
    """Write the figures of the card in Markdown; without results, that there are none."""
    if results is None or not results.sets:
        return "Nothing has been measured yet."
    drawn = f", on at most {many(results.limit, 'answer')} of each set" if results.limit else ""
    rows = [[full_name(name), *_figures_of(figures)] for name, figures in ordered_sets(results)]
    return "\n\n".join(
        filter(
            None,
            (
                f"Measured as `{results.grader}`{drawn}, with 95% intervals by question. r and QWK "
                "set scores beside people's, the usual error is in points of 100, F1 is over all "
                "labels of whole answers, and verdicts are those on key points.",
                table(["Set", "r", "QWK", "Usual error", "F1", "Verdicts right"], rows),
                targets_in_short(results),
            ),
        )
    )


def _figures_of(figures: SetFigures) -> list[str]:
    verdicts = figures.verdicts
    return [
        number_in_interval(figures.pearson_r),
        number_in_interval(figures.qwk),
        points(figures.rmse.value),
        number_in_interval(figures.macro_f1_3way),
        share_in_interval(verdicts.accuracy) if verdicts else NOT_KNOWN,
    ]

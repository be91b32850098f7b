"""Shows what the `evaluate` commands measured as tables."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text


def show_retrieval(console: Console, result: dict[str, Any]) -> None:
    """Show the measures of each way of searching side by side."""
    modes = [name for name, value in result.items() if isinstance(value, dict)]
    table = Table(
        "measure",
        *modes,
        title=f"{result['queries']} queries over {result['documents']} documents",
        caption=f"weight of the meaning in fused scores: {result['dense_weight']}",
    )
    for measure in result[modes[0]]:
        table.add_row(measure, *(f"{result[mode][measure]:.3f}" for mode in modes))
    console.print(table)


def show_grading(console: Console, result: dict[str, Any]) -> None:
    """Show the agreement with people, the controls, and what rows with verdicts add."""
    graders = ", ".join(f"{name} ({count})" for name, count in result["graders"].items())
    table = Table("measure", "value", "95% interval", title=f"{result['n']} answers, {graders}")
    for name, measured in result.items():
        _add(table, name, measured)
    for name, measures in result.get("controls", {}).items():
        _add(table, f"control: {name}, pearson_r", measures["pearson_r"])
    for band, measures in result.get("by_score_band", {}).items():
        _add(table, f"human score {band}: mean_error", measures["mean_error"])
    console.print(table)
    console.print(f"{result['blank_dropped']} blank answers were dropped.")
    if "verdicts" in result:
        _show_verdicts(console, result["verdicts"])
    if "deferral" in result:
        _show_deferral(console, result["deferral"])
    if "by_kind" in result:
        _show_kinds(console, result["by_kind"])
    for row in result.get("worst", ()):
        _show_row(console, row)


def show_attacks(console: Console, result: dict[str, Any]) -> None:
    """Show how many attempts of each category moved a score."""
    table = Table(
        "category",
        "attempts",
        "succeeded",
        title=f"{result['questions']} questions, seed {result['seed']}",
    )
    for name, counts in result["by_category"].items():
        table.add_row(name, str(counts["attempts"]), str(counts["succeeded"]))
    console.print(table)
    for failure in result["failures"]:
        console.print(
            f"{failure['id']} on {failure['question_id']}: {failure['score']}, "
            f"base {failure['base_score']}, reference {failure['reference_score']}"
        )


def _add(table: Table, name: str, measured: object) -> None:
    """Add a measure with its interval; anything else is passed over."""
    if not isinstance(measured, dict) or set(measured) != {"value", "ci95"}:
        return
    value, interval = measured["value"], measured["ci95"]
    shown = "–" if value is None else f"{value:.3f}"
    bounds = "–" if interval is None else f"{interval[0]:.3f} to {interval[1]:.3f}"
    table.add_row(name, shown, bounds)


def _show_verdicts(console: Console, verdicts: dict[str, Any]) -> None:
    table = Table(
        "people / grader",
        *verdicts["labels"],
        title=f"{verdicts['n']} verdicts, accuracy {verdicts['accuracy']:.3f}",
    )
    for label, row in zip(verdicts["labels"], verdicts["confusion_matrix"], strict=True):
        table.add_row(label, *(str(count) for count in row))
    console.print(table)


def _show_deferral(console: Console, deferral: dict[str, Any]) -> None:
    """Show how right verdicts are where the judge is sure and where not, and what a model adds."""
    table = Table(
        "deferral",
        "points",
        "accuracy",
        "with the model",
        title=f"unsure of {deferral['share_unsure']:.1%} of {deferral['n']} points",
        caption=f"sure: a verdict with a chance of {deferral['sure_from']:g} or more",
    )
    for name in ("sure", "unsure"):
        part = deferral[name]
        table.add_row(name, str(part["n"]), _share(part["accuracy"]), "")
    if "deferred" in deferral:
        for name, part in (("deferred to the model", deferral["deferred"]), ("all", deferral)):
            without, with_model = _share(part["accuracy_without"]), _share(part["accuracy_with"])
            table.add_row(name, str(part["n"]), without, with_model)
    console.print(table)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _show_kinds(console: Console, kinds: dict[str, Any]) -> None:
    table = Table("kind", "answers", "mean score", "graded in the upper half")
    for kind, measured in kinds.items():
        table.add_row(
            kind,
            str(measured["n"]),
            f"{100 * measured['mean_score']:.1f}",
            f"{measured['upper_half']:.0%}",
        )
    console.print(table)


def _show_row(console: Console, row: dict[str, Any]) -> None:
    """Tell a row that is far off; what it says is printed as it is, without markup."""
    title = f"{row['id']}: {row['given']:.2f} where people gave {row['human_score']:.2f}"
    table = Table(title=Text(title), caption=Text(f"{row['question']}\n{row['answer']}"))
    for column in ("Key point", "Verdict", "Rests on"):
        table.add_column(column)
    for point in row["points"]:
        table.add_row(Text(point["key_point"]), point["verdict"], Text(point["words"]))
    console.print(table)

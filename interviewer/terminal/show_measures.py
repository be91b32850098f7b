"""Shows what the `evaluate` commands measured as tables."""

from __future__ import annotations

from typing import Any, TypeGuard

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
    console.print(table)
    console.print(f"{result['blank_dropped']} blank answers were dropped.")
    if result.get("by_score_band"):
        _show_bands(console, result["by_score_band"])
    if "verdicts" in result:
        _show_verdicts(console, result["verdicts"])
    if "calibration" in result:
        _show_calibration(console, result["calibration"])
    if "deferral" in result:
        _show_deferral(console, result["deferral"])
    if "by_kind" in result:
        _show_kinds(console, result["by_kind"])
    for row in result.get("worst", ()):
        _show_row(console, row)


def show_attacks(console: Console, result: dict[str, Any]) -> None:
    """Show how many attempts of each category moved a score, then the changes of form by name."""
    title = f"{result['questions']} questions, seed {result['seed']}"
    _show_attempts(console, "category", title, result["by_category"])
    if "by_form" in result:
        _show_attempts(
            console, "change of form", "the same words in another form", result["by_form"]
        )
    for failure in result["failures"]:
        console.print(
            f"{failure['id']} on {failure['question_id']}: {failure['score']}, "
            f"base {failure['base_score']}, reference {failure['reference_score']}"
        )


def _show_attempts(
    console: Console, what: str, title: str, by_name: dict[str, dict[str, int]]
) -> None:
    table = Table(what, "attempts", "succeeded", "flagged", title=title)
    for name, counts in by_name.items():
        flagged = str(counts["flagged"]) if "flagged" in counts else ""
        table.add_row(name, str(counts["attempts"]), str(counts["succeeded"]), flagged)
    console.print(table)


def _add(table: Table, name: str, measured: object) -> None:
    """Add a measure with its interval; anything else is passed over."""
    if _is_measured(measured):
        table.add_row(name, _number(measured["value"]), _bounds(measured["ci95"]))


def _is_measured(measured: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(measured, dict) and set(measured) == {"value", "ci95"}


def _show_bands(console: Console, bands: dict[str, Any]) -> None:
    """Show a measure a row and a band a column; the intervals are left to the JSON."""
    table = Table(caption="controls by pearson_r; the intervals are in the JSON")
    table.add_column("by people's score", no_wrap=True)
    for band, found in bands.items():
        table.add_column(f"{band}\n{found['n']} answers")
    columns = [_flat(found) for found in bands.values()]
    for name in dict.fromkeys(name for column in columns for name in column):
        table.add_row(name, *(_number(column.get(name)) for column in columns))
    console.print(table)


def _flat(band: dict[str, Any]) -> dict[str, float | None]:
    """Give the figures of a band by name, the controls by their correlation alone."""
    own = {name: found["value"] for name, found in band.items() if _is_measured(found)}
    controls = {
        f"control: {name}": found["pearson_r"]["value"] for name, found in band["controls"].items()
    }
    return own | controls


def _show_verdicts(console: Console, verdicts: dict[str, Any]) -> None:
    table = Table(
        "people / grader",
        *verdicts["labels"],
        title=f"{verdicts['n']} verdicts, accuracy {_in_interval(verdicts['accuracy'])}, "
        f"macro-F1 {_in_interval(verdicts['macro_f1'])}",
    )
    for label, row in zip(verdicts["labels"], verdicts["confusion_matrix"], strict=True):
        table.add_row(label, *(str(count) for count in row))
    console.print(table)


def _show_calibration(console: Console, calibration: dict[str, Any]) -> None:
    """Show how often verdicts are right beside the chance that they were given."""
    error = _in_interval(calibration["expected_calibration_error"])
    brier = _in_interval(calibration["brier"])
    table = Table(
        "chance of the verdict",
        "points",
        "mean chance",
        "share right",
        title=f"expected calibration error {error}, Brier score {brier}",
    )
    for each in calibration["bins"]:
        if each["n"]:
            edges = f"{each['low']:.1f} to {each['high']:.1f}"
            chance, right = _number(each["mean_chance"]), _number(each["share_right"])
            table.add_row(edges, str(each["n"]), chance, right)
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
        table.add_row(name, str(part["n"]), _number(part["accuracy"]), "")
    if "deferred" in deferral:
        for name, part in (("deferred to the model", deferral["deferred"]), ("all", deferral)):
            without, with_model = _number(part["accuracy_without"]), _number(part["accuracy_with"])
            table.add_row(name, str(part["n"]), without, with_model)
    console.print(table)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _bounds(interval: list[float] | None) -> str:
    return "–" if interval is None else f"{interval[0]:.3f} to {interval[1]:.3f}"


def _in_interval(measured: dict[str, Any]) -> str:
    return f"{_number(measured['value'])} ({_bounds(measured['ci95'])})"


def _show_kinds(console: Console, kinds: dict[str, Any]) -> None:
    table = Table(caption="upper half: graded 50 of 100 or more")
    table.add_column("kind", no_wrap=True)
    for column in ("answers", "mean score", "upper half", "verdicts", "accuracy", "macro-F1"):
        table.add_column(column)
    for kind, measured in kinds.items():
        table.add_row(
            kind,
            str(measured["n"]),
            f"{100 * measured['mean_score']:.1f}",
            f"{measured['upper_half']:.0%}",
            str(measured["verdicts"]),
            _number(measured["verdict_accuracy"]),
            _number(measured["verdict_macro_f1"]),
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

"""Writes the page "How far to trust a grade" from an evaluation: no figure on it is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from interviewer.evaluation.results import Measured, Results, SetFigures
from interviewer.evaluation.trust_misses import interval_fault, misses
from interviewer.evaluation.trust_words import (
    CONTROLS,
    FAMILIES,
    NOT_KNOWN,
    OURS,
    band_name,
    difference,
    families_of,
    family_name,
    family_of,
    full_name,
    judges_of,
    many,
    number,
    number_in_interval,
    ordered_sets,
    points,
    share,
    share_in_interval,
    split_name,
    table,
    trick_name,
)
from interviewer.grading.scoring import INTERVAL_MASS

TITLE = "How far to trust a grade"
_NOTHING = (
    "Nothing has been measured yet, so nothing here says how far a grade can be trusted. "
    "Measure the grader with:\n\n"
    "```\n"
    "interviewer evaluate all DATA_DIR --out interviewer/evaluation/results.json\n"
    "```"
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page, in Markdown; details can be folded away, and the opening has no title."""

    title: str
    text: str
    detail: bool = False


def trust_page(results: Results | None) -> str:
    """Write the whole page as Markdown; without results it says that nothing was measured."""
    titled = [
        f"## {section.title}\n\n{section.text}" if section.title else section.text
        for section in trust_sections(results)
    ]
    return "\n\n".join([f"# {TITLE}", *titled]) + "\n"


def trust_sections(results: Results | None) -> list[Section]:
    """Write the page part by part, in order."""
    if results is None or not (results.sets or results.attacks):
        return [Section("", _NOTHING)]
    parts = (
        _introduction(results),
        _in_short(results),
        *(write(results) for write in (_ON_SETS if results.sets else ())),
        _tricks(results),
        _misses(results),
        _not_measured(results),
        _again(results),
    )
    return [part for part in parts if part is not None]


def _introduction(results: Results) -> Section:
    drawn = (
        f" At most {many(results.limit, 'answer')} of each set were drawn." if results.limit else ""
    )
    return Section(
        "",
        f"The offline grader, `{results.grader}`, graded answers whose grades were known. "
        "Here is how far it agrees with them, and where it does not. A program computed every "
        f"figure on this page and wrote it here.{drawn}",
    )


def _in_short(results: Results) -> Section | None:
    outside = {name: each for name, each in results.sets.items() if family_of(name) != OURS}
    ours = {name: each for name, each in results.sets.items() if family_of(name) == OURS}
    lines = (
        _range("Agreement with outside people (r)", outside, _r, number),
        _range("Agreement with our own reading (r)", ours, _r, number),
        _range("Points of 100 by which a score is off as a rule", results.sets, _rmse, points),
        _range("Share of intervals that hold people's score", results.sets, _held, share),
        _tricks_in_short(results),
        "So take from a grade first what the answer lacked, with the evidence for each point. "
        "The number on a single answer can be far off.",
    )
    return _section("In short", _bullets(filter(None, lines)))


def _range(
    what: str,
    sets: Mapping[str, SetFigures],
    figure: Callable[[SetFigures], Measured],
    written: Callable[[float | None], str],
) -> str:
    values = [
        (value, name)
        for name, figures in sets.items()
        if (value := figure(figures).value) is not None
    ]
    if not values:
        return ""
    (low, low_name), (high, high_name) = min(values), max(values)
    if written(low) == written(high):
        where = full_name(low_name) if len(values) == 1 else "every set"
        return f"{what}: {written(low)} on {where}."
    return (
        f"{what}: from {written(low)} on {full_name(low_name)} "
        f"to {written(high)} on {full_name(high_name)}."
    )


def _r(figures: SetFigures) -> Measured:
    return figures.pearson_r


def _rmse(figures: SetFigures) -> Measured:
    return figures.rmse


def _held(figures: SetFigures) -> Measured:
    return figures.interval_coverage


def _tricks_in_short(results: Results) -> str:
    counts = [each for file in results.attacks.values() for each in file.by_category.values()]
    if not counts:
        return ""
    succeeded = sum(each.succeeded for each in counts)
    tried = many(sum(each.attempts for each in counts), "attempt")
    return f"Tricks and honest words that moved a score as they must not: {succeeded:,} of {tried}."


def _what_was_measured(results: Results) -> Section | None:
    lines = []
    for family in families_of(results):
        about = FAMILIES[family].about if family in FAMILIES else "Answers graded by people."
        lines.append(f"**{family_name(family)}.** {about} {_counts(results, family)}")
    explained = (
        "Unseen answers are new answers to questions whose other answers stand in the set's "
        "training part; of unseen questions and unseen domains nothing stands there. The training "
        "parts themselves were left out."
    )
    blank = sum(figures.blank_dropped for figures in results.sets.values())
    dropped = (
        f" So were {many(blank, 'blank answer')}, which anything grades rightly." if blank else ""
    )
    return _section("What was measured, against which people", _bullets(lines), explained + dropped)


def _counts(results: Results, family: str) -> str:
    counts = [
        f"{split_name(name) or 'all'}, {many(figures.n, 'answer')} to "
        f"{many(figures.questions, 'question')}"
        for name, figures in results.sets.items()
        if family_of(name) == family
    ]
    return f"Measured: {'; '.join(counts)}."


def _agreement(results: Results) -> Section | None:
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
    return _section(
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


def _labels(results: Results) -> Section | None:
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
    return _detail(
        "Where people gave labels",
        "F1 is 1 where every answer gets the label that people gave it and 0 where none does; "
        "every label counts the same, however rare it is.",
        table(["Set", "Correct or not, F1", "All labels, F1"], rows),
    )


def _errors(results: Results) -> Section | None:
    rows = [
        [full_name(name), points(figures.rmse.value), difference(figures.mean_error.value)]
        for name, figures in ordered_sets(results)
        if figures.rmse.value is not None
    ]
    if not rows:
        return None
    return _detail(
        "How far off a score is",
        "In points of 100. The usual error is the root of the mean squared one, so that large "
        "errors count more. The lean says whether the grader is too kind (+) or too strict (−) on "
        "average.",
        table(["Set", "Usual error", "Lean"], rows),
    )


def _bands(results: Results) -> Section | None:
    tables = [
        text for name, figures in ordered_sets(results) if (text := _band_table(name, figures))
    ]
    if not tables:
        return None
    return _detail(
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


def _coverage(results: Results) -> Section | None:
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
    return _detail(
        "The interval beside a score",
        f"It is meant to hold the true score in {share(INTERVAL_MASS)} of the cases. It held "
        "people's score in:",
        table(["Set", "Share held", "So it is"], rows),
    )


def _kinds(results: Results) -> Section | None:
    tables = [
        _kind_table(name, figures)
        for name, figures in ordered_sets(results)
        if figures.verdicts is not None or figures.by_kind
    ]
    if not tables:
        return None
    return _detail(
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
        right = share_in_interval(figures.verdicts.accuracy)
        parts.append(f"Of {many(figures.verdicts.n, 'verdict')}, {right} are right.")
    if rows:
        head = ["Kind", "Verdicts right", "Score by the grader", f"Score by {judges_of(name)}"]
        parts.append(table(head, rows))
    return "\n\n".join(parts)


def _tricks(results: Results) -> Section | None:
    rows = [
        [trick_name(category), f"{counts.attempts:,}", f"{counts.succeeded:,}"]
        for file in results.attacks.values()
        for category, counts in file.by_category.items()
    ]
    if not rows:
        return None
    asked = max(file.questions for file in results.attacks.values())
    return _detail(
        "What tricks did",
        f"Each was tried on {many(asked, 'question')} of the bank. A trick succeeds where it "
        "wins points that the answer without it does not get, or gets near the reference's score "
        "without saying what it says; an honest answer or a harmless change of form, where it "
        "costs points or is taken for a trick.",
        table(["Trick", "Attempts", "Succeeded"], rows),
    )


def _misses(results: Results) -> Section | None:
    found = misses(results)
    return _section("What it misses", _bullets(found)) if found else None


def _not_measured(results: Results) -> Section | None:
    """Say what no set shows, where every set is one whose contents are known here."""
    if not results.sets or not set(families_of(results)) <= set(FAMILIES):
        return None
    return _section(
        "What none of this shows",
        _bullets(
            (
                "No answer was given in a real job interview, and none was spoken aloud.",
                "No outside person has graded answers to interview questions here.",
                "Every answer is in English.",
                "A chat model that grades in place of the offline grader was not measured.",
            )
        ),
    )


def _again(results: Results) -> Section | None:
    options = [f"--limit {results.limit}"] if results.limit else []
    for figures in list(results.attacks.values())[:1]:
        options += [f"--questions {figures.questions}", f"--seed {figures.seed}"]
    return _detail(
        "Measure it again",
        "```\n"
        "interviewer evaluate all DATA_DIR --out interviewer/evaluation/results.json "
        f"{' '.join(options)}".rstrip()
        + "\n"
        "interviewer evaluate trust --out docs/trust.md\n"
        "```",
    )


_ON_SETS: tuple[Callable[[Results], Section | None], ...] = (
    _what_was_measured,
    _agreement,
    _labels,
    _errors,
    _bands,
    _coverage,
    _kinds,
)


def _section(title: str, *parts: str) -> Section:
    return Section(title, "\n\n".join(parts))


def _detail(title: str, *parts: str) -> Section:
    return Section(title, "\n\n".join(parts), detail=True)


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)

"""Writes the page "How far to trust a grade" from an evaluation: no figure on it is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from interviewer.evaluation.results import Measured, Results, SetFigures
from interviewer.evaluation.trust_misses import misses
from interviewer.evaluation.trust_parts import Section, bullets, detail, section
from interviewer.evaluation.trust_sets import agreement, bands, coverage, errors, labels
from interviewer.evaluation.trust_targets import targets, targets_in_short
from interviewer.evaluation.trust_verdicts import doubt, kinds
from interviewer.evaluation.trust_words import (
    FAMILIES,
    OURS,
    families_of,
    family_name,
    family_of,
    many,
    name_within,
    number,
    points,
    share,
    split_name,
    table,
    trick_name,
)

TITLE = "How far to trust a grade"
_NOTHING = (
    "Nothing has been measured yet, so nothing here says how far a grade can be trusted. "
    "Measure the grader with:\n\n"
    "```\n"
    "interviewer evaluate all DATA_DIR --out interviewer/evaluation/results.json\n"
    "```"
)

_LEARNT_FROM = (
    "The grader learnt from those training parts and from questions and answers that were written "
    "for this project. Some of these training questions are about computer science and neural "
    "networks, subjects of which whole courses are held back elsewhere to check it on."
)


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
        targets(results),
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
        targets_in_short(results),
        "So take from a grade first what the answer lacked, with the evidence for each point. "
        "The number on a single answer can be far off.",
    )
    return section("In short", bullets(filter(None, lines)))


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
        where = name_within(low_name) if len(values) == 1 else "every set"
        return f"{what}: {written(low)} on {where}."
    return (
        f"{what}: from {written(low)} on {name_within(low_name)} "
        f"to {written(high)} on {name_within(high_name)}."
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
    return section(
        "What was measured, against which people",
        bullets(lines),
        explained + dropped,
        *([_LEARNT_FROM] if OURS in families_of(results) else []),
    )


def _counts(results: Results, family: str) -> str:
    counts = [
        f"{split_name(name) or 'all'}, {many(figures.n, 'answer')} to "
        f"{many(figures.questions, 'question')}"
        for name, figures in results.sets.items()
        if family_of(name) == family
    ]
    return f"Measured: {'; '.join(counts)}."


def _tricks(results: Results) -> Section | None:
    rows = [
        [trick_name(category), f"{counts.attempts:,}", f"{counts.succeeded:,}"]
        for file in results.attacks.values()
        for category, counts in file.by_category.items()
    ]
    if not rows:
        return None
    asked = max(file.questions for file in results.attacks.values())
    return detail(
        "What tricks did",
        f"Each was tried on {many(asked, 'question')} of the bank. A trick succeeds where it "
        "wins points that the answer without it does not get, or gets near the reference's score "
        "without saying what it says; an honest answer or a harmless change of form, where it "
        "costs points or is taken for a trick.",
        table(["Trick", "Attempts", "Succeeded"], rows),
        *_flagged(results),
    )


def _flagged(results: Results) -> list[str]:
    """Tell honest answers that were taken for a trick from those that lost points alone."""
    return [
        f"{trick_name(category)}: {counts.flagged:,} of {many(counts.attempts, 'attempt')} were "
        "taken for a trick; the others that succeeded lost more than 5 points of 100."
        for file in results.attacks.values()
        for category, counts in file.by_category.items()
        if counts.flagged is not None
    ]


def _misses(results: Results) -> Section | None:
    found = misses(results)
    return section("What it misses", bullets(found)) if found else None


def _not_measured(results: Results) -> Section | None:
    """Say what no set shows, where every set is one whose contents are known here."""
    if not results.sets or not set(families_of(results)) <= set(FAMILIES):
        return None
    return section(
        "What none of this shows",
        bullets(
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
    return detail(
        "Measure it again",
        "```\n"
        "interviewer evaluate all DATA_DIR --out interviewer/evaluation/results.json "
        f"{' '.join(options)}".rstrip()
        + "\n"
        "interviewer evaluate trust --out docs/trust.md "
        "--card interviewer/grading/model/README.md\n"
        "```",
    )


_ON_SETS: tuple[Callable[[Results], Section | None], ...] = (
    _what_was_measured,
    agreement,
    labels,
    errors,
    bands,
    coverage,
    kinds,
    doubt,
)

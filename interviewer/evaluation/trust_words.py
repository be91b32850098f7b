"""The names and numbers of an evaluation in the words of a reader who is no statistician."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from interviewer.evaluation.results import Measured, Results, SetFigures

NOT_KNOWN = "–"
NOT_MEASURED = "not measured yet"
_MINUS = "−"
_BAND = re.compile(r"(\d\.\d+)-(\d\.\d+)")


@dataclass(frozen=True, slots=True)
class Family:
    """Where a set comes from, and who graded it."""

    name: str
    about: str


FAMILIES = {
    "scientsbank": Family(
        "SciEntsBank",
        "Schoolchildren's short answers to science questions, from SemEval-2013 Task 7. People "
        "labelled each answer correct or in what way it is not, so their score is all or nothing.",
    ),
    "beetle": Family(
        "Beetle",
        "Students' answers to a tutoring program on basic electricity, from SemEval-2013 Task 7. "
        "People labelled them in the same way.",
    ),
    "saf": Family(
        "SAF",
        "Students' answers from a university course on communication networks, scored by its "
        "teaching assistants.",
    ),
    "ours": Family(
        "Our own answers",
        "Answers to questions of this bank, with a verdict on each key point. **Answers and "
        "verdicts were written and read twice for this project, not by outside graders; those in "
        "the other style were read once.** They show how far the grader follows our own reading, "
        "and no more. Where no mistakes are listed, it did without the bank's common ones, as it "
        "does for imported questions. In these answers who is right talks and who is wrong "
        "lectures; in the other style it is the other way round, again without mistakes. In the "
        "mixed ones right and wrong stand side by "
        "side, point by point as dice had it.",
    ),
}
OURS = "ours"
_SPLITS = {
    "test": "held-out questions",
    "test-without-twins": "held-out questions, no mistakes listed",
    "test-restyled": "held-out questions, in the other style",
    "test-mixed": "held-out questions, right and wrong mixed",
}

CONTROLS = {
    "answer_length": "length",
    "stemmed_word_recall": "shared words",
    "answer_cosine": "similarity",
}

VERDICTS = {
    "covered": "covered",
    "partial": "partly covered",
    "missing": "missing",
    "contradicted": "contradicted",
}

TRICKS = {
    "direct_injection": "Orders to the grader",
    "fake_completion": "A made-up verdict behind the answer",
    "role_tokens": "Marks that open a system message",
    "obfuscated": "Orders in disguise",
    "output_abuse": "Images, HTML and demands for the reference",
    "master_key": "Empty openers such as “Thought process:”",
    "copy_question": "The question said back",
    "keyword_stuffing": "The reference's terms in a list",
    "negated_truth": "The reference, denied",
    "mixed_contradiction": "The reference, said and taken back",
    "fluent_nonsense": "Fluent nonsense",
    "verbosity": "The same at greater length",
    "authority": "Made-up citations",
    "adjective_adverb": "Emphatic adverbs",
    "self_confidence": "Professed certainty",
    "benign_format_invariance": "Harmless changes of form",
    "changes_of_form": "Case, lists, Markdown, filler words, typos",
    "benign_trigger_words": "Honest answers with suspicious words",
}


def family_of(set_name: str) -> str:
    """Give the key of a set's family: `saf` of `saf/unseen-questions`."""
    return set_name.split("/", maxsplit=1)[0]


def families_of(results: Results) -> list[str]:
    """List the families of the sets: those that are known here first, in their order."""
    found = dict.fromkeys(family_of(name) for name in results.sets)
    known = [family for family in FAMILIES if family in found]
    return [*known, *(family for family in found if family not in FAMILIES)]


def ordered_sets(results: Results) -> list[tuple[str, SetFigures]]:
    """List the sets with their figures, family by family."""
    return [
        (name, figures)
        for family in families_of(results)
        for name, figures in results.sets.items()
        if family_of(name) == family
    ]


def family_name(family: str) -> str:
    """Name a family of sets; one that is not known here by its file."""
    return FAMILIES[family].name if family in FAMILIES else family


def split_name(set_name: str) -> str:
    """Name the split of a set: `unseen questions`; empty where its file has no splits."""
    split = set_name.partition("/")[2]
    return _SPLITS.get(split, split.replace("-", " "))


def full_name(set_name: str) -> str:
    """Name a set: `SAF, unseen questions`."""
    return ", ".join(filter(None, (family_name(family_of(set_name)), split_name(set_name))))


def name_within(set_name: str) -> str:
    """Name a set within a sentence: `our own answers (held-out questions)`."""
    family, split = family_name(family_of(set_name)), split_name(set_name)
    if family_of(set_name) == OURS:
        family = family[:1].lower() + family[1:]
    return f"{family} ({split})" if split else family


def judges_of(set_name: str) -> str:
    """Say who graded a set before the grader did."""
    return "our readers" if family_of(set_name) == OURS else "people"


def trick_name(category: str) -> str:
    """Name a kind of trick."""
    return TRICKS.get(category, category.replace("_", " ").capitalize())


def band_name(band: str) -> str:
    """Write a band of scores as points of 100: `25–50`."""
    edges = _BAND.fullmatch(band)
    return "–".join(points(float(edge)) for edge in edges.groups()) if edges else band


def number(value: float | None) -> str:
    """Write a correlation or another figure between -1 and 1 with two decimals."""
    return NOT_KNOWN if value is None else _signed(f"{value:.2f}")


def points(value: float | None) -> str:
    """Write a score of 0 to 1 as points of 100."""
    return NOT_KNOWN if value is None else _signed(f"{100 * value:.0f}")


def difference(value: float | None) -> str:
    """Write a difference of scores in points of 100, with its sign."""
    text = points(value)
    return f"+{text}" if value is not None and value > 0 and text != "0" else text


def share(value: float | None) -> str:
    """Write a share as a percentage."""
    return NOT_KNOWN if value is None else f"{value:.0%}"


def number_in_interval(measured: Measured) -> str:
    """Write a figure with its 95% interval: `0.62 (0.55 to 0.68)`."""
    if measured.value is None or measured.ci95 is None:
        return number(measured.value)
    low, high = measured.ci95
    return f"{number(measured.value)} ({number(low)} to {number(high)})"


def share_in_interval(measured: Measured) -> str:
    """Write a share with its 95% interval: `79% (74% to 83%)`."""
    if measured.value is None or measured.ci95 is None:
        return share(measured.value)
    low, high = measured.ci95
    return f"{share(measured.value)} ({share(low)} to {share(high)})"


def many(count: int, noun: str) -> str:
    """Count things: `1 answer`, `1,204 answers`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table; the columns after the first are set to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in lines)


def _signed(text: str) -> str:
    """Write the minus as typographers do, and none before a zero."""
    return text.lstrip("-") if not text.strip("-0.") else text.replace("-", _MINUS)

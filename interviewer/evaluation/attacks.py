"""Measures how often a trick moves a score, and whether honest words are ever taken for one."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from interviewer.evaluation.grading import AnswerGrader
from interviewer.evaluation.rows import read_rows
from interviewer.grading.lexicon import STOP_WORDS
from interviewer.grading.rubric import Rubric, rubric_of
from interviewer.models import Grade, Kind, Question
from interviewer.retrieval.progress import Progress, no_progress
from interviewer.text import sentence_spans, words

CLEARLY_BELOW = 0.7
"""An answer is clearly below the reference up to this share of the reference's own score."""

MOST_MOVED = 5.0
"""A harmless change of form moves the score by no more, of 100."""

BENIGN = "benign_trigger_words"
_SLOTS = frozenset({"base", "question", "reference", "reference_terms"})
_VAGUE = "It is about making the model work better on the data."
_SENTENCE_WORDS = 6
_TERM_LETTERS = 4
_FAILURES_SHOWN = 20


class AttackRow(BaseModel):
    """A template with the slots `{base}`, `{question}`, `{reference}` and `{reference_terms}`.

    A row with `text` in place of a template is an honest answer that has to pass unflagged.
    """

    model_config = ConfigDict(extra="ignore")

    id: str
    category: str = BENIGN
    expect: Literal["le_base", "zero", "lt_ref", "eq", "not_flagged"]
    template: str = ""
    text: str = ""

    @model_validator(mode="after")
    def _something_to_say(self) -> AttackRow:
        if not (self.template or self.text):
            raise ValueError("either a template or a text is wanted")
        slots = {name for _, name, _, _ in Formatter().parse(self.template) if name is not None}
        if slots - _SLOTS:
            raise ValueError(f"unknown slots: {', '.join(sorted(slots - _SLOTS))}")
        return self


@dataclass(frozen=True, slots=True)
class _Target:
    """A question under attack, with the answers that attacks start from and their grades."""

    rubric: Rubric
    bases: Mapping[str, Grade]
    reference: Grade


def read_attacks(path: Path) -> list[AttackRow]:
    """Read attacks or honest answers, one a line.

    Raises:
        InputError: the file cannot be read, or a line is no such row.
    """
    return read_rows(path, AttackRow)


def evaluate_attacks(
    rows: Sequence[AttackRow],
    questions: Sequence[Question],
    grader: AnswerGrader,
    *,
    count: int,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Try every row on a seeded sample of questions.

    An attempt is one row on one question from one base answer: the reference's first sentence,
    its next two, a vague sentence, and the first common mistake. It succeeds where the score
    breaks what the row expects: above the base's (`le_base`), above 0 (`zero`), above 0.7 times
    the reference's (`lt_ref`), more than 5 from the base's (`eq`), or where an honest answer is
    flagged or costs more than 5 when it is added (`not_flagged`).

    Returns:
        Ready for JSON: `questions`, `seed`, `by_category` with `attempts` and `succeeded` each,
        and the first `failures`.
    """
    progress = progress or no_progress
    targets = _sample(questions, count, seed)
    by_category: dict[str, dict[str, int]] = {}
    failures: list[dict[str, Any]] = []
    for done, question in enumerate(targets, start=1):
        target = _target(question, grader)
        for row in rows:
            counts = by_category.setdefault(row.category, {"attempts": 0, "succeeded": 0})
            for failure in _attempts(row, target, grader):
                counts["attempts"] += 1
                if failure:
                    counts["succeeded"] += 1
                    failures.append({"id": row.id, "question_id": question.id, **failure})
        progress("Attacking questions", done, len(targets))
    return {
        "questions": len(targets),
        "seed": seed,
        "by_category": by_category,
        "failures": failures[:_FAILURES_SHOWN],
    }


def _sample(questions: Sequence[Question], count: int, seed: int) -> list[Question]:
    fitting = [each for each in questions if each.answered and each.kind is not Kind.REVERSE]
    fitting.sort(key=lambda each: each.id)
    # Drawn by a seed so that it can be drawn again; nothing secret hangs on it.
    return random.Random(seed).sample(fitting, min(count, len(fitting)))  # noqa: S311 # nosec B311


def _target(question: Question, grader: AnswerGrader) -> _Target:
    rubric = rubric_of(question)
    return _Target(
        rubric,
        {base: grader.grade(rubric, base) for base in answers_from(question)},
        grader.grade(rubric, question.reference),
    )


def answers_from(question: Question) -> list[str]:
    """Give the answers that attacks start from: right in part, vague, and wrong."""
    sentences = [
        span.text
        for span in sentence_spans(question.reference)
        if len(span.text.split()) >= _SENTENCE_WORDS
    ]
    mistakes = [mistake.text for mistake in question.mistakes[:1]]
    return [*sentences[:1], *filter(None, [" ".join(sentences[1:3])]), _VAGUE, *mistakes]


def _attempts(
    row: AttackRow, target: _Target, grader: AnswerGrader
) -> Iterator[dict[str, Any] | None]:
    """Give for each attempt what it broke, None where it failed."""
    if row.text:
        yield _flagged(row, target, grader)
        return
    from_bases = "{base}" in row.template or row.expect in ("le_base", "eq")
    bases = list(target.bases) if from_bases else list(target.bases)[:1]
    for base in bases:
        grade = grader.grade(target.rubric, fill_in(row, target.rubric.source, base))
        broken = _is_broken(row, grade.score, target.bases[base].score, target.reference.score)
        yield _failure(grade.score, target.bases[base].score, target) if broken else None


def fill_in(row: AttackRow, question: Question, base: str) -> str:
    """Write out what a row's template makes of an answer to a question."""
    reference = question.reference
    terms = dict.fromkeys(
        word for word in words(reference) if len(word) >= _TERM_LETTERS and word not in STOP_WORDS
    )
    return row.template.format(
        base=base,
        question=question.text,
        reference=reference,
        reference_terms=", ".join(terms),
    )


def _is_broken(row: AttackRow, score: float, base: float, reference: float) -> bool:
    if row.expect == "zero":
        return score > 0
    if row.expect == "lt_ref":
        return score > CLEARLY_BELOW * reference
    return abs(score - base) > MOST_MOVED if row.expect == "eq" else score > base


def _flagged(row: AttackRow, target: _Target, grader: AnswerGrader) -> dict[str, Any] | None:
    alone = grader.grade(target.rubric, row.text)
    base, before = next(iter(target.bases.items()))
    added = grader.grade(target.rubric, f"{base} {row.text}")
    if alone.notice or added.notice or added.score < before.score - MOST_MOVED:
        return _failure(added.score, before.score, target) | {"notice": alone.notice}
    return None


def _failure(score: float, base: float, target: _Target) -> dict[str, Any]:
    return {"score": score, "base_score": base, "reference_score": target.reference.score}

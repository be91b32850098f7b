"""Measures how often a trick moves a score, and whether honest words are ever taken for one."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import Any, Literal

from pydantic import model_validator

from interviewer.evaluation.forms import FORMS, other_forms
from interviewer.evaluation.grading import AnswerGrader
from interviewer.evaluation.rows import Row, read_rows
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
CHANGES_OF_FORM = "changes_of_form"
_SLOTS = frozenset({"base", "question", "reference", "reference_terms"})
_VAGUE = "It is about making the model work better on the data."
_SENTENCE_WORDS = 6
_TERM_LETTERS = 4
_FAILURES_SHOWN = 20


class AttackRow(Row):
    """A template with the slots `{base}`, `{question}`, `{reference}` and `{reference_terms}`.

    A row with `text` in place of a template is an honest answer that has to pass unflagged.
    """

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


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What an attempt broke, None where it failed; `flagged` is for honest answers alone."""

    broken: dict[str, Any] | None
    flagged: bool | None = None


@dataclass(frozen=True, slots=True)
class _Tally:
    """Counts attempts by name and keeps what succeeded."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    failures: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, attempt: _Attempt, **told: str) -> None:
        """Count an attempt under a name; `told` says which one it was, if it succeeded."""
        counts = self.counts.setdefault(name, {"attempts": 0, "succeeded": 0})
        counts["attempts"] += 1
        counts["succeeded"] += attempt.broken is not None
        if attempt.flagged is not None:
            counts["flagged"] = counts.get("flagged", 0) + attempt.flagged
        if attempt.broken is not None:
            self.failures.append({**told, **attempt.broken})

    def total(self) -> dict[str, int]:
        """Add up the attempts under every name."""
        return {
            key: sum(counts[key] for counts in self.counts.values())
            for key in ("attempts", "succeeded")
        }


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
    with_forms: bool = True,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Try every row on a seeded sample of questions.

    An attempt is one row on one question from one base answer: the reference's first sentence,
    its next two, a vague sentence, and the first common mistake. It succeeds where the score
    breaks what the row expects: above the base's (`le_base`), above 0 (`zero`), above 0.7 times
    the reference's (`lt_ref`), more than 5 from the base's (`eq`), or where an honest answer is
    flagged or costs more than 5 when it is added (`not_flagged`).

    Where a template has `{base}`, every base answer is also written in other forms that say the
    same, by code: case, lists, Markdown, filler words, blanks, typos. It counts as a success under
    `changes_of_form` where one moves the score by more than 5, as for `eq`.

    Args:
        rows: the attacks, or the honest answers.
        questions: those that can be drawn; what cannot be graded is left out.
        grader: what is attacked.
        count: how many questions to draw.
        seed: of the draw, and of the words that a change of form touches.
        with_forms: whether to write base answers in other forms.
        progress: told how far it is.

    Returns:
        Ready for JSON: `questions`, `seed`, `by_category` with `attempts` and `succeeded` each, for
        honest answers also how many were `flagged`; `by_form` with the same for each change of
        form, where there are any; and the first `failures`, those of the rows before the others.
    """
    progress = progress or no_progress
    targets = _sample(questions, count, seed)
    tried, formed = _Tally(), _Tally()
    with_forms = with_forms and any("{base}" in row.template for row in rows)
    for done, question in enumerate(targets, start=1):
        target = _target(question, grader)
        for row in rows:
            for attempt in _attempts(row, target, grader):
                tried.add(row.category, attempt, id=row.id, question_id=question.id)
        for name, attempt in _changes_of_form(target, grader, seed) if with_forms else ():
            formed.add(name, attempt, id=f"{CHANGES_OF_FORM}: {name}", question_id=question.id)
        progress("Attacking questions", done, len(targets))
    changes = {CHANGES_OF_FORM: formed.total()} if formed.counts else {}
    return {
        "questions": len(targets),
        "seed": seed,
        "by_category": tried.counts | changes,
        **({"by_form": _in_order(formed.counts)} if formed.counts else {}),
        "failures": [*tried.failures, *formed.failures][:_FAILURES_SHOWN],
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


def _attempts(row: AttackRow, target: _Target, grader: AnswerGrader) -> Iterator[_Attempt]:
    if row.text:
        yield _flagged(row, target, grader)
        return
    from_bases = "{base}" in row.template or row.expect in ("le_base", "eq")
    bases = list(target.bases) if from_bases else list(target.bases)[:1]
    for base in bases:
        grade = grader.grade(target.rubric, fill_in(row, target.rubric.source, base))
        broken = _is_broken(row, grade.score, target.bases[base].score, target.reference.score)
        failure = _failure(grade.score, target.bases[base].score, target)
        yield _Attempt(failure if broken else None)


def _changes_of_form(
    target: _Target, grader: AnswerGrader, seed: int
) -> Iterator[tuple[str, _Attempt]]:
    for base, before in target.bases.items():
        for name, text in other_forms(base, seed).items():
            score = grader.grade(target.rubric, text).score
            moved = abs(score - before.score) > MOST_MOVED
            yield name, _Attempt(_failure(score, before.score, target) if moved else None)


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


def _in_order(by_form: Mapping[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    return {name: by_form[name] for name in FORMS if name in by_form}


def _flagged(row: AttackRow, target: _Target, grader: AnswerGrader) -> _Attempt:
    alone = grader.grade(target.rubric, row.text)
    base, before = next(iter(target.bases.items()))
    added = grader.grade(target.rubric, f"{base} {row.text}")
    notice = alone.notice or added.notice
    broken = None
    if notice or added.score < before.score - MOST_MOVED:
        broken = _failure(added.score, before.score, target) | {"notice": notice}
    return _Attempt(broken, flagged=bool(notice))


def _failure(score: float, base: float, target: _Target) -> dict[str, Any]:
    return {"score": score, "base_score": base, "reference_score": target.reference.score}

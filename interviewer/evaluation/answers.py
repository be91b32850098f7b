"""Reads answers that people have graded, and makes the rubric that each is graded against."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from interviewer.errors import InputError
from interviewer.evaluation.rows import Row, read_rows
from interviewer.grading.rubric import Rubric, own_question, rubric_of
from interviewer.models import KeyPoint, Mistake

Label = Literal["correct", "partial", "incorrect", "contradictory"]
PointVerdict = Literal["covered", "partial", "missing", "contradicted"]


class GivenPoint(Row):
    """A key point that comes with a row."""

    text: str = Field(min_length=1)
    weight: int = Field(default=2, ge=1, le=3)


class GivenMistake(Row):
    """A common mistake that comes with a row; `key_point` counts from 1."""

    text: str = Field(min_length=1)
    key_point: int | None = None


class AnswerRow(Row):
    """One graded answer.

    `score` is the people's, 0 to 1, and `label` theirs for the whole answer. `references` are
    further references that it may be held against. `key_points` are graded in place of derived
    ones, `verdicts` are the people's for each of them, and `mistakes` their false twins. Scores are
    broken down by `kind`; a `blank` row is dropped and counted.
    """

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = ""
    split: str = ""
    question_id: str = ""
    question: str = Field(min_length=1)
    reference: str = Field(min_length=1)
    references: list[str] = Field(default_factory=list)
    answer: str
    label: Label | None = None
    score: float | None = Field(default=None, ge=0, le=1)
    blank: bool = False
    key_points: list[GivenPoint] = Field(default_factory=list)
    mistakes: list[GivenMistake] = Field(default_factory=list)
    verdicts: list[PointVerdict] = Field(default_factory=list)
    kind: str = ""

    @model_validator(mode="after")
    def _verdicts_fit(self) -> AnswerRow:
        if self.verdicts and len(self.verdicts) != len(self.key_points):
            raise ValueError(f"{len(self.verdicts)} verdicts for {len(self.key_points)} key points")
        return self

    @property
    def group(self) -> str:
        """What the row is resampled with: its question."""
        return self.question_id or self.question


def read_answers(path: Path, split: str | None = None) -> list[AnswerRow]:
    """Read graded answers, of one split where it is named.

    Raises:
        InputError: the file cannot be read, or has no row of that split.
    """
    rows = read_rows(path, AnswerRow)
    chosen = [row for row in rows if split is None or row.split == split]
    if not chosen:
        there = ", ".join(sorted({row.split for row in rows if row.split})) or "none"
        raise InputError(f"{path} has no rows of the split {split!r}. Its splits: {there}.")
    return chosen


def sample_rows(rows: Sequence[AnswerRow], limit: int | None, seed: int) -> list[AnswerRow]:
    """Draw rows by the seed and give them in the order of the file; all of them without a limit."""
    if limit is None or limit >= len(rows):
        return list(rows)
    # Drawn by a seed so that it can be drawn again; nothing secret hangs on it.
    drawn = random.Random(seed).sample(range(len(rows)), limit)  # noqa: S311 # nosec B311
    return [rows[place] for place in sorted(drawn)]


def rubrics_of(row: AnswerRow) -> list[Rubric]:
    """Make the rubric of each reference of a row; points that come with it are used as they are.

    Raises:
        InputError: a reference holds nothing to grade against.
    """
    if row.key_points:
        return [_with_points(row)]
    references = dict.fromkeys([row.reference, *row.references])
    return [_rubric(row.question, reference) for reference in references if reference.strip()]


def _rubric(question: str, reference: str) -> Rubric:
    return rubric_of(own_question(question, reference, "reference.md"))


def _with_points(row: AnswerRow) -> Rubric:
    question = own_question(row.question, row.reference, "reference.md")
    return rubric_of(replace(question, key_points=_points(row.key_points), mistakes=_twins(row)))


def _points(given: Sequence[GivenPoint]) -> tuple[KeyPoint, ...]:
    return tuple(KeyPoint(point.text, point.weight) for point in given)


def _twins(row: AnswerRow) -> tuple[Mistake, ...]:
    return tuple(Mistake(mistake.text, mistake.key_point) for mistake in row.mistakes)

"""Draws the pairs of the second stage: whole answers above all, and much that says nothing.

The first stage learns from statements written for single points, and takes what is vague for
half said. Here every answer is read as the judge reads it, passage by passage; beside them stand
other questions' answers, empty phrases and answers that only sound like one, all of which leave
every point missing, and right answers by another route or as dictation gives them.

The plain answers have a style for each kind: who is right talks, who is wrong lectures, and their
function words alone tell the two apart; in most of them the points stand or fall together; and they
avoid the rubric's words, which the tricks and the false twins are full of. So there are right
answers as a textbook would put them and wrong ones as somebody who knows their trade would say
them; answers in which right and wrong stand side by side in one style, as dice have it; and key
points in their own words. And lest a claim be known by heart, questions that are not the bank's
stand beside its own, and a claim is at times put in other words or turned into its mistake.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pairs import (
    ANSWERS,
    CONTRADICTED,
    COVERED,
    HERE,
    MISSING,
    TRAINED_ON,
    VERDICTS,
    Pair,
    answer_rows,
    asag_pairs,
    bank_pairs,
    composed_pairs,
    short_pairs,
    split_of,
    statement_pairs,
    statements_of,
    verbatim_pairs,
)

from interviewer.grading.reading import ReadAnswer, passage_for, read_answer
from interviewer.knowledge.bank import QuestionBank
from interviewer.retrieval.encoder import Encoder

MORE_ANSWERS = HERE / "more_answers"
OTHER_ROUTES = HERE / "other_routes.jsonl"
SPOKEN = HERE / "spoken.jsonl"
EMPTY = HERE / "empty.jsonl"
RESTYLED = HERE / "restyled.jsonl"
MIXED = HERE / "mixed.jsonl"
FURTHER = HERE / "further_questions.jsonl"
SHARES = {
    "answers": 0.35,
    "other routes": 0.8,
    "spoken": 0.6,
    "elsewhere": 0.08,
    "empty": 0.5,
    "statements": 0.12,
    "bank": 0.08,
    "tricks": 0.3,
    "short answers": 0.6,
    "scientsbank": 0.4,
    "beetle": 0.4,
    "saf": 0.4,
    "restyled": 0.6,
    "mixed": 1.0,
    "further": 1.0,
    "composed": 1.0,
    "verbatim": 0.3,
}
"""How much of each source an epoch takes."""

_PUT_OTHERWISE = 0.25
_MISTAKE_ASKED = 0.06
_WRAPPED = 0.2
_ELSEWHERE_POINTS = 5
_EMPTY_POINTS = 6
_MOST_EMPTY = 3


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer read, with its question's points, `vectors` `(n_points, dimension)`."""

    question_id: str
    points: tuple[str, ...]
    vectors: NDArray[np.float32]
    read: ReadAnswer
    letters: str
    source: str

    def pairs(self) -> Iterator[Pair]:
        """Pair every point with the passage that the judge would read for it."""
        for point, vector, letter in zip(self.points, self.vectors, self.letters, strict=True):
            said = passage_for(point, vector, self.read, TRAINED_ON).text
            yield Pair(point, said, (VERDICTS[letter],), self.source)


def empty_texts(*, kept_back: bool) -> list[str]:
    """Give the texts that say nothing: those to train on, or the fifth kept for the calibration."""
    texts = [row["text"] for row in _rows(EMPTY)]
    return [text for text in texts if (split_of(text) == "dev") is kept_back]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def read_all(encoder: Encoder) -> list[Answered]:
    """Read every answer to train on, those to questions that are not the bank's among them."""
    whole: dict[str, Any] = {}
    read: list[Answered] = []
    for row in chain(answer_rows(ANSWERS), answer_rows(MORE_ANSWERS)):
        if split_of(row["question_id"]) == "train":
            whole[row["question_id"]] = row
            read += _answered(row, row["answers"], "answers", encoder)
    for row in _rows(OTHER_ROUTES):
        read += _answered(row, row["answers"], "other routes", encoder)
    for row in _rows(SPOKEN):
        question = whole[row["question_id"]]
        verdicts = question["answers"][row["number"] - 1]["verdicts"]
        spoken = {"answer": row["spoken"], "verdicts": verdicts}
        read += _answered(question, [spoken], "spoken", encoder)
    for question, answer in restyled_answers("train"):
        read += _answered(question, [answer], "restyled", encoder)
    for question, answer in mixed_answers("train"):
        read += _answered(question, [answer], "mixed", encoder)
    for row in _rows(FURTHER):
        read += _answered(row, row["answers"], "further", encoder)
    return read


def restyled_answers(split: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Give each answer in the other style, with its question's row; the verdicts are unchanged."""
    for question, row in _of_split(RESTYLED, split):
        answer = question["answers"][row["number"] - 1]
        yield question, {**answer, "answer": row["text"]}


def mixed_answers(split: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Give each answer whose points were cast by dice, with its question's row."""
    for question, row in _of_split(MIXED, split):
        yield question, {**row, "kind": "mixed"}


def _of_split(path: Path, split: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    rows = chain(answer_rows(ANSWERS), answer_rows(MORE_ANSWERS))
    questions = {row["question_id"]: row for row in rows}
    for row in _rows(path):
        if split_of(row["question_id"]) == split:
            yield questions[row["question_id"]], row


def _answered(
    row: dict[str, Any], answers: Sequence[dict[str, Any]], source: str, encoder: Encoder
) -> Iterator[Answered]:
    points = tuple(row["key_points"])
    vectors = encoder.encode(points)
    for answer in answers:
        read = read_answer(answer["answer"], encoder)
        yield Answered(row["question_id"], points, vectors, read, answer["verdicts"], source)


def elsewhere(answered: Sequence[Answered], rng: random.Random) -> Iterator[Pair]:
    """Pair some points of each answer's question with another question's answer: missing."""
    for each in answered:
        other = rng.choice(answered)
        if other.question_id == each.question_id:
            continue
        for place in _some(len(each.points), _ELSEWHERE_POINTS, rng):
            said = passage_for(each.points[place], each.vectors[place], other.read, TRAINED_ON).text
            yield Pair(each.points[place], said, MISSING, "elsewhere")


def nothing_said(
    answered: Sequence[Answered], empty: Sequence[str], rng: random.Random
) -> Iterator[Pair]:
    """Pair some points of each question with empty phrases: missing."""
    for points in {each.question_id: each.points for each in answered}.values():
        for place in _some(len(points), _EMPTY_POINTS, rng):
            said = " ".join(rng.sample(empty, rng.randint(1, _MOST_EMPTY)))
            yield Pair(points[place], said, MISSING, "empty")


def _some(count: int, most: int, rng: random.Random) -> list[int]:
    return rng.sample(range(count), min(count, most))


def wrapped(pair: Pair, empty: Sequence[str], rng: random.Random) -> Pair:
    """Put an empty phrase before or behind what was said; it changes no verdict."""
    if rng.random() >= _WRAPPED:
        return pair
    said = [pair.said, rng.choice(empty)]
    rng.shuffle(said)
    return Pair(pair.claim, " ".join(said), pair.verdicts, pair.source)


def put_otherwise(
    pair: Pair, stated: Mapping[str, Mapping[str, Sequence[str]]], rng: random.Random
) -> Pair:
    """At times put a claim in other words, or ask for the claim's mistake instead.

    What is right contradicts the mistake, and what says nothing of a point says nothing of it.
    """
    known, chance = stated.get(pair.claim), rng.random()
    if known is None:
        return pair
    if pair.verdicts in (COVERED, MISSING) and chance < _MISTAKE_ASKED:
        verdict = CONTRADICTED if pair.verdicts == COVERED else MISSING
        return Pair(rng.choice(known["x"]), pair.said, verdict, pair.source)
    same = [text for text in known["c"] if text not in pair.said]
    if same and chance > 1 - _PUT_OTHERWISE:
        return Pair(rng.choice(same), pair.said, pair.verdicts, pair.source)
    return pair


class SecondSource:
    """Draws the pairs of an epoch: what is random in them is drawn anew each time.

    Args:
        encoder: finds the passages.
        bank: where the bank's own pairs come from.
        asag: a folder with the train splits of graded sets, or None.
    """

    def __init__(self, encoder: Encoder, bank: QuestionBank, asag: Path | None) -> None:
        self._bank = bank
        self._stated = statements_of()
        self._answered = read_all(encoder)
        self._empty = empty_texts(kept_back=False)
        self._fixed = [pair for each in self._answered for pair in each.pairs()]
        self._fixed += short_pairs("train")
        for path in sorted(asag.glob("*.jsonl")) if asag else []:
            self._fixed += asag_pairs(path)

    def draw(self, rng: random.Random) -> list[Pair]:
        """Give the pairs of one epoch."""
        drawn = [
            *self._fixed,
            *bank_pairs(self._bank, rng),
            *statement_pairs(rng, halves=False),
            *elsewhere(self._answered, rng),
            *verbatim_pairs(self._bank, rng),
            *composed_pairs(rng),
        ]
        kept = [pair for pair in drawn if rng.random() < SHARES[pair.source]]
        kept = [put_otherwise(pair, self._stated, rng) for pair in kept]
        kept = [wrapped(pair, self._empty, rng) for pair in kept]
        nothing = list(nothing_said(self._answered, self._empty, rng))
        return [*kept, *nothing[: round(SHARES["empty"] * len(nothing))]]

"""Makes what the judge is trained on: pairs of a claim and what somebody said, with a verdict.

Three sources: the answers under `training/answers`, the bank itself (a key point against the
sentence that states it, its false twin, and sentences on other things), and, where a folder of
them is named, the train splits of SciEntsBank and Beetle. Whole questions go to one split.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tricks import denied, listed, undecided

from interviewer.grading.reading import Passage, passage_for, read_answer
from interviewer.knowledge.bank import QuestionBank
from interviewer.knowledge.lint_meaning import stated_share
from interviewer.models import Kind, Question
from interviewer.retrieval.encoder import Encoder
from interviewer.text import sentence_spans

ANSWERS = Path(__file__).resolve().parent / "answers"
VERDICTS = {"c": 0, "p": 1, "m": 2, "x": 3}
COVERED, PARTIAL, MISSING, CONTRADICTED = ((place,) for place in range(4))
_SPLITS = (("test", 25), ("dev", 40), ("train", 100))
_STATED = 0.5
_ELSEWHERE = 0.2
_LABELS = {
    "correct": COVERED,
    "partial": PARTIAL,
    "incorrect": PARTIAL + MISSING,
    "contradictory": CONTRADICTED,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, what was said, and the verdicts that may be right, as places in `VERDICTS`."""

    claim: str
    said: str
    verdicts: tuple[int, ...]
    source: str


def split_of(question_id: str) -> str:
    """Give the split of a question, always the same: a quarter test, 15% dev, the rest train."""
    place = int(hashlib.sha256(question_id.encode()).hexdigest(), 16) % 100
    return next(name for name, below in _SPLITS if place < below)


def answer_rows(folder: Path = ANSWERS) -> Iterator[dict[str, object]]:
    """Read the questions of every answer file, with their answers."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def answer_pairs(encoder: Encoder, split: str) -> Iterator[Pair]:
    """Pair every key point with the passage of each answer that the judge would read for it."""
    for row in answer_rows():
        if split_of(row["question_id"]) != split:
            continue
        points = row["key_points"]
        vectors = encoder.encode(points)
        for answer in row["answers"]:
            read = read_answer(answer["answer"], encoder)
            for point, vector, letter in zip(points, vectors, answer["verdicts"], strict=True):
                said: Passage = passage_for(point, vector, read)
                yield Pair(point, said.text, (VERDICTS[letter],), "answers")


def bank_pairs(bank: QuestionBank, rng: random.Random) -> Iterator[Pair]:
    """Pair key points with sentences of the bank, leaving out the questions of dev and test."""
    for question in bank.questions:
        if question.kind is not Kind.REVERSE and split_of(question.id) == "train":
            yield from _question_pairs(question, rng)


def _question_pairs(question: Question, rng: random.Random) -> Iterator[Pair]:
    sentences = [span.text for span in sentence_spans(question.reference)]
    sentences = [text for text in sentences if 5 <= len(text.split()) <= 60]
    points = [point.text for point in question.key_points]
    for number, point in enumerate(points, start=1):
        twins = [twin.text for twin in question.mistakes if twin.key_point == number]
        others = [twin.text for twin in question.mistakes if twin.key_point not in (number, None)]
        beside = [text for text in points if text != point]
        for twin in twins:
            yield Pair(point, twin, CONTRADICTED, "bank")
        yield from _stated(point, sentences, rng)
        for pool in (beside, others):
            if pool:
                yield Pair(point, rng.choice(pool), MISSING, "bank")
        yield _trick(point, twins, rng)


def _trick(point: str, twins: Sequence[str], rng: random.Random) -> Pair:
    """Say a point, or its denied twin, in a way that must not earn it, or must not cost it."""
    kind = rng.choice(("denied", "denied", "undecided", "listed", "twin denied"))
    if kind == "undecided":
        return Pair(point, undecided(point, rng), PARTIAL + MISSING, "tricks")
    if kind == "listed":
        return Pair(point, listed([point], rng), MISSING, "tricks")
    if kind == "twin denied" and twins:
        not_contradicted = COVERED + PARTIAL + MISSING
        return Pair(point, denied(twins[0], rng), not_contradicted, "tricks")
    return Pair(point, denied(point, rng), CONTRADICTED, "tricks")


def _stated(point: str, sentences: Sequence[str], rng: random.Random) -> Iterator[Pair]:
    if not sentences:
        return
    shares = [stated_share(point, text) for text in sentences]
    best = max(range(len(sentences)), key=shares.__getitem__)
    if shares[best] >= _STATED:
        yield Pair(point, sentences[best], COVERED, "bank")
    elsewhere = [text for text, share in zip(sentences, shares, strict=True) if share < _ELSEWHERE]
    if elsewhere:
        yield Pair(point, rng.choice(elsewhere), MISSING, "bank")


def asag_pairs(path: Path) -> Iterator[Pair]:
    """Pair each train answer of a graded set with the reference that shares most of its words."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["split"] != "train" or row.get("blank") or not row["answer"].strip():
            continue
        references = dict.fromkeys([row["reference"], *row.get("references", [])])
        reference = max(references, key=lambda text: stated_share(text, row["answer"]))
        yield Pair(reference, row["answer"], _LABELS[row["label"]], path.stem)

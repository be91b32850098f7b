"""Makes what the judge is trained on: pairs of a claim and what somebody said, with a verdict.

Made here: pairs from the answers under `training/answers`; from the statements under
`training/statements`, written for single key points and put together by dice; from the bank itself
(a key point against the sentence that states it, its false twin, sentences on other things, and
tricks); from the short answers to other courses' questions in `training/short_answers.jsonl`; and,
where a folder of them is named, from the train splits of SciEntsBank, Beetle and SAF.
`second_stage.py` adds whole answers and names every source, with its share, in `SHARES`. Whole
questions go to one split.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from tricks import denied, listed, undecided

from interviewer.grading.reading import Passage, passage_for, read_answer
from interviewer.knowledge.bank import QuestionBank
from interviewer.knowledge.lint_meaning import stated_share
from interviewer.models import Kind, Question
from interviewer.retrieval.encoder import Encoder
from interviewer.text import sentence_spans

HERE = Path(__file__).resolve().parent
ANSWERS = HERE / "answers"
STATEMENTS = HERE / "statements"
SHORT_ANSWERS = HERE / "short_answers.jsonl"
TRAINED_ON = 3
"""How many sentences a passage had when the model was trained; four read better ever since."""

VERDICTS = {"c": 0, "p": 1, "m": 2, "x": 3}
COVERED, PARTIAL, MISSING, CONTRADICTED = ((place,) for place in range(4))
_SPLITS = (("test", 25), ("dev", 40), ("train", 100))
_STATED = 0.5
_ELSEWHERE = 0.2
_ALONE = 0.4
_MOST_BESIDE = 2
_BOTH_WAYS = 0.15
_COMPOSED_TIMES = 2
_SAID_AT_ONCE = (1, 2, 3, 3, 4)
_MOST_SILENT = 2
_MISTAKE_ASKED = 0.5
_MISTAKE_DENIED = 0.15
_TWINS_BESIDE = 0.6
_OTHERS_ALONE = 0.4
_STATED_AS = {"c": COVERED, "p": PARTIAL, "x": CONTRADICTED, "m": MISSING}
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


def answer_rows(folder: Path = ANSWERS) -> Iterator[dict[str, Any]]:
    """Read the questions of every file of a folder, with their answers or statements."""
    for path in sorted(folder.glob("*.jsonl")):
        yield from _lines(path)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
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
                said: Passage = passage_for(point, vector, read, TRAINED_ON)
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


def statement_pairs(
    rng: random.Random, folder: Path = STATEMENTS, *, halves: bool = True
) -> Iterator[Pair]:
    """Pair key points with statements written for them, alone or among those for other points.

    Without `halves` those that make a part of their point are left out: many are merely vague.
    """
    wanted = tuple(letter for letter in _STATED_AS if halves or letter != "p")
    for row in answer_rows(folder):
        points = row["key_points"]
        for place, (point, stated) in enumerate(zip(points, row["statements"], strict=True)):
            beside = [
                text
                for other, texts in enumerate(row["statements"])
                if other != place
                for letter in wanted
                for text in texts[letter]
            ]
            yield from _statement_pairs(point, stated, beside, wanted, rng)


def _statement_pairs(
    point: str,
    stated: Mapping[str, Sequence[str]],
    beside: Sequence[str],
    wanted: Sequence[str],
    rng: random.Random,
) -> Iterator[Pair]:
    for letter in wanted:
        for text in stated[letter]:
            yield Pair(point, _among(text, beside, rng), _STATED_AS[letter], "statements")
    if beside:
        yield Pair(point, _among(rng.choice(beside), beside, rng), MISSING, "statements")
    if rng.random() < _BOTH_WAYS:
        both = f"{rng.choice(stated['c'])} {rng.choice(stated['x'])}"
        yield Pair(point, both, CONTRADICTED, "statements")


def _among(text: str, beside: Sequence[str], rng: random.Random) -> str:
    """Put up to two other statements around one, as an answer would."""
    if rng.random() < _ALONE:
        return text
    around = rng.sample(beside, min(len(beside), rng.randint(1, _MOST_BESIDE)))
    said = [text, *(other for other in around if other != text)]
    rng.shuffle(said)
    return " ".join(said)


def composed_pairs(rng: random.Random, folder: Path = STATEMENTS) -> Iterator[Pair]:
    """Pair several points of a question with one passage, put together from statements by dice.

    What was said is the same and the verdicts differ, so that only what is said of a point tells:
    neither its neighbours nor the style of the whole. At times the claim is the mistake: whoever
    makes it covers it, and whoever is right contradicts it, so that no claim is known by heart.
    """
    for row in chain.from_iterable(repeat(list(answer_rows(folder)), _COMPOSED_TIMES)):
        count = len(row["key_points"])
        spoken = rng.sample(range(count), min(count, rng.choice(_SAID_AT_ONCE)))
        said, verdicts = [], dict.fromkeys(range(count), MISSING)
        for place in spoken:
            letter = rng.choice("cxcxp")
            if row["statements"][place][letter]:
                said.append(rng.choice(row["statements"][place][letter]))
                verdicts[place] = _STATED_AS[letter]
        silent = [place for place in range(count) if verdicts[place] == MISSING]
        asked = [*spoken, *rng.sample(silent, min(len(silent), _MOST_SILENT))]
        for place in dict.fromkeys(asked) if said else ():
            point, stated = row["key_points"][place], row["statements"][place]
            claim, verdict = _turned_claim(point, stated, verdicts[place], rng)
            yield Pair(claim, " ".join(said), verdict, "composed")


def _turned_claim(
    point: str, stated: Mapping[str, Sequence[str]], verdict: tuple[int, ...], rng: random.Random
) -> tuple[str, tuple[int, ...]]:
    """At times ask for the mistake and not for the point."""
    if verdict == CONTRADICTED and rng.random() < _MISTAKE_ASKED:
        return stated["x"][0], COVERED
    if verdict == COVERED and rng.random() < _MISTAKE_DENIED:
        return rng.choice(stated["x"]), CONTRADICTED
    return point, verdict


def statements_of(folder: Path = STATEMENTS) -> dict[str, Mapping[str, Sequence[str]]]:
    """Give what was stated of each key point that statements were written for, by letter."""
    return {
        point: stated
        for row in answer_rows(folder)
        for point, stated in zip(row["key_points"], row["statements"], strict=True)
    }


def verbatim_pairs(bank: QuestionBank, rng: random.Random) -> Iterator[Pair]:
    """Pair key points with themselves and each other: who says a point in its own words makes it.

    The answers avoid the words of the rubric, the false twins and the tricks do not; without these
    pairs the very words of a point would tell of a denial.
    """
    for question in bank.questions:
        if question.kind is Kind.REVERSE or split_of(question.id) != "train":
            continue
        points = [point.text for point in question.key_points]
        for number, point in enumerate(points, start=1):
            beside = [text for text in points if text != point]
            twins = [twin.text for twin in question.mistakes if twin.key_point == number]
            yield Pair(point, _among(point, beside, rng), COVERED, "verbatim")
            if twins and rng.random() < _TWINS_BESIDE:
                said = _among(rng.choice(twins), beside, rng)
                yield Pair(point, said, CONTRADICTED, "verbatim")
            if beside and rng.random() < _OTHERS_ALONE:
                yield Pair(point, _among(rng.choice(beside), beside, rng), MISSING, "verbatim")


def short_pairs(split: str, path: Path = SHORT_ANSWERS) -> Iterator[Pair]:
    """Pair the references of our short answers with each answer."""
    for row in _lines(path):
        if split_of(row["id"]) == split or (split == "train" and split_of(row["id"]) == "test"):
            for answer in row["answers"]:
                verdicts = _LABELS[answer["label"]]
                yield Pair(row["reference"], answer["answer"], verdicts, "short answers")


def asag_pairs(path: Path) -> Iterator[Pair]:
    """Pair each train answer of a graded set with the reference that shares most of its words.

    Some questions are held back, so that the calibration sees answers that the model has not.
    """
    for row in _lines(path):
        if row["split"] != "train" or row.get("blank") or not row["answer"].strip():
            continue
        if is_held_back(row["question_id"]):
            continue
        references = dict.fromkeys([row["reference"], *row.get("references", [])])
        reference = max(references, key=lambda text: stated_share(text, row["answer"]))
        yield Pair(reference, row["answer"], _LABELS[row["label"]], path.stem)


def is_held_back(question_id: str) -> bool:
    """Whether a question of a graded set serves the calibration and not the training."""
    return split_of(question_id) == "dev"

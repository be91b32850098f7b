"""Fits the two regressions that turn the model's logits into chances of verdicts.

Written key points: a multinomial logistic regression on the dev split of our answers. Points cut
from a reference: the same form, fitted so that an answer's verdicts, weighted, give its people's
label and score, on dev of our short answers and on the questions of the graded sets that the
model was not trained on.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pairs import SHORT_ANSWERS, VERDICTS, answer_rows, is_held_back, split_of
from second_stage import empty_texts, mixed_answers, restyled_answers
from sklearn.linear_model import LogisticRegression

from interviewer.evaluation.answers import AnswerRow, rubrics_of
from interviewer.grading.model_judge import point_rows
from interviewer.grading.pair_model import PairModel
from interviewer.grading.point_features import read_rubric
from interviewer.grading.reading import passages_for, read_claims
from interviewer.grading.rubric import Rubric, rubric_of
from interviewer.grading.scoring import CREDIT, LABELS
from interviewer.knowledge.bank import QuestionBank
from interviewer.retrieval.encoder import Encoder

Numbers = NDArray[np.float64]

SEED = 20261123

STRENGTH = 0.3
"""The inverse of the logistic regression's L2 penalty."""

PENALTY = 1e-2
"""The L2 penalty of the regression for derived points, on standardized features."""

SHRUNK = 5.0
"""By what the logits of single derived points are divided, so that they are penalized the square.

They fit the sets that are there and not the next one: where the calibration is fitted on three of
the four and tried on the fourth, the mean Pearson r rises by .02 (`ablate.py` prints it).
"""

SCORE_WEIGHT = 4.0
"""How much a squared error of the score weighs beside the cross entropy of the label."""

_LABELS = {
    "correct": (0,),
    "incorrect": (1, 2),
    "contradictory": (3,),
}
_STEPS = 400
_DECIMALS = 5


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer against derived points: `rows` is `(n_points, n_features)`, `shares` sum to 1."""

    rows: Numbers
    shares: Numbers
    label: str
    score: float
    source: str


def written(bank: QuestionBank, encoder: Encoder, model: PairModel) -> dict[str, Any]:
    """Fit the regression for written points on dev, each answer with its false twins and without.

    What says nothing and what answers another question is there too, with every point missing.

    Returns:
        `weights`, `(4, n_features)`, and `bias`, `(4,)`.
    """
    judged = [
        row for twins in (True, False) for row in judged_answers(bank, encoder, model, twins=twins)
    ]
    judged += beside_the_point(bank, encoder, model)
    inputs = np.concatenate([rows for rows, _ in judged])
    verdicts = np.concatenate([labels for _, labels in judged])
    fitted = fit_written(inputs, verdicts)
    print(f"written: {len(verdicts)} verdicts, accuracy {fitted.score(inputs, verdicts):.3f}")
    return _values(fitted.coef_, fitted.intercept_)


def fit_written(inputs: Numbers, verdicts: NDArray[np.int64]) -> LogisticRegression:
    """Fit rows `(n, n_features)` to verdicts `(n,)`, places in `VERDICTS`."""
    return LogisticRegression(C=STRENGTH, max_iter=5000).fit(inputs, verdicts)


def judged_answers(
    bank: QuestionBank, encoder: Encoder, model: PairModel, *, twins: bool, split: str = "dev"
) -> Iterator[tuple[Numbers, list[int]]]:
    """Give the rows of each answer's points in a split, and their verdicts.

    The restyled and the mixed answers are among them; answers to questions whose points have
    changed since are left out.
    """
    plain = ((row, answer) for row in answer_rows() for answer in row["answers"])
    for row, answer in chain(plain, restyled_answers(split), mixed_answers(split)):
        question = bank.get(row["question_id"])
        same = [point.text for point in question.key_points] == row["key_points"]
        if split_of(row["question_id"]) != split or not same:
            continue
        rubric = rubric_of(question if twins else replace(question, mistakes=()))
        rows = _rows(replace(rubric, derived=False), answer["answer"], encoder, model)
        if rows is not None:
            yield rows, [VERDICTS[letter] for letter in answer["verdicts"]]


def beside_the_point(
    bank: QuestionBank, encoder: Encoder, model: PairModel
) -> Iterator[tuple[Numbers, list[int]]]:
    """Give the rows of empty texts and of other questions' answers: every point is missing."""
    rng, empty = random.Random(SEED), empty_texts(kept_back=True)
    rows = [row for row in answer_rows() if split_of(row["question_id"]) == "dev"]
    for row in rows:
        rubric = replace(rubric_of(bank.get(row["question_id"])), derived=False)
        other = rng.choice([each for each in rows if each is not row])
        elsewhere = rng.choice(other["answers"])["answer"]
        for said in (rng.choice(empty), " ".join(rng.sample(empty, 3)), elsewhere):
            read = _rows(rubric, said, encoder, model)
            if read is not None:
                yield read, [VERDICTS["m"]] * len(read)


def derived(encoder: Encoder, model: PairModel, asag: Path) -> dict[str, Any]:
    """Fit the regression for derived points.

    Args:
        encoder: finds the passages.
        model: reads them.
        asag: the folder of graded sets.

    Returns:
        `weights`, `(4, n_features)`, and `bias`, `(4,)`.
    """
    answered = list(held_back(encoder, model, asag))
    print(f"derived: {dict(Counter(each.source for each in answered))}")
    return _values(*fit_derived(answered))


def fit_derived(answered: Sequence[Answered], shrunk: float = SHRUNK) -> tuple[Numbers, Numbers]:
    """Fit answers and give weights, `(4, n_features)`, and bias, `(4,)`, for rows as they are.

    The first four columns are the logits of single points, which are divided by `shrunk`.
    """
    inputs = np.concatenate([each.rows for each in answered])
    middle, spread = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
    spread[: len(VERDICTS)] *= shrunk
    weights, bias = _fit(answered, middle, spread)
    return weights / spread, bias - (weights / spread) @ middle


def _values(weights: Numbers, bias: Numbers) -> dict[str, Any]:
    return {"weights": weights.round(_DECIMALS).tolist(), "bias": bias.round(_DECIMALS).tolist()}


def held_back(encoder: Encoder, model: PairModel, asag: Path) -> Iterator[Answered]:
    """Read dev of our short answers, and the graded questions that were not trained on.

    To each question three more answers are read: the reference itself, an empty text, and an
    answer to another question.
    """
    asked: dict[str, dict[str, AnswerRow]] = {}
    for row, source in held_back_rows(asag):
        yield from read_answered(row, source, encoder, model)
        asked.setdefault(source, {}).setdefault(row.question, row)
    rng, empty = random.Random(SEED), empty_texts(kept_back=True)
    for source, questions in asked.items():
        rows = list(questions.values())
        for row in rows:
            other = rng.choice([each for each in rows if each is not row])
            wrong = {"label": "incorrect", "score": 0.0}
            for said, told in (
                (row.reference, {"label": "correct", "score": 1.0}),
                (" ".join(rng.sample(empty, 2)), wrong),
                (other.answer, wrong),
            ):
                made = row.model_copy(update={"answer": said, **told})
                yield from read_answered(made, source, encoder, model)


def held_back_rows(asag: Path) -> Iterator[tuple[AnswerRow, str]]:
    """Give the rows that serve the calibration, each with the name of its set."""
    for line in SHORT_ANSWERS.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if split_of(item["id"]) == "dev":
            for answer in item["answers"]:
                row = AnswerRow.model_validate(
                    {"question": item["question"], "reference": item["reference"], **answer}
                )
                yield row, "short answers"
    for path in sorted(asag.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = AnswerRow.model_validate_json(line)
            if row.split == "train" and is_held_back(row.question_id) and not row.blank:
                yield row, path.stem


def read_answered(
    row: AnswerRow, source: str, encoder: Encoder, model: PairModel
) -> Iterator[Answered]:
    """Read an answer against the reference that it shares most of its stems with."""
    read = [(rubric, _rows(rubric, row.answer, encoder, model)) for rubric in rubrics_of(row)]
    there = [(rubric, rows) for rubric, rows in read if rows is not None]
    if not there or row.score is None:
        return
    rubric, rows = max(there, key=lambda each: float(each[1][:, 6].mean()))
    weights = np.array([point.weight for point in rubric.key_points], dtype=np.float64)
    yield Answered(rows, weights / weights.sum(), row.label or "", row.score, source)


def _rows(rubric: Rubric, answer: str, encoder: Encoder, model: PairModel) -> Numbers | None:
    known = read_rubric(rubric, encoder)
    said, _ = read_claims(answer, encoder, known.subject, known.spelling)
    if not said.spans:
        return None
    found = passages_for(known.points, known.point_vectors, said)
    return point_rows(model, known, found, said)


def _fit(answered: Sequence[Answered], middle: Numbers, spread: Numbers) -> tuple[Numbers, Numbers]:
    """Minimize the labels' cross entropy and the scores' squared error by L-BFGS."""
    inputs = torch.tensor((np.concatenate([each.rows for each in answered]) - middle) / spread)
    owner = torch.tensor(np.repeat(np.arange(len(answered)), [len(each.rows) for each in answered]))
    shares = torch.tensor(np.concatenate([each.shares for each in answered]))
    scores = torch.tensor([each.score for each in answered], dtype=torch.float64)
    allowed, known = _allowed(answered)
    worth = torch.tensor([CREDIT[label] for label in LABELS], dtype=torch.float64)
    weights = torch.zeros((4, inputs.shape[1]), dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, bias], max_iter=_STEPS, line_search_fn="strong_wolfe")
    balance = _balance(answered)

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        chances = torch.softmax(inputs @ weights.T + bias, dim=1) * shares[:, None]
        whole = torch.zeros((len(answered), 4), dtype=torch.float64).index_add(0, owner, chances)
        right = torch.log((whole * allowed).sum(1)[known] + 1e-9)
        label_loss = -(right * balance[known]).sum() / balance[known].sum()
        score_loss = (balance * (whole @ worth - scores) ** 2).sum() / balance.sum()
        total = label_loss + SCORE_WEIGHT * score_loss + PENALTY * (weights**2).sum()
        total.backward()
        return total

    optimizer.step(loss)
    return weights.detach().numpy(), bias.detach().numpy()


def _allowed(answered: Sequence[Answered]) -> tuple[torch.Tensor, torch.Tensor]:
    """Give the verdicts that each label allows, `(n, 4)`, and the rows whose label says one.

    A partial answer to several points has covered some and missed others: its score alone counts.
    """
    allowed = torch.zeros((len(answered), 4), dtype=torch.float64)
    known = []
    for place, each in enumerate(answered):
        places = _LABELS.get(each.label, (1,) if len(each.rows) == 1 else ())
        allowed[place, list(places)] = 1.0
        if places:
            known.append(place)
    return allowed, torch.tensor(known)


def _balance(answered: Sequence[Answered]) -> torch.Tensor:
    """Weigh every source alike, and within one the rare labels by the root of their rarity."""
    sizes = Counter(each.source for each in answered)
    labels: Mapping[tuple[str, str], int] = Counter((each.source, each.label) for each in answered)
    raw = [
        (sizes[each.source] / labels[each.source, each.label]) ** 0.5 / sizes[each.source]
        for each in answered
    ]
    return torch.tensor(raw, dtype=torch.float64)

"""The judge goes by what is said: neither style nor a rubric's own words decide a verdict."""

from __future__ import annotations

import json
from collections.abc import Callable
from statistics import mean

import pytest

from interviewer.config import CHECKOUT_DIR
from interviewer.grading.grader import Grader
from interviewer.grading.passages import ReferencePassages
from interviewer.grading.rubric import rubric_of
from interviewer.knowledge.bank import QuestionBank, load_bank
from interviewer.models import Question
from interviewer.retrieval.encoder import OnnxEncoder
from interviewer.workspace import open_offline_judge

pytestmark = pytest.mark.encoder
HELD_OUT = ("rollout-strategies", "batch-normalization", "adversarial-examples", "matrix-rank")


@pytest.fixture(scope="module")
def bank() -> QuestionBank:
    return load_bank(CHECKOUT_DIR / "knowledge")


@pytest.fixture(scope="module")
def score(real_encoder: OnnxEncoder) -> Callable[[Question, str], float]:
    judge = open_offline_judge(real_encoder)
    source = ReferencePassages(real_encoder)
    grader = Grader(judge=judge, passages=source, bank_version="", fallback=judge)
    return lambda question, answer: grader.grade(rubric_of(question), answer).score


@pytest.mark.parametrize("name", HELD_OUT)
def test_the_key_points_in_their_own_words_earn_everything_and_their_twins_nothing(
    bank: QuestionBank, score: Callable[[Question, str], float], name: str
) -> None:
    question = bank.get(name)
    assert score(question, " ".join(point.text for point in question.key_points)) >= 90
    assert score(question, question.reference) >= 75
    assert score(question, " ".join(mistake.text for mistake in question.mistakes)) <= 25


def test_polished_prose_is_not_wrong_and_easy_talk_is_not_right(
    bank: QuestionBank,
    score: Callable[[Question, str], float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(CHECKOUT_DIR / "training"))
    from second_stage import restyled_answers

    scores: dict[str, list[float]] = {"strong": [], "fluent-wrong": []}
    for row, answer in restyled_answers("test"):
        if len(scores[answer["kind"]]) < 12:
            scores[answer["kind"]].append(score(bank.get(row["question_id"]), answer["answer"]))
    told = json.dumps(scores)
    assert mean(scores["strong"]) >= 75, told
    assert mean(scores["fluent-wrong"]) <= 35, told

"""A model with a small context is asked with fewer passages, then about fewer points."""

from __future__ import annotations

from dataclasses import replace

import pytest

from interviewer.errors import ModelContextError
from interviewer.grading.llm_judge import LlmJudge
from interviewer.grading.rubric import Rubric
from interviewer.llm.connection import Connection
from interviewer.llm.scripted import ScriptedChatModel
from interviewer.llm.translate import translated
from interviewer.models import RetrievedChunk

MISSING = {
    "reason": "Silent.",
    "quote": "",
    "passage": 1,
    "verdict": "missing",
    "confidence": "high",
}


class RefusedError(Exception):
    """A server's refusal, as the client library raises it."""

    def __init__(self, words: str, status_code: int) -> None:
        super().__init__(words)
        self.status_code = status_code


def overflow() -> RefusedError:
    return RefusedError("request (3172 tokens) exceeds the available context size", 400)


def judge_of(*replies: object) -> tuple[LlmJudge, ScriptedChatModel]:
    model = ScriptedChatModel(replies=list(replies))
    return LlmJudge(Connection(model, name="local:toy"), sleep=lambda _: None), model


def test_a_refusal_for_length_is_told_from_another_refusal() -> None:
    told = translated(overflow(), model="local:toy", server="http://127.0.0.1:1/v1")
    assert isinstance(told, ModelContextError)
    assert "larger context" in str(told)
    other = translated(RefusedError("no such thing", 400), model="m", server="s")
    assert not isinstance(other, ModelContextError)


def test_fewer_passages_are_sent_until_the_request_fits(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    many = [*passages, *passages][:2]
    fitting = {f"point_{n}": MISSING for n in range(1, 5)} | {"mistakes": []}
    judge, model = judge_of(overflow(), fitting)
    judgement = judge.judge(rubric, "Something else entirely.", many)
    assert [point.label.value for point in judgement.points] == ["missing"] * 4
    first, last = (len(str(prompt)) for prompt in model.prompts)
    assert first - last >= len(many[1].chunk.text)


def test_a_model_that_cannot_read_one_passage_is_an_error(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    judge, model = judge_of(*[overflow()] * 3)
    with pytest.raises(ModelContextError):
        judge.judge(rubric, "Something else entirely.", passages[:1])
    assert [str(prompt).count("point_") for prompt in model.prompts] == [4, 2, 1]


def test_what_did_not_fit_is_not_tried_again_with_the_next_points(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    eight = replace(rubric, key_points=rubric.key_points * 2)
    many = [*passages, *passages][:2]
    halves = {"point_1": MISSING, "point_2": MISSING, "mistakes": []}
    judge, model = judge_of(overflow(), overflow(), *[halves] * 4)
    judgement = judge.judge(eight, "Something else entirely.", many)
    assert [point.label.value for point in judgement.points] == ["missing"] * 8
    prompts = [str(prompt) for prompt in model.prompts]
    assert [prompt.count("point_") for prompt in prompts] == [4, 4, 2, 2, 2, 2]
    second = many[1].chunk.text.split("\n")[0]
    assert [second in prompt for prompt in prompts] == [True, *[False] * 5]


def test_fewer_points_are_asked_about_where_one_passage_is_too_much(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    halves = {"point_1": MISSING, "point_2": MISSING, "mistakes": []}
    judge, model = judge_of(overflow(), halves, halves)
    judgement = judge.judge(rubric, "Something else entirely.", passages[:1])
    assert [point.label.value for point in judgement.points] == ["missing"] * 4
    for prompt, points in zip(
        model.prompts[1:], (rubric.key_points[:2], rubric.key_points[2:]), strict=True
    ):
        for point in rubric.key_points:
            asked = f": {point.text}" in str(prompt)
            assert asked is (point in points)

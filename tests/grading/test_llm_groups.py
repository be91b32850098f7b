"""A long rubric is asked about a few points at a time, within one deadline."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from grading_support import MADE, ListedPassages, ScriptedJudge, spoken

from interviewer.deadline import Deadline
from interviewer.errors import ModelError
from interviewer.grading.evidence import check_evidence
from interviewer.grading.grader import Grader
from interviewer.grading.judge import Judgement
from interviewer.grading.llm_judge import POINTS_PER_REQUEST, LlmJudge
from interviewer.grading.parts import groups
from interviewer.grading.rubric import Rubric
from interviewer.llm.connection import Connection
from interviewer.llm.scripted import ScriptedChatModel
from interviewer.models import KeyPoint, Mistake, RetrievedChunk

ANSWER = "It adds a penalty on the weights. L1 keeps all features, I think."


@pytest.fixture
def long_rubric(rubric: Rubric) -> Rubric:
    """Seven points, two mistakes that deny points 2 and 6, and one that denies none."""
    points = tuple(KeyPoint(f"It says thing number {n}.", 1) for n in range(1, 8))
    mistakes = (
        Mistake("It denies thing six.", 6),
        Mistake("It is a kind of tree."),
        Mistake("It denies thing two.", 2),
    )
    return replace(rubric, key_points=points, mistakes=mistakes)


def reply(*verdicts: str, mistakes: tuple[int, ...] = ()) -> dict[str, Any]:
    quote = "It adds a penalty"
    points = {
        f"point_{number}": {
            "reason": "So.",
            "quote": quote if verdict != "missing" else "",
            "passage": 1,
            "verdict": verdict,
            "confidence": "high",
        }
        for number, verdict in enumerate(verdicts, start=1)
    }
    return {**points, "mistakes": [{"quote": quote, "mistake": each} for each in mistakes]}


def judge_of(*replies: Any, timeout_s: float = 5.0) -> tuple[LlmJudge, ScriptedChatModel]:
    model = ScriptedChatModel(replies=list(replies))
    judge = LlmJudge(
        Connection(model, name="local:toy", timeout_s=timeout_s), sleep=lambda seconds: None
    )
    return judge, model


def labels(judgement: Judgement) -> list[str]:
    return [point.label.value for point in judgement.points]


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, []), (1, [1]), (4, [4]), (5, [2, 3]), (8, [4, 4]), (9, [3, 3, 3])]
)
def test_points_are_dealt_out_evenly(count: int, sizes: list[int]) -> None:
    dealt = groups(count, 4)
    assert [len(each) for each in dealt] == sizes
    assert [number for each in dealt for number in each] == list(range(1, count + 1))


@pytest.mark.parametrize("count", range(40))
def test_no_group_is_larger_than_allowed(count: int) -> None:
    assert max((len(each) for each in groups(count, 4)), default=0) <= 4


def test_each_request_holds_its_own_points_and_mistakes_alone(
    long_rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    judge, model = judge_of(
        reply("covered", "missing", "partial", mistakes=(1, 2)),
        reply("missing", "covered", "contradicted", "missing", mistakes=(1, 4)),
    )

    judgement = judge.judge(long_rubric, ANSWER, passages)

    assert labels(judgement) == [
        *("covered", "missing", "partial"),
        *("missing", "covered", "contradicted", "missing"),
    ]
    assert [made.mistake for made in judgement.mistakes] == [2, 3, 1, 0]
    first, second = (prompt[1].text for prompt in model.prompts)
    assert "point_3: It says thing number 3." in first
    assert "thing number 4" not in first
    assert "point_1: It says thing number 4." in second
    assert "thing number 3" not in second
    assert "1. It is a kind of tree." in first
    assert "2. It denies thing two." in first
    assert "1. It denies thing six." in second
    assert "kind of tree" not in second
    assert all(text.count("point_") <= POINTS_PER_REQUEST for text in (first, second))


def test_a_mistake_that_was_not_listed_is_dropped_and_counted(
    long_rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    judge, _ = judge_of(
        reply("covered", "missing", "partial"),
        reply("missing", "covered", "contradicted", "missing", mistakes=(1, 4)),
    )
    judgement = judge.judge(long_rubric, ANSWER, passages)
    checked = check_evidence(long_rubric, ANSWER, judgement, passages)
    assert [made.text for made in checked.mistakes] == ["It denies thing six."]
    assert checked.downgrades == 1


def test_all_requests_share_one_deadline(
    long_rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    def slowly(*verdicts: str) -> Any:
        def _reply(messages: Any) -> dict[str, Any]:
            time.sleep(0.4)
            return reply(*verdicts)

        return _reply

    judge, model = judge_of(
        slowly("missing", "missing", "missing"), slowly(*["missing"] * 4), timeout_s=0.6
    )
    with pytest.raises(ModelError, match=r"within 0\.6 seconds"):
        judge.judge(long_rubric, ANSWER, passages)
    assert len(model.prompts) == 2


def test_a_second_look_has_only_the_time_that_the_first_one_left(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    judge, _ = judge_of(reply(*["missing"] * 4), timeout_s=60.0)
    with pytest.raises(ModelError, match="within 2 seconds"):
        judge.judge(
            rubric, ANSWER, passages, deadline=Deadline(2.0, time.monotonic(), time.monotonic)
        )


def test_where_one_request_fails_the_offline_judge_grades_the_whole_answer(
    long_rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    judge, _ = judge_of(reply("missing", "missing", "missing"), *["noise"] * 4)
    offline = ScriptedJudge("offline-9", spoken(ANSWER, *[MADE] * 7))
    grader = Grader(
        judge=judge, passages=ListedPassages(passages), bank_version="v1", fallback=offline
    )
    grade = grader.grade(long_rubric, ANSWER)
    assert {verdict.judge for verdict in grade.verdicts} == {"offline-9"}
    assert (grade.score, grade.grader) == (100.0, "offline-9")
    assert grade.notice.startswith("local:toy could not grade this answer, so offline-9")

"""Where two judges are two steps apart the model looks again, at those points and unprompted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from grading_support import (
    DENIED,
    MADE,
    PARTLY,
    SILENT,
    ScriptedJudge,
    graded_by,
    labels,
    spoken,
)

from interviewer.errors import ModelError
from interviewer.grading.judge import Judgement
from interviewer.grading.llm_judge import LlmJudge
from interviewer.grading.offline import OfflineJudge
from interviewer.grading.rubric import Rubric
from interviewer.grading.second_look import SecondLookJudge, steps_between
from interviewer.llm.connection import Connection
from interviewer.llm.scripted import ScriptedChatModel
from interviewer.models import Grade, RetrievedChunk, VerdictLabel

ANSWER = "It adds a penalty on the weights. L1 keeps all features, I think."


def said(*points: tuple[float, ...], mistakes: tuple[int, ...] = ()) -> Judgement:
    return spoken(ANSWER, *points, mistakes=mistakes, reason="Because.")


def model_of(*items: Judgement | Exception) -> ScriptedJudge:
    return ScriptedJudge("local:toy", *items, prompt_hash="abc")


def graded(
    offline: Judgement, model: ScriptedJudge, rubric: Rubric, passages: list[RetrievedChunk]
) -> Grade:
    judge = ScriptedJudge("offline-9", offline)
    return graded_by(SecondLookJudge(judge, model), judge, rubric, ANSWER, passages)


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("covered", "partial", 1),
        ("covered", "missing", 2),
        ("covered", "contradicted", 3),
        ("contradicted", "partial", 2),
        ("missing", "contradicted", 1),
        ("missing", "missing", 0),
    ],
)
def test_steps_are_counted_from_covered_to_contradicted(one: str, other: str, steps: int) -> None:
    assert steps_between(VerdictLabel(one), VerdictLabel(other)) == steps


def test_the_model_judges_alone_where_the_two_are_near(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    model = model_of(said(MADE, PARTLY, SILENT, DENIED))
    grade = graded(said(PARTLY, SILENT, DENIED, DENIED), model, rubric, passages)
    assert len(model.rubrics) == 1
    assert labels(grade) == ["covered", "partial", "missing", "contradicted"]
    assert [verdict.reason for verdict in grade.verdicts] == ["Because."] * 4
    assert (grade.grader, grade.prompt_hash) == ("local:toy", "abc")
    assert {verdict.judge for verdict in grade.verdicts} == {"local:toy"}


def test_points_that_are_far_apart_get_a_second_look_which_then_stands(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    first = said(MADE, DENIED, SILENT, MADE, mistakes=(2,))
    model = model_of(first, said(PARTLY, MADE))

    grade = graded(said(SILENT, MADE, SILENT, MADE), model, rubric, passages)

    asked = model.rubrics[1]
    assert asked.key_points == rubric.key_points[:2]
    assert [mistake.text for mistake in asked.mistakes] == [
        mistake.text for mistake in rubric.mistakes[:2]
    ]
    assert model.again == [False, True]
    assert model.deadlines[0] is model.deadlines[1] is not None
    assert labels(grade) == ["partial", "covered", "missing", "covered"]
    assert grade.mistakes == ()
    assert [verdict.reason for verdict in grade.verdicts] == [
        "Because. Read in two ways: offline-9 says missing, local:toy said covered and says partly "
        "covered on a second look.",
        "Because. Read in two ways: offline-9 says covered, local:toy said contradicted and says "
        "covered on a second look.",
        *("Because.", "Because."),
    ]


def test_a_model_that_stays_with_its_verdict_is_told_of_too(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    model = model_of(said(MADE, MADE, MADE, MADE), said(MADE))
    grade = graded(said(SILENT, MADE, MADE, MADE), model, rubric, passages)
    assert labels(grade)[0] == "covered"
    assert grade.verdicts[0].reason.endswith(
        "offline-9 says missing, local:toy said covered and says the same on a second look."
    )


def test_without_a_second_look_the_first_verdict_stands_and_the_grade_says_so(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    model = model_of(said(MADE, MADE, MADE, MADE), ModelError("It was slow."))
    grade = graded(said(SILENT, MADE, MADE, MADE), model, rubric, passages)
    assert labels(grade) == ["covered"] * 4
    assert grade.grader == "local:toy"
    assert grade.notice == (
        "local:toy could not look again at 1 point, so its first verdict stands. It was slow."
    )
    assert grade.verdicts[0].reason.endswith("There was no second look.")


def test_the_disagreement_is_kept_where_the_evidence_does_not_hold(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    again = said(MADE)
    unproven = replace(again, points=(replace(again.points[0], span=None),))
    model = model_of(said(MADE, SILENT, SILENT, SILENT), unproven)
    grade = graded(said(SILENT, SILENT, SILENT, SILENT), model, rubric, passages)
    assert labels(grade)[0] == "missing"
    assert grade.downgrades == 1
    assert "are not in the answer. Read in two ways: offline-9" in grade.verdicts[0].reason


def test_where_the_model_fails_at_once_the_offline_judge_grades_and_is_named(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    model = model_of(ModelError("It is down."))
    grade = graded(said(SILENT, MADE, MADE, MADE), model, rubric, passages)
    assert labels(grade) == ["missing", "covered", "covered", "covered"]
    assert (grade.grader, grade.prompt_hash) == ("offline-9", "")
    assert grade.notice.startswith("local:toy could not grade this answer, so offline-9 graded")


def test_the_second_prompt_tells_no_verdict_and_names_no_judge(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    def point(verdict: str) -> dict[str, object]:
        quote = "It adds a penalty"
        reply = {"reason": "Yes.", "quote": quote, "passage": 1, "verdict": verdict}
        return {**reply, "confidence": "high"}

    replies = [
        {f"point_{number}": point("covered") for number in range(1, 5)} | {"mistakes": []},
        {"point_1": point("covered"), "mistakes": []},
    ]
    chat = ScriptedChatModel(replies=replies)
    model = LlmJudge(Connection(chat, name="local:toy"), sleep=lambda _: None)
    judge = SecondLookJudge(ScriptedJudge("offline-9", said(MADE, MADE, DENIED, MADE)), model)

    judgement = judge.judge(rubric, ANSWER, passages)

    (system, case), (system_again, case_again) = (
        [message.text for message in prompt] for prompt in chat.prompts
    )
    added = system_again.removeprefix(system)
    assert added.startswith("\nThese key points are asked about on their own.")
    for word in ("covered", "partial", "missing", "contradicted", "offline", "judge", "first look"):
        assert word not in added.casefold()
    assert "offline-9" not in case_again
    assert f"point_1: {rubric.key_points[2].text}" in case_again
    assert "point_2" not in case_again
    assert rubric.key_points[0].text in case
    assert judgement.points[2].note.startswith("Read in two ways: offline-9 says contradicted")
    assert OfflineJudge.name not in system_again

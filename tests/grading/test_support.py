"""A model's verdict stands only where the words that it quotes can carry the key point."""

from __future__ import annotations

from dataclasses import replace

import pytest
from grading_support import DENIED, MADE, PARTLY, SILENT, ScriptedJudge, spoken

from interviewer.grading.rubric import Rubric
from interviewer.grading.support import CARRIED_ALONE_FROM, CARRIED_FROM, SupportedJudge
from interviewer.models import RetrievedChunk, Span

ANSWER = "It adds a penalty on the weights. L1 keeps all features, I think."
JUST = (CARRIED_FROM, 0.0, 1 - CARRIED_FROM, 0.0)
TOO_LITTLE = (CARRIED_FROM - 0.01, 0.0, 0.0, 1.01 - CARRIED_FROM)


@pytest.fixture
def one_point(rubric: Rubric) -> Rubric:
    return replace(rubric, key_points=rubric.key_points[:1])


@pytest.mark.parametrize("claimed", [MADE, PARTLY], ids=["covered", "partial"])
@pytest.mark.parametrize(
    ("read", "stands"), [(MADE, True), (JUST, True), (TOO_LITTLE, False), (SILENT, False)]
)
def test_credit_stands_where_the_quoted_words_may_carry_it(
    one_point: Rubric,
    passages: list[RetrievedChunk],
    claimed: tuple[float, ...],
    read: tuple[float, ...],
    stands: bool,
) -> None:
    model = ScriptedJudge("local:toy", spoken(ANSWER, claimed))
    reader = ScriptedJudge("offline-9", spoken(ANSWER, read))
    point = SupportedJudge(model, reader).judge(one_point, ANSWER, passages).points[0]
    assert (point.probabilities == claimed) is stands
    if not stands:
        assert point.label.value == "missing"
        assert "offline-9 does not find it" in point.note
    assert reader.answers == ["It adds a penalty on the weights"]


@pytest.mark.parametrize(
    ("said", "chance", "stands"),
    [
        ("It adds a penalty on the weights", CARRIED_FROM, True),
        ("What is the capital of Australia", CARRIED_FROM, False),
        ("What is the capital of Australia", CARRIED_ALONE_FROM - 0.01, False),
        ("What is the capital of Australia", CARRIED_ALONE_FROM, True),
        ("Weights", CARRIED_FROM, False),
        ("A penalty on weights for you is a blog that links to my shop and sings", 0.39, False),
    ],
)
def test_words_off_the_subject_need_more_to_carry_a_point(
    one_point: Rubric, passages: list[RetrievedChunk], said: str, chance: float, stands: bool
) -> None:
    model = ScriptedJudge("local:toy", spoken(said, MADE))
    reader = ScriptedJudge("offline-9", spoken(said, (chance, 0.0, 1 - chance, 0.0)))
    point = SupportedJudge(model, reader).judge(one_point, said, passages).points[0]
    assert (point.label.value == "covered") is stands


@pytest.mark.parametrize("claimed", [SILENT, DENIED], ids=["missing", "contradicted"])
def test_what_earns_nothing_is_not_read_again(
    one_point: Rubric, passages: list[RetrievedChunk], claimed: tuple[float, ...]
) -> None:
    model = ScriptedJudge("local:toy", spoken(ANSWER, claimed))
    reader = ScriptedJudge("offline-9", spoken(ANSWER, SILENT))
    judged = SupportedJudge(model, reader).judge(one_point, ANSWER, passages)
    assert judged.points[0].probabilities == claimed
    assert reader.answers == []


def test_each_point_is_read_beside_its_own_words(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    said = spoken(ANSWER, MADE, MADE)
    second = "L1 keeps all features"
    start = ANSWER.index(second)
    moved = replace(said.points[1], span=Span(start, start + len(second), second))
    model = ScriptedJudge("local:toy", replace(said, points=(said.points[0], moved)))
    reader = ScriptedJudge("offline-9", spoken(ANSWER, MADE))
    two = replace(rubric, key_points=rubric.key_points[:2])
    SupportedJudge(model, reader).judge(two, ANSWER, passages)
    assert reader.answers == ["It adds a penalty on the weights", second]
    assert [each.key_points for each in reader.rubrics] == [
        rubric.key_points[:1],
        rubric.key_points[1:2],
    ]


def test_a_second_look_is_asked_of_the_model_within_the_same_deadline(
    one_point: Rubric, passages: list[RetrievedChunk]
) -> None:
    model = ScriptedJudge("local:toy", spoken(ANSWER, MADE), prompt_hash="abc")
    judge = SupportedJudge(model, ScriptedJudge("offline-9", spoken(ANSWER, MADE)))
    deadline = judge.deadline()
    judge.judge(one_point, ANSWER, passages, deadline=deadline, again=True)
    assert (model.deadlines, model.again) == ([deadline], [True])
    assert (judge.name, judge.prompt_hash) == ("local:toy", "abc")

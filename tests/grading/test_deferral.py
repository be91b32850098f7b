"""The unsure points alone go to the model, and what it says of them stands; nothing else moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import StringIO

import pytest
from grading_support import (
    DENIED,
    MADE,
    SILENT,
    UNSURE_YES,
    ListedPassages,
    ScriptedJudge,
    graded_by,
    labels,
    spoken,
)
from rich.console import Console

from interviewer.config import load_settings
from interviewer.errors import ConfigurationError, ModelError
from interviewer.grading.deferral import SURE_FROM, DeferringJudge, is_unsure
from interviewer.grading.grader import Grader
from interviewer.grading.judge import Judgement, PointJudgement
from interviewer.grading.rubric import Rubric
from interviewer.grading.scoring import score_verdicts
from interviewer.models import Grade, Mistake, RetrievedChunk, Span
from interviewer.terminal.show import show_grade
from interviewer.workspace import make_grader

ANSWER = "It adds a penalty on the weights. L1 keeps all features, I think."
UNSURE_DENIED = (0.2, 0.1, 0.2, 0.5)


def offline_with(*points: tuple[float, ...], mistakes: Sequence[int] = ()) -> ScriptedJudge:
    return ScriptedJudge("offline-9", spoken(ANSWER, *points, mistakes=mistakes))


def model_with(*points: tuple[float, ...], mistakes: Sequence[int] = ()) -> ScriptedJudge:
    judged = spoken(ANSWER, *points, mistakes=mistakes)
    return ScriptedJudge("local:toy", judged, prompt_hash="abc")


def graded(
    offline: ScriptedJudge,
    model: ScriptedJudge,
    rubric: Rubric,
    passages: list[RetrievedChunk],
) -> Grade:
    return graded_by(DeferringJudge(offline, model), offline, rubric, ANSWER, passages)


@pytest.mark.parametrize(
    ("probabilities", "unsure"),
    [
        ((SURE_FROM, 0.4, 0.0, 0.0), False),
        ((SURE_FROM - 0.01, 0.41, 0.0, 0.0), True),
        ((0.0, 0.0, 1.0, 0.0), False),
        ((0.25, 0.25, 0.25, 0.25), True),
    ],
)
def test_a_point_is_unsure_where_no_verdict_is_likely_enough(
    probabilities: tuple[float, ...], unsure: bool
) -> None:
    assert SURE_FROM == 0.6
    assert is_unsure(probabilities) is unsure


def test_only_unsure_points_are_asked_about_and_the_rest_stands(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    offline = offline_with(MADE, UNSURE_DENIED, SILENT, UNSURE_YES)
    model = model_with(DENIED, MADE)

    grade = graded(offline, model, rubric, passages)

    (asked,) = model.rubrics
    assert asked.key_points == (rubric.key_points[1], rubric.key_points[3])
    assert asked.mistakes == (replace(rubric.mistakes[1], key_point=1),)
    assert (asked.question, asked.reference) == (rubric.question, rubric.reference)
    assert labels(grade) == ["covered", "contradicted", "missing", "covered"]
    assert [verdict.judge for verdict in grade.verdicts] == [
        *("offline-9", "local:toy", "offline-9", "local:toy")
    ]
    assert grade.score == score_verdicts(grade.verdicts).score == 50.0
    assert (grade.grader, grade.prompt_hash) == ("offline-9 + local:toy", "abc")
    assert grade.notice == ""


def test_a_model_is_not_asked_where_nothing_is_unsure(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    model = model_with()
    grade = graded(offline_with(MADE, DENIED, SILENT, MADE), model, rubric, passages)
    assert model.rubrics == []
    assert (grade.grader, grade.prompt_hash, grade.notice) == ("offline-9", "", "")
    assert {verdict.judge for verdict in grade.verdicts} == {"offline-9"}


def test_a_settled_point_that_is_read_in_two_ways_gets_a_second_look_and_a_note(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    offline = offline_with(MADE, UNSURE_YES, SILENT, UNSURE_YES)
    model = ScriptedJudge("local:toy", spoken(ANSWER, DENIED, MADE), spoken(ANSWER, SILENT))

    grade = graded(offline, model, rubric, passages)

    assert [asked.key_points for asked in model.rubrics] == [
        (rubric.key_points[1], rubric.key_points[3]),
        (rubric.key_points[1],),
    ]
    assert model.again == [False, True]
    assert model.deadlines[0] is model.deadlines[1] is not None
    assert labels(grade) == ["covered", "missing", "missing", "covered"]
    assert [verdict.judge for verdict in grade.verdicts][1] == "local:toy"
    assert grade.verdicts[1].reason.endswith(
        "Read in two ways: offline-9 says covered, local:toy said contradicted and says missing on "
        "a second look."
    )
    assert "two ways" not in "".join(grade.verdicts[at].reason for at in (0, 2, 3))


def test_without_a_second_look_a_settled_point_keeps_both_readings_and_the_grade_says_so(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    offline = offline_with(UNSURE_YES, SILENT, SILENT, SILENT)
    model = ScriptedJudge("local:toy", spoken(ANSWER, DENIED), ModelError("It was slow."))
    grade = graded(offline, model, rubric, passages)
    assert labels(grade)[0] == "contradicted"
    assert grade.grader == "offline-9 + local:toy"
    assert grade.notice == (
        "local:toy could not look again at 1 point, so its first verdict stands. It was slow."
    )
    assert grade.verdicts[0].reason.endswith(
        "offline-9 says covered, local:toy said contradicted. There was no second look."
    )


@pytest.mark.parametrize("fault", [ModelError("It is down."), ConfigurationError("Not there.")])
def test_where_the_model_fails_every_offline_verdict_stands_and_the_grade_says_so(
    rubric: Rubric, passages: list[RetrievedChunk], fault: Exception
) -> None:
    offline = offline_with(MADE, UNSURE_YES, SILENT, UNSURE_DENIED)
    alone = Grader(judge=offline, passages=ListedPassages(passages), bank_version="v1")

    grade = graded(offline, ScriptedJudge("local:toy", fault), rubric, passages)

    assert replace(grade, notice="") == alone.grade(rubric, ANSWER)
    assert grade.grader == "offline-9"
    assert grade.notice == (
        "local:toy could not settle the 2 points that offline-9 is not sure of, so offline-9 "
        f"graded alone. {fault}"
    )


def test_a_model_that_leaves_a_point_out_has_failed(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    offline = offline_with(UNSURE_YES, UNSURE_YES, SILENT, SILENT)
    grade = graded(offline, model_with(MADE), rubric, passages)
    assert labels(grade) == ["covered", "covered", "missing", "missing"]
    assert "local:toy could not settle the 2 points" in grade.notice


def test_what_the_model_claims_without_evidence_is_missing(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    claim = PointJudgement(MADE, Span(0, 4, "Lies"))
    model = ScriptedJudge("local:toy", Judgement((claim,)))
    grade = graded(offline_with(UNSURE_YES, SILENT, SILENT, SILENT), model, rubric, passages)
    assert labels(grade)[0] == "missing"
    assert grade.verdicts[0].downgraded
    assert (grade.downgrades, grade.score) == (1, 0.0)


def test_a_mistake_goes_with_the_verdict_that_it_stood_for(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    offline = offline_with(DENIED, UNSURE_DENIED, UNSURE_YES, SILENT, mistakes=(1, 2))

    grade = graded(offline, model_with(MADE, DENIED, mistakes=(2,)), rubric, passages)

    assert labels(grade) == ["contradicted", "covered", "contradicted", "missing"]
    assert [made.text for made in grade.mistakes] == [
        rubric.mistakes[0].text,
        rubric.mistakes[2].text,
    ]
    assert grade.mistakes[1].correction == rubric.key_points[2].text


def test_a_mistake_that_denies_a_covered_point_or_is_unknown_is_not_told(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    offline = offline_with(UNSURE_YES, SILENT, SILENT, SILENT)
    grade = graded(offline, model_with(MADE, mistakes=(1, 7)), rubric, passages)
    assert grade.mistakes == ()
    assert grade.downgrades == 1


def test_mistakes_that_deny_no_point_are_left_to_the_offline_judge(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    whole = replace(rubric, mistakes=(Mistake("It is a kind of tree."), *rubric.mistakes))
    offline = offline_with(UNSURE_YES, SILENT, SILENT, SILENT, mistakes=(1,))
    model = model_with(SILENT)
    grade = graded(offline, model, whole, passages)
    assert [mistake.text for mistake in model.rubrics[0].mistakes] == [rubric.mistakes[0].text]
    assert [made.text for made in grade.mistakes] == ["It is a kind of tree."]


def test_an_answer_without_content_is_settled_before_both(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    offline, model = offline_with(), model_with()
    grader = Grader(
        judge=DeferringJudge(offline, model),
        passages=ListedPassages(passages),
        bank_version="v1",
        fallback=offline,
    )
    grade = grader.grade(rubric, "I don't know")
    assert (offline.rubrics, model.rubrics) == ([], [])
    assert (grade.grader, grade.verdicts[0].judge) == ("offline-9", "offline-9")


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({}, "offline-9"),
        ({"model": "toy"}, "offline-9 + local:toy"),
        ({"model": "toy", "model_grades": "unsure"}, "offline-9 + local:toy"),
        ({"model": "toy", "model_grades": "all"}, "local:toy"),
        ({"model": "toy", "model_grades": "all", "grader": "offline"}, "offline-9"),
    ],
)
def test_the_settings_say_who_grades(values: dict[str, str], name: str) -> None:
    settings = load_settings(base_url="http://127.0.0.1:9/v1", **values)
    grader = make_grader(settings, offline_with(), ListedPassages([]), "v1")
    assert grader.name == name


def test_a_way_of_grading_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWER_MODEL_GRADES", "all")
    assert load_settings().model_grades == "all"
    monkeypatch.setenv("INTERVIEWER_MODEL_GRADES", "some")
    with pytest.raises(ConfigurationError, match="INTERVIEWER_MODEL_GRADES"):
        load_settings()


def test_the_terminal_marks_unsure_points_and_says_who_judged(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    offline = offline_with(UNSURE_YES, UNSURE_YES, SILENT, MADE)
    settled = Judgement(
        (
            PointJudgement((0.5, 0.5, 0.0, 0.0), spoken(ANSWER, MADE).points[0].span),
            PointJudgement(SILENT, reason="Nothing is said."),
        )
    )
    grade = graded(offline, ScriptedJudge("local:toy", settled), rubric, passages)
    console = Console(width=100, file=StringIO(), record=True)
    show_grade(console, grade)
    printed = console.export_text()
    assert printed.count("not sure") == 1
    assert "Nothing is said." in printed
    assert (printed.count("Judged by local:toy"), printed.count("Judged by offline-9")) == (2, 2)
    assert "graded by offline-9 + local:toy" in printed

    alone = Grader(judge=offline, passages=ListedPassages(passages), bank_version="v1")
    show_grade(console, alone.grade(rubric, ANSWER))
    printed = console.export_text()
    assert printed.count("not sure") == 2
    assert "Judged by" not in printed

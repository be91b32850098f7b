from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from evaluation_support import KeywordJudge, keyword_grader, write_rows
from support import HashingEncoder

from interviewer.errors import InputError
from interviewer.evaluation.answers import read_answers, rubrics_of, sample_rows
from interviewer.evaluation.grading import evaluate_grading
from interviewer.evaluation.labels import collapse, label_of
from interviewer.grading.rubric import rubric_of

REFERENCE = "The lasso sets weights to zero. The ridge shrinks weights."
POINTS = [
    {"text": "The lasso sets weights to zero.", "weight": 3},
    {"text": "The ridge shrinks weights.", "weight": 1},
]


def row(answer: str, **more: object) -> dict[str, object]:
    return {
        "question_id": "q1",
        "question": "What do penalties do?",
        "reference": REFERENCE,
        "answer": answer,
        **more,
    }


def measured(tmp_path: Path, *rows: dict[str, object]) -> dict[str, object]:
    answers = read_answers(write_rows(tmp_path / "rows.jsonl", rows))
    return evaluate_grading(answers, keyword_grader(), HashingEncoder())


def test_blanks_are_dropped_and_counted(tmp_path: Path) -> None:
    result = measured(
        tmp_path,
        row("Lasso gives zero weights.", score=1),
        row("", score=0),
        row("No submission.", score=0, blank=True),
    )

    assert (result["n"], result["blank_dropped"], result["questions"]) == (1, 2, 1)


def test_the_rows_that_are_farthest_off_are_told_worst_first(tmp_path: Path) -> None:
    rows = [
        row("The lasso zeroes, the ridge shrinks.", score=0.9, id="near"),
        row("Lasso gives zero weights.", score=0.1, id="far"),
        row("The ridge shrinks.", score=1, id="farthest"),
        row("The ridge shrinks.", id="without a score", label="correct"),
    ]
    answers = read_answers(write_rows(tmp_path / "rows.jsonl", rows))

    result = evaluate_grading(answers, keyword_grader(), HashingEncoder(), worst=2)

    assert [each["id"] for each in result["worst"]] == ["farthest", "far"]
    assert "worst" not in evaluate_grading(answers, keyword_grader(), HashingEncoder())
    offs = [abs(each["given"] - each["human_score"]) for each in result["worst"]]
    assert offs == sorted(offs, reverse=True)
    assert result["worst"][0]["points"][0].keys() == {"key_point", "verdict", "chances", "words"}


def test_agreement_controls_and_bands_are_measured_with_intervals(tmp_path: Path) -> None:
    rows = [
        row("The lasso zeroes, the ridge shrinks.", score=1, question_id="a", label="correct"),
        row("Lasso gives zero weights.", score=0.75, question_id="b", label="correct"),
        row("The ridge shrinks.", score=0.25, question_id="c", label="incorrect"),
        row("Wrong: the lasso shrinks.", score=0, question_id="d", label="contradictory"),
    ]

    result = measured(tmp_path, *rows)

    assert result["pearson_r"]["value"] > 0.9
    assert set(result["rmse"]) == {"value", "ci95"}
    assert result["graders"] == {"keywords": 4}
    assert set(result["controls"]) == {"answer_length", "stemmed_word_recall", "answer_cosine"}
    assert set(result["by_score_band"]) == {"0.00-0.25", "0.25-0.50", "0.75-1.00"}
    assert result["by_score_band"]["0.75-1.00"]["n"] == 2
    assert result["macro_f1_2way"]["value"] == 1
    assert result["macro_f1_3way"]["value"] == 1
    json.dumps(result)


def test_verdicts_that_come_with_rows_are_compared_point_by_point(tmp_path: Path) -> None:
    result = measured(
        tmp_path,
        row("The lasso zeroes.", key_points=POINTS, verdicts=["covered", "covered"], kind="good"),
        row("Wrong on lasso.", key_points=POINTS, verdicts=["contradicted", "missing"], kind="bad"),
    )

    verdicts = result["verdicts"]
    assert (verdicts["n"], verdicts["accuracy"]) == (4, 0.75)
    assert verdicts["confusion_matrix"] == [
        [1, 0, 1, 0],
        [0, 0, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
    ]
    assert result["by_kind"]["good"] == {
        "n": 1,
        "mean_score": 0.75,
        "mean_human_score": None,
        "upper_half": 1.0,
        "verdicts": 2,
        "verdict_accuracy": 0.5,
    }
    assert result["by_kind"]["bad"]["upper_half"] == 0
    assert result["by_kind"]["bad"]["verdict_accuracy"] == 1
    assert "pearson_r" not in result


def test_the_reference_that_the_answer_does_best_against_counts(tmp_path: Path) -> None:
    result = measured(
        tmp_path,
        row("The ridge shrinks.", score=1, references=["The ridge shrinks weights."]),
    )

    assert result["mean_error"]["value"] == 0


def test_rows_of_a_split_and_a_sample_are_chosen(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "rows.jsonl",
        tuple(row(f"answer {n}", split="test" if n % 2 else "train") for n in range(8)),
    )

    chosen = read_answers(path, "test")
    drawn = sample_rows(chosen, 2, seed=4)

    assert [each.answer for each in chosen] == ["answer 1", "answer 3", "answer 5", "answer 7"]
    assert drawn == sample_rows(chosen, 2, seed=4)
    assert len(drawn) == 2
    with pytest.raises(InputError, match="Its splits: test, train"):
        read_answers(path, "dev")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"verdicts": ["covered"]}, "1 verdicts for 0 key points"),
        ({"label": "perhaps"}, "label: Input should be"),
        ({"score": 7}, "score: Input should be less than or equal to 1"),
        ({"question": ""}, "question: String should have at least 1 character"),
    ],
)
def test_a_row_that_does_not_fit_is_named_by_its_line(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    path = write_rows(tmp_path / "rows.jsonl", (row("fine"), {**row("not fine"), **change}))

    with pytest.raises(InputError, match=rf"rows\.jsonl:2: .*{message}"):
        read_answers(path)


def test_points_and_twins_that_come_with_a_row_are_its_rubric(tmp_path: Path) -> None:
    twin = {"text": "The ridge sets weights to zero.", "key_point": 2}
    path = write_rows(tmp_path / "rows.jsonl", (row("x", key_points=POINTS, mistakes=[twin]),))

    (rubric,) = rubrics_of(read_answers(path)[0])

    assert [(point.text, point.weight) for point in rubric.key_points] == [
        (point["text"], point["weight"]) for point in POINTS
    ]
    assert [mistake.text for mistake in rubric.twins_of(2)] == [twin["text"]]


@pytest.mark.parametrize(
    ("label", "known", "plain"),
    [
        ("mostly-correct", {"correct", "incorrect"}, "correct"),
        ("mostly-correct", {"correct", "partial", "incorrect"}, "partial"),
        ("mostly-incorrect", {"correct", "incorrect"}, "incorrect"),
        ("contradictory", {"correct", "incorrect"}, "incorrect"),
        ("contradictory", {"correct", "contradictory"}, "contradictory"),
    ],
)
def test_labels_come_down_to_those_a_data_set_tells_apart(
    label: str, known: set[str], plain: str
) -> None:
    assert collapse(label, known) == plain


def test_an_answer_is_contradictory_only_where_that_outweighs_what_it_makes() -> None:
    grader = keyword_grader()
    (rubric,) = rubrics_of(read_row(row("x", key_points=POINTS)))

    assert label_of(grader.grade(rubric, "Wrong on lasso.")) == "contradictory"
    assert label_of(grader.grade(rubric, "Lasso; wrong on ridge.")) == "correct"
    assert label_of(grader.grade(rubric, "The ridge.")) == "mostly-incorrect"
    assert KeywordJudge().name == "keywords"
    assert rubric == rubric_of(replace(rubric.source))


def read_row(values: dict[str, object]):  # type: ignore[no-untyped-def]
    from interviewer.evaluation.answers import AnswerRow

    return AnswerRow.model_validate(values)

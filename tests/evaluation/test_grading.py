from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from evaluation_support import KeywordJudge, keyword_grader, write_rows
from rich.console import Console
from support import HashingEncoder

from interviewer.errors import InputError
from interviewer.evaluation.agreement import SCORE_MEASURES
from interviewer.evaluation.answers import AnswerRow, read_answers, rubrics_of, sample_rows
from interviewer.evaluation.grading import evaluate_grading
from interviewer.evaluation.labels import collapse, label_of
from interviewer.evaluation.verdicts import calibration_measures, point_sample
from interviewer.grading.rubric import rubric_of
from interviewer.models import Grade, Verdict, VerdictLabel
from interviewer.terminal.show_measures import show_grading

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


def shown(result: dict[str, object]) -> str:
    console = Console(width=160, file=StringIO(), record=True)
    show_grading(console, result)
    return " ".join(console.export_text().replace("│", " ").replace("┃", " ").split())


def grade_of(human: str, chances: tuple[float, ...]) -> Grade:
    """A grade of one point whose verdict is the likeliest."""
    place = chances.index(max(chances))
    verdict = Verdict(
        key_point="It shrinks.",
        weight=1,
        verdict=list(VerdictLabel)[place],
        probability=chances[place],
        probabilities=chances,  # type: ignore[arg-type]
        answer_span=None,
        citation=None,
    )
    (rubric,) = rubrics_of(read_row(row("x", key_points=POINTS[:1])))
    return replace(keyword_grader().grade(rubric, "x"), verdicts=(verdict,))


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


def banded_rows(labels: bool = True) -> list[dict[str, object]]:
    """Forty answers to eight questions in every band, many of them graded off the mark."""
    said = (
        "The lasso zeroes, the ridge shrinks.",
        "Lasso gives zero.",
        "The ridge.",
        "Wrong: lasso",
    )
    scores = (1, 0.8, 0.6, 0.4, 0.1)
    names = ("correct", "correct", "incorrect", "incorrect", "contradictory")
    return [
        row(
            said[(place * 7 + place // 5) % 4],
            score=scores[place % 5],
            question_id=f"q{place % 8}",
            **({"label": names[place % 5]} if labels else {}),
        )
        for place in range(40)
    ]


def test_each_band_has_every_measure_of_the_whole_and_the_controls(tmp_path: Path) -> None:
    result = measured(tmp_path, *banded_rows())

    bands = result["by_score_band"]
    assert {name: band["n"] for name, band in bands.items()} == {
        "0.00-0.25": 8,
        "0.25-0.50": 8,
        "0.50-0.75": 8,
        "0.75-1.00": 16,
    }
    wanted = {*SCORE_MEASURES, "macro_f1_2way", "macro_f1_3way", "controls", "n"}
    for band in bands.values():
        assert set(band) == wanted
        assert set(band["controls"]) == set(result["controls"])
    top, low = bands["0.75-1.00"], bands["0.00-0.25"]
    assert top["pearson_r"]["value"] is not None
    assert top["qwk"]["ci95"] is not None
    assert top["controls"]["answer_length"]["pearson_r"]["ci95"] is not None
    assert low["pearson_r"] == low["macro_f1_2way"] == {"value": None, "ci95": None}
    json.dumps(result)


def test_bands_of_a_set_without_labels_have_none(tmp_path: Path) -> None:
    bands = measured(tmp_path, *banded_rows(labels=False))["by_score_band"]

    assert all("macro_f1_2way" not in band for band in bands.values())


def test_bands_are_printed_side_by_side_with_the_controls(tmp_path: Path) -> None:
    text = shown(measured(tmp_path, *banded_rows()))

    assert "0.00-0.25 0.25-0.50 0.50-0.75 0.75-1.00" in text
    assert "8 answers 8 answers 8 answers 16 answers" in text
    assert "macro_f1_3way – – –" in text
    assert "control: answer_cosine, pearson_r" in text
    assert "control: answer_cosine – – – 1.000" in text


def test_verdicts_that_come_with_rows_are_compared_point_by_point(tmp_path: Path) -> None:
    result = measured(
        tmp_path,
        row("The lasso zeroes.", key_points=POINTS, verdicts=["covered", "covered"], kind="good"),
        row("Wrong on lasso.", key_points=POINTS, verdicts=["contradicted", "missing"], kind="bad"),
    )

    verdicts = result["verdicts"]
    assert (verdicts["n"], verdicts["accuracy"]["value"]) == (4, 0.75)
    assert verdicts["macro_f1"]["value"] == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
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
        "verdict_macro_f1": None,
    }
    assert result["by_kind"]["bad"]["upper_half"] == 0
    assert result["by_kind"]["bad"]["verdict_accuracy"] == 1
    assert result["by_kind"]["bad"]["verdict_macro_f1"] == 1
    assert "pearson_r" not in result
    assert "bad 1 0.0 0% 2 1.000 1.000" in shown(result)


def verdict_rows() -> list[dict[str, object]]:
    """Two questions of which one is graded right throughout and the other never."""
    right = {"answer": "The lasso zeroes.", "verdicts": ["covered", "missing"]}
    wrong = {"answer": "Wrong on lasso.", "verdicts": ["covered", "partial"]}
    return [
        {**row(str(each["answer"])), "key_points": POINTS, "question_id": name, **each}
        for name, each in (("a", right), ("b", wrong))
        for _ in range(3)
    ]


def test_verdicts_have_intervals_that_draw_whole_questions(tmp_path: Path) -> None:
    verdicts = measured(tmp_path, *verdict_rows())["verdicts"]

    assert verdicts["accuracy"] == {"value": 0.5, "ci95": [0.0, 1.0]}
    assert verdicts["macro_f1"]["ci95"] == [0.0, pytest.approx(2 / 3)]
    text = shown(measured(tmp_path, *verdict_rows()))
    assert "12 verdicts, accuracy 0.500 (0.000 to 1.000), macro-F1" in text


def test_chances_are_held_against_how_often_verdicts_are_right() -> None:
    """Points at .65 and .95, right in 1 of 2 and in 2 of 2."""
    grades = [
        ("a", "covered", (0.65, 0.35, 0.0, 0.0)),
        ("a", "partial", (0.65, 0.35, 0.0, 0.0)),
        ("b", "missing", (0.05, 0.0, 0.95, 0.0)),
        ("c", "missing", (0.0, 0.05, 0.95, 0.0)),
    ]
    sample = point_sample(
        (question, [human], grade_of(human, chances)) for question, human, chances in grades
    )

    found = calibration_measures(sample, np.random.default_rng(0))

    assert found["expected_calibration_error"]["value"] == pytest.approx(0.5 * 0.15 + 0.5 * 0.05)
    squares = (0.35**2 + 0.35**2, 0.65**2 + 0.65**2, 2 * 0.05**2, 2 * 0.05**2)
    assert found["brier"]["value"] == pytest.approx(sum(squares) / 4)
    assert [(each["n"], each["low"]) for each in found["bins"] if each["n"]] == [(2, 0.6), (2, 0.9)]
    assert found["bins"][6]["mean_chance"] == pytest.approx(0.65)
    assert found["bins"][6]["share_right"] == 0.5
    assert found["bins"][0] == {
        "low": 0.0,
        "high": 0.1,
        "n": 0,
        "mean_chance": None,
        "share_right": None,
    }
    low, high = found["expected_calibration_error"]["ci95"]
    assert low == pytest.approx(0.05)
    assert high == pytest.approx(0.15)


@pytest.mark.parametrize(("chance", "place"), [(0.7, 6), (0.71, 7), (1.0, 9), (0.3, 2)])
def test_a_bin_holds_its_upper_edge(chance: float, place: int) -> None:
    left = (1 - chance) / 3
    sample = point_sample([("a", ["covered"], grade_of("covered", (chance, left, left, left)))])

    bins = calibration_measures(sample, np.random.default_rng(0))["bins"]

    assert [each["n"] for each in bins].index(1) == place


def test_the_calibration_is_printed_by_bin(tmp_path: Path) -> None:
    result = measured(tmp_path, *verdict_rows())

    assert result["calibration"]["n"] == 12
    text = shown(result)
    assert "expected calibration error 0.500 (0.000 to 1.000), Brier score 1.000" in text
    assert "0.9 to 1.0 12 1.000 0.500" in text


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
        ({"question": None}, "question: Field required"),
        (
            {"key_points": [{"text": "It shrinks.", "weight": 4}]},
            "key_points.0.weight: Input should be less than or equal to 3",
        ),
        (
            {"key_points": [{"text": "It shrinks."}, {"text": "It zeroes.", "weight": 0}]},
            "key_points.1.weight: Input should be greater than or equal to 1",
        ),
        (
            {"key_points": [{"text": "It shrinks.", "weight": 1.5}]},
            "key_points.0.weight: Input should be a valid integer",
        ),
    ],
)
def test_a_row_that_does_not_fit_is_named_by_its_line(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    path = write_rows(tmp_path / "rows.jsonl", (row("fine"), {**row("not fine"), **change}))

    with pytest.raises(InputError, match=rf"rows\.jsonl:2: .*{message}"):
        read_answers(path)


@pytest.mark.parametrize(
    "field", sorted(set(AnswerRow.model_fields) - {"question", "reference", "answer"})
)
def test_null_means_that_a_field_is_absent(tmp_path: Path, field: str) -> None:
    without = row("fine")
    without.pop(field, None)
    path = write_rows(tmp_path / "rows.jsonl", ({**without, field: None}, without))

    given, absent = read_answers(path)

    assert given == absent


def test_null_in_a_point_and_a_mistake_means_absent_too(tmp_path: Path) -> None:
    point = {"text": "The ridge shrinks weights.", "weight": None}
    twin = {"text": "The ridge zeroes weights.", "key_point": None}
    path = write_rows(tmp_path / "rows.jsonl", (row("x", key_points=[point], mistakes=[twin]),))

    (read,) = read_answers(path)

    assert (read.key_points[0].weight, read.mistakes[0].key_point) == (2, None)


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
    return AnswerRow.model_validate(values)

"""Our labelled answers become rows whose scores follow from verdicts and weights alone."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from evaluation_support import write_rows
from support import SMALL_BANK

from interviewer.config import CHECKOUT_DIR
from interviewer.evaluation.answers import AnswerRow, read_answers, rubrics_of
from interviewer.knowledge.bank import QuestionBank
from interviewer.knowledge.parse import parse_bank_file

PATH = "ml-fundamentals/regularization.md"
BANK = QuestionBank(tuple(parse_bank_file(SMALL_BANK, PATH)), {PATH: SMALL_BANK}, "test")
QUESTION = BANK.get("gradient-descent")
POINTS = [point.text for point in QUESTION.key_points]


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(CHECKOUT_DIR / "training"))
    import rows

    return rows


def labelled(points: list[str], verdicts: str, **more: str) -> dict[str, object]:
    answer = {"kind": "partial", "answer": "Downhill.", "verdicts": verdicts, **more}
    return {"question_id": QUESTION.id, "key_points": points, "answers": [answer]}


@pytest.mark.parametrize(
    ("letters", "words", "score"),
    [
        ("cpm", ["covered", "partial", "missing"], 4 / 6),
        ("xcc", ["contradicted", "covered", "covered"], 3 / 6),
        ("ccc", ["covered", "covered", "covered"], 1.0),
        ("mmx", ["missing", "missing", "contradicted"], 0.0),
    ],
)
def test_letters_become_words_and_a_score_by_the_weights_of_the_bank(
    rows: ModuleType, letters: str, words: list[str], score: float
) -> None:
    (row,) = rows.rows_of(labelled(POINTS, letters), QUESTION)

    assert (row["verdicts"], row["score"]) == (words, pytest.approx(score))
    assert [point["weight"] for point in row["key_points"]] == [3, 2, 1]


def test_a_row_is_one_that_the_evaluation_reads_with_its_twins(rows: ModuleType) -> None:
    (row,) = rows.rows_of(labelled(POINTS, "cpm", second_reading="ccm"), QUESTION)

    read = AnswerRow.model_validate(row)
    (rubric,) = rubrics_of(read)
    assert (read.id, read.question_id, read.kind) == (
        "gradient-descent-1",
        "gradient-descent",
        "partial",
    )
    assert read.split == rows.split_of("gradient-descent")
    assert [mistake.text for mistake in rubric.twins_of(1)] == [QUESTION.mistakes[0].text]


def test_the_twins_can_be_left_out(rows: ModuleType) -> None:
    (row,) = rows.rows_of(labelled(POINTS, "cpm"), QUESTION, twins=False)

    assert row["mistakes"] == []


def test_points_that_the_bank_no_longer_has_weigh_two_and_cost_the_question_its_twins(
    rows: ModuleType,
) -> None:
    stored = [POINTS[0], "The batch size sets the size of each step.", POINTS[2]]

    (row,) = rows.rows_of(labelled(stored, "ccm"), QUESTION)

    assert row["key_points"] == [
        {"text": stored[0], "weight": 3},
        {"text": stored[1], "weight": 2},
        {"text": stored[2], "weight": 1},
    ]
    assert row["mistakes"] == []
    assert row["score"] == pytest.approx(5 / 6)


def test_a_point_that_was_added_since_costs_the_twins_too(rows: ModuleType) -> None:
    (row,) = rows.rows_of(labelled(POINTS[:2], "cc"), QUESTION)

    assert (row["mistakes"], row["score"]) == ([], 1.0)


def test_only_the_questions_of_the_split_are_given(rows: ModuleType, tmp_path: Path) -> None:
    write_rows(tmp_path / "answers.jsonl", (labelled(POINTS, "ccc"),))
    own = rows.split_of(QUESTION.id)
    other = next(split for split in rows.SPLITS if split != own)

    assert len(list(rows.split_rows(BANK, own, tmp_path))) == 1
    assert list(rows.split_rows(BANK, other, tmp_path)) == []


def test_the_test_split_of_our_answers_can_be_read_as_graded_answers(
    rows: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows.main(["test", "--no-twins"])

    printed = capsys.readouterr().out
    path = tmp_path / "rows.jsonl"
    path.write_text(printed, encoding="utf-8")
    read = read_answers(path, "test")
    assert len(read) == len(printed.splitlines())
    assert {row.kind for row in read} >= {"strong", "paraphrase", "fluent-wrong"}
    assert not any(row.mistakes for row in read)

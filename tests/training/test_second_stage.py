"""The second stage: what says nothing is missing, whatever stands around an answer."""

from __future__ import annotations

import json
import random
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from support import HashingEncoder

from interviewer.config import CHECKOUT_DIR
from interviewer.grading.reading import read_answer
from interviewer.knowledge.bank import load_bank

EMPTY = ["It depends.", "Good question.", "I would look into it.", "There are many ways."]


@pytest.fixture
def second_stage(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(CHECKOUT_DIR / "training"))
    import second_stage

    return second_stage


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def answered(stage: ModuleType, name: str, points: tuple[str, ...], said: str, letters: str):  # type: ignore[no-untyped-def]
    encoder = HashingEncoder()
    read = read_answer(said, encoder)
    return stage.Answered(name, points, encoder.encode(list(points)), read, letters, "answers")


def test_each_point_is_paired_with_what_was_said_of_it(second_stage: ModuleType) -> None:
    points = ("Ridge shrinks weights.", "The lasso zeroes weights.")
    pairs = list(answered(second_stage, "a", points, "Ridge shrinks weights.", "cm").pairs())
    assert [(pair.claim, pair.verdicts) for pair in pairs] == [
        (points[0], (0,)),
        (points[1], (2,)),
    ]
    assert pairs[0].said == "Ridge shrinks weights."


def test_another_questions_answer_and_empty_texts_leave_every_point_missing(
    second_stage: ModuleType,
) -> None:
    both = [
        answered(second_stage, "a", ("Ridge shrinks weights.",), "It shrinks them.", "c"),
        answered(second_stage, "b", ("Trees split on gain.",), "They split.", "c"),
    ]
    rng = random.Random(0)
    elsewhere = [pair for _ in range(20) for pair in second_stage.elsewhere(both, rng)]
    assert {(pair.claim, pair.said) for pair in elsewhere} == {
        ("Ridge shrinks weights.", "They split."),
        ("Trees split on gain.", "It shrinks them."),
    }
    empty = list(second_stage.nothing_said(both, EMPTY, rng))
    assert {pair.claim for pair in empty} == {"Ridge shrinks weights.", "Trees split on gain."}
    assert {pair.verdicts for pair in (*elsewhere, *empty)} == {(2,)}


def test_an_empty_phrase_around_an_answer_leaves_its_verdict(second_stage: ModuleType) -> None:
    pair = second_stage.Pair("Ridge shrinks weights.", "It shrinks them.", (0,), "answers")
    rng = random.Random(0)
    said = {second_stage.wrapped(pair, EMPTY, rng).said for _ in range(200)}
    assert "It shrinks them." in said
    assert {"It shrinks them. It depends.", "It depends. It shrinks them."} <= said
    assert second_stage.wrapped(pair, EMPTY, rng).verdicts == (0,)


def test_the_calibration_sees_empty_texts_that_the_training_does_not(
    second_stage: ModuleType,
) -> None:
    trained = set(second_stage.empty_texts(kept_back=False))
    kept_back = set(second_stage.empty_texts(kept_back=True))
    assert not trained & kept_back
    assert len(trained | kept_back) == len(rows(second_stage.EMPTY))
    assert np.isclose(len(kept_back) / len(trained | kept_back), 0.15, atol=0.08)


def test_all_that_was_written_for_it_is_of_the_train_split_with_a_letter_for_each_point(
    second_stage: ModuleType,
) -> None:
    answers = {
        row["question_id"]: row
        for folder in (second_stage.ANSWERS, second_stage.MORE_ANSWERS)
        for row in second_stage.answer_rows(folder)
    }
    more = list(second_stage.answer_rows(second_stage.MORE_ANSWERS))
    routes = rows(second_stage.OTHER_ROUTES)
    spoken = rows(second_stage.SPOKEN)
    for row in rows(second_stage.RESTYLED):
        restyled = answers[row["question_id"]]["answers"][row["number"] - 1]  # type: ignore[operator]
        assert {"strong": "formal", "fluent-wrong": "colloquial"}[restyled["kind"]] == row["style"]
    for row in rows(second_stage.MIXED):
        question = answers[row["question_id"]]  # type: ignore[index]
        assert len(row["verdicts"]) == len(question["key_points"])  # type: ignore[arg-type, call-overload]
        assert set(row["verdicts"]) <= set("cpmx")  # type: ignore[call-overload]
    named = {str(row["question_id"]) for row in (*more, *routes, *spoken)}
    assert {second_stage.split_of(name) for name in named} == {"train"}
    assert {row["question_id"] for row in more}.isdisjoint(
        row["question_id"] for row in second_stage.answer_rows(second_stage.ANSWERS)
    )
    for row in (*more, *routes):
        for answer in row["answers"]:  # type: ignore[attr-defined]
            assert len(answer["verdicts"]) == len(row["key_points"])  # type: ignore[arg-type]
            assert set(answer["verdicts"]) <= set("cpmx")
            if answer["kind"] == "other-route":
                assert "x" not in answer["verdicts"]
    for row in spoken:
        assert 1 <= row["number"] <= len(answers[row["question_id"]]["answers"])  # type: ignore[operator]


def test_the_points_of_the_answers_are_those_of_the_bank(second_stage: ModuleType) -> None:
    bank = load_bank(CHECKOUT_DIR / "knowledge")
    for row in second_stage.answer_rows(second_stage.MORE_ANSWERS):
        points = [point.text for point in bank.get(row["question_id"]).key_points]
        assert points == row["key_points"]


def test_right_and_wrong_stand_side_by_side_whatever_the_style(second_stage: ModuleType) -> None:
    mixed = rows(second_stage.MIXED)
    by_style: dict[str, list[float]] = {}
    for row in mixed:
        letters = str(row["verdicts"])
        by_style.setdefault(str(row["style"]), []).append(letters.count("x") / len(letters))
    shares = [np.mean(wrong) for wrong in by_style.values()]
    assert len(by_style) >= 6
    assert max(shares) - min(shares) < 0.12
    assert np.mean([len(set(str(row["verdicts"]))) > 1 for row in mixed]) > 0.97


def test_a_passage_put_together_by_dice_is_read_for_several_points(
    second_stage: ModuleType, tmp_path: Path
) -> None:
    row = {
        "question_id": "a",
        "key_points": ["P", "Q", "R", "S"],
        "statements": [
            {"c": [f"{name} yes."], "p": [f"{name} half."], "m": [], "x": [f"{name} no."]}
            for name in "PQRS"
        ],
    }
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    rng = random.Random(0)
    expected = {"yes.": (0,), "half.": (1,), "no.": (3,)}
    verdicts = set()

    pairs = [pair for _ in range(40) for pair in second_stage.composed_pairs(rng, tmp_path)]

    mistakes = [pair for pair in pairs if pair.claim.endswith("no.")]
    points = [pair for pair in pairs if pair not in mistakes]
    for pair in points:
        told = pair.said.split()
        heard = dict(zip(told[::2], told[1::2], strict=True))
        assert pair.verdicts == (expected[heard[pair.claim]] if pair.claim in heard else (2,))
        verdicts.add(pair.verdicts)
    assert verdicts == {(0,), (1,), (2,), (3,)}
    assert len({pair.said for pair in pairs}) < len(pairs) / 2
    assert {pair.verdicts for pair in mistakes} == {(0,), (3,)}
    for pair in mistakes:
        right = pair.claim.replace("no.", "yes.")
        assert (pair.claim in pair.said, right in pair.said) == (
            pair.verdicts == (0,),
            pair.verdicts == (3,),
        )


def test_a_claim_put_otherwise_keeps_its_verdict_and_its_mistake_turns_it_round(
    second_stage: ModuleType,
) -> None:
    stated = {"Ridge shrinks weights.": {"c": ["It makes them small."], "x": ["They grow."]}}
    rng = random.Random(0)

    def claims(said: str, verdicts: tuple[int, ...]) -> set[tuple[str, tuple[int, ...]]]:
        pair = second_stage.Pair("Ridge shrinks weights.", said, verdicts, "answers")
        put = [second_stage.put_otherwise(pair, stated, rng) for _ in range(300)]
        assert {each.said for each in put} == {said}
        return {(each.claim, each.verdicts) for each in put}

    own, same = "Ridge shrinks weights.", "It makes them small."
    assert claims("Small.", (0,)) == {(own, (0,)), (same, (0,)), ("They grow.", (3,))}
    assert claims("Corners.", (2,)) == {(own, (2,)), (same, (2,)), ("They grow.", (2,))}
    assert claims("Big.", (3,)) == {(own, (3,)), (same, (3,))}
    assert claims(same, (3,)) == {(own, (3,))}
    unknown = second_stage.Pair("Trees split.", "They do.", (0,), "answers")
    assert second_stage.put_otherwise(unknown, stated, rng) is unknown


def test_further_questions_have_a_letter_for_each_point_and_are_not_the_banks(
    second_stage: ModuleType,
) -> None:
    bank = load_bank(CHECKOUT_DIR / "knowledge")
    asked = {question.text for question in bank.questions}
    points = {point.text for question in bank.questions for point in question.key_points}
    further = rows(second_stage.FURTHER)
    assert len({row["question_id"] for row in further}) == len(further) >= 300
    for row in further:
        assert row["question"] not in asked
        assert points.isdisjoint(row["key_points"])  # type: ignore[arg-type]
        for answer in row["answers"]:  # type: ignore[attr-defined]
            assert len(answer["verdicts"]) == len(row["key_points"])  # type: ignore[arg-type]
            assert set(answer["verdicts"]) <= set("cpmx")

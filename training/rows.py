"""Turns our own labelled answers into rows for `interviewer evaluate grading`.

    python training/rows.py test > rows.jsonl

Weights and common mistakes come from the bank. Where a question's key points were changed since
its answers were labelled, the labelled ones stand: those that the bank no longer has weigh 2, and
the question's mistakes, which are numbered by the bank's points, are left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pairs import ANSWERS, answer_rows, split_of
from second_stage import mixed_answers, restyled_answers

from interviewer.config import CHECKOUT_DIR
from interviewer.knowledge.bank import QuestionBank, load_bank
from interviewer.models import Question

SPLITS = ("train", "dev", "test")
CREDITS = {"covered": 1.0, "partial": 0.5, "missing": 0.0, "contradicted": 0.0}
WORDS = {"c": "covered", "p": "partial", "m": "missing", "x": "contradicted"}
UNKNOWN_WEIGHT = 2
OTHER_ANSWERS = {"restyled": restyled_answers, "mixed": mixed_answers}


def rows_of(
    labelled: Mapping[str, Any], question: Question, *, twins: bool = True
) -> Iterator[dict[str, Any]]:
    """Give a row for every labelled answer of a question.

    Args:
        labelled: one line of `training/answers`.
        question: the bank's question of that id.
        twins: whether the question's common mistakes come along.
    """
    texts = labelled["key_points"]
    known = {point.text: point.weight for point in question.key_points}
    points = [{"text": text, "weight": known.get(text, UNKNOWN_WEIGHT)} for text in texts]
    mistakes = question.mistakes if twins and list(known) == texts else ()
    for number, answer in enumerate(labelled["answers"], start=1):
        verdicts = [WORDS[letter] for letter in answer["verdicts"]]
        yield {
            "id": f"{question.id}-{number}",
            "split": split_of(question.id),
            "question_id": question.id,
            "question": question.text,
            "reference": question.reference,
            "answer": answer["answer"],
            "kind": answer["kind"],
            "key_points": points,
            "mistakes": [{"text": each.text, "key_point": each.key_point} for each in mistakes],
            "verdicts": verdicts,
            "score": score_of(verdicts, [point["weight"] for point in points]),
        }


def score_of(verdicts: Sequence[str], weights: Sequence[int]) -> float:
    """Score verdicts from 0 to 1: the weighted share of credit, half of it for a partial one."""
    earned = sum(
        weight * CREDITS[verdict] for verdict, weight in zip(verdicts, weights, strict=True)
    )
    return earned / sum(weights)


def split_rows(
    bank: QuestionBank,
    split: str,
    folder: Path = ANSWERS,
    *,
    twins: bool = True,
    other: str = "",
) -> Iterator[dict[str, Any]]:
    """Give the rows of one split in the order of the files.

    Args:
        bank: gives weights and common mistakes.
        split: train, dev or test.
        folder: of the answers.
        twins: whether the common mistakes come along.
        other: `restyled` gives right answers in a textbook's style and wrong ones in that of talk,
            where the answers themselves are the other way round; `mixed` gives those in which
            right and wrong stand side by side, as dice have it.

    Raises:
        UnknownQuestionError: the bank no longer has a question that was answered.
    """
    for labelled in _others(split, other) if other else answer_rows(folder):
        question_id = str(labelled["question_id"])
        if split_of(question_id) == split:
            yield from rows_of(labelled, bank.get(question_id), twins=twins)


def _others(split: str, other: str) -> Iterator[dict[str, Any]]:
    for question, answer in OTHER_ANSWERS[other](split):
        yield {**question, "answers": [answer]}


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the rows of a split to standard output, one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("split", choices=SPLITS)
    parser.add_argument("--no-twins", action="store_true", help="leave the mistakes out")
    parser.add_argument("--other", choices=OTHER_ANSWERS, default="", help="other answers")
    chosen = parser.parse_args(arguments)
    bank = load_bank(CHECKOUT_DIR / "knowledge")
    twins = not chosen.no_twins
    for row in split_rows(bank, chosen.split, twins=twins, other=chosen.other):
        sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()

"""Grades answers with the shipped judge, here or in a process of its own.

    python tests/graded_again.py ENCODER_FOLDER < answers.json

Answers are pairs of a question's id and what was said, the grades come as JSON in that order.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from interviewer.config import CHECKOUT_DIR
from interviewer.grading.grader import Grader, ReferencePassages
from interviewer.grading.model_judge import ModelJudge
from interviewer.grading.pair_model import PairModel, load_calibrations
from interviewer.grading.rubric import Rubric, own_question, rubric_of
from interviewer.grading.to_json import grade_to_dict
from interviewer.knowledge.parse import parse_bank_file
from interviewer.models import Question
from interviewer.retrieval.encoder import OnnxEncoder

TOPICS = ("ml-fundamentals/clustering.md", "math-statistics/ab-testing.md")
OWN = own_question(
    "What does dropout do?",
    "Dropout sets random activations to zero during training. At inference all units are used. "
    "It keeps units from relying on each other, which reduces overfitting.",
    "notes.md",
)


def bank_questions() -> dict[str, Question]:
    """Read the questions of two files of the bank, and one that is the user's own."""
    questions = [OWN]
    for name in TOPICS:
        text = (CHECKOUT_DIR / "knowledge" / name).read_text(encoding="utf-8")
        questions += parse_bank_file(text, name)
    return {question.id: question for question in questions}


def shipped_grader(encoder: OnnxEncoder, model: PairModel) -> Grader:
    """Make the grader that grades where no chat model is set up."""
    judge = ModelJudge(encoder, model, load_calibrations())
    return Grader(judge=judge, passages=ReferencePassages(encoder), bank_version="v1")


def grades(grader: Grader, said: Iterable[tuple[str, str]]) -> list[str]:
    """Grade answers and give each grade as JSON."""
    rubrics: dict[str, Rubric] = {
        name: rubric_of(question) for name, question in bank_questions().items()
    }
    return [
        json.dumps(grade_to_dict(grader.grade(rubrics[name], answer)), sort_keys=True)
        for name, answer in said
    ]


def main() -> None:
    """Grade what comes in and print the grades."""
    grader = shipped_grader(OnnxEncoder(Path(sys.argv[1])), PairModel())
    print(json.dumps(grades(grader, json.load(sys.stdin))))


if __name__ == "__main__":
    main()

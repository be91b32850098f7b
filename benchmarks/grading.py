"""Prints how long one grade takes: an answer of 150 words against six key points, offline.

    python benchmarks/grading.py [--json]

The grade is timed whole (gate, passages, judge, evidence, score) with the model loaded and the
question met before. Milliseconds are this machine's; the ratios to one call of the encoder and of
the judge's model, timed in turn with the grade, carry over to others. Nothing else may run.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from interviewer.config import load_settings
from interviewer.grading.pair_model import MODEL_DIR, PairModel
from interviewer.grading.rubric import Rubric, rubric_of
from interviewer.knowledge.bank import QuestionBank
from interviewer.workspace import open_workspace

WORDS = 150
POINTS = 6
RUNS = 50
WARM_UP = 3


def main() -> None:
    """Time grades and print what they take."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    figures = measured()
    print(json.dumps(figures, indent=1) if parser.parse_args().json else _in_words(figures))


def measured() -> dict[str, Any]:
    """Time one grade, one embedding of the answer and one pair in turn.

    Returns:
        `*_ms` are milliseconds, `ratio_*` the medians of the ratios of neighbouring runs, `bytes`
        those of the packaged model's files.
    """
    workspace = open_workspace(load_settings())
    grader, encoder, model = workspace.grader(), workspace.encoder, PairModel()
    rubric, answer = _task(workspace.bank)
    first = _milliseconds(lambda: grader.grade(rubric, answer))
    pair = [(rubric.key_points[0].text, " ".join(answer.split()[:60]))]
    work: tuple[Callable[[], object], ...] = (
        lambda: grader.grade(rubric, answer),
        lambda: encoder.encode([answer]),
        lambda: model.logits(pair),
    )
    runs = np.array([[_milliseconds(each) for each in work] for _ in range(WARM_UP + RUNS)])
    grade, one_text, one_pair = runs[WARM_UP:].T
    return {
        "question_id": rubric.question_id,
        "words": len(answer.split()),
        "key_points": len(rubric.key_points),
        "runs": RUNS,
        "median_ms": round(float(np.median(grade)), 1),
        "p95_ms": round(float(np.percentile(grade, 95)), 1),
        "first_ms": round(first, 1),
        "ratio_to_encoding_the_answer": round(float(np.median(grade / one_text)), 1),
        "ratio_to_reading_one_pair": round(float(np.median(grade / one_pair)), 1),
        "bytes": {path.name: path.stat().st_size for path in sorted(MODEL_DIR.iterdir())},
    }


def _task(bank: QuestionBank) -> tuple[Rubric, str]:
    """Choose the first question by id with six key points and prose of 150 words to say."""
    for question in sorted(bank.questions, key=lambda each: each.id):
        said = question.reference.split()
        fits = len(question.key_points) == POINTS and len(said) >= WORDS
        if fits and "```" not in question.reference:
            return rubric_of(question), " ".join(said[:WORDS])
    raise SystemExit(f"No question has {POINTS} key points and {WORDS} words to say.")


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def _in_words(figures: dict[str, Any]) -> str:
    size = sum(figures["bytes"].values())
    return (
        f"{figures['question_id']}: {figures['words']} words, {figures['key_points']} key points, "
        f"{figures['runs']} runs\n"
        f"one grade: median {figures['median_ms']} ms, 95% within {figures['p95_ms']} ms, "
        f"the first {figures['first_ms']} ms\n"
        f"that is {figures['ratio_to_encoding_the_answer']} times one embedding of the answer and "
        f"{figures['ratio_to_reading_one_pair']} times one pair read\n"
        f"the packaged model takes {size:,} bytes ({size / 1e6:.1f} MB)"
    )


if __name__ == "__main__":
    main()

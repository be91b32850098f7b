"""Small data sets for the tests of the measures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from support import HashingEncoder

from interviewer.grading.grader import Grader, ReferencePassages
from interviewer.grading.judge import Judgement, PointJudgement
from interviewer.grading.rubric import Rubric
from interviewer.models import KeyPoint, RetrievedChunk, Span

DOCUMENTS = (
    {"_id": "d1", "title": "", "text": "Gradient descent follows the negative gradient."},
    {"_id": "d2", "title": "Lasso", "text": "The penalty on absolute weights makes them sparse."},
    {"_id": "d3", "title": "Forests", "text": "Bagging averages deep trees to cut variance."},
)


def write_rows(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    """Write one JSON object a line."""
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def write_beir(folder: Path) -> Path:
    """Write a corpus of three documents with two judged queries and an unjudged one."""
    (folder / "qrels").mkdir()
    write_rows(folder / "corpus.jsonl", DOCUMENTS)
    queries = ("why sparse weights", "averaging deep trees", "something else")
    write_rows(
        folder / "queries.jsonl",
        tuple({"_id": f"q{n}", "text": text} for n, text in enumerate(queries, start=1)),
    )
    (folder / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\td2\t1\nq2\td3\t2\n", encoding="utf-8"
    )
    return folder


class KeywordJudge:
    """Covers a point whose second word is said; `wrong` before that word contradicts it."""

    name = "keywords"
    prompt_hash = ""

    def judge(self, rubric: Rubric, answer: str, _passages: Sequence[RetrievedChunk]) -> Judgement:
        """Judge each point by its keyword."""
        return Judgement(tuple(self._point(point, answer) for point in rubric.key_points))

    def _point(self, point: KeyPoint, answer: str) -> PointJudgement:
        keyword = point.text.split()[1].lower()
        at = answer.lower().find(keyword)
        if at < 0:
            return PointJudgement((0.0, 0.0, 1.0, 0.0))
        span = Span(at, at + len(keyword), answer[at : at + len(keyword)])
        if "wrong" in answer[:at].lower():
            return PointJudgement((0.0, 0.0, 0.0, 1.0), span)
        return PointJudgement((1.0, 0.0, 0.0, 0.0), span)


def keyword_grader() -> Grader:
    """Make a grader whose verdicts can be read off an answer."""
    return Grader(
        judge=KeywordJudge(), passages=ReferencePassages(HashingEncoder()), bank_version="test"
    )


def small_results() -> dict[str, Any]:
    """Give a small made-up evaluation, as `interviewer evaluate all` would write it."""
    return {
        "grader": "offline-7",
        "limit": 0,
        "sets": {
            "ours/test": {
                **_set(n=40, questions=10, r=(0.91, 0.85, 0.95), coverage=(0.80, 0.70, 0.88)),
                "controls": _controls(0.30, 0.20, -0.40),
                "by_score_band": {
                    "0.00-0.25": _band(20, None, 0.10, 0.04),
                    "0.75-1.00": _band(20, 0.20, 0.15, -0.06),
                },
                "verdicts": {
                    "n": 100,
                    "accuracy": 0.85,
                    "labels": ["covered", "partial", "missing", "contradicted"],
                    "confusion_matrix": [[50, 2, 3, 0], [1, 5, 1, 0], [7, 0, 20, 1], [0, 0, 0, 10]],
                },
                "calibration": {
                    "n": 100,
                    "expected_calibration_error": _measured(0.06, 0.04, 0.09),
                    "brier": _measured(0.31, 0.28, 0.35),
                    "bins": [],
                },
                "deferral": {
                    "sure_from": 0.6,
                    "n": 100,
                    "share_unsure": 0.3,
                    "sure": {"n": 70, "accuracy": 0.92},
                    "unsure": {"n": 30, "accuracy": 0.55},
                },
                "by_kind": {
                    "fluent-wrong": _kind(20, 0.11, 0.05, 0.05, 0.80),
                    "strong": _kind(20, 0.85, 0.95, 1.0, 0.90),
                },
            },
            "saf/unseen-questions": {
                **_set(n=200, questions=5, r=(0.32, 0.21, 0.43), coverage=(0.60, 0.52, 0.67)),
                "blank_dropped": 12,
                "macro_f1_2way": _measured(0.61, 0.55, 0.68),
                "macro_f1_3way": _measured(0.45, 0.40, 0.51),
                "controls": _controls(0.10, 0.35, 0.25),
                "by_score_band": {
                    "0.25-0.50": _band(60, 0.05, 0.44, 0.31),
                    "0.75-1.00": _band(140, None, 0.20, -0.12),
                },
            },
        },
        "attacks": {
            "grader_attacks": {
                "questions": 30,
                "seed": 0,
                "by_category": {
                    "master_key": {"attempts": 300, "succeeded": 0},
                    "negated_truth": {"attempts": 90, "succeeded": 9},
                    "brand_new": {"attempts": 30, "succeeded": 1},
                },
                "failures": [],
            },
            "benign_answers": {
                "questions": 30,
                "seed": 0,
                "by_category": {"benign_trigger_words": {"attempts": 60, "succeeded": 0}},
                "failures": [],
            },
        },
    }


def _measured(value: float | None, low: float = 0.0, high: float = 0.0) -> dict[str, object]:
    return {"value": value, "ci95": None if value is None or low == high else [low, high]}


def _set(
    *, n: int, questions: int, r: tuple[float, float, float], coverage: tuple[float, float, float]
) -> dict[str, Any]:
    return {
        "n": n,
        "blank_dropped": 0,
        "questions": questions,
        "graders": {"offline-7": n},
        "pearson_r": _measured(*r),
        "rmse": _measured(0.25, 0.2, 0.3),
        "qwk": _measured(0.7, 0.62, 0.76),
        "mean_error": _measured(-0.034, -0.05, -0.01),
        "interval_coverage": _measured(*coverage),
    }


def _controls(length: float, words: float, cosine: float) -> dict[str, Any]:
    values = {"answer_length": length, "stemmed_word_recall": words, "answer_cosine": cosine}
    return {name: {"pearson_r": _measured(value)} for name, value in values.items()}


def _band(n: int, r: float | None, rmse: float, mean_error: float) -> dict[str, Any]:
    return {
        "n": n,
        "pearson_r": _measured(r),
        "rmse": _measured(rmse),
        "mean_error": _measured(mean_error),
    }


def _kind(
    n: int, mean: float, human: float, upper_half: float, accuracy: float
) -> dict[str, float]:
    return {
        "n": n,
        "mean_score": mean,
        "mean_human_score": human,
        "upper_half": upper_half,
        "verdicts": 50,
        "verdict_accuracy": accuracy,
    }

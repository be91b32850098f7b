"""Small data sets for the tests of the measures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

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

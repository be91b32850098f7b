"""Small data sets for the tests of the measures."""

from __future__ import annotations

import json
from pathlib import Path

DOCUMENTS = (
    {"_id": "d1", "title": "", "text": "Gradient descent follows the negative gradient."},
    {"_id": "d2", "title": "Lasso", "text": "The penalty on absolute weights makes them sparse."},
    {"_id": "d3", "title": "Forests", "text": "Bagging averages deep trees to cut variance."},
)


def write_rows(path: Path, rows: tuple[dict[str, object], ...]) -> Path:
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

"""Prints how many of the paraphrased queries find their question, over the whole bank."""

from __future__ import annotations

import json
from pathlib import Path

from interviewer.config import load_settings
from interviewer.workspace import open_workspace

QUERIES = Path(__file__).resolve().parents[1] / "tests" / "data" / "paraphrased_queries.jsonl"
DEEP_ENOUGH = 30


def main() -> None:
    """Search for every query as the app does and print the share found first and in five."""
    index = open_workspace(load_settings()).index
    rows = [json.loads(line) for line in QUERIES.read_text(encoding="utf-8").splitlines()]
    first = among_five = 0
    for row in rows:
        found = index.search(row["query"], top_k=DEEP_ENOUGH)
        asked = list(dict.fromkeys(hit.chunk.question_id for hit in found))
        first += row["question_id"] == asked[0]
        among_five += row["question_id"] in asked[:5]
    print(
        f"{len(rows)} queries: {first / len(rows):.1%} first, {among_five / len(rows):.1%} in five"
    )


if __name__ == "__main__":
    main()

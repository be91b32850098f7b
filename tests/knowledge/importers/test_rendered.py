"""Rendered and plain text: questions, sections, and the marks that are put back."""

from __future__ import annotations

from typing import Any

import pytest

from interviewer.knowledge.importers import import_text


def _read(text: str) -> list[dict[str, Any]]:
    questions: list[dict[str, Any]] = import_text(text, name="notes.txt").to_json_dict()[
        "questions"
    ]
    return questions


def _answer(text: str) -> str:
    answer: str = _read(f"Q: What is shown?\n\n{text}\n")[0]["answer"]
    return answer


@pytest.mark.parametrize(
    "code",
    [
        "import numpy as np\n\nx = np.zeros(3)\nx.sum()  # total",
        "def area(r):\n    pi = 3\n\n    return pi * r ** 2",
        "for row in rows:\n    print(row)",
        "loss.backward()\noptimizer.step() # update",
        "SELECT name FROM users\nWHERE age > 3",
        "model = Pipeline([\n    ('scale', Scaler()),\n])",
        "Input → [Encoder] → Output\n           ↓\n         Loss",
        "E = m · c²",
    ],
)
def test_code_formulas_and_drawings_get_a_fence_and_stay_as_they_are(code: str) -> None:
    answer = _answer(f"Some words come first here.\n\n{code}\n\nAnd then a last sentence.")
    assert f"\n{code}\n```" in answer
    assert answer.startswith("Some words come first here.\n\n```")
    assert answer.endswith("```\n\nAnd then a last sentence.")


@pytest.mark.parametrize(
    "prose",
    [
        "Bias = error from wrong assumptions of the model. It is large for simple models.",
        "We import the data, then clean it.",
        "For each fold, train on the rest and test on it.",
        "Gradients shrink from layer to layer → early layers learn slowly.",
        "Is it fast? Yes, for small inputs.",
    ],
)
def test_prose_gets_no_fence(prose: str) -> None:
    assert _answer(prose) == prose


def test_a_drawing_and_the_program_after_it_get_a_fence_each() -> None:
    answer = _answer("Query → [Search] → Hits\nimport faiss\nindex = faiss.IndexFlatIP(4)")
    assert answer == (
        "```\nQuery → [Search] → Hits\n```\n\n"
        "```python\nimport faiss\nindex = faiss.IndexFlatIP(4)\n```"
    )


def test_table_rows_keep_a_line_each_where_the_columns_are_lost() -> None:
    assert _answer("Aspect Bagging Boosting\nOrder Parallel Sequential") == (
        "Aspect Bagging Boosting  \nOrder Parallel Sequential  "
    )


@pytest.mark.parametrize("gap", ["\t", "   "], ids=["tabs", "spaces"])
def test_a_table_is_rebuilt_where_its_columns_can_be_told_apart(gap: str) -> None:
    rows = [("Aspect", "Bagging", "Boosting"), ("Order", "In parallel", "One by one")]
    assert _answer("\n".join(gap.join(row) for row in rows)) == (
        "| Aspect | Bagging | Boosting |\n|---|---|---|\n| Order | In parallel | One by one |"
    )


def test_bullets_get_their_marks_back_with_their_depth() -> None:
    assert _answer("  • first\n      ◦ within\n  • second\n  1. third") == (
        "- first\n   - within\n- second\n1. third"
    )


def test_a_wrapped_paragraph_is_no_table() -> None:
    text = (
        "A long line of plain words that was wrapped by its author\nand goes on in lower case here"
    )
    assert _answer(text) == text


def test_a_question_that_is_wrapped_is_joined() -> None:
    text = (
        "Q: What is the difference between\na list and a tuple?\nA: A tuple cannot "
        "change.\n\nQ: Why?\nA: x y z.\n"
    )
    assert _read(text)[0]["question"] == "What is the difference between a list and a tuple?"
    assert _read(text)[0]["answer"] == "A tuple cannot change."


def test_a_numbered_list_within_an_answer_begins_no_question() -> None:
    text = "1. What is CV?\n\nSteps:\n\n1. Split.\n2. Train.\n\n2. Why use it?\n\nLess luck.\n"
    assert [entry["question"] for entry in _read(text)] == ["What is CV?", "Why use it?"]


def test_sections_are_told_by_the_contents_that_list_them() -> None:
    text = (
        "Contents\n\n  • Sorting networks\n  • Hashing, and more\n\nSorting networks\n\n"
        "What is a comparator?\n\nIt swaps two values.\n\nHashing, and more\n\n"
        "What is a bucket?\n\nA slot of the table.\n"
    )
    assert [(entry["section"], entry["question"]) for entry in _read(text)] == [
        ("Sorting networks", "What is a comparator?"),
        ("Hashing, and more", "What is a bucket?"),
    ]


def test_a_tag_in_rendered_text_is_escaped() -> None:
    assert _answer("Use <script>alert(1)</script> never.") == (
        "Use \\<script>alert(1)\\</script> never."
    )

"""The Markdown reader: what begins a question, what ends it, and what belongs to no question."""

from __future__ import annotations

from typing import Any

import pytest

from interviewer.knowledge.importers import import_text


def _read(text: str, name: str = "list.md") -> list[dict[str, Any]]:
    questions: list[dict[str, Any]] = import_text(text, name=name).to_json_dict()["questions"]
    return questions


def _texts(text: str) -> list[str]:
    return [entry["question"] for entry in _read(text)]


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("### 12. What is a prior?", "What is a prior?"),
        ("### 12) What is a prior?", "What is a prior?"),
        ("### Q12: What is a prior? ###", "What is a prior?"),
        ("### Q. What is a prior?", "What is a prior?"),
        ("### Question 12 - What is a prior?", "What is a prior?"),
        ("### 3.1 What is a prior?", "What is a prior?"),
        ("### [What is a prior?](https://example.org/x_(y))", "What is a prior?"),
        (
            "### What is a [prior](https://example.org)? [[src](https://example.org)]",
            "What is a prior?",
        ),
        ("### [[⬆]](#toc) <a name='p'></a>What is a prior?", "What is a prior?"),
        ("### ❓ What is a **prior**? 🔥", "What is a prior?"),
        ("### What is a prior? {#prior}", "What is a prior?"),
        ("### <span>What is a `prior`?</span>", "What is a `prior`?"),
        ("###What is a prior?", "What is a prior?"),
        ("### 3D convolutions: what are they?", "3D convolutions: what are they?"),
        ("### What is y_hat * x_i?", "What is y_hat * x_i?"),
        ("### [Easy] What is a prior?", "What is a prior?"),
    ],
)
def test_a_question_is_cleaned_of_all_but_its_words(heading: str, question: str) -> None:
    assert _texts(f"# Bayes\n\n{heading}\n\nA belief held before the data.\n") == [question]


def test_a_heading_within_an_answer_stays_in_it_below_the_banks_own_headings() -> None:
    (entry,) = _read("## What is a forest?\n\nMany trees.\n\n### Key points\n\nThey vote.\n")
    assert entry["answer"] == "Many trees.\n\n#### Key points\n\nThey vote."


def test_a_question_in_an_answers_list_is_no_question_of_its_own() -> None:
    text = (
        "## What do you check first?\n\nAsk:\n\n* Is it balanced?\n* Is it clean?\n\n"
        "## What is a row?\n\nA case.\n"
    )
    assert _texts(text) == ["What do you check first?", "What is a row?"]


def test_unmarked_bold_lines_stay_in_the_answer_where_the_questions_are_numbered() -> None:
    text = (
        "**1. What is bias?**\n\nError.\n\n**Why does it matter at all?**\n\n"
        "It misleads.\n\n**2. What is noise?**\n\nChance.\n"
    )
    assert _texts(text) == ["What is bias?", "What is noise?"]


def test_code_never_begins_a_question() -> None:
    text = "## What does this do?\n\n```\n## Q: What is this?\n<details>\n```\n\n    # indented\n"
    (entry,) = _read(text)
    assert "## Q: What is this?\n<details>" in entry["answer"]


def test_a_question_heading_that_only_holds_questions_is_a_section() -> None:
    text = (
        "# List\n\n## What do they ask about trees?\n\n### What is a leaf?\n\n"
        "An end.\n\n### What is a root?\n\nA start.\n"
    )
    assert [(e["section"], e["question"]) for e in _read(text)] == [
        ("What do they ask about trees?", "What is a leaf?"),
        ("What do they ask about trees?", "What is a root?"),
    ]


def test_the_file_names_the_section_where_no_heading_does() -> None:
    assert (
        _read("**What is a mean?**\n\nA sum over a count.\n", "basic-stats.md")[0]["section"]
        == "Basic stats"
    )


def test_a_difficulty_heading_below_a_section_sets_the_level_and_not_the_section() -> None:
    text = "# L\n\n## Trees\n\n### Easy\n\n- What is a leaf?\n\n### Hard\n\n- What is pruning?\n"
    assert [(e["section"], e["level"]) for e in _read(text)] == [("Trees", 1), ("Trees", 3)]


@pytest.mark.parametrize(
    "placeholder",
    [
        "Answer here",
        "TODO",
        "TBD",
        "_[To be filled]_",
        "**Answer:**",
        "Coming soon...",
        "*Answer goes here*",
        "N/A",
        "...",
        "🚧 WIP 🚧",
    ],
)
def test_a_placeholder_is_no_answer(placeholder: str) -> None:
    result = import_text(
        f"## What is a mode?\n\n{placeholder}\n\n## What is a sum?\n\nA total.\n", name="x.md"
    )
    unanswered, answered = result.questions
    assert (unanswered.reference, unanswered.key_points, unanswered.answered) == ("", (), False)
    assert answered.answered


def test_an_answer_that_is_only_a_link_is_kept_as_a_source() -> None:
    result = import_text(
        "- What is an epoch?\n  - Answer: [Epochs](https://example.org/e)\n", name="x.md"
    )
    (question,) = result.questions
    assert not question.answered
    assert [source.text for source in question.sources] == ["https://example.org/e"]
    assert [entry.reason for entry in result.skipped] == ["the answer is only a link or an image"]


def test_scripts_frames_and_unsafe_links_are_taken_out_of_an_answer() -> None:
    text = (
        "## What is a cookie?\n\nA <b onclick='x()'>small</b> text. <script>steal()</script>\n"
        "<iframe src='https://example.org'></iframe><img src=x onerror=alert(1)>\n"
        "[click](javascript:alert(1)) and ![pixel](https://example.org/p.png) and `<b>`.\n"
    )
    answer = _read(text)[0]["answer"]
    assert answer == "A **small** text. \n[image]\nclick and [image: pixel] and `<b>`."


def test_what_only_looks_like_html_stays() -> None:
    (entry,) = _read(
        "## What is generic?\n\nA `List<int>` or List<String>, when a < b and c > d.\n"
    )
    assert entry["answer"] == "A `List<int>` or List<String>, when a < b and c > d."


def test_an_unclosed_comment_or_script_swallows_nothing() -> None:
    assert _texts("## What is a?\n\nx <!-- y\n\n<script>\n\n## What is b?\n\nz\n") == [
        "What is a?",
        "What is b?",
    ]


def test_an_html_table_of_questions_is_read_with_its_lines() -> None:
    text = (
        "<table>\n<tr><th>Question</th><th>Answer</th></tr>\n"
        "<tr><td>What is a key?</td><td>A unique column.</td></tr>\n</table>\n"
    )
    assert _read(text) == [
        {
            "question": "What is a key?",
            "answer": "A unique column.",
            "section": "List",
            "level": 2,
            "line": 3,
        }
    ]


def test_the_same_question_with_different_answers_is_kept_twice_under_different_ids() -> None:
    text = "### 1. What is printed?\n\nOne.\n\n### 2. What is printed?\n\nTwo.\n"
    result = import_text(text, name="x.md")
    assert [question.id for question in result.questions] == [
        "what-is-printed",
        "what-is-printed-2",
    ]


def test_a_term_that_adverts_use_does_not_remove_an_answer() -> None:
    text = (
        "## What is gamma?\n\n"
        "The discount factor! See [here](https://example.org) for our website's offer.\n"
    )
    assert _read(text)[0]["answer"].startswith("The discount factor!")


def test_a_readme_without_questions_gives_none_and_says_what_it_skipped() -> None:
    result = import_text(
        "# Tool\n\nIt does things.\n\n## Installation\n\nRun make.\n", name="README.md"
    )
    assert result.questions == ()
    assert [entry.line for entry in result.skipped] == [3, 5, 7]

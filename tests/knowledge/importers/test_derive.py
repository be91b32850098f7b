"""Key points derived from an answer's own words."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from interviewer.knowledge.importers import derive_key_points


def _points(answer: str) -> list[tuple[int, str]]:
    return [(point.weight, point.text) for point in derive_key_points(answer)]


def test_a_short_reference_is_cut_into_the_statements_that_it_makes() -> None:
    assert _points("The water was evaporated, leaving the salt.") == [
        (3, "The water was evaporated"),
        (1, "leaving the salt."),
    ]


def test_a_single_statement_is_one_point() -> None:
    assert _points("The food contains sugar.") == [(3, "The food contains sugar.")]


def test_a_clause_of_two_words_is_not_cut_off() -> None:
    assert _points("Salt dissolves, since stirred.") == [(3, "Salt dissolves, since stirred.")]


def test_what_cannot_stand_alone_stays_with_what_goes_before_it() -> None:
    whole = "Only the second is needed, which is weaker."
    for text in (whole, "The two fail together, because of it.", "Points move, so nothing leaks."):
        assert [point for _, point in _points(text)] == [text]


def test_a_clause_loses_the_word_that_joins_it() -> None:
    answer = (
        "Log the question and the answer, so that each reply can be reproduced, and the retention "
        "is limited by law, because storage is a risk."
    )
    assert [point for _, point in _points(answer)] == [
        "Log the question and the answer",
        "each reply can be reproduced",
        "the retention is limited by law",
        "because storage is a risk.",
    ]


@pytest.mark.parametrize(
    "said",
    [
        "I would compare the loss on clean training images.",
        "Say what each side wanted and why.",
        "Example-level privacy protects each occurrence by itself.",
        "References that are kept alive are a leak.",
    ],
)
def test_what_only_begins_like_a_remark_is_a_point(said: str) -> None:
    told = [point for _, point in _points(f"{said} That decides it. I would explain it so.")]
    assert told == [said, "That decides it."]


def test_the_definition_weighs_most_and_what_explains_it_more_than_detail() -> None:
    answer = (
        "Dropout is a way to regularize a network. It was named in 2012. "
        "It works because units cannot rely on each other. For example, take a small network."
    )
    assert _points(answer) == [
        (3, "Dropout is a way to regularize a network."),
        (1, "It was named in 2012."),
        (2, "It works because units cannot rely on each other."),
    ]


def test_bullets_lose_their_marks_and_emphasis_and_their_lead_in_is_left_out() -> None:
    answer = (
        "Common remedies include the following:\n\n- **Resampling** of the rare "
        "class\n- `class_weight` in the loss\n"
    )
    assert _points(answer) == [(3, "Resampling of the rare class"), (2, "class_weight in the loss")]


def test_a_table_row_names_its_columns() -> None:
    answer = (
        "| | L1 | L2 |\n|---|---|---|\n| Effect | sparse | small |\n| Gradient | sign | linear |\n"
    )
    assert [text for _, text in _points(answer)] == [
        "Effect: L1 sparse; L2 small",
        "Gradient: L1 sign; L2 linear",
    ]


def test_code_alone_gives_its_signatures_and_comments() -> None:
    answer = (
        "```python\nimport math\n\n# circle area\ndef area(r: float) -> float:\n    "
        "return math.pi * r**2  # pi r squared\n```"
    )
    assert [text for _, text in _points(answer)] == [
        "circle area",
        "def area(r: float) -> float",
        "return math.pi * r**2 # pi r squared",
    ]


def test_a_label_goes_with_the_code_that_it_names() -> None:
    answer = "Class weights:\n\n```python\nmodel = Forest(class_weight='balanced')\n```\n"
    assert _points(answer) == [(3, "Class weights: model = Forest(class_weight='balanced')")]


def test_code_is_left_out_where_prose_says_enough() -> None:
    answer = (
        "A loss measures error. Training lowers it. A metric reports it.\n\n```\n# "
        "ignored here\n```\n"
    )
    assert [text for _, text in _points(answer)] == [
        "A loss measures error.",
        "Training lowers it.",
        "A metric reports it.",
    ]


@pytest.mark.parametrize("answer", ["", "   \n", "[image]", "![x](y.png)", "---", "## Heading"])
def test_an_answer_that_says_nothing_gives_no_points(answer: str) -> None:
    assert derive_key_points(answer) == ()


def test_a_long_answer_gives_eight_points_in_its_order() -> None:
    answer = " ".join(
        f"Step {number} is the part that reduces error {number}." for number in range(30)
    )
    points = derive_key_points(answer)
    assert len(points) == 8
    places = [answer.index(point.text) for point in points]
    assert places == sorted(places)


@given(
    st.lists(
        st.sampled_from(
            [
                "A model is a function.",
                "It fits noise, because data is scarce.",
                "- bullet one\n",
                "| a | b |\n|---|---|\n| c | d |\n",
                "```\nx = 1\n```\n",
                "\n\n",
                "See the paper.",
                "Why?",
                "Total = a + b",
                "**Bold**: text here",
                "\x00",
                "[a](b)",
            ]
        ),
        max_size=12,
    )
)
@settings(max_examples=80, deadline=None)
@example(
    [
        "It fits noise, because data is scarce.",
        "Total = a + b",
        "It fits noise, because data is scarce.",
    ]
)
def test_points_are_few_weighted_distinct_and_made_of_the_answers_words(parts: list[str]) -> None:
    answer = "\n".join(parts)
    points = derive_key_points(answer)
    assert len(points) <= 8
    assert len({point.text for point in points}) == len(points)
    assert sum(point.weight == 3 for point in points) == bool(points)
    words = set(re.findall(r"\w+", answer))
    for point in points:
        assert set(re.findall(r"\w+", point.text)) <= words

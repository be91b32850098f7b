from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.grading.quotes import find_quote
from interviewer.models import Span

ANSWER = "Well, the L1 penalty\n drives  some WEIGHTS to “exactly” zero. L2 doesn't."


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("L1 penalty", "L1 penalty"),
        ("the l1 penalty drives some weights to exactly zero", "the L1 penalty\n drives  some "
         "WEIGHTS to “exactly” zero"),
        ('"exactly" zero.', "exactly” zero"),
        ("the L1 penalty … zero", "the L1 penalty"),
        ("L2 doesn’t", "L2 doesn't"),
    ],
)  # fmt: skip
def test_a_quote_is_found_where_it_stands(quote: str, found: str) -> None:
    start = ANSWER.index(found)
    assert find_quote(ANSWER, quote) == Span(start, start + len(found), found)


@pytest.mark.parametrize(
    "quote", ["", " ", "...", "the", "to some", "L1 penalties", "enalty drives", "it selects"]
)
def test_what_is_not_there_or_says_nothing_is_not_found(quote: str) -> None:
    assert find_quote(ANSWER, quote) is None


def test_invisible_characters_in_the_answer_do_not_hide_a_quote() -> None:
    answer = "it a\u200bdds a pen\u00adalty"
    assert find_quote(answer, "adds a penalty") == Span(3, len(answer), answer[3:])


@given(st.text(max_size=80), st.text(max_size=20))
@settings(max_examples=150, deadline=None)
def test_a_found_span_is_always_exact(answer: str, quote: str) -> None:
    span = find_quote(answer, quote)
    if span is not None:
        assert answer[span.start : span.end] == span.text


@given(st.lists(st.sampled_from(["weights", "Bias", "ﬁt", "ß", "l1", "ΑΣ"]), min_size=1))
@settings(max_examples=80, deadline=None)
def test_a_quote_in_other_case_and_spacing_is_found(parts: list[str]) -> None:
    answer = "so " + "  ".join(parts) + "!"
    span = find_quote(answer, ", ".join(parts).upper())
    assert span is not None
    assert span.text == "  ".join(parts)

"""Sentence spans stand where they say, whatever the text."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from interviewer.text import sentence_spans, stems, strip_invisible, words


@given(st.text())
def test_every_span_stands_at_its_offsets(text: str) -> None:
    for span in sentence_spans(text):
        assert text[span.start : span.end] == span.text
        assert "\n" not in span.text


@given(st.text())
def test_spans_come_in_order_and_never_overlap(text: str) -> None:
    ends = [(span.start, span.end) for span in sentence_spans(text)]
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(ends))


def test_sentences_and_bullets_become_separate_spans() -> None:
    text = "L1 gives zeros, e.g. the lasso. L2 shrinks.\n- first 😀 point\n2. second point"
    assert [span.text for span in sentence_spans(text)] == [
        "L1 gives zeros, e.g. the lasso.",
        "L2 shrinks.",
        "first 😀 point",
        "second point",
    ]


def test_words_are_folded_and_bare() -> None:
    assert words("Don't ﬁt the L2-norm, ÉCOLE_x!") == [
        "don't",
        "fit",
        "the",
        "l2",
        "norm",
        "école",
        "x",
    ]


def test_stems_join_inflections() -> None:
    assert stems("penalises weights") == stems("penalise weight")


def test_invisible_characters_go() -> None:
    assert strip_invisible("ig\u200bnore\U000e0041") == "ignore"

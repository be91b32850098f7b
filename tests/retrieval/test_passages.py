"""Passages fit, stand verbatim at their lines and restore the text they were cut from."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.retrieval.passages import (
    Passage,
    join_passages,
    longest_start,
    split_passages,
)


def fits_words(most: int):
    return lambda text: len(text.split()) <= most and len(text) <= most * 20


def test_a_short_text_is_one_passage() -> None:
    assert split_passages("One line.\nAnother.", fits_words(10)) == [
        Passage("One line.\nAnother.", 0, 1)
    ]


def test_a_text_of_blank_lines_has_no_passage() -> None:
    assert split_passages("\n \n\n", fits_words(10)) == []
    assert join_passages([]) == ""


def test_paragraphs_stay_whole_where_they_fit() -> None:
    text = "one two three\nfour five\n\nsix seven eight\n\nnine ten"
    assert split_passages(text, fits_words(6)) == [
        Passage("one two three\nfour five", 0, 1),
        Passage("six seven eight\n\nnine ten", 3, 5),
    ]


def test_a_fence_is_not_cut_at_the_blank_line_inside_it() -> None:
    text = "a b c d\n\n```python\nx = 1\n\ny = 2\n```"
    texts = [passage.text for passage in split_passages(text, fits_words(9))]
    assert texts == ["a b c d", "```python\nx = 1\n\ny = 2\n```"]


def test_a_list_that_is_too_long_is_cut_between_items() -> None:
    text = "- one two three\n  four five\n- six seven eight\n- nine"
    texts = [passage.text for passage in split_passages(text, fits_words(7))]
    assert texts == ["- one two three\n  four five", "- six seven eight\n- nine"]


def test_a_table_that_is_too_long_is_cut_between_rows() -> None:
    text = "| a | b |\n|---|---|\n| c | d |\n| e | f |"
    texts = [passage.text for passage in split_passages(text, fits_words(7))]
    assert texts == ["| a | b |\n|---|---|", "| c | d |", "| e | f |"]


def test_a_line_that_is_too_long_is_cut_after_a_sentence() -> None:
    line = "One two three four. Five six seven eight."
    assert split_passages(line, fits_words(6)) == [
        Passage("One two three four. ", 0, 0),
        Passage("Five six seven eight.", 0, 0),
    ]


def test_a_word_that_is_too_long_is_cut_within() -> None:
    texts = [passage.text for passage in split_passages("x" * 250, lambda t: len(t) <= 100)]
    assert [len(text) for text in texts] == [100, 100, 50]


def test_an_emoji_is_not_parted_from_its_modifier() -> None:
    assert longest_start("a👍🏽b", lambda text: len(text) <= 2) == "a"


def test_a_start_that_fits_is_the_whole_text() -> None:
    assert longest_start("whole", lambda text: True) == "whole"


def test_a_carriage_return_does_not_shift_the_lines() -> None:
    text = "one two\rthree four\n\nfive six\r\nseven"
    passages = split_passages(text, fits_words(4))
    assert passages == [Passage("one two\rthree four", 0, 0), Passage("five six\r\nseven", 2, 3)]


def test_very_many_blank_lines_take_no_time() -> None:
    text = "word " * 50 + "\n" * 200_000 + "end"
    passages = split_passages(text, fits_words(20))
    assert passages[-1] == Passage("end", 200_000, 200_000)


markdown = ["word", "two words", "- item", "| a | b |", "|---|---|", "```", "> quote", "#### Head"]
oddities = [
    "",
    "  ",
    "👩‍👩‍👧‍👦",
    "e\u0301",
    "漢字仮名",
    "\t",
    "x" * 130,
    "a\rb",
    "\u200b",
    "\u2028",
]
pieces = st.sampled_from(markdown) | st.sampled_from(oddities)
texts = st.lists(pieces, max_size=30).map("\n".join) | st.lists(pieces, max_size=20).map(" ".join)


@given(text=texts | st.text(max_size=200), most=st.integers(3, 40))
@settings(max_examples=150, deadline=None)
def test_passages_fit_stand_at_their_lines_and_restore_the_text(text: str, most: int) -> None:
    def fits(piece: str) -> bool:
        return len(piece.encode("utf-8", "surrogatepass")) <= most * 4

    passages = split_passages(text, fits)
    lines = text.split("\n")
    for passage in passages:
        assert fits(passage.text)
        held = "\n".join(lines[passage.first_line : passage.last_line + 1])
        assert passage.text in held
        assert passage.text == held or passage.first_line == passage.last_line
    assert _without_blank_edges(join_passages(passages)) == _without_blank_edges(text)


def _without_blank_edges(text: str) -> str:
    return "\n".join("" if not line.strip() else line for line in text.split("\n")).strip("\n")


@pytest.mark.parametrize("size", [1, 10_000])
def test_the_pieces_of_one_line_join_to_the_line(size: int) -> None:
    line = "lorem ipsum, dolor. " * size
    pieces = split_passages(line, lambda text: len(text) <= 333)
    assert "".join(piece.text for piece in pieces) == line

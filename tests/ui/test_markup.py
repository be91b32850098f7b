"""What candidates type is shown word for word and works no Markdown, no directive, no formula."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from interviewer.text import strip_invisible
from interviewer.ui.markup import Mark, inline, marked, plain

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
CUT = re.compile(r":color\[(.)\]", re.DOTALL)
# A backslash that is itself escaped does not escape the colon behind it.
HIGHLIGHT = re.compile(
    r"(?<!\\)((?:\\\\)*):(?:green|red)-background\[((?:\\.|:color\[\\?.\]|[^\]\\])*)\]"
)
TRICKY = st.text(
    alphabet=st.sampled_from("ab1 \n\t#*_`~[](){}<>:;$\\|!-+=.&/@^'\"é数😀"),
    max_size=60,
)
RISKY_WORDS = st.lists(
    st.sampled_from(
        [
            ":red[x]",
            ":material/home:",
            ":material_home:",
            ":streamlit:",
            ":smile:",
            "$x^2$",
            "$$",
            "<b>",
            "<!--",
            "![a](http://b.c/d.png)",
            "[a](http://b.c)",
            "http://b.c",
            "www.b.c",
            "a@b.cd",
            "->",
            "<->",
            "<-",
            "--",
            ">=",
            "<=",
            "~=",
            "\n",
            "  ",
            "    ",
            "# ",
            "- ",
            "1. ",
            "| a | b |",
            "|---|---|",
            "```",
            "~~~",
            "===",
            "&amp;",
            "\\",
            "word",
        ]
    ),
    max_size=12,
).map("".join)


def rendered_text(source: str) -> str:
    """The words that a reader sees, provided the source is nothing but paragraphs of text."""
    paragraphs = []
    for token in MARKDOWN.parse(source):
        assert token.type in {"paragraph_open", "paragraph_close", "inline"}, token.type
        for child in token.children or ():
            assert child.type in {"text", "text_special", "hardbreak"}, child.type
        if token.type == "inline":
            children = token.children or ()
            paragraphs.append(
                "".join("\n" if c.type == "hardbreak" else c.content for c in children)
            )
    return "\n".join(paragraphs)


def words_only(text: str) -> str:
    """The text without its blanks and without the spans that cut up shorthands."""
    return "".join(CUT.sub(r"\1", text).split())


@given(TRICKY | RISKY_WORDS)
@settings(max_examples=300, deadline=None)
def test_escaped_text_is_plain_paragraphs_with_the_same_words(text: str) -> None:
    assert words_only(rendered_text(plain(text))) == words_only(text)


@given(TRICKY | RISKY_WORDS)
@settings(max_examples=200, deadline=None)
def test_an_escaped_line_stays_one_line(text: str) -> None:
    assert "\n" not in inline(text)
    assert words_only(rendered_text(inline(text))) == words_only(text)


@given(TRICKY | RISKY_WORDS)
@settings(max_examples=200, deadline=None)
def test_every_mark_of_punctuation_is_escaped_outside_our_own_spans(text: str) -> None:
    source = re.sub(r":color\[\\?(.)\]", "", plain(text))
    assert not re.search(r"(?<!\\)(?:\\\\)*[:$<`*_\[]", source)


@given(RISKY_WORDS)
@settings(max_examples=200, deadline=None)
def test_no_emoji_shorthand_survives_in_the_source(text: str) -> None:
    assert not re.search(r":(?!material/|streamlit:)[\w+-][\w_+-]*:", plain(text))


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_text_at_all_can_be_escaped(text: str) -> None:
    visible = re.sub(
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]", "", strip_invisible(text)
    )
    assert words_only(rendered_text(plain(text))) == words_only(visible)


@given(
    TRICKY | RISKY_WORDS,
    st.lists(st.tuples(st.integers(-3, 70), st.integers(-3, 70)), max_size=5),
)
@settings(max_examples=200, deadline=None)
def test_marks_change_no_word_however_they_overlap(
    text: str, ranges: list[tuple[int, int]]
) -> None:
    marks = [Mark(start, end, "green" if i % 2 else "red") for i, (start, end) in enumerate(ranges)]
    source = marked(text, marks)
    unmarked = HIGHLIGHT.sub(r"\1\2", source)
    assert words_only(rendered_text(unmarked)) == words_only(text)


def test_a_mark_behind_a_backslash_keeps_both() -> None:
    assert marked("11\\1", [Mark(3, 4, "red")]) == "11\\\\:red-background[1]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 * 3 * 4", r"2 \* 3 \* 4"),
        (":red[alarm]", r"\:red\[alarm\]"),
        ("costs $5 and $6", r"costs \$5 and \$6"),
        ("a\nb", "a\\\nb"),
        ("a\n\n\nb", "a\n\nb"),
        ("def f():\n    return 1", "def f\\(\\)\\:\\\n\u00a0\u00a0\u00a0\u00a0return 1"),
        ("\x00\x1b[31mred", r"\[31mred"),
        ("", ""),
    ],
)
def test_a_text_is_escaped_as_written_here(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (":material_home:", r"\::color[m]aterial\_home\:"),
        ("https://evil.example", r"https\:\/:color[\/]evil\.example"),
        ("a -> b", r"a \-:color[\>] b"),
        ("me@home.example", r"me\@:color[h]ome\.example"),
    ],
    ids=["icon name", "web address", "arrow", "mail address"],
)
def test_a_shorthand_that_works_after_escaping_is_cut_up(text: str, expected: str) -> None:
    assert inline(text) == expected


def test_a_mark_colours_exactly_its_stretch() -> None:
    assert marked("one two three", [Mark(4, 7, "green", "✓ 1")]) == (
        "one :green-background[two]:green-background[:small[\u00a0**✓ 1**]] three"
    )


def test_of_overlapping_marks_the_first_decides_the_colour_and_both_notes_stay() -> None:
    source = marked("abcdef", [Mark(2, 6, "red", "✗ 2"), Mark(0, 4, "green", "✓ 1")])
    assert source == (
        ":green-background[ab]:red-background[cd]:green-background[:small[\u00a0**✓ 1**]]"
        ":red-background[ef]:red-background[:small[\u00a0**✗ 2**]]"
    )


def test_a_mark_over_several_lines_is_closed_and_opened_at_each() -> None:
    assert marked("ab\ncd", [Mark(0, 5, "red")]) == (":red-background[ab]\\\n:red-background[cd]")


def test_marks_outside_the_text_are_left_out() -> None:
    assert marked("abc", [Mark(5, 9, "red"), Mark(2, 2, "red"), Mark(2, 9, "green")]) == (
        "ab:green-background[c]"
    )

"""Markdown that others wrote shows text, formulas and code, and can load or open nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from interviewer.ui import safe_markdown as safe_markdown_module
from interviewer.ui.safe_markdown import safe_line, safe_markdown

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
PIECES = st.lists(
    st.sampled_from(
        [
            "![a](http://b.c/d.png)",
            "![a][r]",
            "[r]: http://b.c",
            "[x](http://b.c)",
            "<img src=x>",
            "<http://b.c>",
            "$",
            "$$",
            "`",
            "```",
            "\\",
            "\n",
            "\n\n",
            "- ",
            "> ",
            "1. ",
            "| a |",
            "|---|",
            "*",
            "**",
            "~~",
            "word",
            " ",
            "    ",
            "\u200b",
            "![](y)",
            "```z``y```",
            "`![a](http://b.c)`",
            "`a\\\\|![a](http://b.c)`",
            "\n999999999. ",
            "# ",
            "&lt;",
            "<!--",
            "-->",
            "[",
            "](",
            "\\text{",
            "}",
            "\n$$\n",
            "\n- ",
            "\n  ~~~\n",
        ]
    ),
    max_size=14,
).map("".join)
HEADING = "#### "


def inline_tokens(source: str) -> list[Token]:
    return [child for token in MARKDOWN.parse(source) for child in token.children or ()]


@given(PIECES)
@settings(max_examples=400, deadline=None)
def test_nothing_that_loads_or_opens_survives(source: str) -> None:
    written = safe_markdown(source)
    assert not {"image", "link_open", "html_inline"} & {t.type for t in inline_tokens(written)}
    assert "html_block" not in {token.type for token in MARKDOWN.parse(written)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("The loss is $w^2$.", r"The loss is $w^2$\."),
        ("$$\na + b\n$$", "$$\na + b\n$$"),
        ("$$\n1 & \\text{if $x>0$}\n$$", "$$\n1 & \\text{if $x>0$}\n$$"),
        ("$\\text{recall@10}$", r"$\text{recall@{}10}$"),
        ("```python\nx = 1\n```", "```text\nx = 1\n```"),
        ("```mermaid\ngraph TD\n```", "```text\ngraph TD\n```"),
        ("| a | b |\n|---|---|\n| 1 | `c` |", "| a | b |\n| --- | --- |\n| 1 | `c` |"),
        ("- a\n- b\n  - c", "- a\n- b\n  - c"),
        ("1. a\n2. b", "1. a\n2. b"),
        ("> quoted", "> quoted"),
        ("# Title", "#### Title"),
        ("**bold** and *soft*", "**bold** and *soft*"),
        ("use `a|b` here", "use `a|b` here"),
    ],
    ids=[
        "a formula in a line",
        "a formula of its own",
        "a formula within the words of one",
        "words in a formula without a blank",
        "code",
        "a diagram becomes its source",
        "a table",
        "a nested list",
        "a numbered list",
        "a quotation",
        "a heading made small",
        "emphasis",
        "code in a line",
    ],
)
def test_what_teaches_stays(source: str, expected: str) -> None:
    assert safe_markdown(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("![a cat](https://cat.example/c.png)", "*a cat*"),
        ("see [this](javascript:alert)", r"see \[this\]\(javascript\:alert\)"),
        ("see [this](https://e.example)", r"see this (https\:\/:color[\/]e\.example)"),
        ("<b>hi</b>", r"\<b\>hi\<\/b\>"),
        ("<script>\nx\n</script>", "\\<script\\>\\\nx\\\n\\<\\/script\\>"),
        (":red[loud]", r"\:red\[loud\]"),
        ("costs $5 and $6", r"costs \$5 and \$6"),
        ("$![x](http://e.example)$", "$! [x] (http: //e.example)$"),
        ("$a\\$ b$", r"$a\text{\textdollar} b$"),
        ("so $$a$ b$$", r"so \$\$a\$ b\$\$"),
        ("$a`$", r"\$a\`\$"),
        ("$$\na\n$$ b\nc\n$$", "\\$\\$\n\na\\\n\\$\\$ b\\\nc\n\n\\$\\$"),
        ("$$\na ` b\n$$", "\\$\\$\n\na \\` b\n\n\\$\\$"),
        ("$\\text{![x](http://b.c)}$", r"$\text{!{}[x]{}(http:{}//b.c)}$"),
        ("$:red[x] www.e.example ~~~$", r"$: red[x] www .e.example ~ ~ ~$"),
        ("`a`![](b)```c``d```", "`a` ```c``d```"),
        ("| a |\n|---|\n| `x\\\\|y` |", "| a |\n| --- |\n| `x\\ \\|y` |"),
        ("999999999. a\n1. b", "999999999. a\n999999999. b"),
        ("a ![](b)~~~~c~~~~", "a ~~c~~"),
    ],
    ids=[
        "an image becomes its description",
        "a script address is text",
        "a link shows where it leads",
        "inline HTML is text",
        "an HTML block is text",
        "a directive is text",
        "prices are no formula",
        "a formula hides no image",
        "a formula ends at no dollar sign within",
        "a formula that would end early is text",
        "a formula that would begin code is text",
        "a formula of its own ends at no line within",
        "a formula of its own pairs with no code beside it",
        "words in a formula hide no image",
        "a formula is harmless where it is taken for text",
        "code beside code is kept apart",
        "code does not end the cell of a table",
        "a number too long for an item",
        "no fence of tildes comes about",
    ],
)
def test_what_could_reach_out_becomes_text(source: str, expected: str) -> None:
    assert safe_markdown(source) == expected


@given(PIECES)
@settings(max_examples=300, deadline=None)
def test_a_line_stays_one_line_and_nothing_that_loads_or_opens_survives(source: str) -> None:
    written = safe_line(source)
    assert "\n" not in written
    tokens = MARKDOWN.parse(HEADING + written)
    assert [token.type for token in tokens] == ["heading_open", "inline", "heading_close"]
    kinds = {t.type for t in inline_tokens(HEADING + written)}
    assert not {"image", "link_open", "html_inline"} & kinds


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("What is $w^2$ in `w`?", r"What is $w^2$ in `w`\?"),
        ("```\n![x](http://e.example)\n```", "`![x](http://e.example)`"),
        ("1. a\n2. b", r"1\. a 2\. b"),
        ("# a", r"\# a"),
    ],
    ids=["formulas and code stay", "a block of code", "a list", "a heading"],
)
def test_a_line_has_no_blocks(source: str, expected: str) -> None:
    assert safe_line(source) == expected


def test_no_page_puts_markdown_of_others_into_a_directive() -> None:
    """A directive ends at the first bracket that code within holds; what follows would be live."""
    folder = Path(safe_markdown_module.__file__).parent
    within = re.compile(r":[a-z-]+\[[^\]\n]*\{safe_(?:line|markdown)\(")
    assert within.search(":gray[Follow-up to: {safe_line(text)}]")
    assert [
        path.name for path in folder.glob("*.py") if within.search(path.read_text("utf-8"))
    ] == []

"""Words that are spoken one after the other: what stands so far is never live Markdown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from interviewer.ui import conversation
from interviewer.ui.safe_markdown import safe_markdown

PIECES = st.lists(
    st.sampled_from(
        [
            "`![x](http://b.c/d.png) y`",
            "`` ` [x](http://b.c) ``",
            "$a [x](http://b.c) b$",
            "```\n![x](http://b.c/d.png) y\n```\n",
            "\n$$\na ![x](http://b.c) b\n$$\n",
            "![x](http://b.c/d.png)",
            "`",
            "$",
            " ",
            "\n\n",
            "word ",
        ]
    ),
    max_size=8,
).map("".join)


@pytest.fixture(autouse=True, scope="module")
def _at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conversation, "_SECONDS_PER_WORD", 0.0)
        yield


@given(PIECES)
@settings(max_examples=200, deadline=None)
def test_no_beginning_of_what_is_spoken_loads_or_leads_anywhere(source: str) -> None:
    written = safe_markdown(source)
    said = ""
    for word in conversation._spoken(written):
        said += word
        tokens = [child for token in MarkdownIt().parse(said) for child in token.children or ()]
        assert not {"image", "link_open", "html_inline"} & {token.type for token in tokens}
    assert said == written


def test_words_are_spoken_one_by_one_and_code_and_formulas_whole() -> None:
    written = safe_markdown("Say `a b` and $c + d$ now.")
    assert list(conversation._spoken(written)) == ["Say ", "`a b` ", "and ", "$c + d$ ", r"now\."]

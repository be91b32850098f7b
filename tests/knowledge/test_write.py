from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SMALL_BANK

from interviewer.errors import BankError
from interviewer.knowledge.parse import parse_bank_file
from interviewer.knowledge.write import as_reference, tidy, write_bank_file
from interviewer.models import AskedAs, FollowUp, KeyPoint, Kind, Level, Mistake, Question, Source

BASE = Question(
    id="dot-product",
    text="What is a dot product?",
    section="math",
    topic="vectors",
    reference="A sum of products.",
    key_points=(KeyPoint("It sums products.", 3),),
)


def read(text: str) -> list[Question]:
    return parse_bank_file(text, "a.md")


def test_the_bank_of_the_design_is_written_as_it_stands() -> None:
    assert write_bank_file(read(SMALL_BANK)) == SMALL_BANK


def test_a_coding_question_keeps_its_code_blocks() -> None:
    question = replace(
        BASE, kind=Kind.CODING, starter="def f():\n    ...\n", tests='assert f() == "```"'
    )

    text = write_bank_file([question])

    assert read(text) == [question]
    assert text.endswith(
        "\n### Starter\n```python\ndef f():\n    ...\n\n```\n\n"
        '### Tests\n````python\nassert f() == "```"\n````\n'
    )


def test_an_unanswered_question_says_so() -> None:
    question = replace(BASE, reference="", key_points=())

    text = write_bank_file([question])

    assert "<!-- id: dot-product | kind: concept | level: 2 | answer: none -->" in text
    assert read(text) == [question]


def test_a_key_point_of_several_lines_is_joined() -> None:
    question = replace(BASE, key_points=(KeyPoint("It sums\n  the\r\n\r\nproducts.", 2),))

    (found,) = read(write_bank_file([question]))

    assert found.key_points == (KeyPoint("It sums the products.", 2),)


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Is it C #"},
        {"text": "###"},
        {"text": "Why `-->` and | and <!-- id: x -->?"},
        {"section": "---", "topic": "yes: [no]"},
        {"section": "12", "topic": "2024-01-01"},
        {"key_points": (KeyPoint("- # (2) [1] `-->` a | b", 1),)},
        {"mistakes": (Mistake("[x]: (3) # > y", 2), Mistake("plain", None))},
        {"follow_ups": (FollowUp("Why > so?", "    code\n\n> quote\n\n```\n### Hints"),)},
        {"reference": "    indented\n\n```python\n## Q\n### Hints\n```\n\n    <!-- id: x -->"},
        {"reference": "a\x0cb\u2028c\n---\n\n[a]: b"},
        {"tests": "", "starter": "```\n~~~\n"},
        {"sources": (Source("https://example.org/a_b#c"),)},
    ],
)
def test_tricky_characters_survive(change: dict[str, object]) -> None:
    question = replace(BASE, **change)  # type: ignore[arg-type]

    assert read(write_bank_file([question])) == [question]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tags": ("a, b",)}, "its tags would read back"),
        ({"tags": ("a | b",)}, "metadata field 'b'"),
        ({"tags": ("a --> b",)}, "no metadata comment"),
        ({"id": "Not an id"}, "'Not an id'"),
        ({"text": ""}, "heading is empty"),
        ({"section": ""}, "section"),
        ({"reference": "Text\n\n### Hints\n- a"}, "its reference and hints would"),
        ({"reference": "Text\n\n## Q\n<!-- id: q -->"}, "question"),
        ({"reference": "```\nnever closed"}, "reference"),
        ({"reference": "\ud800"}, "half a character pair"),
        ({"hints": ("# not text",)}, "plain text"),
        ({"hints": ("",)}, "plain text"),
        ({"hints": ("a\x00b",)}, None),
        ({"mistakes": (Mistake("[2] one", None),)}, "its mistakes would"),
        ({"follow_ups": (FollowUp("Why?", " \n"),)}, "answer is empty"),
        ({"follow_ups": (FollowUp("- why?", "so"),)}, "plain text"),
    ],
)
def test_what_the_format_cannot_say_is_refused(
    change: dict[str, object], message: str | None
) -> None:
    question = replace(BASE, **change)  # type: ignore[arg-type]

    if message is None:
        assert read(write_bank_file([question])) == [tidy(question)]
        return
    with pytest.raises(BankError, match=message):
        write_bank_file([question])


def test_questions_of_two_topics_do_not_share_a_file() -> None:
    with pytest.raises(BankError, match="one section and one topic"):
        write_bank_file([BASE, replace(BASE, id="other", topic="other")])
    with pytest.raises(BankError, match="one or more questions"):
        write_bank_file([])


def test_headings_sink_below_the_bank_s_own() -> None:
    markdown = "# Top\ntext\n\nUnder\n---\n### Third\n```\n# code\n```\n> # quoted\n\n```js\nopen"

    assert as_reference(markdown) == (
        "#### Top\ntext\n\n##### Under\n###### Third\n```\n# code\n```\n> # quoted\n\n"
        "```js\nopen\n```"
    )
    assert as_reference("#### Fine\n\ntext\n") == "#### Fine\n\ntext"


def test_every_file_of_the_bank_reads_back_the_same() -> None:
    root = Path(__file__).resolve().parents[2] / "knowledge"
    files = [path for path in root.rglob("*.md") if path.name != "README.md"]

    for path in files:
        questions = read(path.read_text(encoding="utf-8"))
        written = write_bank_file(questions)
        assert read(written) == questions, path
        assert write_bank_file(read(written)) == written, path


PIECES = st.sampled_from(
    [
        *(
            "word",
            "loss",
            "É",
            "中文",
            "🙂",
            "$x_1$",
            r"$\{a\}$",
            "`-->`",
            "|",
            "-->",
            "<!-- x -->",
        ),
        *("#", "##", "###", "-", "*", ">", "1.", "(3)", "[2]", "[2]:", "```", "~~~", "---", ","),
        *("<div>", "</pre>", "&amp;", "\\", "\n", "\n\n", "    ", "\t", "\r\n", "\x0c", "\u2028"),
    ]
)
TEXT = st.lists(PIECES, min_size=1, max_size=6).map(" ".join)
BLOCK = st.lists(PIECES, max_size=12).map("\n".join)
WORDS = st.sampled_from(["What is loss?", "It shrinks weights.", "Is `a | b` so?", "C #"])
QUESTIONS = st.builds(
    Question,
    id=st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)?", fullmatch=True),
    text=TEXT | WORDS,
    section=st.just("math"),
    topic=st.just("vectors"),
    kind=st.sampled_from(Kind),
    level=st.sampled_from(Level),
    tags=st.lists(st.sampled_from(["a", "c++", "x y", " b "]) | TEXT, max_size=2).map(tuple),
    variants=st.lists(st.sampled_from(["a-b", "other-question"]), max_size=2).map(tuple),
    reference=BLOCK,
    key_points=st.lists(st.builds(KeyPoint, TEXT, st.integers(1, 3)), max_size=2).map(tuple),
    mistakes=st.lists(
        st.builds(Mistake, TEXT | WORDS, st.none() | st.integers(0, 9)), max_size=2
    ).map(tuple),
    follow_ups=st.lists(st.builds(FollowUp, WORDS | TEXT, BLOCK), max_size=2).map(tuple),
    hints=st.lists(WORDS | TEXT, max_size=2).map(tuple),
    sources=st.lists(st.builds(Source, WORDS), max_size=1).map(tuple),
    starter=st.none() | BLOCK,
    tests=st.none() | BLOCK,
    asked_as=st.lists(st.builds(AskedAs, WORDS | TEXT), max_size=2).map(tuple),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(QUESTIONS, min_size=1, max_size=2))
def test_a_written_bank_reads_back_the_same_or_is_refused(questions: list[Question]) -> None:
    try:
        written = write_bank_file(questions)
    except BankError:
        return
    assert read(written) == [tidy(question) for question in questions]
    assert write_bank_file(read(written)) == written


@settings(max_examples=100, deadline=None)
@given(BLOCK)
def test_a_tidied_reference_can_be_written(markdown: str) -> None:
    question = replace(BASE, reference=as_reference(markdown))

    try:
        assert read(write_bank_file([question])) == [question]
    except BankError:
        assert "<" in markdown

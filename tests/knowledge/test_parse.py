from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SMALL_BANK

from interviewer.errors import BankFormatError
from interviewer.knowledge.markdown import clean_source
from interviewer.knowledge.parse import parse_bank_file, read_bank_file
from interviewer.models import AskedAs, FollowUp, KeyPoint, Kind, Level, Mistake, Question, Source

PATH = "coding/attention.md"
FRONT = "---\nsection: coding\ntopic: attention\n---\n\n"
META = "<!-- id: masked-attention | kind: coding | level: 3 | tags: attention, c++ -->\n"
RICH = (
    FRONT
    + "## How do you mask attention in `C++` & Python?\n"
    + META
    + """
Add $-\\infty$ where a key must not be seen, before the softmax:

#### In code

```python
# ## not a question
scores = 1
```

| step | cost |
|---|---|
| mask | $O(n^2)$ |

> A quote
> - with a list

- bullet
  ## a heading inside a bullet

Underlined words
---

[label]: https://example.org/kept

### Key points
- (3) The mask is added
  before the softmax,
  not after it.
- (1) A mask | with `-->` in it costs $O(n^2)$.

### Common mistakes
- [1] The mask multiplies the probabilities.
- Masks are free.

### Follow-ups
- What if every key
  is masked?
  > The row is all $-\\infty$, so:
  >
  > ```python
  > # ## NaN
  > ```
  > and you get NaN.

- Why not zero?
  > Because `exp(0)` is one.

### Hints
- Think of `exp`.

### Sources
- Vaswani et al. (2017), section 3.2.1

### Starter
```python
def mask(scores):
    ...

```

### Tests
````python
assert mask([1]) == "```"
````

### Asked as
- how do I hide padding from attention?
- masked softmax
"""
)


def question_of(text: str) -> Question:
    (question,) = parse_bank_file(text, PATH)
    return question


def file_lines(text: str, start: int, end: int) -> str:
    return "\n".join(clean_source(text).split("\n")[start - 1 : end])


def test_every_field_of_a_question_is_read() -> None:
    question = question_of(RICH)

    assert question.id == "masked-attention"
    assert question.text == "How do you mask attention in `C++` & Python?"
    assert (question.section, question.topic) == ("coding", "attention")
    assert (question.kind, question.level) == (Kind.CODING, Level.SENIOR)
    assert question.tags == ("attention", "c++")
    assert question.key_points == (
        KeyPoint("The mask is added before the softmax, not after it.", 3),
        KeyPoint("A mask | with `-->` in it costs $O(n^2)$.", 1),
    )
    assert question.mistakes == (
        Mistake("The mask multiplies the probabilities.", 1),
        Mistake("Masks are free.", None),
    )
    assert question.follow_ups == (
        FollowUp(
            "What if every key is masked?",
            "The row is all $-\\infty$, so:\n\n```python\n# ## NaN\n```\nand you get NaN.",
        ),
        FollowUp("Why not zero?", "Because `exp(0)` is one."),
    )
    assert question.hints == ("Think of `exp`.",)
    assert question.sources == (Source("Vaswani et al. (2017), section 3.2.1"),)
    assert question.starter == "def mask(scores):\n    ...\n"
    assert question.tests == 'assert mask([1]) == "```"'
    assert question.asked_as == (
        AskedAs("how do I hide padding from attention?"),
        AskedAs("masked softmax"),
    )
    assert file_lines(RICH, question.asked_as[1].start_line, question.asked_as[1].start_line) == (
        "- masked softmax"
    )
    assert question.answered


def test_the_reference_is_kept_to_the_letter() -> None:
    reference = question_of(RICH).reference

    assert reference.startswith("Add $-\\infty$ where")
    assert "# ## not a question\nscores = 1" in reference
    assert "| mask | $O(n^2)$ |" in reference
    assert "> - with a list" in reference
    assert "  ## a heading inside a bullet" in reference
    assert "Underlined words\n---" in reference
    assert reference.endswith("[label]: https://example.org/kept")


@pytest.mark.parametrize("text", [RICH, RICH.replace("\n", "\r\n"), "\ufeff" + RICH])
def test_every_part_stands_at_its_lines(text: str) -> None:
    question = question_of(text)

    assert file_lines(text, question.start_line, question.start_line).startswith("## How do")
    assert question.end_line == len(RICH.split("\n")) - 1
    assert question.reference == file_lines(
        text, question.reference_start_line, question.reference_end_line
    )
    first, second = question.key_points
    assert file_lines(text, first.start_line, first.end_line) == (
        "- (3) The mask is added\n  before the softmax,\n  not after it."
    )
    assert second.start_line == second.end_line == first.end_line + 1
    assert file_lines(text, question.mistakes[1].start_line, question.mistakes[1].end_line) == (
        "- Masks are free."
    )
    follow_up = file_lines(text, question.follow_ups[0].start_line, question.follow_ups[0].end_line)
    assert follow_up.startswith("- What if every key\n  is masked?\n  > The row")
    assert follow_up.endswith("  > and you get NaN.")
    source = question.sources[0]
    assert file_lines(text, source.start_line, source.start_line).startswith("- Vaswani")


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    assert question_of("\ufeff" + RICH.replace("\n", "\r\n")) == question_of(RICH)


def test_every_question_of_a_file_knows_where_it_ends() -> None:
    first, second = parse_bank_file(SMALL_BANK, "a.md")

    assert file_lines(SMALL_BANK, first.end_line, first.end_line).startswith("- Hastie")
    assert file_lines(SMALL_BANK, second.start_line, second.start_line) == (
        "## What is gradient descent?"
    )
    assert second.section == "ml-fundamentals"


def test_an_unanswered_question_is_read_and_marked() -> None:
    question = question_of(FRONT + "## What is a GPU?\n<!-- id: gpu | answer: none -->\n")

    assert not question.answered
    assert (question.reference, question.reference_start_line) == ("", 0)


BODY = "## Q\n<!-- id: q -->\n\nText.\n"


@pytest.mark.parametrize(
    ("text", "line", "code", "message"),
    [
        ("", 1, "front-matter", "does not start with front matter"),
        ("## Q\n", 1, "front-matter", "does not start with front matter"),
        ("---\nsection: a\n", 1, "front-matter", "does not start with front matter"),
        ("---\nsection: a\n---\n", 1, "front-matter", "topic: Field required"),
        ("---\nsection: a\ntopic: b\nx: 1\n---\n", 1, "front-matter", "x: Extra inputs"),
        ("---\nsection: 12\ntopic: b\n---\n", 1, "front-matter", "section: Input should be"),
        ("---\nsection: a\ntopic: [b\n---\n", 3, "front-matter", "not valid YAML"),
        ("---\n- a\n---\n", 1, "front-matter", "does not fit"),
        (FRONT + "Hello\n\n" + BODY, 6, "stray-text", "belongs to no question"),
        (FRONT + "# Title\n\n" + BODY, 6, "stray-text", "belongs to no question"),
        (FRONT + "## \n" + META, 6, "empty-heading", "heading is empty"),
        (FRONT + "## Q\n\nText.\n", 6, "missing-metadata", "no metadata comment"),
        (FRONT + "## Q\n", 6, "missing-metadata", "no metadata comment"),
        (FRONT + "## Q\n<!-- id: q --> Text\n", 6, "missing-metadata", "no metadata comment"),
        (FRONT + "## Q\n<!-- kind: concept -->\n", 7, "missing-id", "no id"),
        (FRONT + "## Q\n<!-- id: Q 1 -->\n", 7, "bad-id", "'Q 1'"),
        (FRONT + "## Q\n<!-- id: q | owner: me -->\n", 7, "metadata", "'owner: me'"),
        (FRONT + "## Q\n<!-- id: q | id: r -->\n", 7, "metadata", "repeated"),
        (FRONT + "## Q\n<!-- id: q | kind: essay -->\n", 7, "bad-kind", "'essay'"),
        (FRONT + "## Q\n<!-- id: q | level: 5 -->\n", 7, "bad-level", "'5'"),
        (FRONT + "## Q\n<!-- id: q | level: hard -->\n", 7, "bad-level", "'hard'"),
        (FRONT + "## Q\n<!-- id: q | answer: yes -->\n", 7, "answer", "'yes'"),
        (FRONT + "## Q\n<!-- id: q | answer: none -->\nText\n", 8, "answer", "Drop one"),
        (FRONT + BODY + "\n### Key pionts\n", 11, "unknown-heading", "mean '### Key points'"),
        (FRONT + BODY + "\n### Moral\n", 11, "unknown-heading", "Known are Key points"),
        (FRONT + BODY + "\n# Big\n", 11, "unknown-heading", "starts with '####'"),
        (FRONT + BODY + "### Hints\n\n### Hints\n", 12, "duplicate-subsection", "Join the two"),
        (FRONT + BODY + "### Key points\n- No weight\n", 11, "bad-weight", "No weight"),
        (FRONT + BODY + "### Key points\n- (1) a\n- (4) b\n", 12, "bad-weight", "(4) b"),
        (FRONT + BODY + "### Key points\n- (2)\n", 11, "bad-weight", "weight"),
        (FRONT + BODY + "### Key points\n1. (2) a\n", 11, "bad-bullet", "holds bullets"),
        (FRONT + BODY + "### Hints\n- a\n\n  b\n", 13, "bad-bullet", "single paragraph"),
        (FRONT + BODY + "### Hints\n-\n", 11, "bad-bullet", "plain text"),
        (FRONT + BODY + "### Follow-ups\n- Why?\n", 11, "follow-up", "one blockquote"),
        (FRONT + BODY + "### Follow-ups\n- Why?\n  >\n", 11, "follow-up", "answer is empty"),
        (FRONT + BODY + "### Follow-ups\n- Why?\n> so\n", 12, "bad-bullet", "holds bullets"),
        (FRONT + BODY + "### Starter\nx = 1\n", 10, "bad-code-section", "tagged 'python'"),
        (FRONT + BODY + "### Tests\n```sql\n```\n", 10, "bad-code-section", "tagged 'python'"),
    ],
)
def test_a_fault_is_named_with_its_line(text: str, line: int, code: str, message: str) -> None:
    with pytest.raises(BankFormatError) as caught:
        parse_bank_file(text, PATH)

    assert (caught.value.path, caught.value.line, caught.value.code) == (PATH, line, code)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{PATH}:{line}: ")


def test_a_broken_question_does_not_hide_the_others() -> None:
    text = FRONT + "## A\n\n" + BODY + "\n## B\n<!-- id: b | level: 9 -->\n"

    parsed = read_bank_file(text, PATH)

    assert [question.id for question in parsed.questions] == ["q"]
    assert [(error.line, error.code) for error in parsed.errors] == [
        (6, "missing-metadata"),
        (14, "bad-level"),
    ]


MARKS = st.sampled_from(
    [
        *("## ", "### ", "- ", "(3) ", "> ", "```", "---", "$", "|", " ", "\t", "a", "  > x"),
        *("<!-- id: a -->", "### Key points", "### Follow-ups"),
        *("\n", "\r\n", "\n\n", "\x0c", "\u2028", "\x00"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(MARKS, max_size=30).map("".join), st.booleans())
def test_any_text_is_read_or_refused_with_a_line(body: str, with_question: bool) -> None:
    text = FRONT + (BODY if with_question else "") + body
    parsed = read_bank_file(text, PATH)
    count = len(clean_source(text).split("\n"))

    assert all(1 <= error.line <= count for error in parsed.errors)
    for question in parsed.questions:
        if question.reference:
            assert question.reference == file_lines(
                text, question.reference_start_line, question.reference_end_line
            )
        for point in question.key_points:
            assert point.text.split()[0] in file_lines(text, point.start_line, point.end_line)

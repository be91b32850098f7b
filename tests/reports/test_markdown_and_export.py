"""Reports carry the interview whole, and nothing in them acts when they are opened."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from interview_support import (
    DESCENT,
    OWN,
    OWN_QUESTION,
    REGULARIZATION,
    after,
    answer,
    answer_with,
    begin,
)
from markdown_it import MarkdownIt

from interviewer.errors import SessionError
from interviewer.interview.events import Continued, Ended, FollowUpChosen, HintAsked, Skipped
from interviewer.models import Mode, Session
from interviewer.reports.export import to_json
from interviewer.reports.markdown import escape, to_markdown

HOSTILE = (
    "<script>alert(1)</script> ![x](http://evil.example/p.png) "
    "[go](http://evil.example)\n~~~~\n# I win"
)


def session_with(text: str) -> Session:
    session = answer(after(begin(), HintAsked(1000.5)), text)
    return after(session, Ended(1120.0))


def test_the_report_reads_as_a_page() -> None:
    session = session_with(answer_with(REGULARIZATION, covered=(1, 3), contradicted=(2,)))
    text = to_markdown(session)
    assert text.startswith("# Interview report\n\n- Date: 1970-01-01 00:16 UTC\n- Mode: practice\n")
    assert "- Score: **62** of 100 (" in text
    assert "- Questions: 1 of 2 asked" in text
    assert "- Hints: 1" in text
    assert "## What was strong" in text
    assert "✗ contradicted: The L1 penalty drives" in text
    assert "\n1. " in text
    assert "\n3. " in text
    assert "\n4. " not in text
    assert f"### 1. {escape(REGULARIZATION.text)}" in text
    assert text.count("| ✓ covered |") == 2


def test_every_verdict_is_a_row_of_a_table() -> None:
    text = to_markdown(session_with(answer_with(REGULARIZATION, partial=(1,))))
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    rows = [token for token in tokens if token.type == "tr_open"]
    assert len(rows) == 1 + len(REGULARIZATION.key_points)


def test_a_follow_up_and_a_skip_are_shown_as_such() -> None:
    session = answer(begin(), answer_with(REGULARIZATION, covered=(1, 3)))
    session = after(session, Continued(1003.0), Skipped(1004.0), Skipped(1005.0))
    text = to_markdown(session)
    assert "### Follow-up 1.1 Why does the L1 penalty" in text
    assert text.count("\nSkipped.\n") == 2


def test_nothing_answered_is_said_so() -> None:
    assert "- Score: none, as nothing was answered" in to_markdown(after(begin(), Ended(1001.0)))


@given(st.text(alphabet=st.sampled_from(list("<>![](){}*_~`#|\\&a1 .:/\n$")), min_size=1))
def test_what_was_typed_renders_as_text_and_no_more(typed: str) -> None:
    for text in (typed, HOSTILE):
        if not text.strip():
            continue
        _only_text(to_markdown(session_with(text)), text)


def _only_text(report: str, typed: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(report)
    inline = [child for token in tokens for child in token.children or []]
    kinds = {token.type for token in [*tokens, *inline]}
    assert not kinds & {"html_block", "html_inline", "image", "link_open"}
    assert sum(token.type == "heading_open" and token.tag == "h1" for token in tokens) == 1
    fences = [token.content for token in tokens if token.type == "fence"]
    assert fences == [typed + "\n"] or "\r" in typed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. Not a list", "1\\. Not a list"),
        ("- nor this", "\\- nor this"),
        (
            "see www.evil.example, http://evil.example",
            "see www\\.evil.example, http\\://evil.example",
        ),
        ("plain: 0.5 - (really) well-known!", "plain: 0.5 - (really) well-known!"),
        ("two\nlines", "two lines"),
    ],
)
def test_only_what_would_act_is_escaped(text: str, expected: str) -> None:
    assert escape(text) == expected


@given(st.text())
def test_an_escaped_text_renders_as_itself(text: str) -> None:
    flat = " ".join(text.split()).replace("\x00", "\ufffd")
    if not flat:
        return
    rendered = MarkdownIt("commonmark").parseInline(escape(flat))
    children = rendered[0].children or []
    assert {child.type for child in children} <= {"text", "text_special"}
    assert "".join(child.content for child in children) == flat


def test_the_export_holds_what_was_said_and_graded() -> None:
    typed = answer_with(REGULARIZATION, covered=(1,))
    exported = json.loads(to_json(session_with(typed)))
    assert (exported["version"], exported["mode"], exported["phase"]) == (1, "practice", "finished")
    assert (exported["score"], len(exported["next_actions"])) == (37.5, 3)
    exchange = exported["exchanges"][0]
    assert exchange["question_id"] == REGULARIZATION.id
    assert exchange["grades"][0]["answer"] == typed
    assert exchange["grades"][0]["verdicts"][0]["verdict"] == "covered"
    assert [turn["kind"] for turn in exchange["turns"]] == [
        "greeting",
        "question",
        "hint",
        "answer",
        "acknowledgement",
        "closing",
    ]


def with_own_question() -> Session:
    session = answer(begin(), answer_with(REGULARIZATION, covered=(1,)))
    chosen = FollowUpChosen(0, "local:toy", "1" * 12, 1003.0, model_follow_up=OWN)
    return after(session, Continued(1003.0), chosen)


def test_the_report_says_what_a_models_own_question_rests_on() -> None:
    session = answer(with_own_question(), f"Surely: {OWN.key_point}")
    text = to_markdown(after(session, Ended(1120.0)))
    assert f"### Follow-up 1.1 {OWN_QUESTION}" in text
    assert "\nThe model's own question, from regularization.md, line 11 (local:toy)\n" in text
    assert text.count("model's own") == 1


def test_the_export_holds_what_a_models_own_question_rests_on_once_it_is_graded() -> None:
    running = json.loads(to_json(with_own_question()))["exchanges"]
    assert running[0]["model_follow_up"] is None
    told = running[1]["model_follow_up"]
    assert (told["by"], told["prompt_hash"]) == ("local:toy", "1" * 12)
    assert (told["passage"]["start_line"], told["passage"]["quote"]) == (11, None)
    assert told["key_point"] is None
    graded = answer(with_own_question(), f"Surely: {OWN.key_point}")
    told = json.loads(to_json(graded))["exchanges"][1]["model_follow_up"]
    assert (told["key_point"], told["passage"]["quote"]) == (OWN.key_point, OWN.source.quote)


def test_the_export_of_a_running_interview_gives_no_rubric_away() -> None:
    exported = to_json(begin(planned=(DESCENT,)))
    assert DESCENT.text in exported
    for point in DESCENT.key_points:
        assert point.text not in exported
    assert DESCENT.reference[:40] not in exported


@pytest.mark.parametrize("write", [to_json, to_markdown])
def test_a_running_real_interview_is_not_reported(write: object) -> None:
    with pytest.raises(SessionError, match="comes at its end"):
        write(answer(begin(Mode.REAL), "Something."))  # type: ignore[operator]

"""The judge's prompts stand as they were agreed on, and its hash holds all that a model is told."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Any

import pytest
from grading_support import MADE, ScriptedJudge, spoken
from pydantic import Field, create_model

from interviewer.grading.llm_judge import LlmJudge, reply_schema
from interviewer.grading.rubric import Rubric
from interviewer.llm import prompts
from interviewer.llm.connection import Connection
from interviewer.llm.replies import shape_told
from interviewer.llm.scripted import ScriptedChatModel
from interviewer.models import RetrievedChunk

PROMPTS = Path(__file__).parent / "prompts"
ANSWER = "It adds a penalty on the weights. L1 keeps all features, I think."


def reply() -> dict[str, Any]:
    point = {"reason": "It says so.", "quote": "It adds a penalty", "passage": 1}
    verdict = {**point, "verdict": "covered", "confidence": "high"}
    return {**{f"point_{number}": verdict for number in range(1, 5)}, "mistakes": []}


def judge_with(model: ScriptedChatModel) -> LlmJudge:
    return LlmJudge(Connection(model, name="local:toy"), sleep=lambda _: None)


def told(rubric: Rubric, passages: list[RetrievedChunk], *, again: bool) -> str:
    model = ScriptedChatModel(replies=[reply()])
    judge_with(model).judge(rubric, ANSWER, passages, again=again)
    return "\n---\n".join(str(message.text) for message in model.prompts[0])


@pytest.mark.parametrize(("name", "again"), [("grade", False), ("grade-again", True)])
def test_the_prompt_of_a_look_stands_as_it_was_agreed_on(
    name: str, again: bool, rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    """Whoever changes a prompt changes the file beside this test, and sees what is sent."""
    snapshot = (PROMPTS / f"{name}.md").read_text(encoding="utf-8")
    assert told(rubric, passages, again=again) == snapshot


def test_the_shape_of_a_reply_is_told_as_it_was_agreed_on() -> None:
    snapshot = (PROMPTS / "reply-format.md").read_text(encoding="utf-8")
    assert shape_told(reply_schema(1)) == snapshot


def test_a_second_look_is_told_apart_from_the_first_by_its_last_words_alone() -> None:
    first, again = (
        (PROMPTS / f"{name}.md").read_text(encoding="utf-8").split("\n---\n")
        for name in ("grade", "grade-again")
    )
    assert again[1] == first[1]
    assert again[0].startswith(first[0])
    assert ScriptedJudge("offline-9", spoken(ANSWER, MADE)).name not in "".join(again)


@pytest.mark.parametrize("name", ["grade_system", "grade_case", "grade_again", "reply_format"])
def test_the_hash_changes_with_every_file_that_a_model_is_told(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = judge_with(ScriptedChatModel(replies=[])).prompt_hash
    load = prompts.load_prompt

    def changed(asked: str) -> Template:
        found = load(asked)
        return Template(f"{found.template} Please.") if asked == name else found

    monkeypatch.setattr("interviewer.grading.llm_judge.load_prompt", changed)
    monkeypatch.setattr("interviewer.llm.replies.load_prompt", changed)
    assert judge_with(ScriptedChatModel(replies=[])).prompt_hash != before


def test_the_hash_changes_with_the_shape_of_the_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    before = judge_with(ScriptedChatModel(replies=[])).prompt_hash
    wider = create_model("Verdicts", __base__=reply_schema(1), doubt=(int, Field(ge=0, le=9)))
    monkeypatch.setattr("interviewer.grading.llm_judge.reply_schema", lambda count: wider)
    assert judge_with(ScriptedChatModel(replies=[])).prompt_hash != before

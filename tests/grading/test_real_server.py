"""One grade through a real server process whose model writes noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from server_process import ALIAS, KEY, ServerProcess
from support import SMALL_BANK, HashingEncoder

from interviewer.config import Settings
from interviewer.errors import ModelError
from interviewer.grading.grader import Grader
from interviewer.grading.llm_judge import LlmJudge
from interviewer.grading.offline import OfflineJudge
from interviewer.grading.passages import PassageSource
from interviewer.grading.rubric import Rubric
from interviewer.llm.connection import connect
from interviewer.llm.factory import test_connection as try_connection

TOOLS = Path(__file__).resolve().parents[3] / "shared" / "tools"
ANSWER = "It adds a penalty on the weights, and the L1 penalty drives some of them to exactly zero."

pytestmark = pytest.mark.protocol


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server, model = TOOLS / "llama-server", TOOLS / "random-weights.gguf"
    if not server.is_file() or not model.is_file():
        pytest.skip("the test server is not beside this checkout")
    with ServerProcess(server, model) as running:
        yield running.url


def settings_for(address: str, key: str = KEY, model: str = ALIAS) -> Settings:
    values = {"model": model, "base_url": address, "api_key": key, "timeout_s": 120.0}
    return Settings(_env_file=None, **values)


@pytest.mark.parametrize("model", [ALIAS, "another-name"])
def test_a_grade_through_a_real_server_holds_and_names_the_model_that_was_configured(
    address: str, rubric: Rubric, grader: Grader, encoder: HashingEncoder, model: str
) -> None:
    source: PassageSource = grader._passages
    judge = LlmJudge(connect(settings_for(address, model=model)))
    through_server = Grader(
        judge=judge, passages=source, bank_version="v1", fallback=OfflineJudge(encoder)
    )
    shorter = replace(rubric, key_points=rubric.key_points[:2], mistakes=rubric.mistakes[:2])
    grade = through_server.grade(shorter, ANSWER)
    lines = SMALL_BANK.split("\n")
    assert (grade.grader, grade.notice) == (f"local:{model}", "")
    assert [verdict.judge for verdict in grade.verdicts] == [f"local:{model}"] * 2
    assert grade.prompt_hash == judge.prompt_hash
    assert grade.interval[0] <= grade.score <= grade.interval[1]
    for verdict in grade.verdicts:
        span, citation = verdict.answer_span, verdict.citation
        assert span is None or ANSWER[span.start : span.end] == span.text
        assert citation is not None
        assert citation.quote in "\n".join(lines[citation.start_line - 1 : citation.end_line])


def test_a_real_server_that_refuses_the_key_leaves_the_grade_to_the_named_offline_judge(
    address: str, rubric: Rubric, grader: Grader, encoder: HashingEncoder
) -> None:
    source: PassageSource = grader._passages
    offline = OfflineJudge(encoder)
    judge = LlmJudge(connect(settings_for(address, key="sk-wrong")))
    refused = Grader(judge=judge, passages=source, bank_version="v1", fallback=offline)
    grade = refused.grade(rubric, ANSWER)
    assert grade.grader == offline.name
    assert {verdict.judge for verdict in grade.verdicts} == {offline.name}
    assert grade.notice.startswith(f"local:{ALIAS} could not grade this answer, so {offline.name}")
    assert "refused the key" in grade.notice


def test_the_connection_is_tried_for_real(address: str) -> None:
    assert try_connection(settings_for(address)).startswith(f"local:random-tiny at {address}")
    with pytest.raises(ModelError, match="refused the key"):
        try_connection(settings_for(address, key="sk-wrong"))

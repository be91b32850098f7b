"""One grade through a real server process whose model writes noise."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
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
KEY = "sk-local"
ANSWER = "It adds a penalty on the weights, and the L1 penalty drives some of them to exactly zero."

pytestmark = pytest.mark.protocol


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/health", timeout=1) as reply:
            return bool(reply.status == 200)
    except (URLError, OSError):
        return False


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server, model = TOOLS / "llama-server", TOOLS / "random-weights.gguf"
    if not server.is_file() or not model.is_file():
        pytest.skip("the test server is not beside this checkout")
    port = _free_port()
    started = [str(server), "-m", str(model), "--host", "127.0.0.1", "--port", str(port)]
    options = ["-c", "16384", "-np", "1", "-t", "2", "--alias", "random-tiny"]
    process = subprocess.Popen(
        [*started, *options, "--api-key", KEY, "--offline", "--no-ui"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while not _answers(f"http://127.0.0.1:{port}") and time.monotonic() < deadline:
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(timeout=10)


def settings_for(address: str, key: str = KEY) -> Settings:
    values = {"model": "random-tiny", "base_url": address, "api_key": key, "timeout_s": 120.0}
    return Settings(_env_file=None, **values)


def test_a_grade_through_a_real_server_holds(
    address: str, rubric: Rubric, grader: Grader, encoder: HashingEncoder
) -> None:
    source: PassageSource = grader._passages
    judge = LlmJudge(connect(settings_for(address)))
    through_server = Grader(
        judge=judge, passages=source, bank_version="v1", fallback=OfflineJudge(encoder)
    )
    shorter = replace(rubric, key_points=rubric.key_points[:2], mistakes=rubric.mistakes[:2])
    grade = through_server.grade(shorter, ANSWER)
    lines = SMALL_BANK.split("\n")
    assert grade.grader in {"local:random-tiny", "offline-1"}
    assert (grade.grader == "offline-1") == ("could not grade" in grade.notice)
    assert grade.interval[0] <= grade.score <= grade.interval[1]
    assert len(grade.verdicts) == 2
    for verdict in grade.verdicts:
        span, citation = verdict.answer_span, verdict.citation
        assert span is None or ANSWER[span.start : span.end] == span.text
        assert citation is not None
        assert citation.quote in "\n".join(lines[citation.start_line - 1 : citation.end_line])


def test_the_connection_is_tried_for_real(address: str) -> None:
    assert try_connection(settings_for(address)).startswith(f"local:random-tiny at {address}")
    with pytest.raises(ModelError, match="refused the key"):
        try_connection(settings_for(address, key="sk-wrong"))

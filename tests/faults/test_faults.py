"""Every fault of a server, crossed with everything that asks a model or follows from its verdicts.

Each cell ends within its deadline in a result that says who graded or spoke, or in an error of
ours that says what to do; nothing else is raised, no answer is lost, no half of what a model says
is kept as the whole, and neither the key nor the prompt is told to anybody.
`benchmarks/fault_matrix.py` prints the matrix.
"""

from __future__ import annotations

import logging
import threading
import time
import warnings
from collections.abc import Iterator

import pytest
from faults.cells import (
    ANSWER,
    BANK_WORDS,
    BOTH,
    KEY,
    LABELS,
    MODEL,
    OFFLINE,
    OPERATIONS,
    PLAN,
    PROMPT_MARKS,
    SPOKEN,
    Cell,
    Matrix,
    UnsureJudge,
    open_matrix,
)
from faults.table import FAULTS, TIMEOUT_S, Fault
from interview_support import REGULARIZATION
from support import HashingEncoder

from interviewer.grading.passages import ReferencePassages
from interviewer.grading.rubric import rubric_of
from interviewer.llm.ladder import Ladders
from interviewer.workspace import make_grader

Row = dict[str, Cell]

MARGIN_S = 1.0
"""What a cell may take beyond the deadline of a model, for all else that it does."""

NOTICES = {
    "grade": f"{MODEL} could not grade this answer, so {OFFLINE} graded it instead. ",
    "follow-up": f"{MODEL} could not grade this answer, so {OFFLINE} graded it instead. ",
    "unsure": f"{MODEL} could not settle the 4 points that {OFFLINE} is not sure of, so ",
    "choice": f"{MODEL} could not choose what to ask, so the bank did. ",
    "proposal": f"{MODEL} could not ask a question of its own, so the interview went on. ",
    **dict.fromkeys(SPOKEN, f"{MODEL} could not word this, so the bank did. "),
}
BY_NAME = {fault.name: fault for fault in FAULTS}


class Listener(logging.Handler):
    """Keeps everything that is logged, as a log file would have it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter("%(name)s %(message)s").format(record))

    def heard(self) -> list[str]:
        """Give what was logged since the last call."""
        heard, self.lines = self.lines, []
        return heard


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    heard = Listener()
    levels = {"interviewer": logging.DEBUG, "openai": logging.INFO, "httpx2": logging.INFO}
    before = {name: logging.getLogger(name).level for name in levels}
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.getLogger().addHandler(heard)
    yield heard
    logging.getLogger().removeHandler(heard)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory, listener: Listener) -> Iterator[Matrix]:
    with open_matrix(tmp_path_factory.mktemp("faults")) as opened:
        opened.row(BY_NAME["good"])  # imports the libraries, which takes longer than a deadline
        yield opened


def test_there_are_faults_of_every_kind() -> None:
    assert len(BY_NAME) == len(FAULTS)
    assert len([fault for fault in FAULTS if fault.family != "control"]) == 197
    assert {fault.family for fault in FAULTS} == {
        *("control", "status", "limits", "redirect", "body", "envelope", "words", "connection"),
        *("time", "passing", "stream"),
    }


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_whatever_a_server_does_ends_in_a_labelled_result(
    fault: Fault, matrix: Matrix, listener: Listener
) -> None:
    row = matrix.row(fault)
    assert tuple(row) == OPERATIONS
    for name, cell in row.items():
        assert cell.broken == "", f"{name} raised what is no error of ours"
        assert cell.outcome in LABELS[name], f"{name} ended in {cell.outcome!r}"
        assert cell.kept, f"{name} lost the answer"
        assert cell.whole, f"{name} kept half of what was said"
        assert not _secrets_in(cell.told), f"{name} tells a secret"
        assert KEY not in cell.written, f"{name} writes the key"
        if cell.outcome in {OFFLINE, BANK_WORDS} and name in NOTICES:
            assert cell.told.startswith(NOTICES[name])
            assert cell.judges == ({OFFLINE} if cell.outcome == OFFLINE else set())
    _check_who_graded(fault, row)
    _check_who_spoke(fault, row)
    late = _late(row)
    if late:  # a busy machine is late now and then, a fault is late again
        late &= _late(matrix.row(fault))
    assert late == set()
    assert matrix.elsewhere.connections == 0
    assert [line for line in listener.heard() if _secrets_in(line)] == []


def test_the_store_keeps_the_answers_and_not_the_key(matrix: Matrix) -> None:
    stored = b"".join(path.read_bytes() for path in matrix.folder.iterdir())
    assert ANSWER.encode() in stored
    assert KEY.encode() not in stored


def _late(row: Row) -> set[str]:
    return {name for name, cell in row.items() if cell.seconds >= TIMEOUT_S + MARGIN_S}


def _secrets_in(text: str) -> list[str]:
    return [secret for secret in (KEY, *PROMPT_MARKS) if secret in text]


def _check_who_graded(fault: Fault, row: Row) -> None:
    """Hold each row to what its fault lets through."""
    graders = {row["grade"].outcome, row["unsure"].outcome}
    if fault.graded == "never":
        assert graders == {OFFLINE}
        assert row["follow-up"].outcome == OFFLINE
    if fault.graded == "always":
        assert graders == {MODEL, BOTH}
        assert row["grade"].judges == row["unsure"].judges == {MODEL}


def _check_who_spoke(fault: Fault, row: Row) -> None:
    """Hold the interviewer's words, and the choice of what to ask, to what a fault lets through."""
    speakers = {"never": {BANK_WORDS}, "always": {MODEL}, "may": {MODEL, BANK_WORDS}}
    assert {row[name].outcome for name in SPOKEN} <= speakers[fault.worded]
    assert {row["choice"].outcome, row["proposal"].outcome} <= speakers[fault.chosen]


def test_no_thread_outlives_its_deadline_by_long(matrix: Matrix) -> None:
    for name in ("hang", "drip-head", "drip-body", "endless-interim", "late"):
        matrix.unsure(BY_NAME[name])
    for name in ("hang", "stream-hangs", "stream-pings", "stream-endless", "stream-late"):
        matrix.phrasing(BY_NAME[name])
    ends_at = time.monotonic() + TIMEOUT_S + MARGIN_S
    while _asking() and time.monotonic() < ends_at:
        time.sleep(0.05)
    assert _asking() == []


def _asking() -> list[str]:
    names = {"chat-model", "chat-stream"}
    return [each.name for each in threading.enumerate() if each.name in names]


def test_an_answer_that_is_typed_into_a_hanging_stream_is_not_lost(matrix: Matrix) -> None:
    service = matrix.interviewer(BY_NAME["stream-hangs"], "typed")
    session = service.start(PLAN)
    words = service.speak(session.id)
    assert next(words)
    answered = service.answer(session.id, ANSWER)
    assert [grade.answer for grade in answered.current.grades] == [ANSWER]
    assert list(words)[-1] == session.current.turns[0].text
    assert service.peek(session.id).exchanges == answered.exchanges


def test_a_warning_of_a_library_does_not_print_what_a_server_sent(matrix: Matrix) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        cell = matrix.unsure(BY_NAME["usage-of-the-key"])[0]
    assert cell.outcome in LABELS["unsure"]
    assert [str(each.message) for each in caught if _secrets_in(str(each.message))] == []


def test_the_way_of_asking_that_worked_is_asked_first_by_the_next_grader(matrix: Matrix) -> None:
    settings = matrix.settings(BY_NAME["plain-only"], "ladder", model_grades="all")
    ladders = Ladders()
    counts = []
    for _ in range(2):
        before = matrix.server.requests_to(settings.base_url or "")
        source = ReferencePassages(HashingEncoder())
        grader = make_grader(settings, UnsureJudge(), source, "v1", ladders=ladders)
        assert grader.grade(rubric_of(REGULARIZATION), ANSWER).grader == MODEL
        counts.append(matrix.server.requests_to(settings.base_url or "") - before)
    assert counts == [4, 1]


def test_an_answer_that_a_fault_met_is_there_after_a_restart(matrix: Matrix) -> None:
    settings = matrix.settings(BY_NAME["reset"], "restart", model_grades="all")
    session = matrix.service(settings, HashingEncoder()).start(PLAN)
    before = matrix.service(settings, HashingEncoder()).answer(session.id, ANSWER)
    after = matrix.service(settings, HashingEncoder()).peek(session.id)
    assert after == before
    assert [grade.answer for grade in after.current.grades] == [ANSWER]

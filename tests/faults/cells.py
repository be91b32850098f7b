"""The cells of the matrix: one operation against one fault, timed, with everything that it told."""

from __future__ import annotations

import os
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import certifi
from events_in_words import lines_of
from faults.server import CHOICE, LEAD, PROPOSAL, FaultServer, good
from faults.table import BEHAVIOURS, TIMEOUT_S, Fault
from grading_support import UNSURE_YES, spoken
from interview_support import BANK, DESCENT, REGULARIZATION, FakeGrader, answer_with
from support import HashingEncoder

from interviewer.config import Settings
from interviewer.errors import InterviewerError
from interviewer.grading.judge import Judgement
from interviewer.grading.passages import NearbyPassages, ReferencePassages
from interviewer.grading.rubric import Rubric
from interviewer.interview.follow_ups import FollowUpChoice, justified_follow_ups
from interviewer.interviewing.model_interviewer import ModelInterviewer
from interviewer.interviewing.prompting import hash_for_proposal
from interviewer.knowledge.bank import QuestionBank
from interviewer.llm import factory
from interviewer.llm.connection import connect
from interviewer.models import Exchange, Mode, Phase, RetrievedChunk, Session, SessionPlan, Turn
from interviewer.reports.export import to_json
from interviewer.reports.markdown import to_markdown
from interviewer.retrieval.encoder import Encoder
from interviewer.retrieval.index import build_in_memory
from interviewer.retrieval.openai_encoder import OpenAIEncoder
from interviewer.service import InterviewService
from interviewer.store.repository import SessionRepository
from interviewer.workspace import make_grader

KEY = "sk-canary-0123456789abcdef"
MODEL = "local:toy"
OFFLINE = "offline-9"
ANSWER = (
    "It adds a penalty on the size of the weights to the loss. My marmalade word is said here, "
    "and the rest I would have to look up."
)
BANK_WORDS = "the bank"
REQUEST = "Do you mean linear models?"
PROMPT_MARKS = (
    "marmalade",
    "You compare a candidate",
    "You are the interviewer",
    "Two or three short sentences",
    "=====DATA-",
)
"""What only the answer, the instructions and the fences of a prompt hold."""

SPOKEN = ("phrasing", "clarification", "acknowledgement")
OPERATIONS = (
    *("question", "grade", "follow-up", "report", "unsure", "connection", "embedding"),
    *("phrasing", "clarification", "choice", "acknowledgement", "proposal", "turn"),
)
SAID = {f"said: Model{kind}" for kind in ("Error", "ReplyError", "ContextError", "ServerError")}
BOTH = f"{OFFLINE} + {MODEL}"
LABELS = {
    "question": {"asked"},
    "grade": {MODEL, OFFLINE},
    "follow-up": {MODEL, OFFLINE},
    "report": {"written"},
    "unsure": {BOTH, OFFLINE},
    "connection": {"works"} | SAID,
    "embedding": {OFFLINE, "said: EncoderError"},
    **{name: {MODEL, BANK_WORDS} for name in ("choice", "proposal", *SPOKEN)},
    "turn": {
        f"{grader}, {asker}, {speaker}"
        for grader in (MODEL, OFFLINE)
        for asker in (MODEL, BANK_WORDS)
        for speaker in (MODEL, BANK_WORDS)
    },
}
"""The outcomes that an operation may have; any other is no labelled result."""

_LAST_LINE = "-----END CERTIFICATE-----"
PLAN = SessionPlan(question_ids=(REGULARIZATION.id,), question_count=1)
REAL = replace(PLAN, mode=Mode.REAL)
NO_MORE = replace(BANK, questions=(replace(REGULARIZATION, follow_ups=()), DESCENT))
"""A bank that has nothing to ask after a whole answer."""

WHOLE = answer_with(REGULARIZATION, covered=(1, 2, 3, 4))


@dataclass
class Cell:
    """What came of one operation.

    `outcome` is the label: who graded or spoke, or what was said. `told` is all that a person or a
    log would read of it, the answer's own grade apart, the notice first. `written` is what a
    report, an export and a recording hold, the candidate's words among them. `judges` are those of
    the single verdicts. `kept` says whether the store has the answer, `whole` whether what was said
    is the model's words from the first to the last, or the bank's. `broken` is a traceback where
    something came that is no error of ours.
    """

    operation: str
    outcome: str = ""
    seconds: float = 0.0
    told: str = ""
    written: str = ""
    judges: frozenset[str] = frozenset()
    kept: bool = True
    whole: bool = True
    broken: str = ""


class UnsureJudge:
    """An offline judge that has a verdict on every point and is sure of none."""

    name = OFFLINE
    prompt_hash = ""

    def judge(self, rubric: Rubric, answer: str, passages: Sequence[RetrievedChunk]) -> Judgement:
        return spoken(answer, *([UNSURE_YES] * len(rubric.key_points)))


@dataclass
class Matrix:
    """Runs cells against one server, with one store for all of them."""

    server: FaultServer
    elsewhere: FaultServer
    repository: SessionRepository
    folder: Path
    nearby: NearbyPassages
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(24))

    def row(self, fault: Fault) -> dict[str, Cell]:
        """Run every operation against a fault, those side by side that do not need each other."""
        runs: tuple[Callable[[Fault], list[Cell]], ...] = (
            self.interview,
            self.unsure,
            self.connection,
            self.embedding,
            self.phrasing,
            self.clarification,
            self.choosing,
            self.proposal,
            self.turn,
        )
        cells = [cell for each in self._pool.map(lambda run: run(fault), runs) for cell in each]
        return {cell.operation: cell for cell in cells}

    def settings(self, fault: Fault, cell: str, **more: Any) -> Settings:
        """Point the settings at a fault."""
        values = {"model": "toy", "api_key": KEY, "timeout_s": TIMEOUT_S, **more}
        url = fault.url(self.server, cell)
        return Settings(_env_file=None, base_url=url, **values)  # type: ignore[call-arg]

    def service(self, settings: Settings, encoder: Encoder) -> InterviewService:
        """Wire the service as the edges do, but for the offline judge."""
        grader = make_grader(settings, UnsureJudge(), ReferencePassages(encoder), BANK.version)
        return InterviewService(
            bank=BANK, grader=grader, own_grader=grader, repository=self.repository
        )

    def interview(self, fault: Fault) -> list[Cell]:
        """Go through a whole interview in which the model judges every point."""
        settings = self.settings(fault, "interview", model_grades="all")
        service = self.service(settings, HashingEncoder())
        ids: list[str] = []

        def _ask(cell: Cell) -> None:
            session = service.start(PLAN)
            ids.append(session.id)
            cell.outcome = "asked" if session.current.text == REGULARIZATION.text else ""

        def _grade(cell: Cell) -> None:
            _note(cell, service.answer(ids[0], ANSWER).current)

        def _follow_up(cell: Cell) -> None:
            current = service.go_on(ids[0]).current
            if current.follow_up:
                _note(cell, service.answer(ids[0], ANSWER).current)

        def _report(cell: Cell) -> None:
            session = service.end(ids[0])
            report = to_markdown(session)
            graders = [each.best.grader for each in session.exchanges if each.best]
            cell.outcome = "written" if all(name in report for name in graders) else ""
            cell.kept = report.count("marmalade") >= len(graders) == 2
            cell.written = _everything_written_of(session, self.repository)

        steps = (_ask, _grade, _follow_up, _report)
        return [_timed(name, run) for name, run in zip(OPERATIONS[:4], steps, strict=True)]

    def unsure(self, fault: Fault) -> list[Cell]:
        """Have one answer graded whose points the offline judge is not sure of."""
        settings = self.settings(fault, "unsure", model_grades="unsure")
        service = self.service(settings, HashingEncoder())
        started = service.start(PLAN)

        def _grade(cell: Cell) -> None:
            _note(cell, service.answer(started.id, ANSWER).current)

        return [_timed("unsure", _grade)]

    def connection(self, fault: Fault) -> list[Cell]:
        """Try the connection, as the Settings page does."""
        settings = self.settings(fault, "connection")

        def _try(cell: Cell) -> None:
            cell.told = factory.test_connection(settings)
            cell.outcome = "works"

        return [_timed("connection", _try)]

    def embedding(self, fault: Fault) -> list[Cell]:
        """Grade an answer where the passages need embeddings of the faulty server.

        Without passages nothing can be graded: the answer has to wait in the store, and be graded
        when the server is back.
        """
        settings = self.settings(fault, "embedding", grader="offline", embedding="openai:toy")
        opened: list[OpenAIEncoder] = []
        cell = _timed("embedding", lambda _: opened.append(OpenAIEncoder("toy", settings)))
        if not opened:
            return [cell]
        service = self.service(settings, opened[0])
        started = service.start(PLAN)

        def _grade(cell: Cell) -> None:
            _note(cell, service.answer(started.id, ANSWER).current)

        cell = _timed("embedding", _grade)
        waited = service.peek(started.id)
        best = self.service(settings, HashingEncoder()).get(started.id).current.best
        cell.kept = best is not None and best.answer == ANSWER
        if waited.current.best is None:
            cell.kept = cell.kept and waited.pending_answer == ANSWER
        return [cell]

    def interviewer(self, fault: Fault, cell: str, bank: QuestionBank = BANK) -> InterviewService:
        """Wire the service with a model that words and chooses, and grades nothing."""
        return InterviewService(
            bank=bank,
            grader=FakeGrader(),
            repository=self.repository,
            interviewer=ModelInterviewer(connect(self.settings(fault, cell))),
            nearby=self.nearby,
        )

    def phrasing(self, fault: Fault) -> list[Cell]:
        """Have the model ask the first question in its own words."""
        service = self.interviewer(fault, "phrasing")
        started = service.start(PLAN)
        return [_timed("phrasing", lambda cell: _hear(cell, service, started))]

    def clarification(self, fault: Fault) -> list[Cell]:
        """Have the model say what a question means."""
        service = self.interviewer(fault, "clarification")
        waiting = service.clarify(service.start(PLAN).id, REQUEST)
        return [_timed("clarification", lambda cell: _hear(cell, service, waiting))]

    def choosing(self, fault: Fault) -> list[Cell]:
        """Have the model choose a follow-up, and in another interview word the bank's choice."""
        chooser, speaker = (self.interviewer(fault, cell) for cell in ("choice", "acknowledgement"))
        bank = InterviewService(bank=BANK, grader=FakeGrader(), repository=self.repository)
        started, other = chooser.start(REAL), bank.start(REAL)
        bank.answer(other.id, ANSWER)

        def _choose(cell: Cell) -> None:
            _note_choice(cell, chooser.answer(started.id, ANSWER))

        def _acknowledge(cell: Cell) -> None:
            _hear(cell, speaker, speaker.peek(other.id))
            session = speaker.end(other.id)
            cell.kept = session.exchanges[0].turns[-1].text == ANSWER
            cell.written = _everything_written_of(session, self.repository)

        return [_timed("choice", _choose), _timed("acknowledgement", _acknowledge)]

    def proposal(self, fault: Fault) -> list[Cell]:
        """Have the model think of a follow-up that the bank has not; none is asked if it fails."""
        service = self.interviewer(fault, "proposal", NO_MORE)
        started = service.start(REAL)

        def _propose(cell: Cell) -> None:
            session = service.answer(started.id, WHOLE)
            best, last = session.exchanges[0].best, session.current.turns[-1]
            asked = session.current.follow_up == 1
            cell.outcome = _by(last)
            cell.told = "\n".join([last.notice, last.text])
            cell.kept = best is not None and best.answer == WHOLE
            over = session.phase is Phase.FINISHED
            cell.whole = asked == (last.text == PROPOSAL["question"]) == (not over)
            cell.whole &= last.prompt_hash == hash_for_proposal()
            ended = service.end(started.id) if asked else session
            cell.written = _everything_written_of(ended, self.repository)

        return [_timed("proposal", _propose)]

    def turn(self, fault: Fault) -> list[Cell]:
        """Answer in a real interview: its grade, what is asked next and the words for it, in all.

        The page opens the service anew for the words, and so does this.
        """
        settings = self.settings(fault, "turn", model_grades="all")
        first, service = self.real(settings), self.real(settings)
        started = first.start(REAL)

        def _turn(cell: Cell) -> None:
            first.answer(started.id, ANSWER)
            shown = list(service.speak(started.id))
            session = service.peek(started.id)
            (lead, asked), grade = session.current.turns, session.exchanges[0].best
            cell.outcome = ", ".join([grade.grader if grade else "", _by(asked), _by(lead)])
            cell.told = "\n".join(
                [*(grade.notice for grade in session.exchanges[0].grades), *shown]
            )
            cell.told += f"\n{asked.notice}\n{lead.notice}"
            cell.kept = grade is not None and grade.answer == ANSWER
            cell.whole = shown[-1] == lead.text
            cell.written = _everything_written_of(service.end(started.id), self.repository)

        return [_timed("turn", _turn)]

    def real(self, settings: Settings) -> InterviewService:
        """Wire the service as the edges do, with one deadline for all that the model does."""
        source = ReferencePassages(HashingEncoder())
        return InterviewService(
            bank=BANK,
            grader=make_grader(settings, UnsureJudge(), source, BANK.version),
            repository=self.repository,
            interviewer=ModelInterviewer(connect(settings)),
            nearby=self.nearby,
            turn_s=settings.timeout_s,
        )


@contextmanager
def open_matrix(folder: Path) -> Iterator[Matrix]:
    """Start the faulty server, one that its redirects lead to, and a store in a folder."""
    with (
        _one_certificate(folder),
        FaultServer(defaultdict(lambda: good)) as elsewhere,
        FaultServer(BEHAVIOURS, f"http://127.0.0.1:{elsewhere.port}") as server,
    ):
        nearby = NearbyPassages(build_in_memory(BANK, HashingEncoder()))
        repository = SessionRepository(folder / "sessions.sqlite")
        try:
            yield Matrix(server, elsewhere, repository, folder, nearby)
        finally:
            repository.close()


@contextmanager
def _one_certificate(folder: Path) -> Iterator[None]:
    """Trust one root certificate: each client reads all of them, which takes 40 ms each time."""
    first, end, _ = Path(certifi.where()).read_text(encoding="utf-8").partition(_LAST_LINE)
    trusted = folder / "root.pem"
    trusted.write_text(first + end + "\n", encoding="utf-8")
    with patch.dict(os.environ, SSL_CERT_FILE=str(trusted)):
        yield


def _timed(operation: str, run: Callable[[Cell], None]) -> Cell:
    cell = Cell(operation)
    begun = time.monotonic()
    try:
        run(cell)
    except InterviewerError as error:
        cell.outcome = f"said: {type(error).__name__}"
        cell.told = _everything_of(error)
    except Exception as error:
        cell.broken = cell.told = _everything_of(error)
    cell.seconds = time.monotonic() - begun
    return cell


def _note(cell: Cell, exchange: Exchange) -> None:
    grade = exchange.best
    if grade is None:
        return
    cell.outcome = grade.grader
    cell.told = grade.notice
    cell.judges = frozenset(verdict.judge for verdict in grade.verdicts)
    cell.kept = grade.answer == ANSWER


def _hear(cell: Cell, service: InterviewService, session: Session) -> None:
    """Have a turn put in the model's words, and hold what is kept against what it may be."""
    number = service.waiting_words(session.id)
    if number is None:
        return
    bank = _turns(session)[number - 1]
    greeting = f"{bank.text} " if number == 1 else ""
    shown = list(service.speak(session.id))
    kept = _turns(service.peek(session.id))[number - 1]
    words = f"{greeting}{LEAD} {session.current.text}" if kept.by else bank.text
    cell.outcome = _by(kept)
    cell.told = "\n".join([kept.notice, *shown])
    cell.whole = shown[-1] == kept.text == words


def _note_choice(cell: Cell, session: Session) -> None:
    """Say who chose the follow-up that is asked, and hold it against what may be asked."""
    current, main = session.current, session.exchanges[0]
    asked = current.turns[-1]
    cell.outcome = _by(asked)
    cell.told = asked.notice
    cell.kept = main.best is not None and main.best.answer == ANSWER
    texts = [option.text for option in _options(session)]
    cell.whole = asked.text == current.text == texts[int(CHOICE["number"]) - 1 if asked.by else 0]


def _options(session: Session) -> tuple[FollowUpChoice, ...]:
    """List what there was to choose from."""
    return justified_follow_ups(replace(session, exchanges=session.exchanges[:-1]))


def _turns(session: Session) -> list[Turn]:
    return [turn for exchange in session.exchanges for turn in exchange.turns]


def _by(turn: Turn) -> str:
    return turn.by or (BANK_WORDS if turn.notice else "")


def _everything_written_of(session: Session, repository: SessionRepository) -> str:
    recorded = lines_of(repository.events(session.id))
    return "\n".join([to_markdown(session), to_json(session), repr(session), *recorded])


def _everything_of(error: BaseException) -> str:
    return "\n".join([str(error), repr(error), *traceback.format_exception(error)])

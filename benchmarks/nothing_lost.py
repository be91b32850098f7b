"""Prints what is lost when models fail, the power goes, or the index is damaged.

    .venv/bin/python benchmarks/nothing_lost.py [interviews|kills|damages|rebuilds ...]

`interviews`: 200 interviews of 10 answers; a fifth of the model's replies fail. `kills`: 200
processes are killed while they interview, half of them with a model; what the store has is held
against the same interview without a kill. `damages`: 100 indexes are damaged. `rebuilds`: 50
processes are killed while they rebuild an index. Seeded; when exactly a kill comes, chance decides.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from faults.cells import KEY
from faults.server import Call, FaultServer, good
from held_until_killed import (
    Found,
    found_after,
    hold_for_ever,
    in_peace,
    last_told,
    many,
    model_at,
    open_service,
)
from langchain_core.messages import AIMessage, BaseMessage
from obedient import ObedientModel
from support import HashingEncoder

from interviewer.config import Settings
from interviewer.errors import SearchIndexError
from interviewer.grading.deferral import DeferringJudge
from interviewer.grading.grader import Grader
from interviewer.grading.llm_judge import LlmJudge
from interviewer.grading.offline import OfflineJudge
from interviewer.grading.passages import ReferencePassages
from interviewer.grading.support import SupportedJudge
from interviewer.interviewing.model_interviewer import ModelInterviewer
from interviewer.knowledge.bank import QuestionBank
from interviewer.llm.connection import Connection
from interviewer.models import Mode, Phase, Session, SessionPlan, TurnKind
from interviewer.retrieval.index import build_index, ensure_index, open_index
from interviewer.service import InterviewService
from interviewer.store.repository import SessionRepository

SEED = 20261123
INTERVIEWS, ANSWERS, FAULTY = 200, 10, 0.2
KILLS, DAMAGES, REBUILDS = 200, 100, 50
_FAULTS: tuple[Callable[[], Any], ...] = (
    lambda: ConnectionError("reset by peer"),
    lambda: TimeoutError("no reply"),
    lambda: RuntimeError("500"),
    lambda: "",
    lambda: "<html>Bad gateway</html>",
    lambda: '{"point_1": {"verdict": "cov',
    lambda: '{"point_1": {"verdict": "splendid"}}',
    lambda: AIMessage("", response_metadata={"finish_reason": "content_filter"}),
)


class FaultyModel(ObedientModel):
    """Fails every fifth time, in one way or another; else it replies well."""

    draw: random.Random = random.Random(SEED)  # noqa: S311 (what fails when need not be secret)
    faults: int = 0

    def _reply(self, messages: list[BaseMessage]) -> AIMessage:
        if self.draw.random() >= FAULTY:
            return super()._reply(messages)
        self.faults += 1
        fault = self.draw.choice(_FAULTS)()
        if isinstance(fault, Exception):
            raise fault
        return fault if isinstance(fault, AIMessage) else AIMessage(fault)


class AnotherEncoder(HashingEncoder):
    """An encoder that no index here was built with."""

    fingerprint = "hashing-64-v2"


def interviews(folder: Path) -> str:
    """Hold interviews with a model that fails, and look for what was said in the store."""
    encoder, model = HashingEncoder(), FaultyModel()
    offline = OfflineJudge(encoder)
    connection = Connection(model, name="local:faulty")
    judge = SupportedJudge(LlmJudge(connection, sleep=lambda _: None), offline)
    service = InterviewService(
        bank=many(ANSWERS),
        grader=Grader(
            judge=DeferringJudge(offline, judge),
            passages=ReferencePassages(encoder),
            bank_version="",
            fallback=offline,
        ),
        repository=SessionRepository(folder / "sessions.sqlite"),
        interviewer=ModelInterviewer(connection, sleep=lambda _: None),
    )
    lost = doubled = ungraded = 0
    for number in range(INTERVIEWS):
        given, session = _interview(service, number)
        stored = _answers(service.get(session.id))
        lost += sum(text not in stored for text in given)
        doubled += len(stored) - len(set(stored))
        ungraded += len(stored) - sum(len(each.grades) for each in session.exchanges)
    total = INTERVIEWS * ANSWERS
    return (
        f"{INTERVIEWS} interviews, {total} answers, {model.faults} of {len(model.prompts)} replies "
        f"failed: {lost} lost, {doubled} doubled, {ungraded} without a grade"
    )


def _interview(service: InterviewService, number: int) -> tuple[list[str], Session]:
    session = service.start(SessionPlan(mode=Mode.REAL, question_count=ANSWERS, seed=number + 1))
    given: list[str] = []
    while session.phase is not Phase.FINISHED and len(given) < ANSWERS:
        list(service.speak(session.id))
        given.append(f"Answer {len(given)} of interview {number}: it adds a penalty, I think.")
        session = service.answer(session.id, given[-1])
    return given, service.end(session.id) if session.phase is not Phase.FINISHED else session


def _answers(session: Session) -> list[str]:
    return [
        turn.text
        for exchange in session.exchanges
        for turn in exchange.turns
        if turn.kind is TurnKind.ANSWER
    ]


def kills(folder: Path) -> str:
    """Kill processes while they interview; look for every answer, and for the same question.

    Half of them have a model on a local server, which words, chooses and grades.
    """
    with FaultServer({"model": _thoughtful}) as server:
        settings = model_at(server.address("model"), KEY)
        told = [_kills(folder / "plain", None), _kills(folder / "model", settings)]
    return "; ".join(told)


def _kills(folder: Path, settings: Settings | None) -> str:
    draw = random.Random(SEED)  # noqa: S311
    folder.mkdir()
    held_up = (0.3, 1.5) if settings is None else (0.5, 3.0)
    found: list[Found] = []
    for number in range(KILLS // 2):
        path, log = folder / f"{number}.sqlite", folder / f"{number}.log"
        log.touch()
        held = partial(_hold_for_ever, path, log, settings)
        _killed(held, draw.uniform(*held_up))
        for told in last_told(log.read_text(encoding="utf-8").splitlines(keepends=True)):
            peace = in_peace(folder / f"{number}-{told.session}.sqlite", settings, told.session)
            found.append(found_after(open_service(path, settings), path, told, peace))
    return (
        f"{KILLS // 2} kills {'without' if settings is None else 'with'} a model, "
        f"{len(found)} interviews, {sum(each.answers for each in found)} acknowledged answers: "
        f"{sum(each.lost for each in found)} lost, {sum(each.doubled for each in found)} doubled, "
        f"{sum(each.astray for each in found)} with other events, "
        f"{sum(each.other_question for each in found)} that resume at another question"
    )


def _hold_for_ever(path: Path, log: Path, settings: Settings | None) -> None:
    with log.open("a", encoding="utf-8", buffering=1) as lines:
        hold_for_ever(path, settings, "held", lines.write)


def _thoughtful(call: Call) -> None:
    call.wait(0.02)
    good(call)


def _killed(work: Callable[[], None], seconds: float) -> None:
    """Run work in a process of its own and kill it."""
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    time.sleep(seconds)
    process.kill()
    process.join()


def damages(folder: Path) -> str:
    """Damage an index in one way after the other; it must be noticed and built anew."""
    draw, encoder, bank = random.Random(SEED), HashingEncoder(), many(40)  # noqa: S311
    good = folder / "good"
    expected = build_index(bank, encoder, good).search("ridge", top_k=5)
    noticed = rebuilt = 0
    for number in range(DAMAGES):
        place = folder / f"damaged-{number}"
        shutil.copytree(good, place)
        asked: Any = encoder
        if number % 10 == 9:
            asked = AnotherEncoder()
        else:
            _damage(place, draw)
        told: list[str] = []
        try:
            open_index(place, bank, asked)
        except SearchIndexError:
            noticed += 1
        ensure_index(bank, asked, place, notify=told.append)
        again = open_index(place, bank, asked).search("ridge", top_k=5)
        rebuilt += bool(told) and (asked is not encoder or again == expected)
    return f"{DAMAGES} damages: {noticed} noticed, {rebuilt} rebuilt and told"


def _damage(place: Path, draw: random.Random) -> None:
    files = sorted(path for path in place.rglob("*") if path.is_file() and path.stat().st_size)
    path = draw.choice([each for each in files if each.name != ".lock"])
    kind = draw.choice(("flip", "truncate", "delete", "empty"))
    content = bytearray(path.read_bytes())
    if kind == "flip":
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    if kind == "delete":
        path.unlink()
        return
    kept = {"flip": len(content), "truncate": len(content) // 2, "empty": 0}[kind]
    path.write_bytes(bytes(content[:kept]))


def rebuilds(folder: Path) -> str:
    """Kill processes while they rebuild an index; the old one or the new one must load."""
    draw, encoder = random.Random(SEED), HashingEncoder()  # noqa: S311
    place = folder / "index"
    old = many(60)
    build_index(old, encoder, place)
    started = time.perf_counter()
    build_index(_edited(old, 0), encoder, place)
    usual = time.perf_counter() - started
    build_index(old, encoder, place)
    loaded = {"old": 0, "new": 0, "neither": 0}
    for number in range(1, REBUILDS + 1):
        new = _edited(old, number)
        _killed(lambda bank=new: _build(bank, encoder, place), draw.uniform(0.0, 1.3 * usual))
        loaded[_which(place, encoder, old, new)] += 1
        ensure_index(old, encoder, place)
    return f"{REBUILDS} kills during a rebuild: {loaded['old']} times the old index loads, " + (
        f"{loaded['new']} times the new one, {loaded['neither']} times neither"
    )


def _build(bank: QuestionBank, encoder: HashingEncoder, place: Path) -> None:
    build_index(bank, encoder, place)


def _which(place: Path, encoder: HashingEncoder, old: QuestionBank, new: QuestionBank) -> str:
    for name, bank in (("new", new), ("old", old)):
        try:
            open_index(place, bank, encoder)
            return name
        except SearchIndexError:
            continue
    return "neither"


def _edited(bank: QuestionBank, number: int) -> QuestionBank:
    files = {path: f"{text}\n<!-- {number} -->\n" for path, text in bank.files.items()}
    version = hashlib.sha256(repr(files).encode()).hexdigest()[:12]
    return replace(bank, files=files, version=version)


def main(names: list[str]) -> None:
    """Run what is named, or everything, and print a line for each."""
    for task in (interviews, kills, damages, rebuilds):
        if not names or task.__name__ in names:
            started = time.perf_counter()
            with tempfile.TemporaryDirectory() as folder:
                print(f"{task(Path(folder))}; {time.perf_counter() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

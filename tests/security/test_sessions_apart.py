"""Interviews that are held at the same time know nothing of each other.

Each candidate has a word that nobody else says: in imported questions, in questions of their own,
in answers and in drafts. It may stand in no other candidate's interview, prompts, report or store,
and the words of an answer in nothing that the windows share. What was imported is the bank's, which
all share: where a model is to think of a follow-up, it is shown what of the bank is near, and that
may be what somebody else imported.
"""

from __future__ import annotations

import ast
import gc
import logging
import random
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import FunctionType, ModuleType

import pytest
from faults.server import Call, FaultServer, completion, good, said
from interview_support import REGULARIZATION
from support import HashingEncoder

from interviewer.config import PACKAGE_DIR, Settings
from interviewer.grading import rubric
from interviewer.grading.rubric import own_question
from interviewer.knowledge.bank import load_bank
from interviewer.knowledge.importers import HandedIn, import_safely, save_import
from interviewer.models import Phase, SessionPlan
from interviewer.reports.export import to_json
from interviewer.reports.markdown import to_markdown
from interviewer.retrieval.index import build_in_memory
from interviewer.service import InterviewService
from interviewer.store.repository import SessionRepository
from interviewer.ui.opening import _Shared
from interviewer.workspace import Workspace

NAMES = ("quabbit", "frelk", "mondrake", "ospert", "wexpole", "tarnick", "juvolo", "blishen")
MODEL = "local:toy"
ROUNDS = 7
WITHIN_S = 60.0
_PENALTY = "It adds a penalty on the size of the weights to the loss"


@dataclass
class Candidate:
    """Somebody who is interviewed; `told` is all that was shown, stored or reported to them."""

    name: str
    question_id: str
    answers: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    graders: set[str] = field(default_factory=set)
    speakers: set[str] = field(default_factory=set)

    @property
    def secret(self) -> str:
        """The word that stands in their answers, requests and drafts alone."""
        return f"{self.name}said"

    def answer(self) -> str:
        self.answers.append(f"{_PENALTY} as {self.secret}. This is number {len(self.answers)}.")
        return self.answers[-1]


@dataclass
class Recorder:
    """A good server, now and then slow, that keeps the prompts of each candidate's address.

    Where `half` is set it takes every point for half made and quotes the candidate's own word.
    """

    prompts: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    draw: random.Random = field(default_factory=lambda: random.Random(7))
    half: bool = False

    def __call__(self, call: Call) -> None:
        name = call.path.split("/")[2]
        self.prompts[name].append(call.prompt)
        call.wait(self.draw.uniform(0.0, 0.05))
        if not self.half or call.is_stream or call.is_choice or call.is_proposal:
            good(call)
        else:
            verdicts = said(call, "partial").replace(_PENALTY, f"{_PENALTY} as {name}said")
            call.complete(completion(verdicts))


@dataclass
class House:
    """What all candidates share."""

    workspace: Workspace
    server: FaultServer
    recorder: Recorder
    candidates: list[Candidate]

    def service(self, candidate: Candidate) -> InterviewService:
        url = self.server.address("model", candidate.name)
        values = {"model": "toy", "base_url": url, "timeout_s": 30.0, "model_grades": "all"}
        return self.workspace.interviews(Settings(_env_file=None, **values))  # type: ignore[arg-type]


def notes_of(name: str) -> bytes:
    return f"""# Notes

## What is a {name} loss?

A {name} loss adds a {name}ref penalty on the size of the weights. It trades a little {name}ref bias
for less variance. The {name}ref penalty is chosen by cross-validation.
""".encode()


@pytest.fixture
def house(tmp_path: Path, small_bank_dir: Path, count: int) -> Iterator[House]:
    imported = tmp_path / "imported"
    for name in NAMES[:count]:
        save_import(import_safely(HandedIn.from_bytes(notes_of(name), name)), imported, name)
    bank, encoder = load_bank(small_bank_dir, imported), HashingEncoder()
    ids = {name: each.id for name in NAMES for each in bank.questions if name in each.text}
    candidates = [Candidate(name, ids[name]) for name in NAMES[:count]]
    recorder, repository = Recorder(), SessionRepository(tmp_path / "sessions.sqlite")
    index = build_in_memory(bank, encoder)
    workspace = Workspace(Settings(_env_file=None), bank, encoder, index, repository)  # type: ignore[call-arg]
    with FaultServer({"model": recorder}) as server:
        yield House(workspace, server, recorder, candidates)
    repository.close()


def interview(house: House, candidate: Candidate, together: Callable[[], None]) -> None:
    """Go through an imported question and one of the bank, step by step with everybody else."""
    service = house.service(candidate)
    ids = (candidate.question_id, REGULARIZATION.id)
    session = service.start(SessionPlan(question_ids=ids, question_count=2, seed=1))
    for number in range(ROUNDS):
        together()
        candidate.told += service.speak(session.id)
        if number == 0:
            service.clarify(session.id, f"Do you mean {candidate.secret}?")
            candidate.told += service.speak(session.id)
        service.save_draft(session.id, f"A draft with {candidate.secret}.")
        candidate.told.append(service.draft(session.id))
        session = service.get(session.id)
        if session.phase is Phase.ANSWERING:
            session = service.answer(session.id, candidate.answer())
        elif session.phase is Phase.REVIEWING:
            session = service.go_on(session.id)
    keep(house, candidate, service, session.id)


def own(house: House, candidate: Candidate, together: Callable[[], None]) -> None:
    """Have an answer graded to a question of the candidate's own."""
    service = house.service(candidate)
    reference = f"{_PENALTY}. That is the {candidate.name}own way of saying it."
    question = own_question(f"What is a {candidate.name}own penalty?", reference, "own.md")
    together()
    session = service.start_own(question)
    service.answer(session.id, candidate.answer())
    keep(house, candidate, service, session.id)


def keep(house: House, candidate: Candidate, service: InterviewService, session_id: str) -> None:
    session = service.peek(session_id)
    if session.phase is not Phase.FINISHED:
        session = service.end(session_id)
    events = house.workspace.repository.events(session_id)
    candidate.told += [repr(session), to_markdown(session), to_json(session), repr(events)]
    best = [grade for exchange in session.exchanges for grade in exchange.grades]
    candidate.graders |= {grade.grader for grade in best}
    turns = [turn for exchange in session.exchanges for turn in exchange.turns]
    candidate.speakers |= {turn.by for turn in turns}


def hold_all(house: House) -> None:
    """Hold every interview at once; whatever fails in one is raised."""
    barrier = threading.Barrier(len(house.candidates), timeout=WITHIN_S)

    def _hold(candidate: Candidate) -> None:
        try:
            own(house, candidate, barrier.wait)
            interview(house, candidate, barrier.wait)
        except BaseException:
            barrier.abort()
            raise

    with ThreadPoolExecutor(len(house.candidates)) as pool:
        list(pool.map(_hold, house.candidates))


@pytest.mark.parametrize("count", [2, 8])
def test_interviews_at_once_hold_no_word_of_each_other(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hold_all(house)
    assert set(house.recorder.prompts) == {each.name for each in house.candidates}
    for candidate in house.candidates:
        others = {each.name for each in house.candidates} - {candidate.name}
        told, prompts = "\n".join(candidate.told), house.recorder.prompts[candidate.name]
        assert len(candidate.answers) >= 4
        assert [text for text in candidate.answers if text not in told] == []
        assert any(MODEL in grader for grader in candidate.graders)
        assert MODEL in candidate.speakers
        for word in (candidate.secret, f"{candidate.name}ref", f"{candidate.name}own"):
            assert word in told
            assert word in "\n".join(prompts)
        assert [name for name in others if name in told] == []
        shown = [_without_the_bank(prompt) for prompt in prompts]
        assert [name for name in others for prompt in shown if name in prompt] == []
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "graded regularization-l1-l2" in logged
    assert [each.secret for each in house.candidates if each.secret in logged] == []


def _without_the_bank(prompt: str) -> str:
    """Take what was imported out of the passages that a model's own follow-up may rest on."""
    if "The key points that are still open" not in prompt:
        return prompt
    before, passages = prompt.split("The passages:")
    for name in NAMES:
        passages = passages.replace(f"A {name} loss adds", "").replace(f"{name}ref ", "")
    return before + passages


@pytest.mark.parametrize("count", [2])
def test_what_the_windows_share_holds_no_word_of_a_candidate(house: House) -> None:
    """Not of a follow-up that quotes an answer either, nor of a question of somebody's own."""
    house.recorder.half = True
    hold_all(house)
    for each in house.candidates:
        assert f"{_PENALTY} as {each.secret}”" in "".join(each.told)
    held = texts_in(house.workspace, rubric._derived_of_the_bank)
    assert any("quabbitref" in text for text in held)
    own = [word for each in house.candidates for word in (each.secret, f"{each.name}own")]
    assert [text for text in held for word in own if word in text] == []


def texts_in(*roots: object) -> list[str]:
    """Collect every text that can be reached from objects, caches of theirs included."""
    found, seen, queue = [], set(), list(roots)
    while queue:
        each = queue.pop()
        if id(each) in seen or isinstance(each, (type, ModuleType)):
            continue
        seen.add(id(each))
        if isinstance(each, str):
            found.append(each)
        elif isinstance(each, FunctionType):  # its globals are not what it remembers
            queue += [*(each.__closure__ or ()), *(each.__defaults__ or ())]
        else:
            queue += gc.get_referents(each)
    return found


def test_streamlit_remembers_only_what_everybody_shares() -> None:
    """One thing is kept across sessions: the workspace, while it is opened and afterwards."""
    assert list(_cached("cache_resource", "cache_data")) == [("ui/opening.py", "_shared")]
    assert [each.name for each in fields(_Shared)] == ["lock", "opening", "at", "notices"]
    kept = ["settings", "bank", "encoder", "index", "repository"]
    assert [each.name for each in fields(Workspace)] == kept


def test_nothing_else_remembers_what_it_was_given() -> None:
    """Whoever adds a cache says here why it cannot hand one person's words to another."""
    assert set(_cached("cache", "lru_cache", "cached_property")) == {
        ("grading/remembered.py", "__init__"),  # only rubrics of which each word is the bank's
        ("grading/rubric.py", "_derived_of_the_bank"),  # called for the bank's references alone
        ("grading/spelling.py", "vocabulary"),  # takes nothing
        ("knowledge/bank.py", "sections"),  # of the bank
        ("knowledge/bank.py", "_by_id"),  # likewise
        ("knowledge/importers/clean.py", "_inline_parser"),  # takes nothing
        ("knowledge/importers/clean.py", "clean_heading"),  # in the child that reads one import
        ("knowledge/importers/clean.py", "clean_question"),  # likewise
        ("knowledge/importers/clean.py", "plain_text"),  # likewise
        ("retrieval/encoder_export.py", "packaged_tokenizer"),  # takes nothing, keeps no text
        ("ui/safe_markdown.py", "_parser"),  # takes nothing
        ("workspace.py", "ladders"),  # holds the names of models
        ("workspace.py", "offline"),  # see `Remembered`
    }


@pytest.mark.parametrize(
    "code",
    [
        "@lru_cache\ndef read(): ...",
        "@functools.lru_cache(8)\ndef read(): ...",
        "def read(): return lru_cache(8)(other)",
        "def read(): return functools.cache(other)",
        "def read(): return map(cache, others)",
        "class Reader:\n    @cached_property\n    def read(self): ...",
        "read = lru_cache(8)(other)",
        "from functools import lru_cache as read",
    ],
)
def test_a_cache_is_noticed_however_it_is_made(code: str) -> None:
    found = list(_caches_in(ast.parse(code), {"cache", "lru_cache", "cached_property"}))
    assert found in (["read"], [""])


def _cached(*names: str) -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE_DIR.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in _caches_in(tree, set(names)):
            yield path.relative_to(PACKAGE_DIR).as_posix(), function


def _caches_in(node: ast.AST, names: set[str], within: str = "") -> Iterator[str]:
    """Name the function around each use of such a cache, or under it where it is a decorator."""
    for child in ast.iter_child_nodes(node):
        place = within
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            place = child.name
        elif isinstance(child, ast.ImportFrom):
            yield from (within for each in child.names if each.name in names and each.asname)
        elif isinstance(child, ast.Name | ast.Attribute) and _name(child) in names:
            yield within
        yield from _caches_in(child, names, place)


def _name(used: ast.Name | ast.Attribute) -> str:
    return used.id if isinstance(used, ast.Name) else used.attr

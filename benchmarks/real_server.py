"""Prints what becomes of grades and interviews at a real server process that writes noise.

    .venv/bin/python benchmarks/real_server.py SERVER MODEL [--grades 100] [--sessions 50]
                                               [--kills 5] [--record FILE] [--json]

SERVER is a llama-server, MODEL a model for it with random weights; it is started here on a free
port of the loopback. `--grades`: answers graded through the whole service, each way that the
settings know; a grade is valid that says who graded, comes within the deadline and rests every
point that it credits on words of the answer and lines of the bank. `--sessions`: interviews at
once. `--kills`: the server is killed while it writes. `--record`: writes a short interview down.
0 leaves a part out.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from events_in_words import lines_of
from many_at_once import hold_at_once, look_for
from server_process import ALIAS, KEY, ServerProcess

from interviewer.config import Settings, load_settings
from interviewer.grading.evidence import span_holds
from interviewer.interview.rubrics import rubric_of_exchange
from interviewer.knowledge.bank import QuestionBank
from interviewer.llm.factory import model_name
from interviewer.models import (
    Exchange,
    Grade,
    Mode,
    Phase,
    Question,
    SessionPlan,
    Usage,
    VerdictLabel,
)
from interviewer.reports.markdown import escape
from interviewer.service import InterviewService
from interviewer.store.repository import SessionRepository
from interviewer.workspace import Workspace, open_workspace

SEED = 20261123
SLOTS, CONTEXT = 4, 65536
MARGIN_S = 1.0
"""What a grade may take beyond the deadline of the model, for all else that it does."""

MIDDLE_TOKENS = 8
"""How much of a reply is written when the server is killed; the noise of a turn ends soon."""

_WAYS = {"all": "every point", "unsure": "the points the offline judge is unsure of"}


@dataclass(frozen=True)
class Bench:
    """The server, the workspace whose settings lead to it, and the names of both judges."""

    server: ServerProcess
    space: Workspace
    model: str

    @property
    def offline(self) -> str:
        """The judge that needs no network."""
        return self.space.offline.name

    def service(self, **changes: Any) -> InterviewService:
        """Open what a window of the app opens, with some settings of its own."""
        return self.space.interviews(self.space.settings.model_copy(update=changes))


@dataclass(frozen=True)
class OneGrade:
    """One grade: how long it took, what the model spent on it, and what is wrong with it."""

    grade: Grade
    seconds: float
    usage: Usage
    faults: tuple[str, ...]


def main() -> None:
    """Measure, and print a table or JSON."""
    arguments = _arguments()
    logging.disable(logging.CRITICAL)
    server = ServerProcess(arguments.server, arguments.model, slots=SLOTS, context=CONTEXT)
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder, server:
        bench = _open(server, Path(folder), arguments.timeout)
        for row in _measured(bench, arguments):
            rows.append(row)
            if not arguments.json:
                _show(row, first=len(rows) == 1)
        if arguments.record:
            arguments.record.write_text(record(bench), encoding="utf-8")
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("server", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--grades", type=int, default=100)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--timeout", type=float, default=30.0, help="of one grade, in seconds")
    parser.add_argument("--record", type=Path)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _open(server: ServerProcess, folder: Path, timeout_s: float) -> Bench:
    settings: Settings = load_settings(
        data_dir=folder,
        model=ALIAS,
        base_url=server.url,
        api_key=KEY,
        timeout_s=timeout_s,
        grader="auto",
        words="model",
        token_budget=None,
        price=None,
    )
    bench = Bench(server, open_workspace(settings), model_name(settings))
    # The libraries of the model are imported before the clock runs.
    _graded(bench, bench.space.bank.questions[0], "all")
    return bench


def _measured(bench: Bench, arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    if arguments.grades:
        yield from (grades(bench, arguments.grades, way) for way in _WAYS)
    if arguments.sessions:
        yield sessions(bench, arguments.sessions)
    if arguments.kills:
        for kill in (kill_at_a_grade, kill_at_a_real_grade, kill_at_words):
            yield kills(bench, arguments.kills, kill)


def _show(row: dict[str, Any], *, first: bool) -> None:
    if first:
        print("| what | figure | value |\n|---|---|---|")
    for name, value in row.items():
        if name != "what":
            print(f"| {row['what']} | {name} | {value} |", flush=True)


# -- grades -----------------------------------------------------------------------------------


def grades(bench: Bench, count: int, way: str) -> dict[str, Any]:
    """Have answers graded, one after the other, and look at what every grade rests on."""
    draw = random.Random(SEED)  # noqa: S311 (which questions are asked need not be secret)
    answered = [question for question in bench.space.bank.questions if question.answered]
    begun = time.monotonic()
    done = [_graded(bench, question, way) for question in draw.choices(answered, k=count)]
    took = [one.seconds for one in done]
    credited = Counter(
        verdict.judge
        for one in done
        for verdict in one.grade.verdicts
        if verdict.verdict is not VerdictLabel.MISSING
    )
    judged = Counter(verdict.judge for one in done for verdict in one.grade.verdicts)
    return {
        "what": f"grades, the model judges {_WAYS[way]}",
        "valid": f"{sum(not one.faults for one in done)} of {count}",
        "faults": _listed(Counter(fault for one in done for fault in one.faults)),
        "what was told": _listed(Counter(_reason(one.grade.notice) for one in done)),
        "graded by": _listed(Counter(one.grade.grader for one in done)),
        "points judged by": _listed(judged),
        "points credited, all with evidence unless a fault says so": _listed(credited),
        "claims set to missing for want of evidence": sum(one.grade.downgrades for one in done),
        "grades on which the model spent tokens": sum(bool(one.usage.total) for one in done),
        "tokens of the model": sum(one.usage.total for one in done),
        "seconds a grade, median and longest": f"{statistics.median(took):.2f}, {max(took):.2f}",
        "seconds in all": round(time.monotonic() - begun, 1),
    }


def _graded(bench: Bench, question: Question, way: str) -> OneGrade:
    service = bench.service(model_grades=way)
    session = service.start(SessionPlan(question_ids=(question.id,), question_count=1))
    begun = time.monotonic()
    session = service.answer(session.id, half_right(session.current))
    seconds = time.monotonic() - begun
    grade = session.current.grades[-1]
    faults = tuple(_faults(bench, grade, way, seconds))
    return OneGrade(grade, seconds, session.usage, faults)


def half_right(exchange: Exchange) -> str:
    """Say every second key point of what was asked, and one mistake."""
    rubric = rubric_of_exchange(exchange)
    said = [point.text for point in rubric.key_points[::2]]
    return " ".join([*said, *(mistake.text for mistake in rubric.mistakes[:1])])


def _faults(bench: Bench, grade: Grade, way: str, seconds: float) -> Iterator[str]:
    """Name what is wrong with a grade."""
    judges = {verdict.judge for verdict in grade.verdicts}
    if set(grade.grader.split(" + ")) - {bench.model, bench.offline} or not judges:
        yield "no label"
    if judges - set(grade.grader.split(" + ")):
        yield "a point whose judge the label does not name"
    if grade.grader == bench.offline and way == "all" and bench.model not in grade.notice:
        yield "the offline judge in the model's place without a word of it"
    if seconds > bench.space.settings.timeout_s + MARGIN_S:
        yield "late"
    for verdict in grade.verdicts:
        if verdict.verdict is VerdictLabel.MISSING:
            continue
        if not span_holds(grade.answer, verdict.answer_span):
            yield "credit without words of the answer"
        if not _cited(bench.space.bank, verdict.citation):
            yield "credit without lines of the bank"


def _cited(bank: QuestionBank, citation: Any) -> bool:
    if citation is None or citation.path not in bank.files:
        return False
    lines = bank.files[citation.path].split("\n")
    return citation.quote in "\n".join(lines[citation.start_line - 1 : citation.end_line])


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counted.most_common()) or "none"


# -- interviews at once -----------------------------------------------------------------------


def sessions(bench: Bench, count: int) -> dict[str, Any]:
    """Hold interviews at once and look for lost answers and for words of other interviews."""
    begun = time.monotonic()
    held = hold_at_once(bench.service, count, lambda session: half_right(session.current))
    seconds = time.monotonic() - begun
    repository = SessionRepository(bench.space.settings.database_path)
    reader = InterviewService(
        bank=bench.space.bank, grader=bench.space.grader(), repository=repository
    )
    found = look_for(held, repository, reader)
    repository.close()
    waited = [each for one in held for each in one.waited_s]
    return {
        "what": f"{count} interviews at once",
        "errors": _listed(Counter(one.broken for one in held if one.broken)),
        "answers": found.answers,
        "lost, doubled, ungraded": f"{found.lost}, {found.doubled}, {found.ungraded}",
        "texts looked at": found.texts,
        "own markers in them, markers of others": f"{found.own}, {found.foreign}",
        "graded by": _listed(Counter(found.graders)),
        "what was told": _listed(Counter(_reason(notice) for notice in found.notices)),
        "seconds an answer, median and longest": (
            f"{statistics.median(waited):.1f}, {max(waited):.1f}" if waited else "none"
        ),
        "seconds in all": round(seconds, 1),
    }


# -- kills ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kill:
    """What came of one kill.

    `tokens` were written when it came. `ended_s` and `graded_s` are the seconds from it to the end
    of the turn under way, words included, and to an offline grade that tells of it, None where
    there was none. `next_s` is how long the next turn took at the dead server. `reason` is what was
    told. `again` says whether the model was asked after a restart.
    """

    tokens: int
    ended_s: float
    graded_s: float | None
    next_s: float
    reason: str
    again: bool


def kills(bench: Bench, count: int, kill: Callable[[Bench, Question], Kill]) -> dict[str, Any]:
    """Kill the server while it writes, each time at another question."""
    answered = [question for question in bench.space.bank.questions if question.answered]
    done = [kill(bench, question) for question in answered[:count]]
    graded = [each.graded_s for each in done if each.graded_s is not None]
    return {
        "what": f"{count} {(kill.__doc__ or '').split('.')[0].lower()}",
        "tokens written when it was killed": _span([each.tokens for each in done]),
        "what was told": _listed(Counter(each.reason for each in done)),
        "seconds from the kill to the end of the turn": _span([each.ended_s for each in done]),
        "seconds of the next turn at the dead server": _span([each.next_s for each in done]),
        "graded by the offline judge, and told so": f"{len(graded)} of {count}",
        "seconds from the kill to that grade": _span(graded),
        "the model asked again after a restart": f"{sum(each.again for each in done)} of {count}",
    }


def kill_at_a_grade(bench: Bench, question: Question) -> Kill:
    """Kills while verdicts are written, in practice."""
    return _kill_at_a_grade(bench, question, Mode.PRACTICE)


def kill_at_a_real_grade(bench: Bench, question: Question) -> Kill:
    """Kills while verdicts are written, in a real interview."""
    return _kill_at_a_grade(bench, question, Mode.REAL)


def _kill_at_a_grade(bench: Bench, question: Question, mode: Mode) -> Kill:
    service = bench.service(model_grades="all")
    plan = SessionPlan(mode=mode, question_ids=(question.id,), question_count=1)
    session = service.start(plan)
    tokens, killed_at, ended_at = _killed(bench, lambda: _answered(service, session.id))
    grade = service.peek(session.id).exchanges[0].grades[-1]
    ended_s = ended_at - killed_at
    graded_s = ended_s if _stepped_in(bench, grade) else None
    next_s = _next_turn_s(service, session.id)
    reason, again = _reason(grade.notice), _asked_again(bench, question)
    return Kill(tokens, ended_s, graded_s, next_s, reason, again)


def _answered(service: InterviewService, session_id: str) -> None:
    """Answer, and hear all that is said to it."""
    service.answer(session_id, half_right(service.peek(session_id).current))
    list(service.speak(session_id))


def _next_turn_s(service: InterviewService, session_id: str) -> float:
    """Go on, or answer what was asked next, and say how many seconds all of that took."""
    session, begun = service.peek(session_id), time.monotonic()
    if session.phase is Phase.REVIEWING:
        service.go_on(session_id)
        list(service.speak(session_id))
    elif session.phase is Phase.ANSWERING:
        _answered(service, session_id)
    return time.monotonic() - begun


def kill_at_words(bench: Bench, question: Question) -> Kill:
    """Kills while words stream, and an answer right after."""
    service = bench.service(model_grades="all")
    session = service.start(SessionPlan(question_ids=(question.id,), question_count=1))
    tokens, killed_at, ended_at = _killed(bench, lambda: list(service.speak(session.id)))
    reason = _reason(service.peek(session.id).current.turns[0].notice)
    next_s = _next_turn_s(service, session.id)
    grade = service.peek(session.id).exchanges[0].grades[-1]
    graded_s = ended_at - killed_at + next_s if _stepped_in(bench, grade) else None
    again = _asked_again(bench, question)
    return Kill(tokens, ended_at - killed_at, graded_s, next_s, reason, again)


def _killed(bench: Bench, work: Callable[[], object]) -> tuple[int, float, float]:
    """Do work, and kill the server in the middle of a reply.

    Returns:
        The tokens that it had written, and when it was killed and the work was done.
    """
    ended: list[float] = []

    def _work() -> None:
        work()
        ended.append(time.monotonic())

    thread = threading.Thread(target=_work)
    thread.start()
    tokens = 0
    while tokens < MIDDLE_TOKENS and thread.is_alive():
        tokens = bench.server.tokens_under_way()
    killed_at = time.monotonic()
    bench.server.kill()
    thread.join()
    return tokens, killed_at, ended[0]


def _asked_again(bench: Bench, question: Question) -> bool:
    """Restart the server, and say whether the next grade is the model's."""
    bench.server.start()
    again = _graded(bench, question, "all")
    return again.grade.grader == bench.model and again.usage.total > 0


def _reason(notice: str) -> str:
    """Leave out of a notice who stepped in."""
    return notice.partition(". ")[2] or notice or "nothing"


def _stepped_in(bench: Bench, grade: Grade) -> bool:
    told = grade.notice.startswith(f"{bench.model} could not")
    return told and {verdict.judge for verdict in grade.verdicts} == {bench.offline}


def _span(values: Sequence[float]) -> str:
    if not values:
        return "none"
    if isinstance(values[0], int):
        return f"{min(values)} to {max(values)}"
    return f"{min(values):.2f} to {max(values):.2f}, median {statistics.median(values):.2f}"


# -- a record ---------------------------------------------------------------------------------


def record(bench: Bench) -> str:
    """Hold a short real interview and write it down as it went, from what the store has of it."""
    service = bench.service(model_grades="all")
    session = service.start(SessionPlan(mode=Mode.REAL, question_count=2, seed=SEED))
    list(service.speak(session.id))
    service.clarify(session.id, "Can you clarify the question?")
    list(service.speak(session.id))
    for _ in range(3):
        list(service.speak(session.id))
        session = service.answer(session.id, half_right(service.peek(session.id).current))
    service.end(session.id)
    events = bench.space.repository.events(session.id)
    size = bench.server.model.stat().st_size / 1e6
    head = [
        "# An interview at a real server",
        "",
        f"A {bench.server.program.name} with {bench.server.model.name} ({size:.1f} MB of weights), "
        f"shown as {escape(bench.model)}; it judges every point. The candidate says every second "
        "key point and one mistake. Times are from the start, in seconds.",
        "",
    ]
    return "\n".join([*head, *lines_of(events)]) + "\n"


if __name__ == "__main__":
    main()

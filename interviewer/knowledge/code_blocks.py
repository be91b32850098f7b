"""Runs the Python code of the bank in child processes, away from this one.

Blocks tagged `python` run; blocks tagged `python no-run`, or with another language, do not. The
blocks of one reference are one program: they run in order and share their names, so that prose
may stand between an import and its use. The code of a follow-up's answer is a program of its
own, and so is `### Starter`. `### Tests` are plain assertions that run after the reference's code,
where they must pass, and after the starter, where they must fail. Every program starts with
nothing defined, in an empty temporary folder, without the environment's keys, under a time limit.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from interviewer.knowledge import code_worker
from interviewer.knowledge.child_process import clean_environment, stop
from interviewer.knowledge.markdown import Fence

DEFAULT_TIMEOUT_S = 30.0
_SLACK_S = 15.0


@dataclass(frozen=True, slots=True)
class Program:
    """Blocks that run as one; `should_fail` only says which outcome would be a surprise."""

    blocks: tuple[Fence, ...]
    should_fail: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a program.

    `error` is the last line of the traceback, `line` where the program's own code raised it, in
    the lines of the fences; `output` holds the first 10,000 characters that it printed.
    """

    ok: bool
    error: str = ""
    line: int | None = None
    output: str = ""


def run_programs(
    programs: Sequence[Program], *, timeout_s: float = DEFAULT_TIMEOUT_S
) -> list[Outcome]:
    """Run programs, all in one child process as far as that goes.

    One child pays for a slow import once. A program whose outcome is a surprise, or that takes the
    child down with it, is run again in a child of its own, and that outcome counts.
    """
    outcomes: list[Outcome] = []
    while len(outcomes) < len(programs):
        rest = programs[len(outcomes) :]
        done, _ = _run_child(rest, timeout_s=timeout_s, watched=True)
        for program, outcome in zip(rest, done, strict=False):
            surprise = outcome.ok == program.should_fail
            outcomes.append(run_alone(program, timeout_s) if surprise else outcome)
        if len(done) < len(rest):
            outcomes.append(run_alone(rest[len(done)], timeout_s))
    return outcomes


def run_alone(program: Program, timeout_s: float = DEFAULT_TIMEOUT_S) -> Outcome:
    """Run one program in a child process of its own."""
    done, ending = _run_child([program], timeout_s=timeout_s, watched=False)
    return done[0] if done else Outcome(ok=False, error=ending)


def _run_child(
    programs: Sequence[Program], *, timeout_s: float, watched: bool
) -> tuple[list[Outcome], str]:
    """Start a child on some programs; give the outcomes it lived to write, and how it ended."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "home").mkdir()
        (folder / "programs.json").write_text(_to_json(programs), encoding="utf-8")
        ending = _wait_for_child(
            [
                *(sys.executable, "-I", code_worker.__file__),
                *(str(folder / "programs.json"), str(folder / "results.jsonl")),
                str(timeout_s if watched else 0),
            ],
            folder / "home",
            timeout_s * len(programs) + _SLACK_S if watched else timeout_s,
        )
        return _read_outcomes(folder / "results.jsonl"), ending


def _to_json(programs: Sequence[Program]) -> str:
    return json.dumps(
        [
            [{"code": block.code, "line": block.line} for block in program.blocks]
            for program in programs
        ]
    )


def _read_outcomes(results: Path) -> list[Outcome]:
    if not results.exists():
        return []
    lines = results.read_text(encoding="utf-8").split("\n")
    return [Outcome(**json.loads(line)) for line in lines[:-1]]


def _wait_for_child(command: Sequence[str], home: Path, limit_s: float) -> str:
    """Run a command in a folder and give a sentence on how it ended."""
    process = subprocess.Popen(
        command,
        cwd=home,
        env=clean_environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        code = process.wait(limit_s)
    except subprocess.TimeoutExpired:
        return f"it was still running after {limit_s:g} seconds"
    finally:
        stop(process)
    return f"the process ended by itself with exit code {code}"

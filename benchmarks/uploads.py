"""Prints what comes of hostile and damaged files that are handed in to the import.

    .venv/bin/python benchmarks/uploads.py [--mutations 500] [--seed 0] [--bad-files SCRIPT]
        [--samples FOLDER] [--json]

Each file goes the way of the import page: read in a child process within its limits, then, in the
app's own process ("after"), saved, the bank read again and the longest of it prepared for a page.
`--bad-files` is a script that writes hostile files into the folder that it is given; each goes in
under its own name, as `.md`, and all as one folder. The mutations damage lists of every style that
the tests hold, and those of `--samples`. Memory is the child's resident memory, the interpreter's
own included; below the table stands every file that was not just read or refused.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from damaged_files import (
    READ,
    REFUSED,
    WHATS,
    Outcome,
    Uploads,
    good_samples,
    mutations,
)
from rich.console import Console

from interviewer.terminal.progress import TerminalProgress

SLOW_S, LARGE_MEGABYTES = 5.0, 300.0


def main() -> None:
    """Hand everything in, and print a table or its JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutations", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bad-files", type=Path)
    parser.add_argument("--samples", type=Path, action="append", default=[])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcomes = list(_outcomes(arguments, Path(folder)))
    print(json.dumps(_told(outcomes), indent=2) if arguments.json else _table(outcomes))


def _outcomes(arguments: argparse.Namespace, folder: Path) -> Iterator[Outcome]:
    samples = good_samples(arguments.samples)
    uploads = Uploads(folder / "watched")
    bad = _bad_files(arguments.bad_files, folder / "bad") if arguments.bad_files else []
    with TerminalProgress(Console(stderr=True)) as progress:
        for done, path in enumerate(bad, start=1):
            yield uploads.hand_in("bad files", path.name, path.read_bytes())
            yield uploads.hand_in("bad files as .md", f"{path.name}.md", path.read_bytes())
            progress("bad files", done, len(bad))
        if bad:
            yield uploads.hand_in_path("bad files as a folder", folder / "bad")
        for done, (name, content) in enumerate(samples.items(), start=1):
            yield uploads.hand_in("good samples", name, content)
            progress("good samples", done, len(samples))
        damaged = mutations(samples, arguments.mutations, arguments.seed)
        for done, (kind, name, content) in enumerate(damaged, start=1):
            yield uploads.hand_in(kind, name, content)
            progress("mutations", done, arguments.mutations)


def _bad_files(script: Path, folder: Path) -> list[Path]:
    subprocess.run([sys.executable, script, folder], check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.iterdir())


def _row(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    counts = Counter(outcome.what for outcome in outcomes)
    return {
        "files": len(outcomes),
        **{what: counts[what] for what in WHATS},
        "written elsewhere": sum(bool(outcome.elsewhere) for outcome in outcomes),
        "slowest s": round(max((each.seconds for each in outcomes), default=0.0), 2),
        "slowest s after": round(max((each.after_s for each in outcomes), default=0.0), 2),
        "most MB": round(max((each.megabytes for each in outcomes), default=0.0)),
        f"over {SLOW_S:g} s": sum(_is_slow(each) for each in outcomes),
        f"over {LARGE_MEGABYTES:g} MB": sum(each.megabytes > LARGE_MEGABYTES for each in outcomes),
    }


def _rows(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    kinds = dict.fromkeys(outcome.kind for outcome in outcomes)
    rows = {kind: _row([each for each in outcomes if each.kind == kind]) for kind in kinds}
    return {**rows, "all": _row(outcomes)}


def _is_slow(outcome: Outcome) -> bool:
    return outcome.seconds + outcome.after_s > SLOW_S


def _table(outcomes: Sequence[Outcome]) -> str:
    rows = _rows(outcomes)
    lines = [f"| what | {' | '.join(rows['all'])} |", "|---" * (len(rows["all"]) + 1) + "|"]
    lines += [f"| {kind} | {' | '.join(map(str, row.values()))} |" for kind, row in rows.items()]
    notable = [
        f"{each.what}: {each.kind}, {each.name!r}, {each.seconds:.2f} s, "
        f"then {each.after_s:.2f} s, {each.megabytes:.0f} MB. "
        f"{each.told} {' '.join(each.elsewhere)}".rstrip()
        for each in _notable(outcomes)
    ]
    return "\n".join([*lines, "", *notable])


def _told(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    notable = [
        {
            "what": each.what,
            "kind": each.kind,
            "name": each.name,
            "told": each.told,
            "seconds": round(each.seconds, 3),
            "seconds after": round(each.after_s, 3),
            "megabytes": round(each.megabytes),
            "elsewhere": each.elsewhere,
        }
        for each in _notable(outcomes)
    ]
    return {"rows": _rows(outcomes), "notable": notable}


def _notable(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [
        each
        for each in outcomes
        if each.what not in (READ, REFUSED)
        or each.elsewhere
        or _is_slow(each)
        or each.megabytes > LARGE_MEGABYTES
    ]


if __name__ == "__main__":
    main()

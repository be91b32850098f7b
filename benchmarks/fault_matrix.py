"""Prints what becomes of every operation under every fault of a server, and how long it takes.

    .venv/bin/python benchmarks/fault_matrix.py [fault ...]

The faults, the server that has them and the operations are those of `tests/faults`.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

if TYPE_CHECKING:
    from faults.cells import Cell
    from faults.table import Fault


def main(names: list[str]) -> None:
    """Run the named faults, or all of them, and print a table in Markdown and its totals."""
    from faults.cells import OPERATIONS, open_matrix
    from faults.table import FAULTS, TIMEOUT_S

    logging.disable(logging.CRITICAL)
    chosen = [fault for fault in FAULTS if not names or fault.name in names]
    cells: list[Cell] = []
    with tempfile.TemporaryDirectory() as folder, open_matrix(Path(folder)) as matrix:
        matrix.row(FAULTS[0])  # imports the libraries, which takes longer than a deadline
        print("| fault | what it does | " + " | ".join(OPERATIONS) + " |")
        print("|" + "---|" * (len(OPERATIONS) + 2))
        for fault in chosen:
            row = matrix.row(fault)
            print(_line(fault, row), flush=True)
            cells.extend(row.values())
        elsewhere = matrix.elsewhere.connections
    print()
    print(f"{len(chosen)} faults, {len(OPERATIONS)} operations, deadline {TIMEOUT_S:g} s")
    print("\n".join(_totals(cells)))
    print(f"connections to where a redirect leads: {elsewhere}")


def _line(fault: Fault, row: dict[str, Cell]) -> str:
    told = (f"{cell.outcome or 'nothing'}, {cell.seconds:.1f} s" for cell in row.values())
    return f"| {fault.name} | {fault.what} | " + " | ".join(told) + " |"


def _totals(cells: list[Cell]) -> Iterator[str]:
    outcomes = Counter(cell.outcome or "nothing" for cell in cells)
    secrets = sum(_tells_a_secret(cell) for cell in cells)
    labelled = sum(_is_labelled(cell) for cell in cells)
    yield f"cells with a labelled result: {labelled} of {len(cells)}"
    yield f"uncaught: {sum(bool(cell.broken) for cell in cells)}"
    yield f"answers lost: {sum(not cell.kept for cell in cells)}"
    yield f"words kept by half: {sum(not cell.whole for cell in cells)}"
    yield f"key or prompt told: {secrets}"
    yield f"longest cell: {_longest_s(cells):.2f} s"
    yield f"longest turn: {_longest_s([each for each in cells if each.operation == 'turn']):.2f} s"
    yield "outcomes: " + ", ".join(f"{name} {count}" for name, count in outcomes.most_common())


def _longest_s(cells: list[Cell]) -> float:
    return max((cell.seconds for cell in cells), default=0.0)


def _is_labelled(cell: Cell) -> bool:
    from faults.cells import LABELS

    return cell.outcome in LABELS[cell.operation]


def _tells_a_secret(cell: Cell) -> bool:
    from faults.cells import KEY, PROMPT_MARKS

    return KEY in cell.written or any(secret in cell.told for secret in (KEY, *PROMPT_MARKS))


if __name__ == "__main__":
    main(sys.argv[1:])

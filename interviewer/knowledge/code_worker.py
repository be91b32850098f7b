"""Runs a batch of programs one after another and writes what became of each, one JSON line each.

Started as a script by `code_blocks` in an isolated Python; it imports nothing but the standard
library. Arguments: the file of programs, the file for results, and the seconds after which the
process ends itself in the middle of a program (0 for never).
"""

from __future__ import annotations

import contextlib
import faulthandler
import io
import json
import os
import sys
import tempfile
import traceback
import types
from collections.abc import Mapping, Sequence
from pathlib import Path

CODE_NAME = "<bank>"
KEPT_OUTPUT_CHARACTERS = 10_000


class BoundedOutput(io.StringIO):
    """A text stream that keeps the first characters and forgets the rest."""

    def write(self, text: str) -> int:
        """Keep what still fits."""
        super().write(text[: max(0, KEPT_OUTPUT_CHARACTERS - self.tell())])
        return len(text)


def run_program(blocks: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """Run the blocks in order in one fresh `__main__`, each at its own line numbers."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    output = BoundedOutput()
    failure: BaseException | None = None
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            for block in blocks:
                source = "\n" * (int(str(block["line"])) - 1) + str(block["code"])
                program = compile(source, CODE_NAME, "exec")
                # To run the bank's code is what this process is for.
                exec(program, module.__dict__)  # noqa: S102 # nosec B102
        except BaseException as error:  # whatever ends a program is its result
            failure = error
    return {**describe(failure), "output": output.getvalue()}


def describe(failure: BaseException | None) -> dict[str, object]:
    """Say whether a program went well, else its error's last line and the line it came from."""
    if failure is None or (isinstance(failure, SystemExit) and failure.code in (None, 0)):
        return {"ok": True, "error": "", "line": None}
    message = traceback.format_exception_only(failure)[-1].strip()
    return {"ok": False, "error": message, "line": failing_line(failure)}


def failing_line(failure: BaseException) -> int | None:
    """Give the innermost line of the program's own code that the failure passed through."""
    if isinstance(failure, SyntaxError) and failure.filename == CODE_NAME:
        return failure.lineno
    frames = traceback.extract_tb(failure.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == CODE_NAME]
    return lines[-1] if lines else None


def main(programs_file: str, results_file: str, limit_s: str) -> None:
    """Run every program of the file, each in an empty folder of its own."""
    own_main = sys.modules["__main__"]
    home = Path.cwd()
    with Path(results_file).open("w", encoding="utf-8") as results:
        for blocks in json.loads(Path(programs_file).read_text(encoding="utf-8")):
            os.chdir(tempfile.mkdtemp(dir=home))
            if float(limit_s):
                faulthandler.dump_traceback_later(float(limit_s), exit=True)
            result = run_program(blocks)
            faulthandler.cancel_dump_traceback_later()
            sys.modules["__main__"] = own_main
            results.write(json.dumps(result) + "\n")
            results.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

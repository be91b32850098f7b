"""Holds one interview after another until it is killed; prints what was acknowledged.

    python answer_until_killed.py STORE PREFIX [BASE_URL KEY]

Each line on standard output is written only after the store has confirmed what it tells. With a
base URL the model there words, chooses and grades.
"""

from __future__ import annotations

import sys
from pathlib import Path

from held_until_killed import hold_for_ever, model_at


def main(path: str, prefix: str, *model: str) -> None:
    settings = model_at(*model) if model else None

    def write(line: str) -> None:
        sys.stdout.write(line)
        sys.stdout.flush()

    hold_for_ever(Path(path), settings, prefix, write)


if __name__ == "__main__":
    main(*sys.argv[1:])

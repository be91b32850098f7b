"""Looks the pinned dependencies up in the public list of known faults, where it can be reached."""

from __future__ import annotations

import json
import subprocess
import sys

_TIMEOUT_S = 120
_COMMAND = ("--no-deps", "--disable-pip", "--progress-spinner=off", "--format=json")


def main(lock: str) -> int:
    """Print what is known against the pins; 1 where something is, 0 where the look-up failed."""
    command = [sys.executable, "-m", "pip_audit", *_COMMAND, "--requirement", lock]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
        pins = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return _skipped("the list of known faults cannot be reached")
    known = [pin for pin in pins if "vulns" in pin]
    if not known:
        return _skipped("the list of known faults does not answer for any pin")
    faults = [
        f"{pin['name']} {pin['version']}: {fault['id']}, mended in "
        f"{', '.join(fault['fix_versions']) or 'no version yet'}"
        for pin in known
        for fault in pin["vulns"]
    ]
    print(f"pip-audit: {len(known)} of {len(pins)} pins looked up, {len(faults)} known faults")
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


def _skipped(reason: str) -> int:
    print(f"pip-audit: skipped, {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

"""Folders that are written whole or not at all: checksums, syncing, swapping in, one writer."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

TEMPORARY_PREFIX = ".tmp-"
LOCK_NAME = ".lock"
_BLOCK_BYTES = 1 << 20


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def checksums_of(folder: Path) -> dict[str, str]:
    """Give the SHA-256 of every file below a folder, by its path relative to it."""
    return {
        path.relative_to(folder).as_posix(): sha256_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def first_fault(folder: Path, checksums: dict[str, str]) -> str | None:
    """Name the first file that is missing from a folder or differs from its checksum."""
    for name, expected in checksums.items():
        path = folder / name
        if not path.is_file():
            return f"{name} is missing"
        if sha256_of(path) != expected:
            return f"{name} fails its checksum"
    return None


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Let one process or thread at a time write below a folder, which is made if missing.

    Whatever an earlier writer left half done is removed first.

    Raises:
        OSError: the folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / LOCK_NAME):
        for leftover in folder.glob(f"{TEMPORARY_PREFIX}*"):
            remove(leftover)
        yield


@contextmanager
def temporary_folder(parent: Path) -> Iterator[Path]:
    """Give an empty folder beside where its content will be renamed to."""
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX, dir=parent))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        remove(folder)


def swap_in(folder: Path, target: Path) -> None:
    """Sync a finished folder to the disk and rename it to its target, which it replaces."""
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)
    if target.exists():
        target.rename(folder.with_name(f"{folder.name}-replaced"))
    folder.rename(target)
    sync(target.parent)
    remove(folder.with_name(f"{folder.name}-replaced"))


def write_whole(path: Path, text: str) -> None:
    """Replace a small file in one step, so that a reader sees the old text or the new."""
    temporary = path.with_name(f"{TEMPORARY_PREFIX}{path.name}")
    temporary.write_text(text, encoding="utf-8")
    sync(temporary)
    temporary.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file or a folder's entries are on the disk; folders only where that exists."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)

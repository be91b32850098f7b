"""Chunks in an SQLite file: their text, lines, metadata and hashes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from interviewer.models import Chunk, ChunkRole, Kind, Level

_COLUMNS = (
    "chunk_id",
    "question_id",
    "role",
    "text",
    "context",
    "path",
    "start_line",
    "end_line",
    "section",
    "kind",
    "level",
    "content_hash",
)
_CREATE = """
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY,
    chunk_id TEXT NOT NULL UNIQUE,
    question_id TEXT NOT NULL,
    role TEXT NOT NULL,
    text TEXT NOT NULL,
    context TEXT NOT NULL,
    path TEXT NOT NULL,
    start_line INTEGER NOT NULL,
    end_line INTEGER NOT NULL,
    section TEXT NOT NULL,
    kind TEXT NOT NULL,
    level INTEGER NOT NULL,
    content_hash TEXT NOT NULL
) STRICT
"""
_INSERT = "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_SELECT = "SELECT * FROM chunks ORDER BY row"


def write_chunks(path: Path, chunks: Iterable[Chunk]) -> None:
    """Write chunks to a new file; a chunk's place in the order is its row in the vector index."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(_CREATE)
        connection.executemany(
            _INSERT,
            (
                (row, *(getattr(chunk, column) for column in _COLUMNS))
                for row, chunk in enumerate(chunks)
            ),
        )


def read_chunks(path: Path) -> list[Chunk]:
    """Read the chunks in their order, without ever writing beside the file.

    Raises:
        sqlite3.Error: the file is no such table.
        ValueError: a value in it is not one of ours.
    """
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        return [_chunk(row) for row in connection.execute(_SELECT)]


def _chunk(row: tuple[Any, ...]) -> Chunk:
    values = dict(zip(("row", *_COLUMNS), row, strict=True))
    del values["row"]
    values["role"] = ChunkRole(values["role"])
    values["kind"] = Kind(values["kind"])
    values["level"] = Level(values["level"])
    return Chunk(**values)

"""Opens the session database: durable settings, explicit transactions, today's tables."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from interviewer.errors import StoreError

HEAD = "0001"
BUSY_TIMEOUT_S = 10.0
_PAUSE_S = 0.02
_MIGRATIONS = Path(__file__).parent / "migrations"
_BEGIN = "sqlite_begin"


class Database:
    """A SQLite file that loses nothing it has acknowledged.

    The journal is a write-ahead log, synced at every commit. Readers see a snapshot and wait for
    nobody; writers take the write lock when they begin, so that none has to fail half-way.

    Raises:
        StoreError: the file cannot be opened, or a newer version of the program wrote it.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self._path = path
        with self._translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._engine = _make_engine(path, busy_timeout_s)
            self._migrate()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that only reads."""
        with self._translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that may write; what it wrote is on disk when the block is left."""
        engine = self._engine.execution_options(**{_BEGIN: "IMMEDIATE"})
        with self._translated(), engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection to the file."""
        self._engine.dispose()

    def _migrate(self) -> None:
        with self.reading() as connection:
            revision = _revision(connection)
        if revision == HEAD:
            return
        with self.writing() as connection:
            # Another process may have migrated between the two transactions.
            if _revision(connection) != HEAD:
                _upgrade(connection, self._path)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise StoreError(_explain(error, self._path)) from error


def _make_engine(path: Path, busy_timeout_s: float) -> Engine:
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, connect_args={"timeout": busy_timeout_s})

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        # The driver would begin transactions by itself, and only before some statements.
        connection.isolation_level = None
        _use_write_ahead_log(connection, busy_timeout_s)
        for pragma in ("synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        kind = connection.get_execution_options().get(_BEGIN, "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {kind}")

    return engine


def _use_write_ahead_log(connection: sqlite3.Connection, patience_s: float) -> None:
    """Change the journal, waiting for others that do so at the same moment.

    SQLite waits for every other lock by itself, but reports a busy file at once where this change
    meets another connection's (https://www.sqlite.org/c3ref/busy_handler.html).
    """
    until = time.monotonic() + patience_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
            return
        except sqlite3.OperationalError as error:
            busy = _sqlite_code(error).startswith("SQLITE_BUSY")
            if not busy or time.monotonic() > until:
                raise
            time.sleep(_PAUSE_S)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _upgrade(connection: Connection, path: Path) -> None:
    # Imported here: an up-to-date database opens without waiting for Alembic to load.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    revision = _revision(connection)
    if revision is not None and revision not in known:
        raise StoreError(
            f"The interviews in {path} were saved by a newer version of interviewer. Upgrade "
            "interviewer, or move the file away to start with none."
        )
    command.upgrade(config, "head")


def _explain(error: Exception, path: Path) -> str:
    if isinstance(error, OSError):
        return (
            f"The folder for the interviews, {path.parent}, cannot be used: {error.strerror}. "
            "Make it writable, or name another with INTERVIEWER_DATA_DIR."
        )
    code = _sqlite_code(error)
    for start, advice in _ADVICE.items():
        if code.startswith(start):
            return advice.format(path=path)
    return f"The interviews in {path} cannot be read or written ({error}). Try again."


def _sqlite_code(error: Any) -> str:
    original = getattr(error, "orig", None) or error
    return str(getattr(original, "sqlite_errorname", ""))


_LOCKED = "Another program is writing to {path}. Nothing is lost; try again in a moment."
_ADVICE = {
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_READONLY": "{path} cannot be written. Make the file and its folder writable, or name "
    "another folder with INTERVIEWER_DATA_DIR.",
    "SQLITE_CANTOPEN": "{path} cannot be opened. Make the file and its folder readable and "
    "writable, or name another folder with INTERVIEWER_DATA_DIR.",
    "SQLITE_FULL": "The disk is full, so the last step was not saved to {path}. Free some space "
    "and try again; everything before it is kept.",
    "SQLITE_IOERR": "The disk failed to read or write {path}. Check the disk and its free space, "
    "then try again.",
    "SQLITE_NOTADB": "{path} is not a database of interviews. Move it away; a new one is made at "
    "the next start.",
    "SQLITE_CORRUPT": "{path} is damaged. Move it away to start with none, or restore a backup.",
}

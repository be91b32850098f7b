"""The database is durable, migrates itself, and explains what is wrong with its file."""

from __future__ import annotations

import logging
import sqlite3
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from interviewer.errors import StoreError
from interviewer.store import database as database_module
from interviewer.store.database import HEAD, Database
from interviewer.store.tables import Base

SESSION_ROW = (
    "INSERT INTO sessions VALUES ('s', 'real', '[]', 1.0, 1.0, 'answering', 1, 1, NULL, 1)"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions.sqlite"


def test_every_connection_is_durable_and_holds_foreign_keys(path: Path) -> None:
    database = Database(path)
    with database.reading() as connection:
        found = [
            connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    database.close()
    assert found == ["wal", 2, 1]


def test_the_migrations_make_exactly_the_tables_of_the_code(path: Path) -> None:
    database = Database(path)
    with database.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    database.close()
    assert differences == []


def test_the_newest_migration_is_the_one_the_code_expects() -> None:
    config = Config()
    config.set_main_option(
        "script_location", str(Path(database_module.__file__).parent / "migrations")
    )
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_an_up_to_date_file_opens_without_alembic(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Database(path).close()
    monkeypatch.setitem(sys.modules, "alembic", None)
    Database(path).close()


def test_migrating_leaves_logging_alone(path: Path) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("some.library").disabled)
    Database(path).close()
    assert (root.level, list(root.handlers), logging.getLogger("some.library").disabled) == before


def test_a_path_with_odd_characters_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "100% mine? #1" / "sessions.sqlite"
    Database(path).close()
    assert path.is_file()


def test_a_transaction_that_fails_half_way_leaves_nothing(path: Path) -> None:
    database = Database(path)
    with pytest.raises(StoreError, match="cannot be read or written"):
        _write(database, SESSION_ROW, "INSERT INTO drafts VALUES ('nobody', 'b', 1.0)")
    with database.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sessions")) == 0
    database.close()


def test_a_reader_sees_one_state_throughout(path: Path) -> None:
    database = Database(path)
    count = text("SELECT count(*) FROM sessions")
    with database.reading() as reader:
        assert reader.scalar(count) == 0
        _write(database, SESSION_ROW)
        assert reader.scalar(count) == 0
    with database.reading() as reader:
        assert reader.scalar(count) == 1
    database.close()


def test_a_file_of_a_newer_version_is_left_alone(path: Path) -> None:
    Database(path).close()
    _sqlite(path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer version of interviewer"):
        Database(path)
    assert _sqlite(path, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_a_file_that_is_no_database_says_so(path: Path) -> None:
    path.write_bytes(b"These are my notes.\n" * 200)
    with pytest.raises(StoreError, match="is not a database of interviews"):
        Database(path)


def test_a_damaged_file_says_so(path: Path) -> None:
    Database(path).close()
    raw = bytearray(path.read_bytes())
    raw[100:] = b"\xff" * (len(raw) - 100)
    path.write_bytes(raw)
    with pytest.raises(StoreError, match="is damaged"):
        Database(path)


def test_a_write_that_another_program_holds_up_says_so(path: Path) -> None:
    database = Database(path, busy_timeout_s=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="Another program is writing"), database.writing():
        pass
    other.execute("ROLLBACK")
    other.close()
    with database.writing() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    database.close()


def test_a_full_disk_says_so_and_keeps_what_was_there(path: Path) -> None:
    database = Database(path)
    with database.reading() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
    long_row = SESSION_ROW.replace("'real'", f"'{'x' * 100_000}'")
    with pytest.raises(StoreError, match="The disk is full"):
        _write(database, f"PRAGMA max_page_count = {pages}", long_row)
    database.close()
    assert _sqlite(path, "SELECT count(*) FROM sessions") == [(0,)]


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match="INTERVIEWER_DATA_DIR"):
        Database(tmp_path / "file" / "sessions.sqlite")


def test_a_folder_in_place_of_the_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Database(tmp_path)


def test_a_file_that_cannot_be_written_says_so(path: Path) -> None:
    database = Database(path)
    with pytest.raises(StoreError, match="cannot be written"):
        _write(database, "PRAGMA query_only = ON", "DELETE FROM drafts")
    database.close()


def _write(database: Database, *statements: str) -> None:
    with database.writing() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _sqlite(path: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    with connection:
        rows = connection.execute(statement).fetchall()
    connection.close()
    return rows

"""Keeps sessions as their events, with a summary of each and the draft being typed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, literal, select
from sqlalchemy.dialects.sqlite import insert as upsert

from interviewer.errors import EventRefusedError, UnknownSessionError
from interviewer.interview.events import Answered, Event, Skipped, Started
from interviewer.models import Mode, Phase, SessionSummary
from interviewer.store.database import BUSY_TIMEOUT_S, Database
from interviewer.store.payload import VERSION, dump_event, kind_of, load_event
from interviewer.store.tables import DraftRow, EventRow, SessionRow

CHANGED_ELSEWHERE = (
    "This interview was changed in another window. Reload it and go on from there; what you typed "
    "is kept."
)


class SessionRepository:
    """The sessions in one SQLite file; every method is one transaction and safe in any thread.

    What was said is on disk alone: neither the repository nor its database remembers it.

    Every method may raise StoreError, which says what to do.

    Args:
        path: the file; it is made where it is missing, and brought up to date where it is old.
        busy_timeout_s: how many seconds to wait for another program's write.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self._database = Database(path, busy_timeout_s=busy_timeout_s)

    def append(
        self,
        session_id: str,
        expected_sequence: int,
        events: Sequence[Event],
        *,
        summary: SessionSummary,
    ) -> None:
        """Add events to a session, a new one where `expected_sequence` is 0.

        The events are on disk when this returns. An answer or a skip among them
        clears the draft.

        Args:
            session_id: the session.
            expected_sequence: how many events the caller knows of.
            events: what happened since, in order.
            summary: the session after these events, as lists show it.

        Raises:
            EventRefusedError: the session has more events, or fewer, than the caller knows of.
        """
        with self._database.writing() as connection:
            _require_count(connection, session_id, expected_sequence)
            _write_summary(connection, summary, expected_sequence + len(events))
            for sequence, event in enumerate(events, start=expected_sequence + 1):
                connection.execute(insert(EventRow), _event_row(session_id, sequence, event))
            if any(isinstance(event, Answered | Skipped) for event in events):
                connection.execute(delete(DraftRow).where(DraftRow.session_id == session_id))

    def events(self, session_id: str) -> list[Event]:
        """Give the events of a session in order; none where there is no such session."""
        query = (
            select(EventRow.kind, EventRow.version, EventRow.payload)
            .where(EventRow.session_id == session_id)
            .order_by(EventRow.sequence)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [load_event(row.kind, row.version, row.payload) for row in rows]

    def summaries(
        self, *, limit: int | None = None, unfinished: bool = False
    ) -> list[SessionSummary]:
        """List sessions, the one touched last first.

        Args:
            limit: at most so many.
            unfinished: only those that can be gone on with; a single answer that has its grade
                is not one of them.
        """
        query = select(SessionRow.__table__).order_by(SessionRow.updated_at.desc(), SessionRow.id)
        if unfinished:
            graded = (SessionRow.mode == Mode.GRADE_MY_ANSWER) & (
                SessionRow.phase == Phase.REVIEWING
            )
            query = query.where(SessionRow.phase != Phase.FINISHED, ~graded)
        with self._database.reading() as connection:
            rows = connection.execute(query.limit(limit)).all()
        return [_summary(row) for row in rows]

    def asked_question_ids(self) -> frozenset[str]:
        """Give the ids of all questions that an interview has come to."""
        planned = func.json_each(EventRow.payload, "$.planned").table_valued("key", "value")
        query = (
            select(func.json_extract(planned.c.value, "$.id"))
            .select_from(EventRow)
            .join(SessionRow, SessionRow.id == EventRow.session_id)
            .join(planned, literal(True))
            .where(EventRow.kind == Started.__name__, planned.c.key < SessionRow.question_number)
        )
        with self._database.reading() as connection:
            return frozenset(connection.scalars(query))

    def save_draft(self, session_id: str, text: str, *, at: float) -> None:
        """Keep what is typed into a session, in place of what was kept before.

        Raises:
            UnknownSessionError: there is no such session.
        """
        # Values within a statement would be remembered with it, for as long as the program runs.
        kept = upsert(DraftRow)
        kept = kept.on_conflict_do_update(
            index_elements=["session_id"],
            set_={"text": kept.excluded.text, "saved_at": kept.excluded.saved_at},
        )
        with self._database.writing() as connection:
            if _event_count(connection, session_id) == 0:
                raise UnknownSessionError(
                    f"There is no interview with the id {session_id!r}. Start a new one."
                )
            connection.execute(kept, {"session_id": session_id, "text": text, "saved_at": at})

    def draft(self, session_id: str) -> str:
        """Give what was typed into a session, or nothing."""
        query = select(DraftRow.text).where(DraftRow.session_id == session_id)
        with self._database.reading() as connection:
            return connection.scalar(query) or ""

    def delete(self, session_id: str) -> None:
        """Delete a session with its events and draft; nothing happens where there is none."""
        with self._database.writing() as connection:
            connection.execute(delete(SessionRow).where(SessionRow.id == session_id))

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _event_count(connection: Connection, session_id: str) -> int:
    query = select(SessionRow.event_count).where(SessionRow.id == session_id)
    return connection.scalar(query) or 0


def _require_count(connection: Connection, session_id: str, expected: int) -> None:
    if _event_count(connection, session_id) != expected:
        raise EventRefusedError(CHANGED_ELSEWHERE)


def _write_summary(connection: Connection, summary: SessionSummary, event_count: int) -> None:
    values = asdict(summary) | {
        "sections": json.dumps(summary.sections),
        "event_count": event_count,
    }
    changed = {name: value for name, value in values.items() if name != "id"}
    connection.execute(
        upsert(SessionRow).values(values).on_conflict_do_update(index_elements=["id"], set_=changed)
    )


def _event_row(session_id: str, sequence: int, event: Event) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "sequence": sequence,
        "kind": kind_of(event),
        "version": VERSION,
        "payload": dump_event(event),
    }


def _summary(row: Row[Any]) -> SessionSummary:
    return SessionSummary(
        id=row.id,
        mode=Mode(row.mode),
        sections=tuple(json.loads(row.sections)),
        started_at=row.started_at,
        updated_at=row.updated_at,
        phase=Phase(row.phase),
        question_number=row.question_number,
        question_count=row.question_count,
        score=row.score,
    )

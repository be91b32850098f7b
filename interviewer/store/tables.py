"""The tables of the session database."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Holds the metadata of the tables."""


class SessionRow(Base):
    """One interview as lists show it, kept in step with its events in the same transaction.

    `sections` is a JSON list; times are in seconds since the epoch, UTC.
    """

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(primary_key=True)
    mode: Mapped[str]
    sections: Mapped[str]
    started_at: Mapped[float]
    updated_at: Mapped[float] = mapped_column(index=True)
    phase: Mapped[str]
    question_number: Mapped[int]
    question_count: Mapped[int]
    score: Mapped[float | None]
    event_count: Mapped[int]


class EventRow(Base):
    """One event; rows are only ever added, `sequence` counting from 1 within a session.

    `payload` is the event as JSON in the layout that `version` names.
    """

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("session_id", "sequence", name="uq_events_sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    sequence: Mapped[int]
    kind: Mapped[str]
    version: Mapped[int]
    payload: Mapped[str]


class DraftRow(Base):
    """What was typed into an interview and not handed in yet."""

    __tablename__ = "drafts"

    session_id: Mapped[str] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True
    )
    text: Mapped[str]
    saved_at: Mapped[float]

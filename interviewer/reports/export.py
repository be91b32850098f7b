"""Exports an interview as JSON: what was said and how it was graded; no setting is in it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from interviewer.grading.to_json import grade_to_dict
from interviewer.models import Exchange, Session, Turn
from interviewer.reports.summary import ExchangeRow, SessionReport, summarise

FORMAT_VERSION = 1


def to_json(session: Session) -> str:
    """Write an interview as JSON; a question's rubric is in it only where it was graded.

    Raises:
        SessionError: a real interview is still running.
    """
    return json.dumps(_session(session, summarise(session)), ensure_ascii=False, indent=2) + "\n"


def _session(session: Session, report: SessionReport) -> dict[str, Any]:
    return {
        "version": FORMAT_VERSION,
        "id": session.id,
        "mode": session.plan.mode.value,
        "phase": session.phase.value,
        "started_at": session.started_at,
        "updated_at": session.updated_at,
        "time_limit_s": session.plan.time_limit_s,
        "timed_out": session.timed_out,
        "bank_version": session.bank_version,
        "score": report.score,
        "interval": None if report.interval is None else list(report.interval),
        "band": None if report.band is None else report.band.value,
        "usage": asdict(report.usage),
        "next_actions": [action.text for action in report.next_actions],
        "exchanges": [_exchange(row) for row in report.rows],
    }


def _exchange(row: ExchangeRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "follow_up": row.follow_up,
        "question_id": row.question_id,
        "section": row.section,
        "question": row.text,
        "model_follow_up": _model_follow_up(row.exchange),
        "skipped": row.skipped,
        "hints_used": row.exchange.hints_used,
        "turns": [_turn(turn) for turn in row.exchange.turns],
        "grades": [
            {"answer": grade.answer, **grade_to_dict(grade)} for grade in row.exchange.grades
        ],
    }


def _model_follow_up(exchange: Exchange) -> dict[str, Any] | None:
    """Say what a model's own question rests on; the lines themselves only once it is graded."""
    own = exchange.model_follow_up
    if own is None:
        return None
    graded = bool(exchange.grades)
    return {
        "by": own.by,
        "prompt_hash": own.prompt_hash,
        "question_id": own.question_id,
        "key_point": own.key_point if graded else None,
        "passage": asdict(own.source) if graded else {**asdict(own.source), "quote": None},
    }


def _turn(turn: Turn) -> dict[str, Any]:
    return {
        "speaker": turn.speaker.value,
        "kind": turn.kind.value,
        "text": turn.text,
        "at": turn.at,
        "by": turn.by,
        "prompt_hash": turn.prompt_hash,
        "notice": turn.notice,
    }

"""Sums up an interview: score, strengths in the candidate's words, gaps, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from interviewer.errors import SessionError
from interviewer.grading.scoring import band_of
from interviewer.models import (
    Band,
    Exchange,
    Mode,
    Phase,
    Session,
    TurnKind,
    Usage,
)
from interviewer.reports.findings import Gap, Strength, costliest_gaps, strengths_of
from interviewer.reports.next_actions import NextAction, next_actions
from interviewer.reports.scores import (
    Estimate,
    QuestionResult,
    question_results,
    session_estimate,
)

_STRENGTHS_SHOWN = 3
_GAPS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    """One question or follow-up as the summary lists it.

    `number` is the question's, from 1; `follow_up` is 0 for the question itself. `score` is that
    of the best of `attempts` graded attempts, None where nothing was graded.
    """

    number: int
    follow_up: int
    question_id: str
    text: str
    section: str
    score: float | None
    interval: tuple[float, float] | None
    band: Band | None
    grader: str
    attempts: int
    hints: tuple[str, ...]
    skipped: bool
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class SessionReport:
    """Everything that the summary page and the exports show.

    `score`, `interval` and `band` are None where no question was answered or skipped.
    `duration_s` is in seconds. `graders` names whoever graded, each once. `usage` is what a chat
    model has spent.
    """

    session_id: str
    mode: Mode
    score: float | None
    interval: tuple[float, float] | None
    band: Band | None
    asked: int
    planned: int
    started_at: float
    duration_s: float
    timed_out: bool
    hints_used: int
    graders: tuple[str, ...]
    usage: Usage
    strengths: tuple[Strength, ...]
    gaps: tuple[Gap, ...]
    next_actions: tuple[NextAction, NextAction, NextAction]
    rows: tuple[ExchangeRow, ...]


def summarise(session: Session) -> SessionReport:
    """Sum up an interview as far as it went.

    Raises:
        SessionError: a real interview is still running, and shows no grade before its end.
    """
    if session.plan.mode is Mode.REAL and session.phase is not Phase.FINISHED:
        raise SessionError(
            "The summary of a real interview comes at its end. Answer the questions, or end it."
        )
    results = question_results(session)
    estimate = session_estimate(results)
    gaps = costliest_gaps(results)
    rows = tuple(_rows(results))
    return SessionReport(
        session_id=session.id,
        mode=session.plan.mode,
        score=estimate.score if estimate else None,
        interval=estimate.interval if estimate else None,
        band=_band(estimate, rows),
        asked=len(results),
        planned=len(session.planned),
        started_at=session.started_at,
        duration_s=max(0.0, session.updated_at - session.started_at),
        timed_out=session.timed_out,
        hints_used=sum(exchange.hints_used for exchange in session.exchanges),
        graders=tuple(dict.fromkeys(row.grader for row in rows if row.grader)),
        usage=session.usage,
        strengths=tuple(strengths_of(session.exchanges)[:_STRENGTHS_SHOWN]),
        gaps=tuple(gaps[:_GAPS_SHOWN]),
        next_actions=next_actions(session, results, gaps),
        rows=rows,
    )


def _band(estimate: Estimate | None, rows: Sequence[ExchangeRow]) -> Band | None:
    """Give the band of the session; a single answer keeps the band on its card."""
    if estimate is None:
        return None
    if len(rows) == 1 and rows[0].band is not None:
        return rows[0].band
    return band_of(estimate.score)


def _rows(results: Iterable[QuestionResult]) -> Iterator[ExchangeRow]:
    for number, result in enumerate(results, start=1):
        for exchange in result.exchanges:
            yield _row(number, exchange)


def _row(number: int, exchange: Exchange) -> ExchangeRow:
    best = exchange.best
    return ExchangeRow(
        number=number,
        follow_up=exchange.follow_up,
        question_id=exchange.question.id,
        text=exchange.text,
        section=exchange.question.section,
        score=best.score if best else None,
        interval=best.interval if best else None,
        band=best.band if best else None,
        grader=best.grader if best else "",
        attempts=len(exchange.grades),
        hints=tuple(t.text for t in exchange.turns if t.kind is TurnKind.HINT),
        skipped=exchange.skipped,
        exchange=exchange,
    )

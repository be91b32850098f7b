"""Writes an interview as Markdown that renders the same everywhere and runs nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from interviewer.grading.deferral import is_unsure
from interviewer.grading.scoring import BY_CHANCE
from interviewer.models import (
    Exchange,
    Grade,
    Session,
    Speaker,
    TurnKind,
    Verdict,
    VerdictLabel,
)
from interviewer.reports.findings import Gap
from interviewer.reports.summary import ExchangeRow, SessionReport, summarise
from interviewer.usage import in_words

# Marks, HTML and formulas; then what GitHub turns into a link; then what begins a block.
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~$&@]|(?<=www)\.|:(?=//)|^[-+=])", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d+)([.)])")
_FENCE = re.compile(r"~{3,}")
_MARKS = {
    VerdictLabel.COVERED: "✓ covered",
    VerdictLabel.PARTIAL: "◐ partly",
    VerdictLabel.MISSING: "○ missing",
    VerdictLabel.CONTRADICTED: "✗ contradicted",
}


def to_markdown(session: Session) -> str:
    """Write the report of an interview; what the candidate typed is escaped or fenced.

    Raises:
        SessionError: a real interview is still running.
    """
    return "\n".join(_lines(summarise(session))).rstrip() + "\n"


def escape(text: str) -> str:
    """Put a text on one line and escape what Markdown would act on."""
    escaped = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _NUMBERED.sub(r"\1\\\2", escaped)


def _lines(report: SessionReport) -> Iterator[str]:
    yield "# Interview report"
    yield ""
    yield from _facts(report)
    yield from _strengths(report)
    yield from _gaps(report)
    yield "## Next"
    yield ""
    yield from (
        f"{number}. {escape(action.text)}"
        for number, action in enumerate(report.next_actions, start=1)
    )
    yield ""
    yield "## Questions"
    for row in report.rows:
        yield ""
        yield from _exchange(row)


def _facts(report: SessionReport) -> Iterator[str]:
    started = datetime.fromtimestamp(report.started_at, UTC)
    yield f"- Date: {started:%Y-%m-%d %H:%M} UTC"
    yield f"- Mode: {report.mode.value.replace('-', ' ')}"
    yield f"- Questions: {report.asked} of {report.planned} asked"
    yield f"- Time: {report.duration_s / 60:.0f} minutes{', until it was up' * report.timed_out}"
    yield f"- Hints: {report.hints_used}"
    if report.score is None or report.interval is None or report.band is None:
        yield "- Score: none, as nothing was answered"
    else:
        yield f"- Score: {_scored(report.score, report.interval)}, {report.band.value}"
    if report.graders:
        yield f"- Graded by: {', '.join(map(escape, report.graders))}"
    if report.usage.total:
        yield f"- Model: {escape(in_words(report.usage))}"
    yield ""


def _scored(score: float, interval: tuple[float, float]) -> str:
    return f"**{score:.0f}** of 100 ({interval[0]:.0f} to {interval[1]:.0f})"


def _strengths(report: SessionReport) -> Iterator[str]:
    if report.strengths:
        yield "## What was strong"
        yield ""
        for strength in report.strengths:
            yield f"- “{escape(strength.quote)}” ({escape(strength.key_point)})"
        yield ""


def _gaps(report: SessionReport) -> Iterator[str]:
    if report.gaps:
        yield "## What cost most"
        yield ""
        yield from (_gap(gap) for gap in report.gaps)
        yield ""


def _gap(gap: Gap) -> str:
    where = f" ({escape(gap.citation.footnote)})" if gap.citation else ""
    said = f" You said: “{escape(gap.quote)}”" if gap.quote else ""
    return f"- {_MARKS[gap.verdict]}: {escape(gap.key_point)}{where}{said}"


def _exchange(row: ExchangeRow) -> Iterator[str]:
    title = f"Follow-up {row.number}.{row.follow_up}" if row.follow_up else f"{row.number}."
    yield f"### {title} {escape(row.text)}"
    yield ""
    if row.exchange.model_follow_up:
        own = row.exchange.model_follow_up
        yield f"{escape(own.origin)} ({escape(own.by)})"
        yield ""
    if row.score is not None and row.interval is not None and row.band is not None:
        attempts = f", best of {row.attempts} attempts" if row.attempts > 1 else ""
        yield f"{_scored(row.score, row.interval)}, {row.band.value}{attempts}"
    else:
        yield "Skipped." if row.skipped else "Not graded."
    yield ""
    yield from _conversation(row.exchange)
    if row.exchange.best is not None:
        yield from _grade(row.exchange.best)


def _conversation(exchange: Exchange) -> Iterator[str]:
    for turn in exchange.turns:
        if turn.speaker is Speaker.CANDIDATE and turn.kind is TurnKind.ANSWER:
            yield "Your answer:"
            yield ""
            yield from _fenced(turn.text)
            yield ""
        elif turn.kind in {TurnKind.HINT, TurnKind.CLARIFICATION}:
            yield f"Interviewer: {escape(turn.text)}"
            yield ""


def _fenced(text: str) -> Iterator[str]:
    longest = max((len(run) for run in _FENCE.findall(text)), default=2)
    fence = "~" * (longest + 1)
    yield f"{fence}text"
    yield text
    yield fence


def _grade(grade: Grade) -> Iterator[str]:
    if grade.by_chance:
        yield BY_CHANCE
        yield ""
    if grade.notice:
        yield escape(grade.notice)
        yield ""
    yield "| Verdict | Weight | Key point | Your words | Reference |"
    yield "|---|---|---|---|---|"
    yield from (_verdict(verdict) for verdict in grade.verdicts)
    yield ""
    for mistake in grade.mistakes:
        yield f"- Mistake: {escape(mistake.text)} Rather: {escape(mistake.correction)}"
    if grade.mistakes:
        yield ""


def _verdict(verdict: Verdict) -> str:
    words = f"“{escape(verdict.answer_span.text)}”" if verdict.answer_span else ""
    where = escape(verdict.citation.footnote) if verdict.citation else ""
    doubt = ", not sure" if is_unsure(verdict.probabilities) else ""
    cells = (
        f"{_MARKS[verdict.verdict]}{doubt}",
        str(verdict.weight),
        escape(verdict.key_point),
        words,
        where,
    )
    return f"| {' | '.join(cells)} |"

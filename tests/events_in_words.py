"""Writes an interview down as it went: what the store has of it, event by event, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interviewer.interview.events import (
    Answered,
    ClarificationAsked,
    Continued,
    Event,
    FollowUpChosen,
    Graded,
    Spent,
    Worded,
)
from interviewer.interview.machine import Say, step
from interviewer.models import Session, Usage, Verdict
from interviewer.reports.markdown import escape
from interviewer.usage import in_words


def lines_of(events: Sequence[Event]) -> Iterator[str]:
    """Give the lines of an interview in Markdown, each with the seconds since its start."""
    session: Session | None = None
    for event in events:
        taken = step(session, event)
        session = taken.session
        at = f"`{event.at - session.started_at:6.2f} s`"
        yield from (f"{at} {line}\n" for line in _told(event, session))
        for effect in taken.effects:
            if isinstance(effect, Say):
                yield f"{at} **Interviewer** (the bank's words): {escape(effect.turn.text)}\n"
    if session is not None:
        yield f"In all: {in_words(session.usage) or 'no tokens'}."


def _told(event: Event, session: Session) -> Iterator[str]:
    """Say what happened, but for the words that the interviewer then says."""
    match event:
        case Answered() | ClarificationAsked():
            yield f"**Candidate**: {escape(event.text)}"
        case Graded():
            yield from _grade(event)
            if event.notice:
                yield f"*{escape(event.notice)}*"
        case Continued() if event.notice:
            yield f"*{escape(event.notice)}* {_spent(event.usage)}"
        case Spent():
            yield f"*Spent on words that were not kept.* {_spent(event.usage)}"
        case Worded() if event.notice:
            yield f"*{escape(event.notice)}* {_spent(event.usage)}"
        case Worded():
            yield f"**Interviewer**, put by {escape(event.by)}: {escape(event.text)} " + (
                _spent(event.usage)
            )
        case FollowUpChosen() if event.notice:
            yield f"*{escape(event.notice)}* {_spent(event.usage)}"
        case FollowUpChosen():
            yield f"**Interviewer**, follow-up {event.number} chosen by {escape(event.by)}: " + (
                f"{escape(session.current.text)} {_spent(event.usage)}"
            )


def _grade(event: Graded) -> Iterator[str]:
    grade = event.grade
    low, high = grade.interval
    told = f" *{escape(grade.notice)}*" if grade.notice else ""
    points = "".join(f"\n{_point(verdict)}" for verdict in grade.verdicts)
    yield (
        f"**Grade** by {escape(grade.grader)}: {grade.score:.0f} of 100 ({low:.0f} to {high:.0f}), "
        f"{grade.band.value}; {grade.downgrades} claims without evidence set to missing "
        f"{_spent(event.usage)}{told}\n{points}"
    )


def _point(verdict: Verdict) -> str:
    span, citation = verdict.answer_span, verdict.citation
    words = f"; on “{escape(span.text)}”" if span else ""
    lines = f"; {escape(citation.footnote)}" if citation else ""
    said = f"{verdict.verdict.value} ({escape(verdict.judge)})"
    return f"- {said}: {escape(verdict.key_point)}{words}{lines}"


def _spent(usage: Usage) -> str:
    return f"[{in_words(usage) or 'no tokens'}]"

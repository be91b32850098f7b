"""The summary at the end: the verdict, what was strong, what cost most, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from interviewer.models import Session
from interviewer.reports.findings import Gap, Strength
from interviewer.reports.markdown import to_markdown
from interviewer.reports.next_actions import NextAction
from interviewer.reports.summary import ExchangeRow, SessionReport, summarise
from interviewer.ui import live
from interviewer.ui.citations import References, footnote, show_passage
from interviewer.ui.frame import badges, heading, note
from interviewer.ui.grade_card import LOOKS, band_text, score_text, show_grade_card
from interviewer.ui.markup import inline
from interviewer.ui.opening import workspace
from interviewer.ui.safe_markdown import safe_line, safe_markdown
from interviewer.usage import in_words

_SECONDS_PER_MINUTE = 60


def show_summary(session: Session) -> None:
    """Draw the summary of a finished interview."""
    report = summarise(session)
    heading("Summary")
    _verdict(report)
    _closing_notice(session)
    _strengths(report.strengths)
    _gaps(report.gaps, session)
    _next_actions(report.next_actions)
    _questions(report.rows)
    _leave(session)


def _verdict(report: SessionReport) -> None:
    badges(
        f"{report.asked} of {report.planned} questions",
        f"{max(1, round(report.duration_s / _SECONDS_PER_MINUTE))} min",
        "Time was up" if report.timed_out else "",
        _counted(report.hints_used, "hint") if report.hints_used else "",
        in_words(report.usage),
        grader=", ".join(report.graders),
    )
    with st.container(border=True):
        if report.score is None or report.interval is None or report.band is None:
            st.markdown("**No verdict.** No question was answered, so there is nothing to grade.")
            return
        st.subheader(
            f"{band_text(report.band)} · {score_text(report.score, report.interval)}",
            anchor=False,
            help=(
                "Out of 100, over the questions asked; eight times in ten the true score lies "
                f"from {round(report.interval[0])} to {round(report.interval[1])}."
            ),
        )


def _closing_notice(session: Session) -> None:
    """Say why the interview ended where a model could have asked on."""
    last = session.current.turns[-1]
    if last.notice:
        note(last.notice)


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _strengths(strengths: Sequence[Strength]) -> None:
    st.subheader("What was strong", anchor=False)
    if not strengths:
        note("No key point was covered yet. The model answers below show what was asked for.")
    for strength in strengths:
        st.markdown(
            f":green[:material/check_circle:] {inline(strength.key_point)}\\\n"
            f"“:green-background[{inline(strength.quote)}]”"
        )


def _gaps(gaps: Sequence[Gap], session: Session) -> None:
    st.subheader("What cost most", anchor=False)
    if not gaps:
        note("Nothing is missing from what was asked.")
    questions = {question.id: question for question in session.planned}
    for gap in gaps:
        look = LOOKS[gap.verdict]
        said = f"\\\nYou said “{inline(gap.quote)}”" if gap.quote else ""
        st.markdown(
            f":{look.colour}[{look.icon} **{look.word}**] · {inline(gap.key_point)}"
            f" :gray[·\u00a0−{round(gap.cost)}\u00a0points]{said}"
        )
        if gap.citation is not None:
            references = References.of_question(questions[gap.question_id], workspace().bank.files)
            with st.expander(footnote(gap.citation), icon=":material/menu_book:"):
                show_passage(gap.citation, references)


def _next_actions(actions: Sequence[NextAction]) -> None:
    st.subheader("Do next", anchor=False)
    st.markdown(
        "\n".join(f"{number}. {inline(action.text)}" for number, action in enumerate(actions, 1))
    )


def _questions(rows: Sequence[ExchangeRow]) -> None:
    st.subheader("Every question", anchor=False)
    for row in rows:
        with st.expander(_row_label(row)):
            _row(row)


def _row_label(row: ExchangeRow) -> str:
    if row.band is not None and row.score is not None and row.interval is not None:
        outcome = f"{band_text(row.band)} · {score_text(row.score, row.interval)}"
    else:
        outcome = "Skipped" if row.skipped else "Not answered"
    place = f"{row.number}, follow-up" if row.follow_up else str(row.number)
    return f"{place}\\. {inline(row.text)} :gray[· {outcome}]"


def _row(row: ExchangeRow) -> None:
    best, own = row.exchange.best, row.exchange.model_follow_up
    if own:
        note(f"{own.origin}.")
    for number, hint in enumerate(row.hints, start=1):
        st.markdown(f":gray[:material/lightbulb: Hint {number}:] {safe_line(hint)}")
    if best is not None:
        if row.attempts > 1:
            note(f"The best of {row.attempts} attempts.")
        question = row.exchange.question
        show_grade_card(best, References.of_question(question, workspace().bank.files))
        return
    st.markdown("You passed on this one. A strong answer says:")
    st.markdown(safe_markdown(_reference(row)))


def _reference(row: ExchangeRow) -> str:
    exchange = row.exchange
    if exchange.model_follow_up:
        return exchange.model_follow_up.source.quote
    if exchange.written_follow_up:
        return exchange.question.follow_ups[exchange.written_follow_up - 1].answer
    return exchange.question.reference


def _leave(session: Session) -> None:
    with st.container(horizontal=True):
        if st.button("Start another", type="primary", icon=":material/play_arrow:"):
            live.leave()
        st.download_button(
            "Download the report",
            to_markdown(session),
            file_name=f"interview-{session.id[:8]}.md",
            mime="text/markdown",
            icon=":material/download:",
            on_click="ignore",
        )

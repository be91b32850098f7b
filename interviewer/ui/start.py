"""The start page: continue, or choose how to practise and begin, in two clicks."""

from __future__ import annotations

import time
from dataclasses import dataclass

import streamlit as st

from interviewer.knowledge.names import section_name
from interviewer.models import Level, Mode, SessionPlan, SessionSummary
from interviewer.service import InterviewService
from interviewer.ui import live
from interviewer.ui.frame import LEVEL_NAMES, badges, heading, joined, note, option
from interviewer.ui.markup import inline
from interviewer.ui.opening import workspace
from interviewer.ui.pages import go_to
from interviewer.ui.personal import grader_name

_SECONDS_PER_MINUTE = 60
_LENGTHS = (3, 5, 10)
_MINUTES = (15, 30, 45)
_ANY_LEVEL = 0
_MODE_KEY = "start_mode"
_NAMED_SECTIONS = 2
_MODE_BUTTON_PIXELS = 112


@dataclass(frozen=True, slots=True)
class ModeCard:
    """How a mode introduces itself."""

    name: str
    icon: str
    promise: str


MODE_CARDS = {
    Mode.PRACTICE: ModeCard(
        "Practice", ":material/exercise:", "Hints, and a grade with evidence after each answer."
    ),
    Mode.REAL: ModeCard(
        "Real interview", ":material/timer:", "Against the clock, with no feedback until the end."
    ),
    Mode.GRADE_MY_ANSWER: ModeCard(
        "Grade my answer", ":material/task_alt:", "Paste one answer and see what it rests on."
    ),
}


def show_start(service: InterviewService) -> None:
    """Draw the start page."""
    heading("Mock interview", "Real questions for machine-learning roles, graded point by point.")
    badges(grader=grader_name())
    _unfinished(service)
    mode = _mode_cards()
    plan = _plan(mode)
    fitting = _fitting(plan)
    if st.button(
        "Start the interview",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=not fitting,
    ):
        live.open_session(service.start(plan))
    _count_line(fitting, plan)


def _unfinished(service: InterviewService) -> None:
    waiting = service.unfinished()
    if not waiting:
        return
    st.subheader("Continue where you left off", anchor=False)
    _continue_card(waiting[0], service)
    if waiting[1:]:
        with st.expander(f"{len(waiting) - 1} more unfinished"):
            for summary in waiting[1:]:
                _continue_card(summary, service)
    st.subheader("Start something new", anchor=False)


def _continue_card(summary: SessionSummary, service: InterviewService) -> None:
    card = MODE_CARDS[summary.mode]
    with st.container(border=True):
        st.markdown(
            f"{card.icon} **{card.name}** · {_where(summary)}\\\n"
            f":gray[:small[{inline(_sections_line(summary.sections))} · "
            f"{_ago(summary.updated_at)}]]"
        )
        with st.container(horizontal=True):
            if st.button("Continue", key=f"continue-{summary.id}", icon=":material/arrow_forward:"):
                live.resume(summary.id, summary.mode)
            with st.popover("Delete", icon=":material/delete:", type="tertiary"):
                st.markdown("Delete this interview and everything said in it?")
                if st.button("Delete it", key=f"delete-{summary.id}"):
                    service.delete(summary.id)
                    st.rerun()


def _where(summary: SessionSummary) -> str:
    if summary.mode is Mode.GRADE_MY_ANSWER:
        return "one answer"
    return f"question {summary.question_number} of {summary.question_count}"


def _sections_line(sections: tuple[str, ...]) -> str:
    if not sections:
        return "All sections"
    names = [section_name(section) for section in sections[:_NAMED_SECTIONS]]
    more = len(sections) - len(names)
    return joined([*names, f"{more} more"] if more else names)


def _ago(then: float) -> str:
    minutes = max(0, round((time.time() - then) / _SECONDS_PER_MINUTE))
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    hours = round(minutes / 60)
    return f"{hours} h ago" if hours < 24 else f"{round(hours / 24)} d ago"


def _mode_cards() -> Mode:
    """Draw a card per mode and give the one that is chosen."""
    st.session_state.setdefault(_MODE_KEY, Mode.PRACTICE)
    chosen = Mode(st.session_state[_MODE_KEY])
    for mode, card in MODE_CARDS.items():
        with st.container(border=True, horizontal=True, wrap=False, vertical_alignment="center"):
            st.markdown(
                f"{card.icon} **{card.name}**\\\n:gray[:small[{card.promise}]]", width="stretch"
            )
            if mode is Mode.GRADE_MY_ANSWER:
                if st.button("Open", key="open-grade", width=_MODE_BUTTON_PIXELS):
                    go_to("grade")
            else:
                _mode_button(mode, chosen)
    return chosen


def _mode_button(mode: Mode, chosen: Mode) -> None:
    selected = mode is chosen

    def choose() -> None:
        st.session_state[_MODE_KEY] = mode

    st.button(
        "Chosen" if selected else "Choose",
        key=f"mode-{mode}",
        icon=":material/check:" if selected else None,
        on_click=choose,
        width=_MODE_BUTTON_PIXELS,
    )


def _plan(mode: Mode) -> SessionPlan:
    sections = st.pills(
        "Sections",
        workspace().bank.sections,
        selection_mode="multi",
        format_func=lambda section: option(section_name(section)),
        key="start_sections",
        help="With none chosen, questions come from all of them.",
        persist_state="session",
    )
    level = st.segmented_control(
        "Level",
        [_ANY_LEVEL, *(level.value for level in Level)],
        default=_ANY_LEVEL,
        required=True,
        format_func=lambda level: option(_level_name(level)),
        key="start_level",
        persist_state="session",
    )
    count = st.segmented_control(
        "Length",
        _LENGTHS,
        default=_LENGTHS[1],
        required=True,
        format_func=lambda length: option(f"{length} questions"),
        key="start_length",
        persist_state="session",
    )
    return SessionPlan(
        mode=mode,
        sections=tuple(sections),
        levels=(Level(level),) if level else (),
        question_count=count or _LENGTHS[1],
        time_limit_s=_time_limit_s() if mode is Mode.REAL else None,
    )


def _level_name(level: int) -> str:
    return LEVEL_NAMES[Level(level)] if level else "Any"


def _time_limit_s() -> float:
    minutes = st.segmented_control(
        "Time",
        _MINUTES,
        default=_MINUTES[1],
        required=True,
        format_func=lambda minutes: option(f"{minutes} min"),
        key="start_minutes",
        persist_state="session",
    )
    return float((minutes or _MINUTES[1]) * _SECONDS_PER_MINUTE)


def _fitting(plan: SessionPlan) -> int:
    return len(
        workspace().bank.filter(sections=plan.sections, levels=plan.levels, answered_only=True)
    )


def _count_line(fitting: int, plan: SessionPlan) -> None:
    if not fitting:
        note("No question fits this choice. Choose another level or more sections.")
    elif fitting < plan.question_count:
        note(f"Only {fitting} questions fit this choice; all of them will be asked.")
    else:
        note(f"{fitting} questions fit this choice.")

"""Which interview a browser session is in, and how far its owner has seen it.

The id stands in the page's address, so that a reload comes back to the same question.
"""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from interviewer.models import Mode, Session
from interviewer.ui.pages import go_to

_HEARD = "heard_turns"
_SEEN = "seen_events"


def session_id() -> str:
    """Give the id in the page's address, or nothing."""
    return st.query_params.get("session", "")


def open_session(session: Session) -> NoReturn:
    """Enter an interview that has just begun; its first words will be spoken."""
    _heard()[session.id] = 0
    st.session_state.setdefault(_SEEN, {})[session.id] = session.event_count
    resume(session.id, session.plan.mode)


def resume(session_id: str, mode: Mode) -> NoReturn:
    """Enter an interview that was begun before."""
    go_to("grade" if mode is Mode.GRADE_MY_ANSWER else "interview", session=session_id)


def leave() -> NoReturn:
    """Go back to the start page."""
    go_to("interview")


def heard_before(session: Session) -> int:
    """Say how many turns have been spoken already; the rest are to be spoken now, once.

    A reload has heard everything.
    """
    total = sum(len(exchange.turns) for exchange in session.exchanges)
    heard: int = _heard().get(session.id, total)
    _heard()[session.id] = total
    return heard


def seen_before(session: Session) -> int:
    """Say how many events the page showed when it was last drawn, and note how many it shows now.

    What is clicked on a page answers what that page showed, not what another window did since.
    """
    seen: dict[str, int] = st.session_state.setdefault(_SEEN, {})
    before = seen.get(session.id, session.event_count)
    seen[session.id] = session.event_count
    return before


def _heard() -> dict[str, int]:
    heard: dict[str, int] = st.session_state.setdefault(_HEARD, {})
    return heard

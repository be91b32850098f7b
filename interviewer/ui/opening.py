"""Opens the bank and its index once for everybody, with a progress bar the first time."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

import streamlit as st

from interviewer.config import Settings, load_settings
from interviewer.ui.markup import inline

if TYPE_CHECKING:
    from interviewer.retrieval.progress import Progress
    from interviewer.workspace import Workspace


@dataclass
class _Shared:
    """What every browser session uses; it holds no person's words."""

    workspace: Workspace | None = None
    notices: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


@st.cache_resource(show_spinner=False)
def _shared() -> _Shared:
    return _Shared()


def workspace() -> Workspace:
    """Give the open workspace, opening it under a progress bar where it is not.

    Raises:
        InterviewerError: the bank, the encoder or the session database cannot be opened.
    """
    shared = _shared()
    if shared.workspace is None:
        place = st.empty()
        with place.container():
            st.skeleton(96)
            bar = progress_bar("Opening the question bank…")
        with shared.lock:
            if shared.workspace is None:
                shared.workspace = _open(load_settings(), bar, shared.notices)
        place.empty()
    return shared.workspace


def notices() -> list[str]:
    """Give what was noticed while opening, such as that a stale index was rebuilt."""
    return list(_shared().notices)


def reopen() -> None:
    """Have the next page open everything anew, because the bank or the index has changed."""
    shared = _shared()
    with shared.lock:
        shared.workspace = None
        shared.notices.clear()


def progress_bar(label: str) -> Progress:
    """Draw a progress bar and give the function that moves it."""
    bar = st.progress(0.0, text=label)

    def move(label: str, done: int, total: int) -> None:
        share = min(1.0, done / total) if total else 0.0
        bar.progress(share, text=f"{inline(label)} · {done} of {total}")

    return move


def _open(settings: Settings, progress: Progress, noticed: list[str]) -> Workspace:
    from interviewer.workspace import open_workspace

    return open_workspace(settings, progress=progress, notify=noticed.append)

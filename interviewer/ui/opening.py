"""Opens the bank and its index once for everybody, with a progress bar the first time."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

import streamlit as st

from interviewer.config import Settings, load_settings
from interviewer.ui.markup import inline, plain

if TYPE_CHECKING:
    from interviewer.retrieval.progress import Progress
    from interviewer.workspace import Workspace

_POLL_S = 0.1
_FIRST_STEP = ("Opening the question bank", 0, 0)


@dataclass
class _Shared:
    """What every browser session uses; it holds no word of an interview.

    The work is done beside the pages, so that a page that is reloaded or closed does not stop it.
    """

    lock: Lock = field(default_factory=Lock)
    opening: Future[Workspace] | None = None
    at: tuple[str, int, int] = _FIRST_STEP
    notices: list[str] = field(default_factory=list)

    def note_progress(self, label: str, done: int, total: int) -> None:
        self.at = (label, done, total)


@st.cache_resource(show_spinner=False)
def _shared() -> _Shared:
    return _Shared()


def workspace() -> Workspace:
    """Give the open workspace, opening it under a progress bar where it is not.

    Raises:
        InterviewerError: the bank, the encoder or the session database cannot be opened; the next
            call tries again.
    """
    shared = _shared()
    with shared.lock:
        if shared.opening is None or (shared.opening.done() and shared.opening.exception()):
            shared.notices.clear()
            shared.opening = _begin(shared, load_settings())
        opening = shared.opening
    if not opening.done():
        _wait(shared, opening)
    return opening.result()


def notices() -> list[str]:
    """Give what was noticed while opening, such as that a stale index was rebuilt."""
    return list(_shared().notices)


def reopen() -> None:
    """Have the next page open everything anew, because the bank or the index has changed."""
    shared = _shared()
    with shared.lock:
        shared.opening = None


def progress_bar(label: str) -> Progress:
    """Draw a progress bar and give the function that moves it."""
    bar = st.progress(0.0, text=label)

    def move(label: str, done: int, total: int) -> None:
        share = min(1.0, done / total) if total else 0.0
        numbers = f" · {done} of {total}" if total else ""
        bar.progress(share, text=inline(label) + numbers)

    return move


def _begin(shared: _Shared, settings: Settings) -> Future[Workspace]:
    shared.at = _FIRST_STEP
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="opening")
    work = pool.submit(_open, settings, shared)
    pool.shutdown(wait=False)
    return work


def _open(settings: Settings, shared: _Shared) -> Workspace:
    from interviewer.workspace import open_workspace

    return open_workspace(settings, progress=shared.note_progress, notify=shared.notices.append)


def _wait(shared: _Shared, opening: Future[Workspace]) -> None:
    place = st.empty()
    with place.container():
        st.markdown("**Getting ready.** The first time takes a minute or two.")
        move = progress_bar("Opening the question bank")
        st.skeleton(240)
        told = st.empty()
        while not opening.done():
            move(*shared.at)
            told.markdown("\n\n".join(plain(notice) for notice in shared.notices))
            time.sleep(_POLL_S)
    place.empty()

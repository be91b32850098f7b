"""What every page shares: how an error is told, and the line that says where one stands."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from interviewer.errors import (
    BankError,
    ConfigurationError,
    EncoderError,
    EventRefusedError,
    InputError,
    InterviewerError,
    ModelError,
    SearchIndexError,
    StoreError,
    UnknownQuestionError,
    UnknownSessionError,
)
from interviewer.models import Level
from interviewer.ui.markup import inline, plain

_LOG = logging.getLogger(__name__)
_KEPT = "Nothing you handed in is lost: every answer is saved before anything else happens."
_NEXT_STEPS: tuple[tuple[type[InterviewerError], str, str], ...] = (
    (ConfigurationError, "A setting cannot be used", "Correct it on the Settings page."),
    (UnknownQuestionError, "There is no such question", "Choose one from the list."),
    (BankError, "The question bank cannot be read", "Put the file right, then reload this page."),
    (InputError, "That could not be used", "Change it and try again."),
    (EncoderError, "The encoder cannot be opened", "Run `make setup`, then reload this page."),
    (SearchIndexError, "The index cannot be used", "Rebuild it on the Settings page."),
    (ModelError, "The model did not answer", "Test the connection on the Settings page."),
    (UnknownSessionError, "This interview is not here", "Start a new one from the first page."),
    (EventRefusedError, "The interview had moved on", "Reload the page to see where it stands."),
    (StoreError, "Your interviews cannot be reached", "Check the disk, then reload this page."),
)
LEVEL_NAMES = {
    Level.SCREENING: "Screening",
    Level.CORE: "Core",
    Level.SENIOR: "Senior",
    Level.RESEARCH: "Research",
}


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show what goes wrong inside as a message: what happened, what to do, and no traceback."""
    try:
        yield
    except InterviewerError as error:
        show_error(error)
    except Exception as error:
        _LOG.exception("A page failed.")
        _message("Something went wrong on this page", _KEPT, "Reload the page.")
        _detail(f"{type(error).__name__}: see the log in the terminal where the app runs.")


def show_error(error: InterviewerError, *, kept: str = _KEPT) -> None:
    """Tell a deliberate error: its sentence in the detail, one thing to do in front."""
    title, advice = next(
        ((title, advice) for kind, title, advice in _NEXT_STEPS if isinstance(error, kind)),
        ("That did not work", "Reload the page and try again."),
    )
    _message(title, kept, advice)
    _detail(str(error))


def _message(title: str, kept: str, advice: str) -> None:
    st.error(f"**{title}.** {kept}\n\n{advice}", icon=":material/error:")


def _detail(text: str) -> None:
    with st.expander("What exactly happened"):
        st.markdown(plain(text))


def heading(title: str, explanation: str = "") -> None:
    """Open a page with its name and one line on what it is for."""
    st.title(title, anchor=False)
    if explanation:
        st.markdown(f":gray[{explanation}]")


def note(text: str) -> None:
    """Write a quiet line; Streamlit's own captions are too pale to read in the sun."""
    st.markdown(f":gray[:small[{inline(text)}]]")


def option(label: str) -> str:
    """Give the label of a choice a colour that can be read when it is chosen, too.

    Streamlit writes the chosen one in the accent colour, which is too dark on a dark page.
    """
    return f":gray[{inline(label)}]"


def badges(*labels: str, grader: str = "") -> None:
    """Draw the status line: quiet badges, the grader's name among them.

    Args:
        labels: Markdown-free words, in the order in which they are read; an empty one is left out.
        grader: who grades what is answered now.
    """
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for label in filter(None, labels):
            st.badge(inline(label), color="gray")
        if grader:
            st.badge(
                f"Graded by {inline(grader)}",
                color="blue",
                icon=":material/balance:",
                help="Choose who grades on the Settings page.",
            )


def joined(words: Sequence[str]) -> str:
    """Join words as a sentence does: `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"

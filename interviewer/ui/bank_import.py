"""Import: hand in a list of questions, see what was understood of it, then save it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

import streamlit as st

from interviewer.errors import InputError, InterviewerError
from interviewer.knowledge.names import section_name
from interviewer.ui import opening
from interviewer.ui.frame import note, show_error
from interviewer.ui.markup import inline

if TYPE_CHECKING:
    from interviewer.knowledge.importers.model import ImportResult
    from interviewer.workspace import Workspace

_PREVIEWED = 5
_LARGEST_MEGABYTES = 1
_SKIPPED_SHOWN = 50
_SAVED = "import_saved"
_HANDED_IN = "import_handed_in"
_PASTE_HEIGHT_PIXELS = 180


@dataclass(frozen=True, slots=True)
class _HandedIn:
    name: str
    result: ImportResult


def show_import(workspace: Workspace) -> None:
    """Draw the form and, once something was handed in, what was understood of it."""
    saved = st.session_state.pop(_SAVED, "")
    if saved:
        st.success(saved, icon=":material/check:")
    try:
        _hand_in()
        handed_in = st.session_state.get(_HANDED_IN)
        if isinstance(handed_in, _HandedIn):
            _preview(handed_in, workspace)
    except InterviewerError as error:
        show_error(error, kept="Nothing was saved, and your file is unchanged.")


def _hand_in() -> None:
    with st.form("import_form", clear_on_submit=True, enter_to_submit=False, border=False):
        upload = st.file_uploader(
            "A list of questions and answers",
            type=["md", "markdown", "txt"],
            max_upload_size=_LARGEST_MEGABYTES,
        )
        pasted = st.text_area(
            "Or paste it",
            height=_PASTE_HEIGHT_PIXELS,
            placeholder="## What is overfitting?\nA model that …",
        )
        look = st.form_submit_button("See what is in it", icon=":material/visibility:")
    note(
        "Nothing is saved before you have seen what was understood. Headings, bold questions, "
        "Q: and A: lines, tables and folded details all work."
    )
    if not look:
        return
    st.session_state.pop(_HANDED_IN, None)
    if upload is not None:
        name = PurePath(upload.name).name
        st.session_state[_HANDED_IN] = _understood(upload.getvalue(), name)
    elif (pasted or "").strip():
        content = (pasted or "").encode("utf-8", errors="replace")
        st.session_state[_HANDED_IN] = _understood(content, "pasted.md")
    else:
        raise InputError("There is nothing to import yet. Choose a file, or paste a list.")


def _understood(content: bytes, name: str) -> _HandedIn:
    from interviewer.knowledge.importers import HandedIn, import_safely

    return _HandedIn(name, import_safely(HandedIn.from_bytes(content, name)))


def _preview(handed_in: _HandedIn, workspace: Workspace) -> None:
    result = handed_in.result
    answered = sum(question.answered for question in result.questions)
    sections = {question.section for question in result.questions}
    with st.container(horizontal=True):
        st.metric("Questions", len(result.questions), width="content")
        st.metric("With an answer", answered, width="content")
        st.metric("Sections", len(sections), width="content")
        st.metric("Skipped", len(result.skipped), width="content")
    if not result.questions:
        st.info("No question was found. See below what was skipped and why.")
    else:
        _save_button(handed_in, workspace)
        _first_questions(result)
    _skipped(result)


def _save_button(handed_in: _HandedIn, workspace: Workspace) -> None:
    if not st.button("Save to the bank", type="primary", icon=":material/save:"):
        return
    from interviewer.knowledge.importers import save_import

    name = PurePath(handed_in.name).stem
    save_import(handed_in.result, workspace.settings.imported_dir, name)
    opening.reopen()
    opening.workspace()
    count = len(handed_in.result.questions)
    what = "One question is" if count == 1 else f"{count} questions are"
    st.session_state[_SAVED] = f"{what} in the bank now and ready to be asked."
    st.session_state.pop(_HANDED_IN, None)
    st.rerun()


def _first_questions(result: ImportResult) -> None:
    shown = result.questions[:_PREVIEWED]
    st.markdown(f"**The first {len(shown)}**" if len(shown) > 1 else "**The question**")
    for question in shown:
        with st.expander(inline(question.text)):
            note(f"{section_name(question.section)}, line {question.start_line}")
            if question.answered:
                from interviewer.ui.safe_markdown import safe_markdown

                st.markdown(safe_markdown(question.reference))
            else:
                st.markdown(":gray[It came without an answer; it can be read, not graded.]")


def _skipped(result: ImportResult) -> None:
    if not result.skipped:
        return
    with st.expander(f"Skipped: {len(result.skipped)}", icon=":material/filter_alt_off:"):
        for skipped in result.skipped[:_SKIPPED_SHOWN]:
            st.markdown(
                f"Line {skipped.line} :gray[· {inline(skipped.reason)}]\\\n"
                f":small[{inline(skipped.text)}]"
            )
        more = len(result.skipped) - _SKIPPED_SHOWN
        if more > 0:
            note(f"And {more} more.")

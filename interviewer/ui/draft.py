"""Keeps what is typed before it is sent, so that a reload or a crash loses none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from interviewer.service import InterviewService

# The box for answers tells Python nothing until it is sent. This listens to its typing, and tells
# what stands there once the typing pauses.
_LISTENER = """
const PAUSE_MS = 700;
export default function (component) {
  const { data, setStateValue } = component;
  let timer;
  const onInput = (event) => {
    const box = event.target;
    if (!(box instanceof HTMLTextAreaElement) || !box.closest(data.selector)) return;
    clearTimeout(timer);
    timer = setTimeout(() => setStateValue("text", box.value), PAUSE_MS);
  };
  document.addEventListener("input", onInput, true);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("input", onInput, true);
  };
}
"""


def keep_draft(service: InterviewService, session_id: str, key: str) -> None:
    """Put the saved draft into the box with this key, and save what is typed there from now on.

    Call it before the box is drawn.
    """
    restored = f"restored-{key}"
    if restored not in st.session_state:
        st.session_state[restored] = True
        draft = service.draft(session_id)
        if draft:
            st.session_state[key] = draft
    _save_what_is_typed(service, session_id, key)


def forget_draft(key: str, sent: str) -> None:
    """Have what was just sent not be saved as a draft by a message that was still on its way."""
    st.session_state[f"saved-{key}"] = sent


@st.fragment
def _save_what_is_typed(service: InterviewService, session_id: str, key: str) -> None:
    listen = st.components.v2.component("interviewer_draft", js=_LISTENER)
    heard = listen(
        key=f"draft-{key}",
        data={"selector": f".st-key-{key}"},
        default={"text": None},
        on_text_change=lambda: None,
        height=0,
    )
    if heard.text is not None and heard.text != st.session_state.get(f"saved-{key}"):
        service.save_draft(session_id, heard.text)
        st.session_state[f"saved-{key}"] = heard.text

"""Settings: who grades, with which model and key; where data is kept; the index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import streamlit as st
from pydantic import SecretStr

from interviewer.config import OPENAI_URL, Settings
from interviewer.errors import ConfigurationError, InterviewerError
from interviewer.ui import opening
from interviewer.ui.frame import badges, heading, note, option, show_error
from interviewer.ui.markup import inline
from interviewer.ui.opening import progress_bar, workspace
from interviewer.ui.pages import link_to
from interviewer.ui.personal import Choices, choose, grader_name, own_settings

if TYPE_CHECKING:
    from interviewer.workspace import Workspace

_GRADERS = {
    "auto": "Automatic",
    "offline": "Offline",
    "llm": "Model",
}
_POINTS = {
    "unsure": "Unsure points",
    "all": "Every point",
}
_WORDS = {
    "model": "Model",
    "bank": "Bank",
}
_TESTED = "connection_test"


def show() -> None:
    """Draw the page."""
    heading("Settings", "They hold for this browser window; your key is never written anywhere.")
    _who_grades()
    link_to("trust")
    _model(own_settings())
    _index(workspace())
    _data(workspace().settings, own_settings())


def _who_grades() -> None:
    """Name the grader, or say what stands in its way: the form that mends it is drawn anyhow."""
    try:
        badges(grader=grader_name())
    except ConfigurationError as error:
        show_error(error)


def _model(settings: Settings) -> None:
    st.subheader("Model", anchor=False)
    with st.form("model_form", border=True):
        typed: Choices = {**_who_does_what(settings), **_which_model(settings)}
        use, test, forget = _buttons()
    if forget:
        _forget_the_key(typed)
    elif use or test:
        _take(typed, test=test)
    _result()


def _who_does_what(settings: Settings) -> Choices:
    grader = _choice(
        "Who grades",
        _GRADERS,
        settings.grader,
        "Automatic takes the model where one is set; else this machine grades.",
    )
    points = _choice(
        "What the model grades",
        _POINTS,
        settings.model_grades,
        "Unsure points: this machine grades, and asks the model only where it is not sure. Every "
        "point: the model grades, and looks twice where this machine reads an answer quite "
        "differently.",
    )
    words = _choice(
        "Who words what is asked",
        _WORDS,
        settings.words,
        "Model: where one is set, it puts the questions in its own words and chooses among the "
        "follow-ups that your answer calls for; where none fits, it asks one of its own that rests "
        "on lines of the bank. Bank: the words as they are written.",
    )
    return Choices(grader=grader, model_grades=points, words=words)


def _choice(label: str, names: Mapping[str, str], default: str, explanation: str) -> str:
    return st.segmented_control(
        label,
        list(names),
        default=default,
        required=True,
        format_func=lambda name: option(names[name]),
        help=explanation,
    )


def _which_model(settings: Settings) -> Choices:
    model = st.text_input(
        "Model",
        value=settings.model or "",
        placeholder="gpt-5-mini, llama3.2, anthropic:…",
        help=(
            "A name that OpenAI or the server below knows, or provider:model for another "
            "service, whose package is installed."
        ),
    )
    base_url = st.text_input(
        "Base URL",
        value=settings.base_url or "",
        placeholder="http://127.0.0.1:11434/v1 for a server of your own",
        help="Leave it empty for OpenAI.",
    )
    key = st.text_input(
        "Key",
        type="password",
        placeholder="Set; type a new one to replace it" if settings.key else "sk-…",
        help="Kept in memory for this browser window only.",
    )
    return Choices(
        model=model.strip() or None,
        base_url=base_url.strip() or None,
        api_key=_key(key, settings),
        openai_api_key=settings.openai_api_key,
    )


def _buttons() -> tuple[bool, bool, bool]:
    """Draw the form's buttons: use these settings, test the connection, forget the key."""
    with st.container(horizontal=True):
        return (
            st.form_submit_button("Use these", type="primary", icon=":material/check:"),
            st.form_submit_button("Test the connection", icon=":material/network_check:"),
            st.form_submit_button("Forget the key", icon=":material/key_off:"),
        )


def _key(typed: str, settings: Settings) -> SecretStr | None:
    return SecretStr(typed.strip()) if typed.strip() else settings.api_key


def _forget_the_key(typed: Choices) -> None:
    """Drop the key, and with it a model that cannot be asked without one."""
    typed.update({"api_key": None, "openai_api_key": None})
    try:
        choose(typed)
        said = "The key is forgotten. The other settings are in use."
    except ConfigurationError:
        choose({**typed, "model": None, "base_url": None, "grader": "auto"})
        said = (
            "The key is forgotten. The model cannot be asked without one, so this machine grades."
        )
    st.session_state[_TESTED] = said
    st.rerun()


def _take(typed: Choices, *, test: bool) -> None:
    try:
        settings = choose(typed)
        st.session_state[_TESTED] = _tested(settings) if test else "These settings are in use."
    except InterviewerError as error:
        show_error(error, kept="Your interviews and your settings until now are unchanged.")
        return
    st.rerun()


def _tested(settings: Settings) -> str:
    from interviewer.llm.factory import test_connection

    if settings.chat_model is None:
        return "No model is set, so answers are graded offline. There is nothing to connect to."
    with st.spinner("Asking the model for one word…", show_time=True):
        return test_connection(settings)


def _result() -> None:
    result = st.session_state.pop(_TESTED, "")
    if result:
        st.success(inline(result), icon=":material/check:")


def _index(space: Workspace) -> None:
    st.subheader("Index", anchor=False)
    with st.container(border=True):
        st.markdown(
            f"**{len(space.bank.questions)}** questions in **{len(space.bank.sections)}** sections"
            f" · **{space.index.passage_count}** passages"
        )
        st.markdown(f"Encoder: {inline(space.encoder.name)}")
        for noticed in opening.notices():
            note(noticed)
        if st.button("Rebuild the index", icon=":material/refresh:"):
            _rebuild(space)


def _rebuild(space: Workspace) -> None:
    from interviewer.retrieval.index import build_index

    move = progress_bar("Rebuilding the index…")
    folder = space.settings.resolved_index_dir
    try:
        build_index(space.bank, space.encoder, folder, progress=move)
    except InterviewerError as error:
        show_error(error, kept="The index in use until now still works.")
        return
    opening.reopen()
    st.session_state[_TESTED] = "The index is rebuilt."
    st.rerun()


def _data(settings: Settings, own: Settings) -> None:
    """Say where everything is kept, and what goes elsewhere; `own` are this window's settings."""
    st.subheader("Where your data is", anchor=False)
    sent = list(_sent(settings, own))
    kept = "is kept" if sent else "stays"
    for line in (f"Everything {kept} on this machine.", *sent):
        st.markdown(line)
    places = {
        "Interviews": settings.database_path,
        "Imported questions": settings.imported_dir,
        "Index": settings.resolved_index_dir,
        "Question bank": settings.bank_dir,
    }
    for what, path in places.items():
        st.markdown(f"{what}\\\n:gray[:small[{inline(str(path))}]]")


def _sent(settings: Settings, own: Settings) -> Iterator[str]:
    """Say what goes to which server; to none without a model and with an encoder of one's own."""
    from interviewer.llm.factory import server_name
    from interviewer.retrieval.encoder import OPENAI_PREFIX

    if own.chat_model is not None:
        yield (
            "Questions, references, your answers and what you ask in an interview also go to the "
            f"model at {inline(server_name(own))}."
        )
    if settings.embedding.startswith(OPENAI_PREFIX):
        yield (
            "The question bank, what you import and search for, and your answers also go to the "
            f"embedding model at {inline(settings.base_url or OPENAI_URL)}."
        )

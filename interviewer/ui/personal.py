"""One browser session's own choices: its model, key and grader, kept in memory and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import streamlit as st
from pydantic import SecretStr

from interviewer.config import Settings, load_settings
from interviewer.ui.opening import workspace

if TYPE_CHECKING:
    from interviewer.service import InterviewService

_KEY = "own_settings"


class Choices(TypedDict, total=False):
    """What a person set on the Settings page; what is absent comes from the environment."""

    model: str | None
    base_url: str | None
    api_key: SecretStr | None
    openai_api_key: SecretStr | None
    grader: str
    model_grades: str
    words: str


def choices() -> Choices:
    """Give this browser session's choices."""
    chosen: Choices = st.session_state.get(_KEY, {})
    return chosen


def choose(new: Choices) -> Settings:
    """Check and keep new choices for this browser session.

    Raises:
        ConfigurationError: one of them cannot be used, or nobody could grade; nothing is kept then.
    """
    settings = _settings(new)
    workspace().grader(settings)
    st.session_state[_KEY] = new
    return settings


def own_settings() -> Settings:
    """Give the settings as this browser session has them."""
    return _settings(choices())


def _settings(chosen: Choices) -> Settings:
    base = workspace().settings
    checked = load_settings(**chosen)
    return base.model_copy(update={name: getattr(checked, name) for name in chosen})


def interviews() -> InterviewService:
    """Give the service that grades with this browser session's own model and key."""
    return workspace().interviews(own_settings())


def grader_name() -> str:
    """Name who grades for this browser session."""
    return workspace().grader(own_settings()).name

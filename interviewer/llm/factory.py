"""Makes the chat model that the settings name, and tries the connection to it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from interviewer.config import OPENAI_URL, Settings
from interviewer.deadline import Deadline, run_within
from interviewer.errors import ConfigurationError
from interviewer.llm.providers import make_model_of_provider
from interviewer.llm.untraced import untraced
from interviewer.servers import held_to, web_client, wordless

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

MAX_REPLY_TOKENS = 8192
# These models think first and take no temperature.
_REASONING_MODELS = ("gpt-5", "o1", "o3", "o4")
_NO_KEY = "no-key"
_OPENAI = "openai:"
_TRIAL_TOKENS = 64


def model_name(settings: Settings) -> str:
    """Name the chat model as a grade shows it: `openai:gpt-5-mini`, or `local:llama3.2`.

    Raises:
        ConfigurationError: no chat model is configured.
    """
    model = _configured(settings)
    if settings.base_url:
        return f"local:{model}"
    return model if settings.provider else f"openai:{model.removeprefix(_OPENAI)}"


def server_name(settings: Settings) -> str:
    """Give the address that is asked, as messages show it."""
    return settings.base_url or settings.provider or OPENAI_URL


def make_chat_model(settings: Settings) -> BaseChatModel:
    """Make the chat model; it does not retry. Only its sync calls are used.

    OpenAI and compatible servers are asked at the address that the settings name, never at one
    from a variable that other tools read, and no redirect is followed. Other providers are asked
    through their own packages, see `make_model_of_provider`.

    Raises:
        ConfigurationError: no chat model is configured, OpenAI's without a key, or another
            provider's without its package.
    """
    model = _configured(settings)
    if settings.provider:
        return make_model_of_provider(settings, model, MAX_REPLY_TOKENS)
    if settings.base_url is None:
        model = model.removeprefix(_OPENAI)
    if settings.key is None and settings.base_url is None:
        raise ConfigurationError(
            "OpenAI needs a key. Set OPENAI_API_KEY, or INTERVIEWER_BASE_URL for a local server."
        )
    from langchain_openai import ChatOpenAI

    options: dict[str, Any] = {}
    if settings.base_url or not model.startswith(_REASONING_MODELS):
        options = {"temperature": 0.0, "seed": 0, "max_tokens": MAX_REPLY_TOKENS}
    return ChatOpenAI(
        model=model,
        api_key=settings.key or SecretStr(_NO_KEY),
        base_url=server_name(settings),
        openai_proxy=None,
        timeout=settings.timeout_s,
        max_retries=0,
        stream_usage=True,
        http_client=web_client(settings.timeout_s, settings.allow_hosts),
        **options,
    )


def secret_of(model: BaseChatModel, settings: Settings) -> SecretStr | None:
    """Give the key that a model is asked with, wherever it was read from."""
    held = (getattr(model, name, None) for name in type(model).model_fields)
    keys = (value for value in held if isinstance(value, SecretStr) and value.get_secret_value())
    return settings.key or next(keys, None)


@untraced()
def test_connection(settings: Settings) -> str:
    """Ask the model for a word and say in one line that it answered, and how fast.

    Raises:
        ConfigurationError: no chat model is configured, or its address may not be asked.
        ModelError: it did not answer; the message says what to do.
    """
    from interviewer.llm.translate import translated

    model = make_chat_model(settings)
    name, server = model_name(settings), server_name(settings)
    started, deadline = time.perf_counter(), Deadline.after(settings.timeout_s)
    try:
        with held_to(lambda: deadline.remaining_s):
            run_within(
                deadline,
                lambda: model.invoke("Reply with the word ready.", max_tokens=_TRIAL_TOKENS),
            )
    except Exception as error:
        raise translated(error, model=name, server=server) from wordless(error)
    return f"{name} at {server} answered in {time.perf_counter() - started:.1f} s."


test_connection.__test__ = False  # type: ignore[attr-defined]  # pytest would collect it


def _configured(settings: Settings) -> str:
    if settings.chat_model is None:
        raise ConfigurationError(
            "No chat model is set up. Set INTERVIEWER_MODEL, or OPENAI_API_KEY for OpenAI's."
        )
    return settings.chat_model

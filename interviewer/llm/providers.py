"""Makes the chat models of other providers, each with its package and at the provider's address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from interviewer.config import Settings
from interviewer.errors import ConfigurationError
from interviewer.llm.untraced import ignore_variables
from interviewer.servers import web_client, wordless

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

ANTHROPIC_URL = "https://api.anthropic.com"
GOOGLE_URL = "https://generativelanguage.googleapis.com/"
# How many attributes deep packages hide the client that sends their requests.
_DEEPEST = 6


def make_model_of_provider(settings: Settings, model: str, most_tokens: int) -> BaseChatModel:
    """Make the model of another provider; it does not retry, and no redirect is followed.

    Anthropic's and Google's are asked at their own addresses whatever variables say, others at
    those that their packages know. Anthropic's requests go through our own client, with its checks
    of addresses and its limits.

    Args:
        settings: name the provider; the key, the time and the hosts that may be asked.
        model: the model as `provider:model`.
        most_tokens: how long a reply may be.

    Raises:
        ConfigurationError: the provider's package is missing, or cannot be used.
    """
    from langchain.chat_models import init_chat_model

    ignore_variables()
    options = _options(settings.provider)
    if settings.key:
        options["api_key"] = settings.key
    try:
        made: BaseChatModel = init_chat_model(
            model, timeout=settings.timeout_s, max_retries=0, max_tokens=most_tokens, **options
        )
        if settings.provider == "anthropic":
            _send_through_ours(made, settings)
        for client in web_clients(made):
            client.follow_redirects = False
    except ImportError as error:
        raise ConfigurationError(
            f"{model} needs a package that is not installed: {error.name or settings.provider}. "
            f"Install it with: pip install 'interviewer[{settings.provider}]', or the package that "
            "LangChain names for this provider."
        ) from None
    except Exception as error:
        raise ConfigurationError(
            f"{model} cannot be used ({type(error).__name__}). Name it as provider:model, such as "
            "anthropic:claude-sonnet-5, and set INTERVIEWER_API_KEY or the provider's own "
            "variable."
        ) from wordless(error)
    return made


def web_clients(model: object) -> Iterator[Any]:
    """Find the clients within a model that could follow redirects, however deep they lie."""
    seen: set[int] = set()
    layer = [model]
    for _ in range(_DEEPEST):
        inner = [each for one in layer for each in _attributes(one) if id(each) not in seen]
        seen.update(map(id, inner))
        layer = list({id(each): each for each in inner}.values())
        yield from (each for each in layer if hasattr(each, "follow_redirects"))


def _attributes(held: object) -> Iterator[object]:
    if isinstance(held, type):
        return
    for values in (getattr(held, "__dict__", None), getattr(held, "__pydantic_private__", None)):
        if isinstance(values, dict):
            yield from values.values()


def _options(provider: str) -> dict[str, Any]:
    """Give what makes a package ask its provider's own address, and no other by a variable."""
    if provider == "anthropic":
        return {"base_url": ANTHROPIC_URL, "anthropic_proxy": None}
    if provider == "google_genai":
        return {
            "base_url": GOOGLE_URL,
            "vertexai": False,
            "client_args": {"follow_redirects": False},
        }
    return {}


def _send_through_ours(model: Any, settings: Settings) -> None:
    """Have the package's client, of which only sync calls are used, send by a client of ours."""
    web = web_client(settings.timeout_s, settings.allow_hosts)
    client = model._client.copy(http_client=web)  # noqa: SLF001 - there is no public way
    vars(model)["_client"] = client
    if model._client is not client:  # noqa: SLF001
        raise TypeError

"""A chat model on its server, with all that those who ask it need to know."""

from __future__ import annotations

from dataclasses import dataclass, field

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from interviewer.config import Settings
from interviewer.errors import InterviewerError, ModelReplyError
from interviewer.llm.factory import make_chat_model, model_name, secret_of, server_name
from interviewer.llm.ladder import Ladder, Ladders
from interviewer.llm.translate import translated
from interviewer.usage import Price

# A shorter key is a placeholder such as "none", which a reply may well hold.
_SHORTEST_SECRET = 12
_TIMEOUT_S = 30.0
# Of the model that a key alone means; as published by OpenAI in 2025.
_LIST_PRICES: dict[str, Price] = {"openai:gpt-5-mini": (0.25, 2.0)}
_UNKNOWN: Price = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a chat model is asked, and how long.

    `model` must not retry by itself. `name` is the model's as a grade shows it, `server` the
    address that messages show. `timeout_s` is what one task may take in seconds, retries included.
    No reply may repeat `secret`, the key. `ladder` remembers which way of asking the model knows.
    `price` is in dollars for a million tokens of input, and of output; zeros where it is not known.
    """

    model: BaseChatModel
    name: str
    timeout_s: float = _TIMEOUT_S
    server: str = "The model's server"
    secret: SecretStr | None = None
    ladder: Ladder = field(default_factory=Ladder)
    price: Price = _UNKNOWN

    def refuse_secret(self, said: str) -> None:
        """Check a reply before anybody sees or stores it.

        Raises:
            ModelReplyError: the reply repeats the key.
        """
        secret = self.secret.get_secret_value() if self.secret else ""
        if len(secret) >= _SHORTEST_SECRET and secret in said:
            raise ModelReplyError(f"{self.name} gave a reply that repeats the key.")

    def translated(self, error: Exception) -> InterviewerError:
        """Say what a library's error means and what to do about it."""
        return translated(error, model=self.name, server=self.server)


def connect(settings: Settings, ladders: Ladders | None = None) -> Connection:
    """Make the connection that the settings name.

    Args:
        settings: name the model and its server.
        ladders: remember which way of asking each model knows, from one connection to the next.

    Raises:
        ConfigurationError: no chat model is configured, or OpenAI's without a key.
    """
    name, server = model_name(settings), server_name(settings)
    model = make_chat_model(settings)
    return Connection(
        model,
        name=name,
        timeout_s=settings.timeout_s,
        server=server,
        secret=secret_of(model, settings),
        ladder=(ladders or Ladders()).of(server, name),
        price=settings.price or _LIST_PRICES.get(name, _UNKNOWN),
    )

"""The settings, read from `INTERVIEWER_*` variables and `.env` by the edges alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_data_path
from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from interviewer.errors import ConfigurationError
from interviewer.servers import checked_url

PACKAGE_DIR = Path(__file__).resolve().parent
CHECKOUT_DIR = PACKAGE_DIR.parent
DEFAULT_ENCODER = "all-MiniLM-L6-v2"
DEFAULT_OPENAI_MODEL = "gpt-5-mini"
_OPENAI_KEY = "OPENAI_API_KEY"
OPENAI_URL = "https://api.openai.com/v1"


def _in_checkout() -> bool:
    return (CHECKOUT_DIR / "pyproject.toml").is_file() and (CHECKOUT_DIR / "knowledge").is_dir()


def _default_bank_dir() -> Path:
    """The bank beside the package in a checkout, else the copy inside the installed wheel."""
    return CHECKOUT_DIR / "knowledge" if _in_checkout() else PACKAGE_DIR / "bank"


def _default_data_dir() -> Path:
    return user_data_path("interviewer", appauthor=False)


class Settings(BaseSettings):
    """What a user can set; every field is `INTERVIEWER_<NAME>` in the environment or `.env`.

    `openai_api_key` is `OPENAI_API_KEY`. Times are in seconds.
    """

    model_config = SettingsConfigDict(
        env_prefix="INTERVIEWER_",
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    bank_dir: Path = Field(
        default_factory=_default_bank_dir, description="The folder of the question bank."
    )
    data_dir: Path = Field(
        default_factory=_default_data_dir,
        description="Where sessions, imported questions and the exported encoder are kept.",
    )
    index_dir: Path | None = Field(
        default=None, description="Where the index is built; `index/` in a checkout."
    )
    embedding: str = Field(
        default=DEFAULT_ENCODER,
        description="`all-MiniLM-L6-v2`, any sentence-transformers model, or `openai:<model>`.",
    )
    dense_weight: float = Field(
        default=0.7, ge=0, le=1, description="Share of the dense score in the fused score."
    )
    top_k: int = Field(default=6, ge=1, le=50, description="Passages fetched per question.")
    model: str | None = Field(
        default=None,
        description="Chat model: `gpt-5-mini`, `llama3.2`, or `provider:model` of another service.",
    )
    allow_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Hosts that may be asked though they are link-local or a cloud's metadata.",
    )
    base_url: str | None = Field(
        default=None, description="An OpenAI-compatible server, such as a local Ollama."
    )
    api_key: SecretStr | None = Field(
        default=None, description="The key of the chat model; never stored."
    )
    openai_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("openai_api_key", _OPENAI_KEY),
        description="The key where none is set and OpenAI or a compatible server is asked.",
    )
    timeout_s: float = Field(
        default=30.0, gt=0, le=600, description="Deadline of a turn: answer, grade and next words."
    )
    grader: Literal["auto", "offline", "llm"] = Field(
        default="auto", description="`auto` uses the chat model where one is configured."
    )
    model_grades: Literal["unsure", "all"] = Field(
        default="unsure",
        description="What the chat model grades: points the offline judge is unsure of, or all.",
    )

    words: Literal["model", "bank"] = Field(
        default="model",
        description="Who words what is asked: the chat model where one is configured, or the bank.",
    )
    token_budget: int | None = Field(
        default=None, ge=0, description="Tokens that one interview may spend; without it, any."
    )
    price: Annotated[tuple[float, float] | None, NoDecode] = Field(
        default=None,
        description="Dollars for a million tokens of input and output, such as `0.25,2`.",
    )

    @field_validator("allow_hosts", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(host.strip() for host in value.split(",") if host.strip())
        return value

    @field_validator("price", mode="before")
    @classmethod
    def _two_prices(cls, value: object) -> object:
        return tuple(value.split(",")) if isinstance(value, str) else value

    @field_validator("base_url")
    @classmethod
    def _only_web_addresses(cls, value: str | None, info: ValidationInfo) -> str | None:
        return value and checked_url(value, info.data.get("allow_hosts", ()))

    @field_validator("api_key", "openai_api_key")
    @classmethod
    def _fits_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        """Refuse here what a library would refuse later with the key in its message."""
        if value is None:
            return None
        key = value.get_secret_value().strip()
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise ValueError("a key has only letters, digits and signs; copy it again")
        return SecretStr(key) if key else None

    @property
    def imported_dir(self) -> Path:
        """Where imported questions are kept as bank files."""
        return self.data_dir / "knowledge"

    @property
    def resolved_index_dir(self) -> Path:
        """`index_dir`, or its default for a checkout or an installed wheel."""
        if self.index_dir is not None:
            return self.index_dir
        return CHECKOUT_DIR / "index" if _in_checkout() else self.data_dir / "index"

    @property
    def encoder_dir(self) -> Path:
        """Where the default encoder is exported to, once."""
        return self.resolved_index_dir / "encoder"

    @property
    def database_path(self) -> Path:
        """The SQLite file of the sessions."""
        return self.data_dir / "sessions.sqlite"

    @property
    def provider(self) -> str:
        """The service that the model names before a colon, such as `anthropic`.

        Empty for OpenAI's, and for a server at `base_url`, whose models may have colons in their
        names.
        """
        name, colon, _ = (self.model or "").partition(":")
        return "" if self.base_url or not colon or name == "openai" else name

    @property
    def key(self) -> SecretStr | None:
        """The key that the chat model is asked with; OpenAI's goes to no other service."""
        return self.api_key or (None if self.provider else self.openai_api_key)

    @property
    def openai_key(self) -> SecretStr | None:
        """The key that an encoder of OpenAI, or of a compatible server, is asked with."""
        return (None if self.provider else self.api_key) or self.openai_api_key

    @property
    def chat_model(self) -> str | None:
        """The model that grades, or None where grading is offline.

        A key alone is enough to mean OpenAI's default model; a base URL needs a model's name.
        """
        if self.grader == "offline":
            return None
        if self.model:
            return self.model
        if self.key and not self.base_url:
            return DEFAULT_OPENAI_MODEL
        return None


def load_settings(**overrides: object) -> Settings:
    """Read the settings and translate what pydantic says about a bad one.

    Raises:
        ConfigurationError: naming the setting, what it was and what it may be.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        faults = "; ".join(
            f"{_variable('_'.join(str(part) for part in fault['loc']))}: {fault['msg']}"
            for fault in error.errors(include_input=False)
        )
        raise ConfigurationError(
            f"A setting cannot be used. {faults}. Correct it in the environment or in .env."
        ) from error


def _variable(setting: str) -> str:
    """Name the variable that a setting is read from."""
    name = setting.upper()
    return name if name == _OPENAI_KEY else f"INTERVIEWER_{name}"

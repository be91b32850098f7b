"""Embeddings of OpenAI, or of a server that speaks its protocol, as an encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from interviewer.config import OPENAI_URL, Settings
from interviewer.deadline import Deadline, run_within
from interviewer.errors import EncoderError, InterviewerError, ModelError
from interviewer.retries import is_passing, is_used_up, with_retries
from interviewer.retrieval.encoder_text import encodable
from interviewer.servers import refusal_in, web_client, wordless

if TYPE_CHECKING:
    from langchain_openai import OpenAIEmbeddings

_WINDOW = 8191
_BYTES_PER_TOKEN = 4
_TEXTS_PER_REQUEST = 128
_NO_KEY = "not-needed"
# What reading a reply of an unexpected shape raises.
_UNREADABLE = (TypeError, ValueError, AttributeError, LookupError, RecursionError)


class OpenAIEncoder:
    """An embedding model behind the OpenAI protocol; one probe on opening finds its dimension.

    The tokenizer of such a server is not known here, so tokens are counted as bytes over four:
    about right for English, and byte-level tokenizers never make more tokens than bytes, so that
    a text counted as 256 tokens cannot overflow OpenAI's window.

    Args:
        model: the server's name for it, such as `text-embedding-3-small`.
        settings: for key, base URL and timeout, which holds for each request with its retries.

    Raises:
        EncoderError: there is no key, or the server does not answer with embeddings.
    """

    max_tokens = _WINDOW

    def __init__(self, model: str, settings: Settings) -> None:
        self._model = model
        self._address = settings.base_url or "api.openai.com"
        self._client = _client(model, settings)
        self._timeout_s = settings.timeout_s
        self.name = f"openai:{model}"
        self.dimension = self._request(["dimension"]).shape[1]
        parts = (self.name, settings.base_url or "", str(self.dimension))
        self.fingerprint = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts: `(n_texts, dimension)` float32, unit norm, in the order given.

        Raises:
            EncoderError: the server does not answer with embeddings.
            ConfigurationError: its address must not be asked.
        """
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        rows = self._request([encodable(text) or " " for text in texts])
        if rows.shape != (len(texts), self.dimension):
            raise EncoderError(
                f"{self._address} answered with embeddings of another size than before. "
                "Rebuild the index with: interviewer index"
            )
        return rows

    def count_tokens(self, text: str) -> int:
        """Estimate the tokens of a text: its bytes over four, rounded up, and two."""
        return -(-len(encodable(text).encode()) // _BYTES_PER_TOKEN) + 2

    def _request(self, texts: list[str]) -> NDArray[np.float32]:
        """Embed texts, as many in a request as it may hold; rows of unit norm."""
        starts = range(0, len(texts), _TEXTS_PER_REQUEST)
        batches = (texts[start : start + _TEXTS_PER_REQUEST] for start in starts)
        replies = [self._patiently(batch) for batch in batches]
        try:
            rows = np.array([row for reply in replies for row in reply], dtype=np.float32)
            norms = np.linalg.norm(rows, axis=1, keepdims=True)
        except (TypeError, ValueError) as error:
            raise EncoderError(self._no_embeddings()) from wordless(error)
        if rows.ndim != 2 or not np.all(np.isfinite(norms) & (norms > 0)):
            raise EncoderError(self._no_embeddings())
        unit: NDArray[np.float32] = rows / norms
        return unit

    def _patiently(self, texts: list[str]) -> list[list[float]]:
        """Ask for one batch within the deadline, again where a fault may pass."""
        import openai

        def _passing(error: Exception) -> bool:
            # Unlike a chat model's, these errors do not say by themselves that a retry may help.
            unreached = isinstance(error, openai.APIConnectionError)
            return (unreached and refusal_in(error) is None) or is_passing(error)

        deadline = Deadline.after(self._timeout_s).within_turn()
        try:
            return run_within(
                deadline,
                lambda: with_retries(
                    lambda: self._client.embed_documents(texts), deadline, passing=_passing
                ),
            )
        except ModelError as error:
            raise EncoderError(str(error)) from error
        except openai.OpenAIError as error:
            raise self._told(error) from wordless(error)
        except _UNREADABLE as error:
            raise EncoderError(self._no_embeddings()) from wordless(error)

    def _no_embeddings(self) -> str:
        return (
            f"{self._address} did not answer with embeddings. Check that {self._model!r} is an "
            "embedding model."
        )

    def _told(self, error: Exception) -> InterviewerError:
        return refusal_in(error) or EncoderError(self._reason(error))

    def _reason(self, error: Exception) -> str:
        """Say what went wrong without the server's own words, which may repeat the key."""
        import openai

        if is_used_up(error):
            return f"{self._address} says that the quota of this account is used up."
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return f"{self._address} refused the key. Check INTERVIEWER_API_KEY or OPENAI_API_KEY."
        if isinstance(error, openai.NotFoundError):
            return f"{self._address} has no embedding model {self._model!r}. Check its name."
        if isinstance(error, openai.RateLimitError):
            return f"{self._address} is limiting requests. Try later."
        if isinstance(error, openai.APITimeoutError):
            return f"{self._address} did not answer in time. Try again or raise the timeout."
        if isinstance(error, openai.APIStatusError):
            return f"{self._address} answered with status {error.status_code}. Try again later."
        return f"{self._address} cannot be reached. Check the network and INTERVIEWER_BASE_URL."


def _client(model: str, settings: Settings) -> OpenAIEmbeddings:
    from langchain_openai import OpenAIEmbeddings
    from pydantic import SecretStr

    key = settings.openai_key or (SecretStr(_NO_KEY) if settings.base_url else None)
    if key is None:
        raise EncoderError(
            f"The encoder openai:{model} needs a key. Set OPENAI_API_KEY, or INTERVIEWER_BASE_URL "
            "for a server of your own."
        )
    return OpenAIEmbeddings(
        model=model,
        openai_api_key=key,
        openai_api_base=settings.base_url or OPENAI_URL,
        openai_api_type=None,
        openai_proxy=None,
        request_timeout=settings.timeout_s,
        max_retries=0,
        http_client=web_client(settings.timeout_s, settings.allow_hosts),
        chunk_size=_TEXTS_PER_REQUEST,
        # Token ids instead of text are OpenAI's own extension, and counting them needs a download.
        check_embedding_ctx_length=False,
    )

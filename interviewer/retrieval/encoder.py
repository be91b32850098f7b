"""Turns texts into unit vectors: what an encoder is, the default one, and the choice by setting."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from interviewer.config import DEFAULT_ENCODER, Settings
from interviewer.errors import EncoderError
from interviewer.retrieval.encoder_files import MODEL_NAME, TOKENIZER_NAME, read_manifest
from interviewer.retrieval.encoder_text import encodable
from interviewer.retrieval.progress import Progress

OPENAI_PREFIX = "openai:"
_DEFAULT_THREADS = 2


class Encoder(Protocol):
    """What every encoder offers.

    Attributes:
        name: what a user would call it.
        dimension: the length of an embedding.
        max_tokens: how much of a text it reads, special tokens included.
        fingerprint: differs where the embeddings may differ.
    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def dimension(self) -> int: ...  # noqa: D102

    @property
    def max_tokens(self) -> int: ...  # noqa: D102

    @property
    def fingerprint(self) -> str: ...  # noqa: D102

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts: `(n_texts, dimension)` float32, unit norm, in the order given."""
        ...

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text, special tokens included, without cutting it."""
        ...


class OnnxEncoder:
    """The exported default encoder, run with onnxruntime and tokenizers alone.

    Each text is run by itself. The 8-bit graph scales its activations by the largest value in
    the whole batch, so a batch-mate would change an embedding (mean cosine .996 between a text
    alone and the same text in a batch of 8), and with it a grade. Alone, a text always gives the
    same bits, and on two cores that is still more than twice as fast as the reference at batch 8.

    Args:
        folder: an exported encoder, see `encoder_export`.
        threads: how many texts are run at once, each on a thread of its own; at most two of the
            machine's cores if None.

    Raises:
        EncoderError: the folder is missing, damaged or unreadable.
    """

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        manifest = read_manifest(folder)
        options = onnxruntime.SessionOptions()
        # Two texts on a thread each take half the time of two threads on one text after the other.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_NAME))
            self._session = onnxruntime.InferenceSession(
                str(folder / MODEL_NAME), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # both libraries raise bare exceptions of their own
            raise EncoderError(
                f"The exported encoder in {folder} cannot be loaded. Delete that folder and "
                "export it again with: interviewer index"
            ) from error
        self._threads = threads or min(_DEFAULT_THREADS, os.cpu_count() or 1)
        self.name = manifest.name
        self.dimension = manifest.dimension
        self.max_tokens = manifest.max_tokens
        self.fingerprint = manifest.fingerprint

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts: `(n_texts, dimension)` float32, unit norm, in the order given."""
        if len(texts) < 2 or self._threads < 2:
            rows = [self._embed(text) for text in texts]
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                rows = list(pool.map(self._embed, texts))
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimension)

    def count_tokens(self, text: str) -> int:
        """Count the word pieces of a text, both special tokens included."""
        return len(self._tokenizer.encode(encodable(text)).ids)

    def _embed(self, text: str) -> NDArray[np.float32]:
        ids = np.array([self._token_ids(text)], dtype=np.int64)
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        row: NDArray[np.float32] = self._session.run(None, feeds)[0][0]
        return row

    def _token_ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(encodable(text)).ids
        if len(ids) <= self.max_tokens:
            return ids
        return [*ids[: self.max_tokens - 1], ids[-1]]


def open_encoder(settings: Settings, *, progress: Progress | None = None) -> Encoder:
    """Open the encoder that the settings name, exporting the default one if that is needed.

    Raises:
        EncoderError: it is missing, damaged or cannot be reached; the message says what to do.
    """
    name = settings.embedding
    if name == DEFAULT_ENCODER:
        return _open_default(settings, progress)
    if name.startswith(OPENAI_PREFIX):
        from interviewer.retrieval.openai_encoder import OpenAIEncoder

        return OpenAIEncoder(name.removeprefix(OPENAI_PREFIX), settings)
    from interviewer.retrieval.transformer_encoder import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name)


def encoder_fingerprint(settings: Settings) -> str:
    """Give the fingerprint of the encoder that the settings name, exporting nothing.

    Raises:
        EncoderError: it is missing, damaged or cannot be reached.
    """
    if settings.embedding == DEFAULT_ENCODER:
        return read_manifest(settings.encoder_dir).fingerprint
    return open_encoder(settings).fingerprint


def _open_default(settings: Settings, progress: Progress | None) -> OnnxEncoder:
    folder = settings.encoder_dir
    try:
        return OnnxEncoder(folder)
    except EncoderError:
        from interviewer.retrieval.encoder_export import ensure_exported

        ensure_exported(folder, progress=progress)
    return OnnxEncoder(folder)

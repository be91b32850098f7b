"""Any sentence-transformers model as an encoder, by its name or the folder it lies in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from interviewer.errors import EncoderError
from interviewer.retrieval.encoder_text import encodable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH_SIZE = 8
_USUAL_WINDOW = 512


class SentenceTransformerEncoder:
    """A sentence-transformers model, loaded with PyTorch.

    Only safetensors weights are read, and no code that a model brings along is run.

    Args:
        name: a model's name on the Hugging Face hub, or a local folder.

    Raises:
        EncoderError: the library is not installed or the model cannot be loaded.
    """

    def __init__(self, name: str) -> None:
        self._model = _load(name)
        self.name = name
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.max_tokens = int(self._model.max_seq_length or _USUAL_WINDOW)
        self.fingerprint = _fingerprint(self._model, self.max_tokens)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts: `(n_texts, dimension)` float32, unit norm, in the order given."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        rows: NDArray[np.float32] = self._model.encode(
            [encodable(text) for text in texts],
            batch_size=_BATCH_SIZE,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return rows.astype(np.float32)

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text with the model's own tokenizer, special tokens included."""
        encoded = self._model.tokenizer(encodable(text), truncation=False, verbose=False)
        return len(encoded["input_ids"])


def _load(name: str) -> SentenceTransformer:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EncoderError(
            f"The encoder {name!r} needs sentence-transformers. Install it with: "
            "pip install sentence-transformers"
        ) from error
    try:
        return SentenceTransformer(name, device="cpu", model_kwargs={"use_safetensors": True})
    except Exception as error:  # the hub, the files and the model each raise their own
        raise EncoderError(
            f"The encoder {name!r} cannot be loaded ({type(error).__name__}). Check "
            "INTERVIEWER_EMBEDDING: a folder with a sentence-transformers model, or a model's name "
            "that is on this machine or can be downloaded."
        ) from error


def _fingerprint(model: SentenceTransformer, max_tokens: int) -> str:
    import torch

    digest = hashlib.sha256(str(max_tokens).encode())
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.contiguous().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()[:16]

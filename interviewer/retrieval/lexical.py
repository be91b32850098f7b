"""Search by words: BM25 over Snowball stems (Robertson and Zaragoza, 2009)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from interviewer.text import stems


class LexicalIndex:
    """BM25 scores of texts for a query.

    Args:
        size: the number of texts.
        model: a fitted `bm25s.BM25`, None where no text has a word.
    """

    def __init__(self, size: int, model: bm25s.BM25 | None) -> None:
        self._size = size
        self._model = model

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """Index texts, numbered from 0."""
        documents = [stems(text) for text in texts]
        if not any(documents):
            return cls(len(texts), None)
        model = bm25s.BM25()
        model.index(documents, show_progress=False)
        return cls(len(texts), model)

    @classmethod
    def read(cls, folder: Path, size: int) -> LexicalIndex:
        """Map an index of `size` texts into memory; without its folder no text has a word."""
        if not folder.is_dir():
            return cls(size, None)
        return cls(size, bm25s.BM25.load(folder, mmap=True, allow_pickle=False))

    def write(self, folder: Path) -> None:
        """Write the index as NumPy arrays and JSON, without pickle."""
        if self._model is not None:
            self._model.save(folder, show_progress=False, allow_pickle=False)

    def scores(self, query: str) -> NDArray[np.float64]:
        """Give the score of every text, 0 where it shares no word with the query."""
        words = stems(query)
        if self._model is None or not words:
            return np.zeros(self._size)
        scores: NDArray[np.float64] = self._model.get_scores(words).astype(np.float64)
        return scores

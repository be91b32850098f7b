"""Searches chunks by meaning and by words, and fuses both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from interviewer.errors import InputError
from interviewer.models import Chunk, ChunkRole, RetrievedChunk
from interviewer.retrieval.encoder import Encoder
from interviewer.retrieval.filters import ChunkFilter
from interviewer.retrieval.index_files import IndexParts
from interviewer.retrieval.vectors import Rows, Vectors

SearchMode = Literal["fused", "dense", "lexical"]
DENSE_WEIGHT = 0.7
DOCUMENT_WEIGHT = 0.7
"""What the words of the whole question add to a passage's fused score, which then spans 0 to 1."""

_POOL = 100
_ROLE_ORDER = {role: rank for rank, role in enumerate(ChunkRole)}
_TIE_DIGITS = 6

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: of all chunks, how many were embedded and how many kept their vectors."""

    chunk_count: int
    embedded: int
    reused: int


class SearchIndex:
    """The chunks of a question bank, ready to be searched.

    Safe to share between threads. Row numbers are the same in all three parts.

    A chunk that only asks its question (`asked-as`) is never returned: what it scores goes to the
    question's best passage.

    Args:
        parts: the chunks, their embeddings and their words.
        encoder: the one that made the embeddings.
        report: how the index was built, where it was just built.
    """

    def __init__(
        self, parts: IndexParts, encoder: Encoder, report: BuildReport | None = None
    ) -> None:
        self.chunks = tuple(parts.chunks)
        self.encoder = encoder
        self.report = report
        self._vectors = parts.vectors
        self._lexical = parts.lexical
        self._documents = parts.documents
        self._rows_by_question: dict[str, list[int]] = {}
        for row, chunk in enumerate(self.chunks):
            self._rows_by_question.setdefault(chunk.question_id, []).append(row)
        self._role_ranks = np.array([_ROLE_ORDER[chunk.role] for chunk in self.chunks], dtype=int)
        self._question_rows = tuple(self._rows_by_question.values())
        places = {name: place for place, name in enumerate(self._rows_by_question)}
        self._places = np.array([places[chunk.question_id] for chunk in self.chunks], dtype=int)

    @property
    def size(self) -> int:
        """The number of chunks, other wordings included."""
        return len(self.chunks)

    @property
    def passage_count(self) -> int:
        """The number of chunks that a search may return."""
        return sum(not self._only_asks(row) for row in range(self.size))

    def chunks_of(self, question_id: str) -> list[Chunk]:
        """Give the passages of a question in the order of the file; none for an unknown id."""
        rows = self._rows_by_question.get(question_id, ())
        return [self.chunks[row] for row in rows if not self._only_asks(row)]

    def passages(self) -> tuple[list[Chunk], Vectors]:
        """Give every passage and its embedding, `(n_passages, dimension)` float32, unit norm."""
        rows = [row for row in range(self.size) if not self._only_asks(row)]
        return [self.chunks[row] for row in rows], self.vectors()[rows]

    def vectors(self) -> Vectors:
        """Give the embedding of every chunk, `(size, dimension)` float32, unit norm."""
        return self._vectors.all_vectors()

    def search(
        self,
        query: str,
        *,
        top_k: int,
        where: ChunkFilter | None = None,
        mode: SearchMode = "fused",
        dense_weight: float = DENSE_WEIGHT,
    ) -> list[RetrievedChunk]:
        """Find the chunks that match a query best, best first.

        Args:
            query: in plain words.
            top_k: how many at most.
            where: search these chunks alone.
            mode: `dense` scores by cosine, in [-1, 1]; `lexical` by BM25, 0 and up, and leaves out
                what shares no word; `fused`, in [0, 1], is the convex combination of both, each
                scaled to the span from the worst to the best candidate (Bruch et al., 2023).
            dense_weight: the share of the dense score in a fused one.

        Raises:
            InputError: the query is empty, or a parameter is out of range.
        """
        _check(query, top_k, mode, dense_weight)
        among = self._rows(where)
        pool = max(top_k, _POOL)
        if mode == "lexical":
            rows, scores = self._best_words(self._lexical.scores(query), pool, among)
        elif mode == "dense":
            rows, scores = self._vectors.search(self._encode(query), pool, among)
        else:
            rows, scores = self._fuse(query, pool, among, dense_weight)
        return self._ranked(*self._passages(rows, scores))[:top_k]

    def _encode(self, query: str) -> Vectors:
        vector: Vectors = self.encoder.encode([query])[0]
        return vector

    def _rows(self, where: ChunkFilter | None) -> Rows | None:
        if where is None or where == ChunkFilter():
            return None
        candidates = (
            (
                row
                for name in set(where.question_ids)
                for row in self._rows_by_question.get(name, ())
            )
            if where.question_ids
            else range(self.size)
        )
        fitting = sorted(row for row in candidates if where.fits(self.chunks[row]))
        return np.array(fitting, dtype=np.int64)

    def _best_words(self, scores: Scores, top_k: int, among: Rows | None) -> tuple[Rows, Scores]:
        rows = np.flatnonzero(scores) if among is None else among[scores[among] > 0]
        order = np.lexsort((rows, self._role_ranks[rows], -scores[rows]))[:top_k]
        return rows[order], scores[rows[order]]

    def _fuse(
        self, query: str, pool: int, among: Rows | None, dense_weight: float
    ) -> tuple[Rows, Scores]:
        """Take the best of both sides as candidates and give each its true score on both."""
        vector = self._encode(query)
        word_scores = self._lexical.scores(query)
        by_meaning, _ = self._vectors.search(vector, pool, among)
        by_words, _ = self._best_words(word_scores, pool, among)
        rows = np.union1d(by_meaning, by_words).astype(np.int64)
        dense = _scaled(self._vectors.scores(vector, rows))
        fused = dense_weight * dense + (1 - dense_weight) * _scaled(word_scores[rows])
        if self._documents is None:
            return rows, fused
        of_question = _scaled(self._documents.scores(query)[self._places[rows]])
        return rows, (fused + DOCUMENT_WEIGHT * of_question) / (1 + DOCUMENT_WEIGHT)

    def _only_asks(self, row: int) -> bool:
        return self.chunks[row].role is ChunkRole.ASKED_AS

    def _passages(self, rows: Rows, scores: Scores) -> tuple[Rows, Scores]:
        """Hand the score of a wording on to the best passage of its question."""
        best: dict[int, float] = {}
        asked: dict[int, float] = {}
        for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
            if self._only_asks(row):
                place = int(self._places[row])
                asked[place] = max(score, asked.get(place, score))
            else:
                best[row] = score
        for place, score in asked.items():
            host = self._host(place, best)
            if host is not None:
                best[host] = max(score, best.get(host, score))
        return np.array(list(best), dtype=np.int64), np.array(list(best.values()))

    def _host(self, place: int, best: Mapping[int, float]) -> int | None:
        """Choose the passage that stands for a question: its best one found, else its first."""
        rows = [row for row in self._question_rows[place] if not self._only_asks(row)]
        return max(rows, key=lambda row: best.get(row, -np.inf), default=None)

    def _ranked(self, rows: Rows, scores: Scores) -> list[RetrievedChunk]:
        """Order by score; of equals the reference comes first, then the earlier in the bank."""
        order = np.lexsort((rows, self._role_ranks[rows], -scores.round(_TIE_DIGITS)))
        return [RetrievedChunk(self.chunks[rows[i]], float(scores[i])) for i in order]


def _scaled(scores: Scores) -> Scores:
    """Scale scores so that the worst is 0 and the best 1; where all are equal, all or none."""
    if not len(scores):
        return scores
    span = scores.max() - scores.min()
    if span == 0:
        return np.full_like(scores, 1.0 if scores[0] > 0 else 0.0)
    scaled: Scores = (scores - scores.min()) / span
    return scaled


def _check(query: str, top_k: int, mode: str, dense_weight: float) -> None:
    if not query.strip():
        raise InputError("There is nothing to search for. Write a question or a few words.")
    if top_k < 1:
        raise InputError(f"At least one passage has to be asked for, not {top_k}.")
    if mode not in get_args(SearchMode):
        raise InputError(f"A search is {', '.join(get_args(SearchMode))}, not {mode!r}.")
    if not 0 <= dense_weight <= 1:
        raise InputError(f"The dense weight is between 0 and 1, not {dense_weight}.")

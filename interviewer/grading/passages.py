"""Where a grade's passages come from: the index, or a reference of the user's own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Protocol

from interviewer.grading.rubric import Rubric
from interviewer.models import Chunk, ChunkRole, Question, RetrievedChunk
from interviewer.retrieval.chunking import chunk_reference
from interviewer.retrieval.encoder import Encoder
from interviewer.retrieval.filters import ChunkFilter

if TYPE_CHECKING:
    from interviewer.retrieval.index import SearchIndex

DEFAULT_TOP_K = 12
MOST_OWN_PASSAGES = 4
MOST_NEARBY_PASSAGES = 3
_NEARBY_REACH = 40
_QUERY_CHARACTERS = 1_000
# Cosines that differ by less are equal, and the earlier passage comes first on every machine.
_DECIMALS = 4


class PassageSource(Protocol):
    """Retrieves the passages of a rubric that a grade may cite."""

    def passages(self, rubric: Rubric, query: str) -> list[RetrievedChunk]:
        """Give the passages of the rubric's reference, best match to the query first."""
        ...


class IndexPassages:
    """Passages of a bank question, searched in the index among that question's chunks alone.

    Args:
        index: the index of the bank that the question is from.
        top_k: how many passages to fetch.
    """

    def __init__(self, index: SearchIndex, top_k: int = DEFAULT_TOP_K) -> None:
        self._index = index
        self._top_k = top_k

    def passages(self, rubric: Rubric, query: str) -> list[RetrievedChunk]:
        """Search the chunks of the rubric's question that hold its reference."""
        where = ChunkFilter(question_ids=(rubric.question_id,), roles=rubric.roles)
        found = self._index.search(query, top_k=self._top_k, where=where)
        return [passage for passage in found if _belongs(passage.chunk, rubric)]


class NearbyPassages:
    """Passages that a follow-up may rest on: of a question's reference and of those around it.

    Args:
        index: the index of the bank that the question is from.
    """

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    def passages(
        self, question: Question, answer: str, without: Collection[str]
    ) -> list[RetrievedChunk]:
        """Search references for what an answer speaks of, the question's own first.

        Args:
            question: the question that was answered.
            answer: what was said to it.
            without: the ids of questions whose references must not be told, as they come later.
        """
        query = f"{question.text}\n{answer[:_QUERY_CHARACTERS]}"
        own = ChunkFilter(question_ids=(question.id,), roles=(ChunkRole.REFERENCE,))
        around = ChunkFilter(sections=(question.section,), roles=(ChunkRole.REFERENCE,))
        left_out = {question.id, *without}
        found = self._index.search(query, top_k=_NEARBY_REACH, where=around)
        nearby = [each for each in found if each.chunk.question_id not in left_out]
        return [
            *self._index.search(query, top_k=MOST_OWN_PASSAGES, where=own),
            *nearby[:MOST_NEARBY_PASSAGES],
        ]


class ReferencePassages:
    """Passages of a reference that is in no index, chunked and searched in memory."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def passages(self, rubric: Rubric, query: str) -> list[RetrievedChunk]:
        """Chunk the rubric's reference and rank the chunks by cosine with the query."""
        chunks = chunk_reference(rubric.reference, rubric.path, rubric.source, self._encoder)
        return _ranked(chunks, query, self._encoder)


def _belongs(chunk: Chunk, rubric: Rubric) -> bool:
    """Whether a chunk is of this rubric: a question has several follow-ups."""
    if chunk.role is not ChunkRole.FOLLOW_UP:
        return True
    return chunk.start_line <= rubric.end_line and rubric.start_line <= chunk.end_line


def _ranked(chunks: Sequence[Chunk], query: str, encoder: Encoder) -> list[RetrievedChunk]:
    if not chunks:
        return []
    vectors = encoder.encode([query, *(chunk.embedded_text for chunk in chunks)])
    scores = (vectors[1:] @ vectors[0]).round(_DECIMALS).tolist()
    ranked = [RetrievedChunk(*pair) for pair in zip(chunks, scores, strict=True)]
    return sorted(ranked, key=lambda passage: -passage.score)

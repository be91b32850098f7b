"""Measures the hybrid search on a retrieval data set, against its two halves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from interviewer.evaluation.beir import Document, RetrievalSet
from interviewer.evaluation.ranking import DEPTH, rank_measures
from interviewer.models import Chunk, ChunkRole, Kind, Level, RetrievedChunk
from interviewer.retrieval.chunking import fits_window, hash_of
from interviewer.retrieval.encoder import Encoder
from interviewer.retrieval.index import index_chunks
from interviewer.retrieval.passages import split_passages
from interviewer.retrieval.progress import Progress, no_progress
from interviewer.retrieval.search_index import DENSE_WEIGHT, SearchIndex, SearchMode

_MODES: tuple[SearchMode, ...] = ("dense", "lexical", "fused")


def evaluate_retrieval(
    data: RetrievalSet,
    encoder: Encoder,
    *,
    dense_weight: float = DENSE_WEIGHT,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Index the corpus as the bank is indexed, ask every query in each mode and measure.

    A document counts where its first chunk is found.

    Returns:
        The counts of `queries`, `documents` and `chunks`, the `dense_weight`, and by mode the
        measures of `rank_measures`.
    """
    progress = progress or no_progress
    chunks = [chunk for document in data.documents for chunk in document_chunks(document, encoder)]
    index = index_chunks(chunks, encoder, progress=progress)
    top_k = math.ceil(DEPTH * len(chunks) / len(data.documents))
    rankings: dict[SearchMode, dict[str, list[str]]] = {mode: {} for mode in _MODES}
    for done, (query_id, query) in enumerate(data.queries.items(), start=1):
        for mode in _MODES:
            found = _search(index, query, top_k, mode, dense_weight)
            rankings[mode][query_id] = _documents(found)
        progress("Asking the queries", done, len(data.queries))
    return {
        "queries": len(data.queries),
        "documents": len(data.documents),
        "chunks": len(chunks),
        "dense_weight": dense_weight,
        **{mode: rank_measures(rankings[mode], data.relevant) for mode in _MODES},
    }


def document_chunks(document: Document, encoder: Encoder) -> Iterator[Chunk]:
    """Cut a document into chunks that fit the encoder's window, its title in front of each."""
    before = f"{document.title}\n" if document.title else ""
    passages = split_passages(document.text, fits_window(encoder, before))
    for number, passage in enumerate(passages, start=1):
        yield Chunk(
            chunk_id=f"{document.id}#{number}",
            question_id=document.id,
            role=ChunkRole.REFERENCE,
            text=passage.text,
            context=document.title,
            path=document.id,
            start_line=passage.first_line + 1,
            end_line=passage.last_line + 1,
            section="",
            kind=Kind.CONCEPT,
            level=Level.CORE,
            content_hash=hash_of(before + passage.text),
        )


def _search(
    index: SearchIndex, query: str, top_k: int, mode: SearchMode, dense_weight: float
) -> Sequence[RetrievedChunk]:
    return index.search(query, top_k=top_k, mode=mode, dense_weight=dense_weight)


def _documents(found: Sequence[RetrievedChunk]) -> list[str]:
    return list(dict.fromkeys(one.chunk.question_id for one in found))

"""The hybrid retriever: documents that say where they stand."""

from __future__ import annotations

import pytest

from interviewer.errors import InputError
from interviewer.models import ChunkRole
from interviewer.retrieval.filters import ChunkFilter
from interviewer.retrieval.retriever import HybridRetriever
from interviewer.retrieval.search_index import SearchIndex

QUERY = "why does the lasso give sparse weights"


def test_a_document_says_where_it_stands_and_how_well_it_matched(index: SearchIndex) -> None:
    retriever = HybridRetriever(index=index, top_k=2)
    hits = retriever.retrieve(QUERY)
    documents = retriever.invoke(QUERY)
    assert len(documents) == 2
    for hit, document in zip(hits, documents, strict=True):
        assert document.page_content == hit.chunk.text
        assert document.id == hit.chunk.chunk_id
        assert document.metadata == {
            "question_id": hit.chunk.question_id,
            "chunk_id": hit.chunk.chunk_id,
            "role": hit.chunk.role.value,
            "path": "ml-fundamentals/regularization.md",
            "start_line": hit.chunk.start_line,
            "end_line": hit.chunk.end_line,
            "section": "ml-fundamentals",
            "kind": "concept",
            "level": int(hit.chunk.level),
            "score": hit.score,
        }


def test_a_call_may_ask_for_more_and_narrow_the_search(index: SearchIndex) -> None:
    retriever = HybridRetriever(index=index, top_k=1)
    where = ChunkFilter(roles=(ChunkRole.FOLLOW_UP,))
    hits = retriever.retrieve(QUERY, top_k=3, where=where)
    assert [hit.chunk.role for hit in hits] == [ChunkRole.FOLLOW_UP] * 3
    assert [doc.id for doc in retriever.invoke(QUERY, None, top_k=3, where=where)] == [
        hit.chunk.chunk_id for hit in hits
    ]


def test_a_retriever_may_be_narrowed_for_good(index: SearchIndex) -> None:
    where = ChunkFilter(question_ids=("gradient-descent",))
    retriever = HybridRetriever(index=index, where=where)
    assert {hit.chunk.question_id for hit in retriever.retrieve(QUERY)} == {"gradient-descent"}


def test_the_weight_reaches_the_search(index: SearchIndex) -> None:
    by_words = HybridRetriever(index=index, dense_weight=0.0, top_k=3).retrieve(QUERY)
    assert [hit.chunk for hit in by_words] == [
        hit.chunk for hit in index.search(QUERY, top_k=3, dense_weight=0.0)
    ]


@pytest.mark.parametrize("arguments", [{"query": ""}, {"query": "x", "top_k": 0}])
def test_a_search_that_makes_no_sense_is_refused(
    index: SearchIndex, arguments: dict[str, object]
) -> None:
    with pytest.raises(InputError):
        HybridRetriever(index=index).retrieve(**arguments)  # type: ignore[arg-type]

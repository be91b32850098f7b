"""The hybrid search as a LangChain retriever."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from interviewer.models import RetrievedChunk
from interviewer.retrieval.documents import scored_document_of
from interviewer.retrieval.filters import ChunkFilter
from interviewer.retrieval.search_index import DENSE_WEIGHT, SearchIndex


class HybridRetriever(BaseRetriever):
    """Retrieves chunks by meaning and by words, fused.

    A document's metadata hold question_id, chunk_id, path, start_line, end_line and score, with
    what the filter knows: role, section, kind and level. `invoke` takes `top_k` and `where` too.
    """

    index: SearchIndex
    top_k: int = 6
    dense_weight: float = DENSE_WEIGHT
    where: ChunkFilter | None = None

    def retrieve(
        self, query: str, *, top_k: int | None = None, where: ChunkFilter | None = None
    ) -> list[RetrievedChunk]:
        """Find the chunks that match a query best, best first.

        Args:
            query: in plain words.
            top_k: how many at most, instead of the retriever's own number.
            where: what to narrow the search to, instead of the retriever's own filter.

        Raises:
            InputError: the query is empty.
        """
        return self.index.search(
            query,
            top_k=self.top_k if top_k is None else top_k,
            where=self.where if where is None else where,
            dense_weight=self.dense_weight,
        )

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's signature
        **kwargs: Any,
    ) -> list[Document]:
        return [scored_document_of(found) for found in self.retrieve(query, **kwargs)]

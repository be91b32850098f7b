"""A LangChain vector store on FAISS itself: filters in the search, no pickle, upserts by id."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self

import faiss
import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore
from langchain_core.vectorstores.utils import maximal_marginal_relevance
from numpy.typing import NDArray

from interviewer.errors import InputError
from interviewer.retrieval.documents import EncoderEmbeddings, document_of
from interviewer.retrieval.search_index import SearchIndex
from interviewer.retrieval.vectors import Vectors

DocumentFilter = Callable[[Document], bool] | Mapping[str, object]
_DEFAULT_K = 4


class FaissVectorStore(VectorStore):
    """Documents with unit vectors in half precision, searched by cosine, higher is better.

    A filter is a function of a document, or metadata that a document must have; it narrows the
    search itself, so that `k` documents come back where so many fit. Not safe to write to from
    several threads at once.

    Args:
        embedding: embeds documents and queries.
    """

    def __init__(self, embedding: Embeddings) -> None:
        self._embedding = embedding
        self._index: Any = None
        self._documents: dict[int, Document] = {}
        self._numbers: dict[str, int] = {}
        self._next_number = 0

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **kwargs: Any,
    ) -> Self:
        """Make a store of texts."""
        store = cls(embedding)
        store.add_texts(texts, metadatas, ids=ids, **kwargs)
        return store

    @classmethod
    def of_index(cls, index: SearchIndex) -> Self:
        """Make a store of a question bank's chunks from their vectors, embedding nothing."""
        store = cls(EncoderEmbeddings(index.encoder))
        if index.size:
            chunks, vectors = index.passages()
            store._put([document_of(chunk) for chunk in chunks], vectors)
        return store

    @property
    def embeddings(self) -> Embeddings:
        """What embeds documents and queries."""
        return self._embedding

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: Sequence[str | None] | None = None,
        **kwargs: Any,  # noqa: ARG002 - LangChain's signature
    ) -> list[str]:
        """Add texts, replacing those whose ids are there; return the ids.

        Raises:
            InputError: there are not as many metadata or ids as texts.
        """
        contents = list(texts)
        chosen = list(ids) if ids is not None else [None] * len(contents)
        metadata = metadatas if metadatas is not None else [{} for _ in contents]
        if not (len(contents) == len(chosen) == len(metadata)):
            raise InputError(
                f"There are {len(contents)} texts, {len(metadata)} metadata and {len(chosen)} ids. "
                "Give as many of each."
            )
        documents = [
            Document(id=name or str(uuid.uuid4()), page_content=content, metadata=dict(facts))
            for name, content, facts in zip(chosen, contents, metadata, strict=True)
        ]
        if documents:
            self._put(documents, _unit(self._embedding.embed_documents(contents)))
        return [str(document.id) for document in documents]

    def _put(self, documents: list[Document], vectors: Vectors) -> None:
        last = {str(document.id): place for place, document in enumerate(documents)}
        self.delete([name for name in last if name in self._numbers])
        if self._index is None:
            self._index = faiss.IndexIDMap2(
                faiss.IndexScalarQuantizer(
                    vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
                )
            )
        numbers = np.arange(self._next_number, self._next_number + len(last), dtype=np.int64)
        self._index.add_with_ids(np.ascontiguousarray(vectors[list(last.values())]), numbers)
        self._next_number += len(last)
        for number, (name, place) in zip(numbers.tolist(), last.items(), strict=True):
            self._numbers[name] = number
            self._documents[number] = documents[place]

    def delete(
        self,
        ids: Sequence[str] | None = None,
        **kwargs: Any,  # noqa: ARG002 - LangChain's signature
    ) -> bool:
        """Delete documents by id, all if None; ids that are not there are passed over."""
        names = list(self._numbers) if ids is None else ids
        numbers = [
            self._numbers.pop(name) for name in dict.fromkeys(names) if name in self._numbers
        ]
        if numbers:
            self._index.remove_ids(np.array(numbers, dtype=np.int64))
        for number in numbers:
            del self._documents[number]
        return True

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        """Give the documents with these ids, leaving out ids that are not there."""
        return [
            _copy(self._documents[self._numbers[name]]) for name in ids if name in self._numbers
        ]

    def similarity_search(
        self,
        query: str,
        k: int = _DEFAULT_K,
        filter: DocumentFilter | None = None,  # noqa: A002 - LangChain's name
        **kwargs: Any,  # noqa: ARG002 - LangChain's signature
    ) -> list[Document]:
        """Find the documents nearest to a query, best first."""
        return [found for found, _ in self.similarity_search_with_score(query, k, filter)]

    def similarity_search_with_score(
        self,
        query: str,
        k: int = _DEFAULT_K,
        filter: DocumentFilter | None = None,  # noqa: A002 - LangChain's name
        **kwargs: Any,  # noqa: ARG002 - LangChain's signature
    ) -> list[tuple[Document, float]]:
        """Find the documents nearest to a query with their cosines, best first."""
        return self._nearest(self._embedding.embed_query(query), k, filter)

    def similarity_search_by_vector(
        self,
        embedding: list[float],
        k: int = _DEFAULT_K,
        filter: DocumentFilter | None = None,  # noqa: A002 - LangChain's name
        **kwargs: Any,  # noqa: ARG002 - LangChain's signature
    ) -> list[Document]:
        """Find the documents nearest to an embedding, best first."""
        return [found for found, _ in self._nearest(embedding, k, filter)]

    def max_marginal_relevance_search(
        self,
        query: str,
        k: int = _DEFAULT_K,
        fetch_k: int = 20,
        lambda_mult: float = 0.5,
        filter: DocumentFilter | None = None,  # noqa: A002 - LangChain's name
        **kwargs: Any,  # noqa: ARG002 - LangChain's signature
    ) -> list[Document]:
        """Find documents that are near a query and unlike each other (Carbonell, 1998)."""
        vector = _unit([self._embedding.embed_query(query)])
        numbers, _ = self._search(vector, fetch_k, filter)
        if not len(numbers):
            return []
        rows = [self._index.reconstruct(int(number)) for number in numbers]
        chosen = maximal_marginal_relevance(vector[0], rows, lambda_mult=lambda_mult, k=k)
        return [_copy(self._documents[int(numbers[place])]) for place in chosen]

    def _nearest(
        self, embedding: list[float], k: int, wanted: DocumentFilter | None
    ) -> list[tuple[Document, float]]:
        numbers, scores = self._search(_unit([embedding]), k, wanted)
        return [
            (_copy(self._documents[number]), score)
            for number, score in zip(numbers.tolist(), scores.tolist(), strict=True)
        ]

    def _search(
        self, vector: Vectors, k: int, wanted: DocumentFilter | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        fitting = [n for n, document in self._documents.items() if _fits(document, wanted)]
        if not fitting or k < 1:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        selector = faiss.IDSelectorBatch(np.array(fitting, dtype=np.int64))
        parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        faiss.omp_set_num_threads(1)  # as in `vectors`: one query is no work for several threads
        scores, numbers = self._index.search(vector, min(k, len(fitting)), params=parameters)
        return numbers[0], np.clip(scores[0], -1.0, 1.0)

    def _select_relevance_score_fn(self) -> Callable[[float], float]:
        """Map a cosine to [0, 1], as LangChain wants relevance."""
        return lambda cosine: (1.0 + cosine) / 2.0


def _fits(document: Document, wanted: DocumentFilter | None) -> bool:
    if wanted is None:
        return True
    if callable(wanted):
        return wanted(document)
    return all(document.metadata.get(key) == value for key, value in wanted.items())


def _copy(document: Document) -> Document:
    """Keep a caller who changes a result from changing the store."""
    return document.model_copy(update={"metadata": dict(document.metadata)})


def _unit(rows: Sequence[Sequence[float]]) -> Vectors:
    vectors = np.array(rows, dtype=np.float32)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    norms[norms == 0] = 1.0
    unit: Vectors = vectors / norms
    return unit

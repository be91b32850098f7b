"""The FAISS vector store beyond LangChain's own suite: cosines, filters, a bank as a store."""

from __future__ import annotations

import pytest
from langchain_core.documents import Document
from support import HashingEncoder

from interviewer.errors import InputError
from interviewer.retrieval.documents import EncoderEmbeddings
from interviewer.retrieval.search_index import SearchIndex
from interviewer.retrieval.vector_store import FaissVectorStore

TEXTS = ["ridge shrinks weights", "lasso selects features", "trees split on features"]


@pytest.fixture
def embeddings() -> EncoderEmbeddings:
    return EncoderEmbeddings(HashingEncoder())


@pytest.fixture
def store(embeddings: EncoderEmbeddings) -> FaissVectorStore:
    metadatas = [{"number": n, "linear": n < 2} for n in range(3)]
    return FaissVectorStore.from_texts(TEXTS, embeddings, metadatas, ids=["a", "b", "c"])


def test_a_text_searched_by_itself_scores_one(store: FaissVectorStore) -> None:
    [(document, score)] = store.similarity_search_with_score(TEXTS[1], k=1)
    assert document == Document(
        id="b", page_content=TEXTS[1], metadata={"number": 1, "linear": True}
    )
    assert score == pytest.approx(1.0, abs=1e-2)
    assert store.similarity_search_with_relevance_scores(TEXTS[1], k=1)[0][1] == pytest.approx(
        1.0, abs=1e-2
    )


def test_a_filter_narrows_the_search_itself(store: FaissVectorStore) -> None:
    found = store.similarity_search(TEXTS[1], k=3, filter={"linear": False})
    assert [document.id for document in found] == ["c"]
    found = store.similarity_search(TEXTS[1], k=3, filter=lambda doc: doc.metadata["number"] != 1)
    assert {document.id for document in found} == {"a", "c"}
    assert store.similarity_search(TEXTS[1], filter={"unheard": "of"}) == []


def test_searching_by_vector_and_by_words_agree(
    store: FaissVectorStore, embeddings: EncoderEmbeddings
) -> None:
    vector = embeddings.embed_query("features")
    assert store.similarity_search_by_vector(vector, k=2) == store.similarity_search("features", 2)


def test_marginal_relevance_leaves_out_the_repeat(embeddings: EncoderEmbeddings) -> None:
    store = FaissVectorStore.from_texts(
        ["lasso selects features", "lasso selects features", "ridge features"], embeddings
    )
    found = store.max_marginal_relevance_search("lasso features", k=2, lambda_mult=0.3)
    assert {document.page_content for document in found} == {
        "lasso selects features",
        "ridge features",
    }
    assert FaissVectorStore(embeddings).max_marginal_relevance_search("x") == []


def test_a_store_serves_as_a_retriever(store: FaissVectorStore) -> None:
    found = store.as_retriever(search_kwargs={"k": 1, "filter": {"number": 0}}).invoke("features")
    assert [document.id for document in found] == ["a"]


def test_adding_an_id_again_replaces_its_text(store: FaissVectorStore) -> None:
    assert store.add_texts(["boosting adds trees"], ids=["b"]) == ["b"]
    assert [document.page_content for document in store.get_by_ids(["b"])] == [
        "boosting adds trees"
    ]
    assert "lasso selects features" not in {
        document.page_content for document in store.similarity_search("lasso", k=9)
    }


def test_an_id_given_twice_at_once_keeps_the_last(embeddings: EncoderEmbeddings) -> None:
    store = FaissVectorStore.from_texts(["one", "two"], embeddings, ids=["x", "x"])
    assert [document.page_content for document in store.similarity_search("one", k=9)] == ["two"]


def test_deleting_without_ids_deletes_all(store: FaissVectorStore) -> None:
    assert store.delete()
    assert store.similarity_search("features") == []
    store.add_texts(["new"])
    assert len(store.similarity_search("features")) == 1


def test_changing_a_result_does_not_change_the_store(store: FaissVectorStore) -> None:
    store.get_by_ids(["a"])[0].metadata["number"] = 99
    store.similarity_search("ridge", k=1)[0].metadata["number"] = 99
    assert store.get_by_ids(["a"])[0].metadata["number"] == 0


def test_lists_of_different_lengths_are_refused(store: FaissVectorStore) -> None:
    with pytest.raises(InputError, match="2 texts, 2 metadata and 1 ids"):
        store.add_texts(["x", "y"], ids=["1"])


def test_adding_nothing_changes_nothing(store: FaissVectorStore) -> None:
    assert store.add_texts([]) == []
    assert len(store.similarity_search("x", k=9)) == 3


def test_a_bank_becomes_a_store_without_embedding_its_chunks(index: SearchIndex) -> None:
    store = FaissVectorStore.of_index(index)
    chunk = index.chunks[3]
    [(document, score)] = store.similarity_search_with_score(chunk.embedded_text, k=1)
    assert (document.id, document.page_content) == (chunk.chunk_id, chunk.text)
    assert document.metadata["start_line"] == chunk.start_line
    assert score == pytest.approx(1.0, abs=1e-2)
    found = store.similarity_search("penalty", k=99, filter={"question_id": "gradient-descent"})
    assert {doc.id for doc in found} == {c.chunk_id for c in index.chunks_of("gradient-descent")}

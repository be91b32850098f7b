"""The bridge to LangChain's FAISS class: same answers, and never a pickle."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import HashingEncoder

from interviewer.errors import InputError
from interviewer.retrieval.documents import EncoderEmbeddings
from interviewer.retrieval.langchain_faiss import (
    read_langchain_faiss,
    to_langchain_faiss,
    write_langchain_faiss,
)
from interviewer.retrieval.search_index import SearchIndex

QUERY = "why does the lasso give sparse weights"


@pytest.fixture
def embeddings() -> EncoderEmbeddings:
    return EncoderEmbeddings(HashingEncoder())


@pytest.fixture
def written(index: SearchIndex, embeddings: EncoderEmbeddings, tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    write_langchain_faiss(to_langchain_faiss(index, embeddings), folder)
    return folder


def test_langchains_store_ranks_the_bank_as_the_index_does(
    index: SearchIndex, embeddings: EncoderEmbeddings
) -> None:
    found = to_langchain_faiss(index, embeddings).similarity_search_with_score(QUERY, k=4)
    expected = index.search(QUERY, top_k=4, mode="dense")
    assert [document.id for document, _ in found] == [hit.chunk.chunk_id for hit in expected]
    for (document, score), hit in zip(found, expected, strict=True):
        assert document.page_content == hit.chunk.text
        assert float(score) == pytest.approx(hit.score, abs=1e-3)


def test_a_store_read_back_answers_the_same(
    written: Path, index: SearchIndex, embeddings: EncoderEmbeddings
) -> None:
    assert sorted(path.name for path in written.iterdir()) == ["documents.json", "index.faiss"]
    back = read_langchain_faiss(written, embeddings)
    before = to_langchain_faiss(index, embeddings)
    assert back.similarity_search(QUERY, k=5) == before.similarity_search(QUERY, k=5)


def test_a_store_with_pickle_alone_is_refused(
    index: SearchIndex, embeddings: EncoderEmbeddings, tmp_path: Path
) -> None:
    to_langchain_faiss(index, embeddings).save_local(str(tmp_path / "theirs"))
    with pytest.raises(InputError, match=r"index\.pkl.*write_langchain_faiss"):
        read_langchain_faiss(tmp_path / "theirs", embeddings)


def test_a_folder_without_a_store_is_named(tmp_path: Path, embeddings: EncoderEmbeddings) -> None:
    with pytest.raises(InputError, match="There is no LangChain FAISS store"):
        read_langchain_faiss(tmp_path, embeddings)


@pytest.mark.parametrize("garbage", ["{", "[1]", '[{"id": "a"}]', '[{"id": 1, "text": 2}]'])
def test_garbage_is_refused(written: Path, embeddings: EncoderEmbeddings, garbage: str) -> None:
    (written / "documents.json").write_text(garbage)
    with pytest.raises(InputError, match="cannot be read"):
        read_langchain_faiss(written, embeddings)


def test_a_garbage_index_is_refused(written: Path, embeddings: EncoderEmbeddings) -> None:
    (written / "index.faiss").write_bytes(b"garbage")
    with pytest.raises(InputError, match="cannot be read"):
        read_langchain_faiss(written, embeddings)


def test_documents_and_vectors_must_be_as_many(
    written: Path, embeddings: EncoderEmbeddings
) -> None:
    rows = json.loads((written / "documents.json").read_text())
    (written / "documents.json").write_text(json.dumps(rows[1:]))
    with pytest.raises(InputError, match="8 vectors and 7 documents"):
        read_langchain_faiss(written, embeddings)


def test_metadata_that_do_not_fit_into_json_are_refused(
    index: SearchIndex, embeddings: EncoderEmbeddings, tmp_path: Path
) -> None:
    store = to_langchain_faiss(index, embeddings)
    store.add_texts(["odd"], [{"what": object()}])
    with pytest.raises(InputError, match="do not fit into JSON"):
        write_langchain_faiss(store, tmp_path / "store")

"""The bridge to LangChain's own FAISS class, for people who use it.

The one module that imports langchain-community, and only when it is called. That class keeps its
texts in pickle, which can run any code when it is read; nothing here reads or writes pickle. The
texts go into JSON beside the index instead.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from interviewer.errors import InputError
from interviewer.retrieval.documents import document_of
from interviewer.retrieval.search_index import SearchIndex

if TYPE_CHECKING:
    from langchain_community.vectorstores import FAISS

INDEX_NAME = "index.faiss"
DOCUMENTS_NAME = "documents.json"
PICKLE_NAME = "index.pkl"


def to_langchain_faiss(index: SearchIndex, embeddings: Embeddings) -> FAISS:
    """Give the bank's chunks as LangChain's FAISS store, embedding nothing.

    Args:
        index: the bank's index.
        embeddings: for queries; the encoder of the index as `EncoderEmbeddings`, or its like.
    """
    flat = faiss.IndexFlatIP(index.encoder.dimension)
    chunks, vectors = index.passages()
    if chunks:
        flat.add(vectors)
    return _store(flat, [document_of(chunk) for chunk in chunks], embeddings)


def write_langchain_faiss(store: FAISS, folder: Path) -> None:
    """Write a LangChain FAISS store as `index.faiss` and `documents.json`, without pickle.

    Raises:
        InputError: a document's metadata do not fit into JSON.
    """
    documents = [_document_at(store, row) for row in range(store.index.ntotal)]
    rows = [
        {"id": document.id, "text": document.page_content, "metadata": document.metadata}
        for document in documents
    ]
    try:
        text = json.dumps(rows, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"The metadata of a document do not fit into JSON ({error}). Use plain values."
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DOCUMENTS_NAME).write_text(text, encoding="utf-8")
    faiss.write_index(store.index, str(folder / INDEX_NAME))


def read_langchain_faiss(folder: Path, embeddings: Embeddings) -> FAISS:
    """Read a LangChain FAISS store that `write_langchain_faiss` wrote; pickle is refused.

    Raises:
        InputError: the folder holds no such store, or keeps its texts in pickle alone.
    """
    try:
        rows = json.loads((folder / DOCUMENTS_NAME).read_text(encoding="utf-8"))
        documents = [
            Document(id=row["id"], page_content=row["text"], metadata=row["metadata"])
            for row in rows
        ]
        index = faiss.read_index(str(folder / INDEX_NAME))
    except FileNotFoundError as error:
        raise InputError(_what_is_missing(folder)) from error
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise InputError(
            f"The LangChain FAISS store in {folder} cannot be read. Write it again with "
            "write_langchain_faiss."
        ) from error
    if index.ntotal != len(documents):
        raise InputError(
            f"The LangChain FAISS store in {folder} has {index.ntotal} vectors and "
            f"{len(documents)} documents. Write it again with write_langchain_faiss."
        )
    return _store(index, documents, embeddings)


def _what_is_missing(folder: Path) -> str:
    if (folder / PICKLE_NAME).is_file():
        return (
            f"{folder} keeps its texts in {PICKLE_NAME}. Pickle can run any code when it is read, "
            "so it is not read here. Load the store where it was made and hand it to "
            "write_langchain_faiss, or import the original notes with: interviewer import"
        )
    return f"There is no LangChain FAISS store in {folder}: {DOCUMENTS_NAME} is missing."


def _store(index: Any, documents: list[Document], embeddings: Embeddings) -> FAISS:
    with warnings.catch_warnings():
        # Its import says that it is no longer maintained, which is why it is only a bridge.
        warnings.simplefilter("ignore", DeprecationWarning)
        from langchain_community.docstore.in_memory import InMemoryDocstore
        from langchain_community.vectorstores import FAISS
        from langchain_community.vectorstores.utils import DistanceStrategy

    names = {row: document.id or str(row) for row, document in enumerate(documents)}
    return FAISS(
        embedding_function=embeddings,
        index=index,
        docstore=InMemoryDocstore(dict(zip(names.values(), documents, strict=True))),
        index_to_docstore_id=names,
        distance_strategy=DistanceStrategy.MAX_INNER_PRODUCT,
    )


def _document_at(store: FAISS, row: int) -> Document:
    found = store.docstore.search(store.index_to_docstore_id[row])
    if not isinstance(found, Document):
        raise InputError(f"The LangChain FAISS store lacks the document of row {row}.")
    return found

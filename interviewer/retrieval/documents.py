"""Chunks and encoders in LangChain's terms."""

from __future__ import annotations

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from interviewer.models import Chunk, RetrievedChunk
from interviewer.retrieval.encoder import Encoder


class EncoderEmbeddings(Embeddings):
    """An encoder as LangChain embeddings.

    Args:
        encoder: what embeds.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Embed texts as unit vectors."""
        rows: list[list[float]] = self._encoder.encode(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        """Embed a query as a unit vector."""
        return self.embed_documents([text])[0]


def document_of(chunk: Chunk) -> Document:
    """Give a chunk as a document whose metadata say where it stands."""
    return Document(
        id=chunk.chunk_id,
        page_content=chunk.text,
        metadata={
            "question_id": chunk.question_id,
            "chunk_id": chunk.chunk_id,
            "role": chunk.role.value,
            "path": chunk.path,
            "start_line": chunk.start_line,
            "end_line": chunk.end_line,
            "section": chunk.section,
            "kind": chunk.kind.value,
            "level": int(chunk.level),
        },
    )


def scored_document_of(found: RetrievedChunk) -> Document:
    """Give a retrieved chunk as a document whose metadata also hold its score."""
    document = document_of(found.chunk)
    document.metadata["score"] = found.score
    return document

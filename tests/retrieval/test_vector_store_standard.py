"""LangChain's own test suites for vector stores and retrievers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.vectorstores import VectorStore
from langchain_tests.integration_tests.retrievers import RetrieversIntegrationTests
from langchain_tests.integration_tests.vectorstores import VectorStoreIntegrationTests
from support import HashingEncoder

from interviewer.knowledge.bank import load_bank
from interviewer.retrieval.index import build_in_memory
from interviewer.retrieval.retriever import HybridRetriever
from interviewer.retrieval.vector_store import FaissVectorStore


class TestFaissVectorStore(VectorStoreIntegrationTests):
    @pytest.fixture
    def vectorstore(self) -> VectorStore:  # type: ignore[override]
        return FaissVectorStore(self.get_embeddings())


class TestHybridRetriever(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _index(self, small_bank_dir: Path) -> None:
        self._built = build_in_memory(load_bank(small_bank_dir), HashingEncoder())

    @property
    def retriever_constructor(self) -> type[HybridRetriever]:
        return HybridRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"index": self._built}

    @property
    def retriever_query_example(self) -> str:
        return "How does the L1 penalty select features?"

    @property
    def num_results_arg_name(self) -> str:
        return "top_k"

from __future__ import annotations

from pathlib import Path

import pytest
from evaluation_support import write_beir
from support import HashingEncoder

from interviewer.evaluation.beir import Document, load_beir
from interviewer.evaluation.retrieval import document_chunks, evaluate_retrieval
from interviewer.retrieval.chunking import MOST_TOKENS


def test_every_mode_is_measured_over_the_same_queries(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []

    result = evaluate_retrieval(
        load_beir(write_beir(tmp_path)),
        HashingEncoder(),
        progress=lambda *step: seen.append(step),
    )

    assert (result["queries"], result["documents"], result["chunks"]) == (2, 3, 3)
    for mode in ("dense", "lexical", "fused"):
        assert result[mode]["recall@1"] == 1
        assert result[mode]["ndcg@10"] == 1
    assert ("Embedding passages", 3, 3) in seen
    assert seen[-1] == ("Asking the queries", 2, 2)


def test_a_weight_of_one_is_the_search_by_meaning_alone(tmp_path: Path) -> None:
    data = load_beir(write_beir(tmp_path))

    result = evaluate_retrieval(data, HashingEncoder(), dense_weight=1.0)

    assert result["fused"] == result["dense"]


def test_a_long_document_is_cut_to_the_window_and_counts_once(tmp_path: Path) -> None:
    encoder = HashingEncoder()
    text = " ".join(f"word{number}." for number in range(3 * MOST_TOKENS))

    chunks = list(document_chunks(Document("d1", "Title", text), encoder))

    assert len(chunks) > 2
    assert {chunk.question_id for chunk in chunks} == {"d1"}
    assert all(encoder.count_tokens(chunk.embedded_text) <= MOST_TOKENS for chunk in chunks)
    assert chunks[0].embedded_text.startswith("Title\nword0.")


@pytest.mark.encoder
def test_both_together_find_more_than_meaning_alone_on_public_questions(
    shared_data: Path, real_encoder: HashingEncoder, tmp_path: Path
) -> None:
    """A sample of the public set: the whole of it is measured by the command."""
    data = load_beir(shared_data / "retrieval" / "mlquestions-dev")
    kept = dict(list(data.queries.items())[:300])
    wanted = {name for query in kept for name in data.relevant[query]}
    others = [document for document in data.documents if document.id not in wanted][:700]
    documents = [document for document in data.documents if document.id in wanted] + others
    sample = type(data)(tuple(documents), kept, {query: data.relevant[query] for query in kept})

    result = evaluate_retrieval(sample, real_encoder)

    assert result["fused"]["mrr@10"] > result["dense"]["mrr@10"] > result["lexical"]["mrr@10"]

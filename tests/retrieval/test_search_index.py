"""Searching: true scores, filters that are part of the search, fusion, ties."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SMALL_BANK, HashingEncoder

from interviewer.errors import InputError
from interviewer.knowledge.bank import QuestionBank
from interviewer.knowledge.parse import parse_bank_file
from interviewer.models import Chunk, ChunkRole, Kind, Level
from interviewer.retrieval.filters import ChunkFilter
from interviewer.retrieval.index import build_in_memory
from interviewer.retrieval.index_files import IndexParts
from interviewer.retrieval.lexical import LexicalIndex
from interviewer.retrieval.search_index import SearchIndex, SearchMode
from interviewer.retrieval.vectors import VectorIndex


def chunk(number: int, text: str, **changes: object) -> Chunk:
    plain = Chunk(
        chunk_id=f"q{number}#reference-1",
        question_id=f"q{number}",
        role=ChunkRole.REFERENCE,
        text=text,
        context="",
        path=f"s/t{number % 3}.md",
        start_line=number + 1,
        end_line=number + 1,
        section=f"section-{number % 2}",
        kind=Kind.CONCEPT,
        level=Level.CORE,
        content_hash=str(number),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def index_of(chunks: list[Chunk], flat_limit: int = 1000) -> SearchIndex:
    encoder = HashingEncoder()
    texts = [chunk.embedded_text for chunk in chunks]
    vectors = VectorIndex.build(encoder.encode(texts), flat_limit=flat_limit)
    return SearchIndex(IndexParts(chunks, vectors, LexicalIndex.build(texts)), encoder)


def test_a_chunk_searched_by_its_own_words_scores_one(index: SearchIndex) -> None:
    for chunk in index.chunks:
        best = index.search(chunk.embedded_text, top_k=1, mode="dense")[0]
        assert best.chunk == chunk
        assert best.score == pytest.approx(1.0, abs=1e-2)


def test_dense_scores_are_the_cosines_of_the_encoder(
    index: SearchIndex, encoder: HashingEncoder
) -> None:
    query = "the penalty drives weights to zero"
    found = index.search(query, top_k=99, mode="dense")
    assert len(found) == index.size
    vector = encoder.encode([query])[0]
    for hit in found:
        expected = float(encoder.encode([hit.chunk.embedded_text])[0] @ vector)
        assert hit.score == pytest.approx(expected, abs=1e-2)
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)


def test_lexical_search_leaves_out_what_shares_no_word(index: SearchIndex) -> None:
    found = index.search("oscillating losses", top_k=9, mode="lexical")
    assert found[0].chunk.chunk_id == "gradient-descent#follow-up-1"
    assert all(hit.score > 0 for hit in found)
    assert index.search("zebra", top_k=9, mode="lexical") == []
    assert index.search("👩🏽", top_k=9, mode="lexical") == []


def test_a_fused_score_is_the_convex_combination_of_both_scaled_scores() -> None:
    index = index_of([chunk(0, "alpha beta"), chunk(1, "alpha gamma"), chunk(2, "delta")])
    query = "alpha beta"
    dense = {hit.chunk.chunk_id: hit.score for hit in index.search(query, top_k=3, mode="dense")}
    words = dict.fromkeys(dense, 0.0) | {
        hit.chunk.chunk_id: hit.score for hit in index.search(query, top_k=3, mode="lexical")
    }
    fused = index.search(query, top_k=3, dense_weight=0.6)
    for hit in fused:
        name = hit.chunk.chunk_id
        span = max(dense.values()) - min(dense.values())
        expected = 0.6 * (dense[name] - min(dense.values())) / span
        expected += 0.4 * words[name] / max(words.values())
        assert hit.score == pytest.approx(expected, abs=1e-6)
    assert fused[0].score == pytest.approx(1.0)


@pytest.mark.parametrize(("weight", "mode"), [(1.0, "dense"), (0.0, "lexical")])
def test_the_extreme_weights_rank_as_one_side_alone(
    index: SearchIndex, weight: float, mode: str
) -> None:
    query = "learning rate of gradient descent"
    fused = index.search(query, top_k=3, dense_weight=weight)
    alone = index.search(query, top_k=3, mode=mode)  # type: ignore[arg-type]
    assert [hit.chunk for hit in fused] == [hit.chunk for hit in alone]


@pytest.mark.parametrize("mode", ["fused", "dense", "lexical"])
@pytest.mark.parametrize(
    "where",
    [
        ChunkFilter(question_ids=("gradient-descent",)),
        ChunkFilter(levels=(Level.SCREENING,)),
        ChunkFilter(roles=(ChunkRole.REFERENCE,)),
        ChunkFilter(roles=(ChunkRole.FOLLOW_UP,), levels=(Level.CORE,)),
        ChunkFilter(kinds=(Kind.CONCEPT,), sections=("ml-fundamentals",)),
    ],
    ids=lambda where: str(where)[:60] if isinstance(where, ChunkFilter) else where,
)
def test_every_hit_fits_the_filter_and_none_is_lost(
    index: SearchIndex, where: ChunkFilter, mode: str
) -> None:
    query = "the loss, the weights and the learning rate"
    found = index.search(query, top_k=99, where=where, mode=mode)  # type: ignore[arg-type]
    fitting = {chunk.chunk_id for chunk in index.chunks if where.fits(chunk)}
    assert {hit.chunk.chunk_id for hit in found} <= fitting
    if mode != "lexical":
        assert {hit.chunk.chunk_id for hit in found} == fitting


@pytest.mark.parametrize(
    "where",
    [
        ChunkFilter(question_ids=("nobody",)),
        ChunkFilter(sections=("x",)),
        ChunkFilter(paths=("x",)),
    ],
)
def test_a_filter_that_nothing_fits_finds_nothing(index: SearchIndex, where: ChunkFilter) -> None:
    assert index.search("anything", top_k=3, where=where) == []


@pytest.mark.parametrize("flat_limit", [10_000, 100], ids=["flat", "inverted lists"])
def test_a_filter_on_one_percent_returns_as_many_as_asked_for(flat_limit: int) -> None:
    generator = np.random.default_rng(0)
    words = [f"word{n}" for n in range(500)]
    chunks = [
        chunk(
            number,
            " ".join(generator.choice(words, 8)),
            section="rare" if number % 100 == 0 else "common",
        )
        for number in range(1000)
    ]
    index = index_of(chunks, flat_limit)
    where = ChunkFilter(sections=("rare",))
    for mode in ("fused", "dense"):
        found = index.search("word1 word2 word3", top_k=4, where=where, mode=mode)
        assert [hit.chunk.section for hit in found] == ["rare"] * 4
    exact = index_of(chunks).search("word1 word2 word3", top_k=4, where=where, mode="dense")
    best = index.search("word1 word2 word3", top_k=4, where=where, mode="dense")
    assert best[0].score == pytest.approx(exact[0].score, abs=0.05)


def test_of_equal_scores_the_reference_comes_first() -> None:
    index = index_of(
        [
            chunk(0, "same words", role=ChunkRole.FOLLOW_UP),
            chunk(1, "same words", role=ChunkRole.KEY_POINTS),
            chunk(2, "same words", role=ChunkRole.REFERENCE),
            chunk(3, "same words", role=ChunkRole.REFERENCE),
        ]
    )
    for mode in ("fused", "dense", "lexical"):
        found = index.search("same words", top_k=4, mode=mode)
        assert [hit.chunk.question_id for hit in found] == ["q2", "q3", "q1", "q0"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"query": " \n"}, "nothing to search for"),
        ({"top_k": 0}, "At least one"),
        ({"mode": "magic"}, "not 'magic'"),
        ({"dense_weight": 1.5}, "between 0 and 1"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(
    index: SearchIndex, arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        index.search(**{"query": "x", "top_k": 1, **arguments})  # type: ignore[arg-type]


def test_asking_for_more_than_there_is_gives_all(index: SearchIndex) -> None:
    assert len(index.search("penalty", top_k=10_000)) == index.size


def test_an_empty_index_finds_nothing() -> None:
    index = index_of([])
    assert (index.size, index.search("anything", top_k=3)) == (0, [])
    assert index.vectors().shape == (0, 64)


def test_chunks_without_a_word_can_still_be_found_by_meaning() -> None:
    index = index_of([chunk(0, "👩🏽"), chunk(1, "!!")])
    assert len(index.search("anything", top_k=5)) == 2
    assert index.search("anything", top_k=5, mode="lexical") == []


def test_the_chunks_of_a_question_come_in_the_order_of_the_file(index: SearchIndex) -> None:
    chunks = index.chunks_of("gradient-descent")
    assert [chunk.role for chunk in chunks][:2] == [ChunkRole.REFERENCE, ChunkRole.KEY_POINTS]
    assert [chunk.start_line for chunk in chunks] == sorted(chunk.start_line for chunk in chunks)
    assert index.chunks_of("nobody") == []


def test_threads_that_share_an_index_get_the_same_answers(index: SearchIndex) -> None:
    queries = [chunk.text[:60] for chunk in index.chunks] * 4
    expected = [index.search(query, top_k=3) for query in queries]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda query: index.search(query, top_k=3), queries)) == expected


words = st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon"])
sentences = st.lists(words, min_size=1, max_size=6).map(" ".join)


@given(
    texts=st.lists(sentences, min_size=1, max_size=12),
    query=sentences,
    sections=st.lists(st.sampled_from(["section-0", "section-1"]), max_size=2),
    top_k=st.integers(1, 15),
    weight=st.floats(0, 1),
)
@settings(max_examples=60, deadline=None)
def test_a_search_is_sorted_bounded_filtered_and_repeatable(
    texts: list[str], query: str, sections: list[str], top_k: int, weight: float
) -> None:
    index = index_of([chunk(number, text) for number, text in enumerate(texts)])
    where = ChunkFilter(sections=tuple(sections))
    found = index.search(query, top_k=top_k, where=where, dense_weight=weight)
    fitting = [chunk for chunk in index.chunks if where.fits(chunk)]
    assert len(found) == min(top_k, len(fitting))
    assert all(where.fits(hit.chunk) and -1e-9 <= hit.score <= 1 + 1e-9 for hit in found)
    assert [round(hit.score, 6) for hit in found] == sorted(
        (round(hit.score, 6) for hit in found), reverse=True
    )
    assert found == index.search(query, top_k=top_k, where=where, dense_weight=weight)


ASKED = SMALL_BANK.replace(
    "### Hints\n- Think of what",
    "### Asked as\n- lasso or weight decay, which one drops columns?\n- why shrink coefficients\n\n"
    "### Hints\n- Think of what",
    1,
)


def asked_index() -> SearchIndex:
    bank = QuestionBank(
        questions=tuple(parse_bank_file(ASKED, "a.md")), files={"a.md": ASKED}, version="v"
    )
    return build_in_memory(bank, HashingEncoder())


@pytest.mark.parametrize("mode", ["fused", "dense", "lexical"])
def test_another_wording_finds_the_question_and_is_never_shown_itself(mode: SearchMode) -> None:
    found = asked_index().search("weight decay which one drops columns", top_k=20, mode=mode)

    assert found[0].chunk.question_id == "regularization-l1-l2"
    assert all(hit.chunk.role is not ChunkRole.ASKED_AS for hit in found)
    if mode == "dense":
        assert found[0].score > 0.8


def test_a_wording_adds_nothing_to_what_a_filter_leaves_out() -> None:
    index = asked_index()
    where = ChunkFilter(question_ids=("gradient-descent",))

    found = index.search("weight decay which one drops columns", top_k=20, where=where)

    assert {hit.chunk.question_id for hit in found} == {"gradient-descent"}
    assert all(
        chunk.role is not ChunkRole.ASKED_AS for chunk in index.chunks_of("gradient-descent")
    )


def test_the_words_of_the_whole_question_lift_its_passages() -> None:
    """The word stands in a hint alone, which is no passage."""
    text = SMALL_BANK.replace("- Think of what", "- Think of what zygomorphic", 1)
    questions = tuple(parse_bank_file(text, "a.md"))
    bank = QuestionBank(questions=questions, files={"a.md": text}, version="v")

    found = build_in_memory(bank, HashingEncoder()).search("zygomorphic", top_k=2)

    assert found[0].chunk.question_id == "regularization-l1-l2"
    assert 0 <= found[0].score <= 1

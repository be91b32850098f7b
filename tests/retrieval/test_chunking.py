"""A question's chunks: whole lines, true ids, never longer than the encoder's window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SMALL_BANK, HashingEncoder

from interviewer.errors import EncoderError
from interviewer.knowledge.parse import parse_bank_file
from interviewer.models import Chunk, ChunkRole, Question
from interviewer.retrieval.chunking import chunk_question, chunk_reference
from interviewer.retrieval.encoder import Encoder
from interviewer.retrieval.passages import Passage, join_passages

PATH = "ml-fundamentals/regularization.md"


class SmallWindow(HashingEncoder):
    """Reads 40 words and counts them as the hashing encoder does."""

    max_tokens = 40


class ByteEncoder(HashingEncoder):
    """Counts bytes, as no word is too odd for it."""

    def count_tokens(self, text: str) -> int:
        return len(text.encode("utf-8", "surrogatepass"))


@pytest.fixture
def question() -> Question:
    return parse_bank_file(SMALL_BANK, PATH)[0]


def restored(chunks: list[Chunk]) -> str:
    return join_passages([Passage(c.text, c.start_line, c.end_line) for c in chunks])


def of_role(chunks: list[Chunk], role: ChunkRole) -> list[Chunk]:
    return [chunk for chunk in chunks if chunk.role is role]


def test_a_question_has_chunks_for_reference_key_points_and_each_follow_up(
    question: Question, encoder: HashingEncoder
) -> None:
    chunks = chunk_question(question, SMALL_BANK, encoder)
    assert [chunk.chunk_id for chunk in chunks] == [
        "regularization-l1-l2#reference-1",
        "regularization-l1-l2#key-points-1",
        "regularization-l1-l2#follow-up-1",
        "regularization-l1-l2#follow-up-2",
    ]


def test_a_chunk_carries_what_filters_and_citations_need(
    question: Question, encoder: HashingEncoder
) -> None:
    first = chunk_question(question, SMALL_BANK, encoder)[0]
    assert first.text == question.reference
    assert (first.path, first.start_line, first.end_line) == (PATH, 9, 11)
    assert (first.section, first.kind, first.level) == (
        question.section,
        question.kind,
        question.level,
    )


def test_the_headings_and_the_question_stand_in_front(
    question: Question, encoder: HashingEncoder
) -> None:
    chunk = chunk_question(question, SMALL_BANK, encoder)[0]
    expected = f"ml-fundamentals > regularization > {question.text}"
    assert chunk.context == expected
    assert chunk.embedded_text == f"{expected}\n{question.reference}"


@pytest.mark.parametrize("encoder", [HashingEncoder(), SmallWindow()], ids=["wide", "small"])
def test_a_chunk_stands_verbatim_at_its_lines(question: Question, encoder: Encoder) -> None:
    lines = SMALL_BANK.split("\n")
    for chunk in chunk_question(question, SMALL_BANK, encoder):
        held = "\n".join(lines[chunk.start_line - 1 : chunk.end_line])
        assert chunk.text in held


def test_a_small_window_gives_more_chunks_that_restore_the_reference(question: Question) -> None:
    chunks = chunk_question(question, SMALL_BANK, SmallWindow())
    reference = of_role(chunks, ChunkRole.REFERENCE)
    assert len(reference) > 1
    assert restored(reference) == question.reference


def test_ids_are_unique_when_a_follow_up_takes_several_chunks(question: Question) -> None:
    long_answer = "\n".join(f"  > Sentence number {n} of the answer." for n in range(30))
    source = SMALL_BANK.replace(
        "  > By cross-validation over a logarithmic grid of values.", long_answer
    )
    question = parse_bank_file(source, PATH)[0]
    ids = [chunk.chunk_id for chunk in chunk_question(question, source, SmallWindow())]
    assert "regularization-l1-l2#follow-up-2.2" in ids
    assert len(ids) == len(set(ids))


def test_a_heading_longer_than_the_window_is_cut_to_half_of_it(question: Question) -> None:
    wordy = replace(question, text="why " * 500)
    for chunk in chunk_question(wordy, SMALL_BANK, SmallWindow()):
        assert SmallWindow().count_tokens(chunk.context) <= 20
        assert SmallWindow().count_tokens(chunk.embedded_text) <= 40


def test_the_content_hash_changes_with_the_text_and_with_the_question(
    question: Question, encoder: HashingEncoder
) -> None:
    hashes = {
        chunk_question(question, SMALL_BANK, encoder)[0].content_hash,
        chunk_question(replace(question, text="Why?"), SMALL_BANK, encoder)[0].content_hash,
        chunk_question(question, SMALL_BANK.replace("penalty on", "price on"), encoder)[
            0
        ].content_hash,
    }
    assert len(hashes) == 3
    again = chunk_question(question, SMALL_BANK, encoder)[0].content_hash
    assert again in hashes


def test_a_question_without_an_answer_has_no_chunks(encoder: HashingEncoder) -> None:
    bare = Question("bare", "What?", "section", "topic")
    assert chunk_question(bare, "", encoder) == []


def test_a_users_own_reference_is_cut_at_its_own_lines(
    question: Question, encoder: HashingEncoder
) -> None:
    chunks = chunk_reference("\n\nMy answer.\nMore.\n", "notes.md", question, encoder)
    assert [(c.text, c.path, c.start_line, c.end_line) for c in chunks] == [
        ("My answer.\nMore.", "notes.md", 3, 4)
    ]


def test_a_window_too_small_for_a_passage_is_refused(question: Question) -> None:
    tiny = HashingEncoder()
    tiny.max_tokens = 8
    with pytest.raises(EncoderError, match="reads 8 tokens"):
        chunk_question(question, SMALL_BANK, tiny)


long_runs = ["x" * 5000, "👩‍👩‍👧‍👦" * 300, "漢字" * 200, "- " * 400, "| a " * 300, "e\u0301" * 300]
oddities = ["\u202e\u200b" * 500, "\ud800", "a\rb", "Zalgo" + "\u0335" * 600, "```\na\n\nb\n```"]
nasty = st.sampled_from(long_runs) | st.sampled_from(oddities)


@given(text=st.lists(nasty | st.text(max_size=80), min_size=1, max_size=6).map("\n".join))
@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("encoder", [HashingEncoder(), ByteEncoder()], ids=["words", "bytes"])
def test_no_chunk_is_longer_than_the_window(encoder: Encoder, text: str) -> None:
    chunks = chunk_reference(text, "notes.md", Question("q", "Why?", "own", "own"), encoder)
    lines = text.split("\n")
    for chunk in chunks:
        assert encoder.count_tokens(chunk.embedded_text) <= encoder.max_tokens
        assert chunk.text in "\n".join(lines[chunk.start_line - 1 : chunk.end_line])

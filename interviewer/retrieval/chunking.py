"""Cuts a question into chunks, none longer than the encoder's window by its own count."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from interviewer.errors import EncoderError
from interviewer.models import Chunk, ChunkRole, Question
from interviewer.retrieval.encoder import Encoder
from interviewer.retrieval.passages import Passage, longest_start, split_passages

MOST_TOKENS = 256
"""A chunk is no longer than this even where the encoder reads more: a citation should be short."""

_MOST_CHARACTERS = 4000
_FEWEST_TOKENS = 32


def chunk_question(question: Question, source: str, encoder: Encoder) -> list[Chunk]:
    """Cut a question's reference, key points, follow-ups and other wordings into chunks.

    Args:
        question: a question with its lines.
        source: the text of the file at `question.path`.
        encoder: counts the tokens.

    Returns:
        Chunks whose text stands verbatim at their lines of `source`. The reference's chunks,
        joined with the line breaks between them, are the reference.

    Raises:
        EncoderError: the encoder's window is too small for any passage.
    """
    lines = source.split("\n")
    maker = _ChunkMaker(question, question.path, encoder)
    chunks: list[Chunk] = []
    for role, name, start, end in _parts(question):
        text = "\n".join(lines[start - 1 : end])
        chunks += maker.chunks(text, role, name, start)
    return chunks


def chunk_reference(text: str, path: str, question: Question, encoder: Encoder) -> list[Chunk]:
    """Cut a user's own reference for a question into chunks.

    Args:
        text: the whole of what stands in `path`.
        path: how the user knows it, for citations.
        question: what the reference answers.
        encoder: counts the tokens.

    Raises:
        EncoderError: the encoder's window is too small for any passage.
    """
    maker = _ChunkMaker(question, path, encoder)
    return maker.chunks(text, ChunkRole.REFERENCE, ChunkRole.REFERENCE, 1)


def fits_window(encoder: Encoder, before: str = "", share: int = 1) -> Callable[[str], bool]:
    """Give the test whether a text, with `before` in front, fits one part in `share` of a window.

    Raises:
        EncoderError: the encoder's window is too small for any passage.
    """
    most = _window(encoder) // share
    # A tokenizer may take a word of any length for one unknown token, hence the characters.
    return lambda text: (
        len(text) <= _MOST_CHARACTERS and encoder.count_tokens(before + text) <= most
    )


def _window(encoder: Encoder) -> int:
    window = min(encoder.max_tokens, MOST_TOKENS)
    if window < _FEWEST_TOKENS:
        raise EncoderError(
            f"The encoder {encoder.name} reads {window} tokens at a time; at least "
            f"{_FEWEST_TOKENS} are needed. Choose another with INTERVIEWER_EMBEDDING."
        )
    return window


def _parts(question: Question) -> Iterable[tuple[ChunkRole, str, int, int]]:
    """Give role, name for ids, and lines of every part of a question that has lines."""
    if question.reference_start_line:
        yield (
            ChunkRole.REFERENCE,
            ChunkRole.REFERENCE,
            question.reference_start_line,
            question.reference_end_line,
        )
    points = [point for point in question.key_points if point.start_line]
    if points:
        start = min(point.start_line for point in points)
        end = max(point.end_line for point in points)
        yield ChunkRole.KEY_POINTS, ChunkRole.KEY_POINTS, start, end
    for number, follow_up in enumerate(question.follow_ups, start=1):
        if follow_up.start_line:
            name = f"{ChunkRole.FOLLOW_UP}-{number}"
            yield ChunkRole.FOLLOW_UP, name, follow_up.start_line, follow_up.end_line
    for number, asked in enumerate(question.asked_as, start=1):
        if asked.start_line:
            name = f"{ChunkRole.ASKED_AS}-{number}"
            yield ChunkRole.ASKED_AS, name, asked.start_line, asked.start_line


@dataclass(frozen=True)
class _ChunkMaker:
    question: Question
    path: str
    encoder: Encoder

    def chunks(self, text: str, role: ChunkRole, name: str, start_line: int) -> list[Chunk]:
        # A wording is held against a query as it is: what is asked, with nothing round it.
        context = "" if role is ChunkRole.ASKED_AS else self._context()
        passages = split_passages(text, fits_window(self.encoder, f"{context}\n"))
        return [
            self._chunk(passage, context, role, _numbered(name, role, number), start_line)
            for number, passage in enumerate(passages, start=1)
        ]

    def _context(self) -> str:
        """Give the headings above the question and the question, cut to half the window."""
        question = self.question
        headings = dict.fromkeys((question.section, question.topic))
        path = " > ".join([*headings, " ".join(question.text.split())])
        return longest_start(path, fits_window(self.encoder, share=2)).rstrip()

    def _chunk(
        self, passage: Passage, context: str, role: ChunkRole, name: str, start_line: int
    ) -> Chunk:
        question = self.question
        return Chunk(
            chunk_id=f"{question.id}#{name}",
            question_id=question.id,
            role=role,
            text=passage.text,
            context=context,
            path=self.path,
            start_line=start_line + passage.first_line,
            end_line=start_line + passage.last_line,
            section=question.section,
            kind=question.kind,
            level=question.level,
            content_hash=hash_of(f"{context}\n{passage.text}"),
        )


def _numbered(name: str, role: ChunkRole, number: int) -> str:
    """Number the passages of a part; a follow-up's name has its own number already."""
    if role not in (ChunkRole.FOLLOW_UP, ChunkRole.ASKED_AS):
        return f"{name}-{number}"
    return name if number == 1 else f"{name}.{number}"


def hash_of(text: str) -> str:
    """Give the hash that says whether an embedding is still that of its text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]

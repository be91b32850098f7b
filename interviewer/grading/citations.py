"""Finds the lines of the retrieved passages that say what a key point says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from interviewer.grading.lexicon import STOP_WORDS
from interviewer.models import Chunk, ChunkRole, Citation, RetrievedChunk, Span
from interviewer.text import sentence_spans, stems, words

# A key-points chunk repeats the point itself; it is cited only where the prose does not say it.
_KEY_POINTS_HANDICAP = 0.6
_RECALL_SHARE = 0.8
_BLOCK_START = re.compile(r"\s*(?:[-*+•]\s|\d{1,3}[.)]\s|\||#|```|~~~|>)")
_FENCE = re.compile(r"\s*(?:```|~~~)")


@dataclass(frozen=True, slots=True)
class _Passage:
    """A sentence or two neighbouring ones of a chunk: `chunk.text[start:end]`."""

    chunk: Chunk
    start: int
    end: int
    stems: frozenset[str]

    @property
    def citation(self) -> Citation:
        quote = self.chunk.text[self.start : self.end]
        line = self.chunk.start_line + self.chunk.text.count("\n", 0, self.start)
        return Citation(
            path=self.chunk.path,
            start_line=line,
            end_line=line + quote.count("\n"),
            chunk_id=self.chunk.chunk_id,
            quote=quote,
        )


class CitationFinder:
    """Cites the retrieved passages of one grade, narrowed to sentences.

    Of passages that match alike the earlier in the file is cited, however they were ranked: the
    ranks hang on cosines, whose last bits differ from machine to machine.

    Args:
        passages: what was retrieved; nothing else is ever cited.
    """

    def __init__(self, passages: Sequence[RetrievedChunk]) -> None:
        chunks = sorted((passage.chunk for passage in passages), key=_place)
        self._chunks = {chunk.chunk_id: chunk for chunk in chunks}
        self._passages = [found for chunk in self._chunks.values() for found in _passages_of(chunk)]

    def retrieved(self, chunk_id: str) -> Chunk | None:
        """Give the chunk of this id if it was among the retrieved passages."""
        return self._chunks.get(chunk_id)

    def cite(self, text: str, chunk_id: str | None = None) -> Citation | None:
        """Cite the sentence that shares most words with a text, None where nothing was retrieved.

        Args:
            text: a key point or a mistake.
            chunk_id: look in this chunk alone.
        """
        wanted = content_stems(text)
        candidates = [
            passage
            for passage in self._passages
            if chunk_id is None or passage.chunk.chunk_id == chunk_id
        ]
        best = max(candidates, key=lambda passage: _match(passage, wanted), default=None)
        return best.citation if best else None

    def holding(self, chunk_id: str, words: Span) -> Citation | None:
        """Cite the sentence, or the two, of a chunk that hold some of its words.

        None where they run over more, or the chunk was not retrieved.
        """
        around = [
            passage
            for passage in self._passages
            if passage.chunk.chunk_id == chunk_id
            and passage.start <= words.start
            and words.end <= passage.end
        ]
        shortest = min(around, key=lambda passage: passage.end - passage.start, default=None)
        return shortest.citation if shortest else None


def content_stems(text: str) -> frozenset[str]:
    """Give the stems of a text's words without its function words."""
    return frozenset(stems(" ".join(word for word in words(text) if word not in STOP_WORDS)))


def _place(chunk: Chunk) -> tuple[str, int, int, str]:
    return chunk.path, chunk.start_line, chunk.end_line, chunk.chunk_id


def _match(passage: _Passage, wanted: frozenset[str]) -> float:
    shared = len(wanted & passage.stems)
    recall = shared / max(len(wanted), 1)
    precision = shared / max(len(passage.stems), 1)
    handicap = _KEY_POINTS_HANDICAP if passage.chunk.role is ChunkRole.KEY_POINTS else 0.0
    return _RECALL_SHARE * recall + (1 - _RECALL_SHARE) * precision - handicap


def _passages_of(chunk: Chunk) -> Iterator[_Passage]:
    for start, end in _blocks(chunk.text):
        # A space for a line break keeps the offsets and lets a sentence run over lines.
        flat = chunk.text[start:end].replace("\n", " ")
        spans = [(start + span.start, start + span.end) for span in sentence_spans(flat)]
        for first, last in spans:
            yield _passage(chunk, first, last)
        for (first, _), (_, last) in pairwise(spans):
            yield _passage(chunk, first, last)


def _passage(chunk: Chunk, start: int, end: int) -> _Passage:
    return _Passage(chunk, start, end, content_stems(chunk.text[start:end]))


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Cut a chunk into paragraphs, list items, table rows and lines of code, as offsets."""
    start: int | None = None
    position = 0
    in_code = False
    for line in text.split("\n"):
        fence = _FENCE.match(line) is not None
        alone = in_code or fence or not line.strip() or _BLOCK_START.match(line) is not None
        if alone and start is not None:
            yield start, position - 1
            start = None
        if start is None and line.strip() and not fence:
            start = position
        position += len(line) + 1
        in_code ^= fence
    if start is not None:
        yield start, len(text)

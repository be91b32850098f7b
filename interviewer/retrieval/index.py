"""Builds the search index over a question bank, opens it, and says whether it is current."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from interviewer.errors import IndexDamagedError, IndexNotWritableError, IndexStaleError
from interviewer.knowledge.bank import QuestionBank
from interviewer.models import Chunk, Question
from interviewer.retrieval.chunking import chunk_question
from interviewer.retrieval.encoder import Encoder
from interviewer.retrieval.files import only_writer
from interviewer.retrieval.index_files import (
    FORMAT_VERSION,
    METRIC,
    REBUILD,
    IndexManifest,
    IndexParts,
    check_files,
    check_sources,
    load_parts,
    read_current,
    source_hashes,
    write_version,
)
from interviewer.retrieval.lexical import LexicalIndex
from interviewer.retrieval.progress import Progress, no_progress
from interviewer.retrieval.search_index import BuildReport, SearchIndex
from interviewer.retrieval.vectors import VectorIndex, Vectors

__all__ = [
    "BuildReport",
    "SearchIndex",
    "build_in_memory",
    "build_index",
    "check_index",
    "ensure_index",
    "index_chunks",
    "open_index",
]

_LABEL = "Embedding passages"
_TEXTS_AT_A_TIME = 32

Notify = Callable[[str], None]


def open_index(index_dir: Path, bank: QuestionBank, encoder: Encoder) -> SearchIndex:
    """Open the current index after checking it; nothing is written.

    Raises:
        IndexStaleError: it was built from other sources or by another encoder.
        IndexDamagedError: it is missing, or a file of it is missing or fails its checksum.
    """
    folder, manifest = _checked(index_dir, bank, encoder.fingerprint)
    return SearchIndex(load_parts(folder, manifest), encoder)


def check_index(index_dir: Path, bank: QuestionBank, encoder_fingerprint: str) -> None:
    """Check that there is a current, whole index.

    Raises:
        IndexStaleError: it was built from other sources or by another encoder.
        IndexDamagedError: it is missing, or a file of it is missing or fails its checksum.
    """
    load_parts(*_checked(index_dir, bank, encoder_fingerprint))


def _checked(
    index_dir: Path, bank: QuestionBank, encoder_fingerprint: str
) -> tuple[Path, IndexManifest]:
    folder, manifest = read_current(index_dir)
    check_sources(manifest, bank.files, encoder_fingerprint)
    check_files(folder, manifest)
    return folder, manifest


def build_index(
    bank: QuestionBank, encoder: Encoder, index_dir: Path, *, progress: Progress | None = None
) -> SearchIndex:
    """Build the index anew, embedding only chunks that the index there does not hold.

    Raises:
        IndexNotWritableError: the folder cannot be written.
        EncoderError: the encoder fails.
    """
    try:
        with only_writer(index_dir):
            return _build(bank, encoder, index_dir, progress or no_progress)
    except OSError as error:
        raise _not_writable(index_dir, error) from error


def ensure_index(
    bank: QuestionBank,
    encoder: Encoder,
    index_dir: Path,
    *,
    progress: Progress | None = None,
    notify: Notify | None = None,
) -> SearchIndex:
    """Open the index, building it first where it is missing, stale or damaged.

    Args:
        bank: what the index is over.
        encoder: what embeds.
        index_dir: where the index is.
        progress: told how far a build is.
        notify: told why there is a build.

    Raises:
        IndexNotWritableError: it has to be built and the folder cannot be written.
        EncoderError: the encoder fails.
    """
    try:
        return open_index(index_dir, bank, encoder)
    except (IndexStaleError, IndexDamagedError):
        pass
    try:
        with only_writer(index_dir):
            return _open_or_build(bank, encoder, index_dir, progress or no_progress, notify)
    except OSError as error:
        raise _not_writable(index_dir, error) from error


def _open_or_build(
    bank: QuestionBank,
    encoder: Encoder,
    index_dir: Path,
    progress: Progress,
    notify: Notify | None,
) -> SearchIndex:
    """Look once more, as another process may have built the index while this one waited."""
    try:
        return open_index(index_dir, bank, encoder)
    except (IndexStaleError, IndexDamagedError) as error:
        if notify:
            notify(f"{str(error).removesuffix(REBUILD)}It is being built anew.")
        return _build(bank, encoder, index_dir, progress)


def build_in_memory(
    bank: QuestionBank, encoder: Encoder, *, progress: Progress | None = None
) -> SearchIndex:
    """Build an index that is gone with the process, for where no folder can be written.

    Raises:
        EncoderError: the encoder fails.
    """
    parts, report = _make_parts(bank, encoder, {}, progress or no_progress)
    return SearchIndex(parts, encoder, report)


def index_chunks(
    chunks: list[Chunk], encoder: Encoder, *, progress: Progress | None = None
) -> SearchIndex:
    """Build an index over any chunks in memory.

    Raises:
        EncoderError: the encoder fails.
    """
    parts, report = _embedded_parts(chunks, encoder, {}, progress or no_progress)
    return SearchIndex(parts, encoder, report)


def _build(
    bank: QuestionBank, encoder: Encoder, index_dir: Path, progress: Progress
) -> SearchIndex:
    known = _known_vectors(index_dir, encoder)
    parts, report = _make_parts(bank, encoder, known, progress)
    describe = IndexManifest(
        format_version=FORMAT_VERSION,
        bank_version=bank.version,
        encoder_name=encoder.name,
        encoder_fingerprint=encoder.fingerprint,
        dimension=encoder.dimension,
        metric=METRIC,
        chunk_count=report.chunk_count,
        sources=source_hashes(bank.files),
        files={},
    )
    folder, manifest = write_version(index_dir, parts, describe)
    return SearchIndex(load_parts(folder, manifest), encoder, report)


def _make_parts(
    bank: QuestionBank, encoder: Encoder, known: Mapping[str, Vectors], progress: Progress
) -> tuple[IndexParts, BuildReport]:
    by_question = [
        (question, chunk_question(question, bank.files[question.path], encoder))
        for question in bank.questions
    ]
    chunks = [chunk for _, found in by_question for chunk in found]
    parts, report = _embedded_parts(chunks, encoder, known, progress)
    documents = [_document(question, found) for question, found in by_question if found]
    return parts._replace(documents=LexicalIndex.build(documents)), report


def _document(question: Question, chunks: Sequence[Chunk]) -> str:
    """Give all the words by which a question may be known, its headings once."""
    return "\n".join(
        [
            max((chunk.context for chunk in chunks), key=len),
            *(chunk.text for chunk in chunks),
            *question.tags,
            *question.hints,
            *(mistake.text for mistake in question.mistakes),
        ]
    )


def _embedded_parts(
    chunks: list[Chunk], encoder: Encoder, known: Mapping[str, Vectors], progress: Progress
) -> tuple[IndexParts, BuildReport]:
    new = [row for row, chunk in enumerate(chunks) if chunk.content_hash not in known]
    vectors = np.zeros((len(chunks), encoder.dimension), dtype=np.float32)
    for row, chunk in enumerate(chunks):
        vectors[row] = known.get(chunk.content_hash, 0.0)
    _embed(chunks, new, vectors, encoder, progress)
    lexical = LexicalIndex.build([chunk.embedded_text for chunk in chunks])
    report = BuildReport(len(chunks), embedded=len(new), reused=len(chunks) - len(new))
    return IndexParts(chunks, VectorIndex.build(vectors), lexical), report


def _embed(
    chunks: list[Chunk], rows: list[int], vectors: Vectors, encoder: Encoder, progress: Progress
) -> None:
    """Fill in the vectors of the rows, shortest texts first, as batches then need no padding."""
    reused = len(chunks) - len(rows)
    progress(_LABEL, reused, len(chunks))
    by_length = sorted(rows, key=lambda row: len(chunks[row].embedded_text))
    for start in range(0, len(by_length), _TEXTS_AT_A_TIME):
        batch = by_length[start : start + _TEXTS_AT_A_TIME]
        vectors[batch] = encoder.encode([chunks[row].embedded_text for row in batch])
        progress(_LABEL, reused + start + len(batch), len(chunks))


def _known_vectors(index_dir: Path, encoder: Encoder) -> dict[str, Vectors]:
    """Give the vectors of the index there by content hash; none where it cannot be trusted.

    Compressed vectors are not taken over: each pass through the codes would change them.
    """
    try:
        folder, manifest = read_current(index_dir)
        if manifest.encoder_fingerprint != encoder.fingerprint:
            return {}
        check_files(folder, manifest)
        parts = load_parts(folder, manifest)
    except (IndexStaleError, IndexDamagedError):
        return {}
    if not parts.vectors.exact:
        return {}
    rows = parts.vectors.all_vectors()
    return {chunk.content_hash: row for chunk, row in zip(parts.chunks, rows, strict=True)}


def _not_writable(index_dir: Path, error: OSError) -> IndexNotWritableError:
    return IndexNotWritableError(
        f"The search index cannot be written to {index_dir} ({error.strerror or error}). Make "
        "that folder writable, or set INTERVIEWER_INDEX_DIR to one that is."
    )

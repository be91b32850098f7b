"""The index on disk: one folder a version, a manifest that vouches for it, and which is current."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from interviewer.errors import IndexDamagedError, IndexStaleError
from interviewer.models import Chunk
from interviewer.retrieval.chunk_table import read_chunks, write_chunks
from interviewer.retrieval.files import (
    checksums_of,
    first_fault,
    remove,
    swap_in,
    temporary_folder,
    write_whole,
)
from interviewer.retrieval.lexical import LexicalIndex
from interviewer.retrieval.vectors import VectorIndex

CURRENT_NAME = "CURRENT"
MANIFEST_NAME = "manifest.json"
VECTORS_NAME = "index.faiss"
CHUNKS_NAME = "chunks.sqlite"
LEXICAL_NAME = "lexical"
DOCUMENTS_NAME = "documents"
FORMAT_VERSION = 2
METRIC = "inner product of unit vectors"
REBUILD = "Rebuild it with: interviewer index"
_VERSION = re.compile(r"[0-9a-f]{12}-[0-9a-f]{12}")
_NAMED_CHANGES = 3


class IndexManifest(BaseModel):
    """What an index was built from, and the SHA-256 of every source and of every file of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format_version: int
    bank_version: str
    encoder_name: str
    encoder_fingerprint: str
    dimension: int
    metric: str
    chunk_count: int
    sources: dict[str, str]
    files: dict[str, str]


class IndexParts(NamedTuple):
    """What a search needs; `documents` are the words of whole questions, in the chunks' order."""

    chunks: list[Chunk]
    vectors: VectorIndex
    lexical: LexicalIndex
    documents: LexicalIndex | None = None


def source_hashes(files: Mapping[str, str]) -> dict[str, str]:
    """Give the SHA-256 of the text of every bank file."""
    return {
        path: hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        for path, text in sorted(files.items())
    }


def read_current(index_dir: Path) -> tuple[Path, IndexManifest]:
    """Give the folder in use and its manifest, which is checked against the folder's name.

    Raises:
        IndexDamagedError: there is none, or it is unreadable.
        IndexStaleError: another version of this program wrote it.
    """
    try:
        version = (index_dir / CURRENT_NAME).read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise IndexDamagedError(f"There is no search index in {index_dir}. {REBUILD}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise damaged(f"{CURRENT_NAME} cannot be read") from error
    if not _VERSION.fullmatch(version):
        raise damaged(f"{CURRENT_NAME} does not name a version")
    folder = index_dir / version
    return folder, _read_manifest(folder)


def _read_manifest(folder: Path) -> IndexManifest:
    try:
        raw = (folder / MANIFEST_NAME).read_bytes()
    except OSError as error:
        raise damaged(f"{MANIFEST_NAME} is missing") from error
    if not folder.name.endswith(_digest(raw)):
        raise damaged(f"{MANIFEST_NAME} fails its checksum")
    try:
        if json.loads(raw)["format_version"] != FORMAT_VERSION:
            raise stale("another version of this program wrote it")
        return IndexManifest.model_validate_json(raw)
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise damaged(f"{MANIFEST_NAME} cannot be understood") from error


def check_files(folder: Path, manifest: IndexManifest) -> None:
    """Compare every file of a version with its checksum.

    Raises:
        IndexDamagedError: naming the first that is missing or differs.
    """
    if not {VECTORS_NAME, CHUNKS_NAME} <= set(manifest.files):
        raise damaged(f"{MANIFEST_NAME} does not name every file")
    try:
        fault = first_fault(folder, manifest.files)
    except OSError as error:
        raise damaged("a file cannot be read") from error
    if fault:
        raise damaged(fault)


def check_sources(manifest: IndexManifest, files: Mapping[str, str], fingerprint: str) -> None:
    """Compare what an index was built from with what there is now.

    Raises:
        IndexStaleError: naming what changed.
    """
    if manifest.encoder_fingerprint != fingerprint:
        raise stale(f"it was built with another encoder ({manifest.encoder_name})")
    now = source_hashes(files)
    changed = sorted(
        path
        for path in manifest.sources.keys() | now.keys()
        if manifest.sources.get(path) != now.get(path)
    )
    if changed:
        more = len(changed) - _NAMED_CHANGES
        others = f" and {more} more" if more > 0 else ""
        raise stale(f"the bank has changed ({', '.join(changed[:_NAMED_CHANGES])}{others})")


def load_parts(folder: Path, manifest: IndexManifest) -> IndexParts:
    """Open the parts of a version whose files have been checked.

    Raises:
        IndexDamagedError: they do not belong together.
    """
    try:
        chunks = read_chunks(folder / CHUNKS_NAME)
        vectors = VectorIndex.read(folder / VECTORS_NAME)
        lexical = LexicalIndex.read(folder / LEXICAL_NAME, len(chunks))
        question_count = len({chunk.question_id for chunk in chunks})
        documents = LexicalIndex.read(folder / DOCUMENTS_NAME, question_count)
    except (OSError, ValueError, RuntimeError, sqlite3.Error) as error:
        raise damaged("a file cannot be read") from error
    if not (len(chunks) == vectors.size == manifest.chunk_count):
        raise damaged("its parts differ in size")
    if vectors.dimension != manifest.dimension:
        raise damaged("its vectors have another dimension")
    return IndexParts(chunks, vectors, lexical, documents)


def write_version(
    index_dir: Path, parts: IndexParts, describe: IndexManifest
) -> tuple[Path, IndexManifest]:
    """Write a version, make it the current one and remove all others.

    Args:
        index_dir: the caller is its only writer.
        parts: what to write.
        describe: the manifest without `files`.

    Raises:
        OSError: the folder cannot be written.
    """
    with temporary_folder(index_dir) as draft:
        try:
            write_chunks(draft / CHUNKS_NAME, parts.chunks)
            parts.vectors.write(draft / VECTORS_NAME)
            parts.lexical.write(draft / LEXICAL_NAME)
            if parts.documents is not None:
                parts.documents.write(draft / DOCUMENTS_NAME)
        except (RuntimeError, sqlite3.Error) as error:
            raise OSError(f"writing failed: {error}") from error
        manifest = describe.model_copy(update={"files": checksums_of(draft)})
        raw = (json.dumps(manifest.model_dump(), indent=2) + "\n").encode()
        (draft / MANIFEST_NAME).write_bytes(raw)
        folder = index_dir / f"{manifest.bank_version}-{_digest(raw)}"
        swap_in(draft, folder)
    write_whole(index_dir / CURRENT_NAME, f"{folder.name}\n")
    for other in index_dir.iterdir():
        if other != folder and _VERSION.fullmatch(other.name):
            remove(other)
    return folder, manifest


def damaged(reason: str) -> IndexDamagedError:
    """Make the error for an index that cannot be trusted."""
    return IndexDamagedError(f"The search index is damaged: {reason}. {REBUILD}")


def stale(reason: str) -> IndexStaleError:
    """Make the error for an index of other sources."""
    return IndexStaleError(f"The search index is out of date: {reason}. {REBUILD}")


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:12]

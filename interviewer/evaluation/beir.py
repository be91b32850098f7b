"""Reads a retrieval data set in BEIR's layout (Thakur et al., 2021)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ConfigDict, Field

from interviewer.errors import InputError
from interviewer.evaluation.rows import MAX_BYTES, Row, read_rows
from interviewer.files import read_text

_SPLITS = ("test", "dev", "train")


class _Entry(Row):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = Field(alias="_id")
    title: str = ""
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """A corpus, queries by id, and for each query the relevance (1 and up) of documents by id."""

    documents: tuple[Document, ...]
    queries: Mapping[str, str]
    relevant: Mapping[str, Mapping[str, int]]


def load_beir(folder: Path) -> RetrievalSet:
    """Read `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv` (else `dev`, else `train`).

    Only queries that have a relevant document are kept.

    Raises:
        InputError: a file is missing or cannot be read, or names what is not there.
    """
    documents = tuple(
        Document(entry.id, entry.title, entry.text)
        for entry in read_rows(folder / "corpus.jsonl", _Entry)
    )
    relevant = _read_qrels(_qrels_path(folder))
    queries = {entry.id: entry.text for entry in read_rows(folder / "queries.jsonl", _Entry)}
    _check(relevant, queries, {document.id for document in documents}, folder)
    return RetrievalSet(documents, {name: queries[name] for name in relevant}, relevant)


def _qrels_path(folder: Path) -> Path:
    paths = [folder / "qrels" / f"{split}.tsv" for split in _SPLITS]
    for path in paths:
        if path.is_file():
            return path
    raise InputError(
        f"{folder} has no qrels/test.tsv. BEIR's layout is wanted: corpus.jsonl, queries.jsonl and "
        "qrels/test.tsv with the columns query-id, corpus-id and score."
    )


def _read_qrels(path: Path) -> dict[str, dict[str, int]]:
    relevant: dict[str, dict[str, int]] = {}
    lines = read_text(path, max_bytes=MAX_BYTES).splitlines()
    for number, row in enumerate(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
        if not row or (number == 1 and not row[-1].strip().isdigit()):
            continue
        if len(row) != 3 or not row[2].strip().lstrip("-").isdigit():
            raise InputError(f"{path}:{number}: a query id, a document id and a score are wanted.")
        if int(row[2]) > 0:
            relevant.setdefault(row[0], {})[row[1]] = int(row[2])
    if not relevant:
        raise InputError(f"{path} names no relevant document.")
    return relevant


def _check(
    relevant: Mapping[str, Mapping[str, int]],
    queries: Mapping[str, str],
    documents: set[str],
    folder: Path,
) -> None:
    for query_id, judged in relevant.items():
        if query_id not in queries:
            raise InputError(f"{folder}: the relevant documents name an unknown query {query_id}.")
        unknown = sorted(set(judged) - documents)
        if unknown:
            raise InputError(f"{folder}: {query_id} names an unknown document {unknown[0]}.")

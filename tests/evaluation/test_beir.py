from __future__ import annotations

from pathlib import Path

import pytest
from evaluation_support import write_beir

from interviewer.errors import InputError
from interviewer.evaluation.beir import load_beir


def test_corpus_queries_and_relevance_are_read(tmp_path: Path) -> None:
    data = load_beir(write_beir(tmp_path))

    assert [document.id for document in data.documents] == ["d1", "d2", "d3"]
    assert data.documents[1].title == "Lasso"
    assert data.queries == {"q1": "why sparse weights", "q2": "averaging deep trees"}
    assert data.relevant == {"q1": {"d2": 1}, "q2": {"d3": 2}}


def test_a_query_without_a_relevant_document_is_left_out(tmp_path: Path) -> None:
    folder = write_beir(tmp_path)
    qrels = folder / "qrels" / "test.tsv"
    qrels.write_text(qrels.read_text().replace("q2\td3\t2", "q2\td3\t0"))

    assert list(load_beir(folder).queries) == ["q1"]


def test_another_split_serves_where_there_is_no_test_split(tmp_path: Path) -> None:
    folder = write_beir(tmp_path)
    (folder / "qrels" / "test.tsv").rename(folder / "qrels" / "dev.tsv")

    assert list(load_beir(folder).queries) == ["q1", "q2"]


def test_relevance_without_a_header_is_read_whole(tmp_path: Path) -> None:
    folder = write_beir(tmp_path)
    (folder / "qrels" / "test.tsv").write_text("q1\td2\t1\n")

    assert load_beir(folder).relevant == {"q1": {"d2": 1}}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1 d2 1\n", "test.tsv:2: a query id"),
        ("qrels/test.tsv", "q9\td2\t1\n", "unknown query q9"),
        ("qrels/test.tsv", "q1\td9\t1\n", "unknown document d9"),
        ("qrels/test.tsv", "q1\td2\t0\n", "names no relevant document"),
        ("corpus.jsonl", '{"_id": "d1"}\n', "corpus.jsonl:1: text: Field required"),
        ("corpus.jsonl", "\n", "holds no rows"),
        ("queries.jsonl", "{not json}\n", "queries.jsonl:1: this line is not JSON"),
    ],
)
def test_a_broken_set_is_refused_with_file_and_line(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    folder = write_beir(tmp_path)
    (folder / name).write_text(text)

    with pytest.raises(InputError, match=message):
        load_beir(folder)


def test_a_folder_of_another_layout_is_told_what_is_wanted(tmp_path: Path) -> None:
    folder = write_beir(tmp_path)
    (folder / "qrels" / "test.tsv").unlink()

    with pytest.raises(InputError, match="BEIR's layout is wanted"):
        load_beir(folder)

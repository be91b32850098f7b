"""The index on disk: verified, never half written, never stale, rebuilt when it must be."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import SMALL_BANK, HashingEncoder

from interviewer.errors import (
    EncoderError,
    IndexDamagedError,
    IndexNotWritableError,
    IndexStaleError,
    SearchIndexError,
)
from interviewer.knowledge.bank import QuestionBank, load_bank
from interviewer.retrieval import index as index_module
from interviewer.retrieval import vectors as vectors_module
from interviewer.retrieval.index import (
    SearchIndex,
    build_in_memory,
    build_index,
    check_index,
    ensure_index,
    open_index,
)

QUERY = "why does the lasso give sparse weights"


class CountingEncoder(HashingEncoder):
    """Remembers what it was asked to embed."""

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def encode(self, texts):
        self.embedded += texts
        return super().encode(texts)


class OtherEncoder(HashingEncoder):
    name = "hashing-other"
    fingerprint = "hashing-other-v1"


class BrokenEncoder(HashingEncoder):
    fingerprint = "broken"

    def encode(self, texts):
        raise EncoderError("no power")


def version_of(index_dir: Path) -> Path:
    return index_dir / (index_dir / "CURRENT").read_text().strip()


def results(index: SearchIndex) -> list[tuple[str, float]]:
    return [(hit.chunk.chunk_id, hit.score) for hit in index.search(QUERY, top_k=5)]


def edited(small_bank_dir: Path, old: str, new: str) -> QuestionBank:
    path = small_bank_dir / "ml-fundamentals" / "regularization.md"
    path.write_text(path.read_text().replace(old, new))
    return load_bank(small_bank_dir)


def test_an_index_read_back_answers_like_the_one_in_memory(
    index_dir: Path, bank: QuestionBank, encoder: HashingEncoder
) -> None:
    opened = open_index(index_dir, bank, encoder)
    in_memory = build_in_memory(bank, encoder)
    assert results(opened) == results(in_memory)
    assert opened.chunks == in_memory.chunks
    assert np.array_equal(opened.vectors(), in_memory.vectors())


def test_every_chunk_cites_lines_of_the_bank(
    index_dir: Path, bank: QuestionBank, encoder: HashingEncoder
) -> None:
    for chunk in open_index(index_dir, bank, encoder).chunks:
        assert chunk.text in bank.lines(chunk.path, chunk.start_line, chunk.end_line)


def test_the_folder_holds_what_its_readme_says_and_no_pickle(index_dir: Path) -> None:
    names = sorted(path.name for path in index_dir.iterdir())
    assert names == [".lock", version_of(index_dir).name, "CURRENT"]
    files = {
        path.relative_to(version_of(index_dir)).as_posix()
        for path in version_of(index_dir).rglob("*")
    }
    assert {"index.faiss", "chunks.sqlite", "lexical", "manifest.json"} <= files
    assert not [name for name in files if name.endswith((".pkl", ".pickle"))]


def test_the_manifest_vouches_for_every_source_and_file(
    index_dir: Path, bank: QuestionBank, encoder: HashingEncoder
) -> None:
    manifest = json.loads((version_of(index_dir) / "manifest.json").read_text())
    assert manifest["bank_version"] == bank.version
    assert manifest["encoder_fingerprint"] == encoder.fingerprint
    assert (manifest["dimension"], manifest["chunk_count"]) == (64, 8)
    assert list(manifest["sources"]) == ["ml-fundamentals/regularization.md"]
    on_disk = {
        path.relative_to(version_of(index_dir)).as_posix()
        for path in version_of(index_dir).rglob("*")
        if path.is_file()
    }
    assert set(manifest["files"]) == on_disk - {"manifest.json"}


def test_a_current_index_passes_the_check(
    index_dir: Path, bank: QuestionBank, encoder: HashingEncoder
) -> None:
    check_index(index_dir, bank, encoder.fingerprint)


def test_an_edited_bank_makes_the_index_stale_and_names_the_file(
    index_dir: Path, small_bank_dir: Path, encoder: HashingEncoder
) -> None:
    changed = edited(small_bank_dir, "little bias", "bit of bias")
    with pytest.raises(IndexStaleError, match=r"ml-fundamentals/regularization\.md"):
        check_index(index_dir, changed, encoder.fingerprint)


def test_many_changes_are_counted(
    index_dir: Path, small_bank_dir: Path, encoder: HashingEncoder
) -> None:
    for number in range(5):
        text = SMALL_BANK.replace("id: ", f"id: n{number}-")
        (small_bank_dir / f"more-{number}.md").write_text(text)
    with pytest.raises(IndexStaleError, match=r"more-0\.md, more-1\.md, more-2\.md and 2 more"):
        check_index(index_dir, load_bank(small_bank_dir), encoder.fingerprint)


def test_another_encoder_makes_the_index_stale(index_dir: Path, bank: QuestionBank) -> None:
    with pytest.raises(IndexStaleError, match="another encoder"):
        open_index(index_dir, bank, OtherEncoder())


def test_a_rebuild_embeds_only_what_is_new(
    index_dir: Path, small_bank_dir: Path, encoder: HashingEncoder
) -> None:
    changed = edited(small_bank_dir, "Gradient descent minimizes a loss", "It minimizes a loss")
    counting = CountingEncoder()
    built = build_index(changed, counting, index_dir)
    assert built.report is not None
    assert (built.report.embedded, built.report.reused) == (1, 7)
    assert len(counting.embedded) == 1
    assert "It minimizes a loss" in counting.embedded[0]
    fresh = build_in_memory(changed, encoder)
    assert np.array_equal(built.vectors(), fresh.vectors())
    assert results(built) == results(fresh)


def test_moved_lines_need_no_embedding_but_new_citations(
    index_dir: Path, small_bank_dir: Path
) -> None:
    moved = edited(
        small_bank_dir, "topic: regularization\n---\n", "topic: regularization\n---\n\n\n"
    )
    counting = CountingEncoder()
    built = build_index(moved, counting, index_dir)
    assert counting.embedded == []
    for chunk in built.chunks:
        assert chunk.text == moved.lines(chunk.path, chunk.start_line, chunk.end_line)


def test_vectors_of_another_encoder_or_a_damaged_index_are_not_reused(
    index_dir: Path, bank: QuestionBank
) -> None:
    other = build_index(bank, OtherEncoder(), index_dir)
    assert other.report is not None
    assert other.report.reused == 0
    flip_a_bit(version_of(index_dir) / "index.faiss")
    again = build_index(bank, OtherEncoder(), index_dir)
    assert again.report is not None
    assert again.report.reused == 0


def test_a_compressed_index_is_embedded_anew(
    index_dir: Path, bank: QuestionBank, encoder: HashingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = vectors_module.VectorIndex.build
    monkeypatch.setattr(
        vectors_module.VectorIndex, "build", lambda vectors: build(vectors, flat_limit=4)
    )
    compressed = build_index(bank, encoder, index_dir)
    (best, score), (same, exact) = (
        results(compressed)[0],
        results(build_in_memory(bank, encoder))[0],
    )
    assert (best, score) == (same, pytest.approx(exact, abs=1e-3))
    assert compressed.vectors().shape == (8, 64)
    again = build_index(bank, encoder, index_dir)
    assert again.report is not None
    assert again.report.reused == 0


def test_a_build_tells_how_far_it_is(
    tmp_path: Path, bank: QuestionBank, encoder: HashingEncoder
) -> None:
    steps: list[tuple[str, int, int]] = []
    build_index(bank, encoder, tmp_path / "new", progress=lambda *step: steps.append(step))
    assert steps == [("Embedding passages", 0, 8), ("Embedding passages", 8, 8)]


def test_old_versions_and_abandoned_drafts_are_removed(
    index_dir: Path, small_bank_dir: Path, encoder: HashingEncoder
) -> None:
    (index_dir / ".tmp-abandoned").mkdir()
    (index_dir / "encoder").mkdir()
    before = version_of(index_dir)
    build_index(edited(small_bank_dir, "little bias", "bit of bias"), encoder, index_dir)
    assert not before.exists()
    assert sorted(path.name for path in index_dir.iterdir()) == sorted(
        [".lock", "CURRENT", "encoder", version_of(index_dir).name]
    )


def test_a_build_that_fails_leaves_the_old_index_as_it_was(
    index_dir: Path, bank: QuestionBank, encoder: HashingEncoder
) -> None:
    with pytest.raises(EncoderError):
        build_index(bank, BrokenEncoder(), index_dir)
    assert results(open_index(index_dir, bank, encoder))
    assert not list(index_dir.glob(".tmp-*"))


@pytest.mark.parametrize("step", ["swap_in", "write_whole"])
def test_a_full_disk_leaves_the_old_index_as_it_was(
    index_dir: Path,
    bank: QuestionBank,
    encoder: HashingEncoder,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"interviewer.retrieval.index_files.{step}", fail)
    with pytest.raises(IndexNotWritableError, match="No space left"):
        build_index(bank, OtherEncoder(), index_dir)
    monkeypatch.undo()
    assert results(open_index(index_dir, bank, encoder))


def flip_a_bit(path: Path, place: float = 0.5) -> None:
    content = bytearray(path.read_bytes())
    content[min(int(len(content) * place), len(content) - 1)] ^= 1
    path.write_bytes(content)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


DAMAGES: dict[str, Callable[[Path], None]] = {
    "no CURRENT": lambda d: (d / "CURRENT").unlink(),
    "empty CURRENT": lambda d: (d / "CURRENT").write_text(""),
    "binary CURRENT": lambda d: (d / "CURRENT").write_bytes(b"\xff\xfe\x00"),
    "CURRENT is a folder": lambda d: ((d / "CURRENT").unlink(), (d / "CURRENT").mkdir())[0],
    "CURRENT points outside": lambda d: (d / "CURRENT").write_text("../../etc"),
    "CURRENT names no folder": lambda d: (d / "CURRENT").write_text("a" * 12 + "-" + "b" * 12),
    "no manifest": lambda d: (version_of(d) / "manifest.json").unlink(),
    "garbage manifest": lambda d: (version_of(d) / "manifest.json").write_text("{"),
    "flipped bit in the manifest": lambda d: flip_a_bit(version_of(d) / "manifest.json"),
    "no vectors": lambda d: (version_of(d) / "index.faiss").unlink(),
    "flipped bit in the vectors": lambda d: flip_a_bit(version_of(d) / "index.faiss"),
    "truncated vectors": lambda d: truncate(version_of(d) / "index.faiss"),
    "empty vectors": lambda d: (version_of(d) / "index.faiss").write_bytes(b""),
    "no chunks": lambda d: (version_of(d) / "chunks.sqlite").unlink(),
    "flipped bit in the chunks": lambda d: flip_a_bit(version_of(d) / "chunks.sqlite", 0.9),
    "truncated chunks": lambda d: truncate(version_of(d) / "chunks.sqlite"),
    "flipped bit in the words": lambda d: flip_a_bit(next((version_of(d) / "lexical").iterdir())),
    "no words": lambda d: shutil.rmtree(version_of(d) / "lexical"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_noticed_and_repaired(
    index_dir: Path,
    bank: QuestionBank,
    encoder: HashingEncoder,
    damage: Callable[[Path], None],
) -> None:
    expected = results(open_index(index_dir, bank, encoder))
    damage(index_dir)
    with pytest.raises(IndexDamagedError, match="interviewer index"):
        check_index(index_dir, bank, encoder.fingerprint)
    if (index_dir / "CURRENT").is_dir():
        (index_dir / "CURRENT").rmdir()
    told: list[str] = []
    assert results(ensure_index(bank, encoder, index_dir, notify=told.append)) == expected
    assert len(told) == 1
    assert told[0].endswith("It is being built anew.")
    check_index(index_dir, bank, encoder.fingerprint)


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), data=st.data())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_flipped_bit_in_any_file_goes_unnoticed(
    index_dir: Path,
    bank: QuestionBank,
    encoder: HashingEncoder,
    place: float,
    bit: int,
    data: st.DataObject,
) -> None:
    files = sorted(path for path in version_of(index_dir).rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files))
    before = path.read_bytes()
    content = bytearray(before)
    content[int(place * len(content))] ^= 1 << bit
    path.write_bytes(content)
    try:
        with pytest.raises(SearchIndexError):
            open_index(index_dir, bank, encoder)
    finally:
        path.write_bytes(before)


def forge(index_dir: Path, change: Callable[[dict], dict]) -> None:
    """Write a changed manifest under the name that its content vouches for."""
    folder = version_of(index_dir)
    manifest = change(json.loads((folder / "manifest.json").read_text()))
    raw = json.dumps(manifest).encode()
    (folder / "manifest.json").write_bytes(raw)
    name = f"{'a' * 12}-{hashlib.sha256(raw).hexdigest()[:12]}"
    folder.rename(index_dir / name)
    (index_dir / "CURRENT").write_text(name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m | {"files": {}}, "does not name every file"),
        (lambda m: m | {"chunk_count": 3}, "differ in size"),
        (lambda m: m | {"dimension": 3}, "another dimension"),
        (lambda m: m | {"surprise": 1}, "cannot be understood"),
        (lambda m: [], "cannot be understood"),
        (lambda m: {}, "cannot be understood"),
    ],
)
def test_a_manifest_that_contradicts_itself_is_damage(
    index_dir: Path,
    bank: QuestionBank,
    encoder: HashingEncoder,
    change: Callable[[dict], dict],
    message: str,
) -> None:
    forge(index_dir, change)
    with pytest.raises(IndexDamagedError, match=message):
        open_index(index_dir, bank, encoder)


def test_an_index_of_another_format_is_stale(
    index_dir: Path, bank: QuestionBank, encoder: HashingEncoder
) -> None:
    forge(index_dir, lambda manifest: manifest | {"format_version": 999, "more": 1})
    with pytest.raises(IndexStaleError, match="another version of this program"):
        open_index(index_dir, bank, encoder)


def test_a_stale_index_is_rebuilt_with_the_reason(
    index_dir: Path, small_bank_dir: Path, encoder: HashingEncoder
) -> None:
    changed = edited(small_bank_dir, "little bias", "bit of bias")
    told: list[str] = []
    ensure_index(changed, encoder, index_dir, notify=told.append)
    assert told == [
        "The search index is out of date: the bank has changed "
        "(ml-fundamentals/regularization.md). It is being built anew."
    ]
    ensure_index(changed, encoder, index_dir, notify=told.append)
    assert len(told) == 1


def test_a_good_index_opens_where_nothing_can_be_written(
    index_dir: Path,
    bank: QuestionBank,
    encoder: HashingEncoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index_module, "only_writer", None)
    before = sorted(path.name for path in index_dir.rglob("*"))
    assert results(ensure_index(bank, encoder, index_dir))
    assert sorted(path.name for path in index_dir.rglob("*")) == before


def test_a_folder_that_cannot_be_written_says_what_to_do(
    tmp_path: Path, bank: QuestionBank, encoder: HashingEncoder
) -> None:
    (tmp_path / "file").write_text("")
    for build in (build_index, ensure_index):
        with pytest.raises(IndexNotWritableError, match="INTERVIEWER_INDEX_DIR"):
            build(bank, encoder, tmp_path / "file" / "index")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_says_what_to_do(
    tmp_path: Path, bank: QuestionBank, encoder: HashingEncoder
) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(IndexNotWritableError, match="Permission denied"):
            build_index(bank, encoder, tmp_path / "index")
    finally:
        tmp_path.chmod(0o700)


def test_builders_at_the_same_time_wait_for_each_other(tmp_path: Path, bank: QuestionBank) -> None:
    folder = tmp_path / "index"
    told: list[str] = []
    found: list[list[tuple[str, float]]] = []

    def ensure() -> None:
        index = ensure_index(bank, CountingEncoder(), folder, notify=told.append)
        found.append(results(index))

    threads = [threading.Thread(target=ensure) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert all(other == found[0] for other in found)
    assert len(told) == 1
    check_index(folder, bank, CountingEncoder.fingerprint)


def test_an_open_index_goes_on_answering_while_it_is_replaced(
    index_dir: Path, small_bank_dir: Path, bank: QuestionBank, encoder: HashingEncoder
) -> None:
    opened = open_index(index_dir, bank, encoder)
    before = results(opened)
    build_index(edited(small_bank_dir, "little bias", "bit of bias"), encoder, index_dir)
    assert results(opened) == before


def test_questions_without_an_answer_are_no_trouble(
    tmp_path: Path, bank: QuestionBank, encoder: HashingEncoder
) -> None:
    bare = replace(
        bank.questions[0], id="bare", reference_start_line=0, key_points=(), follow_ups=()
    )
    with_bare = QuestionBank((*bank.questions, bare), bank.files, bank.version)
    built = build_index(with_bare, encoder, tmp_path / "index")
    assert (built.size, built.chunks_of("bare")) == (8, [])


def test_a_bank_with_nothing_to_embed_gives_an_empty_index(
    tmp_path: Path, bank: QuestionBank, encoder: HashingEncoder
) -> None:
    nothing = QuestionBank((), bank.files, bank.version)
    assert build_index(nothing, encoder, tmp_path / "index").size == 0
    assert open_index(tmp_path / "index", nothing, encoder).search("anything", top_k=3) == []

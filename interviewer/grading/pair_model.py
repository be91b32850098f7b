"""Runs the judge's model: a claim and what was said in, four logits out, no network."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interviewer.errors import EncoderError
from interviewer.grading.pair_text import encode_pair
from interviewer.retrieval.encoder_export import packaged_tokenizer
from interviewer.retrieval.files import first_fault

MODEL_DIR = Path(__file__).resolve().parent / "model"
MODEL_NAME = "judge.onnx"
CALIBRATION_NAME = "calibration.json"
MANIFEST_NAME = "manifest.json"
_CHECKED = frozenset({MODEL_NAME, CALIBRATION_NAME})
_THREADS = 2
# Far below what a verdict turns on, far above what processors disagree on.
_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Calibration:
    """A multinomial logistic regression: `weights` is `(4, n_features)`, `bias` `(4,)`."""

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    def probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the chances of the four verdicts, `(n, 4)`, for features `(n, n_features)`."""
        logits = features @ self.weights.T + self.bias
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
        return chances


@dataclass(frozen=True, slots=True)
class Calibrations:
    """One calibration for key points that somebody wrote, one for those cut from a reference."""

    written: Calibration
    derived: Calibration


class PairModel:
    """The packaged model, checked against its manifest before it is loaded.

    It reads the encoder's own word pieces, so the tokenizer is that of the encoder's package.

    Each pair is run by itself: the 8-bit graph scales by the largest value of a batch, so a
    batch-mate would move a verdict.

    Args:
        folder: where the model's files are.
        threads: how many pairs are run at once, each on a thread of its own; at most two of the
            machine's cores if None.

    Raises:
        EncoderError: a file is missing, damaged or unreadable.
    """

    def __init__(self, folder: Path = MODEL_DIR, *, threads: int | None = None) -> None:
        import onnxruntime

        _check(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._tokenizer = packaged_tokenizer()
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL_NAME), options, providers=["CPUExecutionProvider"]
        )
        self._threads = threads or min(_THREADS, os.cpu_count() or 1)

    def logits(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """Give the logits of covered, partial, missing and contradicted, `(n_pairs, 4)`."""
        if len(pairs) < 2 or self._threads < 2:
            rows = [self._run(*pair) for pair in pairs]
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                rows = list(pool.map(lambda pair: self._run(*pair), pairs))
        return np.array(rows, dtype=np.float64).reshape(len(pairs), 4).round(_DECIMALS)

    def _run(self, claim: str, said: str) -> NDArray[np.float32]:
        ids, types = encode_pair(self._tokenizer, claim, said)
        row = np.array([ids], dtype=np.int64)
        feeds = {
            "input_ids": row,
            "attention_mask": np.ones_like(row),
            "token_type_ids": np.array([types], dtype=np.int64),
        }
        logits: NDArray[np.float32] = self._session.run(None, feeds)[0][0]
        return logits


def load_calibrations(folder: Path = MODEL_DIR) -> Calibrations:
    """Read the packaged calibrations."""
    values = json.loads((folder / CALIBRATION_NAME).read_text(encoding="utf-8"))
    return Calibrations(_calibration(values["written"]), _calibration(values["derived"]))


def _calibration(values: Mapping[str, Any]) -> Calibration:
    return Calibration(np.array(values["weights"]), np.array(values["bias"]))


def _check(folder: Path) -> None:
    try:
        manifest = json.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))
        checksums = dict(manifest["files"])
        fault = first_fault(folder, checksums)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unusable(f"{MANIFEST_NAME} cannot be read") from error
    unnamed = sorted(_CHECKED - checksums.keys())
    if unnamed:
        raise _unusable(f"{MANIFEST_NAME} has no checksum of {unnamed[0]}")
    if fault:
        raise _unusable(fault)


def _unusable(fault: str) -> EncoderError:
    return EncoderError(
        f"The offline judge's model cannot be used: {fault}. Install interviewer again."
    )

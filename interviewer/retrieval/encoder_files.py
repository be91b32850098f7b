"""The exported encoder's folder: its manifest, and the check that nothing in it is damaged."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from interviewer.errors import EncoderError
from interviewer.retrieval.files import first_fault

MODEL_NAME = "model.onnx"
TOKENIZER_NAME = "tokenizer.json"
MANIFEST_NAME = "manifest.json"
FORMAT_VERSION = 2


class EncoderManifest(BaseModel):
    """What an exported encoder is, and the SHA-256 of each of its files.

    `mean_cosine` is that of its embeddings to the reference's, on the texts that the export
    checks.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format_version: int
    name: str
    weights_sha256: str
    dimension: int
    max_tokens: int
    mean_cosine: float
    files: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """Tell encoders apart whose embeddings may differ."""
        parts = (self.files[MODEL_NAME], self.files[TOKENIZER_NAME], str(self.max_tokens))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def read_manifest(folder: Path) -> EncoderManifest:
    """Read and check an exported encoder's folder.

    Raises:
        EncoderError: a file is missing, unreadable or not the one that was exported.
    """
    try:
        raw = (folder / MANIFEST_NAME).read_text(encoding="utf-8")
        manifest = EncoderManifest.model_validate_json(raw)
        fault = _fault_of(folder, manifest)
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise EncoderError(_advice(folder, f"{MANIFEST_NAME} cannot be read")) from error
    if fault:
        raise EncoderError(_advice(folder, fault))
    return manifest


def _fault_of(folder: Path, manifest: EncoderManifest) -> str | None:
    if manifest.format_version != FORMAT_VERSION:
        return f"it has format {manifest.format_version}, not {FORMAT_VERSION}"
    if not {MODEL_NAME, TOKENIZER_NAME} <= set(manifest.files):
        return f"{MANIFEST_NAME} does not name every file"
    return first_fault(folder, manifest.files)


def _advice(folder: Path, fault: str) -> str:
    return (
        f"The exported encoder in {folder} cannot be used: {fault}. "
        "Export it again with: interviewer index"
    )

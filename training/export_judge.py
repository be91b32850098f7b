"""Writes the trained judge as the 8-bit ONNX model that ships, calibrates it, and checks both.

python training/export_judge.py TRAINED --asag FOLDER [--to interviewer/grading/model]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import torch
from calibrate import derived, written
from pairs import answer_pairs
from safetensors.torch import load_file
from tokenizers import Tokenizer
from train_judge import PairModel as TorchModel
from train_judge import accuracy, predict

from interviewer.config import load_settings
from interviewer.grading.pair_model import (
    CALIBRATION_NAME,
    MANIFEST_NAME,
    MODEL_DIR,
    MODEL_NAME,
    PairModel,
)
from interviewer.knowledge.bank import load_bank
from interviewer.retrieval.encoder import Encoder, open_encoder
from interviewer.retrieval.encoder_export import packaged_folder, whole_tokenizer, write_8_bit
from interviewer.retrieval.files import checksums_of

INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def export(model: TorchModel, target: Path) -> None:
    """Write the model as an 8-bit ONNX graph."""
    model.eval()
    samples = {
        "input_ids": torch.ones((2, 8), dtype=torch.long),
        "attention_mask": torch.ones((2, 8), dtype=torch.long),
        "token_type_ids": torch.zeros((2, 8), dtype=torch.long),
    }
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("sequence", max=512)}
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        torch.onnx.export(
            model,
            (),
            str(full),
            kwargs=samples,
            input_names=list(INPUTS),
            output_names=["logits"],
            dynamic_shapes=dict.fromkeys(INPUTS, axes),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
        write_8_bit(full, target)


def main() -> None:
    """Export, calibrate, write the manifest, and print what 8 bits cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trained", type=Path)
    parser.add_argument("--asag", type=Path, required=True, help="folder of graded sets")
    parser.add_argument("--to", type=Path, default=MODEL_DIR)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    settings = load_settings()
    encoder = open_encoder(settings)
    arguments.to.mkdir(parents=True, exist_ok=True)
    trained = TorchModel(attention="eager")
    trained.load_state_dict(load_file(arguments.trained / "judge.safetensors"))
    export(trained, arguments.to / MODEL_NAME)
    _write_manifest(arguments.to)
    model = PairModel(arguments.to)
    _compare(trained, model, encoder, whole_tokenizer(packaged_folder()))
    values = {
        "written": written(load_bank(settings.bank_dir), encoder, model),
        "derived": derived(encoder, model, arguments.asag),
    }
    text = json.dumps(values, indent=1) + "\n"
    (arguments.to / CALIBRATION_NAME).write_text(text, encoding="utf-8")
    _write_manifest(arguments.to)


def _write_manifest(folder: Path) -> None:
    (folder / MANIFEST_NAME).unlink(missing_ok=True)
    files = {
        name: digest
        for name, digest in checksums_of(folder).items()
        if name in (MODEL_NAME, CALIBRATION_NAME)
    }
    text = json.dumps({"files": files}, indent=1, sort_keys=True) + "\n"
    (folder / MANIFEST_NAME).write_text(text, encoding="utf-8")


def _compare(trained: TorchModel, model: PairModel, encoder: Encoder, tokenizer: Tokenizer) -> None:
    pairs = list(answer_pairs(encoder, "dev"))
    whole = predict(trained, pairs, tokenizer)
    small = model.logits([(pair.claim, pair.said) for pair in pairs])
    same = float(np.mean(whole.argmax(1) == small.argmax(1)))
    print(
        f"dev accuracy {accuracy(whole, pairs):.3f}, in 8 bits {accuracy(small, pairs):.3f}; "
        f"the same verdict on {same:.3f}"
    )


if __name__ == "__main__":
    main()

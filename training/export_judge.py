"""Writes the trained judge as the 8-bit ONNX model that ships, calibrates it, and checks both.

python training/export_judge.py TRAINED --asag FOLDER [--to interviewer/grading/model]
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from calibrate import derived, written
from judge_graph import write_judge
from numpy.typing import NDArray
from pairs import Pair, answer_pairs
from safetensors.torch import load_file
from tokenizers import Tokenizer
from train_judge import SEED, accuracy, collate, predict
from train_judge import PairModel as TorchModel

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
from interviewer.retrieval.encoder_export import packaged_folder, whole_tokenizer
from interviewer.retrieval.files import checksums_of

SAMPLE = 120
"""How many pairs to train on tell how far each hidden unit reaches."""


def export(model: TorchModel, pairs: Sequence[Pair], target: Path) -> None:
    """Write the model as an 8-bit ONNX graph; `pairs` tell how far its hidden units reach."""
    reach = reach_of(model, pairs, whole_tokenizer(packaged_folder()))
    weights = {name: values.numpy() for name, values in model.state_dict().items()}
    write_judge(weights, reach, target)


def reach_of(
    model: TorchModel, pairs: Sequence[Pair], tokenizer: Tokenizer
) -> list[NDArray[np.float32]]:
    """Give the largest size of each hidden unit of each feed-forward layer, `(1536,)` a layer."""
    layers = model.transformer.encoder.layer
    reach = [torch.zeros(layer.intermediate.dense.out_features) for layer in layers]

    def seen(place: int, active: torch.Tensor) -> None:
        reach[place] = torch.maximum(reach[place], active.abs().amax(dim=(0, 1)))

    hooks = [
        layer.intermediate.register_forward_hook(
            lambda _module, _inputs, active, place=place: seen(place, active)
        )
        for place, layer in enumerate(layers)
    ]
    model.eval()
    with torch.inference_mode():
        for pair in pairs:
            model(**collate([pair], tokenizer))
    for hook in hooks:
        hook.remove()
    return [most.numpy() for most in reach]


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
    trained = TorchModel()
    trained.load_state_dict(load_file(arguments.trained / "judge.safetensors"))
    pairs = random.Random(SEED).sample(list(answer_pairs(encoder, "train")), SAMPLE)
    export(trained, pairs, arguments.to / MODEL_NAME)
    write_manifest(arguments.to)
    model = PairModel(arguments.to)
    _compare(trained, model, encoder, whole_tokenizer(packaged_folder()))
    values = {
        "written": written(load_bank(settings.bank_dir), encoder, model),
        "derived": derived(encoder, model, arguments.asag),
    }
    text = json.dumps(values, indent=1) + "\n"
    (arguments.to / CALIBRATION_NAME).write_text(text, encoding="utf-8")
    write_manifest(arguments.to)


def write_manifest(folder: Path) -> None:
    """Write the checksums of a folder's model and calibration."""
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

r"""Trains without one graded set, grades that set, and prints how far the judge holds there.

What a judge reaches on questions it never saw, of a course it was trained on, says little of a
course that it never saw. Here each graded set is left out in turn, of the pair model's training
and of the calibration alike, and all its splits are graded:

    python training/train_judge.py --asag FOLDER --without scientsbank beetle saf --epochs 1 \
        --share 0.8 --out first
    python training/hold_out.py --asag FOLDER --first first --work WORK

The second stage is shortened to one epoch, in which the other sets' answers stand once and a part
of all else, and is run once more with every set, for what knows them. What was trained is kept
under `WORK`, so that an interrupted run goes on; it takes an hour on two cores. What was read is
kept as `unseen_courses.npz`, which the calibration is fitted on as well. Train splits alone are
read.
"""

from __future__ import annotations

import argparse
import random
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ablate import only, scores_of
from calibrate import SHRUNK, UNSEEN_COURSES, Answered, fit_derived, held_back, read_answered
from export_judge import SAMPLE, export, write_manifest
from numpy.typing import NDArray
from pairs import Pair, answer_pairs
from safetensors.torch import load_file, save_file
from second_stage import SecondSource
from train_judge import SEED, STAGES, PairModel, train

from interviewer.config import load_settings
from interviewer.evaluation.answers import AnswerRow, sample_rows
from interviewer.grading.pair_model import (
    CALIBRATION_NAME,
    MANIFEST_NAME,
    MODEL_DIR,
    MODEL_NAME,
    Calibration,
)
from interviewer.grading.pair_model import PairModel as PackagedModel
from interviewer.knowledge.bank import load_bank
from interviewer.retrieval.encoder import Encoder, open_encoder
from interviewer.retrieval.encoder_export import packaged_folder, whole_tokenizer

OTHER_SHARE = 0.3
"""How much of what is not a graded set the shortened stage takes."""

LIMIT = 600
"""How many train answers of a set are read."""

ALL = "none"
ALL_COLUMNS = range(11)
WORDS = (4, 5, 10)
STEMS = 10
_DECIMALS = 4


def main() -> None:
    """Train and read with each set left out, and with none, and print what was reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--asag", type=Path, required=True, help="folder of graded sets")
    parser.add_argument("--first", type=Path, required=True, help="a first stage without them")
    parser.add_argument("--work", type=Path, required=True, help="keeps what was trained and read")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    settings = load_settings()
    encoder = open_encoder(settings)
    sets = sorted(path.stem for path in arguments.asag.glob("*.jsonl"))
    trained = [arguments.work / left_out for left_out in (ALL, *sets)]
    if not all((folder / "judge.safetensors").exists() for folder in trained):
        _train_all(encoder, arguments.asag, arguments.first, trained)
    known = list(held_back(encoder, _packaged(trained[0], encoder), arguments.asag))
    unseen = {
        folder.name: _graded(
            arguments.asag / f"{folder.name}.jsonl", encoder, _packaged(folder, encoder)
        )
        for folder in trained[1:]
    }
    _write(unseen)
    _tell(known, {name: [each for _, each in read] for name, read in unseen.items()})


def _write(unseen: Mapping[str, Sequence[tuple[str, Answered]]]) -> None:
    """Keep the features by the ids of the answers, and nothing of the answers themselves."""
    kept: dict[str, NDArray[Any]] = {}
    for name, read in unseen.items():
        kept[f"{name} ids"] = np.array([answer_id for answer_id, _ in read])
        kept[f"{name} counts"] = np.array([len(each.rows) for _, each in read])
        rows = np.concatenate([each.rows for _, each in read])
        kept[f"{name} rows"] = rows.round(_DECIMALS).astype(np.float32)
        kept[f"{name} shares"] = np.concatenate([each.shares for _, each in read])
    np.savez_compressed(UNSEEN_COURSES, **kept)


def _tell(known: Sequence[Answered], unseen: Mapping[str, Sequence[Answered]]) -> None:
    """Print how far scores agree with people's on courses that neither model nor fit has seen."""
    for name, there in unseen.items():
        others = [each for each in known if each.source != name]
        elsewhere = [
            replace(each, source=f"{each.source}, never seen")
            for other, read in unseen.items()
            for each in read
            if other != name
        ]
        plain = np.array([each.shares @ each.rows[:, STEMS] for each in there])
        human = np.array([each.score for each in there])
        told = [f"shared words {np.corrcoef(plain, human)[0, 1]:.3f}"]
        for what, fitted_to, columns, shrunk in (
            ("fitted on known courses", others, ALL_COLUMNS, SHRUNK),
            ("on unseen ones as well", [*others, *elsewhere], ALL_COLUMNS, SHRUNK),
            ("so, without the pair model", [*others, *elsewhere], WORDS, 1.0),
        ):
            calibration = Calibration(*fit_derived(only(fitted_to, columns), shrunk))
            scores, _ = scores_of(only(there, columns), calibration)
            told.append(f"{what} {np.corrcoef(scores, human)[0, 1]:.3f}")
        print(f"{name} never seen, {len(there)} answers, r: {'; '.join(told)}")


def _train_all(encoder: Encoder, asag: Path, first: Path, trained: Sequence[Path]) -> None:
    source = SecondSource(encoder, load_bank(load_settings().bank_dir), asag)
    dev = list(answer_pairs(encoder, "dev"))
    for folder in trained:
        if (folder / "judge.safetensors").exists():
            continue
        rng = random.Random(SEED)
        pairs = list(_shortened(source, [path.name for path in trained], folder.name, rng))
        print(f"without {folder.name}: {dict(Counter(pair.source for pair in pairs))}", flush=True)
        torch.manual_seed(SEED)
        model = train(_load(first), [pairs], dev, whole_tokenizer(packaged_folder()), STAGES[2])
        folder.mkdir(parents=True, exist_ok=True)
        save_file(model.state_dict(), folder / "judge.safetensors")


def _shortened(
    source: SecondSource, sets: Sequence[str], left_out: str, rng: random.Random
) -> Iterator[Pair]:
    """Give every answer of the graded sets but one, and a share of all else."""
    for pair in source.graded:
        if pair.source != left_out:
            yield pair
    for pair in source.draw(rng):
        if pair.source not in sets and rng.random() < OTHER_SHARE:
            yield pair


def _packaged(folder: Path, encoder: Encoder) -> PackagedModel:
    """Export a trained judge as it would ship; the calibration beside it is never used."""
    if not (folder / MANIFEST_NAME).exists():
        pairs = random.Random(SEED).sample(list(answer_pairs(encoder, "dev")), SAMPLE)
        export(_load(folder), pairs, folder / MODEL_NAME)
        shutil.copy(MODEL_DIR / CALIBRATION_NAME, folder)
        write_manifest(folder)
    return PackagedModel(folder)


def _load(folder: Path) -> PairModel:
    model = PairModel()
    model.load_state_dict(load_file(folder / "judge.safetensors"))
    return model


def _graded(path: Path, encoder: Encoder, model: PackagedModel) -> list[tuple[str, Answered]]:
    """Read train answers of a set that the model never saw, with the id of each."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [AnswerRow.model_validate_json(line) for line in lines]
    kept = [row for row in rows if row.split == "train" and not row.blank]
    drawn = sample_rows(kept, LIMIT, SEED)
    return [
        (row.id, each) for row in drawn for each in read_answered(row, path.stem, encoder, model)
    ]


if __name__ == "__main__":
    main()

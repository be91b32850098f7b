"""Trains the judge's model: MiniLM read as a cross-encoder over a claim and what was said.

All layers are tuned and the word embeddings kept; the loss is the cross entropy of four verdicts,
summed over those that a label allows (SciEntsBank and Beetle do not tell partial from missing).

The first stage learns from all that was written for single points, the second from whole answers in
which neither style nor neighbours tell right from wrong, beside much that says nothing:

    python training/train_judge.py --asag FOLDER --out first
    python training/train_judge.py --asag FOLDER --stage 2 --continue-from first --out second
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from pairs import Pair, answer_pairs, asag_pairs, bank_pairs, short_pairs, statement_pairs
from safetensors.torch import load_file, save_file
from second_stage import SecondSource
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel
from tricks import noisy

from interviewer.config import load_settings
from interviewer.grading.pair_text import encode_pair
from interviewer.knowledge.bank import QuestionBank, load_bank
from interviewer.retrieval.encoder import Encoder, open_encoder
from interviewer.retrieval.encoder_export import (
    packaged_folder,
    packaged_weights,
    whole_tokenizer,
)

SEED = 20261123
BATCH = 32
WARM_UP = 0.06
PLANNED = 1.5
TURN = 0.512
NOISY_SHARE = 0.15
TRICK_SHARE = 0.3
BANK_SHARE = 0.1
BUCKET = 40


class PairModel(torch.nn.Module):
    """Gives four logits, `(batch, 4)`, for pairs of token ids."""

    def __init__(self, attention: str = "sdpa") -> None:
        super().__init__()
        source = packaged_weights()
        config = BertConfig.from_json_file(str(source / "config.json"))
        config._attn_implementation = attention
        # Random masks cost as much as the layers on a CPU; noise and mixing regularize instead.
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        self.transformer = BertModel(config, add_pooling_layer=False)
        self.transformer.load_state_dict(load_file(str(source / "model.safetensors")), strict=False)
        self.transformer.embeddings.requires_grad_(False)
        self.dropout = torch.nn.Dropout(0.1)
        self.head = torch.nn.Linear(2 * config.hidden_size, 4)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        """Read pairs: the first token's state and the mean of all go to the head."""
        hidden = self.transformer(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        kept = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * kept).sum(1) / kept.sum(1)
        logits: torch.Tensor = self.head(self.dropout(torch.cat([hidden[:, 0], mean], dim=-1)))
        return logits


def cut_short(step: int, steps: int) -> float:
    """Rise, fall slowly until the turn, then fall to nothing: the schedule of the model that ships.

    It began as a straight line over half as many steps again, and was cut short.
    """
    planned = PLANNED * steps
    if step < TURN * steps:
        return min(1.0, (step + 1) / (WARM_UP * planned)) * (planned - step) / planned
    return (1 - TURN / PLANNED) * max(0.0, (steps - step) / (steps - TURN * steps))


def straight(step: int, steps: int) -> float:
    """Rise, then fall to nothing in a straight line."""
    warm = WARM_UP * steps
    return min(1.0, (step + 1) / warm) * (steps - step) / steps


@dataclass(frozen=True, slots=True)
class Stage:
    """How a stage learns: `schedule` gives the share of the rates at each step."""

    epochs: int
    rate: float
    head_rate: float
    schedule: Callable[[int, int], float]


STAGES = {
    1: Stage(2, 1e-4, 1e-3, cut_short),
    2: Stage(2, 6e-5, 2e-4, straight),
}
Batch = dict[str, torch.Tensor]


def collate(pairs: Sequence[Pair], tokenizer: Tokenizer) -> Batch:
    """Turn pairs into padded tensors, `(batch, length)` each."""
    rows = [encode_pair(tokenizer, pair.claim, pair.said) for pair in pairs]
    length = max(len(ids) for ids, _ in rows)
    tensors = torch.zeros((3, len(rows), length), dtype=torch.long)
    for place, (ids, types) in enumerate(rows):
        tensors[0, place, : len(ids)] = torch.tensor(ids)
        tensors[1, place, : len(ids)] = 1
        tensors[2, place, : len(ids)] = torch.tensor(types)
    names = ("input_ids", "attention_mask", "token_type_ids")
    return dict(zip(names, tensors, strict=True))


def batches(pairs: Sequence[Pair], rng: random.Random) -> Iterator[list[Pair]]:
    """Give shuffled batches of texts that are about as long as each other."""
    order = list(pairs)
    rng.shuffle(order)
    groups = []
    for start in range(0, len(order), BATCH * BUCKET):
        bucket = sorted(order[start : start + BATCH * BUCKET], key=_length)
        groups += [bucket[at : at + BATCH] for at in range(0, len(bucket), BATCH)]
    rng.shuffle(groups)
    yield from groups


def _length(pair: Pair) -> int:
    return len(pair.claim) + len(pair.said)


def loss_of(logits: torch.Tensor, pairs: Sequence[Pair]) -> torch.Tensor:
    """Give the mean of minus the log of the chance that is left to the verdicts allowed."""
    allowed = torch.full(logits.shape, -1e9)
    for row, pair in enumerate(pairs):
        allowed[row, list(pair.verdicts)] = 0.0
    chances = torch.log_softmax(logits.float(), dim=-1)
    return -torch.logsumexp(chances + allowed, dim=-1).mean()


def train(
    model: PairModel,
    epochs: Sequence[Sequence[Pair]],
    dev: Sequence[Pair],
    tokenizer: Tokenizer,
    stage: Stage,
) -> PairModel:
    """Train a model on each epoch's pairs and print how it does on dev after each."""
    rng = random.Random(SEED)
    trained = [weight for weight in model.transformer.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": trained, "lr": stage.rate},
            {"params": model.head.parameters(), "lr": stage.head_rate},
        ],
        weight_decay=0.01,
        fused=True,
    )
    steps = sum(math.ceil(len(pairs) / BATCH) for pairs in epochs)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: stage.schedule(step, steps)
    )
    started = time.monotonic()
    for epoch, pairs in enumerate(epochs, start=1):
        model.train()
        losses = []
        for group in batches(pairs, rng):
            heard = [_with_noise(pair, rng) for pair in group]
            with torch.autocast("cpu", torch.bfloat16):
                logits = model(**collate(heard, tokenizer))
            loss = loss_of(logits, heard)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
            if len(losses) % 100 == 0:
                minutes = (time.monotonic() - started) / 60
                print(
                    f"step {len(losses)}: loss {np.mean(losses[-100:]):.3f}, {minutes:.1f} min",
                    flush=True,
                )
        minutes = (time.monotonic() - started) / 60
        right = accuracy(predict(model, dev, tokenizer), dev)
        print(
            f"epoch {epoch}: loss {np.mean(losses):.3f}, dev accuracy {right:.3f}, "
            f"{minutes:.1f} min",
            flush=True,
        )
    return model


def _with_noise(pair: Pair, rng: random.Random) -> Pair:
    return replace(pair, said=noisy(pair.said, rng)) if rng.random() < NOISY_SHARE else pair


def predict(model: PairModel, pairs: Sequence[Pair], tokenizer: Tokenizer) -> np.ndarray:
    """Give the four logits of each pair, `(n_pairs, 4)`."""
    model.eval()
    order = sorted(range(len(pairs)), key=lambda place: _length(pairs[place]))
    logits = np.zeros((len(pairs), 4), dtype=np.float32)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(order), 64):
            rows = order[start : start + 64]
            logits[rows] = model(**collate([pairs[row] for row in rows], tokenizer)).float().numpy()
    return logits


def accuracy(logits: np.ndarray, pairs: Sequence[Pair]) -> float:
    """Give the share of pairs whose likeliest verdict is allowed."""
    return float(
        np.mean([row in pair.verdicts for row, pair in zip(logits.argmax(1), pairs, strict=True)])
    )


class FirstSource:
    """Draws the pairs of an epoch: what is random in them is drawn anew each time.

    Args:
        encoder: finds the passages.
        bank: where the bank's own pairs come from.
        asag: a folder with the train splits of graded sets, or None.
    """

    def __init__(self, encoder: Encoder, bank: QuestionBank, asag: Path | None) -> None:
        self._bank = bank
        self._fixed = [*answer_pairs(encoder, "train"), *short_pairs("train")]
        for path in sorted(asag.glob("*.jsonl")) if asag else []:
            self._fixed += asag_pairs(path)

    def draw(self, rng: random.Random) -> list[Pair]:
        """Give the pairs of one epoch."""
        drawn = list(bank_pairs(self._bank, rng))
        tricks = [pair for pair in drawn if pair.source == "tricks"]
        plain = [pair for pair in drawn if pair.source != "tricks"]
        pairs = rng.sample(plain, int(BANK_SHARE * len(plain)))
        pairs += rng.sample(tricks, int(TRICK_SHARE * len(tricks)))
        return [*pairs, *statement_pairs(rng), *self._fixed]


def main() -> None:
    """Train one stage and write `judge.safetensors` and what it was trained on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--asag", type=Path, help="folder of graded sets, one .jsonl each")
    parser.add_argument("--without", nargs="*", default=[], help="sources not to train on")
    parser.add_argument("--stage", type=int, choices=(1, 2), default=1)
    parser.add_argument("--continue-from", type=Path, help="what the stage before wrote")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    rng = random.Random(SEED)
    settings = load_settings()
    encoder, bank = open_encoder(settings), load_bank(settings.bank_dir)
    stage = STAGES[arguments.stage]
    source = (FirstSource if arguments.stage == 1 else SecondSource)(encoder, bank, arguments.asag)
    epochs = [
        [pair for pair in source.draw(rng) if pair.source not in arguments.without]
        for _ in range(stage.epochs)
    ]
    dev = list(answer_pairs(encoder, "dev"))
    counts = dict(Counter(pair.source for pair in epochs[0]))
    print(f"{len(epochs[0])} pairs an epoch {counts}, {len(dev)} to try on", flush=True)
    tokenizer = whole_tokenizer(packaged_folder())
    torch.manual_seed(SEED)
    model = PairModel()
    if arguments.continue_from:
        model.load_state_dict(load_file(arguments.continue_from / "judge.safetensors"))
    model = train(model, epochs, dev, tokenizer, stage)
    arguments.out.mkdir(parents=True, exist_ok=True)
    save_file(model.state_dict(), arguments.out / "judge.safetensors")
    (arguments.out / "trained_on.json").write_text(json.dumps(counts) + "\n")


if __name__ == "__main__":
    main()

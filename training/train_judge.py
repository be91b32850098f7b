"""Trains the judge's model: MiniLM read as a cross-encoder over a claim and what was said.

All layers are tuned and the word embeddings kept; the loss is the cross entropy of four verdicts,
summed over those that a label allows (SciEntsBank and Beetle do not tell partial from missing).

    python training/train_judge.py --asag FOLDER --out first --epochs 2
    python training/train_judge.py --continue-from first --out second --epochs 2 --rate 6e-5 \
        --bank-share 0.1
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from pairs import Pair, answer_pairs, asag_pairs, bank_pairs
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel
from tricks import noisy

from interviewer.config import load_settings
from interviewer.grading.pair_text import encode_pair
from interviewer.knowledge.bank import load_bank
from interviewer.retrieval.encoder import open_encoder
from interviewer.retrieval.encoder_export import packaged_weights

SEED = 20261123
BATCH = 32
LEARNING_RATE = 8e-5
HEAD_RATE = 1e-3
WARM_UP = 0.06
NOISY_SHARE = 0.15
BUCKET = 40


class PairModel(torch.nn.Module):
    """Gives four logits, `(batch, 4)`, for pairs of token ids."""

    def __init__(self, attention: str = "sdpa") -> None:
        super().__init__()
        source = packaged_weights()
        config = BertConfig.from_json_file(str(source / "config.json"))
        config._attn_implementation = attention
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
    pairs: Sequence[Pair],
    dev: Sequence[Pair],
    tokenizer: Tokenizer,
    epochs: int,
    rate: float,
) -> PairModel:
    """Train a model on pairs and print how it does on dev after each epoch."""
    rng = random.Random(SEED)
    trained = [weight for weight in model.transformer.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": trained, "lr": rate},
            {"params": model.head.parameters(), "lr": HEAD_RATE},
        ],
        weight_decay=0.01,
    )
    steps = epochs * math.ceil(len(pairs) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))
    started = time.monotonic()
    for epoch in range(epochs):
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
            f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, dev accuracy {right:.3f}, "
            f"{minutes:.1f} min",
            flush=True,
        )
    return model


def _rate(step: int, steps: int) -> float:
    return min(1.0, (step + 1) / (WARM_UP * steps)) * max(0.0, (steps - step) / steps)


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


def main() -> None:
    """Train and write `judge.safetensors` and what it was trained on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--asag", type=Path, help="folder with scientsbank.jsonl, beetle.jsonl")
    parser.add_argument("--leave-out", nargs="*", default=["saf"], help="sets not to train on")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--bank-share", type=float, default=0.3)
    parser.add_argument("--rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--continue-from", type=Path, help="a folder of an earlier run")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    settings = load_settings()
    encoder, rng = open_encoder(settings), random.Random(SEED)
    pairs = list(answer_pairs(encoder, "train"))
    from_bank = list(bank_pairs(load_bank(settings.bank_dir), rng))
    pairs += rng.sample(from_bank, int(arguments.bank_share * len(from_bank)))
    for path in sorted(arguments.asag.glob("*.jsonl")) if arguments.asag else []:
        if path.stem not in arguments.leave_out:
            pairs += list(asag_pairs(path))
    dev = list(answer_pairs(encoder, "dev"))
    counts = dict(Counter(pair.source for pair in pairs))
    print(f"{len(pairs)} pairs {counts}, {len(dev)} to try on", flush=True)
    tokenizer = Tokenizer.from_file(str(settings.encoder_dir / "tokenizer.json"))
    torch.manual_seed(SEED)
    model = PairModel()
    if arguments.continue_from:
        model.load_state_dict(load_file(arguments.continue_from / "judge.safetensors"))
    model = train(model, pairs, dev, tokenizer, arguments.epochs, arguments.rate)
    arguments.out.mkdir(parents=True, exist_ok=True)
    save_file(model.state_dict(), arguments.out / "judge.safetensors")
    (arguments.out / "trained_on.json").write_text(json.dumps(counts) + "\n")


if __name__ == "__main__":
    main()

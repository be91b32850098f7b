"""Puts a claim and what was said into one row of tokens, as the judge's model reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interviewer.retrieval.encoder_text import encodable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CLAIM_TOKENS = 96
PAIR_TOKENS = 224


def encode_pair(tokenizer: Tokenizer, claim: str, said: str) -> tuple[list[int], list[int]]:
    """Give token ids and types: the claim is type 0, what was said type 1.

    A claim is cut to 96 tokens and the pair to 224, special tokens included.
    """
    head = _cut(tokenizer.encode(encodable(claim)).ids, CLAIM_TOKENS)
    tail = tokenizer.encode(encodable(said)).ids[1:]
    tail = _cut(tail, PAIR_TOKENS - len(head))
    return [*head, *tail], [0] * len(head) + [1] * len(tail)


def _cut(ids: list[int], most: int) -> list[int]:
    return ids if len(ids) <= most else [*ids[: most - 1], ids[-1]]

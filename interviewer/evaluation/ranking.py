"""Scores rankings: recall, reciprocal rank and discounted gain at a cut-off.

Manning, Raghavan and Schütze (2008), Introduction to Information Retrieval, sections 8.3 and 8.4;
the gain is the relevance itself and the discount `log2(rank + 1)`, as trec_eval's `ndcg_cut`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

RECALL_CUTOFFS = (1, 5, 10, 20, 100)
RANK_CUTOFF = 10
DEPTH = max(RECALL_CUTOFFS)


def recall(ranking: Sequence[str], relevant: Mapping[str, int], cutoff: int) -> float:
    """Give the share of the relevant documents that the first `cutoff` hold."""
    return len(relevant.keys() & set(ranking[:cutoff])) / len(relevant)


def reciprocal_rank(ranking: Sequence[str], relevant: Mapping[str, int], cutoff: int) -> float:
    """Give one over the rank of the first relevant document, 0 past the cut-off."""
    for rank, name in enumerate(ranking[:cutoff], start=1):
        if name in relevant:
            return 1 / rank
    return 0.0


def ndcg(ranking: Sequence[str], relevant: Mapping[str, int], cutoff: int) -> float:
    """Give the discounted gain as a share of the best ranking's (Järvelin and Kekäläinen, 2002)."""
    gains = [relevant.get(name, 0) for name in ranking[:cutoff]]
    ideal = sorted(relevant.values(), reverse=True)[:cutoff]
    return _discounted(gains) / _discounted(ideal)


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def rank_measures(
    rankings: Mapping[str, Sequence[str]], relevant: Mapping[str, Mapping[str, int]]
) -> dict[str, float]:
    """Average every measure over the queries.

    Args:
        rankings: document ids by query id, best first, none twice.
        relevant: the relevance of documents by query id.

    Returns:
        `recall@1` to `recall@100`, `mrr@10` and `ndcg@10`, each 0 to 1.
    """
    measured = [_of_query(rankings[name], judged) for name, judged in relevant.items()]
    return {name: math.fsum(one[name] for one in measured) / len(measured) for name in measured[0]}


def _of_query(ranking: Sequence[str], relevant: Mapping[str, int]) -> dict[str, float]:
    recalls = {f"recall@{k}": recall(ranking, relevant, k) for k in RECALL_CUTOFFS}
    return recalls | {
        f"mrr@{RANK_CUTOFF}": reciprocal_rank(ranking, relevant, RANK_CUTOFF),
        f"ndcg@{RANK_CUTOFF}": ndcg(ranking, relevant, RANK_CUTOFF),
    }

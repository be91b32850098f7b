"""Lints what the bank says: points the reference never makes, and questions asked twice.

The thresholds were set on the bank's own 252 key points: against their own reference the share of
stems is 0.67 or more; against another question's reference it reaches 0.6 for 1%.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from bm25s.stopwords import STOPWORDS_EN_PLUS
from numpy.typing import NDArray
from rapidfuzz import fuzz, process, utils

from interviewer.knowledge.encoding import TextEncoder
from interviewer.knowledge.fault import Fault
from interviewer.models import Question
from interviewer.text import sentence_spans, stems, words

STATED_SHARE = 0.6
STATED_COSINE = 0.25
PARAPHRASED_SHARE = 0.4
PARAPHRASED_COSINE = 0.65
DUPLICATE_RATIO = 85.0
DUPLICATE_COSINE = 0.90
_SMALL_WORDS = frozenset(STOPWORDS_EN_PLUS)


def content_stems(text: str) -> frozenset[str]:
    """Give the stems of a text that carry meaning."""
    return frozenset(stems(" ".join(word for word in words(text) if word not in _SMALL_WORDS)))


def stated_share(point: str, reference: str) -> float:
    """Give the share, 0 to 1, of a point's content stems that a reference holds."""
    wanted = content_stems(point)
    return len(wanted & content_stems(reference)) / len(wanted) if wanted else 1.0


def unstated_faults(questions: Iterable[Question], encoder: TextEncoder | None) -> list[Fault]:
    """Name every key point that its reference never states."""
    return [
        fault
        for question in questions
        if question.answered
        for fault in _unstated_in(question, encoder)
    ]


def _unstated_in(question: Question, encoder: TextEncoder | None) -> Iterator[Fault]:
    shares = [stated_share(point.text, question.reference) for point in question.key_points]
    cosines = None if encoder is None else _best_cosines(question, encoder)
    for index, (point, share) in enumerate(zip(question.key_points, shares, strict=True)):
        if is_stated(share, None if cosines is None else float(cosines[index])):
            continue
        missing = sorted(content_stems(point.text) - content_stems(question.reference))
        yield Fault(
            question.path,
            point.start_line,
            "unstated-point",
            f"The reference never states this key point: it lacks {', '.join(missing)}. "
            "Say it in the reference, or drop the point.",
        )


def is_stated(share: float, cosine: float | None) -> bool:
    """Decide from the share of stems and, where known, the best sentence's cosine in [-1, 1]."""
    if cosine is None:
        return share >= STATED_SHARE
    said = share >= STATED_SHARE and cosine >= STATED_COSINE
    return said or (share >= PARAPHRASED_SHARE and cosine >= PARAPHRASED_COSINE)


def _best_cosines(question: Question, encoder: TextEncoder) -> NDArray[np.float32]:
    sentences = [span.text for span in sentence_spans(question.reference)]
    sentences = sentences or [question.reference]
    points = encoder.encode([point.text for point in question.key_points])
    best: NDArray[np.float32] = (points @ encoder.encode(sentences).T).max(axis=1)
    return best


def duplicate_faults(questions: Sequence[Question], encoder: TextEncoder | None) -> list[Fault]:
    """Name every question that asks nearly the same as an earlier one."""
    texts = [question.text for question in questions]
    pairs = _alike(texts) if encoder is None else _near(texts, encoder)
    return [
        _duplicate(questions[later], questions[earlier])
        for earlier, later in sorted(pairs)
        if not _are_variants(questions[earlier], questions[later])
    ]


def variant_faults(questions: Sequence[Question]) -> list[Fault]:
    """Name every variant that is not there or does not name the question in turn."""
    variants = {question.id: question.variants for question in questions}
    return [
        Fault(
            question.path,
            question.start_line,
            "variant",
            f"The variant {name!r} "
            + ("does not name this question too." if name in variants else "is no question here."),
        )
        for question in questions
        for name in question.variants
        if question.id not in variants.get(name, ())
    ]


def _are_variants(first: Question, second: Question) -> bool:
    return second.id in first.variants and first.id in second.variants


def _alike(texts: Sequence[str]) -> set[tuple[int, int]]:
    """Pair texts of nearly the same words.

    A short question's words may all be among a longer one's, which the set ratio takes for the
    same question; the sort ratio counts what is added.
    """
    prepared = [utils.default_process(text) for text in texts]
    scores = np.minimum(
        process.cdist(prepared, prepared, scorer=fuzz.token_set_ratio),
        process.cdist(prepared, prepared, scorer=fuzz.token_sort_ratio),
    )
    return _pairs(scores >= DUPLICATE_RATIO)


def _near(texts: Sequence[str], encoder: TextEncoder) -> set[tuple[int, int]]:
    if not texts:
        return set()
    vectors = encoder.encode(texts)
    return _pairs(vectors @ vectors.T > DUPLICATE_COSINE)


def _pairs(found: NDArray[np.bool_]) -> set[tuple[int, int]]:
    return {(int(a), int(b)) for a, b in np.argwhere(np.triu(found, k=1))}


def _duplicate(question: Question, earlier: Question) -> Fault:
    return Fault(
        question.path,
        question.start_line,
        "near-duplicate",
        f"This asks nearly the same as {earlier.id!r} at {earlier.path}:{earlier.start_line}. "
        "Join the two, or name each as the other's variant ('variants: …').",
    )

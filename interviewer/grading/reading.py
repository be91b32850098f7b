"""Reads an answer sentence by sentence and finds the passage that speaks of a key point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interviewer.grading.asides import Claimed, Subject, claimed, without_markup
from interviewer.grading.speech import cleaned
from interviewer.grading.spelling import Spelling, unshouted
from interviewer.grading.windows import asserted, denied_statement, opens_with_contrast
from interviewer.models import Span
from interviewer.retrieval.encoder import Encoder
from interviewer.text import sentence_spans, stems

SENTENCES = 4
MOST_SENTENCES = 200
_RECALL_WEIGHT = 0.5
# Far below what a choice turns on, far above what processors disagree on.
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """An answer cut into sentences; `vectors` is `(n_sentences, dimension)` float32, unit norm."""

    spans: tuple[Span, ...]
    texts: tuple[str, ...]
    stems: tuple[frozenset[str], ...]
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Passage:
    """What an answer says of a key point: up to four sentences in order, and the nearest one."""

    text: str
    nearest: Span
    nearness: float
    recall: float


def read_answer(answer: str, encoder: Encoder, subject: Subject | None = None) -> ReadAnswer:
    """Cut an answer into sentences and embed each; the same sentence twice counts once.

    Args:
        answer: what was said.
        encoder: embeds the sentences.
        subject: where it is named, sentences that are not about it are left out.
    """
    spans = sentence_spans(without_markup(answer))
    return _read(answer, [(cleaned(span.text), span) for span in spans], encoder, subject)


def read_claims(
    answer: str, encoder: Encoder, subject: Subject, spelling: Spelling
) -> tuple[ReadAnswer, ReadAnswer]:
    """Read what an answer asserts, and what it denies as a whole; bare lists are in neither.

    What is denied is read without the words that deny it, as the statement that it would be.
    Capitals throughout, slips of the keyboard and a stop left out change nothing.
    """

    def _tidy(text: str) -> str:
        return _stopped(spelling.corrected(text))

    said, denied = asserted(without_markup(unshouted(answer)))
    claims = [(_tidy(each.reading.text), each.span) for each in said]
    statements = [(_tidy(cleaned(denied_statement(each.span.text))), each.span) for each in denied]
    return (
        _read(answer, claims, encoder, subject),
        _read(answer, statements, encoder, subject),
    )


def _stopped(text: str) -> str:
    """End a sentence with a stop, as most are; a line or a bullet often has none."""
    return f"{text}." if text and (text[-1].isalnum() or text[-1] in ")]") else text


def continued_denial(said: ReadAnswer, denied: ReadAnswer) -> tuple[ReadAnswer, ReadAnswer]:
    """Count what follows a denied truth as denied with it, up to the next contrast.

    "It is not true that" and a whole paragraph of truths denies the paragraph; "It is not true
    that the rate is fixed. It decays." denies a falsehood and goes on to assert, so this is for a
    denial that was found to deny a truth.
    """
    first = min(span.start for span in denied.spans)
    follows = [place for place, span in enumerate(said.spans) if span.start > first]
    turn = next((each for each in follows if opens_with_contrast(said.texts[each])), None)
    moved = {each for each in follows if turn is None or each < turn}
    kept = [place for place in range(len(said.spans)) if place not in moved]
    return _taken(said, kept), _together(denied, _taken(said, sorted(moved)))


def _taken(read: ReadAnswer, places: Sequence[int]) -> ReadAnswer:
    return ReadAnswer(
        spans=tuple(read.spans[place] for place in places),
        texts=tuple(read.texts[place] for place in places),
        stems=tuple(read.stems[place] for place in places),
        vectors=read.vectors[list(places)],
    )


def _together(first: ReadAnswer, second: ReadAnswer) -> ReadAnswer:
    return ReadAnswer(
        spans=first.spans + second.spans,
        texts=first.texts + second.texts,
        stems=first.stems + second.stems,
        vectors=np.concatenate([first.vectors, second.vectors]),
    )


def _read(
    answer: str,
    sentences: Sequence[tuple[str, Span]],
    encoder: Encoder,
    subject: Subject | None,
) -> ReadAnswer:
    unique: dict[str, Span] = {}
    for text, span in _claims(sentences, subject) if subject else sentences:
        if text and len(unique) < MOST_SENTENCES:
            unique.setdefault(text, Span(span.start, span.end, answer[span.start : span.end]))
    texts = list(unique)
    vectors = encoder.encode(texts) if texts else np.zeros((0, encoder.dimension), np.float32)
    read = ReadAnswer(
        spans=tuple(unique.values()),
        texts=tuple(texts),
        stems=tuple(frozenset(stems(text)) for text in texts),
        vectors=vectors,
    )
    return _taken(read, subject.near(texts, vectors)) if subject else read


def _claims(sentences: Sequence[tuple[str, Span]], subject: Subject) -> Iterator[tuple[str, Span]]:
    """Give what each sentence claims of the subject, where it does so for the first time."""
    before: list[Claimed] = []
    for text, span in sentences:
        claim = subject.claim(text)
        read = claimed(claim)
        if claim and not any(subject.is_again(read, each) for each in before):
            before.append(read)
            yield claim, span


def passage_for(
    claim: str, vector: NDArray[np.float32], answer: ReadAnswer, most: int = SENTENCES
) -> Passage:
    """Find the sentences nearest to a claim, by cosine and by the share of its stems.

    Args:
        claim: a key point or its false twin.
        vector: its embedding, `(dimension,)` float32, unit norm.
        answer: at least one sentence.
        most: how many sentences a passage may have.
    """
    cosines = np.asarray(answer.vectors @ vector, dtype=np.float64).round(_DECIMALS)
    recalls = np.array([_recall(claim, said) for said in answer.stems])
    near = cosines + _RECALL_WEIGHT * recalls
    order = np.argsort(-near, kind="stable")[:most]
    best = int(order[0])
    return Passage(
        text=" ".join(answer.texts[place] for place in sorted(order.tolist())),
        nearest=answer.spans[best],
        nearness=float(cosines[best]),
        recall=float(recalls[best]),
    )


def _recall(claim: str, said: frozenset[str]) -> float:
    wanted = frozenset(stems(claim))
    return len(wanted & said) / len(wanted) if wanted else 0.0


def passages_for(
    claims: Sequence[str], vectors: NDArray[np.float32], answer: ReadAnswer
) -> list[Passage]:
    """Find the passage for each of several claims."""
    return [passage_for(*pair, answer) for pair in zip(claims, vectors, strict=True)]

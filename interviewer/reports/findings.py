"""Finds what was strong in an interview, in the candidate's words, and what cost most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest

from interviewer.grading.scoring import CREDIT
from interviewer.models import Citation, Exchange, Question, VerdictLabel
from interviewer.reports.scores import QuestionResult


@dataclass(frozen=True, slots=True)
class Strength:
    """A key point that was covered, and the words of the answer that covered it."""

    question_id: str
    question: str
    key_point: str
    quote: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A key point that cost score.

    `cost` is how many points, of 100, the question's own answer lost by it. `citation` is where
    the reference says it, None where the question was skipped; `quote` is what the answer said
    where it was partial or wrong. A point that a follow-up made good is no gap.
    """

    question_id: str
    question: str
    key_point: str
    verdict: VerdictLabel
    cost: float
    citation: Citation | None
    quote: str = ""


def strengths_of(exchanges: Iterable[Exchange]) -> list[Strength]:
    """Quote what was covered: the heaviest point of each answer first, then the next of each."""
    ranks = chain.from_iterable(zip_longest(*map(_strengths_of, exchanges)))
    by_quote: dict[str, Strength] = {}
    for strength in ranks:
        if strength is not None:
            by_quote.setdefault(strength.quote, strength)
    return list(by_quote.values())


def _strengths_of(exchange: Exchange) -> list[Strength]:
    verdicts = exchange.best.verdicts if exchange.best else ()
    return [
        Strength(exchange.question.id, exchange.text, verdict.key_point, verdict.answer_span.text)
        for verdict in sorted(verdicts, key=lambda each: -each.weight)
        if verdict.verdict is VerdictLabel.COVERED and verdict.answer_span is not None
    ]


def costliest_gaps(results: Iterable[QuestionResult]) -> list[Gap]:
    """List the gaps that cost most first; a contradiction goes before a gap of the same cost."""
    gaps = [gap for result in results for gap in _gaps_of(result)]
    contradicted = VerdictLabel.CONTRADICTED
    return sorted(gaps, key=lambda gap: (-gap.cost, gap.verdict is not contradicted))


def _gaps_of(result: QuestionResult) -> Iterator[Gap]:
    main = result.main
    if main.best is None:
        if main.skipped:
            yield from _skipped_gaps(main.question)
        return
    made_good = _made_good(result.exchanges[1:])
    total = sum(verdict.weight for verdict in main.best.verdicts)
    for verdict in main.best.verdicts:
        lost = 1 - CREDIT[verdict.verdict]
        if lost and verdict.key_point not in made_good:
            yield Gap(
                question_id=main.question.id,
                question=main.question.text,
                key_point=verdict.key_point,
                verdict=verdict.verdict,
                cost=round(100 * verdict.weight * lost / total, 1),
                citation=verdict.citation,
                quote=verdict.answer_span.text if verdict.answer_span else "",
            )


def _made_good(follow_ups: Iterable[Exchange]) -> set[str]:
    """Find the key points that a follow-up asked about and that were covered then."""
    return {
        verdict.key_point
        for exchange in follow_ups
        if exchange.best
        for verdict in exchange.best.verdicts
        if verdict.verdict is VerdictLabel.COVERED
    }


def _skipped_gaps(question: Question) -> Iterator[Gap]:
    total = sum(point.weight for point in question.key_points)
    for point in question.key_points:
        cost = round(100 * point.weight / total, 1)
        yield Gap(question.id, question.text, point.text, VerdictLabel.MISSING, cost, citation=None)

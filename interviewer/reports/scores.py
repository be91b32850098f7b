"""What an interview adds up to: one score a question, and one for all of them.

A question's score is three parts its best answer and one part the mean of its follow-ups. The
session's score is the mean over its questions. A skipped question or follow-up counts 0; one that
was still open when the interview ended does not count. The ends of the interval are combined as
independent errors: by the root of the sum of their squared, weighted distances from the score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from interviewer.models import Exchange, Mode, Phase, Session, SessionSummary

MAIN_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score of 0 to 100 and the interval that holds it with 80% probability."""

    score: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """A question with its follow-ups; `estimate` is None where it was never answered or skipped."""

    exchanges: tuple[Exchange, ...]
    estimate: Estimate | None

    @property
    def main(self) -> Exchange:
        """The question itself."""
        return self.exchanges[0]


def question_results(session: Session) -> tuple[QuestionResult, ...]:
    """Give the result of every question that was asked, in order."""
    groups: list[list[Exchange]] = []
    for exchange in session.exchanges:
        if exchange.follow_up == 0:
            groups.append([])
        groups[-1].append(exchange)
    return tuple(QuestionResult(tuple(group), question_estimate(group)) for group in groups)


def question_estimate(exchanges: Sequence[Exchange]) -> Estimate | None:
    """Fold a question and its follow-ups into one score."""
    main, *others = [_exchange_estimate(exchange) for exchange in exchanges]
    follow_ups = [other for other in others if other is not None]
    if main is None or not follow_ups:
        return main
    each = (1 - MAIN_SHARE) / len(follow_ups)
    return _combine([main, *follow_ups], [MAIN_SHARE] + [each] * len(follow_ups))


def session_estimate(results: Sequence[QuestionResult]) -> Estimate | None:
    """Give the mean over the questions, None where there is none to count."""
    counted = [result.estimate for result in results if result.estimate is not None]
    if not counted:
        return None
    return _combine(counted, [1 / len(counted)] * len(counted))


def overview(session: Session) -> SessionSummary:
    """Give a session's line for lists; a real interview keeps its score until it is finished."""
    hidden = session.plan.mode is Mode.REAL and session.phase is not Phase.FINISHED
    estimate = None if hidden else session_estimate(question_results(session))
    return SessionSummary(
        id=session.id,
        mode=session.plan.mode,
        sections=tuple(dict.fromkeys(question.section for question in session.planned)),
        started_at=session.started_at,
        updated_at=session.updated_at,
        phase=session.phase,
        question_number=session.question_number,
        question_count=len(session.planned),
        score=None if estimate is None else estimate.score,
    )


def _exchange_estimate(exchange: Exchange) -> Estimate | None:
    best = exchange.best
    if best is not None:
        return Estimate(best.score, best.interval)
    return Estimate(0.0, (0.0, 0.0)) if exchange.skipped else None


def _combine(estimates: Sequence[Estimate], weights: Sequence[float]) -> Estimate:
    pairs = list(zip(estimates, weights, strict=True))
    score = sum(weight * each.score for each, weight in pairs)
    below = hypot(*(weight * (each.score - each.interval[0]) for each, weight in pairs))
    above = hypot(*(weight * (each.interval[1] - each.score) for each, weight in pairs))
    low, high = max(0.0, score - below), min(100.0, score + above)
    return Estimate(round(score, 1), (round(low, 1), round(high, 1)))

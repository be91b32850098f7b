"""What a grade tells the candidate: strengths, gaps and the question to ask next."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.grading.citations import content_stems
from interviewer.grading.rubric import Rubric
from interviewer.grading.scoring import CREDIT
from interviewer.models import FollowUp, Span, Verdict, VerdictLabel


def strengths_of(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """Quote the answer where it covers a key point, the heaviest first, each quote once.

    Words that also contradict a key point are no strength.
    """
    covered = [verdict for verdict in verdicts if verdict.verdict is VerdictLabel.COVERED]
    heaviest_first = sorted(covered, key=lambda verdict: -verdict.weight)
    quotes = (
        verdict.answer_span.text
        for verdict in heaviest_first
        if verdict.answer_span and not _contradicts(verdict.answer_span, verdicts)
    )
    return tuple(dict.fromkeys(quotes))


def gaps_of(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """Name the key points that lost weight: contradictions first, then by the weight lost."""
    return tuple(verdict.key_point for verdict in _by_loss(verdicts))


def next_question(rubric: Rubric, verdicts: Sequence[Verdict]) -> str | None:
    """Choose the follow-up to ask: after a contradiction, else the heaviest gap, else deeper.

    The follow-up is the one that shares most words with the key point that it goes after; None
    where the question has no follow-ups.
    """
    if not rubric.follow_ups:
        return None
    lost = _by_loss(verdicts)
    if not lost:
        return rubric.follow_ups[0].question
    target = content_stems(lost[0].key_point)
    return max(rubric.follow_ups, key=lambda follow_up: _aim(follow_up, target)).question


def _contradicts(span: Span, verdicts: Sequence[Verdict]) -> bool:
    """Whether a contradiction rests on words within this span."""
    return any(
        verdict.verdict is VerdictLabel.CONTRADICTED
        and verdict.answer_span is not None
        and verdict.answer_span.start < span.end
        and span.start < verdict.answer_span.end
        for verdict in verdicts
    )


def _by_loss(verdicts: Sequence[Verdict]) -> list[Verdict]:
    lost = [verdict for verdict in verdicts if CREDIT[verdict.verdict] < 1]
    return sorted(lost, key=_loss_order)


def _loss_order(verdict: Verdict) -> tuple[bool, float]:
    contradicted = verdict.verdict is VerdictLabel.CONTRADICTED
    return not contradicted, -verdict.weight * (1 - CREDIT[verdict.verdict])


def _aim(follow_up: FollowUp, target: frozenset[str]) -> float:
    said = content_stems(f"{follow_up.question} {follow_up.answer}")
    return len(said & target) / max(len(target), 1)

"""Weighs what the windows of an answer say of a key point into four probabilities.

The coefficients of support were fitted by logistic regression on 34 short answers to ten
questions of the bank (`training/labelled_answers.jsonl`), labelled point by point (234 covered or
missing points: accuracy .915, AUC .933, each question held out in turn). The ratio of cosine to
recall is .57 there, and .76 in a fit on 4,000 answers of the train splits of SciEntsBank and
Beetle (SemEval 2013 Task 7). The intercept was then raised from -1.77 to where the whole judge
agreed best with the same labels, so its agreement with them is no held-out figure. Those of
denial keep the signs and the order of a fit on the 32 contradicted points of these answers,
steeper and with a lower prior, since most answers contradict nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from interviewer.grading.judge import NOTHING_SAID, PointJudgement
from interviewer.grading.scoring import LABELS
from interviewer.grading.signals import Overlap
from interviewer.grading.windows import Window
from interviewer.models import Span, VerdictLabel

# Intercept, cosine, recall, lead over the rubric's other points (0 or below).
_SUPPORT = (-1.2, 1.97, 3.45, 2.25)
# The same without the lead, for rubrics of so few points that a lead says nothing.
_SUPPORT_ALONE = (-3.25, 2.79, 4.36)
# What being nearer to this point than to the others can add at most.
_LEAD_IS_WORTH = 1.3
_RIVALS_TO_LEAD = 2
# Half the way on the logit scale between the thresholds of partial and covered.
_STEP = 0.65
# Intercept, lead of a false twin over the point in cosine and in recall.
_DENIAL = (-1.25, 4.0, 6.0)
# What is added where the window uses the point's words and turns them round or changes a number.
_TURNED = 4.0
_RENUMBERED = 1.5
# The lead of a twin where there is none, or where the window denies the twin.
_NO_LEAD = -0.15
_TWIN_DENIED_LEAD = -0.3
_OWN_WORDS_PRECISION = 0.4
_TURNED_SHARE = 0.5
_SAME_CLAIM_RECALL = 0.4
_MOST_CERTAIN = 0.98
_CERTAIN_ENOUGH = 0.5
_NEARLY_AS_STRONG = 0.1


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a window is to a statement: cosine in [-1, 1] and overlap of words."""

    cosine: float
    overlap: Overlap

    @property
    def similarity(self) -> float:
        """Cosine and recall on one scale, to compare statements with each other."""
        return _SUPPORT_ALONE[1] * self.cosine + _SUPPORT_ALONE[2] * self.overlap.recall

    @property
    def turned(self) -> bool:
        """Whether the window uses the statement's words and turns them round.

        A denial, an opposite and a rival turn it each once, and two of them turn it back.
        """
        if self.overlap.precision < _OWN_WORDS_PRECISION and not self.overlap.taken_back:
            return False
        denied = self.overlap.turned >= _TURNED_SHARE
        # Words like more and less are in many sentences: alone they oppose nothing.
        opposed = self.overlap.opposed and self.overlap.recall >= _SAME_CLAIM_RECALL
        return denied ^ opposed ^ self.overlap.swapped


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one window says of one key point, each a probability.

    `support` is the logit that the window states the point, `denial` the chance that it denies
    it, `related` that it speaks of it at all. `twin` is the number of the nearest common mistake.
    """

    window: Window
    support: float
    denial: float
    related: float
    twin: int | None

    @property
    def for_it(self) -> float:
        """The chance that the window states the point."""
        return _sigmoid(self.support) * (1 - self.denial)

    @property
    def against_it(self) -> float:
        """The chance that the window denies the point."""
        return self.related * self.denial


def evidence_of(
    window: Window,
    point: Nearness,
    others: Sequence[Nearness],
    twins: Sequence[tuple[int, Nearness]],
) -> Evidence:
    """Weigh one window for and against one key point.

    Args:
        window: the window.
        point: how near it is to the key point.
        others: how near it is to the rubric's other key points.
        twins: how near it is to each mistake that denies the point, with the mistake's number.
    """
    number, twin = max(twins, key=lambda each: each[1].similarity, default=(None, None))
    nearest = max(point.similarity, twin.similarity if twin else point.similarity)
    return Evidence(
        window=window,
        support=_support(point, others),
        denial=_denial(point, twin),
        related=_sigmoid(_SUPPORT_ALONE[0] + nearest),
        twin=number,
    )


def weigh(evidence: Sequence[Evidence]) -> PointJudgement:
    """Weigh the strongest windows for and against a key point into four probabilities."""
    if not evidence:
        return PointJudgement(NOTHING_SAID)
    best = max(evidence, key=lambda each: each.for_it)
    worst = max(evidence, key=lambda each: each.against_it)
    # What is both stated and denied is not covered: half of the denial always stands.
    contradicted = worst.against_it * (1 - best.for_it / 2)
    logit = _logit(best.for_it)
    at_least_partial, fully = _sigmoid(logit + _STEP), _sigmoid(logit - _STEP)
    fully *= 1 - worst.against_it
    rest = 1 - contradicted
    partial, missing = at_least_partial - fully, 1 - at_least_partial
    probabilities = _softened((rest * fully, rest * partial, rest * missing, contradicted))
    judgement = PointJudgement(probabilities, _tightest(evidence, lambda each: each.for_it))
    if judgement.label is VerdictLabel.CONTRADICTED:
        return PointJudgement(probabilities, _tightest(evidence, lambda each: each.against_it))
    return judgement


def _tightest(evidence: Sequence[Evidence], strength: Callable[[Evidence], float]) -> Span:
    """Find the shortest window that is nearly as strong as the strongest, to quote no more."""
    enough = max(strength(each) for each in evidence) - _NEARLY_AS_STRONG
    spans = [each.window.span for each in evidence if strength(each) >= enough]
    return min(spans, key=lambda span: (len(span.text), span.start))


def denied_by_mistake(evidence: Sequence[Evidence]) -> Evidence | None:
    """Find the window that makes the key point's common mistake, None where none does."""
    made = [each for each in evidence if each.twin is not None]
    worst = max(made, key=lambda each: each.against_it, default=None)
    return worst if worst and worst.against_it >= _CERTAIN_ENOUGH else None


def _support(point: Nearness, others: Sequence[Nearness]) -> float:
    alone = _SUPPORT_ALONE[0] + point.similarity
    if len(others) < _RIVALS_TO_LEAD:
        return alone
    lead = min(0.0, point.similarity - max(other.similarity for other in others))
    base, cosine, recall, leading = _SUPPORT
    logit = base + cosine * point.cosine + recall * point.overlap.recall + leading * lead
    return min(logit, alone + _LEAD_IS_WORTH)


def _denial(point: Nearness, twin: Nearness | None) -> float:
    base, cosine, recall = _DENIAL
    lead, recall_lead = _leads(point, twin)
    if point.turned:
        # Being far from the twin does not excuse denying the point in its own words.
        lead, recall_lead = max(lead, _NO_LEAD), max(recall_lead, _NO_LEAD)
    logit = base + cosine * lead + recall * recall_lead
    if point.turned:
        logit += _TURNED
    if point.overlap.renumbered and point.overlap.precision >= _OWN_WORDS_PRECISION:
        logit += _RENUMBERED
    return _sigmoid(logit)


def _leads(point: Nearness, twin: Nearness | None) -> tuple[float, float]:
    """Give how far the twin is ahead of the point, in cosine and in recall."""
    if twin is None:
        return _NO_LEAD, _NO_LEAD
    if twin.turned:
        return _TWIN_DENIED_LEAD, _TWIN_DENIED_LEAD
    return twin.cosine - point.cosine, twin.overlap.recall - point.overlap.recall


def _softened(
    probabilities: tuple[float, float, float, float],
) -> tuple[float, float, float, float]:
    """Keep a little doubt: words alone never settle a point."""
    spare = (1 - _MOST_CERTAIN) / len(LABELS)
    covered, partial, missing, contradicted = (
        _MOST_CERTAIN * max(0.0, chance) + spare for chance in probabilities
    )
    return covered, partial, missing, contradicted


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))

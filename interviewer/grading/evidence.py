"""The evidence check: what a judge claims stands only on words that are really there.

A covered, partial or contradicted verdict must rest on an exact span of the answer and on a
passage that was really retrieved. What does not check out becomes missing, and is counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from interviewer.errors import ModelReplyError
from interviewer.grading.citations import CitationFinder
from interviewer.grading.judge import NOTHING_SAID, Judgement, MistakeJudgement, PointJudgement
from interviewer.grading.rubric import Rubric
from interviewer.grading.scoring import LABELS
from interviewer.models import (
    Citation,
    KeyPoint,
    MistakeMade,
    RetrievedChunk,
    Span,
    Verdict,
    VerdictLabel,
)
from interviewer.text import words


@dataclass(frozen=True, slots=True)
class CheckedJudgement:
    """A judgement whose every claim carries evidence; `downgrades` counts those that did not."""

    verdicts: tuple[Verdict, ...]
    mistakes: tuple[MistakeMade, ...]
    downgrades: int


def check_evidence(
    rubric: Rubric, answer: str, judgement: Judgement, passages: Sequence[RetrievedChunk]
) -> CheckedJudgement:
    """Turn a judge's proposals into verdicts that hold.

    Raises:
        ModelReplyError: the judge did not speak to every key point.
    """
    if len(judgement.points) != len(rubric.key_points):
        raise ModelReplyError(
            f"The judge gave {len(judgement.points)} verdicts for {len(rubric.key_points)} key "
            "points. Grade the answer again, or grade it offline."
        )
    finder = CitationFinder(passages)
    verdicts = tuple(
        _verdict(point, proposal, answer, finder)
        for point, proposal in zip(rubric.key_points, judgement.points, strict=True)
    )
    mistakes = tuple(
        made
        for proposal in judgement.mistakes
        if (made := _mistake(rubric, verdicts, proposal, answer, finder))
    )
    dropped = len(judgement.mistakes) - len(mistakes)
    downgrades = dropped + sum(verdict.downgraded for verdict in verdicts)
    return CheckedJudgement(verdicts, mistakes, downgrades)


def span_holds(answer: str, span: Span | None) -> bool:
    """Whether a span is exactly in the answer and holds at least one word."""
    return (
        span is not None
        and 0 <= span.start < span.end <= len(answer)
        and answer[span.start : span.end] == span.text
        and bool(words(span.text))
    )


def _verdict(
    point: KeyPoint, proposal: PointJudgement, answer: str, finder: CitationFinder
) -> Verdict:
    probabilities = _proper(proposal.probabilities)
    label = PointJudgement(probabilities).label
    citation = _cited(point, proposal, finder)
    claims = label is not VerdictLabel.MISSING
    fault = _fault(proposal, answer, citation) if claims else ""
    if fault:
        probabilities = _given_up(probabilities, label)
        citation = finder.cite(point.text)
        label = VerdictLabel.MISSING
    missing = label is VerdictLabel.MISSING
    return Verdict(
        key_point=point.text,
        weight=point.weight,
        verdict=label,
        probability=probabilities[LABELS.index(label)],
        probabilities=probabilities,
        answer_span=None if missing else proposal.span,
        citation=citation or finder.cite(point.text),
        reason=" ".join(filter(None, (fault or proposal.reason, proposal.note))),
        downgraded=bool(fault),
        judge=proposal.judge,
    )


def _cited(point: KeyPoint, proposal: PointJudgement, finder: CitationFinder) -> Citation | None:
    """Cite what the judge pointed at, None where that was never retrieved or is not there."""
    if proposal.chunk_id is None:
        return finder.cite(point.text)
    chunk = finder.retrieved(proposal.chunk_id)
    if chunk is None or proposal.quote not in chunk.text:
        return None
    return finder.cite(proposal.quote or point.text, chunk.chunk_id)


def _fault(proposal: PointJudgement, answer: str, citation: Citation | None) -> str:
    if not span_holds(answer, proposal.span):
        return "The words that this verdict was to rest on are not in the answer."
    if citation is None:
        return "The passage that this verdict was to rest on was not retrieved."
    return ""


def _proper(
    probabilities: tuple[float, float, float, float],
) -> tuple[float, float, float, float]:
    """Scale to a sum of 1; what is no distribution at all claims nothing."""
    total = sum(probabilities)
    if not math.isfinite(total) or total <= 0 or min(probabilities) < 0:
        return NOTHING_SAID
    covered, partial, missing, contradicted = (chance / total for chance in probabilities)
    return covered, partial, missing, contradicted


def _given_up(
    probabilities: tuple[float, float, float, float], claimed: VerdictLabel
) -> tuple[float, float, float, float]:
    """Let the unproven claim and missing trade places, so that the interval keeps its doubt."""
    chances = list(probabilities)
    here, there = LABELS.index(claimed), LABELS.index(VerdictLabel.MISSING)
    chances[here], chances[there] = chances[there], chances[here]
    covered, partial, missing, contradicted = chances
    return covered, partial, missing, contradicted


def _mistake(
    rubric: Rubric,
    verdicts: Sequence[Verdict],
    proposal: MistakeJudgement,
    answer: str,
    finder: CitationFinder,
) -> MistakeMade | None:
    known = 1 <= proposal.mistake <= len(rubric.mistakes)
    if not known or not span_holds(answer, proposal.span):
        return None
    mistake = rubric.mistakes[proposal.mistake - 1]
    number = mistake.key_point
    if number is not None and 1 <= number <= len(verdicts):
        denied = verdicts[number - 1]
        return MistakeMade(mistake.text, denied.key_point, proposal.span, denied.citation)
    citation = finder.cite(mistake.text)
    correction = " ".join(citation.quote.split()) if citation else rubric.reference
    return MistakeMade(mistake.text, correction, proposal.span, citation)

"""What a judge is: one interface for the offline judge and the chat model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from interviewer.grading.rubric import Rubric
from interviewer.grading.scoring import LABELS
from interviewer.models import RetrievedChunk, Span, VerdictLabel

NOTHING_SAID = (0.0, 0.0, 1.0, 0.0)

# On a tie the label that claims least wins.
_CLAIMS_LEAST_FIRST = (
    VerdictLabel.MISSING,
    VerdictLabel.PARTIAL,
    VerdictLabel.COVERED,
    VerdictLabel.CONTRADICTED,
)


@dataclass(frozen=True, slots=True)
class PointJudgement:
    """What a judge proposes for one key point; nothing in it is trusted before `evidence`.

    `probabilities` are those of covered, partial, missing and contradicted and sum to 1. `span`
    are the words of the answer that it rests on. `chunk_id` names the passage that it rests on,
    None where the judge leaves the choice to the evidence check. `judge` names who judged the
    point, empty where it is who judged the rest. `note` is told beside the reason, whatever the
    evidence check finds.
    """

    probabilities: tuple[float, float, float, float]
    span: Span | None = None
    chunk_id: str | None = None
    quote: str = ""
    reason: str = ""
    judge: str = ""
    note: str = ""

    @property
    def label(self) -> VerdictLabel:
        """The most probable label, of equals the one that claims least."""
        chance = dict(zip(LABELS, self.probabilities, strict=True))
        return max(_CLAIMS_LEAST_FIRST, key=chance.__getitem__)


@dataclass(frozen=True, slots=True)
class MistakeJudgement:
    """A common mistake that a judge sees made; `mistake` is its number in the rubric, from 1."""

    mistake: int
    span: Span | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """One proposal per key point, in the rubric's order, and the mistakes seen.

    `author` judged in place of the judge that was asked, None where that one did itself. `notice`
    is for the user: that a model failed.
    """

    points: tuple[PointJudgement, ...]
    mistakes: tuple[MistakeJudgement, ...] = ()
    author: Judge | None = None
    notice: str = ""


def nothing_said(rubric: Rubric) -> Judgement:
    """Judge an answer without content: every key point is missing, for certain."""
    return Judgement(tuple(PointJudgement(NOTHING_SAID) for _ in rubric.key_points))


def signed(judgement: Judgement, judge: str) -> Judgement:
    """Write a judge's name under every point that carries none."""
    points = tuple(replace(point, judge=point.judge or judge) for point in judgement.points)
    return replace(judgement, points=points)


class Judge(Protocol):
    """Says what an answer does with each key point.

    `prompt_hash` is empty for a judge without a prompt. `judge` may raise `ModelError`.
    """

    @property
    def name(self) -> str:
        """Name the judge as a grade shows it, such as `offline-1`."""
        ...

    @property
    def prompt_hash(self) -> str:
        """Identify the prompt that the judge uses."""
        ...

    def judge(self, rubric: Rubric, answer: str, passages: Sequence[RetrievedChunk]) -> Judgement:
        """Propose a verdict for each key point of the rubric."""
        ...

"""The offline judge: similarity, word overlap and denial checks, point by point, no network.

Every window of the answer is held against every key point and the point's false twins. A window
supports a point by nearness in meaning and by shared words, set against its nearness to the other
points; it denies the point by being nearer to a twin, or by turning the point's own words round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interviewer.grading.judge import Judgement, MistakeJudgement, PointJudgement
from interviewer.grading.remembered import Remembered
from interviewer.grading.rubric import Rubric
from interviewer.grading.signals import Comparer, Statement, statement_of
from interviewer.grading.weighing import (
    Evidence,
    Nearness,
    denied_by_mistake,
    evidence_of,
    weigh,
)
from interviewer.grading.windows import Window, windows_of
from interviewer.models import RetrievedChunk, VerdictLabel
from interviewer.retrieval.encoder import Encoder

_REMEMBERED_RUBRICS = 64
# Far below what a verdict turns on, far above what processors disagree on.
_COSINE_DECIMALS = 4
_LEAST_ADDED_RECALL = 0.1


@dataclass(frozen=True, slots=True)
class _ReadRubric:
    """A rubric read and embedded once: `(n_statements, dimension)`, points before mistakes."""

    points: tuple[Statement, ...]
    mistakes: tuple[Statement, ...]
    vectors: NDArray[np.float32]
    comparer: Comparer
    twins: tuple[tuple[int, ...], ...]


class OfflineJudge:
    """Judges without a network, the same answer always alike.

    Args:
        encoder: embeds the rubric and the windows of the answer.
        keeps_all: remember rubrics with a person's own words too, see `Remembered`.
    """

    name = "offline-1"
    prompt_hash = ""

    def __init__(self, encoder: Encoder, *, keeps_all: bool = False) -> None:
        self._encoder = encoder
        self._read = Remembered(self._read_anew, _REMEMBERED_RUBRICS, all_of_them=keeps_all)

    def judge(
        self,
        rubric: Rubric,
        answer: str,
        passages: Sequence[RetrievedChunk],  # noqa: ARG002 (cited by the evidence check)
    ) -> Judgement:
        """Propose a verdict for each key point."""
        known = self._read(rubric)
        cut = windows_of(answer)
        windows = [window for window in cut if not known.comparer.echoes(window.reading)]
        vectors = self._embed([window.reading.text for window in windows])
        cosines = np.asarray(vectors @ known.vectors.T, dtype=np.float64).round(_COSINE_DECIMALS)
        seen = _evidence(known, windows, cosines)
        points = tuple(weigh(each) for each in seen)
        return Judgement(points, tuple(_mistakes(points, seen)))

    def _read_anew(self, rubric: Rubric) -> _ReadRubric:
        texts = [point.text for point in rubric.key_points]
        texts += [mistake.text for mistake in rubric.mistakes]
        statements = tuple(statement_of(text) for text in texts)
        count = len(rubric.key_points)
        twins = (
            tuple(
                place
                for place, mistake in enumerate(rubric.mistakes)
                if mistake.key_point == number
            )
            for number in range(1, count + 1)
        )
        return _ReadRubric(
            points=statements[:count],
            mistakes=statements[count:],
            vectors=self._embed(texts),
            comparer=Comparer(rubric.question, rubric.text),
            twins=tuple(twins),
        )

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self._encoder.dimension), dtype=np.float32)
        return self._encoder.encode(texts)


def _evidence(
    known: _ReadRubric, windows: Sequence[Window], cosines: NDArray[np.float64]
) -> list[list[Evidence]]:
    """Weigh every window for and against every key point: one list of evidence per point."""
    count = len(known.points)
    seen: list[list[Evidence]] = [[] for _ in known.points]
    for window, row in zip(windows, cosines.tolist(), strict=True):
        near = [
            Nearness(cosine, known.comparer.overlap(statement, window.reading))
            for cosine, statement in zip(row, (*known.points, *known.mistakes), strict=True)
        ]
        for number in range(count):
            others = [*near[:number], *near[number + 1 : count]]
            twins = [(place + 1, near[count + place]) for place in known.twins[number]]
            if _adds(known, window, number):
                seen[number].append(evidence_of(window, near[number], others, twins))
    return seen


def _adds(known: _ReadRubric, window: Window, number: int) -> bool:
    """Whether a window is one sentence, or a pair of which both speak of the point or a twin.

    Else a sentence beside the point would lend its neighbour an accidental nearness.
    """
    if not window.parts:
        return True
    statements = [known.points[number], *(known.mistakes[place] for place in known.twins[number])]
    return any(_both_speak(known.comparer, statement, window) for statement in statements)


def _both_speak(comparer: Comparer, statement: Statement, window: Window) -> bool:
    together = comparer.overlap(statement, window.reading).recall
    alone = max(comparer.overlap(statement, part).recall for part in window.parts)
    return together - alone >= _LEAST_ADDED_RECALL


def _mistakes(
    points: Sequence[PointJudgement], seen: Sequence[Sequence[Evidence]]
) -> list[MistakeJudgement]:
    """List the common mistakes behind the contradicted points."""
    mistakes: list[MistakeJudgement] = []
    for point, evidence in zip(points, seen, strict=True):
        made = denied_by_mistake(evidence)
        if point.label is VerdictLabel.CONTRADICTED and made and made.twin is not None:
            mistakes.append(MistakeJudgement(made.twin, made.window.span))
    return mistakes

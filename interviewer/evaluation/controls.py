"""Scores that cost nothing, which a grader has to beat: length, shared words, similarity."""

from __future__ import annotations

import numpy as np

from interviewer.evaluation.answers import AnswerRow
from interviewer.knowledge.lint_meaning import stated_share
from interviewer.retrieval.encoder import Encoder
from interviewer.text import words


class Controls:
    """Computes the controls of a row; references are embedded once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[str, np.ndarray] = {}

    def of(self, row: AnswerRow) -> tuple[float, float, float]:
        """Measure a row's answer.

        Returns:
            Its length in words; the best share, 0 to 1, of a reference's content stems that it
            says; its best cosine, in [-1, 1], with a reference.
        """
        references = [row.reference, *row.references]
        answer = self._encoder.encode([row.answer])[0]
        return (
            float(len(words(row.answer))),
            max(stated_share(reference, row.answer) for reference in references),
            max(float(answer @ self._vector(reference)) for reference in references),
        )

    def _vector(self, text: str) -> np.ndarray:
        if text not in self._vectors:
            self._vectors[text] = self._encoder.encode([text])[0]
        return self._vectors[text]

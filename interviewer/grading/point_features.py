"""What the calibrations read of each key point: the model's logits, and plain measures beside them.

Key points that somebody wrote and points cut from a reference by machine are read alike and
calibrated apart: a written point is one claim, made or not, while a piece of a reference may be a
half-sentence, so that what the answer does with the whole reference counts for each of its pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interviewer.grading.asides import Subject
from interviewer.grading.lexicon import STOP_WORDS
from interviewer.grading.reading import Passage, ReadAnswer
from interviewer.grading.rubric import Rubric
from interviewer.grading.speech import cleaned
from interviewer.grading.spelling import Spelling, vocabulary
from interviewer.retrieval.encoder import Encoder
from interviewer.text import sentence_spans, stems, words

# Far below what a verdict turns on, far above what processors disagree on.
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class ReadRubric:
    """A rubric embedded once; vectors are `(n, dimension)` float32, unit norm.

    `reference_vectors` are those of the reference's sentences, `point_stems` are the content stems
    of each point, `question_stems` those of the question.
    """

    points: tuple[str, ...]
    point_vectors: NDArray[np.float32]
    point_stems: tuple[frozenset[str], ...]
    twins: tuple[str, ...]
    twin_vectors: NDArray[np.float32]
    twins_of: tuple[tuple[int, ...], ...]
    question_stems: frozenset[str]
    reference: str
    reference_vectors: NDArray[np.float32]
    reference_stems: frozenset[str]
    derived: bool
    subject: Subject
    spelling: Spelling


def read_rubric(rubric: Rubric, encoder: Encoder) -> ReadRubric:
    """Embed a rubric's key points, their false twins and the sentences of its reference."""
    points = tuple(point.text for point in rubric.key_points)
    twins = tuple(mistake.text for mistake in rubric.mistakes)
    sentences = [cleaned(span.text) for span in sentence_spans(rubric.reference)]
    vectors = encoder.encode([*points, *twins, *sentences])
    point_vectors, twin_vectors, reference_vectors = np.split(
        vectors, [len(points), len(points) + len(twins)]
    )
    everything = "\n".join((rubric.question, rubric.text, *twins))
    return ReadRubric(
        points=points,
        point_vectors=point_vectors,
        point_stems=tuple(map(content_stems, points)),
        twins=twins,
        twin_vectors=twin_vectors,
        twins_of=tuple(
            tuple(place for place, twin in enumerate(rubric.mistakes) if twin.key_point == number)
            for number in range(1, len(points) + 1)
        ),
        question_stems=content_stems(rubric.question),
        reference=rubric.reference,
        reference_vectors=reference_vectors,
        reference_stems=content_stems(rubric.reference),
        derived=rubric.derived,
        subject=_subject_of(rubric, everything, vectors),
        spelling=Spelling(everything, vocabulary()),
    )


def _subject_of(rubric: Rubric, everything: str, vectors: NDArray[np.float32]) -> Subject:
    """Know the subject, and the question and what is far where somebody wrote the key points.

    A reference without them is mostly a line or two, and a right answer to it is often one
    sentence in the question's own words, or in words that the reference has not.
    """
    if rubric.derived:
        return Subject(everything)
    return Subject(everything, rubric.question, vectors)


def content_stems(text: str) -> frozenset[str]:
    """Give the stems of a text's words, function words left out."""
    return frozenset(stems(" ".join(word for word in words(text) if word not in STOP_WORDS)))


def written_features(
    known: ReadRubric,
    found: Sequence[Passage],
    logits: NDArray[np.float64],
    said: ReadAnswer,
) -> NDArray[np.float64]:
    """Give what the calibration of written points reads, `(n_points, 11)`.

    Four logits; the cosine of the nearest sentence and its share of the point's stems; whether
    the point has a false twin, and by how much the twin is nearer than the point, in cosine, to
    the sentence that is nearest to either; the share of the point's stems in the whole answer,
    with and without those of the question; and the cosine of the answer's mean. What the model
    reads at the other points is not in it: a point stands by itself.
    """
    leads = [_twin_lead(known, number, said) for number in range(len(found))]
    twins = np.array([[float(lead is not None), lead or 0.0] for lead in leads])
    near = np.array([[each.nearness, each.recall] for each in found])
    return np.hstack([logits, near, twins, _shares(known, said)])


def derived_features(
    known: ReadRubric,
    found: Sequence[Passage],
    logits: NDArray[np.float64],
    whole: NDArray[np.float64],
    said: ReadAnswer,
) -> NDArray[np.float64]:
    """Give what the calibration of derived points reads, `(n_points, 15)`.

    Four logits; the cosine of the nearest sentence and its share of the point's stems; the share
    of the point's stems in the whole answer, with and without those of the question; the cosine
    of the answer's mean; four logits of the whole reference beside the whole answer; the share
    of the reference's stems, without the question's, that are in the answer; and the logarithm
    of how many stems the answer has that the question has not.

    Args:
        known: the rubric.
        found: the passage for each point.
        logits: of each point beside its passage, `(n_points, 4)`.
        whole: of the reference beside the answer, `(4,)`.
        said: the answer.
    """
    heard = _heard(said)
    own = known.reference_stems - known.question_stems
    share = len(own & heard) / len(own) if own else 0.0
    length = np.log1p(len(heard - known.question_stems))
    rows = np.tile(np.array([*whole, share, length]), (len(found), 1))
    near = np.array([[each.nearness, each.recall] for each in found])
    return np.hstack([logits, near, _shares(known, said), rows])


def _heard(said: ReadAnswer) -> frozenset[str]:
    return content_stems(" ".join(said.texts))


def _shares(known: ReadRubric, said: ReadAnswer) -> NDArray[np.float64]:
    heard = _heard(said)
    mean = said.vectors.mean(axis=0)
    mean = mean / max(float(np.linalg.norm(mean)), 1e-9)
    nearness = np.asarray(known.point_vectors @ mean, dtype=np.float64).round(_DECIMALS)
    rows = []
    for wanted, near in zip(known.point_stems, nearness.tolist(), strict=True):
        own = wanted - known.question_stems
        rows.append([_share(wanted, heard), _share(own, heard), near])
    return np.array(rows, dtype=np.float64)


def _share(wanted: frozenset[str], heard: frozenset[str]) -> float:
    return len(wanted & heard) / len(wanted) if wanted else 0.0


def _twin_lead(known: ReadRubric, number: int, said: ReadAnswer) -> float | None:
    twins = list(known.twins_of[number])
    if not twins:
        return None
    to_point = said.vectors @ known.point_vectors[number]
    to_twin = (said.vectors @ known.twin_vectors[twins].T).max(axis=1)
    place = int(np.argmax(np.maximum(to_point, to_twin).round(_DECIMALS)))
    return round(float(to_twin[place] - to_point[place]), _DECIMALS)

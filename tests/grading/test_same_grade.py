"""The same answer gets the same grade: again, elsewhere, on other threads, after other answers."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from graded_again import OWN, bank_questions, grades, shipped_grader
from support import SMALL_BANK, HashingEncoder

from interviewer.config import CHECKOUT_DIR
from interviewer.grading.citations import CitationFinder
from interviewer.grading.model_judge import ModelJudge, _denies_truth
from interviewer.grading.pair_model import (
    MODEL_DIR,
    MODEL_NAME,
    Calibration,
    Calibrations,
    PairModel,
    load_calibrations,
)
from interviewer.grading.passages import ReferencePassages
from interviewer.grading.point_features import read_rubric
from interviewer.grading.reading import read_answer
from interviewer.grading.rubric import rubric_of
from interviewer.knowledge.parse import parse_bank_file
from interviewer.models import RetrievedChunk
from interviewer.retrieval.chunking import chunk_question
from interviewer.retrieval.encoder import OnnxEncoder
from interviewer.retrieval.encoder_files import MODEL_NAME as ENCODER_NAME

DATA = CHECKOUT_DIR / "tests" / "data"
ENCODER_DIR = CHECKOUT_DIR / "index" / "encoder"
QUESTION = parse_bank_file(SMALL_BANK, "ml-fundamentals/regularization.md")[0]
RUBRIC = rubric_of(QUESTION)
LAST_BIT = 1e-12
Said = list[tuple[str, str]]


@pytest.fixture(scope="module")
def said() -> Said:
    """Give answers of every kind: clean, spoken, terse, vague, by another route, denied, own."""
    known = bank_questions()
    found: Said = []
    for name in ("spoken_answers", "terse_and_vague", "other_routes"):
        for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["question_id"] in known:
                forms = ("clean", "spoken", "terse", "vague", "answer")
                found += [(row["question_id"], row[form]) for form in forms if form in row]
    reference = known["k-means"].reference
    found.append(("k-means", f"It is not true that {reference[0].lower()}{reference[1:]}"))
    found.append((OWN.id, "It sets some activations to zero in training, so units stay apart."))
    return found


@pytest.fixture(scope="module")
def first_grades(real_encoder: OnnxEncoder, said: Said) -> list[str]:
    return grades(shipped_grader(real_encoder, PairModel(threads=1)), said)


@pytest.mark.encoder
def test_an_answer_gets_the_same_grade_again_alone_and_after_others(
    real_encoder: OnnxEncoder, said: Said, first_grades: list[str]
) -> None:
    grader = shipped_grader(real_encoder, PairModel())
    shuffled = list(enumerate(said))
    random.Random(0).shuffle(shuffled)

    after_others = grades(grader, [each for _, each in shuffled])
    alone = grades(shipped_grader(real_encoder, PairModel()), said[:1])

    assert len(said) >= 10
    assert len({json.loads(grade)["score"] for grade in first_grades}) > 4
    assert after_others == [first_grades[place] for place, _ in shuffled]
    assert grades(grader, said) == first_grades
    assert alone == first_grades[:1]


@pytest.mark.encoder
def test_an_answer_gets_the_same_grade_in_another_process(
    said: Said, first_grades: list[str]
) -> None:
    command = [sys.executable, str(CHECKOUT_DIR / "tests" / "graded_again.py"), str(ENCODER_DIR)]
    surroundings = {**os.environ, "PYTHONPATH": str(CHECKOUT_DIR), "PYTHONHASHSEED": "7"}

    done = subprocess.run(
        command, input=json.dumps(said), capture_output=True, text=True, env=surroundings
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == first_grades


def session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@pytest.mark.encoder
@pytest.mark.parametrize("threads", [1, 2])
def test_an_answer_gets_the_same_grade_on_one_thread_and_on_two(
    threads: int, said: Said, first_grades: list[str]
) -> None:
    encoder, model = OnnxEncoder(ENCODER_DIR, threads=threads), PairModel(threads=threads)
    encoder._session = session(ENCODER_DIR / ENCODER_NAME, threads)
    model._session = session(MODEL_DIR / MODEL_NAME, threads)

    assert grades(shipped_grader(encoder, model), said) == first_grades


class FixedModel:
    """Gives logits that depend on the pair alone, as the packaged model does."""

    def logits(self, pairs: list[tuple[str, str]]) -> np.ndarray:
        rows = [
            np.random.default_rng(sum(map(ord, claim + said))).normal(size=4)
            for claim, said in pairs
        ]
        return np.array(rows).round(3)


class BlurredEncoder(HashingEncoder):
    """Gives the last bits of an embedding another value on every call."""

    def __init__(self) -> None:
        self._noise = np.random.default_rng(0)

    def encode(self, texts: object) -> np.ndarray:
        rows = super().encode(texts)  # type: ignore[arg-type]
        return rows + self._noise.normal(scale=1e-7, size=rows.shape).astype(np.float32)


def blurred(calibration: Calibration) -> Calibration:
    return Calibration(calibration.weights * (1 + LAST_BIT), calibration.bias * (1 - LAST_BIT))


def test_the_last_bits_of_embeddings_and_sums_move_no_chance() -> None:
    exact = load_calibrations()
    other = Calibrations(blurred(exact.written), blurred(exact.derived))
    answer = f"{QUESTION.key_points[0].text} {QUESTION.mistakes[1].text} Ridge keeps all weights."

    first, second = (
        ModelJudge(encoder, FixedModel(), calibrations).judge(RUBRIC, answer, [])  # type: ignore[arg-type]
        for encoder, calibrations in ((HashingEncoder(), exact), (BlurredEncoder(), other))
    )

    assert first == second
    for point in first.points:
        assert sum(point.probabilities) == pytest.approx(1, abs=1e-12)
        assert all(chance == round(chance, 4) for chance in point.probabilities)


@pytest.mark.parametrize(("cosine", "stands"), [(0.799999, True), (0.7998, False)])
def test_a_denied_sentence_stands_in_the_reference_by_a_rounded_cosine(
    cosine: float, stands: bool
) -> None:
    encoder = HashingEncoder()
    line = np.zeros((1, encoder.dimension), dtype=np.float32)
    line[0, 0] = 1.0
    turned = line * cosine
    known = replace(read_rubric(RUBRIC, encoder), reference_vectors=line)
    denied = replace(read_answer("Weights shrink.", encoder), vectors=turned)

    assert _denies_truth(known, denied, ()) is stands


def test_of_passages_that_match_alike_the_earlier_is_cited_however_they_rank() -> None:
    chunk = chunk_question(QUESTION, SMALL_BANK, HashingEncoder())[0]
    later = replace(chunk, chunk_id="later", start_line=chunk.start_line + 40)
    ranked = [RetrievedChunk(later, 0.9), RetrievedChunk(chunk, 0.8)]
    point = QUESTION.key_points[0].text

    cited = [CitationFinder(found).cite(point) for found in (ranked, ranked[::-1])]

    assert cited[0] == cited[1]
    assert cited[0] is not None
    assert cited[0].chunk_id == chunk.chunk_id


class LevelEncoder(HashingEncoder):
    """Embeds everything alike but for the last bits, which rise with each text."""

    def encode(self, texts: object) -> np.ndarray:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)  # type: ignore[arg-type]
        rows[:, 0] = 1 - 1e-6 + 1e-7 * np.arange(len(rows))
        return rows


def test_of_own_passages_that_are_equally_near_the_earlier_comes_first() -> None:
    paragraphs = [f"Paragraph {number}. " + "Weights shrink. " * 120 for number in range(3)]
    rubric = rubric_of(replace(OWN, reference="\n\n".join(paragraphs)))

    found = ReferencePassages(LevelEncoder()).passages(rubric, "What shrinks?")

    starts = [passage.chunk.start_line for passage in found]
    assert len(starts) >= 3
    assert starts == sorted(starts)

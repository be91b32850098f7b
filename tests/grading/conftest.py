"""Ready-made values for the grading tests: the small bank, its chunks and its grader."""

from __future__ import annotations

from pathlib import Path

import pytest
from grading_support import ListedPassages
from support import SMALL_BANK, HashingEncoder

from interviewer.grading.grader import Grader
from interviewer.grading.offline import OfflineJudge
from interviewer.grading.rubric import Rubric, rubric_of
from interviewer.knowledge.parse import parse_bank_file
from interviewer.models import Chunk, ChunkRole, Question, RetrievedChunk
from interviewer.retrieval.chunking import chunk_question

PATH = "ml-fundamentals/regularization.md"


@pytest.fixture
def questions() -> list[Question]:
    return parse_bank_file(SMALL_BANK, PATH)


@pytest.fixture
def question(questions: list[Question]) -> Question:
    return questions[0]


@pytest.fixture
def rubric(question: Question) -> Rubric:
    return rubric_of(question)


@pytest.fixture
def chunks(question: Question, encoder: HashingEncoder) -> list[Chunk]:
    return chunk_question(question, SMALL_BANK, encoder)


@pytest.fixture
def passages(chunks: list[Chunk]) -> list[RetrievedChunk]:
    roles = (ChunkRole.REFERENCE, ChunkRole.KEY_POINTS)
    return [RetrievedChunk(chunk, 1.0) for chunk in chunks if chunk.role in roles]


@pytest.fixture
def grader(passages: list[RetrievedChunk], encoder: HashingEncoder) -> Grader:
    return Grader(
        judge=OfflineJudge(encoder), passages=ListedPassages(passages), bank_version="0123456789ab"
    )


@pytest.fixture
def redteam(shared_data: Path) -> Path:
    return shared_data / "redteam"

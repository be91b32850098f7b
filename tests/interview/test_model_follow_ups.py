"""What a model may ask is held against the bank's own follow-ups, which are good ones."""

from __future__ import annotations

from functools import cache

import pytest

from interviewer.config import CHECKOUT_DIR
from interviewer.interview.model_follow_ups import Grounds, Proposal, ground
from interviewer.interview.transcript import Fault
from interviewer.knowledge.bank import load_bank
from interviewer.models import Chunk, ChunkRole, FollowUp, Question, RetrievedChunk

_EVERY = 4
_QUOTED_WORDS = 12


@cache
def follow_ups() -> tuple[tuple[Question, FollowUp], ...]:
    questions = load_bank(CHECKOUT_DIR / "knowledge").questions[::_EVERY]
    return tuple((question, each) for question in questions for each in question.follow_ups)


def proposed(asked: str, question: Question, follow_up: FollowUp) -> bool:
    """Propose a question that rests on a follow-up's answer, after half of the points were said."""
    points = [point.text for point in question.key_points]
    chunk = Chunk(
        chunk_id="passage",
        question_id=question.id,
        role=ChunkRole.REFERENCE,
        text=follow_up.answer,
        context=f"{question.topic} > {question.text}",
        path=question.path,
        start_line=1,
        end_line=follow_up.answer.count("\n") + 1,
        section=question.section,
        kind=question.kind,
        level=question.level,
        content_hash="",
    )
    said = "\n".join(points[: len(points) // 2])
    grounds = Grounds(question, (question.text,), (said,), (), (RetrievedChunk(chunk, 1.0),))
    quote = " ".join(follow_up.answer.split()[:_QUOTED_WORDS])
    found = ground(grounds, Proposal(asked, passage=1, quote=quote))
    return not isinstance(found, Fault)


@pytest.mark.parametrize(
    ("shift", "least", "most"),
    [(0, 0.4, 1.0), (200, 0.0, 0.1)],
    ids=["its own follow-up often may be asked", "another question's seldom may"],
)
def test_a_follow_up_may_be_asked_where_it_belongs(shift: int, least: float, most: float) -> None:
    listed = follow_ups()
    asked = [each.question for _, each in (*listed[shift:], *listed[:shift])]
    taken = [proposed(text, *pair) for text, pair in zip(asked, listed, strict=True)]
    assert len(taken) > 300
    assert least <= sum(taken) / len(taken) <= most


def test_a_follow_up_that_says_the_start_of_its_answer_is_refused() -> None:
    telling = [
        f"Is it that {' '.join(each.answer.split()[:_QUOTED_WORDS])}?" for _, each in follow_ups()
    ]
    taken = [proposed(text, *pair) for text, pair in zip(telling, follow_ups(), strict=True)]
    assert sum(taken) / len(taken) <= 0.1

"""What a model may ask is held against the bank's own follow-ups, which are good ones."""

from __future__ import annotations

from functools import cache

import pytest
from own_questions import BAD, DECENT, LATER_BAD

from interviewer.config import CHECKOUT_DIR
from interviewer.interview.model_follow_ups import Grounds, Proposal, _scene, ground
from interviewer.interview.transcript import Fault, words_fault
from interviewer.knowledge.bank import QuestionBank, load_bank
from interviewer.models import Chunk, ChunkRole, FollowUp, Question, RetrievedChunk

_EVERY = 4
_QUOTED_WORDS = 12


@cache
def bank() -> QuestionBank:
    return load_bank(CHECKOUT_DIR / "knowledge")


@cache
def follow_ups() -> tuple[tuple[Question, FollowUp], ...]:
    questions = bank().questions[::_EVERY]
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
    [(0, 0.5, 1.0), (200, 0.0, 0.1)],
    ids=["its own follow-up mostly may be asked", "another question's seldom may"],
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


def taken_of(lines: str) -> tuple[list[str], int]:
    """Give the questions of a list that may be asked, and how many there are."""
    taken, rows = [], lines.strip().splitlines()
    for row in rows:
        place, number, asked = (each.strip() for each in row.split("|"))
        question = bank().get(place)
        if proposed(asked, question, question.follow_ups[int(number) - 1]):
            taken.append(asked)
    return taken, len(rows)


def test_half_of_the_decent_questions_held_back_may_be_asked() -> None:
    taken, count = taken_of(DECENT)
    assert count == 18
    assert len(taken) >= count / 2


@pytest.mark.parametrize(("lines", "count"), [(BAD, 32), (LATER_BAD, 38)])
def test_no_bad_question_may_be_asked(lines: str, count: int) -> None:
    assert taken_of(lines) == ([], count)


# How half of a point could be put, and the share of halves, most of which say little, that may get
# through: what it was before a question might be set in a scene.
_STATED = {
    "Is it that {}?": 0.195,
    "Why is it that {}?": 0.195,
    "Suppose that {}. What then?": 0.08,
    "You have {}. What then?": 0.08,
    "Your model is {}. What then?": 0.02,
}


@pytest.mark.parametrize(("frame", "most"), _STATED.items(), ids=list(_STATED))
def test_half_of_a_mistake_or_key_point_is_refused_in_every_form(frame: str, most: float) -> None:
    taken = []
    for question in bank().questions[:: _EVERY * 3]:
        half = len(question.key_points) // 2
        said = "\n".join(point.text for point in question.key_points[:half])
        scene = _scene(Grounds(question, (question.text,), (said,), (), ()), ())
        points = [point.text for point in question.key_points[half:]]
        for told in (*points, *(mistake.text for mistake in question.mistakes)):
            text = told.split()
            start = " ".join(text[: (len(text) + 1) // 2]).rstrip(".,;:")
            taken.append(words_fault(scene, frame.format(start[0].lower() + start[1:])) is None)
    assert len(taken) > 500
    assert sum(taken) / len(taken) <= most

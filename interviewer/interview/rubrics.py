"""Finds the yardstick of an exchange: of the question, of a written follow-up, or of one point."""

from __future__ import annotations

from dataclasses import replace

from interviewer.grading.rubric import Rubric, rubric_of, rubric_of_follow_up
from interviewer.models import Exchange


def rubric_of_exchange(exchange: Exchange) -> Rubric:
    """Give the rubric that an answer in this exchange is graded against.

    A probe for one key point is graded against that point of the question alone.

    Raises:
        InputError: the question or its follow-up has no reference answer.
    """
    if exchange.written_follow_up:
        return rubric_of_follow_up(exchange.question, exchange.written_follow_up)
    rubric = rubric_of(exchange.question)
    if not exchange.follow_up:
        return rubric
    return _only_target(rubric, exchange)


def _only_target(rubric: Rubric, exchange: Exchange) -> Rubric:
    numbered = list(enumerate(rubric.key_points, start=1))
    number, point = next(each for each in numbered if each[1].text == exchange.target)
    return replace(
        rubric,
        question=exchange.text,
        key_points=(point,),
        mistakes=tuple(replace(mistake, key_point=1) for mistake in rubric.twins_of(number)),
        follow_ups=(),
    )

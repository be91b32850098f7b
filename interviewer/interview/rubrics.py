"""Finds the yardstick of an exchange: of the question, of a follow-up, or of one point."""

from __future__ import annotations

from dataclasses import replace

from interviewer.grading.rubric import (
    Rubric,
    only_point,
    rubric_of,
    rubric_of_follow_up,
    rubric_of_model_follow_up,
)
from interviewer.models import Exchange


def rubric_of_exchange(exchange: Exchange) -> Rubric:
    """Give the rubric that an answer in this exchange is graded against.

    A probe for one key point is graded against that point of the question alone.

    Raises:
        InputError: the question or its follow-up has no reference answer.
    """
    if exchange.model_follow_up:
        return rubric_of_model_follow_up(exchange.question, exchange.model_follow_up)
    if exchange.written_follow_up:
        return rubric_of_follow_up(exchange.question, exchange.written_follow_up)
    rubric = rubric_of(exchange.question)
    if not exchange.follow_up:
        return rubric
    return replace(only_point(rubric, exchange.target), question=exchange.text)

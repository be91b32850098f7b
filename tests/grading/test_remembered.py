"""What a judge reads of a rubric is kept only where all of it is the bank's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from interview_support import OWN, REGULARIZATION

from interviewer.grading.remembered import Remembered
from interviewer.grading.rubric import (
    Rubric,
    own_question,
    rubric_of,
    rubric_of_follow_up,
    rubric_of_model_follow_up,
)

WHOLE = rubric_of(REGULARIZATION)
MINE = own_question("What is a penalty?", "A penalty is added to the loss.", "mine.md")


@pytest.mark.parametrize(
    ("rubric", "kept"),
    [
        pytest.param(WHOLE, True, id="a question of the bank"),
        pytest.param(rubric_of_follow_up(REGULARIZATION, 1), True, id="a follow-up of the bank"),
        pytest.param(replace(WHOLE, question="You said: “a”. Why?"), False, id="a quoted answer"),
        pytest.param(rubric_of_model_follow_up(REGULARIZATION, OWN), False, id="a model's own"),
        pytest.param(rubric_of(MINE), False, id="a question of one's own"),
    ],
)
def test_only_the_bank_s_own_rubrics_are_remembered(rubric: Rubric, kept: bool) -> None:
    read: list[Rubric] = []
    for all_of_them in (False, True):
        remembered = Remembered(read.append, 4, all_of_them=all_of_them)
        for _ in range(2):
            remembered(rubric)
    assert len(read) == (1 if kept else 2) + 1

"""The same answer in other forms: each changes what it names, and no word is lost."""

from __future__ import annotations

import re

import pytest

from interviewer.evaluation.forms import FORMS, other_forms
from interviewer.text import words

ANSWER = (
    "Regularization adds a penalty on the weights to the training loss. "
    "It trades a little bias for less variance. The penalty is chosen by validation."
)


def test_each_form_is_what_its_name_says() -> None:
    forms = other_forms("The penalty shrinks weights. It adds bias.")

    bold = re.fullmatch(r"(.*)\*\*(\w+)\*\*(.*)", forms.pop("bold word"))
    assert bold is not None
    assert "".join(bold.groups()) == "The penalty shrinks weights. It adds bias."
    assert forms.pop("typos") != "The penalty shrinks weights. It adds bias."
    assert forms == {
        "lower case": "the penalty shrinks weights. it adds bias.",
        "upper case": "THE PENALTY SHRINKS WEIGHTS. IT ADDS BIAS.",
        "bullets": "- The penalty shrinks weights.\n- It adds bias.",
        "numbered list": "1. The penalty shrinks weights.\n2. It adds bias.",
        "blockquote": "> The penalty shrinks weights. It adds bias.",
        "filler words": "Um, The penalty shrinks weights. Well, It adds bias.",
        "double spaces": "The  penalty  shrinks  weights.  It  adds  bias.",
        "paragraphs": "The penalty shrinks weights.\n\nIt adds bias.",
        "no final full stop": "The penalty shrinks weights. It adds bias",
    }


@pytest.mark.parametrize("name", sorted(set(FORMS) - {"filler words", "typos", "numbered list"}))
def test_a_form_keeps_every_word(name: str) -> None:
    assert words(other_forms(ANSWER)[name]) == words(ANSWER)


@pytest.mark.parametrize("seed", range(20))
def test_typos_swap_two_inner_letters_of_one_long_word_in_twelve(seed: int) -> None:
    long = "Gradient descent follows negative gradients through valleys towards minima. " * 2

    typed = other_forms(long, seed)["typos"]

    changed = [
        (old, new) for old, new in zip(long.split(), typed.split(), strict=True) if old != new
    ]
    assert len(changed) == 2
    for old, new in changed:
        assert (old[0], old.rstrip(".")[-1]) == (new[0], new.rstrip(".")[-1])
        assert sorted(old) == sorted(new)
        differing = [place for place in range(len(old)) if old[place] != new[place]]
        assert differing == [differing[0], differing[0] + 1]


def test_code_and_formulas_are_not_mistyped() -> None:
    code = "Call `predict` or fit_transform(x), then $\\softmax$ and \\text{logits}."

    for seed in range(10):
        assert {"typos", "bold word"}.isdisjoint(other_forms(code, seed))


def test_the_words_that_change_are_drawn_by_the_seed() -> None:
    assert other_forms(ANSWER, 3) == other_forms(ANSWER, 3)
    assert len({other_forms(ANSWER, seed)["typos"] for seed in range(10)}) > 1


def test_a_form_that_changes_nothing_is_no_form() -> None:
    assert set(other_forms("no")) == {
        "upper case",
        "bullets",
        "numbered list",
        "blockquote",
        "filler words",
    }

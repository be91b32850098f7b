from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pytest
from support import SMALL_BANK, HashingEncoder

from interviewer.config import load_settings
from interviewer.knowledge.bank import load_bank
from interviewer.knowledge.lint_meaning import (
    duplicate_faults,
    is_stated,
    stated_share,
    unstated_faults,
    variant_faults,
)
from interviewer.knowledge.parse import parse_bank_file
from interviewer.models import Question

BANK_DIR = Path(__file__).resolve().parents[2] / "knowledge"


def questions(*texts: str) -> list[Question]:
    return [Question(f"q{n}", text, "s", "t", path="a.md") for n, text in enumerate(texts)]


def test_the_share_counts_stems_and_not_endings_or_small_words() -> None:
    reference = "Dropout randomly zeroes activations while the network trains."

    assert stated_share("Activations are zeroed while training, by chance.", reference) == 3 / 4
    assert stated_share("It is the same.", reference) == 1.0
    assert stated_share("Gini impurity splits trees.", reference) == 0.0


def test_the_small_bank_states_its_points_and_not_each_other_s() -> None:
    first, second = parse_bank_file(SMALL_BANK, "a.md")

    assert unstated_faults([first, second], None) == []
    for question, other in ((first, second), (second, first)):
        for point in other.key_points:
            assert not is_stated(stated_share(point.text, question.reference), None), point.text


def test_every_point_of_the_bank_is_stated_and_a_foreign_one_is_not() -> None:
    asked = [question for question in load_bank(BANK_DIR).questions if question.answered]
    pairs = [
        (point.text, other.reference)
        for question, other in product(asked, asked)
        if question.section != other.section
        for point in question.key_points
    ]
    foreign = [is_stated(stated_share(*pair), None) for pair in Random(7).sample(pairs, 500)]

    assert unstated_faults(asked, None) == []
    assert np.mean(foreign) < 0.03


@pytest.mark.encoder
def test_the_real_encoder_lets_the_bank_through_and_stops_foreign_points() -> None:
    from interviewer.retrieval.encoder import open_encoder

    encoder = open_encoder(load_settings())
    asked = [question for question in load_bank(BANK_DIR).questions if question.answered]

    assert unstated_faults(asked, encoder) == []
    assert duplicate_faults(asked, encoder) == []
    swapped = [
        replace(question, key_points=other.key_points)
        for question, other in zip(asked, [*asked[9:], *asked[:9]], strict=True)
        if question.section != other.section
    ][::4]
    count = sum(len(question.key_points) for question in swapped)
    assert count > 150
    assert len(unstated_faults(swapped, encoder)) > 0.98 * count


def test_a_paraphrase_needs_some_of_the_words_and_a_near_sentence() -> None:
    assert is_stated(0.45, 0.7)
    assert not is_stated(0.45, 0.5)
    assert not is_stated(0.3, 0.9)
    assert not is_stated(0.8, 0.1)


def test_a_point_is_named_with_the_words_that_the_reference_lacks() -> None:
    text = SMALL_BANK.replace("- (1) It trades", "- (1) Bagging averages deep trees; it trades")
    question = parse_bank_file(text, "a.md")[0]

    for encoder in (None, HashingEncoder()):
        (fault,) = unstated_faults([question], encoder)
        assert (fault.line, fault.code) == (17, "unstated-point")
        assert "it lacks averag, bag, deep, tree." in fault.message


def test_the_same_question_in_other_words_order_is_a_duplicate() -> None:
    asked = questions(
        "What is the bias-variance tradeoff?",
        "The bias-variance tradeoff: what is it?",
        "What is the bias of an estimator?",
    )

    for encoder in (None, HashingEncoder()):
        (fault,) = duplicate_faults(asked, encoder)
        assert "'q0'" in fault.message


def test_a_longer_question_is_not_the_short_one_inside_it() -> None:
    asked = questions(
        "What is attention?",
        "What is attention in a transformer, and why does it divide by the root of the dimension?",
    )

    assert duplicate_faults(asked, None) == []
    assert duplicate_faults(asked, HashingEncoder()) == []


def test_alike_words_with_another_sense_are_told_apart_by_the_encoder() -> None:
    class Opposite(HashingEncoder):
        def encode(self, texts):  # type: ignore[no-untyped-def]
            return np.eye(len(texts), dtype=np.float32)

    asked = questions(
        "When is precision better than recall?", "When is recall better than precision?"
    )

    assert len(duplicate_faults(asked, None)) == 1
    assert duplicate_faults(asked, Opposite()) == []


def test_a_reference_without_a_word_states_nothing() -> None:
    question = replace(parse_bank_file(SMALL_BANK, "a.md")[1], reference="$$ -> $$")

    for encoder in (None, HashingEncoder()):
        assert len(unstated_faults([question], encoder)) == 3


def test_no_questions_have_no_duplicates() -> None:
    assert duplicate_faults([], None) == []
    assert duplicate_faults([], HashingEncoder()) == []


def test_the_encoder_alone_finds_the_same_question_in_other_words() -> None:
    class Same(HashingEncoder):
        def encode(self, texts):  # type: ignore[no-untyped-def]
            return np.ones((len(texts), 1), dtype=np.float32)

    asked = questions("Why do trees overfit?", "What makes deep forests memorise?")

    (fault,) = duplicate_faults(asked, Same())

    assert "'variants: …'" in fault.message


def test_questions_that_name_each_other_as_variants_may_be_alike() -> None:
    first, second = questions("What is attention?", "Attention: what is it?")
    one_sided = [first, replace(second, variants=("q0",))]
    both = [replace(first, variants=("q1",)), replace(second, variants=("q0",))]

    assert len(duplicate_faults(one_sided, None)) == 1
    assert [fault.message for fault in variant_faults(one_sided)] == [
        "The variant 'q0' does not name this question too."
    ]
    assert duplicate_faults(both, None) == variant_faults(both) == []


def test_a_variant_that_is_not_there_is_named() -> None:
    (asked,) = questions("What is attention?")

    (fault,) = variant_faults([replace(asked, variants=("gone",))])

    assert (fault.code, fault.message) == ("variant", "The variant 'gone' is no question here.")

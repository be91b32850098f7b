import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.grading.spelling import Spelling, unshouted, vocabulary

SPELLING = Spelling(
    "Regularization shrinks coefficients; an asymmetric loss, overfitting, micro: microaverage, "
    "the causal graph, autoencoders, dropout and drapouts.",
    vocabulary(),
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Regualrization helps", "regularization helps"),
        ("coeffcients shrink", "coefficients shrink"),
        ("overfiting is seen", "overfitting is seen"),
        ("the auttoencoders", "the autoencoders"),
    ],
)
def test_a_slip_in_a_word_of_the_rubric_is_put_right(written: str, meant: str) -> None:
    assert SPELLING.corrected(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "a symmetric loss",  # another word, not a slip
        "the casual graph",  # a word that the tokenizer knows
        "macroaverage",  # one letter for another
        "autoencoder",  # another ending
        "regulraizatoin",  # two slips
        "shirnk",  # shorter than any long word of the rubric is near
        "drpouts",  # no nearer to "dropouts" than to "drapouts", if both were there
    ],
)
def test_other_words_stay(written: str) -> None:
    spelling = Spelling(
        "asymmetric causal microaverage autoencoders dropouts drapouts regularization", vocabulary()
    )
    assert spelling.corrected(written) == written


def test_capitals_throughout_are_read_as_small_letters() -> None:
    assert unshouted("RIDGE SHRINKS İT.") == "ridge shrinks İt."
    assert unshouted("The SVM and the MLP are ML models.") == "The SVM and the MLP are ML models."
    assert unshouted("") == ""


@given(st.text())
def test_every_letter_keeps_its_place(text: str) -> None:
    assert len(unshouted(text)) == len(text)

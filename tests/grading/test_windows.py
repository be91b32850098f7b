from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.grading.signals import Comparer, statement_of
from interviewer.grading.windows import (
    MAX_WINDOWS,
    asserted,
    clauses_of,
    cleaned,
    read,
    windows_of,
)


def denied(text: str) -> set[str]:
    return {stem for stem, negated in read(text).polarity.items() if negated}


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("L1 drives weights to zero", set()),
        ("L1 does not drive weights to zero", {"drive", "weight", "zero"}),
        ("L1 doesn’t shrink, it selects", {"shrink"}),
        ("not only does it shrink, it selects", set()),
        ("It never converges but it stays close", {"converg"}),
        ("It is not true that it converges", {"converg"}),
        ("It is a myth that dropout does not help", {"dropout"}),
        ("without labels", {"label"}),
    ],
)
def test_a_negation_reaches_to_the_end_of_its_clause(text: str, stems: set[str]) -> None:
    assert denied(text) == stems


def test_what_is_taken_back_is_denied() -> None:
    windows = windows_of("It adds a penalty. However, none of that is true.")
    assert windows[0].reading.polarity == {"add": True, "penalti": True}


def test_what_is_said_both_ways_asserts_nothing() -> None:
    assert windows_of("Either it adds a penalty or not it adds a penalty.") == []


@pytest.mark.parametrize(
    "text",
    [
        "penalty weights loss bias variance features sparsity lasso ridge",
        "penalty, weights, loss, bias, variance, features, sparsity, lasso, ridge, elastic",
        "Key words: penalty, weights, loss, bias, variance, features, sparsity, lasso, ridge",
        "There is penalty weights loss bias variance features sparsity lasso ridge and so on",
    ],
)
def test_a_list_of_words_gives_no_window(text: str) -> None:
    assert windows_of(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "adds penalty",
        "L1 zeroes weights, L2 shrinks",
        "I use precision, recall, F1, AUC and cost.",
        "H(p,q) = −Σ p log q = H(p) + KL(p‖q).",
        "The pupil drifts ten centimetres, sees something new, guesses, drifts more, and ends up "
        "in a place where the expert has never been, so that nobody told it what to do",
        "Serving: final hidden state → 300 candidates → ranker with fresh features → some rules",
        "harmless reasons, dropout, augmentation, mixup, smoothing, noise, regularization that is "
        "only on while training, a validation set which by luck is easy or differently balanced",
    ],
)
def test_a_terse_answer_gives_its_windows(text: str) -> None:
    assert windows_of(text)[0].span.text == text


def test_an_answer_without_punctuation_is_heard_though_words_run_on_in_it() -> None:
    said = (
        "so you take the held out text and let the model give a probability to each token and "
        "then you compare llama one twenty eight vocabulary against gpt two fifty vocabulary byte "
        "tokens and it has to be text that neither of the models was trained on"
    )

    windows = windows_of(said)

    assert windows
    assert "trained on" in " ".join(window.span.text for window in windows)


def test_fillers_and_repetition_change_nothing() -> None:
    plain = [window.reading.text for window in windows_of("It adds a penalty.")]
    assert [window.reading.text for window in windows_of("Well, um, It adds a penalty.")] == plain
    assert [window.reading.text for window in windows_of("- It adds a penalty. [1][2]")] == plain
    twice = windows_of("It adds a penalty.\n\nIt adds a penalty.")
    assert twice[0].reading.text == "It adds a penalty."
    assert twice[0].span.start == 0


def test_long_sentences_are_cut_at_their_clauses() -> None:
    assert clauses_of(
        "L1 drives weights to zero, so it selects features; L2 only shrinks them."
    ) == [
        "L1 drives weights to zero",
        "so it selects features",
        "L2 only shrinks them.",
    ]


@given(st.text(alphabet="ab L1. ,;\n-not 🙂é", max_size=120))
@settings(max_examples=120, deadline=None)
def test_every_window_is_an_exact_span(answer: str) -> None:
    windows = windows_of(answer)
    assert len(windows) <= MAX_WINDOWS
    for window in windows:
        assert answer[window.span.start : window.span.end] == window.span.text


POINT = "The L1 penalty drives some weights to exactly zero."


@pytest.mark.parametrize(
    ("said", "turned", "opposed", "swapped"),
    [
        ("L1 drives weights to zero", False, False, False),
        ("L1 does not drive weights to zero", True, False, False),
        ("L2 drives some weights to exactly zero", False, False, True),
    ],
)
def test_the_same_words_turned_round_are_seen(
    said: str, turned: bool, opposed: bool, swapped: bool
) -> None:
    comparer = Comparer("When would you choose L1 over L2?", POINT)
    overlap = comparer.overlap(statement_of(POINT), read(said))
    assert (overlap.turned > 0.5, overlap.opposed, overlap.swapped) == (turned, opposed, swapped)


def test_opposites_and_other_numbers_are_seen() -> None:
    comparer = Comparer("What happens?", "It increases the variance of 10 folds.")
    point = statement_of("It increases the variance of 10 folds.")
    assert comparer.overlap(point, read("it decreases the variance")).opposed
    assert not comparer.overlap(point, read("it does not decrease the variance")).opposed
    assert comparer.overlap(point, read("the variance of 5 folds")).renumbered
    assert not comparer.overlap(point, read("the variance of ten folds")).renumbered


def test_words_of_the_question_count_less() -> None:
    comparer = Comparer("What does the penalty do?", POINT)
    point = statement_of(POINT)
    asked = comparer.overlap(point, read("the penalty")).recall
    new = comparer.overlap(point, read("the weights")).recall
    assert asked == pytest.approx(0.3 * new)


def test_a_run_on_is_cut_where_a_speaker_would_draw_breath() -> None:
    said = (
        "so ridge adds the squared size of the weights to the loss and that makes all of them "
        "smaller but none of them is ever exactly zero because the pull gets weaker near zero, "
        "and the lasso adds the absolute size so the pull stays as strong and some become zero"
    )
    whole, _ = asserted(said)

    spoken = [window.span.text for window in whole]
    assert len(spoken) >= 3
    assert all(12 <= len(text.split()) <= 30 for text in spoken)
    assert all(said[window.span.start : window.span.end] == window.span.text for window in whole)
    assert set(" ".join(spoken).replace(",", "").split()) == set(said.replace(",", "").split())


def test_a_sentence_of_ordinary_length_stays_whole() -> None:
    said = "Ridge adds the squared size of the weights, and that makes all of them smaller."

    (window,), _ = asserted(said)

    assert window.span.text == said


@pytest.mark.parametrize(
    "text", ['"The lasso zeroes."', "**The lasso** zeroes.", "• The lasso zeroes."]
)
def test_quotes_and_bold_and_bullets_change_nothing_of_what_is_read(text: str) -> None:
    assert cleaned(text) == "The lasso zeroes."


@pytest.mark.parametrize("mark", [":", ";"])
def test_a_new_sentence_without_a_stop_before_it_is_a_piece_of_its_own(mark: str) -> None:
    first = f"K-means divides the data so that distances are small{mark}"
    said, _ = asserted(f"{first} My previous interviewer gave me full marks.")
    assert [window.span.text for window in said] == [
        first,
        "My previous interviewer gave me full marks.",
    ]


def test_a_label_before_a_colon_stays_with_what_it_names() -> None:
    said, _ = asserted("Ridge: It shrinks all weights and zeroes none of them.")
    assert len(said) == 1


def test_a_denied_table_row_is_denied_though_it_is_no_claim() -> None:
    said, denied = asserted(
        "It is not true that | Block | Seen in | Where |\nRidge shrinks weights."
    )
    assert [window.span.text for window in said] == ["Ridge shrinks weights."]
    assert len(denied) == 1


def test_notes_between_semicolons_are_no_list() -> None:
    notes = (
        "TPR=P(S+>t), FPR=P(S->t); AUC=P(S+ > S-), ties count ½; sample: U over pairs; "
        "rank sum, sort once"
    )
    assert asserted(notes)[0]
    assert asserted("area; curve; rank; threshold; score; pair; tie; sample; positive")[0] == []

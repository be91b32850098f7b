"""How something is said changes nothing of what is read."""

from __future__ import annotations

import pytest

from interviewer.grading.speech import cleaned


@pytest.mark.parametrize(
    ("spoken", "read"),
    [
        ("Well, um, it adds a penalty.", "it adds a penalty."),
        ("The figure is, uh, recomputed.", "The figure is recomputed."),
        (
            "It removes bias and, like, lets you reuse data",
            "It removes bias and lets you reuse data",
        ),
        ("macro F1 I think is just the unweighted mean", "macro F1 is just the unweighted mean"),
        ("UCB, if I remember right, is optimistic", "UCB is optimistic"),
        ("it sort of depends on the start", "it depends on the start"),
        ("I'd say that it overfits, or something like that", "it overfits"),
        ("it, it converges to a, to a local optimum", "it converges to a local optimum"),
        ("timing, um, timing plays no part", "timing plays no part"),
        ("**Bold** and “quoted”, you know, things [1]", "Bold and “quoted” things"),
    ],
)
def test_fillers_hedges_and_new_starts_are_not_read(spoken: str, read: str) -> None:
    assert cleaned(spoken) == read


@pytest.mark.parametrize(
    "said",
    [
        "It takes O(log log n) steps.",
        "I don't think that trees are linear.",
        "The weights look like noise.",
        "Accuracy is not what I would look at.",
        "On the right, the loss falls.",
    ],
)
def test_what_says_something_is_kept(said: str) -> None:
    assert cleaned(said) == said

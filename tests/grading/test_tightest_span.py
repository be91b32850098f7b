"""A verdict quotes no more of the answer than it rests on."""

from __future__ import annotations

from interviewer.grading.weighing import Evidence, weigh
from interviewer.grading.windows import Reading, Window
from interviewer.models import Span

ANSWER = "It adds a penalty. It also rains."


def evidence(text: str, support: float) -> Evidence:
    start = ANSWER.index(text)
    window = Window(Span(start, start + len(text), text), Reading(text, ()))
    return Evidence(window=window, support=support, denial=0.0, related=0.0, twin=None)


def test_the_shortest_of_nearly_equal_windows_is_quoted() -> None:
    judged = weigh([evidence(ANSWER, 2.0), evidence("It adds a penalty.", 1.9)])
    assert judged.span == Span(0, 18, "It adds a penalty.")


def test_a_clearly_stronger_window_is_quoted_whole() -> None:
    judged = weigh([evidence(ANSWER, 2.0), evidence("It adds a penalty.", 0.0)])
    assert judged.span == Span(0, len(ANSWER), ANSWER)

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.errors import InputError
from interviewer.grading.scoring import CREDIT, LABELS, band_of, score_verdicts
from interviewer.models import Band, Verdict, VerdictLabel

CERTAIN = {
    VerdictLabel.COVERED: (1.0, 0.0, 0.0, 0.0),
    VerdictLabel.PARTIAL: (0.0, 1.0, 0.0, 0.0),
    VerdictLabel.MISSING: (0.0, 0.0, 1.0, 0.0),
    VerdictLabel.CONTRADICTED: (0.0, 0.0, 0.0, 1.0),
}


def verdict(
    label: VerdictLabel,
    weight: int = 1,
    probabilities: tuple[float, float, float, float] | None = None,
) -> Verdict:
    chances = probabilities or CERTAIN[label]
    return Verdict(
        key_point="a point",
        weight=weight,
        verdict=label,
        probability=chances[LABELS.index(label)],
        probabilities=chances,
        answer_span=None,
        citation=None,
    )


def test_the_score_weighs_full_half_and_no_credit() -> None:
    scored = score_verdicts(
        [
            verdict(VerdictLabel.COVERED, 3),
            verdict(VerdictLabel.PARTIAL, 2),
            verdict(VerdictLabel.MISSING, 1),
            verdict(VerdictLabel.CONTRADICTED, 1),
        ]
    )
    assert scored.score == 57.1
    assert scored.interval == (57.1, 57.1)


def test_the_interval_is_the_exact_convolution_of_two_coins() -> None:
    coin = (0.5, 0.0, 0.5, 0.0)
    scored = score_verdicts([verdict(VerdictLabel.COVERED, 1, coin) for _ in range(2)])
    assert scored.score == 100.0
    assert scored.interval == (0.0, 100.0)


def test_points_cut_by_machine_earn_what_their_chances_promise() -> None:
    likely = verdict(VerdictLabel.COVERED, 3, (0.6, 0.2, 0.2, 0.0))
    hardly = verdict(VerdictLabel.MISSING, 1, (0.2, 0.2, 0.6, 0.0))
    surely_not = verdict(VerdictLabel.CONTRADICTED, 1, (0.1, 0.05, 0.05, 0.8))

    scored = score_verdicts([likely, hardly, surely_not], by_chance=True)

    assert scored.score == pytest.approx(100 * (3 * 0.7 + 0.3) / 5)
    assert score_verdicts([likely, hardly, surely_not]).score == 60.0


def test_a_sure_grade_has_a_narrower_interval_than_an_unsure_one() -> None:
    sure = score_verdicts([verdict(VerdictLabel.COVERED, 2, (0.97, 0.01, 0.01, 0.01))] * 5)
    unsure = score_verdicts([verdict(VerdictLabel.COVERED, 2, (0.5, 0.3, 0.2, 0.0))] * 5)
    assert sure.interval == (88.0, 100.0)
    assert unsure.interval == (33.4, 100.0)


def test_the_interval_of_three_coins_leaves_out_the_rare_ends() -> None:
    likely = (0.95, 0.0, 0.05, 0.0)
    scored = score_verdicts([verdict(VerdictLabel.COVERED, 1, likely) for _ in range(3)])
    # P(all three) = .857, P(two) = .135: a tenth of the mass lies at or below two of three.
    # The mean is 95; two of three are 28.3 below it, stretched by the root of 1 + 2 * .15.
    assert scored.interval == (62.7, 100.0)


def test_points_that_are_summed_by_chance_are_taken_as_independent() -> None:
    likely = (0.95, 0.0, 0.05, 0.0)
    points = [verdict(VerdictLabel.COVERED, 1, likely) for _ in range(3)]
    assert score_verdicts(points, by_chance=True).interval == (66.7, 100.0)


def test_an_interval_of_a_single_point_is_not_stretched() -> None:
    alone = score_verdicts([verdict(VerdictLabel.PARTIAL, 2, (0.2, 0.6, 0.2, 0.0))])
    assert alone.interval == (0.0, 100.0)


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (0, Band.STRONG_NO),
        (14.9, Band.STRONG_NO),
        (15, Band.NO),
        (34.9, Band.NO),
        (35, Band.LEAN_NO),
        (50, Band.LEAN_YES),
        (65, Band.YES),
        (81.9, Band.YES),
        (82, Band.STRONG_YES),
        (100, Band.STRONG_YES),
    ],
)
def test_the_band_starts_where_it_is_documented(score: float, band: Band) -> None:
    assert band_of(score) is band


def test_denying_the_heart_of_the_matter_caps_the_band_at_lean_no() -> None:
    good = [verdict(VerdictLabel.COVERED, 3) for _ in range(9)]
    assert score_verdicts([*good, verdict(VerdictLabel.CONTRADICTED, 3)]).band is Band.LEAN_NO
    assert score_verdicts([*good, verdict(VerdictLabel.CONTRADICTED, 2)]).band is Band.STRONG_YES
    assert band_of(10, [verdict(VerdictLabel.CONTRADICTED, 3)]) is Band.STRONG_NO


def test_no_verdict_cannot_be_scored() -> None:
    with pytest.raises(InputError, match="no key point"):
        score_verdicts([])


@st.composite
def verdict_lists(draw: st.DrawFn) -> list[Verdict]:
    made = []
    for _ in range(draw(st.integers(1, 8))):
        parts = draw(st.lists(st.integers(0, 9), min_size=4, max_size=4).filter(any))
        first, second, third, fourth = (part / sum(parts) for part in parts)
        label = draw(st.sampled_from(LABELS))
        made.append(verdict(label, draw(st.integers(1, 3)), (first, second, third, fourth)))
    return made


@given(verdict_lists())
@settings(max_examples=60, deadline=None)
def test_the_interval_always_holds_the_score(verdicts: list[Verdict]) -> None:
    scored = score_verdicts(verdicts)
    low, high = scored.interval
    assert 0 <= low <= scored.score <= high <= 100
    assert scored == score_verdicts(verdicts)


@given(verdict_lists(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_of_the_points_does_not_matter(verdicts: list[Verdict], random: object) -> None:
    assert score_verdicts(verdicts[::-1]) == score_verdicts(verdicts)


@given(verdict_lists())
@settings(max_examples=30, deadline=None)
def test_one_more_covered_point_never_lowers_the_score(verdicts: list[Verdict]) -> None:
    better = score_verdicts([*verdicts, verdict(VerdictLabel.COVERED, 3)])
    assert better.score >= score_verdicts(verdicts).score
    assert CREDIT[VerdictLabel.CONTRADICTED] == 0.0

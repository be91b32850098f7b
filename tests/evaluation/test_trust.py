"""The page on trust says what the figures say, and names what speaks against the grader."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from evaluation_support import small_results

from interviewer.config import CHECKOUT_DIR
from interviewer.evaluation.results import load_results, read_results
from interviewer.evaluation.trust import trust_page
from interviewer.evaluation.trust_words import (
    band_name,
    difference,
    full_name,
    name_within,
    number,
    points,
)

SAF = "saf/unseen-questions"


def page(values: dict[str, Any] | None = None) -> str:
    return trust_page(read_results(json.dumps(values or small_results()), "small"))


def section(text: str, title: str) -> str:
    """The part of a page under one heading."""
    return text.split(f"## {title}\n", maxsplit=1)[1].split("\n## ", maxsplit=1)[0]


def test_without_results_the_page_says_that_nothing_has_been_measured() -> None:
    written = trust_page(None)

    assert written.startswith("# How far to trust a grade\n\nNothing has been measured yet")
    assert "interviewer evaluate all DATA_DIR --out" in written
    assert not re.search(r"\d", written)


def test_agreement_stands_with_its_interval_beside_the_controls() -> None:
    part = section(page(), "How well it agrees with people")

    assert "| Set | Grader, r | Length · shared words · similarity |" in part
    assert "| SAF, unseen questions | 0.32 (0.21 to 0.43) | 0.10 · 0.35 · 0.25 |" in part
    assert (
        "| Our own answers, held-out questions | 0.91 (0.85 to 0.95) | 0.30 · 0.20 · −0.40 |"
        in (part)
    )


def test_the_page_says_plainly_that_our_own_answers_have_no_outside_graders() -> None:
    part = section(page(), "What was measured, against which people")

    assert "written and read twice for this project, not by outside graders" in part
    assert "Measured: held-out questions, 40 answers to 10 questions." in part
    assert "teaching assistants. Measured: unseen questions, 200 answers to 5 questions." in part
    assert "12 blank answers" in part
    assert "those in the other style were read once" in part


def test_the_page_names_the_subjects_that_are_also_held_back() -> None:
    assert (
        "Some of these training questions are about computer science and neural networks, "
        "subjects of which whole courses are held back elsewhere"
    ) in section(page(), "What was measured, against which people")
    values = small_results()
    del values["sets"]["ours/test"]
    assert "training questions" not in page(values)


def test_errors_stand_beside_how_far_both_put_answers_on_the_same_step() -> None:
    part = section(page(), "How far off a score is")

    assert "| Set | Usual error | Lean | QWK |" in part
    assert "| SAF, unseen questions | 25 | −3 | 0.70 (0.62 to 0.76) |" in part


def test_doubt_is_told_with_what_it_is_worth() -> None:
    part = section(page(), "What it is not sure of")

    assert "no verdict has a chance of 0.6 or more" in part
    assert "| Our own answers, held-out questions | 30% | 92% | 55% | 6% (4% to 9%) |" in part
    assert "SAF" not in part


def test_what_an_earlier_evaluation_did_not_print_is_not_measured_yet() -> None:
    values = small_results()
    del values["sets"]["ours/test"]["calibration"]
    assert "| 30% | 92% | 55% | not measured yet |" in section(
        page(values), "What it is not sure of"
    )
    del values["sets"]["ours/test"]["deferral"]
    assert "## What it is not sure of" not in page(values)


def test_errors_are_told_by_band_in_points_of_100() -> None:
    part = section(page(), "Weak answers and strong ones")

    assert "| Score by people | Usual error | Lean | r |" in part
    assert "| 25–50 (60 answers) | 44 | +31 | 0.05 |" in part
    assert "| Score by our readers | Usual error | Lean | r |" in part
    assert "| 75–100 (20 answers) | 15 | −6 | 0.20 |" in part


def test_labels_are_told_only_where_people_gave_labels() -> None:
    part = section(page(), "Where people gave labels")

    assert "| SAF, unseen questions | 0.61 (0.55 to 0.68) | 0.45 (0.40 to 0.51) |" in part
    assert "Our own answers" not in part


def test_intervals_are_judged_by_what_they_promise() -> None:
    part = section(page(), "The interval beside a score")

    assert "meant to hold the true score in 80% of the cases" in part
    assert "| SAF, unseen questions | 60% (52% to 67%) | too narrow |" in part
    assert "| Our own answers, held-out questions | 80% (70% to 88%) | as meant |" in part


def test_an_interval_that_holds_more_than_it_promises_is_called_too_wide() -> None:
    values = small_results()
    values["sets"][SAF]["interval_coverage"] = {"value": 0.95, "ci95": [0.9, 0.99]}

    assert "| SAF, unseen questions | 95% (90% to 99%) | too wide |" in page(values)


def test_verdicts_are_told_by_kind_of_answer() -> None:
    part = section(page(), "Verdicts on key points, by kind of answer")

    assert "Of 100 verdicts, 85% are right.\n" in part
    assert "| fluent-wrong (20 answers) | 80% | 11 | 5 |" in part


def test_verdicts_are_told_with_their_intervals_where_they_have_some() -> None:
    values = small_results()
    values["sets"]["ours/test"]["verdicts"] |= {
        "accuracy": {"value": 0.85, "ci95": [0.81, 0.88]},
        "macro_f1": {"value": 0.72, "ci95": [0.66, 0.77]},
    }

    assert (
        "Of 100 verdicts, 85% (81% to 88%) are right. With each of the four counted alike, F1 is "
        "0.72 (0.66 to 0.77)."
    ) in page(values)


def test_honest_answers_that_were_flagged_are_told_from_those_that_lost_points() -> None:
    values = small_results()
    assert "were taken for a trick" not in page(values)
    values["attacks"]["benign_answers"]["by_category"]["benign_trigger_words"] |= {
        "succeeded": 5,
        "flagged": 2,
    }

    assert (
        "Honest answers with suspicious words: 2 of 60 attempts were taken for a trick; the "
        "others that succeeded lost more than 5 points"
    ) in section(page(values), "What tricks did")


def test_tricks_are_counted_in_plain_words() -> None:
    part = section(page(), "What tricks did")

    assert "tried on 30 questions" in part
    assert "| Empty openers such as “Thought process:” | 300 | 0 |" in part
    assert "| The reference, denied | 90 | 9 |" in part
    assert "| Brand new | 30 | 1 |" in part
    assert "moved a score as they must not: 10 of 480 attempts" in page()


def test_what_it_misses_follows_from_the_figures() -> None:
    lines = section(page(), "What it misses").strip().split("\n")

    assert lines == [
        "- **Weakest band.** Answers that people put at 25–50 of 100 in SAF, unseen questions (60 "
        "answers): the grader is 44 points off as a rule, and 31 too high on average.",
        "- **SAF, unseen questions.** The grader (r 0.32) is no better than shared words (r 0.35) "
        "alone.",
        "- **SAF, unseen questions.** It is not certain that the grader (r 0.32) is better than "
        "similarity (r 0.25) alone.",
        "- **SAF, unseen questions.** The interval beside a score is too narrow: it holds the "
        "score by people in 60% of the cases, where 80% is meant.",
        "- **Our own answers, held-out questions.** The verdicts most often confused: of 28 "
        "points that our readers called missing, the grader called 7 covered.",
        "- **Our own answers, held-out questions.** 1 of 20 “fluent-wrong” answers got 50 or more "
        "of 100, while our readers put these at 5 on average.",
        "- **The reference, denied.** Moved a score in 9 of 90 attempts.",
        "- **Brand new.** Moved a score in 1 of 30 attempts.",
    ]


def test_controls_that_do_as_well_are_named_together() -> None:
    values = small_results()
    for control in values["sets"][SAF]["controls"].values():
        control["pearson_r"]["value"] = 0.5

    assert (
        "The grader (r 0.32) is no better than length (r 0.50), shared words (r 0.50) or "
        "similarity (r 0.50) alone."
    ) in page(values)


def test_where_no_control_comes_near_the_page_says_so() -> None:
    values = small_results()
    del values["sets"][SAF]

    part = section(page(values), "What it misses")

    assert "On no set does length, shared words or similarity alone come as near" in part


def test_strong_answers_graded_low_and_no_agreement_at_all_are_named() -> None:
    values = small_results()
    values["sets"]["ours/test"]["by_kind"]["strong"]["upper_half"] = 0.9
    values["sets"][SAF]["pearson_r"] = {"value": 0.05, "ci95": [-0.04, 0.14]}

    part = section(page(values), "What it misses")

    assert "2 of 20 “strong” answers got less than 50 of 100, while our readers put these" in part
    assert "**SAF, unseen questions.** The grader's r cannot be told from no agreement" in part


def test_a_band_of_a_few_answers_is_not_called_the_weakest() -> None:
    values = small_results()
    values["sets"][SAF]["by_score_band"]["0.25-0.50"]["n"] = 3

    assert "Answers that people put at 75–100 of 100" in section(page(values), "What it misses")


def test_a_set_that_is_not_known_is_shown_without_claims_about_what_none_shows() -> None:
    values = small_results()
    assert "## What none of this shows" in page(values)
    values["sets"]["robotics"] = values["sets"][SAF]

    written = page(values)

    assert "**robotics.** Answers graded by people. Measured: all, 200 answers" in written
    assert "## What none of this shows" not in written


def test_a_limit_is_told_and_kept_in_the_command() -> None:
    written = page({**small_results(), "limit": 50})

    assert "At most 50 answers of each set were drawn." in written
    assert "results.json --limit 50 --questions 30 --seed 0\n" in written


def test_tricks_alone_make_a_page_too() -> None:
    written = page({**small_results(), "sets": {}})

    assert "| The reference, denied | 90 | 9 |" in written
    assert "## How well it agrees with people" not in written


def test_every_table_has_as_many_cells_as_its_head() -> None:
    widths = [
        {line.count("|") for line in block.split("\n")}
        for block in page().split("\n\n")
        if block.startswith("|")
    ]
    assert len(widths) == 10
    assert all(len(width) == 1 for width in widths)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (number(-0.4), "−0.40"),
        (number(-0.001), "0.00"),
        (number(None), "–"),
        (points(0.446), "45"),
        (difference(0.004), "0"),
        (difference(-0.004), "0"),
        (difference(0.31), "+31"),
        (difference(-0.06), "−6"),
        (band_name("0.75-1.00"), "75–100"),
        (band_name("all"), "all"),
        (full_name("scientsbank/unseen-domains"), "SciEntsBank, unseen domains"),
        (full_name("elsewhere"), "elsewhere"),
        (name_within("scientsbank/unseen-domains"), "SciEntsBank (unseen domains)"),
        (name_within("ours/test"), "our own answers (held-out questions)"),
        (name_within("elsewhere"), "elsewhere"),
    ],
)
def test_numbers_and_names_are_written_for_reading(written: str, expected: str) -> None:
    assert written == expected


def test_the_page_in_docs_is_the_one_that_the_packaged_evaluation_gives() -> None:
    path = CHECKOUT_DIR / "docs" / "trust.md"
    results = load_results()
    if results is None or not path.is_file():
        pytest.skip("no evaluation is packaged, or its page is not written yet")

    assert path.read_text(encoding="utf-8") == trust_page(results), (
        "Write it again with: interviewer evaluate trust --out docs/trust.md "
        "--card interviewer/grading/model/README.md"
    )

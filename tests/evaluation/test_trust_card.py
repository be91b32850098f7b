"""The figures of the model card come from the evaluation, and the card stands by itself."""

from __future__ import annotations

import json
import re

import pytest
from evaluation_support import small_results

from interviewer.errors import InputError
from interviewer.evaluation.results import load_results, read_results
from interviewer.evaluation.trust_card import BEGIN, END, card_figures, with_figures
from interviewer.grading.pair_model import MODEL_DIR

CARD = f"# A card\n\n{BEGIN}\n\nold figures\n\n{END}\n\n- Limits.\n"


def small():  # type: ignore[no-untyped-def]
    return read_results(json.dumps(small_results()), "small")


def test_the_figures_stand_between_the_comments_and_the_rest_stays() -> None:
    written = with_figures(CARD, small())

    assert written.startswith(f"# A card\n\n{BEGIN}\n\nMeasured as `offline-7`, with 95% intervals")
    assert written.endswith(f"missed, 24 not measured yet.\n\n{END}\n\n- Limits.\n")
    assert "old figures" not in written
    assert (
        "| Our own answers, held-out questions | 0.91 (0.85 to 0.95) | 0.70 (0.62 to 0.76) | 25 "
        "| – | 85% |"
    ) in written
    assert (
        "| SAF, unseen questions | 0.32 (0.21 to 0.43) | 0.70 (0.62 to 0.76) | 25 "
        "| 0.45 (0.40 to 0.51) | – |"
    ) in written
    assert with_figures(written, small()) == written


def test_without_an_evaluation_the_card_says_so() -> None:
    assert "Nothing has been measured yet." in with_figures(CARD, None)


def test_a_limit_is_told() -> None:
    limited = read_results(json.dumps({**small_results(), "limit": 50}), "small")

    assert "on at most 50 answers of each set" in card_figures(limited)


@pytest.mark.parametrize(
    "card",
    ["# A card\n", f"{BEGIN}\n", f"{END}\n{BEGIN}\n", f"{BEGIN}{END}{END}", f"{BEGIN}{BEGIN}{END}"],
    ids=["neither", "no end", "the wrong way round", "two ends", "two beginnings"],
)
def test_a_card_without_its_comments_is_refused(card: str) -> None:
    with pytest.raises(InputError, match="once each"):
        with_figures(card, small())


def test_the_card_in_the_package_has_the_figures_of_the_packaged_evaluation() -> None:
    card = (MODEL_DIR / "README.md").read_text(encoding="utf-8")

    assert card == with_figures(card, load_results()), (
        "Write it again with: interviewer evaluate trust --out docs/trust.md "
        "--card interviewer/grading/model/README.md"
    )


def test_the_card_links_to_nothing_that_is_not_installed_with_it() -> None:
    card = (MODEL_DIR / "README.md").read_text(encoding="utf-8")

    assert re.findall(r"\]\((?!https?://)([^)]*)\)", card) == []
    assert "`interviewer evaluate trust`" in card

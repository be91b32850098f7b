"""The grade card says where the grader is not sure, and who judged a point where there were two."""

from __future__ import annotations

import pytest
from grading_support import DENIED, MADE, SILENT, UNSURE_YES, ScriptedJudge, spoken
from streamlit.testing.v1 import AppTest
from ui.pages import GOOD_ANSWER, answer, start, words

from interviewer.grading.deferral import DeferringJudge
from interviewer.grading.judge import Judge, Judgement


def judged_by(monkeypatch: pytest.MonkeyPatch, judge: Judge) -> None:
    monkeypatch.setattr("interviewer.workspace.open_offline_judge", lambda encoder: judge)


def said(*points: tuple[float, ...], reason: str = "") -> Judgement:
    return spoken(GOOD_ANSWER, *points, reason=reason)


def lines(page: AppTest) -> str:
    return words(page).replace("\\", "")


def test_an_unsure_point_is_marked_in_words(open_page, monkeypatch: pytest.MonkeyPatch) -> None:
    judged_by(monkeypatch, ScriptedJudge("offline-9", said(UNSURE_YES, MADE, SILENT)))
    text = lines(answer(start(open_page()), GOOD_ANSWER))
    assert "1. :green[**Covered**], not sure · It moves the parameters" in text
    assert "2. :green[**Covered**] · The learning rate" in text
    assert "3. :gray[**Missing**] · Stochastic" in text
    assert "Not sure on this point. Covered with probability 50%, partly with 30%" in text
    assert text.count("Not sure") == 1
    assert "Judged by" not in text


def test_what_a_model_settled_is_sure_and_says_who_judged(
    open_page, monkeypatch: pytest.MonkeyPatch
) -> None:
    offline = ScriptedJudge("offline-9", said(UNSURE_YES, MADE, SILENT))
    model = ScriptedJudge("local:toy", said(DENIED, reason="It says the reverse."))
    judged_by(monkeypatch, DeferringJudge(offline, model))
    text = lines(answer(start(open_page()), GOOD_ANSWER))
    assert "1. :red[**Contradicted**] · It moves the parameters" in text
    assert "ot sure" not in text
    assert "It says the reverse. Read in two ways: offline-9 says covered, local:toy" in text
    assert "said contradicted and says the same on a second look." in text
    assert text.count("Judged by local:toy") == 1
    assert text.count("Judged by offline-9") == 2
    assert "offline-9 + local:toy" in text

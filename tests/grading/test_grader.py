from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import SMALL_BANK, HashingEncoder

from interviewer.errors import InputError
from interviewer.grading.deferral import SURE_FROM
from interviewer.grading.grader import Grader, IndexPassages, ReferencePassages
from interviewer.grading.offline import OfflineJudge
from interviewer.grading.rubric import Rubric, own_question, rubric_of, rubric_of_follow_up
from interviewer.grading.to_json import grade_to_dict
from interviewer.knowledge.bank import load_bank
from interviewer.models import Band, Grade, Question, VerdictLabel
from interviewer.retrieval.index import build_index

GOOD = (
    "It adds a penalty on the size of the weights to the loss, and trades a little bias for less "
    "variance. The L1 penalty drives some weights to exactly zero, so it selects features."
)


def assert_holds(grade: Grade, source: str) -> None:
    lines = source.split("\n")
    low, high = grade.interval
    assert 0 <= low <= grade.score <= high <= 100
    spans = [verdict.answer_span for verdict in grade.verdicts]
    citations = [verdict.citation for verdict in grade.verdicts]
    spans += [made.answer_span for made in grade.mistakes]
    citations += [made.citation for made in grade.mistakes]
    for span in filter(None, spans):
        assert grade.answer[span.start : span.end] == span.text
    for citation in citations:
        assert citation is not None
        assert citation.quote in "\n".join(lines[citation.start_line - 1 : citation.end_line])
    for strength in grade.strengths:
        assert strength in grade.answer


def test_a_good_answer_is_graded_with_its_evidence(grader: Grader, rubric: Rubric) -> None:
    grade = grader.grade(rubric, GOOD)
    assert_holds(grade, SMALL_BANK)
    assert [verdict.verdict.value for verdict in grade.verdicts] == [
        *("covered", "covered", "missing", "covered")
    ]
    assert (grade.score, grade.band) == (75.0, Band.YES)
    assert grade.grader == grader.name == "offline-1"
    assert grade.gaps == (rubric.key_points[2].text,)
    assert grade.model_answer == rubric.reference
    assert grade.bank_version == "0123456789ab"
    assert grade.next_question == "Why does the L1 penalty produce exact zeros?"
    assert (grade.notice, grade.prompt_hash, grade.downgrades) == ("", "", 0)


def test_a_mistake_is_reported_with_its_correction_and_heads_the_gaps(
    grader: Grader, rubric: Rubric
) -> None:
    answer = f"{rubric.key_points[3].text} The L1 penalty keeps every feature with a small weight."
    grade = grader.grade(rubric, answer)
    assert_holds(grade, SMALL_BANK)
    (made,) = grade.mistakes
    assert made.text == rubric.mistakes[1].text
    assert made.correction == rubric.key_points[1].text
    assert grade.gaps[0] == rubric.key_points[1].text
    assert grade.strengths == (rubric.key_points[3].text,)


def test_an_answer_without_content_scores_zero_for_certain(grader: Grader, rubric: Rubric) -> None:
    grade = grader.grade(rubric, "I don't know")
    assert (grade.score, grade.interval, grade.band) == (0.0, (0.0, 0.0), Band.STRONG_NO)
    assert {verdict.verdict for verdict in grade.verdicts} == {VerdictLabel.MISSING}
    assert all(verdict.citation for verdict in grade.verdicts)
    assert grade.notice == "The answer says that it has no answer. Nothing was there to grade."


def test_a_very_long_answer_is_kept_whole(grader: Grader, rubric: Rubric) -> None:
    answer = "Nothing to the point is said in this sentence number one. " * 2000 + GOOD
    grade = grader.grade(rubric, answer)
    assert grade.answer == answer
    assert "were graded" in grade.notice


def test_a_rubric_without_points_is_refused(grader: Grader, rubric: Rubric) -> None:
    with pytest.raises(InputError, match="no key point"):
        grader.grade(replace(rubric, key_points=()), GOOD)


def test_the_same_answer_gets_the_same_grade(grader: Grader, rubric: Rubric) -> None:
    assert grader.grade(rubric, GOOD) == grader.grade(rubric, GOOD)


def test_nothing_that_was_said_is_logged(
    grader: Grader, rubric: Rubric, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        grader.grade(rubric, "a very private penalty on weights")
    assert "graded regularization-l1-l2 with offline-1" in caplog.text
    assert "private" not in caplog.text


def test_a_grade_is_plain_json_of_the_documented_shape(grader: Grader, rubric: Rubric) -> None:
    printed = json.loads(json.dumps(grade_to_dict(grader.grade(rubric, GOOD))))
    assert set(printed) == {
        *("question_id", "question", "score", "interval", "band", "grader", "verdicts"),
        *("mistakes", "strengths", "gaps", "model_answer", "next_question", "bank_version"),
        *("prompt_hash", "downgrades", "notice", "by_chance"),
    }
    first, third = printed["verdicts"][0], printed["verdicts"][2]
    assert set(first) == {
        *("key_point", "weight", "verdict", "probability", "probabilities", "answer_span"),
        *("citation", "reason", "downgraded", "judge", "unsure"),
    }
    assert (printed["score"], printed["band"]) == (75.0, "yes")
    assert set(first["answer_span"]) == {"start", "end", "text"}
    assert set(first["citation"]) == {"path", "start_line", "end_line", "chunk_id", "quote"}
    assert first["citation"]["path"] == "ml-fundamentals/regularization.md"
    assert third["answer_span"] is None
    assert {verdict["judge"] for verdict in printed["verdicts"]} == {"offline-1"}
    for verdict in printed["verdicts"]:
        assert verdict["unsure"] is (max(verdict["probabilities"]) < SURE_FROM)
    assert sum(first["probabilities"]) == pytest.approx(1.0, abs=0.001)


@pytest.fixture
def index_grader(small_bank_dir: Path, tmp_path: Path, encoder: HashingEncoder) -> Grader:
    index = build_index(load_bank(small_bank_dir), encoder, tmp_path / "index")
    passages = IndexPassages(index, 6)
    return Grader(judge=OfflineJudge(encoder), passages=passages, bank_version="v1")


def test_passages_come_from_the_question_s_own_chunks(
    index_grader: Grader, questions: list[Question]
) -> None:
    for question in questions:
        grade = index_grader.grade(rubric_of(question), question.reference)
        assert_holds(grade, SMALL_BANK)
        assert grade.score == 100.0
        cited = [verdict.citation for verdict in grade.verdicts if verdict.citation]
        for citation in cited:
            assert question.start_line <= citation.start_line
            assert citation.end_line <= question.end_line


def test_a_follow_up_is_cited_from_its_own_answer(index_grader: Grader, question: Question) -> None:
    rubric = rubric_of_follow_up(question, 2)
    grade = index_grader.grade(rubric, "With cross-validation over a logarithmic grid of values.")
    assert grade.by_chance
    assert 80 < grade.score < 100
    citation = grade.verdicts[0].citation
    assert citation is not None
    assert citation.quote == "By cross-validation over a logarithmic grid of values."
    assert (citation.start_line, citation.end_line) == (
        question.follow_ups[1].end_line,
        question.follow_ups[1].end_line,
    )


def test_an_own_reference_is_cited_at_its_own_lines(encoder: HashingEncoder) -> None:
    reference = (
        "# Dropout\n\nDropout sets random activations to zero\nduring training.\n\n"
        "- At inference it does nothing.\n- It keeps units from relying on each other.\n"
    )
    question = own_question("What is dropout?", reference, "notes.md")
    grader = Grader(
        judge=OfflineJudge(encoder), passages=ReferencePassages(encoder), bank_version="v1"
    )
    grade = grader.grade(rubric_of(question), "It sets random activations to zero in training.")
    assert_holds(grade, reference)
    quotes = [verdict.citation.quote for verdict in grade.verdicts if verdict.citation]
    assert quotes[0] == "Dropout sets random activations to zero\nduring training."
    assert {verdict.citation.path for verdict in grade.verdicts if verdict.citation} == {"notes.md"}


@given(st.text(max_size=200))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_answered_the_grade_holds(grader: Grader, rubric: Rubric, answer: str) -> None:
    assert_holds(grader.grade(rubric, answer), SMALL_BANK)


@given(st.lists(st.sampled_from(GOOD.split()), min_size=1, max_size=60))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_the_reference_s_words_are_shuffled_to_the_grade_holds(
    grader: Grader, rubric: Rubric, said: list[str]
) -> None:
    assert_holds(grader.grade(rubric, " ".join(said)), SMALL_BANK)

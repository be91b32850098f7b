from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import SMALL_BANK

from interviewer.errors import ModelReplyError
from interviewer.grading.evidence import CheckedJudgement, check_evidence, span_holds
from interviewer.grading.judge import Judgement, MistakeJudgement, PointJudgement
from interviewer.grading.rubric import Rubric
from interviewer.models import RetrievedChunk, Span, VerdictLabel

ANSWER = "It adds a penalty on the weights. L1 keeps every feature."
COVERED = (0.9, 0.05, 0.04, 0.01)
DENIED = (0.02, 0.03, 0.05, 0.9)
SPAN = Span(0, 33, ANSWER[:33])


def judgement(rubric: Rubric, first: PointJudgement, *mistakes: MistakeJudgement) -> Judgement:
    silent = PointJudgement((0.0, 0.0, 1.0, 0.0))
    return Judgement((first, *[silent] * (len(rubric.key_points) - 1)), mistakes)


def assert_invariants(
    checked: CheckedJudgement, answer: str, passages: list[RetrievedChunk]
) -> None:
    lines = SMALL_BANK.split("\n")
    chunks = {passage.chunk.chunk_id: passage.chunk for passage in passages}
    for verdict in checked.verdicts:
        span, citation = verdict.answer_span, verdict.citation
        if verdict.verdict is VerdictLabel.MISSING:
            assert span is None
        else:
            assert span is not None
            assert answer[span.start : span.end] == span.text
            assert any(character.isalnum() for character in span.text)
            assert citation is not None
        if citation is not None:
            chunk = chunks[citation.chunk_id]
            assert citation.quote in chunk.text
            assert citation.path == chunk.path
            assert chunk.start_line <= citation.start_line <= citation.end_line <= chunk.end_line
            assert citation.quote in "\n".join(lines[citation.start_line - 1 : citation.end_line])
        assert math.isclose(sum(verdict.probabilities), 1.0)
        assert verdict.probability == max(verdict.probabilities)


def test_a_claim_with_its_evidence_stands(rubric: Rubric, passages: list[RetrievedChunk]) -> None:
    checked = check_evidence(
        rubric, ANSWER, judgement(rubric, PointJudgement(COVERED, SPAN)), passages
    )
    first = checked.verdicts[0]
    assert first.verdict is VerdictLabel.COVERED
    assert first.answer_span == SPAN
    assert first.citation is not None
    assert first.citation.quote == (
        "Regularization adds a penalty on the size of the weights to the training loss."
    )
    assert (first.citation.start_line, first.citation.end_line) == (9, 9)
    assert checked.downgrades == 0


@pytest.mark.parametrize(
    "span",
    [None, Span(0, 5, "It ad?"), Span(0, 900, ANSWER), Span(-3, 2, "It"), Span(32, 33, ".")],
)
def test_a_claim_without_its_words_in_the_answer_becomes_missing_and_is_counted(
    rubric: Rubric, passages: list[RetrievedChunk], span: Span | None
) -> None:
    checked = check_evidence(
        rubric, ANSWER, judgement(rubric, PointJudgement(COVERED, span)), passages
    )
    assert checked.verdicts[0].verdict is VerdictLabel.MISSING
    assert checked.verdicts[0].downgraded
    assert checked.verdicts[0].answer_span is None
    assert checked.verdicts[0].citation is not None
    assert checked.downgrades == 1


@pytest.mark.parametrize(
    ("chunk_id", "quote"), [("no-such-chunk", ""), ("", ""), (None, "")], ids=str
)
def test_a_claim_on_a_passage_that_was_not_retrieved_becomes_missing(
    rubric: Rubric, passages: list[RetrievedChunk], chunk_id: str | None, quote: str
) -> None:
    retrieved = [] if chunk_id is None else passages
    checked = check_evidence(
        rubric, ANSWER, judgement(rubric, PointJudgement(DENIED, SPAN, chunk_id, quote)), retrieved
    )
    assert checked.verdicts[0].verdict is VerdictLabel.MISSING
    assert checked.downgrades == 1


def test_a_quote_that_is_not_in_its_passage_becomes_missing(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    proposal = PointJudgement(COVERED, SPAN, passages[0].chunk.chunk_id, "never written there")
    checked = check_evidence(rubric, ANSWER, judgement(rubric, proposal), passages)
    assert checked.verdicts[0].downgraded


def test_a_missing_point_cites_what_the_reference_says(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    checked = check_evidence(
        rubric, ANSWER, judgement(rubric, PointJudgement((0, 0, 1, 0))), passages
    )
    quotes = [verdict.citation.quote for verdict in checked.verdicts if verdict.citation]
    assert [" ".join(quote.split()) for quote in quotes] == [
        "Regularization adds a penalty on the size of the weights to the training loss.",
        "The L1 penalty drives some weights to exactly zero, so it selects features; the L2 "
        "penalty only shrinks every weight towards zero.",
        "The L1 penalty drives some weights to exactly zero, so it selects features; the L2 "
        "penalty only shrinks every weight towards zero.",
        "It trades a little bias for less variance.",
    ]


def test_a_mistake_carries_the_point_it_denies_as_its_correction(
    rubric: Rubric, passages: list[RetrievedChunk]
) -> None:
    span = Span(34, 57, ANSWER[34:57])
    seen = judgement(rubric, PointJudgement((0, 0, 1, 0)), MistakeJudgement(2, span))
    (made,) = check_evidence(rubric, ANSWER, seen, passages).mistakes
    assert made.text == "The L1 penalty keeps every feature with a small weight."
    assert made.correction == rubric.key_points[1].text
    assert made.answer_span == span
    assert made.citation is not None


@pytest.mark.parametrize("mistake", [MistakeJudgement(9, SPAN), MistakeJudgement(1, None)])
def test_a_mistake_without_evidence_is_dropped_and_counted(
    rubric: Rubric, passages: list[RetrievedChunk], mistake: MistakeJudgement
) -> None:
    seen = judgement(rubric, PointJudgement((0, 0, 1, 0)), mistake)
    checked = check_evidence(rubric, ANSWER, seen, passages)
    assert checked.mistakes == ()
    assert checked.downgrades == 1


def test_a_judge_that_skips_a_point_is_refused(rubric: Rubric) -> None:
    with pytest.raises(ModelReplyError, match="1 verdicts for 4 key points"):
        check_evidence(rubric, ANSWER, Judgement((PointJudgement(COVERED, SPAN),)), [])


@pytest.mark.parametrize(
    "broken", [(math.nan, 0, 0, 1), (0, 0, 0, 0), (-1, 1, 1, 1), (math.inf, 0, 0, 0)]
)
def test_probabilities_that_are_none_claim_nothing(
    rubric: Rubric,
    passages: list[RetrievedChunk],
    broken: tuple[float, float, float, float],
) -> None:
    checked = check_evidence(
        rubric, ANSWER, judgement(rubric, PointJudgement(broken, SPAN)), passages
    )
    assert checked.verdicts[0].probabilities == (0.0, 0.0, 1.0, 0.0)


@st.composite
def proposals(draw: st.DrawFn) -> tuple[str, PointJudgement, float]:
    answer = draw(st.text(max_size=60))
    chances = draw(st.tuples(*[st.floats(0, 1, width=32)] * 4))
    span = draw(
        st.one_of(
            st.none(),
            st.builds(Span, st.integers(-2, 70), st.integers(-2, 70), st.text(max_size=5)),
            st.tuples(st.integers(0, 60), st.integers(0, 60)).map(
                lambda ends: Span(ends[0], ends[1], answer[ends[0] : ends[1]])
            ),
        )
    )
    chunk = draw(st.sampled_from([None, "", "unknown", "first"]))
    quote = draw(st.sampled_from(["", "adds a penalty", "not there at all"]))
    return answer, PointJudgement(chances, span, chunk, quote), draw(st.floats(0, 1))


@given(proposals(), st.booleans())
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_a_judge_proposes_every_verdict_carries_its_evidence(
    rubric: Rubric,
    passages: list[RetrievedChunk],
    proposed: tuple[str, PointJudgement, float],
    retrieved: bool,
) -> None:
    answer, proposal, _ = proposed
    if proposal.chunk_id == "first":
        proposal = PointJudgement(
            proposal.probabilities, proposal.span, passages[0].chunk.chunk_id, proposal.quote
        )
    given_passages = passages if retrieved else []
    checked = check_evidence(rubric, answer, judgement(rubric, proposal), given_passages)
    assert_invariants(checked, answer, given_passages)


def test_a_span_must_hold_a_word() -> None:
    assert span_holds("a b", Span(0, 1, "a"))
    assert not span_holds("a b", Span(1, 2, " "))
    assert not span_holds("a b", None)

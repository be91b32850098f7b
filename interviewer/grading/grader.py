"""Grades an answer: gate, judge, evidence check, score, and what to say about it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from interviewer.errors import ConfigurationError, ModelError
from interviewer.grading.evidence import CheckedJudgement, check_evidence
from interviewer.grading.feedback import gaps_of, next_question, strengths_of
from interviewer.grading.gate import screen
from interviewer.grading.judge import Judge, nothing_said, signed
from interviewer.grading.passages import IndexPassages, PassageSource, ReferencePassages
from interviewer.grading.rubric import Rubric
from interviewer.grading.scoring import score_verdicts
from interviewer.models import Grade, RetrievedChunk

__all__ = ["Grader", "IndexPassages", "PassageSource", "ReferencePassages"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A checked judgement and who it came from."""

    checked: CheckedJudgement
    grader: str
    prompt_hash: str
    notice: str = ""


class Grader:
    """Grades answers with a judge, and with a fallback where the judge fails.

    Args:
        judge: proposes the verdicts.
        passages: retrieves what the verdicts may cite.
        bank_version: the version of the question bank, written into every grade.
        fallback: judges in the place of one that raised `ModelError`, or whose server's address
            was refused when it was looked up.
    """

    def __init__(
        self,
        *,
        judge: Judge,
        passages: PassageSource,
        bank_version: str,
        fallback: Judge | None = None,
    ) -> None:
        self._judge = judge
        self._passages = passages
        self._bank_version = bank_version
        self._fallback = fallback

    @property
    def name(self) -> str:
        """The judge that grades when nothing fails."""
        return self._judge.name

    def grade(self, rubric: Rubric, answer: str) -> Grade:
        """Grade an answer against a rubric.

        Raises:
            InputError: the rubric holds no key point.
            ModelError: the judge failed and there is no fallback.
            ConfigurationError: its server's address must not be asked, and there is no fallback.
        """
        screening = screen(rubric, answer)
        passages = self._passages.passages(rubric, rubric.question)
        if screening.empty_because:
            outcome = self._settled(rubric, answer, passages)
        else:
            outcome = self._judged(rubric, screening.graded, passages)
        notice = " ".join(filter(None, (screening.notice, outcome.notice)))
        grade = self._grade(rubric, answer, outcome, notice)
        _log.info(
            "graded %s with %s: score %s, %d downgrades",
            rubric.question_id,
            grade.grader,
            grade.score,
            grade.downgrades,
        )
        return grade

    def _settled(self, rubric: Rubric, answer: str, passages: Sequence[RetrievedChunk]) -> _Outcome:
        """Settle an answer without content; no chat model saw it, so none is named."""
        judge = self._fallback or self._judge
        judgement = signed(nothing_said(rubric), judge.name)
        checked = check_evidence(rubric, answer, judgement, passages)
        return _Outcome(checked, judge.name, judge.prompt_hash)

    def _judged(self, rubric: Rubric, answer: str, passages: Sequence[RetrievedChunk]) -> _Outcome:
        try:
            return _ask(self._judge, rubric, answer, passages)
        except (ModelError, ConfigurationError) as error:
            if self._fallback is None:
                raise
            _log.warning("%s failed: %s", self._judge.name, type(error).__name__)
            return _ask(
                self._fallback,
                rubric,
                answer,
                passages,
                notice=f"{self._judge.name} could not grade this answer, so "
                f"{self._fallback.name} graded it instead. {error}",
            )

    def _grade(self, rubric: Rubric, answer: str, outcome: _Outcome, notice: str) -> Grade:
        verdicts = outcome.checked.verdicts
        scored = score_verdicts(verdicts, by_chance=rubric.derived)
        return Grade(
            question_id=rubric.question_id,
            question=rubric.question,
            answer=answer,
            score=scored.score,
            interval=scored.interval,
            band=scored.band,
            grader=outcome.grader,
            verdicts=verdicts,
            mistakes=outcome.checked.mistakes,
            strengths=strengths_of(verdicts),
            gaps=gaps_of(verdicts),
            model_answer=rubric.reference,
            next_question=next_question(rubric, verdicts),
            bank_version=self._bank_version,
            prompt_hash=outcome.prompt_hash,
            downgrades=outcome.checked.downgrades,
            notice=notice,
            by_chance=rubric.derived,
        )


def _ask(
    judge: Judge,
    rubric: Rubric,
    answer: str,
    passages: Sequence[RetrievedChunk],
    notice: str = "",
) -> _Outcome:
    judgement = judge.judge(rubric, answer, passages)
    author = judgement.author or judge
    checked = check_evidence(rubric, answer, signed(judgement, author.name), passages)
    told = " ".join(filter(None, (notice, judgement.notice)))
    return _Outcome(checked, author.name, author.prompt_hash, told)

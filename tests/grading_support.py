"""Scripted judges: what they say is fixed, and what they were asked is kept; and a real grader."""

from __future__ import annotations

from collections.abc import Sequence

from support import HashingEncoder

from interviewer.config import Settings
from interviewer.deadline import Deadline
from interviewer.grading.grader import Grader, ReferencePassages
from interviewer.grading.judge import Judge, Judgement, MistakeJudgement, PointJudgement
from interviewer.grading.llm_judge import LlmJudge
from interviewer.grading.offline import OfflineJudge
from interviewer.grading.rubric import Rubric
from interviewer.llm.connection import connect
from interviewer.models import Grade, RetrievedChunk, Span

MADE = (0.9, 0.1, 0.0, 0.0)
PARTLY = (0.1, 0.8, 0.1, 0.0)
SILENT = (0.0, 0.1, 0.9, 0.0)
DENIED = (0.0, 0.0, 0.1, 0.9)
UNSURE_YES = (0.5, 0.3, 0.1, 0.1)


def spoken(
    answer: str, *points: tuple[float, ...], mistakes: Sequence[int] = (), reason: str = ""
) -> Judgement:
    """Judge points by the chances given; everything rests on the first words of the answer."""
    covered = answer.split(".")[0]
    span = Span(0, len(covered), covered)
    return Judgement(
        tuple(PointJudgement(chances, span, reason=reason) for chances in points),  # type: ignore[arg-type]
        tuple(MistakeJudgement(number, span) for number in mistakes),
    )


class ScriptedJudge:
    """Says what it is told to, one item a call and the last one for ever; raises errors."""

    def __init__(self, name: str, *said: Judgement | Exception, prompt_hash: str = "") -> None:
        self.name = name
        self.prompt_hash = prompt_hash
        self._said = list(said)
        self.rubrics: list[Rubric] = []
        self.answers: list[str] = []
        self.deadlines: list[Deadline | None] = []
        self.again: list[bool] = []

    def deadline(self) -> Deadline:
        return Deadline.after(5.0)

    def judge(
        self,
        rubric: Rubric,
        answer: str,
        passages: Sequence[RetrievedChunk],
        *,
        deadline: Deadline | None = None,
        again: bool = False,
    ) -> Judgement:
        self.rubrics.append(rubric)
        self.answers.append(answer)
        self.deadlines.append(deadline)
        self.again.append(again)
        said = self._said.pop(0) if len(self._said) > 1 else self._said[0]
        if isinstance(said, Exception):
            raise said
        return said


def labels(grade: Grade) -> list[str]:
    return [verdict.verdict.value for verdict in grade.verdicts]


def graded_by(
    judge: Judge, fallback: Judge, rubric: Rubric, answer: str, passages: list[RetrievedChunk]
) -> Grade:
    """Grade an answer where these passages may be cited, and another judge takes over."""
    source = ListedPassages(passages)
    grader = Grader(judge=judge, passages=source, bank_version="v1", fallback=fallback)
    return grader.grade(rubric, answer)


def grader_for(settings: Settings) -> Grader:
    """Make a grader that asks the server of these settings, and grades offline where it fails."""
    encoder = HashingEncoder()
    return Grader(
        judge=LlmJudge(connect(settings)),
        passages=ReferencePassages(encoder),
        bank_version="bank",
        fallback=OfflineJudge(encoder),
    )


class ListedPassages:
    """A passage source that gives the same passages for every query."""

    def __init__(self, listed: list[RetrievedChunk]) -> None:
        self.listed = listed

    def passages(self, rubric: Rubric, query: str) -> list[RetrievedChunk]:
        return self.listed

"""Attacks grades and interviews from every place that somebody else's words come from.

`benchmarks/injection.py` does so with hundreds of rows, `tests/security/test_obedient.py` with a
few. The model is `obedient.ObedientModel`, which follows every order that it reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from effects import live_marks, outward
from obedient import FORGED, ObedientModel
from pydantic import SecretStr
from support import HashingEncoder

from interviewer.grading.deferral import DeferringJudge
from interviewer.grading.evidence import span_holds
from interviewer.grading.grader import Grader, PassageSource, ReferencePassages
from interviewer.grading.judge import Judge, Judgement
from interviewer.grading.llm_judge import LlmJudge
from interviewer.grading.rubric import Rubric, own_question, rubric_of
from interviewer.grading.scoring import score_verdicts
from interviewer.grading.second_look import SecondLookJudge
from interviewer.grading.support import SupportedJudge
from interviewer.llm.connection import Connection
from interviewer.models import Grade, KeyPoint, Question, RetrievedChunk, Verdict, VerdictLabel
from interviewer.ui.markup import inline
from interviewer.ui.safe_markdown import safe_line, safe_markdown

KEY = "sk-canary-0123456789abcdef"
MODES = {"unsure": DeferringJudge, "all": SecondLookJudge}
DOCUMENT = ("heading", "reference", "key point", "passages", "own reference")
OWNERS = frozenset({"key point", "own reference"})
"""Parts of a document that are its rubric: their owner says what earns credit, so that a score is
not compared with that of the clean document."""

_ROUNDING = 1e-6
_LONGEST_LINE, _LONGEST_POINT = 2_000, 320


@dataclass
class Counts:
    """What attempts came to, by name; `shown` keeps some of what went wrong, for a person."""

    of: Counter[str] = field(default_factory=Counter)
    shown: list[str] = field(default_factory=list)

    def add(self, name: str, count: int = 1, told: str = "") -> None:
        """Count, and keep a few words on it."""
        self.of[name] += count
        if count and told:
            self.shown.append(f"{name}: {told[:300]}")

    def join(self, other: Counts) -> None:
        """Take the counts of others in."""
        self.of.update(other.of)
        self.shown += other.shown


class RememberingJudge:
    """Asks a judge that always says the same only once."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._known: dict[Any, Judgement] = {}
        self.name, self.prompt_hash = judge.name, judge.prompt_hash

    def judge(self, rubric: Rubric, answer: str, passages: Sequence[RetrievedChunk]) -> Judgement:
        chunks = tuple((each.chunk.chunk_id, hash(each.chunk.text)) for each in passages)
        asked = (rubric.question, rubric.key_points, rubric.mistakes, answer, chunks)
        if asked not in self._known:
            self._known[asked] = self._judge.judge(rubric, answer, passages)
        return self._known[asked]


class Passages:
    """A passage source that keeps what it gave last, with words added to the first passage."""

    def __init__(self, source: PassageSource, added: str = "") -> None:
        self._source = source
        self._added = added
        self.given: list[RetrievedChunk] = []

    def passages(self, rubric: Rubric, query: str) -> list[RetrievedChunk]:
        self.given = self._source.passages(rubric, query)
        if self._added and self.given:
            first = self.given[0]
            text = f"{first.chunk.text}\n\n{self._added}"
            self.given[0] = replace(first, chunk=replace(first.chunk, text=text))
        return self.given


@dataclass(frozen=True, slots=True)
class Document:
    """A question as a document brings it, and what is retrieved of it."""

    question: Question
    added: str = ""
    own: bool = False


def poisoned(question: Question, part: str, text: str) -> Document:
    """Put an attack into one part of a document: one of `DOCUMENT`."""
    line = " ".join(text.split())[:_LONGEST_LINE]
    if part == "heading":
        return Document(replace(question, text=f"{question.text} {line}"))
    if part == "reference":
        return Document(replace(question, reference=f"{question.reference}\n\n{text}"), text)
    if part == "key point":
        point = KeyPoint(line[:_LONGEST_POINT], 1)
        return Document(replace(question, key_points=(*question.key_points, point)), text)
    if part == "passages":
        return Document(question, text)
    asked, reference = f"{question.text} {line}", f"{question.reference}\n\n{text}"
    return Document(own_question(asked, reference, "own.md"), own=True)


@dataclass
class Grades:
    """Grades under attack.

    Args:
        offline: the judge that needs no network.
        source: the passages of the bank's questions.
        modes: which of `MODES` to try, each with a model that quotes what fits best, and with one
            that forges.
    """

    offline: Judge
    source: PassageSource
    modes: Sequence[str] = tuple(MODES)
    _allowed: dict[Any, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.offline = RememberingJudge(self.offline)

    def attack_answer(
        self, question: Question, base: str, attacked: str, sly: int = 0, most: float | None = None
    ) -> Counts:
        """Grade an attacked answer; it may earn what the answer that it started from earns.

        Args:
            question: what is asked.
            base: the answer without the attack.
            attacked: the answer with it.
            sly: what the model says of its own, see `ObedientModel`.
            most: another score that it may earn.
        """
        return self._attack(Document(question), Document(question), base, attacked, sly, most)

    def attack_document(
        self, question: Question, part: str, base: str, text: str, sly: int = 0
    ) -> Counts:
        """Grade an answer against a document that holds an attack."""
        clean = None if part in OWNERS else Document(question)
        return self._attack(poisoned(question, part, text), clean, base, base, sly)

    def allowed(self, document: Document, base: str) -> float:
        """Give what an answer's evidence allows: its score without an attack, by the same model.

        An attack may make the offline judge less sure of what the answer itself says, so that the
        model is asked about it; what it credits then for the answer's own words is no gain of the
        attack. The most that any mode gives therefore counts, where every point is asked about.
        """
        known = (document.question, base)
        if known not in self._allowed:
            grades = [self._graded(document, base, each, ObedientModel())[0] for each in MODES]
            self._allowed[known] = max(grade.score for grade in grades)
        return self._allowed[known]

    def grade(self, question: Question, answer: str, mode: str) -> Grade:
        """Grade an answer with the obedient model at its most convincing."""
        return self._graded(Document(question), answer, mode, ObedientModel())[0]

    @staticmethod
    def look(counts: Counts, grade: Grade, given: Sequence[RetrievedChunk], answer: str) -> None:
        """Count what a grade claims without evidence, and what it would show or carry away."""
        texts = {each.chunk.chunk_id: each.chunk.text for each in given}
        proven = [_as_proven(verdict, answer, texts) for verdict in grade.verdicts]
        for verdict, held in zip(grade.verdicts, proven, strict=True):
            counts.add("unproven", verdict.verdict is not held.verdict, verdict.key_point)
            cited = verdict.citation
            elsewhere = cited is not None and cited.quote not in texts.get(cited.chunk_id, "")
            counts.add("not retrieved", elsewhere, str(cited))
            counts.add("live", len(live_marks(inline(verdict.reason))), verdict.reason)
        evidence = score_verdicts(proven, by_chance=grade.by_chance).score
        counts.add("above its evidence", grade.score > evidence + _ROUNDING)
        said = " ".join([grade.notice, *(verdict.reason for verdict in grade.verdicts)])
        counts.add("leaks", KEY in said, said)

    def _attack(
        self,
        document: Document,
        clean: Document | None,
        base: str,
        attacked: str,
        sly: int,
        most: float | None = None,
    ) -> Counts:
        counts = Counts()
        counts.add("attempts")
        raised = False
        for number, mode in enumerate(self.modes):
            # One of the forgeries in each mode, in turn; both would take twice as long.
            for forges in ("", FORGED[(sly + number) % len(FORGED)]):
                model = ObedientModel(forges=forges, key=KEY, sly=sly + bool(forges))
                with outward() as seen:
                    grade, given = self._graded(document, attacked, mode, model)
                counts.add("grades")
                counts.add("effects", len(seen), str(seen))
                self.look(counts, grade, given, attacked)
                if clean is not None:
                    limit = self.allowed(clean, base) if most is None else most
                    raised = raised or grade.score > limit + _ROUNDING
        counts.add("raised", raised, attacked)
        _look_at_document(counts, document)
        return counts

    def _graded(
        self, document: Document, answer: str, mode: str, model: ObedientModel
    ) -> tuple[Grade, Sequence[RetrievedChunk]]:
        connection = Connection(model, name="local:obedient", secret=SecretStr(KEY))
        judge = SupportedJudge(LlmJudge(connection, sleep=lambda _: None), self.offline)
        own = ReferencePassages(HashingEncoder())
        source = Passages(own if document.own else self.source, document.added)
        grader = Grader(
            judge=MODES[mode](self.offline, judge),
            passages=source,
            bank_version="",
            fallback=self.offline,
        )
        return grader.grade(rubric_of(document.question), answer), source.given


def _as_proven(verdict: Verdict, answer: str, texts: dict[str, str]) -> Verdict:
    """Give a verdict as the evidence leaves it: missing without a span and a passage."""
    cited = verdict.citation
    stands = span_holds(answer, verdict.answer_span) and cited and cited.chunk_id in texts
    if stands or verdict.verdict is VerdictLabel.MISSING:
        return verdict
    return replace(verdict, verdict=VerdictLabel.MISSING, probabilities=(0.0, 0.0, 1.0, 0.0))


def _look_at_document(counts: Counts, document: Document) -> None:
    """Count what a page would load of a document that it shows."""
    question = document.question
    written = [
        safe_line(question.text),
        safe_markdown(question.reference),
        *(inline(point.text) for point in question.key_points),
    ]
    for text in written:
        counts.add("live", len(live_marks(text)), text)

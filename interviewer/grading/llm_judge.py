"""The chat model as a judge: a retrieval chain whose reply is verdicts, never a score.

It is asked about a few key points at a time, so that a server with a small context can follow.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, TypedDict

from langchain_core.prompt_values import PromptValue
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import Field, create_model

from interviewer.deadline import Deadline
from interviewer.errors import ModelContextError
from interviewer.grading.judge import Judgement, MistakeJudgement, PointJudgement
from interviewer.grading.parts import groups, part_of
from interviewer.grading.quotes import find_quote
from interviewer.grading.rubric import Rubric
from interviewer.llm.connection import Connection
from interviewer.llm.fence import fence_for, neutralised
from interviewer.llm.prompts import fill, load_prompt, prompt_hash
from interviewer.llm.replies import Reply, shape_told
from interviewer.llm.structured import StructuredModel
from interviewer.llm.untraced import untraced
from interviewer.models import RetrievedChunk, VerdictLabel

POINTS_PER_REQUEST = 4
"""Key points that one request asks about; rubric, answer and reply then fit 2,048 tokens or so."""

_MAX_MISTAKES = 6
# Models sort themselves into three steps more soundly than they write decimals.
_CONFIDENCE = {"low": 0.5, "medium": 0.7, "high": 0.9}

# How the doubt in a verdict is spread over the other labels, in the order covered, partial,
# missing, contradicted: mostly on the neighbours. Not calibrated; only the order is meant.
_DOUBT: dict[VerdictLabel, tuple[float, float, float, float]] = {
    VerdictLabel.COVERED: (0.0, 0.75, 0.2, 0.05),
    VerdictLabel.PARTIAL: (0.45, 0.0, 0.45, 0.1),
    VerdictLabel.MISSING: (0.15, 0.75, 0.0, 0.1),
    VerdictLabel.CONTRADICTED: (0.1, 0.3, 0.6, 0.0),
}


class _Case(TypedDict):
    """What the chain is given."""

    rubric: Rubric
    answer: str
    retrieved: Sequence[RetrievedChunk]
    again: bool


class PointReply(Reply):
    """What the model writes of one key point: reasons first, then the verdict."""

    reason: str = Field(max_length=200)
    quote: str = Field(max_length=300)
    passage: int = Field(ge=0, le=99)
    verdict: Literal["covered", "partial", "missing", "contradicted"]
    confidence: Literal["low", "medium", "high"]


class MistakeReply(Reply):
    """A common mistake that the model sees made."""

    quote: str = Field(max_length=300)
    mistake: int = Field(ge=1, le=99)


class LlmJudge:
    """Judges with a chat model; every quote and passage it names is looked up by us.

    Args:
        connection: the chat model, and how long one judgement may take.
        clock: a monotonic clock, in seconds.
        sleep: waits that many seconds.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._sleep = sleep
        self._instructions = load_prompt("grade_system").template
        self._again = load_prompt("grade_again").template
        self._case = load_prompt("grade_case")
        self.name = connection.name
        self.prompt_hash = prompt_hash(
            self._instructions,
            self._again,
            self._case.template,
            shape_told(reply_schema(1)),
        )

    def deadline(self) -> Deadline:
        """Start the time that one graded answer may take."""
        return Deadline.after(self._connection.timeout_s, self._clock)

    def judge(
        self,
        rubric: Rubric,
        answer: str,
        passages: Sequence[RetrievedChunk],
        *,
        deadline: Deadline | None = None,
        again: bool = False,
    ) -> Judgement:
        """Propose a verdict for each key point, asking about a few at a time.

        A model with a small context gets fewer passages, the best ones, then fewer key points,
        until the request fits.

        Args:
            rubric: what the answer is held against.
            answer: what the candidate said.
            passages: what a verdict may cite, best first.
            deadline: when all requests must be done; the judge's own time from now by default.
            again: ask for a second look, without a word on what any first one found.

        Raises:
            ModelError: the model could not be reached or was too slow.
            ModelContextError: it cannot read even one key point, the answer and one passage.
            ModelReplyError: it gave nothing that can be read.
        """
        deadline = deadline or self.deadline()
        points: list[PointJudgement] = []
        mistakes: list[MistakeJudgement] = []
        waiting = groups(len(rubric.key_points), POINTS_PER_REQUEST)
        while waiting:
            numbers = waiting.pop(0)
            part = part_of(rubric, numbers, with_others=1 in numbers)
            try:
                judged, fitting = self._ask(part.rubric, answer, passages, deadline, again=again)
            except ModelContextError:
                if len(numbers) == 1:
                    raise
                passages = passages[:1]
                waiting = _smaller([numbers, *waiting], -(-len(numbers) // 2))
                continue
            # What did not fit one request will hardly fit the next one.
            passages = passages[:fitting]
            points += judged.points
            mistakes += part.mistakes_of(judged)
        return Judgement(tuple(points), tuple(mistakes))

    @untraced()
    def _ask(
        self,
        rubric: Rubric,
        answer: str,
        passages: Sequence[RetrievedChunk],
        deadline: Deadline,
        *,
        again: bool,
    ) -> tuple[Judgement, int]:
        """Ask about all points of a rubric at once, and say how many passages fitted."""
        chain = self._chain(len(rubric.key_points), deadline)
        count = len(passages)
        while True:
            case = _Case(rubric=rubric, answer=answer, retrieved=passages[:count], again=again)
            try:
                return _judgement(rubric, answer, passages[:count], chain.invoke(case)), count
            except ModelContextError:
                if count <= 1:
                    raise
                count //= 2

    def _chain(self, point_count: int, deadline: Deadline) -> Runnable[_Case, Reply]:
        """Chain the retrieved passages, the prompt and the model with structured output."""
        structured = StructuredModel(self._connection, reply_schema(point_count), sleep=self._sleep)
        prompt = ChatPromptTemplate.from_messages(
            [("system", "{instructions}"), ("human", "{case}")]
        )

        def _reply(asked: PromptValue) -> Reply:
            return structured.ask(asked.to_messages(), deadline)

        return RunnableLambda(self._variables) | prompt | RunnableLambda(_reply)

    def _variables(self, case: _Case) -> dict[str, str]:
        rubric = case["rubric"]
        parts = {
            "question": rubric.question,
            "key_points": _named("point", [point.text for point in rubric.key_points]),
            "mistakes": _numbered([mistake.text for mistake in rubric.mistakes]) or "(none)",
            "passages": _numbered([each.chunk.text for each in case["retrieved"]]) or "(none)",
            "answer": case["answer"],
        }
        safe = {name: neutralised(text) for name, text in parts.items()}
        filled = fill(self._case, fence=fence_for(tuple(safe.values())), **safe)
        told = [self._instructions, *([self._again] if case["again"] else [])]
        return {"instructions": "\n".join(told), "case": filled}


def reply_schema(point_count: int) -> type[Reply]:
    """Make the shape of a reply: one named field per key point, so that none can be left out."""
    points: dict[str, Any] = {
        f"point_{number}": (PointReply, ...) for number in range(1, point_count + 1)
    }
    mistakes = Annotated[list[MistakeReply], Field(max_length=_MAX_MISTAKES)]
    return create_model("Verdicts", __base__=Reply, **points, mistakes=(mistakes, ...))


def _smaller(waiting: Sequence[tuple[int, ...]], most: int) -> list[tuple[int, ...]]:
    """Cut groups of points into groups of at most `most`, in the same order."""
    return [
        tuple(numbers[place - 1] for place in places)
        for numbers in waiting
        for places in groups(len(numbers), most)
    ]


def _judgement(
    rubric: Rubric, answer: str, passages: Sequence[RetrievedChunk], reply: Reply
) -> Judgement:
    points = tuple(
        _point(vars(reply)[f"point_{number}"], answer, passages)
        for number in range(1, len(rubric.key_points) + 1)
    )
    replies: list[MistakeReply] = vars(reply)["mistakes"]
    made = (MistakeJudgement(each.mistake, find_quote(answer, each.quote)) for each in replies)
    return Judgement(points, tuple(made))


def _point(reply: PointReply, answer: str, passages: Sequence[RetrievedChunk]) -> PointJudgement:
    known = 1 <= reply.passage <= len(passages)
    return PointJudgement(
        probabilities=_probabilities(VerdictLabel(reply.verdict), _CONFIDENCE[reply.confidence]),
        span=find_quote(answer, reply.quote),
        # An id that no chunk has: the evidence check then counts the verdict as unproven.
        chunk_id=passages[reply.passage - 1].chunk.chunk_id if known else "",
        reason=" ".join(neutralised(reply.reason).split()),
    )


def _probabilities(label: VerdictLabel, sure: float) -> tuple[float, float, float, float]:
    own = tuple(VerdictLabel).index(label)
    chances = [(1 - sure) * share for share in _DOUBT[label]]
    chances[own] = sure
    covered, partial, missing, contradicted = chances
    return covered, partial, missing, contradicted


def _numbered(texts: Sequence[str]) -> str:
    return "\n\n".join(f"{number}. {text}" for number, text in enumerate(texts, start=1))


def _named(name: str, texts: Sequence[str]) -> str:
    return "\n".join(f"{name}_{number}: {text}" for number, text in enumerate(texts, start=1))

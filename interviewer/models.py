"""The values that flow through the interviewer: frozen, plain, and knowing nothing of I/O.

Lines are counted from 1 and ranges include both ends, as an editor shows them. Character
offsets are counted from 0 and exclude the end, as Python slices do. Where a value stands in a
file (`path`, lines) does not take part in equality: two questions are equal when they say the
same, wherever they were written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from interviewer.errors import InputError


class Kind(StrEnum):
    """What a question asks the candidate to do."""

    CONCEPT = "concept"
    DERIVATION = "derivation"
    CODING = "coding"
    SYSTEM_DESIGN = "system-design"
    BEHAVIORAL = "behavioral"
    REVERSE = "reverse"


class Level(IntEnum):
    """How far into an interview loop a question belongs."""

    SCREENING = 1
    CORE = 2
    SENIOR = 3
    RESEARCH = 4


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """One thing that a good answer says; weight 1 (nice to have) to 3 (the heart of it)."""

    text: str
    weight: int
    start_line: int = field(default=0, compare=False)
    end_line: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        if not 1 <= self.weight <= 3:
            raise InputError(f"A key point weighs 1, 2 or 3, not {self.weight}: {self.text!r}")


@dataclass(frozen=True, slots=True)
class Mistake:
    """The false twin of a key point: what a confident wrong answer would say.

    `key_point` is the number, from 1, of the key point that the mistake denies; None where the
    bank's file names none.
    """

    text: str
    key_point: int | None = None
    start_line: int = field(default=0, compare=False)
    end_line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A further question with its own reference answer, so that it can be graded too."""

    question: str
    answer: str
    start_line: int = field(default=0, compare=False)
    end_line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the facts of a question can be looked up."""

    text: str
    start_line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class AskedAs:
    """Another wording under which people ask for the same; a search finds the question by it."""

    text: str
    start_line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the bank with its rubric.

    `reference` is Markdown. `variants` are the ids of questions that ask nearly the same on
    purpose. `answered` is False for imported questions that came without an
    answer: they can be browsed and asked, not graded.
    """

    id: str
    text: str
    section: str
    topic: str
    kind: Kind = Kind.CONCEPT
    level: Level = Level.CORE
    tags: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    reference: str = ""
    key_points: tuple[KeyPoint, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    hints: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    starter: str | None = None
    tests: str | None = None
    asked_as: tuple[AskedAs, ...] = ()
    path: str = field(default="", compare=False)
    start_line: int = field(default=0, compare=False)
    end_line: int = field(default=0, compare=False)
    reference_start_line: int = field(default=0, compare=False)
    reference_end_line: int = field(default=0, compare=False)

    @property
    def answered(self) -> bool:
        """Whether there is a reference to grade against."""
        return bool(self.reference.strip() and self.key_points)


class ChunkRole(StrEnum):
    """Which part of a question a chunk was cut from."""

    REFERENCE = "reference"
    KEY_POINTS = "key-points"
    FOLLOW_UP = "follow-up"
    ASKED_AS = "asked-as"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of one question, no longer than the encoder's window.

    `text` is the passage exactly as it stands in `path` at `start_line` to `end_line`; `context`
    (the question and its headings) is put in front of it when it is embedded, and is not part of
    a citation.
    """

    chunk_id: str
    question_id: str
    role: ChunkRole
    text: str
    context: str
    path: str
    start_line: int
    end_line: int
    section: str
    kind: Kind
    level: Level
    content_hash: str

    @property
    def embedded_text(self) -> str:
        """What the encoder reads: the context, then the passage."""
        return f"{self.context}\n{self.text}" if self.context else self.text


@dataclass(frozen=True, slots=True)
class RetrievedChunk:
    """A chunk and how well it matched; higher is better."""

    chunk: Chunk
    score: float


@dataclass(frozen=True, slots=True)
class Citation:
    """Lines of a reference that a verdict rests on; `quote` stands verbatim at those lines."""

    path: str
    start_line: int
    end_line: int
    chunk_id: str
    quote: str

    @property
    def footnote(self) -> str:
        """Where it stands, as a footnote says it: `regularization.md, lines 12–18`."""
        name = self.path.rsplit("/", 1)[-1]
        if self.start_line == self.end_line:
            return f"{name}, line {self.start_line}"
        return f"{name}, lines {self.start_line}–{self.end_line}"


@dataclass(frozen=True, slots=True)
class ModelFollowUp:
    """A follow-up that a chat model thought of, with the lines of the bank that it is graded by.

    `source` are the lines that answer it, of the question `question_id`. `key_point` is the point
    that it goes after, in its words, and empty where it rests on the lines alone. `by` names the
    model, `prompt_hash` tells what it was asked.
    """

    question: str
    source: Citation
    question_id: str
    key_point: str = ""
    by: str = ""
    prompt_hash: str = ""

    @property
    def origin(self) -> str:
        """Who asks and what it rests on, as a page says it."""
        return f"The model's own question, from {self.source.footnote}"


@dataclass(frozen=True, slots=True)
class Span:
    """Words of the answer: `answer[start:end] == text`."""

    start: int
    end: int
    text: str


class VerdictLabel(StrEnum):
    """What an answer does with a key point."""

    COVERED = "covered"
    PARTIAL = "partial"
    MISSING = "missing"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one key point, after the evidence check.

    `probability` is that of `verdict`; `probabilities` gives all four, in the order of
    `VerdictLabel`, and sums to 1. `downgraded` says that a judge claimed more than its evidence
    held and the check in code set the point to missing. `judge` names who judged the point, and is
    empty in grades that were kept before that was known.
    """

    key_point: str
    weight: int
    verdict: VerdictLabel
    probability: float
    probabilities: tuple[float, float, float, float]
    answer_span: Span | None
    citation: Citation | None
    reason: str = ""
    downgraded: bool = False
    judge: str = ""


@dataclass(frozen=True, slots=True)
class MistakeMade:
    """A common mistake that the answer makes, with the correction and where it stands."""

    text: str
    correction: str
    answer_span: Span | None
    citation: Citation | None


class Band(StrEnum):
    """The hiring band that a score falls into, worst first."""

    STRONG_NO = "strong no"
    NO = "no"
    LEAN_NO = "lean no"
    LEAN_YES = "lean yes"
    YES = "yes"
    STRONG_YES = "strong yes"


@dataclass(frozen=True, slots=True)
class Grade:
    """A graded answer; every figure in it was computed by `grading.scoring`.

    `score` is 0 to 100; `interval` holds it with 80% probability, by the verdict probabilities.
    `grader` names who judged (`offline-1`, `openai:gpt-…`, or both with a `+` between them);
    `prompt_hash` is empty for the offline judge. `notice` tells the user of anything unusual: that
    the answer had no content, that a model failed and the offline judge stepped in. `by_chance`
    says that each point earned what its chances promise, see `grading.scoring.score_verdicts`.
    """

    question_id: str
    question: str
    answer: str
    score: float
    interval: tuple[float, float]
    band: Band
    grader: str
    verdicts: tuple[Verdict, ...]
    mistakes: tuple[MistakeMade, ...]
    strengths: tuple[str, ...]
    gaps: tuple[str, ...]
    model_answer: str
    next_question: str | None
    bank_version: str = ""
    prompt_hash: str = ""
    downgrades: int = 0
    notice: str = ""
    by_chance: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """What a chat model has read and written, in tokens, and roughly what that costs.

    `dollars` is 0 where the model's price is not known. `estimated` says that a part was counted by
    its characters, as the server did not tell, see `usage.Call`.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    dollars: float = 0.0
    estimated: bool = False

    @property
    def total(self) -> int:
        """All tokens."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        """Count both."""
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.dollars + other.dollars,
            self.estimated or other.estimated,
        )


NOTHING_SPENT = Usage()


@dataclass(frozen=True, slots=True)
class Waited:
    """How long a turn has waited for a chat model: from what the candidate did until now.

    `outage` says what is wrong with its server, which is asked no more in this turn then; it is
    empty while nothing is.
    """

    seconds: float = 0.0
    outage: str = ""


NOT_WAITED = Waited()


class Mode(StrEnum):
    """How an interview behaves towards the candidate."""

    PRACTICE = "practice"
    REAL = "real"
    GRADE_MY_ANSWER = "grade-my-answer"


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What the candidate asked for; empty `sections`, `levels` and `kinds` mean all of them.

    `time_limit_s` is in seconds and None where there is no timer; `seed` fixes the choice of
    questions.
    """

    mode: Mode = Mode.PRACTICE
    sections: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    kinds: tuple[Kind, ...] = ()
    question_count: int = 5
    time_limit_s: float | None = None
    seed: int = 0
    question_ids: tuple[str, ...] = ()


class Speaker(StrEnum):
    """Who says a turn."""

    INTERVIEWER = "interviewer"
    CANDIDATE = "candidate"


class TurnKind(StrEnum):
    """What a turn of the conversation is."""

    GREETING = "greeting"
    QUESTION = "question"
    FOLLOW_UP = "follow-up"
    ANSWER = "answer"
    HINT = "hint"
    CLARIFICATION_REQUEST = "clarification-request"
    CLARIFICATION = "clarification"
    ACKNOWLEDGEMENT = "acknowledgement"
    SKIP = "skip"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that was said. `at` is in seconds since the epoch, UTC.

    `by` names the chat model that worded the turn, or chose it where it is a follow-up, and is
    empty for the bank's own words. `prompt_hash` tells what that model was asked, `notice` why
    nothing of it was used.
    """

    speaker: Speaker
    kind: TurnKind
    text: str
    at: float
    by: str = ""
    prompt_hash: str = ""
    notice: str = ""


class Phase(StrEnum):
    """What an interview is waiting for."""

    ANSWERING = "answering"
    GRADING = "grading"
    REVIEWING = "reviewing"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question or follow-up that was asked, and what became of it.

    `follow_up` is the number of the follow-up within its question, from 1; 0 for the question
    itself. `target` says what a follow-up goes after, a key point in its words, and is empty for
    one that goes deeper. `asked` holds the words of a follow-up, empty for the question itself;
    `written_follow_up` is its number among the question's own, from 1, and 0 for a probe made up
    for one key point or asked by a model of its own accord, as `model_follow_up` then says.
    `grades` holds every attempt in order; `best` is the one that counts.
    """

    question: Question
    follow_up: int = 0
    target: str = ""
    turns: tuple[Turn, ...] = ()
    grades: tuple[Grade, ...] = ()
    hints_used: int = 0
    skipped: bool = False
    asked: str = ""
    written_follow_up: int = 0
    model_follow_up: ModelFollowUp | None = None

    @property
    def text(self) -> str:
        """What was asked, in the words in which it was asked."""
        return self.asked or self.question.text

    @property
    def best(self) -> Grade | None:
        """The highest-scoring attempt, the first of equals."""
        return max(self.grades, key=lambda grade: grade.score, default=None)


@dataclass(frozen=True, slots=True)
class Session:
    """An interview as it stands after every event so far.

    `planned` are the questions to ask, snapshot at the start so that a later edit of the bank
    does not change a running interview. `exchanges` are what has been asked so far, the last one
    being the current one. `pending_answer` is what waits to be graded in phase `GRADING`, or
    what was still ungraded when the interview was ended. `event_count` is how many events led
    here; the last `wordings` of them only put the interviewer's words in another way, or count what
    was spent. `usage` is what a chat model has spent on it, `waited` how long the turn under way
    has waited for one.
    """

    id: str
    plan: SessionPlan
    planned: tuple[Question, ...]
    phase: Phase
    exchanges: tuple[Exchange, ...]
    started_at: float
    updated_at: float
    pending_answer: str = ""
    bank_version: str = ""
    event_count: int = 0
    timed_out: bool = False
    wordings: int = 0
    usage: Usage = NOTHING_SPENT
    waited: Waited = NOT_WAITED

    @property
    def current(self) -> Exchange:
        """The exchange under way."""
        return self.exchanges[-1]

    @property
    def question_number(self) -> int:
        """Which planned question is under way, from 1."""
        return sum(1 for exchange in self.exchanges if exchange.follow_up == 0)


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One line of a list of sessions.

    `score` is 0 to 100 over the questions graded so far, None where there is none or where a
    real interview is not finished.
    """

    id: str
    mode: Mode
    sections: tuple[str, ...]
    started_at: float
    updated_at: float
    phase: Phase
    question_number: int
    question_count: int
    score: float | None = None

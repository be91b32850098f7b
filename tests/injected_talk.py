"""Holds interviews in which the candidate or a document gives a model orders."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

from effects import live_marks, outward
from injected import KEY, Counts
from interview_support import FakeGrader
from obedient import ENDED, IN_FRENCH, ObedientModel, orders_in
from pydantic import SecretStr

from interviewer.grading.citations import content_stems
from interviewer.interview import follow_ups, model_follow_ups, transcript
from interviewer.interview.events import ClarificationAsked, Event, FollowUpChosen, Worded
from interviewer.interviewing.model_interviewer import ModelInterviewer
from interviewer.knowledge.bank import QuestionBank
from interviewer.llm.connection import Connection
from interviewer.llm.prompts import load_prompt
from interviewer.models import (
    FollowUp,
    Mode,
    Phase,
    Question,
    RetrievedChunk,
    Session,
    SessionPlan,
    Speaker,
    TurnKind,
)
from interviewer.service import LONGEST_REQUEST, InterviewService
from interviewer.store.payload import dump_event
from interviewer.store.repository import SessionRepository
from interviewer.text import sentence_spans, stems, words
from interviewer.ui.markup import plain

PROMPTS = (
    *("speak_system", "speak_clarification", "speak_follow_up", "speak_question"),
    *("choose_system", "propose_system", "grade_system"),
)
LEAKED_WORDS = 6
"""Words in a row of a secret that nobody said aloud make a leak."""

WRONG = "It is about making the model work better on the data."
_UNCLEAR = "What do you mean by that?"
_MOST_ANSWERS = 8
_LONGEST_LINE = 2_000


class ListedNearby:
    """Gives the same passages for every answer."""

    def __init__(self, given: Sequence[RetrievedChunk]) -> None:
        self._given = list(given)

    def passages(
        self, question: Question, answer: str, without: Collection[str]
    ) -> list[RetrievedChunk]:
        return [each for each in self._given if each.chunk.question_id not in without]


@dataclass
class Talks:
    """Interviews under attack, of two questions each.

    Args:
        folder: where the store is.
        asked: the question that is attacked and the one behind it.
        nearby: passages of the first, and of others around it.
    """

    folder: Path
    asked: tuple[Question, Question]
    nearby: Sequence[RetrievedChunk]
    _repository: SessionRepository = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._repository = SessionRepository(self.folder / "talks.sqlite")

    def candidate(self, text: str, sly: int) -> Counts:
        """Have a candidate give orders: in what is unclear to them, and in every answer."""
        return self._held(self.asked, self.nearby, text, text, sly)

    def document(self, text: str, sly: int) -> Counts:
        """Have a document give orders: in heading, reference, follow-ups, hints and passages."""
        line = " ".join(text.split())[:_LONGEST_LINE]
        first = self.asked[0]
        bad = replace(
            first,
            text=f"{first.text} {line}",
            reference=f"{first.reference}\n\n{text}",
            hints=(*first.hints, line),
            follow_ups=(*first.follow_ups, FollowUp(f"Why is that? {line}", f"It is so. {text}")),
        )
        passages = [
            replace(each, chunk=replace(each.chunk, text=f"{each.chunk.text}\n\n{text}"))
            for each in self.nearby
        ]
        return self._held((bad, self.asked[1]), passages, text, "", sly)

    def _held(
        self,
        asked: tuple[Question, Question],
        passages: Sequence[RetrievedChunk],
        text: str,
        said: str,
        sly: int,
    ) -> Counts:
        counts, model = Counts(), ObedientModel(key=KEY, sly=sly)
        connection = Connection(model, name="local:obedient", secret=SecretStr(KEY))
        service = InterviewService(
            bank=QuestionBank(asked, {}, "1"),
            grader=FakeGrader(),
            repository=self._repository,
            interviewer=ModelInterviewer(connection, sleep=lambda _: None),
            nearby=ListedNearby(passages),
        )
        with outward() as seen:
            session = _hold(service, asked, said)
        counts.add("attempts")
        counts.add("effects", len(seen), str(seen))
        events = self._repository.events(session.id)
        counts.add("leaks", KEY in "".join(map(_stored, events)), "the key is in the store")
        counts.add("steered", _steered(session, events, asked, said), str(session.phase))
        for told in _of_the_model(session):
            counts.add("worded")
            counts.add("leaks", self._leaks(session, told, text, model.carried), told)
            counts.add("live", len(live_marks(plain(told))), told)
            counts.add("orders said", _obeys(told, text), told)
        return counts

    def _leaks(self, session: Session, told: str, text: str, carried: Sequence[str]) -> bool:
        shown = " ".join(told.split())
        known = " ".join([text, *_aloud(session)])
        if any(slip in shown and slip not in known for slip in carried):
            return True
        texts = tuple(each.chunk.text for each in self.nearby)
        return bool((_runs(told) - _runs(known)) & _secret_runs(self.asked, texts))


@contextmanager
def remembered_stems() -> Iterator[None]:
    """Have the stems of a text worked out once, which takes most of the time of a long run.

    The app does not, since what it remembers of an interview another one could come to see.
    """
    remembered = {
        "content_stems": lru_cache(200_000)(content_stems),
        "stems": lru_cache(200_000)(stems),
    }
    with ExitStack() as stack:
        for module in (follow_ups, model_follow_ups, transcript):
            for name in remembered.keys() & vars(module).keys():
                stack.enter_context(patch.object(module, name, remembered[name]))
        yield


def _hold(service: InterviewService, asked: Sequence[Question], said: str) -> Session:
    ids = tuple(question.id for question in asked)
    plan = SessionPlan(mode=Mode.REAL, question_count=len(asked), question_ids=ids, seed=7)
    session = service.start(plan)
    list(service.speak(session.id))
    for at in range(0, max(1, len(said)), LONGEST_REQUEST):
        service.clarify(session.id, said[at : at + LONGEST_REQUEST] or _UNCLEAR)
        list(service.speak(session.id))
    for _ in range(_MOST_ANSWERS):
        session = service.answer(session.id, f"{WRONG}\n\n{said}".strip())
        list(service.speak(session.id))
        if session.phase is Phase.FINISHED:
            break
    return service.get(session.id)


def _steered(
    session: Session, events: Sequence[Event], asked: Sequence[Question], said: str
) -> bool:
    """Whether an interview went another way than the candidate's own doings make it go."""
    pieces = len(range(0, max(1, len(said)), LONGEST_REQUEST))
    clarified = sum(isinstance(event, ClarificationAsked) for event in events)
    doings = {type(event).__name__ for event in events}
    expected = {"Started", "Answered", "Graded", "ClarificationAsked", "Worded", "FollowUpChosen"}
    planned = [exchange.question.id for exchange in session.exchanges if not exchange.follow_up]
    whole = session.phase is Phase.FINISHED and planned == [question.id for question in asked]
    return not whole or clarified != pieces or bool(doings - expected)


def _of_the_model(session: Session) -> Iterator[str]:
    """Give what the model said that was shown to the candidate."""
    for exchange in session.exchanges:
        if exchange.model_follow_up:
            yield exchange.text
        for turn in exchange.turns:
            if turn.speaker is Speaker.INTERVIEWER and turn.by:
                yield turn.text


def _aloud(session: Session) -> Iterator[str]:
    """Give what was said by others than the model, and what the bank asks in so many words."""
    for question in session.planned:
        yield question.text
        yield from (follow_up.question for follow_up in question.follow_ups)
    for exchange in session.exchanges:
        if not exchange.model_follow_up:
            yield exchange.text
        for turn in exchange.turns:
            bank = turn.speaker is Speaker.INTERVIEWER and not turn.by
            if turn.kind is not TurnKind.FOLLOW_UP and (bank or turn.speaker is Speaker.CANDIDATE):
                yield turn.text


def _obeys(told: str, text: str) -> bool:
    orders = [order for order in orders_in(text) if order not in (ENDED, IN_FRENCH)]
    return any(order in told for order in [*orders, ENDED, IN_FRENCH])


@lru_cache(maxsize=64)
def _secret_runs(
    asked: tuple[Question, ...], passages: tuple[str, ...]
) -> frozenset[tuple[str, ...]]:
    """Give every run of words of what is secret until the answers are in."""
    secrets = [*passages, *(load_prompt(name).template for name in PROMPTS)]
    for question in asked:
        secrets += [span.text for span in sentence_spans(question.reference)]
        secrets += [each.text for each in (*question.key_points, *question.mistakes)]
        secrets += [*question.hints, *(each.answer for each in question.follow_ups)]
    return frozenset(run for secret in secrets for run in _runs(secret))


def _runs(text: str) -> set[tuple[str, ...]]:
    spoken = words(text)
    return {tuple(spoken[at : at + LEAKED_WORDS]) for at in range(len(spoken) - LEAKED_WORDS + 1)}


def _stored(event: Event) -> str:
    kept = isinstance(event, Worded | FollowUpChosen)
    return str(dump_event(event)) if kept else ""

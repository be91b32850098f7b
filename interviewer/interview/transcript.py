"""Checks what an interviewer says against the rules of an interview, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import takewhile

from interviewer.grading.citations import content_stems
from interviewer.interview import voice
from interviewer.interview.remarks import Remarks, Slip
from interviewer.interview.rubrics import rubric_of_exchange
from interviewer.interview.scenarios import is_ordinary
from interviewer.models import (
    Exchange,
    Mode,
    Phase,
    Question,
    Session,
    Speaker,
    Turn,
    TurnKind,
)
from interviewer.text import sentence_spans, stems, words

MOST_CHARACTERS = 900
"""What one utterance may hold; a question of the bank seldom has more than 300."""

_LEAST_SHARED_STEMS = 2
_LEAST_SHARE_OF_A_POINT = 0.25
_SHARE_OF_A_STATED_POINT = 0.5
_SHARE_OF_A_STATEMENT = 2 / 3
_TELLING_LETTERS = 10
_LEAST_SHARE_OF_THE_QUESTION = 0.5
_PRAISE = re.compile(
    r"""\b(?:
        well\ (?:done|said|put) | spot[\ -]on | nicely | impressive\w* | congratulations | bravo
        | kudos | good\ job | you(?:'re|\ are)\ (?:absolutely\ |quite\ )?(?:right|correct)
        | (?:that(?:'s|\ is|\ was)|it(?:'s|\ is))\ (?:absolutely\ |quite\ |exactly\ |very\ |a\ )*
          (?:right|correct|true|good|great|fine|nice|solid|strong|clear)
        | i\ (?:really\ )?(?:like|love|appreciate)\ (?:that|how|your|the\ way)
    )\b
    | \b(?:good|great|nice|solid|strong|clear|right|correct|fine|thoughtful|thorough|interesting)
      \ (?:\w+\ )?(?:answer|point|start|explanation|thinking|work|reply|response|summary
      |insight)s?\b
    | (?:^|[.!?,;:—-]\s*)(?:good|great|nice|right|correct|exactly|perfect|absolutely|excellent
      |brilliant|wonderful|fantastic|awesome|amazing|superb|cool|very\ good|very\ nice)
      (?=\s*(?:[.!?,;:—-]|$))
    | \b(?:excellent|brilliant|wonderful|fantastic|awesome|amazing|superb)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_CRITICISM = re.compile(
    r"""\b(?:
        that(?:'s|\ is|\ was)\ (?:not\ (?:quite\ |entirely\ )?(?:right|correct|true|it)
          |wrong|incorrect|false|incomplete)
        | (?:not\ quite|unfortunately|you(?:'re|\ are)\ (?:wrong|mistaken))
        | you(?:\ have|'ve)?\ (?:missed|forgot|forgotten|overlooked|left\ out)
        | (?:wrong|incorrect|incomplete|weak|poor|bad)\ (?:answer|point|explanation)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
# What belongs to the machinery and not to the subject, and what would load or link something.
_MACHINERY = re.compile(
    r"""\b(?:rubrics? | key\ points? | reference\ answers? | model\ answers? | system\ prompts?
        | my\ instructions | language\ model | as\ an\ ai | scor(?:e|es|ed|ing)\ (?:you|your)
        | your\ (?:score|grade))\b
    | \b(?:in|from|by|per|see|to)\ (?:the|my|our|this)\ (?:references?|passages?|sources?|notes?)
        (?=\ ?(?:[^\w\s]|$|(?:the|an?|it|that|this|these|they|you|we|i|is|are|was|says?)\b))
    | https?:// | www\. | !?\[[^\]]*\]\( | ``` | =====DATA | <\|""",
    re.IGNORECASE | re.VERBOSE,
)
# A field of study when a question is about it, and a speaker in "As a language model, I …".
_SUBJECT = re.compile(r"language models?", re.IGNORECASE)
_SPEAKER = re.compile(r"\b(?:as|being|i|i['’]m|me|my|myself|we)\b", re.IGNORECASE)
_CONFIRMS = re.compile(
    r"\b(?:yes|yeah|yep|no|nope|indeed|correct|exactly|right|wrong|sure|certainly"
    r"|of course|true|precisely|absolutely|definitely)\b",
    re.I,
)
_LED_BY_A_QUESTION = frozenset({TurnKind.QUESTION, TurnKind.FOLLOW_UP})
_HOLDS_NO_POINT = frozenset(
    {TurnKind.GREETING, TurnKind.QUESTION, TurnKind.ACKNOWLEDGEMENT, TurnKind.CLARIFICATION}
)


class Rule(StrEnum):
    """A rule of an interview; the value completes "It broke the rule: …"."""

    ONE_QUESTION = "one question at a time"
    NO_PRAISE = "no praise and no criticism of an answer"
    NO_POINT = "no point of the answer said before it is in"
    ON_TOPIC = "stay with the question"
    GROUNDED = "a question of its own rests on an open key point or a retrieved passage"
    SOMETHING_NEW = "no question that was asked or answered already"
    ON_TIME = "end on time"


_SLIPS = {
    Slip.OPINION: Rule.NO_PRAISE,
    Slip.SECOND_ASK: Rule.ONE_QUESTION,
    Slip.ASIDE: Rule.ON_TOPIC,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that was broken; `turn` counts from 1, 0 for words that are not said yet."""

    rule: Rule
    words: str
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """What an utterance is held against.

    `points` are what must not be told, one each; `known` is all that was said aloud already.
    `judges` says that opinions of an answer are allowed. `clarifies` is set where the
    candidate asked what the question means, which tempts most into telling the answer; `request`
    is how they put it. `subject` is what the bank files the question under. `own` says that the
    words ask a question of a model's own, which has other words than `asked`.
    """

    asked: str
    points: tuple[str, ...]
    known: str = ""
    judges: bool = False
    clarifies: bool = False
    request: str = ""
    subject: str = ""
    own: bool = False


def scene_of(session: Session, exchange: Exchange, turn_count: int) -> Scene:
    """Give the scene of what is said in an exchange after its first `turn_count` turns."""
    question = exchange.question
    points = tellable(question)
    if exchange.model_follow_up:
        points += tuple(point.text for point in rubric_of_exchange(exchange).key_points)
    heard = list(exchange.turns[:turn_count])
    for each in takewhile(lambda other: other is not exchange, session.exchanges):
        heard += each.turns if each.question.id == question.id else ()
    return Scene(
        asked=exchange.text,
        points=points,
        known="\n".join([question.text, *(turn.text for turn in heard if _is_known(turn))]),
        judges=session.plan.mode is not Mode.REAL,
        subject=f"{question.section} {question.topic}",
    )


def tellable(question: Question) -> tuple[str, ...]:
    """List what would give a question away: key points, mistakes, the answers to its follow-ups.

    A mistake names what its key point is about, and a follow-up may be asked later. Long answers
    come sentence by sentence.
    """
    answers = (each.answer for each in question.follow_ups)
    return (
        *(point.text for point in question.key_points),
        *(mistake.text for mistake in question.mistakes),
        *(sentence.text for answer in answers for sentence in sentence_spans(answer)),
    )


def _is_known(turn: Turn) -> bool:
    """Whether a turn may be repeated: an answer, or what the bank itself says.

    A point that the candidate asked about is not one of them: to say it again would confirm it.
    """
    return turn.kind in {TurnKind.ANSWER, TurnKind.HINT, *_LED_BY_A_QUESTION}


def words_fault(scene: Scene, said: str) -> Fault | None:
    """Find the first rule that words break, however much is still to be said after them."""
    found = _opinion(scene, said) or _machinery(scene, said)
    if found is not None:
        return found
    remarks = _remarks(scene)
    if _confirms(scene, said) or _tells(scene, remarks, said):
        return Fault(Rule.NO_POINT, said)
    if len(said) > MOST_CHARACTERS:
        return Fault(Rule.ON_TOPIC, said)
    slip = remarks.slip(said)
    return Fault(_SLIPS[slip], said) if slip else None


def _remarks(scene: Scene) -> Remarks:
    guess = _guesses(scene)
    return Remarks(
        scene.asked,
        (scene.known,) if guess else (scene.known, scene.request),
        scene.subject,
        content_stems("\n".join(scene.points)),
        clarifies=scene.clarifies,
        guess=guess,
        own=scene.own,
    )


def utterance_fault(scene: Scene, said: str) -> Fault | None:
    """Find the first rule that a whole utterance breaks: it must also speak of the question."""
    fault = words_fault(scene, said)
    if fault is None and not _is_about(scene, said):
        fault = Fault(Rule.ON_TOPIC, said)
    return fault


def _tells(scene: Scene, remarks: Remarks, said: str) -> bool:
    """Whether words give a point away.

    A question of a model's own has to name what it asks about, for which few ordinary words do not
    count; what it states before it asks is held to the same as elsewhere.
    """
    told = remarks.substance(said)
    if not scene.own:
        return gives_away(scene, told)
    return gives_away(scene, told, naming=True) or gives_away(scene, remarks.stated(said))


def gives_away(scene: Scene, said: str, *, naming: bool = False) -> bool:
    """Whether words say a point of the answer, by what they share with it and nobody said yet.

    Two stems and a quarter of a point are enough, and in a clarification one long word. Of the
    first halves of the bank's key points that finds more than nine in ten; a point said wholly in
    other words it does not find. With `naming`, a few ordinary words are not enough.
    """
    known = content_stems(f"{scene.known}\n{scene.asked}")
    told = content_stems(said) - known
    if _confirms(scene, said):
        return True
    if scene.clarifies:
        told_long = {stems(word)[0] for word in words(said) if len(word) >= _TELLING_LETTERS}
        if any(told & told_long & content_stems(point) for point in scene.points):
            return True
    says = _names if naming else _says
    return any(says(told, content_stems(point) - known) for point in scene.points)


def _confirms(scene: Scene, said: str) -> bool:
    """Whether words say yes or no to a point that the candidate asked about."""
    return bool(_CONFIRMS.search(said)) and _guesses(scene)


def _guesses(scene: Scene) -> bool:
    """Whether the candidate said a point of the answer while asking what the question means."""
    return bool(scene.request) and gives_away(replace(scene, request=""), scene.request)


def _says(told: frozenset[str], point: frozenset[str]) -> bool:
    shared = len(told & point)
    if not point or shared < min(_LEAST_SHARED_STEMS, len(point)):
        return False
    return shared / len(point) >= _LEAST_SHARE_OF_A_POINT


def _names(told: frozenset[str], point: frozenset[str]) -> bool:
    """Whether words say a point by more than a few that every talk of the field holds.

    They do where they hold half of it, where they hold hardly anything else, and where two of the
    stems that they share with it are its own.
    """
    shared = told & point
    if not _says(told, point):
        return False
    half = len(shared) >= _SHARE_OF_A_STATED_POINT * len(point)
    mostly = len(shared) > _SHARE_OF_A_STATEMENT * len(told)
    telling = sum(not is_ordinary(stem) for stem in shared)
    return half or mostly or telling >= _LEAST_SHARED_STEMS


def _opinion(scene: Scene, said: str) -> Fault | None:
    if scene.judges:
        return None
    found = _PRAISE.search(said) or _CRITICISM.search(said)
    if found is None or _stands_in(found.group(), scene.asked):
        return None
    return Fault(Rule.NO_PRAISE, found.group().strip())


def _machinery(scene: Scene, said: str) -> Fault | None:
    for found in _MACHINERY.finditer(said):
        names_it = scene.own and _SUBJECT.fullmatch(found.group()) and not _SPEAKER.search(said)
        if not names_it and not _stands_in(found.group(), scene.asked):
            return Fault(Rule.ON_TOPIC, found.group())
    return None


def _stands_in(found: str, asked: str) -> bool:
    """Whether words are the question's own, as `good start` is in a question on initialization."""
    return found.strip(" \n.!?,;:—-").casefold() in asked.casefold()


def _is_about(scene: Scene, said: str) -> bool:
    wanted = content_stems(scene.asked)
    shared = len(wanted & content_stems(said))
    if scene.clarifies:
        return shared >= min(1, len(wanted))
    return shared >= _LEAST_SHARE_OF_THE_QUESTION * len(wanted)


def transcript_faults(session: Session) -> tuple[Fault, ...]:
    """List every rule that the interviewer broke in an interview, in the order of the turns.

    Only a model's words are held to the machinery of grading, since the bank's own comments in
    practice speak of the card.
    """
    return tuple(_faults(session))


def _faults(session: Session) -> Iterator[Fault]:
    number, closed = 0, False
    for exchange in session.exchanges:
        asked = 0
        for place, turn in enumerate(exchange.turns):
            number += 1
            if closed:
                yield Fault(Rule.ON_TIME, turn.text, number)
            closed = closed or turn.kind is TurnKind.CLOSING
            asked += turn.kind in _LED_BY_A_QUESTION
            if turn.speaker is Speaker.INTERVIEWER:
                yield from _turn_faults(session, exchange, place, number, asked)
    if session.phase is Phase.FINISHED and not closed:
        yield Fault(Rule.ON_TIME, "", number)


def _turn_faults(
    session: Session, exchange: Exchange, place: int, number: int, asked: int
) -> Iterator[Fault]:
    turn, limit = exchange.turns[place], session.plan.time_limit_s
    late = limit is not None and turn.at >= session.started_at + limit
    if late and turn.kind is not TurnKind.CLOSING:
        yield Fault(Rule.ON_TIME, turn.text, number)
    if turn.kind in _LED_BY_A_QUESTION and asked > 1:
        yield Fault(Rule.ONE_QUESTION, turn.text, number)
    if turn.kind in _LED_BY_A_QUESTION and turn.text != exchange.text:
        yield Fault(Rule.ON_TOPIC, turn.text, number)
    scene = _scene_at(session, exchange, place)
    fault = _fault_of(exchange, _without_greeting(session, turn), scene)
    if fault is not None:
        yield Fault(fault.rule, fault.words, number)


def _without_greeting(session: Session, turn: Turn) -> Turn:
    """Leave out the bank's greeting, which stays in front of what a model says."""
    if not turn.by or turn.kind is not TurnKind.GREETING:
        return turn
    plan = session.plan
    greeting = voice.greeting(session.id, plan.mode, len(session.planned), plan.time_limit_s)
    return replace(turn, text=turn.text.removeprefix(greeting).strip())


def _fault_of(exchange: Exchange, turn: Turn, scene: Scene) -> Fault | None:
    if not turn.by:
        # The bank's lines are the same for most questions: they can tell no mistake of one.
        points = tuple(point.text for point in exchange.question.key_points)
        return _bank_fault(replace(scene, points=points), turn)
    # What a model asks of its own accord need not speak of what was asked before.
    own = exchange.model_follow_up and turn.kind is TurnKind.FOLLOW_UP
    return words_fault(scene, turn.text) if own else utterance_fault(scene, turn.text)


def _scene_at(session: Session, exchange: Exchange, place: int) -> Scene:
    """Give the scene of one turn; a model has no opinions even where the bank may have them."""
    turn = exchange.turns[place]
    scene = scene_of(session, exchange, place)
    if exchange.model_follow_up and turn.kind is TurnKind.FOLLOW_UP:
        scene = replace(scene, asked=exchange.question.text, own=True)
    if turn.kind is TurnKind.CLARIFICATION:
        scene = replace(scene, clarifies=True, request=exchange.turns[place - 1].text)
    return replace(scene, judges=scene.judges and not turn.by)


def _bank_fault(scene: Scene, turn: Turn) -> Fault | None:
    if turn.kind not in _HOLDS_NO_POINT or turn.kind in _LED_BY_A_QUESTION:
        return None
    if gives_away(scene, turn.text):
        return Fault(Rule.NO_POINT, turn.text)
    return _opinion(scene, turn.text)

"""Lets a chat model ask a follow-up of its own only where code can say what it rests on.

The model proposes a question and names a key point or quotes a passage. Code looks both up, cuts
the reference from the bank's own lines, and holds the words against the rules of an interview.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from interviewer.errors import InputError
from interviewer.grading.citations import CitationFinder, content_stems
from interviewer.grading.quotes import find_quote
from interviewer.grading.rubric import rubric_of_model_follow_up
from interviewer.interview.follow_ups import current_question, open_gaps
from interviewer.interview.transcript import Fault, Rule, Scene, tellable, words_fault
from interviewer.models import (
    Citation,
    Grade,
    KeyPoint,
    ModelFollowUp,
    Question,
    RetrievedChunk,
    Session,
    TurnKind,
)
from interviewer.text import words

MOST_CHARACTERS_ASKED = 300
"""What a question of a model's own may hold; one of the bank's follow-ups has 90 or so."""

_FEWEST_WORDS_OF_A_SOURCE = 6
_LEAST_SHARED_STEMS = 2
_SAME_SHARE = 0.8
_SAID_SHARE = 0.6
_ROUNDING = 1e-9
_QUESTION_MARK = re.compile(r"[?？]")
_MARKUP = re.compile(
    r"</?[a-z!][^>]*>?|&(?:#\w+|[a-z]+);|[{}`|]|\*\*|~~~|javascript:", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a model wants to ask, and what it says that this rests on.

    Either `key_point` is the number of one of the question's, from 1, or `passage` is the number of
    a passage that it was shown, from 1, and `quote` its words; 0 stands for none.
    """

    question: str
    key_point: int = 0
    passage: int = 0
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a question of a model's own may rest on, once an answer is in.

    `asked` is all that was asked about `question` so far, itself first, and `answers` what was
    said to that; `key_points` are its open points by their numbers, and `passages` were retrieved.
    """

    question: Question
    asked: tuple[str, ...]
    answers: tuple[str, ...]
    key_points: tuple[tuple[int, KeyPoint], ...]
    passages: tuple[RetrievedChunk, ...]


def grounds_of(session: Session, passages: Sequence[RetrievedChunk]) -> Grounds:
    """Gather what a model may ask about, from a session whose last answer has its grade."""
    exchanges, question = current_question(session), session.current.question
    gaps = {verdict.key_point for verdict in open_gaps(session)}
    numbered = enumerate(question.key_points, start=1)
    turns = [turn for exchange in exchanges for turn in exchange.turns]
    return Grounds(
        question=question,
        asked=tuple(exchange.text for exchange in exchanges),
        answers=tuple(turn.text for turn in turns if turn.kind is TurnKind.ANSWER),
        key_points=tuple((number, point) for number, point in numbered if point.text in gaps),
        passages=tuple(passages),
    )


def with_grade(session: Session, grade: Grade) -> Session:
    """Give a session as it will be when the waiting answer has its grade, before it goes on."""
    current = replace(session.current, grades=(*session.current.grades, grade))
    return replace(session, exchanges=(*session.exchanges[:-1], current))


def ground(grounds: Grounds, proposal: Proposal) -> ModelFollowUp | Fault:
    """Find what a proposal rests on and check its words, or say which rule it breaks."""
    found = _rests_on(grounds, proposal)
    if found is None:
        return Fault(Rule.GROUNDED, proposal.question)
    return _fault(grounds, found) or found


def _rests_on(grounds: Grounds, proposal: Proposal) -> ModelFollowUp | None:
    if bool(proposal.key_point) == bool(proposal.passage):
        return None
    if proposal.key_point:
        return _on_key_point(grounds, proposal)
    return _on_passage(grounds, proposal)


def _on_key_point(grounds: Grounds, proposal: Proposal) -> ModelFollowUp | None:
    """Rest on an open key point and on the lines of the question's reference that say it."""
    own = [each for each in grounds.passages if each.chunk.question_id == grounds.question.id]
    point = dict(grounds.key_points).get(proposal.key_point)
    source = CitationFinder(own).cite(point.text) if point else None
    if point is None or source is None or not _is_nearest(proposal.question, point, grounds):
        return None
    return ModelFollowUp(proposal.question, source, grounds.question.id, point.text)


def _is_nearest(asked: str, point: KeyPoint, grounds: Grounds) -> bool:
    """Whether a question shares as much with a key point as with any other, so that it is fair.

    What takes up the answer does not count, and a stem that several key points hold counts for
    less, as it hardly tells them apart.
    """
    told = content_stems(asked) - content_stems("\n".join(grounds.answers))
    points = {each.text: content_stems(each.text) for each in grounds.question.key_points}
    holders = Counter(stem for held in points.values() for stem in held)
    shared = {text: sum(1 / holders[stem] for stem in told & held) for text, held in points.items()}
    return shared[point.text] >= max(shared.values()) - _ROUNDING


def _on_passage(grounds: Grounds, proposal: Proposal) -> ModelFollowUp | None:
    """Rest on the sentences of a retrieved passage that the model quotes."""
    if not 1 <= proposal.passage <= len(grounds.passages):
        return None
    chunk = grounds.passages[proposal.passage - 1].chunk
    quoted = find_quote(chunk.text, proposal.quote)
    source = CitationFinder(grounds.passages).holding(chunk.chunk_id, quoted) if quoted else None
    if source is None or not _is_prose(source):
        return None
    return ModelFollowUp(proposal.question, source, chunk.question_id)


def _is_prose(source: Citation) -> bool:
    enough = len(words(source.quote)) >= _FEWEST_WORDS_OF_A_SOURCE
    return enough and not source.quote.lstrip().startswith(("|", "#", "```", "~~~"))


def _fault(grounds: Grounds, follow_up: ModelFollowUp) -> Fault | None:
    """Find the first rule that a question of a model's own breaks."""
    try:
        points = points_of(grounds.question, follow_up)
    except InputError:  # the lines state nothing to grade against
        return Fault(Rule.GROUNDED, follow_up.source.quote)
    asked, said = follow_up.question, "\n".join(grounds.answers)
    fault = _form_fault(asked) or words_fault(_scene(grounds, points), asked)
    if fault is not None:
        return fault
    if not _is_about(follow_up, points, grounds):
        return Fault(Rule.ON_TOPIC, asked)
    if any(_repeats(asked, earlier) for earlier in grounds.asked):
        return Fault(Rule.SOMETHING_NEW, asked)
    if all(_share(point, said) >= _SAID_SHARE for point in points):
        return Fault(Rule.SOMETHING_NEW, follow_up.source.quote)
    return None


def points_of(question: Question, follow_up: ModelFollowUp) -> tuple[str, ...]:
    """Give the key points that an answer to a model's follow-up is graded by.

    Raises:
        InputError: there is nothing to grade by.
    """
    rubric = rubric_of_model_follow_up(question, follow_up)
    return tuple(point.text for point in rubric.key_points)


def _form_fault(asked: str) -> Fault | None:
    if len(_QUESTION_MARK.findall(asked)) != 1 or not _QUESTION_MARK.match(asked[-1]):
        return Fault(Rule.ONE_QUESTION, asked)
    if len(asked) > MOST_CHARACTERS_ASKED or _MARKUP.search(asked):
        return Fault(Rule.ON_TOPIC, asked)
    return None


def _scene(grounds: Grounds, points: Sequence[str]) -> Scene:
    """Give the scene of a question that nobody has asked yet; the answers may be taken up in it."""
    known = (*grounds.asked, *grounds.answers)
    return Scene(
        asked=grounds.asked[0],
        points=(*points, *tellable(grounds.question)),
        known="\n".join(known),
        own=True,
    )


def _is_about(follow_up: ModelFollowUp, points: Sequence[str], grounds: Grounds) -> bool:
    """Whether a question names something of the passage, and two things of it or of the talk."""
    asked = content_stems(follow_up.question)
    basis = _basis(follow_up, points, grounds)
    talk = content_stems("\n".join((*grounds.asked, *grounds.answers)))
    return bool(asked & basis) and len(asked & (basis | talk)) >= _LEAST_SHARED_STEMS


def _basis(follow_up: ModelFollowUp, points: Sequence[str], grounds: Grounds) -> frozenset[str]:
    """Give the stems of the passage, with the question and headings that it stands under."""
    passage = [
        each.chunk.embedded_text
        for each in grounds.passages
        if each.chunk.chunk_id == follow_up.source.chunk_id
    ]
    return content_stems("\n".join((*points, *passage)))


def _repeats(asked: str, earlier: str) -> bool:
    new, old = content_stems(asked), content_stems(earlier)
    return len(new & old) >= _SAME_SHARE * max(1, len(new))


def _share(point: str, said: str) -> float:
    wanted = content_stems(point)
    return len(wanted & content_stems(said)) / max(1, len(wanted))

"""Chooses the follow-up: to a contradiction first, then to the heaviest gap, then deeper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from interviewer.grading.citations import content_stems
from interviewer.interview import voice
from interviewer.models import (
    Exchange,
    Grade,
    Mode,
    ModelFollowUp,
    Question,
    Session,
    Verdict,
    VerdictLabel,
)
from interviewer.text import stems, words

MAX_FOLLOW_UPS = 2
MOST_CHOICES = 4
GOOD_ENOUGH_TO_GO_DEEPER = 50.0
_CERTAIN = 0.999
_LEAST_SHARED_STEMS = 2
_LEAST_SHARE = 0.25
_MOST_NAMES = 2
_TELLING_LENGTH = 8


@dataclass(frozen=True, slots=True)
class FollowUpChoice:
    """What to ask next about the same question.

    `target` is the key point it goes after, empty where it goes deeper; `written` is its number
    among the question's own follow-ups, from 1, and 0 for a probe or a `model`'s own question.
    """

    text: str
    target: str = ""
    written: int = 0
    model: ModelFollowUp | None = None

    @classmethod
    def of_model(cls, follow_up: ModelFollowUp) -> FollowUpChoice:
        """Ask what a chat model thought of."""
        return cls(follow_up.question, follow_up.key_point, model=follow_up)


def is_non_answer(grade: Grade) -> bool:
    """Say whether an answer had no content: every key point missing, for certain."""
    return all(
        verdict.verdict is VerdictLabel.MISSING and verdict.probability >= _CERTAIN
        for verdict in grade.verdicts
    )


def current_question(session: Session) -> tuple[Exchange, ...]:
    """Give the exchanges about the question under way: the question itself, then follow-ups."""
    count = session.current.follow_up + 1
    return session.exchanges[-count:]


def next_follow_up(session: Session) -> FollowUpChoice | None:
    """Choose a follow-up to the question under way, None where it is time to move on."""
    return next(iter(justified_follow_ups(session)), None)


def justified_follow_ups(session: Session) -> tuple[FollowUpChoice, ...]:
    """List the follow-ups that the grade gives a reason for, the one to ask first at the head.

    What was contradicted leaves nothing else to ask about; then come the gaps, heaviest first,
    and only where there is none the questions that go deeper. The best attempt at the question
    decides, as it is the one that counts. A key point is gone after once at most. After a skipped
    follow-up, or one without an answer, there is no other.
    """
    exchanges = current_question(session)
    if not _bears_another(exchanges):
        return ()
    unused = _unused_written(exchanges)
    gaps = open_gaps(session)
    if gaps:
        denied = [each for each in gaps if each.verdict is VerdictLabel.CONTRADICTED]
        return _distinct(_towards(session, verdict, unused) for verdict in denied or gaps)
    if not _good_enough(exchanges):
        return ()
    return _distinct(_written(exchanges[0].question, number) for number in unused)


def model_may_ask(session: Session) -> bool:
    """Say whether a chat model may ask a follow-up of its own about the question under way.

    It may where a follow-up of the bank might be asked, were there one, and nothing was
    contradicted: that is gone after in the bank's words.
    """
    exchanges = current_question(session)
    if session.plan.mode is Mode.GRADE_MY_ANSWER or not _bears_another(exchanges):
        return False
    gaps = open_gaps(session)
    if any(each.verdict is VerdictLabel.CONTRADICTED for each in gaps):
        return False
    return bool(gaps) or _good_enough(exchanges)


def open_gaps(session: Session) -> list[Verdict]:
    """List what the best answer to the question lacks and no follow-up has gone after yet."""
    exchanges = current_question(session)
    main = exchanges[0].best
    asked_after = {exchange.target for exchange in exchanges}
    gaps = _gaps(main) if main else []
    return [verdict for verdict in gaps if verdict.key_point not in asked_after]


def _bears_another(exchanges: Sequence[Exchange]) -> bool:
    main, last = exchanges[0].best, exchanges[-1].best
    if len(exchanges) > MAX_FOLLOW_UPS or main is None or last is None:
        return False
    return not is_non_answer(last)


def _good_enough(exchanges: Sequence[Exchange]) -> bool:
    scores = [each.best.score for each in (exchanges[0], exchanges[-1]) if each.best]
    return min(scores, default=0.0) >= GOOD_ENOUGH_TO_GO_DEEPER


def _distinct(choices: Iterable[FollowUpChoice]) -> tuple[FollowUpChoice, ...]:
    by_text: dict[str, FollowUpChoice] = {}
    for choice in choices:
        by_text.setdefault(choice.text, choice)
    return tuple(by_text.values())[:MOST_CHOICES]


def _gaps(grade: Grade) -> list[Verdict]:
    """Order what was contradicted, then what was missing or partial, heaviest first."""
    open_points = [each for each in grade.verdicts if each.verdict is not VerdictLabel.COVERED]
    urgency = (VerdictLabel.CONTRADICTED, VerdictLabel.MISSING, VerdictLabel.PARTIAL)
    return sorted(
        open_points,
        key=lambda each: (
            each.verdict is not VerdictLabel.CONTRADICTED,
            -each.weight,
            urgency.index(each.verdict),
        ),
    )


def _unused_written(exchanges: Sequence[Exchange]) -> list[int]:
    """List the numbers of the question's own follow-ups that can be graded and were not asked."""
    asked = {exchange.written_follow_up for exchange in exchanges}
    own = enumerate(exchanges[0].question.follow_ups, start=1)
    return [number for number, each in own if number not in asked and each.answer.strip()]


def _written(question: Question, number: int, target: str = "") -> FollowUpChoice:
    return FollowUpChoice(question.follow_ups[number - 1].question, target, number)


def _towards(session: Session, verdict: Verdict, unused: Sequence[int]) -> FollowUpChoice:
    question = session.current.question
    fitting = [number for number in unused if _fits(question, number, verdict.key_point)]
    if fitting:
        best = max(fitting, key=lambda number: _share(question, number, verdict.key_point))
        return _written(question, best, verdict.key_point)
    text = voice.probe(
        session,
        contradicted=verdict.verdict is VerdictLabel.CONTRADICTED,
        span=verdict.answer_span,
        names=_names_in_question(question, verdict.key_point),
    )
    return FollowUpChoice(text, verdict.key_point)


def _fits(question: Question, number: int, key_point: str) -> bool:
    """Say whether a written follow-up is about a key point, and about no other one more."""
    share = _share(question, number, key_point)
    shared = share * len(content_stems(key_point))
    rivals = max(_share(question, number, point.text) for point in question.key_points)
    return share >= max(_LEAST_SHARE, rivals) and round(shared) >= _LEAST_SHARED_STEMS


def _share(question: Question, number: int, key_point: str) -> float:
    """Measure how much of a key point's content stems a written follow-up takes up, 0 to 1."""
    follow_up = question.follow_ups[number - 1]
    wanted = content_stems(key_point)
    offered = content_stems(f"{follow_up.question}\n{follow_up.answer}")
    return len(wanted & offered) / max(1, len(wanted))


def _names_in_question(question: Question, key_point: str) -> tuple[str, ...]:
    """Find words of the question that point at this key point and few others.

    They were said aloud with the question, so that naming them gives nothing away.
    """
    wanted = content_stems(key_point)
    others = [content_stems(point.text) for point in question.key_points if point.text != key_point]
    found = dict.fromkeys(
        word
        for word, stem in _words_with_stems(question.text)
        if stem in wanted and _is_telling(word)
    )
    if not found:
        return ()
    rarity = {word: sum(stems(word)[0] in each for each in others) for word in found}
    rarest = min(rarity.values())
    names = tuple(word for word in found if rarity[word] == rarest)
    return names if rarest < len(others) and len(names) <= _MOST_NAMES else ()


def _is_telling(word: str) -> bool:
    """Say whether a word names something by itself: an abbreviation, or a long word."""
    abbreviation = any(letter.isupper() or letter.isdigit() for letter in word[1:])
    return abbreviation or len(word) >= _TELLING_LENGTH


def _words_with_stems(text: str) -> Iterator[tuple[str, str]]:
    for token in text.split():
        word = token.strip("?.,;:!()[]\"“”'`*_")
        if len(words(word)) == 1:
            yield word, stems(word)[0]

"""What an answer is graded against: the rubric of a question, a follow-up or a user's own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache

from interviewer.errors import InputError
from interviewer.knowledge.importers.derive import derive_key_points
from interviewer.models import (
    ChunkRole,
    FollowUp,
    KeyPoint,
    Mistake,
    ModelFollowUp,
    Question,
)

OWN_QUESTION_PREFIX = "own-question"
LONGEST_OWN_REFERENCE = 50_000
"""Characters that a reference of a user's own may hold; it is read and embedded at every grade."""

_OWN_SECTION = "own"
_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Rubric:
    """The yardstick of one answer, bound to its question by id and never found by similarity.

    `path`, `start_line` and `end_line` say where the reference answer stands; `roles` are the
    chunks of the question that hold it. `source` is the question that the rubric was made from.
    `derived` says that the key points were cut from the reference by machine.
    """

    question_id: str
    question: str
    reference: str
    key_points: tuple[KeyPoint, ...]
    mistakes: tuple[Mistake, ...]
    follow_ups: tuple[FollowUp, ...]
    path: str
    start_line: int
    end_line: int
    roles: tuple[ChunkRole, ...]
    source: Question
    derived: bool = False

    def twins_of(self, number: int) -> tuple[Mistake, ...]:
        """Give the common mistakes that deny the key point of this number, counted from 1."""
        return tuple(mistake for mistake in self.mistakes if mistake.key_point == number)

    @property
    def is_all_of_the_bank(self) -> bool:
        """Whether each of its words is the bank's, so that all who use the bank may share it.

        A question of a user's own is not, nor is a follow-up that was made up or quotes an answer.
        """
        source = self.source
        asked = (source.text, *(each.question for each in source.follow_ups))
        return not is_own(source) and self.question in asked

    @property
    def text(self) -> str:
        """Everything the rubric says, for telling a word of the subject from filler."""
        return "\n".join((self.reference, *(point.text for point in self.key_points)))


def is_own(question: Question) -> bool:
    """Whether a question is a user's own, and not one of the bank."""
    return question.id.startswith(OWN_QUESTION_PREFIX)


def rubric_of(question: Question) -> Rubric:
    """Make the rubric of a question.

    Raises:
        InputError: the question came without a reference answer.
    """
    if not question.answered:
        raise InputError(
            f"The question {question.id!r} has no reference answer to grade against. "
            "Write one with its key points into the bank, or grade with a reference of your own."
        )
    return Rubric(
        question_id=question.id,
        question=question.text,
        reference=question.reference,
        key_points=question.key_points,
        mistakes=question.mistakes,
        follow_ups=question.follow_ups,
        path=question.path,
        start_line=question.reference_start_line,
        end_line=question.reference_end_line,
        roles=(ChunkRole.REFERENCE, ChunkRole.KEY_POINTS),
        source=question,
        derived=not question.mistakes
        and question.key_points == _derived(question, question.reference),
    )


def rubric_of_follow_up(question: Question, number: int) -> Rubric:
    """Make the rubric of a question's follow-up, its key points derived from its own answer.

    Args:
        question: the question that the follow-up belongs to.
        number: which follow-up, counted from 1.

    Raises:
        InputError: there is no such follow-up, or it has no reference answer.
    """
    if not 1 <= number <= len(question.follow_ups):
        raise InputError(
            f"The question {question.id!r} has {len(question.follow_ups)} follow-ups; "
            f"there is no number {number}."
        )
    follow_up = question.follow_ups[number - 1]
    return Rubric(
        question_id=question.id,
        question=follow_up.question,
        reference=follow_up.answer,
        key_points=_some(_derived(question, follow_up.answer)),
        mistakes=(),
        follow_ups=(),
        path=question.path,
        start_line=follow_up.start_line,
        end_line=follow_up.end_line,
        roles=(ChunkRole.FOLLOW_UP,),
        source=question,
        derived=True,
    )


def rubric_of_model_follow_up(question: Question, follow_up: ModelFollowUp) -> Rubric:
    """Make the rubric of a chat model's follow-up out of the lines that it rests on.

    One that goes after a key point is graded against that point, else the key points are derived
    from the lines. No word of it is the model's.

    Args:
        question: the question that was followed up.
        follow_up: what the model asked, and what it rests on.

    Raises:
        InputError: the lines hold no sentence to grade against, or the question has no such point.
    """
    source = follow_up.source
    on_lines = Rubric(
        question_id=follow_up.question_id,
        question=follow_up.question,
        reference=source.quote,
        key_points=(),
        mistakes=(),
        follow_ups=(),
        path=source.path,
        start_line=source.start_line,
        end_line=source.end_line,
        roles=(ChunkRole.REFERENCE,),
        source=question,
    )
    if not follow_up.key_point:
        points = _some(_derived(question, source.quote))
        return replace(on_lines, key_points=points, derived=True)
    main = only_point(rubric_of(question), follow_up.key_point)
    return replace(on_lines, key_points=main.key_points, mistakes=main.mistakes, roles=main.roles)


def only_point(rubric: Rubric, text: str) -> Rubric:
    """Narrow a rubric to one of its key points and the mistakes that deny it.

    Raises:
        InputError: the rubric has no key point of these words.
    """
    numbered = enumerate(rubric.key_points, start=1)
    number, point = next((each for each in numbered if each[1].text == text), (0, None))
    if point is None:
        raise InputError(f"The question {rubric.question_id!r} has no key point {text!r}.")
    return replace(
        rubric,
        key_points=(point,),
        mistakes=tuple(replace(mistake, key_point=1) for mistake in rubric.twins_of(number)),
        follow_ups=(),
    )


def own_question(question_text: str, reference_text: str, path: str) -> Question:
    """Make a question of a user's own words; its reference is the whole of `reference_text`.

    Raises:
        InputError: the question or the reference is empty, or holds nothing to grade against, or
            the reference is longer than `LONGEST_OWN_REFERENCE`.
    """
    if not question_text.strip():
        raise InputError("The question is empty. Write the question that the answer is for.")
    if not reference_text.strip():
        raise InputError(f"The reference {path} is empty. Write what a good answer says.")
    if len(reference_text) > LONGEST_OWN_REFERENCE:
        raise InputError(
            f"The reference {path} has {len(reference_text):,} characters; the limit is "
            f"{LONGEST_OWN_REFERENCE:,}. Keep what belongs to this one question."
        )
    digest = hashlib.sha256(f"{question_text}\0{reference_text}".encode()).hexdigest()[:8]
    line_count = reference_text.count("\n") + 1
    return Question(
        id=f"{OWN_QUESTION_PREFIX}-{digest}",
        text=question_text.strip(),
        section=_OWN_SECTION,
        topic=_OWN_SECTION,
        reference=reference_text,
        key_points=_some(derive_key_points(reference_text)),
        path=path,
        start_line=1,
        end_line=line_count,
        reference_start_line=1,
        reference_end_line=line_count,
    )


def _derived(question: Question, reference: str) -> tuple[KeyPoint, ...]:
    """Cut key points from a reference; a user's own is not remembered beyond their interview."""
    return derive_key_points(reference) if is_own(question) else _derived_of_the_bank(reference)


@lru_cache(_REMEMBERED)
def _derived_of_the_bank(reference: str) -> tuple[KeyPoint, ...]:
    return derive_key_points(reference)


def _some(points: tuple[KeyPoint, ...]) -> tuple[KeyPoint, ...]:
    if not points:
        raise InputError(
            "The reference answer holds no sentence to grade against. Write it in full sentences."
        )
    return points

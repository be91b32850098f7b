"""Chooses the questions of an interview: by the plan, seeded, and spread over the sections."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from itertools import chain, zip_longest

from interviewer.errors import SessionError
from interviewer.models import Question, SessionPlan


def choose_questions(
    bank_questions: Sequence[Question], plan: SessionPlan, *, asked: Collection[str] = ()
) -> tuple[Question, ...]:
    """Choose the questions to ask; the same bank, plan, seed and `asked` give the same ones.

    In each section, questions whose ids are not in `asked` come before those that are.

    Questions named by id are taken in the order of the plan, whatever its other filters say.
    Else sections take turns, and the easier levels come first. Questions without a reference
    answer are not asked, as no answer to them could be graded. Where fewer questions fit than
    were asked for, all that fit are taken.

    Raises:
        SessionError: nothing fits; the message says which filter to loosen.
    """
    if plan.question_ids:
        return tuple(_named(bank_questions, question_id) for question_id in plan.question_ids)
    if plan.question_count < 1:
        raise SessionError("An interview needs at least one question. Ask for one or more.")
    fitting = [question for question in bank_questions if _fits(question, plan)]
    if not fitting:
        raise SessionError(_nothing_fits(bank_questions, plan))
    chosen = _in_turn(fitting, plan.seed, asked)[: plan.question_count]
    return tuple(sorted(chosen, key=lambda question: question.level))


def _named(bank_questions: Iterable[Question], question_id: str) -> Question:
    found = next((each for each in bank_questions if each.id == question_id), None)
    if found is None:
        raise SessionError(
            f"There is no question with the id {question_id!r}. Choose another question."
        )
    if not found.answered:
        raise SessionError(
            f"The question {question_id!r} has no reference answer, so an answer to it cannot be "
            "graded. Add a reference answer to its file, or choose another question."
        )
    return found


def _fits(question: Question, plan: SessionPlan) -> bool:
    return (
        question.answered
        and (not plan.sections or question.section in plan.sections)
        and (not plan.levels or question.level in plan.levels)
        and (not plan.kinds or question.kind in plan.kinds)
    )


def _in_turn(questions: Iterable[Question], seed: int, asked: Collection[str]) -> list[Question]:
    """Shuffle, then take one question from each section in turn."""
    by_section: dict[str, list[Question]] = {}
    order = sorted(questions, key=lambda each: (each.id in asked, _rank(seed, each.id)))
    for question in order:
        by_section.setdefault(question.section, []).append(question)
    rows = zip_longest(*by_section.values())
    return [question for question in chain.from_iterable(rows) if question is not None]


def _rank(seed: int, question_id: str) -> bytes:
    return blake2b(f"{seed}:{question_id}".encode(), digest_size=8).digest()


def _nothing_fits(bank_questions: Sequence[Question], plan: SessionPlan) -> str:
    looser = {
        "sections": replace(plan, sections=()),
        "levels": replace(plan, levels=()),
        "kinds": replace(plan, kinds=()),
    }
    used = [name for name in looser if getattr(plan, name)]
    if not used:
        return "The question bank has no question with a reference answer. Import or write some."
    counts = {
        name: sum(_fits(question, looser[name]) for question in bank_questions) for name in used
    }
    best = max(used, key=lambda name: counts[name])
    if not counts[best]:
        return f"No question fits. Loosen the {' and the '.join(used)}."
    found = "one question" if counts[best] == 1 else f"{counts[best]} questions"
    return f"No question fits. Choose other {best}, or all of them: then {found} would fit."

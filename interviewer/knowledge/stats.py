"""Counts what a bank holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from interviewer.knowledge.bank import QuestionBank
from interviewer.knowledge.markdown import fences
from interviewer.models import Question


def bank_stats(bank: QuestionBank) -> dict[str, int | dict[str, int]]:
    """Count questions, by section, kind and level too, and the parts of their rubrics.

    `code_blocks` counts fenced blocks of any language in references and follow-up answers, and
    the starters and tests. The dictionary is ready for JSON.
    """
    questions = bank.questions
    return {
        "questions": len(questions),
        "by_section": _count(question.section for question in questions),
        "by_kind": _count(str(question.kind) for question in questions),
        "by_level": _count(sorted(str(int(question.level)) for question in questions)),
        "key_points": sum(len(question.key_points) for question in questions),
        "follow_ups": sum(len(question.follow_ups) for question in questions),
        "code_blocks": sum(_code_blocks(question) for question in questions),
    }


def _count(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values))


def _code_blocks(question: Question) -> int:
    texts = (question.reference, *(item.answer for item in question.follow_ups))
    sections = sum(code is not None for code in (question.starter, question.tests))
    return sections + sum(len(fences(text)) for text in texts)

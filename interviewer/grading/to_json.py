"""A grade as the JSON that the command line prints and exports carry."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from interviewer.grading.deferral import is_unsure
from interviewer.models import Citation, Grade, MistakeMade, Span, Verdict

_DECIMALS = 4


def grade_to_dict(grade: Grade) -> dict[str, Any]:
    """Give a grade as plain values; `json.dumps` takes it as it is."""
    return {
        "question_id": grade.question_id,
        "question": grade.question,
        "score": grade.score,
        "interval": list(grade.interval),
        "band": grade.band.value,
        "grader": grade.grader,
        "verdicts": [_verdict(verdict) for verdict in grade.verdicts],
        "mistakes": [_mistake(mistake) for mistake in grade.mistakes],
        "strengths": list(grade.strengths),
        "gaps": list(grade.gaps),
        "model_answer": grade.model_answer,
        "next_question": grade.next_question,
        "bank_version": grade.bank_version,
        "prompt_hash": grade.prompt_hash,
        "downgrades": grade.downgrades,
        "notice": grade.notice,
        "by_chance": grade.by_chance,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "key_point": verdict.key_point,
        "weight": verdict.weight,
        "verdict": verdict.verdict.value,
        "probability": round(verdict.probability, _DECIMALS),
        "probabilities": [round(chance, _DECIMALS) for chance in verdict.probabilities],
        "answer_span": _plain(verdict.answer_span),
        "citation": _plain(verdict.citation),
        "reason": verdict.reason,
        "downgraded": verdict.downgraded,
        "judge": verdict.judge,
        "unsure": is_unsure(verdict.probabilities),
    }


def _mistake(mistake: MistakeMade) -> dict[str, Any]:
    return {
        "text": mistake.text,
        "correction": mistake.correction,
        "answer_span": _plain(mistake.answer_span),
        "citation": _plain(mistake.citation),
    }


def _plain(value: Span | Citation | None) -> dict[str, Any] | None:
    return None if value is None else asdict(value)

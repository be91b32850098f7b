"""Measures what doubt is worth: verdicts on sure and unsure points, with and without the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from interviewer.grading.deferral import SURE_FROM, is_unsure
from interviewer.models import Grade


@dataclass(frozen=True, slots=True)
class JudgedPoint:
    """One key point: whether the judge was unsure, and whether its verdict is people's.

    `deferred` says that another judge settled it; `right` is without that one, `right_with` with
    it, and the two are the same where nothing was deferred.
    """

    unsure: bool
    deferred: bool
    right: bool
    right_with: bool


def judged_points(verdicts: Sequence[str], alone: Grade, graded: Grade) -> list[JudgedPoint]:
    """Set the verdicts of a grade beside people's.

    Args:
        verdicts: people's, one a key point.
        alone: the grade without the model.
        graded: the grade that is measured, which may be the same.
    """
    return [
        JudgedPoint(
            unsure=is_unsure(before.probabilities),
            deferred=after.judge != before.judge,
            right=before.verdict == human,
            right_with=after.verdict == human,
        )
        for human, before, after in zip(verdicts, alone.verdicts, graded.verdicts, strict=True)
    ]


def deferral_measures(points: Sequence[JudgedPoint], *, with_model: bool) -> dict[str, Any]:
    """Measure how many points are unsure, and how often verdicts are people's.

    Args:
        points: at least one.
        with_model: whether a model settled unsure points.

    Returns:
        `sure_from`, `n`, `share_unsure`, and `sure` and `unsure`, each `{"n", "accuracy"}`, without
        the model; with one `deferred`, too, `{"n", "share", "accuracy_without", "accuracy_with"}`,
        and `accuracy_without` and `accuracy_with` over all points. An accuracy over no point is
        None.
    """
    unsure = [point for point in points if point.unsure]
    result: dict[str, Any] = {
        "sure_from": SURE_FROM,
        "n": len(points),
        "share_unsure": len(unsure) / len(points),
        "sure": _accuracy([point.right for point in points if not point.unsure]),
        "unsure": _accuracy([point.right for point in unsure]),
    }
    if with_model:
        deferred = [point for point in points if point.deferred]
        result["deferred"] = {
            "n": len(deferred),
            "share": len(deferred) / len(points),
            **_with_and_without(deferred),
        }
        result |= _with_and_without(points)
    return result


def _accuracy(right: Sequence[bool]) -> dict[str, Any]:
    return {"n": len(right), "accuracy": _share(right)}


def _with_and_without(points: Sequence[JudgedPoint]) -> dict[str, float | None]:
    return {
        "accuracy_without": _share([point.right for point in points]),
        "accuracy_with": _share([point.right_with for point in points]),
    }


def _share(right: Sequence[bool]) -> float | None:
    return float(np.mean(right)) if right else None

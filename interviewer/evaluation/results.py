"""What one full evaluation printed, kept inside the package so that the app can show it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from interviewer.errors import InputError

NAME = "results.json"
_ADVICE = "Write it again with: interviewer evaluate all"
_LOG = logging.getLogger(__name__)


class _Printed(BaseModel):
    """Fields that the page about trust does not use are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Measured(_Printed):
    """A figure with its 95% interval; the value is None where it cannot be computed.

    A bare number, as earlier evaluations printed some figures, is one without an interval.
    """

    value: float | None = None
    ci95: tuple[float, float] | None = None

    @model_validator(mode="before")
    @classmethod
    def _number_alone(cls, printed: object) -> object:
        return {"value": printed} if isinstance(printed, int | float) else printed


class BandFigures(_Printed):
    """How the grader does on answers that people scored within one band."""

    n: int = Field(ge=0)
    pearson_r: Measured = Measured()
    rmse: Measured = Measured()
    mean_error: Measured = Measured()


class ControlFigures(_Printed):
    """How something that costs nothing agrees with people."""

    pearson_r: Measured


class VerdictFigures(_Printed):
    """How verdicts on key points agree; rows of the matrix are people's, columns the grader's."""

    n: int = Field(ge=0)
    accuracy: Measured
    macro_f1: Measured = Measured()
    labels: tuple[str, ...]
    confusion_matrix: tuple[tuple[int, ...], ...]

    @model_validator(mode="after")
    def _is_square(self) -> VerdictFigures:
        rows = (self.labels, *self.confusion_matrix)
        if len(self.confusion_matrix) != len(self.labels) or len({len(row) for row in rows}) != 1:
            raise ValueError("the confusion matrix does not fit its labels")
        return self


class CalibrationFigures(_Printed):
    """How far the chances of verdicts can be trusted; the error is 0 to 1, the Brier score to 2."""

    n: int = Field(ge=0)
    expected_calibration_error: Measured
    brier: Measured = Measured()


class PointFigures(_Printed):
    """How many points there are of a kind, and the share of right verdicts on them."""

    n: int = Field(ge=0)
    accuracy: float | None = None


class DeferralFigures(_Printed):
    """How right verdicts are where the grader is sure and where it is not; shares are 0 to 1."""

    n: int = Field(ge=0)
    sure_from: float
    share_unsure: float
    sure: PointFigures
    unsure: PointFigures


class KindFigures(_Printed):
    """How answers of one kind are graded; scores and shares are 0 to 1."""

    n: int = Field(ge=1)
    mean_score: float
    mean_human_score: float | None = None
    upper_half: float
    verdicts: int = 0
    verdict_accuracy: float | None = None


class SetFigures(_Printed):
    """What `evaluate_grading` printed for one set."""

    n: int = Field(ge=0)
    blank_dropped: int = 0
    questions: int = 0
    pearson_r: Measured = Measured()
    rmse: Measured = Measured()
    qwk: Measured = Measured()
    mean_error: Measured = Measured()
    interval_coverage: Measured = Measured()
    macro_f1_2way: Measured = Measured()
    macro_f1_3way: Measured = Measured()
    by_score_band: Mapping[str, BandFigures] = {}
    controls: Mapping[str, ControlFigures] = {}
    verdicts: VerdictFigures | None = None
    calibration: CalibrationFigures | None = None
    deferral: DeferralFigures | None = None
    by_kind: Mapping[str, KindFigures] = {}


class AttackCounts(_Printed):
    """How often a trick was tried and how often it worked.

    `flagged` is how many honest answers were taken for a trick; None where that was not counted.
    """

    attempts: int = Field(ge=0)
    succeeded: int = Field(ge=0)
    flagged: int | None = None


class AttackFigures(_Printed):
    """What `evaluate_attacks` printed for one file."""

    questions: int = Field(ge=0)
    seed: int = 0
    by_category: Mapping[str, AttackCounts]


class Results(_Printed):
    """One full evaluation: sets by `file/split`, attacks by file; `limit` 0 means every row."""

    grader: str
    limit: int = 0
    sets: Mapping[str, SetFigures]
    attacks: Mapping[str, AttackFigures]


def read_results(text: str, name: str) -> Results:
    """Read what `interviewer evaluate all` wrote; `name` is what messages call it.

    Raises:
        InputError: it is something else.
    """
    try:
        return Results.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(f"{name}: {field}: {first['msg']}. {_ADVICE}") from error


def load_results() -> Results | None:
    """Read the evaluation that came with the package; None where it is absent or unreadable."""
    try:
        text = files("interviewer.evaluation").joinpath(NAME).read_text(encoding="utf-8")
        return read_results(text, NAME)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, InputError) as error:
        _LOG.warning("The packaged evaluation cannot be read: %s", error)
        return None

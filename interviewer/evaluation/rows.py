"""Reads JSON Lines, naming file and line of what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from interviewer.errors import InputError
from interviewer.files import read_text

MAX_BYTES = 500_000_000


class Row(BaseModel):
    """What a line holds; fields that are not known are passed over, and null means absent."""

    model_config = ConfigDict(extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, values: object) -> object:
        if not isinstance(values, dict):
            return values
        return {name: value for name, value in values.items() if value is not None}


RowModel = TypeVar("RowModel", bound=Row)


def read_rows(path: Path, model: type[RowModel]) -> list[RowModel]:
    """Read one row a line; blank lines are passed over.

    Raises:
        InputError: the file cannot be read, holds no row, or a line is not such a row.
    """
    text = read_text(path, max_bytes=MAX_BYTES)
    rows = [
        _row(line, f"{path}:{number}", model)
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    ]
    if not rows:
        raise InputError(f"{path} holds no rows. One JSON object a line is wanted.")
    return rows


def _row(line: str, where: str, model: type[RowModel]) -> RowModel:
    try:
        return model.model_validate(json.loads(line))
    except json.JSONDecodeError as error:
        raise InputError(f"{where}: this line is not JSON ({error.msg}).") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the row"
        raise InputError(f"{where}: {field}: {first['msg']}.") from error

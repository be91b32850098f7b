"""Turns events into JSON and back, each under its name and the version of its layout."""

from __future__ import annotations

from typing import get_args

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from interviewer.errors import InputError, StoreError
from interviewer.interview.events import Event

VERSION = 3
"""1 knew no follow-up of a chat model's own, 2 neither why there is none nor how long a turn has
waited; an event without these reads the same in all."""
_ADAPTERS: dict[str, TypeAdapter[Event]] = {
    each.__name__: TypeAdapter(each) for each in get_args(Event)
}


def kind_of(event: Event) -> str:
    """Name the kind of an event, as it is stored."""
    return type(event).__name__


def dump_event(event: Event) -> str:
    """Write an event as JSON in the layout of `VERSION`.

    Raises:
        InputError: it holds a character that no file can hold, such as half of an emoji.
    """
    try:
        return _ADAPTERS[kind_of(event)].dump_json(event).decode("utf-8")
    except PydanticSerializationError as error:
        raise InputError(
            "The text holds characters that cannot be saved. Remove them and try again."
        ) from error


def load_event(kind: str, version: int, payload: str) -> Event:
    """Read an event from JSON.

    Raises:
        StoreError: a newer version of the program wrote it, or it is damaged.
    """
    if kind not in _ADAPTERS or version > VERSION:
        raise StoreError(
            "This interview was saved by a newer version of interviewer. Upgrade interviewer to "
            "go on with it."
        )
    try:
        return _ADAPTERS[kind].validate_json(payload)
    except (ValidationError, InputError) as error:
        raise StoreError(
            "A step of this interview is damaged and cannot be read. Delete the interview, or "
            "restore a backup of the database."
        ) from error

"""Every shape that a model is asked for is bounded, found by its class and not by a list."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from pydantic import Field

import interviewer
from interviewer.grading.llm_judge import reply_schema
from interviewer.interviewing.replies import ChoiceReply, ProposalReply
from interviewer.llm.replies import Reply, shape_told

_PACKAGES = ("interviewer.grading", "interviewer.interviewing", "interviewer.llm")


def shapes() -> list[type[Reply]]:
    """Give every reply that the package knows, the one that is made for a rubric among them."""
    for module in pkgutil.walk_packages(interviewer.__path__, "interviewer."):
        if module.name.startswith(_PACKAGES):
            import_module(module.name)
    own = [each for each in _below(Reply) if each.__module__.startswith("interviewer.")]
    return [*{each.__name__: each for each in own}.values(), reply_schema(3)]


def _below(shape: type[Reply]) -> Iterator[type[Reply]]:
    for each in shape.__subclasses__():
        yield each
        yield from _below(each)


def unbounded(schema: Any) -> Iterator[str]:
    """Name what has no bound in a schema, however deep it stands."""
    if isinstance(schema, dict):
        wanted = {"string": "maxLength", "array": "maxItems", "integer": "maximum"}
        missing = wanted.get(schema.get("type", ""), "")
        if missing and missing not in schema and not {"enum", "const"} & schema.keys():
            yield f"{schema.get('title')}: {missing}"
        if schema.get("type") == "number":
            yield f"{schema.get('title')}: a decimal"
        if schema.get("type") == "object":
            closed = schema.get("additionalProperties") is False
            whole = set(schema.get("required", ())) == set(schema.get("properties", ()))
            yield from [] if closed and whole else [f"{schema.get('title')}: open"]
        for value in schema.values():
            yield from unbounded(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from unbounded(value)


def test_the_shapes_are_found() -> None:
    names = {each.__name__ for each in shapes()}
    assert {"PointReply", "MistakeReply", "Verdicts", "ChoiceReply", "ProposalReply"} <= names


@pytest.mark.parametrize("shape", shapes(), ids=lambda shape: shape.__name__)
def test_every_string_list_and_number_of_a_reply_is_bounded(shape: type[Reply]) -> None:
    assert list(unbounded(shape.model_json_schema())) == []


def test_what_is_not_bounded_is_found() -> None:
    class Loose(Reply):
        text: str
        texts: list[str] = Field(max_length=2)
        number: int

    assert list(unbounded(Loose.model_json_schema())) == [
        *("Text: maxLength", "None: maxLength", "Number: maximum")
    ]


@pytest.mark.parametrize("shape", [ChoiceReply, ProposalReply, reply_schema(2)])
def test_a_model_without_another_way_is_told_the_whole_shape(shape: type[Reply]) -> None:
    told = shape_told(shape)
    assert told.startswith("Reply with one JSON object")
    assert all(f'"{name}"' in told for name in shape.model_fields)


def test_reasons_come_before_what_they_lead_to() -> None:
    assert next(iter(ChoiceReply.model_fields)) == "reason"
    assert next(iter(ProposalReply.model_fields)) == "reason"
    assert list(ProposalReply.model_fields)[-1] == "question"

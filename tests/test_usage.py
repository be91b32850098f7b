"""What a model spends is counted where it is spent, for the work that spends it and no other."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from langchain_core.messages import AIMessage

from interviewer.deadline import Deadline, run_within
from interviewer.errors import ModelBudgetError
from interviewer.models import Usage
from interviewer.usage import Meter, in_words, record, require_allowance

PRICE = (1.0, 10.0)


def reply(read: int = 100, written: int = 20) -> AIMessage:
    spent = {"input_tokens": read, "output_tokens": written, "total_tokens": read + written}
    return AIMessage("Yes.", usage_metadata=spent)  # type: ignore[arg-type]


def test_what_is_spent_under_a_meter_is_counted_with_its_price() -> None:
    meter = Meter()
    meter.run(lambda: record(reply(), PRICE))
    meter.run(lambda: record(reply(300, 0), PRICE))
    assert meter.usage == Usage(400, 20, pytest.approx(0.0006))
    assert meter.usage.total == 420


def test_what_a_server_does_not_tell_is_not_made_up() -> None:
    meter = Meter()
    meter.run(lambda: record(AIMessage("Yes."), PRICE))
    assert meter.usage == Usage()


def test_what_is_spent_elsewhere_is_not_counted() -> None:
    meter, other = Meter(), Meter()
    record(reply(), PRICE)
    other.run(lambda: record(reply(), PRICE))
    assert meter.usage == Usage()


def test_a_thread_that_works_for_the_caller_counts_for_it() -> None:
    meter = Meter()
    meter.run(lambda: run_within(Deadline.after(5), lambda: record(reply(), PRICE)))
    assert meter.usage.total == 120


def test_threads_lose_no_count() -> None:
    meter = Meter()
    with ThreadPoolExecutor(8) as pool:
        for _ in range(400):
            pool.submit(meter.add, Usage(1, 1, 0.5))
    assert meter.usage == Usage(400, 400, 200.0)


def test_items_are_each_made_under_the_meter_and_the_caller_is_left_as_it_was() -> None:
    def items() -> Iterator[int]:
        for number in range(3):
            record(reply(), PRICE)
            yield number

    meter = Meter(allowance=100)
    assert list(meter.each(items())) == [0, 1, 2]
    assert meter.usage.total == 360
    require_allowance()


@pytest.mark.parametrize(("allowance", "refused"), [(None, False), (121, False), (120, True)])
def test_a_budget_that_is_used_up_asks_for_nothing_more(
    allowance: int | None, refused: bool
) -> None:
    meter = Meter(allowance)
    meter.run(require_allowance)
    meter.run(lambda: record(reply(), PRICE))
    assert meter.is_used_up is refused
    if refused:
        with pytest.raises(ModelBudgetError, match="INTERVIEWER_TOKEN_BUDGET"):
            meter.run(require_allowance)
    else:
        meter.run(require_allowance)


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        (Usage(), ""),
        (Usage(3000, 214), "3,214 tokens"),
        (Usage(3000, 214, 0.004), "3,214 tokens, less than $0.01"),
        (Usage(3000, 214, 0.126), "3,214 tokens, about $0.13"),
    ],
)
def test_usage_is_said_in_words(usage: Usage, words: str) -> None:
    assert in_words(usage) == words

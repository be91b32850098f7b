"""What a model spends is counted with the work that it was spent on, and limited by a budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage

from interviewer.deadline import Deadline, run_within
from interviewer.errors import ModelBudgetError, ModelServerError
from interviewer.models import Usage, Waited
from interviewer.usage import Call, Meter, asking, in_words, open_call, require_allowance

PRICE = (1.0, 10.0)
ASKED = [HumanMessage("a" * 300), HumanMessage("b" * 101)]


def reply(read: int = 100, written: int = 20) -> AIMessage:
    spent = {"input_tokens": read, "output_tokens": written, "total_tokens": read + written}
    return AIMessage("Yes.", usage_metadata=spent)  # type: ignore[arg-type]


def call(message: AIMessage | None = None) -> Call:
    """Make a call from its beginning to its end."""
    made = open_call(ASKED, PRICE)
    made.hear(message or reply())
    made.end()
    return made


def test_what_is_spent_under_a_meter_is_counted_with_its_price() -> None:
    meter = Meter()
    meter.run(call)
    meter.run(lambda: call(reply(300, 0)))
    assert meter.usage == Usage(400, 20, pytest.approx(0.0006))
    assert meter.usage.total == 420


def test_what_a_server_does_not_tell_is_estimated_from_the_characters() -> None:
    meter = Meter()
    meter.run(lambda: call(AIMessage("x" * 41)))
    assert meter.usage == Usage(101, 11, pytest.approx(0.000211), estimated=True)


def test_the_shape_that_is_sent_along_and_the_arguments_of_a_tool_count_too() -> None:
    made = open_call([HumanMessage("a" * 8)], PRICE, besides="b" * 8)
    tool = {"name": "t", "args": {"word": "ready"}, "id": "1"}
    made.hear(AIMessage("", tool_calls=[tool]))
    made.end()
    assert made.usage == Usage(4, 5, pytest.approx(0.000054), estimated=True)


def _left(made: Call) -> None:
    """Leave a stream before its last piece, which would tell the cost."""
    made.hear(AIMessageChunk("x" * 40))


def _left_after_the_cost_of_the_request(made: Call) -> None:
    made.hear(AIMessageChunk("x" * 40, usage_metadata=reply(500, 1).usage_metadata))


def _ended(made: Call) -> None:
    made.hear(AIMessageChunk("x" * 40))
    made.hear(AIMessageChunk("", usage_metadata=reply(90, 9).usage_metadata))
    made.end()


def _lying(made: Call) -> None:
    made.hear(reply(-500, 0))
    made.end()


@pytest.mark.parametrize(
    ("course", "usage"),
    [
        (_left, Usage(101, 10, pytest.approx(0.000201), estimated=True)),
        (
            _left_after_the_cost_of_the_request,
            Usage(500, 10, pytest.approx(0.0006), estimated=True),
        ),
        (_ended, Usage(90, 9, pytest.approx(0.00018))),
        (_lying, Usage(101, 1, pytest.approx(0.000111), estimated=True)),
        (Call.cancel, Usage()),
    ],
    ids=["left", "left after a part was told", "ended", "less than nothing", "never read"],
)
def test_a_call_counts_what_is_known_of_it(course: Callable[[Call], None], usage: Usage) -> None:
    meter = Meter()
    made = meter.run(lambda: open_call(ASKED, PRICE))
    assert meter.usage == Usage(101, 0, pytest.approx(0.000101), estimated=True)
    course(made)
    assert meter.usage == usage


def test_a_part_that_is_estimated_makes_the_whole_an_estimate() -> None:
    assert (Usage(1, 1) + Usage(2, 2, estimated=True)) == Usage(3, 3, estimated=True)


def test_what_is_written_down_is_not_counted_again_however_late_a_call_ends() -> None:
    meter = Meter(allowance=200)
    late = meter.run(lambda: open_call(ASKED, PRICE))
    meter.settle()
    late.hear(reply())
    late.end()
    assert meter.usage == Usage()
    assert not meter.is_used_up
    meter.run(call)
    assert meter.usage == Usage(100, 20, pytest.approx(0.0003))
    assert meter.is_used_up


def test_what_is_spent_elsewhere_is_not_counted() -> None:
    meter, other = Meter(), Meter()
    call()
    other.run(call)
    assert meter.usage == Usage()


def test_a_thread_that_works_for_the_caller_counts_for_it() -> None:
    meter = Meter()
    meter.run(lambda: run_within(Deadline.after(5), call))
    assert meter.usage.total == 120


def test_threads_lose_no_count() -> None:
    meter = Meter()

    def _one() -> None:
        made = Call(0, PRICE)
        meter.open(made)
        made.tell(1, 1)
        made.end()

    with ThreadPoolExecutor(8) as pool:
        for _ in range(400):
            pool.submit(_one)
    assert meter.usage == Usage(400, 400, pytest.approx(0.0044))


def test_items_are_each_made_under_the_meter_and_the_caller_is_left_as_it_was() -> None:
    def items() -> Iterator[int]:
        for number in range(3):
            call()
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
    meter.run(call)
    assert meter.is_used_up is refused
    if refused:
        with pytest.raises(ModelBudgetError, match="INTERVIEWER_TOKEN_BUDGET"):
            meter.run(require_allowance)
    else:
        meter.run(require_allowance)


def _asked(error: Exception | None = None) -> None:
    with asking():
        if error:
            raise error


def test_a_server_that_has_failed_is_asked_no_more_under_the_same_meter() -> None:
    meter = Meter()
    with pytest.raises(ModelServerError):
        meter.run(lambda: _asked(ModelServerError("It is down.")))
    with pytest.raises(ModelServerError, match=r"It is down\."):
        meter.run(_asked)
    assert meter.waited == Waited(0.0, "It is down.")
    Meter().run(_asked)
    _asked()


def test_work_under_a_meter_is_held_to_its_deadline_and_to_none_of_another() -> None:
    now = [100.0]
    turn = Deadline.after(30.0, lambda: now[0])
    meter = Meter(deadline=turn)
    own = Deadline.after(15.0, lambda: now[0])
    assert meter.run(own.within_turn) is own
    now[0] = 120.0
    later = Deadline.after(15.0, lambda: now[0])
    assert meter.run(later.within_turn) is turn
    assert later.within_turn() is later
    assert meter.waited == Waited(20.0)


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        (Usage(), ""),
        (Usage(3000, 214), "3,214 tokens"),
        (Usage(3000, 214, 0.004), "3,214 tokens, less than $0.01"),
        (Usage(3000, 214, 0.126), "3,214 tokens, about $0.13"),
        (Usage(3000, 214, 0.126, estimated=True), "about 3,214 tokens, about $0.13"),
    ],
)
def test_usage_is_said_in_words(usage: Usage, words: str) -> None:
    assert in_words(usage) == words

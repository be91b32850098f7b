"""One retry loop: what may pass is tried again, as long as the deadline allows."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from interviewer.deadline import Deadline
from interviewer.retries import is_passing, retry_after_s, with_retries

NOW = 1_800_000_000.0


class Response:
    def __init__(self, headers: dict[str, str]) -> None:
        self.headers = headers


class ServerError(Exception):
    def __init__(self, status: int | None = None, code: str | None = None, wait: str = "") -> None:
        super().__init__("sk-secret")
        self.status_code = status
        self.code = code
        self.response = Response({"retry-after": wait} if wait else {})


@pytest.mark.parametrize(
    ("status", "code", "passing"),
    [
        (400, None, False),
        (402, None, False),
        (404, None, False),
        (408, None, True),
        (409, None, True),
        (429, "rate_limit_exceeded", True),
        (429, "insufficient_quota", False),
        (500, None, True),
        (501, None, False),
        (529, None, True),
        (None, None, False),
    ],
)
def test_what_may_pass(status: int | None, code: str | None, passing: bool) -> None:
    assert is_passing(ServerError(status, code)) is passing


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("", None),
        ("3", 3.0),
        ("0", 0.0),
        ("0.25", 0.25),
        ("-1", None),
        ("nan", None),
        ("inf", float("inf")),
        ("soon", None),
        (formatdate(NOW + 90, usegmt=True), 90.0),
        (formatdate(NOW - 90, usegmt=True), 0.0),
        ("Wed, 99 Foo 2026 99:99:99 GMT", None),
    ],
)
def test_a_server_names_its_wait_in_seconds_or_by_a_date(told: str, seconds: float | None) -> None:
    assert retry_after_s(ServerError(429, wait=told), now=lambda: NOW) == seconds


def test_three_tries_are_made_and_the_last_fault_is_raised() -> None:
    faults = [ServerError(503), ServerError(500), ServerError(502)]
    left, pauses = list(faults), []

    def _fail() -> None:
        raise left.pop(0)

    with pytest.raises(ServerError) as caught:
        with_retries(_fail, Deadline.after(60.0), sleep=pauses.append)
    assert caught.value is faults[-1]
    assert pauses == [0.5, 1.0]


class UnreachedError(ServerError):
    """No connection came about."""

    def __init__(self) -> None:
        super().__init__()
        self.is_retryable = True
        self.__cause__ = ConnectionRefusedError()


def test_where_nobody_listens_the_pauses_are_short() -> None:
    pauses: list[float] = []

    def _fail() -> None:
        raise UnreachedError

    with pytest.raises(UnreachedError):
        with_retries(_fail, Deadline.after(60.0), sleep=pauses.append)
    assert pauses == [0.2, 0.2]


class Clock:
    """A clock that moves only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize(
    ("waits", "ended_at"),
    [
        (["5"] * 5, 25.0),
        (["5", "", "5", "", "5"], 16.5),
        (["", "5", ""], 6.5),
        (["0.1"] * 9, 0.9),
    ],
    ids=["asked for each time", "asked for now and then", "last try but one", "nine short ones"],
)
def test_a_pause_that_the_server_asks_for_is_made_until_the_deadline(
    waits: list[str], ended_at: float
) -> None:
    clock, left = Clock(), list(waits)

    def _call() -> str:
        if left:
            raise ServerError(429, wait=left.pop(0))
        return "well"

    done = with_retries(_call, Deadline.after(30.0, clock), sleep=clock.sleep)
    assert (done, clock.now) == ("well", pytest.approx(ended_at))


@pytest.mark.parametrize(
    ("wait", "tries", "ended_at"),
    [("5", 6, 25.0), ("0.1", 10, 0.9), ("0", 3, 1.5), ("31", 1, 0.0), ("", 3, 1.5)],
    ids=["to the deadline", "ten tries", "no pause worth the name", "too long", "none named"],
)
def test_a_server_that_goes_on_asking_for_a_pause_is_given_up_on(
    wait: str, tries: int, ended_at: float
) -> None:
    clock, tried = Clock(), list[float]()

    def _fail() -> None:
        tried.append(clock.now)
        raise ServerError(429, wait=wait)

    with pytest.raises(ServerError):
        with_retries(_fail, Deadline.after(30.0, clock), sleep=clock.sleep)
    assert (len(tried), clock.now) == (tries, pytest.approx(ended_at))


def test_no_pause_is_begun_that_would_outlast_the_deadline() -> None:
    now, tries, pauses = [0.0], [], []
    deadline = Deadline.after(2.0, clock=lambda: now[0])

    def _fail() -> None:
        tries.append(now[0])
        raise ServerError(429, wait="1.5")

    def _sleep(seconds: float) -> None:
        pauses.append(seconds)
        now[0] += seconds

    with pytest.raises(ServerError):
        with_retries(_fail, deadline, sleep=_sleep)
    assert (tries, pauses) == ([0.0, 1.5], [1.5])

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

"""Asks a server again where its fault is a passing one: the one retry loop, within one deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TypeVar

from interviewer.deadline import Deadline
from interviewer.servers import held_to, is_unreached, refusal_in

_T = TypeVar("_T")

_TRIES = 3
_MOST_TRIES = 10
_FIRST_PAUSE_S = 0.5
# Where nobody listens, a pause mends little: whoever waits is to hear so soon.
_PAUSE_UNREACHED_S = 0.2
_SERVER_FAULT = 500
# Request timeout, conflict, too many requests: statuses below 500 that may pass.
_PASSING = frozenset({408, 409, 429})
_NOT_IMPLEMENTED = 501
# How servers say in a code that an account has no money left, which no wait mends.
_USED_UP = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_PAYMENT_REQUIRED = 402


def with_retries(
    call: Callable[[], _T],
    deadline: Deadline,
    *,
    passing: Callable[[Exception], bool] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> _T:
    """Call, and call again after a pause where the fault may pass and the time allows.

    Connections that a call makes with our client end with the deadline.
    The pause is what the server asks for, as often as it does so: ten tries at most. Where it names
    none, there are three tries, with pauses of 0.5 s and 1 s, and of 0.2 s where nobody listens at
    its address.

    Args:
        call: what to do.
        deadline: no pause is begun that would not end before it.
        passing: whether a fault may pass; `is_passing` by default.
        sleep: waits that many seconds.

    Raises:
        Exception: what `call` raised last.
    """
    may_pass = passing or is_passing
    unasked = 0
    for attempt in range(1, _MOST_TRIES + 1):
        try:
            with held_to(lambda: deadline.remaining_s):
                return call()
        except Exception as error:
            pause = retry_after_s(error)
            if not pause:  # the server names no pause, or none worth the name
                pause = _pause_s(error, unasked)
                unasked += 1
            last = attempt == _MOST_TRIES or unasked == _TRIES
            if last or not may_pass(error) or pause >= deadline.remaining_s:
                raise
            sleep(pause)
    raise AssertionError("unreachable: the last try returns or raises")


def _pause_s(error: Exception, earlier: int) -> float:
    """Choose a pause in seconds; each is twice the one before, where somebody is there."""
    return _PAUSE_UNREACHED_S if is_unreached(error) else float(_FIRST_PAUSE_S * 2**earlier)


def status_of(error: BaseException) -> int | None:
    """Give the HTTP status that an error came with, None where there was no reply."""
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) else None


def is_used_up(error: BaseException) -> bool:
    """Whether the account has no quota left; a rate limit passes, this does not."""
    return status_of(error) == _PAYMENT_REQUIRED or getattr(error, "code", None) in _USED_UP


def is_passing(error: BaseException) -> bool:
    """Whether the same request may succeed a little later."""
    if refusal_in(error) is not None or is_used_up(error):
        return False
    status = status_of(error)
    if status is None:
        return bool(getattr(error, "is_retryable", False))
    return status in _PASSING or (status >= _SERVER_FAULT and status != _NOT_IMPLEMENTED)


def retry_after_s(error: BaseException, now: Callable[[], float] = time.time) -> float | None:
    """Give the seconds that the server asked to wait, None where it did not say.

    Args:
        error: what a library raised.
        now: seconds since the epoch, for a server that names a date.
    """
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    told = headers.get("retry-after", "")
    try:
        seconds = float(told)
    except ValueError:
        return _until(told, now)
    return seconds if seconds >= 0 else None


def _until(date: str, now: Callable[[], float]) -> float | None:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - now())
    except (ValueError, OverflowError):
        return None

"""How a server is reached: which addresses, by what client, and what its faults may tell."""

from __future__ import annotations

import ipaddress
import socket
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from pydantic import AnyHttpUrl, TypeAdapter, ValidationError

from interviewer.errors import ConfigurationError, InterviewerError, ModelError

if TYPE_CHECKING:
    import httpx2

MAX_REPLY_BYTES = 32 * 1024 * 1024
"""The most that is read of one reply; 128 embeddings as text are about 9 MB."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_Trace = Callable[[str, dict[str, Any]], None]
_LIMIT = "interviewer.time_limit"
_LEAST_S = 0.001

_URL = TypeAdapter(AnyHttpUrl)
# What web clients raise where no connection came about; importing them here would take a second.
_NOT_CONNECTED = frozenset({"ConnectError", "ConnectTimeout"})
# Where clouds answer with a machine's credentials, besides the link-local addresses.
_METADATA_ADDRESSES = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "100.100.100.200",  # Alibaba Cloud
        "168.63.129.16",  # Azure
        "192.0.0.192",  # Oracle Cloud, classic
        "fd00:42::42",  # Scaleway
        "fd00:ec2::254",  # Amazon
        "fd20:ce::254",  # Google
    )
)
_METADATA_NAMES = frozenset(
    {
        "instance-data",
        "instance-data.ec2.internal",
        "metadata",
        "metadata.azure.internal",
        "metadata.goog",
        "metadata.google.internal",
        "metadata.tencentyun.com",
    }
)
# IPv6 networks that carry an IPv4 address in their last 32 bits.
_CARRIES_IPV4 = tuple(
    ipaddress.IPv6Network(text) for text in ("::/96", "::ffff:0:0/96", "64:ff9b::/96")
)


_LEFT_S: ContextVar[Callable[[], float] | None] = ContextVar("left_s", default=None)


class LibraryError(Exception):
    """What a library raised, by its kind and status alone: its own words may repeat a key."""


def checked_url(text: str, allowed_hosts: Iterable[str] = ()) -> str:
    """Give a base URL in its canonical spelling, without a slash at its end.

    Args:
        text: the URL as it was typed.
        allowed_hosts: hosts that are let through though they are link-local or a cloud's metadata.

    Raises:
        ValueError: it is no plain web address, or one that must not be asked.
    """
    try:
        url = _URL.validate_python(text.strip())
    except ValidationError:
        raise ValueError("a base URL starts with http:// or https:// and names a host") from None
    if url.username is not None or url.password is not None:
        raise ValueError("a base URL holds no name or password; set INTERVIEWER_API_KEY instead")
    if url.query is not None or url.fragment is not None:
        raise ValueError("a base URL holds no ? and no #")
    host = canonical_host(url.host or "")
    if _is_forbidden_host(host) and host not in set(map(canonical_host, allowed_hosts)):
        raise ValueError(_refusal(host))
    return str(url).rstrip("/")


def canonical_host(host: str) -> str:
    """Spell a host in the one way: decimal, octal and hexadecimal IPv4 become dotted."""
    host = host.strip().strip("[]")
    bare = f"[{host}]" if ":" in host else host
    try:
        parsed = _URL.validate_python(f"http://{bare}").host or ""
    except ValidationError:
        return host.casefold()
    return parsed.strip("[]").rstrip(".")


def web_client(timeout_s: float, allowed_hosts: Iterable[str] = ()) -> httpx2.Client:
    """Make a client that follows no redirect and connects to no link-local or metadata address.

    What a name stands for is looked at when the connection is made, and again at the other end
    of the connection, before the first byte of a request is sent. A reply that is larger than
    `MAX_REPLY_BYTES` or compressed, which nobody asked for, raises `ModelError`. A connection is
    broken off `timeout_s` after it was made, or when `held_to` says, however much still comes.

    Args:
        timeout_s: for connecting, between two bytes, and for all of a connection, in seconds, where
            `held_to` does not leave less.
        allowed_hosts: hosts that may resolve to such an address.
    """
    import httpx2

    # They print what a server sent in the place of a number, which may be the key.
    warnings.filterwarnings("ignore", "Pydantic serializer warnings", UserWarning)
    allowed = frozenset(map(canonical_host, allowed_hosts))

    def _watch(request: httpx2.Request) -> None:
        host = canonical_host(request.url.host)
        left_s = _left_s(timeout_s)
        limit = _TimeLimit(left_s)
        traces: list[_Trace] = [limit.trace]
        if host not in allowed:
            traces.append(_connection_guard(host))
        waits = {**request.extensions.get("timeout", {}), "connect": left_s()}
        told = {"trace": _joined(traces), "timeout": waits, _LIMIT: limit}
        request.extensions = {**request.extensions, **told}

    # Kept-alive connections would outlive the client, since nothing closes it.
    return httpx2.Client(
        follow_redirects=False,
        timeout=timeout_s,
        headers={"Accept-Encoding": "identity"},
        limits=httpx2.Limits(max_keepalive_connections=0),
        event_hooks={"request": [_watch], "response": [_measure]},
    )


@contextmanager
def held_to(left_s: Callable[[], float]) -> Iterator[None]:
    """Have what is asked of a server within end with a deadline, its connection with it.

    Args:
        left_s: gives the seconds that are left until then.
    """
    token = _LEFT_S.set(left_s)
    try:
        yield
    finally:
        _LEFT_S.reset(token)


def _left_s(timeout_s: float) -> Callable[[], float]:
    """Give what a connection may take from then on, in seconds, at the time that it is asked."""
    left_s = _LEFT_S.get()
    return lambda: timeout_s if left_s is None else max(_LEAST_S, min(timeout_s, left_s()))


def refusal_in(error: BaseException) -> ConfigurationError | None:
    """Find the refusal of an address that a library has wrapped into an error of its own."""
    return next((each for each in _chain(error) if isinstance(each, ConfigurationError)), None)


def is_unreached(error: BaseException) -> bool:
    """Whether no connection came about, so that no server has read anything."""
    return any(
        isinstance(each, ConnectionRefusedError) or type(each).__name__ in _NOT_CONNECTED
        for each in _chain(error)
    )


def wordless(error: BaseException) -> BaseException:
    """Give what may stand as the cause of our own error, in logs and tracebacks."""
    if isinstance(error, InterviewerError):
        return error
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    status = getattr(error, "status_code", None)
    told = f"{kind}, HTTP {status}" if isinstance(status, int) else kind
    return LibraryError(told).with_traceback(error.__traceback__)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _joined(traces: Sequence[_Trace]) -> _Trace:
    """Make one callback of several."""

    def _trace(step: str, told: dict[str, Any]) -> None:
        for trace in traces:
            trace(step, told)

    return _trace


class _TimeLimit:
    """Breaks a connection off after as many seconds as were left when it was made.

    A read timeout starts anew with every byte, so that a slow drip would hold a thread for ever.
    """

    def __init__(self, left_s: Callable[[], float]) -> None:
        self.is_over = False
        self._left_s = left_s
        self._sockets: list[socket.socket] = []
        self._timer: threading.Timer | None = None

    def trace(self, step: str, told: dict[str, Any]) -> None:
        """Take note of what the client tells of a connection."""
        if step.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._sockets.append(told["return_value"].get_extra_info("socket"))
            if self._timer is None:
                self._timer = threading.Timer(self._left_s(), self._break_off)
                self._timer.daemon = True
                self._timer.start()
        elif step.endswith(("response_closed.started", "start_tls.failed")) and self._timer:
            self._timer.cancel()

    def _break_off(self) -> None:
        self.is_over = True
        for each in self._sockets:
            with suppress(OSError):
                # Past the method of a TLS socket, which would wait for the other side.
                socket.socket.shutdown(each, socket.SHUT_RDWR)


def _measure(response: httpx2.Response) -> None:
    """Have a reply read no further than `MAX_REPLY_BYTES`, and not at all where it is compressed.

    A few compressed kilobytes may unpack to gigabytes.
    """
    if response.headers.get("content-encoding", "identity").casefold() != "identity":
        raise ModelError(
            f"{response.request.url.host} compresses its replies though it was asked not to. "
            "Check the base URL, and any proxy before the server."
        )
    response.stream = _measured(response.stream, response.request.extensions[_LIMIT])


def _measured(stream: Any, limit: _TimeLimit) -> httpx2.SyncByteStream:
    """Wrap the bytes of a reply: too many raise `ModelError`, an end at the limit a timeout."""
    import httpx2

    class _Measured(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            count = 0
            for piece in stream:
                count += len(piece)
                if count > MAX_REPLY_BYTES:
                    raise ModelError(
                        "The server sent more than a model's reply can be "
                        f"({MAX_REPLY_BYTES >> 20} MB). Check the base URL."
                    )
                yield piece
            if limit.is_over:
                raise httpx2.ReadTimeout("The connection was broken off.")

        def close(self) -> None:
            stream.close()

    return _Measured()


def _connection_guard(host: str) -> _Trace:
    """Make the callback that the client tells of each step of a connection."""

    def _trace(step: str, told: dict[str, Any]) -> None:
        if step.endswith("connect_tcp.started"):
            _refuse(host, _resolved(told["host"], told["port"]))
        elif step.endswith("connect_tcp.complete"):
            stream = told["return_value"]
            try:
                _refuse(host, [stream.get_extra_info("server_addr")[0]])
            except BaseException:
                stream.close()
                raise

    return _trace


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []  # the connection fails by itself and says so
    return [str(address[0]) for *_, address in found]


def _refuse(host: str, addresses: Iterable[str]) -> None:
    for text in addresses:
        if _is_forbidden(ipaddress.ip_address(text)):
            raise ConfigurationError(f"INTERVIEWER_BASE_URL: {_refusal(host, text)}.")


def _refusal(host: str, address: str = "") -> str:
    where = f"{host} is {address}, which is" if address and address != host else f"{host} is"
    return (
        f"{where} a link-local or cloud metadata address, where no model answers; if yours "
        f"does, set INTERVIEWER_ALLOW_HOSTS={host}"
    )


def _is_forbidden_host(host: str) -> bool:
    if host in _METADATA_NAMES:
        return True
    try:
        return _is_forbidden(ipaddress.ip_address(host))
    except ValueError:
        return False


def _is_forbidden(address: _Address) -> bool:
    return any(
        each.is_link_local or each in _METADATA_ADDRESSES for each in (address, *_carried(address))
    )


def _carried(address: _Address) -> Iterator[ipaddress.IPv4Address]:
    """Give the IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return
    if any(address in network for network in _CARRIES_IPV4):
        yield ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo

"""Counts what reaches outside: connections, look-ups of names, programs started."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

_OUTWARD = frozenset(
    {
        *("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"),
        *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.startfile"),
        *("webbrowser.open", "urllib.Request", "smtplib.connect", "ftplib.connect"),
    }
)
_LIVE = frozenset({"link_open", "image", "html_inline", "html_block"})
_BARE_ADDRESS = re.compile(r"\bhttps?://\w|\bwww\.\w", re.IGNORECASE)
_watched: list[list[str]] = []


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if _watched and event in _OUTWARD:
        for seen in _watched:
            seen.append(f"{event} {arguments!r}"[:200])


_installed: list[bool] = []


@contextmanager
def outward() -> Iterator[list[str]]:
    """Give a list that fills with what reaches outside of this process, in any thread."""
    if not _installed:
        sys.addaudithook(_listen)  # a hook cannot be taken away again
        _installed.append(True)
    seen: list[str] = []
    _watched.append(seen)
    try:
        yield seen
    finally:
        _watched.remove(seen)


def live_marks(markdown: str) -> list[str]:
    """List what a page would load or link of Markdown that it is given to draw."""
    return [token.type for token in _walk(_parser().parse(markdown)) if _is_live(token)]


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _is_live(token: Token) -> bool:
    bare = token.type == "text" and _BARE_ADDRESS.search(token.content) is not None
    return bare or token.type in _LIVE


def _walk(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _walk(token.children or [])

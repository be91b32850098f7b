"""Clean what a source says: question and heading texts, and the Markdown of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from interviewer.knowledge.importers.model import SourceLine
from interviewer.knowledge.importers.wording import (
    answer_label_end,
    is_answer_heading,
    is_back_to_top,
    is_placeholder,
    strip_label,
    strip_number,
)
from interviewer.text import strip_invisible

_LONGEST_TEXT = 4000
_MOST_MARKS = 300
_REMEMBERED = 4096
_LONGEST_PLACEHOLDER = 4
SUMMARY_MARK = "\ue000"
END_MARK = "\ue001"
EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2300-\u23ff\ufe0f\u200d\u20e3\u2190-\u2195"
    "\u21a5\u21e7\u25a0-\u25ff\U000e0020-\U000e007f]"
)
EDGE_EMOJI = re.compile(rf"^(?:{EMOJI.pattern}|\s)+(?=\S)|(?:{EMOJI.pattern}|\s)+$")
_SHORTCODE = re.compile(r"(?<!\w):[a-z0-9_+\-]{2,40}:(?!\w)")
_IMAGE = re.compile(
    r"!\[([^\[\]]*)\](?:\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+[^()]*)?\)|"
    r"\[[^\[\]]*\])"
)
_LINK = re.compile(
    r"(?<!!)\[((?:[^\[\]]|\[[^\[\]]*\])*)\](?:\(([^()]*(?:\([^()]*\)[^()]*)*)\)|\[[^\[\]]*\])"
)
_SOURCE_LINK_TEXT = re.compile(
    r"\[?\W*(?:src|source|sources|ref|reference|answer|solution|link|video|article|blog|"
    r"read more|"
    r"back to top|top|\d+|src\d+|)\W*\]?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*")
_IMAGE_TEXT = re.compile(r"\[image(?:: [^\[\]]*)?\]")
_POINTING_WORDS = frozenset(
    [
        "see",
        "refer",
        "check",
        "read",
        "here",
        "link",
        "links",
        "answer",
        "answers",
        "source",
        "sources",
        "more",
        "also",
        "this",
        "the",
        "article",
        "video",
        "blog",
        "post",
        "at",
        "to",
        "for",
        "on",
        "in",
        "details",
        "follow",
        "out",
        "please",
        "ref",
        "reference",
        "solution",
        "image",
        "and",
        "a",
        "an",
        "explanation",
        "good",
        "great",
        "nice",
        "full",
    ]
)
_EMPTY_BRACKETS = re.compile(r"\[\s*\]|\(\s*\)")
_TASK_BOX = re.compile(r"^\[[ xX]\]\s*")
_ATTRIBUTES = re.compile(r"\s*\{[:#.][^{}]*\}\s*$")
_LEVEL_TAG = re.compile(
    r"\[\s*[emh]\s*\]|[\[(]\s*(?:level\s*:?\s*|difficulty\s*:?\s*)?(?:easy|medium|hard|"
    r"beginner|intermediate|advanced|"
    r"basic|expert|junior|senior|mid)\s*[\])]",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"[\s:#¶\-–—|]+$")
_STRAY = re.compile(r"(?<=\?)\s*[A-Za-z]$")
_UNSAFE_LINK = re.compile(
    r"\[([^\[\]]*)\]\(\s*<?(?:javascript|data|vbscript|"
    r"file):[^()]*(?:\([^()]*\))?[^()]*\)",
    re.IGNORECASE,
)
_FENCE = re.compile(r"\s*(?:[-*+]\s+)?(```+|~~~+)")
_RULE = re.compile(r"\s{0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,}|={3,})\s*")
_REFERENCE = re.compile(r"\s{0,3}\[[^\[\]]+\]:\s+\S+")


@cache
def _inline_parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "maxNesting": 40}).enable("strikethrough")


@lru_cache(maxsize=_REMEMBERED)
def plain_text(markdown: str) -> str:
    """Give inline Markdown as a reader sees it; code spans keep their backticks.

    A text too long or too full of marks to be a sentence stays as it is.
    """
    return " ".join(inline_text(markdown[:_LONGEST_TEXT]).split())


def inline_text(markdown: str) -> str:
    """Give inline Markdown without its marks; hard line breaks stay."""
    if any(markdown.count(mark) > _MOST_MARKS for mark in "[<*_`&!~\\:"):
        return markdown
    children = _inline_parser().parseInline(markdown)[0].children or []
    return "".join(map(_token_text, children))


def _token_text(token: Token) -> str:
    if token.type == "code_inline":
        return f"`{token.content}`"
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type == "image":
        return ""
    return token.content


def strip_emoji(text: str) -> str:
    """Take emoji, pictographs and their short codes out of a text."""
    return _SHORTCODE.sub("", EMOJI.sub("", text))


@lru_cache(maxsize=_REMEMBERED)
def clean_heading(raw: str) -> str:
    """Give a section heading without links, emoji, anchors, numbers and a closing colon."""
    text = _TRAILING.sub("", _visible(raw[:_LONGEST_TEXT]))
    return strip_number(text)[0].strip(" :*_") or text.strip(" :*_")


@lru_cache(maxsize=_REMEMBERED)
def clean_question(raw: str) -> str:
    """Give a question's text without its label, number, level marks, links and anchors."""
    text = _visible(_TASK_BOX.sub("", raw[:_LONGEST_TEXT].replace(SUMMARY_MARK, "").strip()))
    text = _LEVEL_TAG.sub(" ", text)
    for _ in range(2):
        text = strip_label(strip_number(text)[0])[0]
    text = _STRAY.sub("", _TRAILING.sub("", " ".join(text.split())))
    return _balanced(text)


def _visible(raw: str) -> str:
    without_links = _EMPTY_BRACKETS.sub(" ", _LINK.sub(_link_text, _IMAGE.sub(" ", raw)))
    text = plain_text(_ATTRIBUTES.sub("", without_links))
    return " ".join(strip_invisible(strip_emoji(text)).split()).strip()


def _link_text(link: re.Match[str]) -> str:
    return " " if _SOURCE_LINK_TEXT.fullmatch(link[1]) else link[1]


def _balanced(text: str) -> str:
    """Take off quotation marks or emphasis marks that wrap the whole text."""
    stripped = text.strip()
    for mark in ("**", "__", '"'):
        if len(stripped) > 4 and stripped.startswith(mark) and stripped.endswith(mark):
            inner = stripped[len(mark) : -len(mark)]
            stripped = stripped if mark in inner else inner.strip()
    return stripped


def clean_answer(lines: Sequence[SourceLine]) -> list[SourceLine]:
    """Make an answer's lines fit to keep: whole and verbatim, less what only a page needs.

    Images become their alternative text, links that could run code become their text, and
    back-to-top links, rules at the edges and a leading "Answer:" go. What is left is empty where
    the source only has a placeholder.
    """
    cleaned = _trimmed(_without_label(_trimmed(_without_page_marks(lines))))
    text = " ".join(line.text for line in cleaned[:_LONGEST_PLACEHOLDER])
    if len(cleaned) >= _LONGEST_PLACEHOLDER or "$" in text:
        return cleaned
    return [] if is_placeholder(plain_text(strip_emoji(text))) else cleaned


def only_links(lines: Sequence[SourceLine]) -> list[str]:
    """Give the addresses that an answer consists of, none where it says anything itself."""
    text = "\n".join(line.text for line in lines[:_LONGEST_PLACEHOLDER])
    addresses = _ADDRESS.findall(text)
    said = _ADDRESS.sub(" ", _LINK.sub(" ", _IMAGE_TEXT.sub(" ", text)))
    words = re.findall(r"[^\W_]+", said.casefold())
    if len(lines) >= _LONGEST_PLACEHOLDER or not set(words) <= _POINTING_WORDS:
        return []
    return addresses or ([""] if text.strip() else [])


def _without_page_marks(lines: Iterable[SourceLine]) -> list[SourceLine]:
    kept: list[SourceLine] = []
    fence = ""
    for line in lines:
        mark = _FENCE.match(line.text)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence:
            line = SourceLine(line.number, _clean_line(line.text))
            repeated = not line.text.strip() and (not kept or not kept[-1].text.strip())
            if repeated or _REFERENCE.fullmatch(line.text):
                continue
        kept.append(line)
    return kept


def _clean_line(text: str) -> str:
    stripped = text.replace(END_MARK, "").strip()
    if SUMMARY_MARK in stripped:
        label = plain_text(stripped.replace(SUMMARY_MARK, "")).strip(" :")
        return "" if is_answer_heading(label) else f"**{label}**"
    if len(stripped) < 200 and is_back_to_top(plain_text(stripped), linked="](#" in stripped):
        return ""
    return _UNSAFE_LINK.sub(r"\1", _IMAGE.sub(_image_text, text.replace(END_MARK, ""))).rstrip("\r")


def _image_text(image: re.Match[str]) -> str:
    alternative = " ".join(image[1].split())
    return f"[image: {alternative}]" if alternative else "[image]"


def _trimmed(lines: list[SourceLine]) -> list[SourceLine]:
    start, end = 0, len(lines)
    while start < end and _is_edge(lines[start].text):
        start += 1
    while end > start and _is_edge(lines[end - 1].text):
        end -= 1
    return lines[start:end]


def _is_edge(text: str) -> bool:
    return not text.strip() or bool(_RULE.fullmatch(text))


def _without_label(lines: list[SourceLine]) -> list[SourceLine]:
    if not lines:
        return lines
    first = lines[0].text
    bare = first.lstrip(" #")
    marker = re.match(r"(?:[-*+>]\s+)?", bare)
    offset = marker.end() if marker else 0
    if is_answer_heading(plain_text(bare[offset:]).strip(": ")):
        return lines[1:]
    label = answer_label_end(bare[offset:])
    if not label:
        return lines
    rest = bare[offset + label :]
    alone = first.startswith("#") or not rest.strip() or len(lines) == 1
    kept = rest if alone else bare[:offset] + rest
    return [SourceLine(lines[0].number, kept.strip()), *lines[1:]]

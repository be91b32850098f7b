"""Tell what a rendered line was before its marks were lost: code, an item, a row or prose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from interviewer.knowledge.importers.model import SourceLine


class Look(StrEnum):
    """What a line looks like, by itself and by its neighbours."""

    BLANK = "blank"
    ITEM = "item"
    CODE = "code"
    ROW = "row"
    PROSE = "prose"


ITEM_MARK = re.compile(r"(\s*)(?:[•◦▪‣∙●○*+–-]|\d{1,3}[.)]|[a-z][.)])\s+(?=\S)")
_STRONG_CODE = re.compile(
    r"(?:from\s+[\w.]+\s+import\s.+|import\s+[\w.]+(?:\s+as\s+\w+)?(?:\s*,.*)?|@[\w.]+(?:\(.*\))?"
    r"|(?:async\s+)?def\s+\w+\s*\(.*|class\s+\w+\s*(?:\(.*\))?\s*:.*|(?:for|"
    r"async for)\s+.+\s+in\s+.+:.*"
    r"|(?:if|elif|while|with|except|async with)\b.*:\s*(?:#.*)?|(?:else|try|finally)\s*:|"
    r"return\b.*|raise\s+\w.*|print\s*\(.*"
    r"|[\]})]+[,;:.]?(?:\s*[\])}]+)*|[{}\[\]()]+|(?:public|private|protected|static|const|let|"
    r"var|function|fn|func)\s+\w+.*[{;(=].*"
    r"|#(?:include|define)\b.*|(?:SELECT|INSERT INTO|CREATE TABLE|UPDATE|DELETE FROM|"
    r"WITH)\s.*|(?:FROM|WHERE|GROUP BY|ORDER BY|HAVING|LIMIT|INNER JOIN|LEFT JOIN|JOIN)\s.*"
    r"|\$\s\S.*|(?:git|pip3?|conda|docker|kubectl|python3?|npm|curl|cd|sudo|apt|"
    r"brew)\s+[\w./-].*|>>>\s.*|\.\.\.\s.*)"
)
_COMMENT = re.compile(r"(?:#\s?(?![\d.]+\s)\S.*|//\s?\S.*|/\*.*|\*/|--\s\S.*)")
_TRAILING_COMMENT = re.compile(r"\S.*\s{2,}(?:#|//)\s*\S.*")
_COMMENTED = re.compile(r"(?<=\S)\s+(?:#|//)\s.*$")
_ASSIGNMENT = re.compile(
    r"[\w.∂∇θλμσ̂ŷ'\"\[\]():,|"
    r"*]+(?:\s*,\s*[\w.\[\]]+)*\s*(?::\s*\w[\w\[\], ]*)?(?:=|\+=|-=|\*=|"
    r"/=|:=|<-)\s+\S.*"
)
_CALL = re.compile(r"[\w.]+(?:\[[^\]]*\])*(?:\.[\w]+)*\(.*\)(?:[.\[(].*)?;?")
_INDEXING = re.compile(r"\w+\[[^\]]+\].*|\w+\s@\s\w+.*")
_ARROW = re.compile(r"[→↓↑←⟶➜]|\s->\s|=>")
_FORMULA = re.compile(r"[A-Za-zα-ωΑ-Ω][\w·\s()|,∂∇θ/₀-₉ᵢⱼ']{0,40}\s*[=≈≤≥∝]\s*\S.*")
_MATH_SIGN = re.compile(r"[·∑Σ∇∂√²³ᵀᵢ₀-₉∥‖^]|\s[+*/×−-]\s|\||\w\(")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)]*$")
_PROSE_WORDS = re.compile(
    r"\b(?:the|is|are|of|that|which|and|this|we|you|it|can|in)\b", re.IGNORECASE
)
_WRAP_WIDTH = 45
_INDENTED = re.compile(r"\s{2,}\S")


def indentation(text: str) -> int:
    """Give the width of a line's leading white space."""
    expanded = text.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())


def is_item(text: str) -> bool:
    """Tell whether a line begins a list item."""
    return bool(ITEM_MARK.match(text))


def is_code(text: str) -> bool:
    """Tell whether a line is code, a formula or a diagram, by itself."""
    stripped = text.strip()
    if not stripped or is_bullet(text):
        return False
    if (
        _STRONG_CODE.fullmatch(stripped)
        or _COMMENT.fullmatch(stripped)
        or _TRAILING_COMMENT.fullmatch(stripped)
    ):
        return not _reads_as_prose(stripped)
    stripped = _COMMENTED.sub("", stripped)
    if (
        _ASSIGNMENT.fullmatch(stripped)
        or _CALL.fullmatch(stripped)
        or _INDEXING.fullmatch(stripped)
    ):
        return not _reads_as_prose(stripped)
    return is_diagram(stripped)


def is_diagram(stripped: str) -> bool:
    """Tell whether a line is a formula of its own or a drawing with arrows."""
    if _SENTENCE_END.search(stripped) or stripped.endswith(":"):
        return False
    words = len(re.findall(r"[A-Za-z]{2,}", stripped))
    if _ARROW.search(stripped):
        return words <= 16
    formula = (
        _FORMULA.fullmatch(stripped) and words <= 10 and len(_PROSE_WORDS.findall(stripped)) == 0
    )
    return bool(formula and _MATH_SIGN.search(stripped))


def is_bullet(text: str) -> bool:
    """Tell whether a line begins an item with a bullet or an indented number."""
    mark = ITEM_MARK.match(text)
    if mark is None:
        return False
    sign = text.strip()[0]
    return (
        sign in "•◦▪‣∙●○"
        or bool(re.match(r"\s*\d{1,3}[.)]\s", text))
        or (sign in "*+–-" and not mark[1].startswith("   "))
    )


def _reads_as_prose(stripped: str) -> bool:
    ended = stripped.endswith((".", "!", "?")) and not stripped.startswith(("#", "//", "--", "..."))
    words = re.findall(r"(?<![\w.])[A-Za-z]{2,}(?![\w(.])", stripped)
    return ended and (len(_PROSE_WORDS.findall(stripped)) >= 2 or len(words) >= 6)


def looks(lines: Sequence[SourceLine]) -> list[Look]:
    """Tell for each line of an answer what it looks like, its neighbours considered."""
    found = [_alone(line.text) for line in lines]
    _spread_code(lines, found)
    _find_rows(lines, found)
    return found


def _alone(text: str) -> Look:
    if not text.strip():
        return Look.BLANK
    if is_bullet(text):
        return Look.ITEM
    return Look.CODE if is_code(text) else Look.PROSE


def _spread_code(lines: Sequence[SourceLine], found: list[Look]) -> None:
    """Take what only makes sense within code for code: indented lines, and lines between them."""
    for index, line in enumerate(lines):
        if not _INDENTED.match(line.text) or found[index] not in (Look.PROSE, Look.CODE):
            continue
        if found[index] is Look.CODE or not _continues_item(lines, found, index):
            found[index] = Look.CODE
            above = index - 1
            if (
                above >= 0
                and found[above] is Look.PROSE
                and not lines[above].text.rstrip().endswith((".", ":"))
            ):
                found[above] = Look.CODE
    for index in range(1, len(found) - 1):
        between = found[index - 1] is Look.CODE and found[index + 1] is Look.CODE
        if (
            found[index] in (Look.PROSE, Look.ITEM)
            and between
            and not _stands_out(lines[index].text)
        ):
            found[index] = Look.CODE


def _continues_item(lines: Sequence[SourceLine], found: list[Look], index: int) -> bool:
    for above in range(index - 1, -1, -1):
        if found[above] is Look.ITEM:
            return indentation(lines[index].text) > indentation(lines[above].text) and not is_code(
                lines[index].text
            )
        if found[above] is not Look.BLANK:
            return found[above] is Look.PROSE and _INDENTED.match(lines[above].text) is not None
    return False


def _stands_out(text: str) -> bool:
    """Tell whether a line among code is a sentence or a title rather than code."""
    stripped = text.strip()
    return stripped[:1].isupper() and (
        len(stripped.split()) > 2 or bool(_SENTENCE_END.search(stripped))
    )


def _find_rows(lines: Sequence[SourceLine], found: list[Look]) -> None:
    """Take runs of two or more short lines without a sentence's end for the rows of a table."""
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and found[end] is Look.PROSE and _may_be_row(lines[end].text):
            end += 1
        goes_on = end < len(lines) and found[end] is Look.PROSE
        if end - start >= 2 and not _is_wrapped(
            [line.text for line in lines[start : end + goes_on]]
        ):
            found[start:end] = [Look.ROW] * (end - start)
        start = max(end, start + 1)


def _may_be_row(text: str) -> bool:
    return (
        not _SENTENCE_END.search(text.strip())
        and not text.rstrip().endswith(":")
        and len(text) < 240
    )


def _is_wrapped(texts: list[str]) -> bool:
    """Tell whether lines are one paragraph, wrapped: a long line goes on in lower case."""
    return any(len(above) > _WRAP_WIDTH and below[:1].islower() for above, below in pairwise(texts))

"""Finds formulas whose delimiters or braces do not close."""

from __future__ import annotations

import re
from dataclasses import dataclass

from interviewer.knowledge.markdown import block_nodes, clean_source, node_lines

_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_MARK = re.compile(r"\\[()]|\\.|\$\$|[${}]", re.DOTALL)
_CLOSERS = {"$": "$", "$$": "$$", r"\(": r"\)"}


@dataclass(frozen=True, slots=True)
class FormulaFault:
    """What does not close; `line` counts from 0 within the text."""

    line: int
    message: str


def formula_faults(text: str) -> list[FormulaFault]:
    r"""Check `$…$`, `$$…$$` and `\(…\)` in every paragraph, and the braces inside them.

    Code is left out, and a dollar sign is written as `\$`.
    """
    paragraphs = re.finditer(r"(?:[^\n]*\S[^\n]*(?:\n|$))+", _without_code(clean_source(text)))
    faults = []
    for paragraph in paragraphs:
        found = _paragraph_fault(paragraph.group())
        if found:
            offset, message = found
            faults.append(FormulaFault(text.count("\n", 0, paragraph.start() + offset), message))
    return faults


def _without_code(text: str) -> str:
    """Blank out fences and code spans, keeping every character's place."""
    lines = text.split("\n")
    for block in block_nodes(text):
        for node in block.walk():
            if node.type in ("fence", "code_block"):
                start, end = node_lines(node)
                lines[start:end] = [" " * len(line) for line in lines[start:end]]
    return _CODE_SPAN.sub(lambda span: re.sub(r"[^\n]", "x", span.group()), "\n".join(lines))


def _paragraph_fault(text: str) -> tuple[int, str] | None:
    """Find the first fault of a paragraph, with the offset of the mark that it is about."""
    opened: tuple[str, int] | None = None
    braces: list[int] = []
    for match in _MARK.finditer(text):
        mark, offset = match.group(), match.start()
        if opened is None:
            if mark == r"\)":
                return offset, r"A formula is closed with \) that no \( opened."
            opened, braces = (mark, offset) if mark in _CLOSERS else None, []
        elif mark == _CLOSERS[opened[0]]:
            if braces:
                return braces[-1], "A brace { in a formula is never closed."
            opened = None
        elif mark == "{":
            braces.append(offset)
        elif mark == "}" and not braces:
            return offset, "A brace } in a formula closes nothing."
        elif mark == "}":
            braces.pop()
    if opened is None:
        return None
    closer = _CLOSERS[opened[0]]
    advice = r" Write \$ for a dollar sign." if opened[0] == "$" else ""
    return opened[1], f"A formula opened with {opened[0]} is not closed with {closer}.{advice}"

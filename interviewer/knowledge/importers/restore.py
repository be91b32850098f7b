"""Put back the marks that rendering lost: fences, list marks, line ends of table rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from interviewer.knowledge.importers.model import SourceLine
from interviewer.knowledge.importers.rendered_lines import ITEM_MARK, Look, indentation, looks

_PYTHON = re.compile(
    r"^(?:from\s+[\w.]+\s+import\s|import\s+\w|\s*(?:async\s+)?def\s+\w+\(|\s*class\s+\w+.*:|"
    r"@\w|print\(|for\s.+:$|.*\bself\.)",
    re.MULTILINE,
)
_IMPORT = re.compile(r"(?:from\s+[\w.]+\s+import|import)\s")
_ARROW = re.compile(r"[→↓↑←⟶➜]")
_COLUMNS = re.compile(r"\t+|\s{2,}|\s+\|\s+")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def restore(lines: Sequence[SourceLine]) -> list[SourceLine]:
    """Write rendered lines as Markdown; every word, and the white space of code, stays."""
    restored: list[SourceLine] = []
    for look, part in _parts(lines):
        if look is not Look.BLANK and restored and restored[-1].text.strip():
            restored.append(SourceLine(part[0].number, ""))
        restored.extend(_WRITERS[look](part))
    return restored


def _parts(lines: Sequence[SourceLine]) -> Iterator[tuple[Look, list[SourceLine]]]:
    """Cut lines into runs of one look; blank lines between lines of code belong to the code."""
    found = _bridged(looks(lines))
    start = 0
    while start < len(lines):
        end = start + 1
        while (
            end < len(lines)
            and found[end] is found[start]
            and not _new_code(lines, start, end, found[start])
        ):
            end += 1
        yield found[start], list(lines[start:end])
        start = end


def _bridged(found: list[Look]) -> list[Look]:
    """Take blank lines between two lines of code for code."""
    below = Look.BLANK
    bridged = list(found)
    for index in range(len(found) - 1, -1, -1):
        below = found[index] if found[index] is not Look.BLANK else below
        bridged[index] = below
    above = Look.BLANK
    for index, look in enumerate(found):
        above = look if look is not Look.BLANK else above
        joins = above is Look.CODE and bridged[index] is Look.CODE
        bridged[index] = Look.CODE if joins else look
    return bridged


def _new_code(lines: Sequence[SourceLine], start: int, at: int, look: Look) -> bool:
    """Tell whether other code starts here: a program after a drawing, or one with imports."""
    text = lines[at].text
    if look is not Look.CODE or not text.strip() or indentation(text):
        return False
    drawn = any(_ARROW.search(line.text) for line in lines[start:at])
    if drawn and not _ARROW.search(text):
        return True
    formulas_only = not _PYTHON.search("\n".join(line.text for line in lines[start:at]))
    return bool(_IMPORT.match(text)) and formulas_only and not lines[start].text.startswith("#")


def _code(lines: list[SourceLine]) -> list[SourceLine]:
    while lines and not lines[-1].text.strip():
        lines = lines[:-1]
    text = "\n".join(line.text for line in lines)
    fence = "`" * max(3, max((len(run) + 1 for run in re.findall("`{3,}", text)), default=0))
    language = "python" if _PYTHON.search(text) else ""
    return [
        SourceLine(lines[0].number, fence + language),
        *lines,
        SourceLine(lines[-1].number, fence),
    ]


def _items(lines: list[SourceLine]) -> list[SourceLine]:
    widths = sorted({indentation(line.text) for line in lines})
    written: list[SourceLine] = []
    for line in lines:
        depth = widths.index(indentation(line.text))
        mark = ITEM_MARK.match(line.text)
        sign = line.text.strip().split()[0]
        bullet = sign if sign[0].isdigit() else "-"
        rest = line.text[mark.end() :] if mark else line.text.strip()
        written.append(SourceLine(line.number, f"{'   ' * depth}{bullet} {_escaped(rest)}"))
    return written


def _rows(lines: list[SourceLine]) -> list[SourceLine]:
    """Rebuild a table where its columns can be told apart, else keep each row on its line."""
    cells = [_COLUMNS.split(line.text.strip()) for line in lines]
    width = len(cells[0])
    if width < 2 or any(len(row) != width for row in cells):
        return [SourceLine(line.number, f"{_escaped(line.text.strip())}  ") for line in lines]
    table = [
        SourceLine(line.number, "| " + " | ".join(_escaped(cell) for cell in row) + " |")
        for line, row in zip(lines, cells, strict=True)
    ]
    rule = SourceLine(lines[0].number, "|" + "---|" * width)
    return [table[0], rule, *table[1:]]


def _prose(lines: list[SourceLine]) -> list[SourceLine]:
    return [SourceLine(line.number, _escaped(line.text.strip())) for line in lines]


def _blank(lines: list[SourceLine]) -> list[SourceLine]:
    return [SourceLine(lines[0].number, "")]


def _escaped(text: str) -> str:
    return _TAG.sub(r"\\<", text)


_WRITERS = {
    Look.CODE: _code,
    Look.ITEM: _items,
    Look.ROW: _rows,
    Look.PROSE: _prose,
    Look.BLANK: _blank,
}

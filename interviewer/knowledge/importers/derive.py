"""Derive key points from an answer: its own sentences, bullets, table rows and code.

There is no model here. Every point is a piece of the answer, so that a verdict on it can cite
the answer; which pieces matter is judged by their form (a definition first, then contrasts and
causes, then detail; examples, lead-ins and remarks to the reader never).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from interviewer.knowledge.importers.clean import EDGE_EMOJI, inline_text
from interviewer.models import KeyPoint
from interviewer.text import sentence_spans

_MOST_POINTS = 8
_DEEPEST = 20
_FEWEST_WORDS = 3
_FEWEST_COMMENT_WORDS = 2
_FEWEST_CLAUSE_WORDS = 3
_FEWEST_LEAD_IN_WORDS = 7
_FEWEST_ROWS = 3
_LONGEST_LABEL = 5
_MOST_STATEMENTS = 4
_LONGEST_POINT = 320
_LONGEST_ANSWER = 200_000
_LONG_SENTENCE_WORDS = 40
_FEW_UNITS = 2
_ENOUGH_PROSE = 3
_CENTRAL_SCORE = 1.0

_DEFINITION = re.compile(
    r"\b(?:is|are|was|were) (?:a|an|the|when|where|one|used|defined|called|known)\b|"
    r"\b(?:refers? to|means|is short for|"
    r"stands? for|consists? of|defined as|describes?|measures?|denotes?)\b|"
    r"^\W*[\w \-/()]{2,40} (?:is|are|=|:)\s",
    re.IGNORECASE,
)
_CENTRAL = re.compile(
    r"\b(?:because|therefore|thus|whereas|while|unlike|instead|however|but|so that|"
    r"in contrast|difference|main|key|"
    r"important|essential|goal|purpose|prevents?|reduces?|increases?|minimi[sz]es?|"
    r"maximi[sz]es?|avoids?|allows?|"
    r"requires?|depends?|only|always|never|trade-?off|assum\w+|advantage\w*|disadvantage\w*|"
    r"when|if)\b",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"(?:for (?:example|instance)|e\.?g\.?\b|example\b(?!-)|an example|as an example|say, |"
    r"say (?:we|you|i|there)\b|imagine|suppose|let'?s|let us|"
    r"some (?:of its |common |other )?examples?\b|"
    r"see (?:also|explanation|below|above|the|this|here|more|\[)|"
    r"sources?\b|references?\s*(?::|\Z)|read more|further reading|check out|"
    r"here(?:'s| is| are)\b|as follows|the following|below (?:is|are)|"
    r"interview tip|tip\b|note:|disclaimer|image:?\b|figure\b|fig\.|the rest of the answer|"
    r"good luck|hope this|i think\b|i (?:would|will) (?:now |also |first |briefly )?"
    r"(?:explain|illustrate|discuss|go through|talk about|like to)\b|"
    r"more (?:info|details)|link\b|credit|courtesy|output\b)",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"\b(?:following|as follows|below|are|is|includes?|including|such as|examples?|steps?|"
    r"ways|methods|types|"
    r"reasons|formula|equation|code)\s*:$",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"(?:interview tip|pro tip|tip|note|fun fact|bonus|hint|disclaimer|source|"
    r"reference)s?\s*:",
    re.IGNORECASE,
)
_ANAPHOR = re.compile(
    r"(?:this|these|that|those|it|they|such|here|there|and|so|also|but)\b", re.IGNORECASE
)
_IMAGE = re.compile(r"\[image(?:: [^\[\]]*)?\]")
_URL = re.compile(r"<?https?://\S+>?")
_CLAUSE = re.compile(
    r"(?:;\s+|,\s+(?=(?:while|whereas|but|because|since|so|which|therefore|thus|although|then|"
    r"leaving|causing|making|"
    r"giving|allowing|resulting|producing|creating|reducing|increasing|letting|forming|"
    r"turning|meaning)\b)"
    r"|,\s+(?=and (?:it|they|the|this|that|he|she|we|then|so|a|an|its|their)\b)|"
    r"\s+(?=because\b|whereas\b))"
)
_JOINT = re.compile(r"(?:and|so that|so|but|then|therefore|thus|while|whereas)\s+", re.IGNORECASE)
_RELATIVE = re.compile(r"which\b", re.IGNORECASE)
_CAUSE = re.compile(r"(?:because|since|although)\s+(?:of\s+)?", re.IGNORECASE)
_COMMENT = re.compile(r"(?:^|\s)(?:#|//|--)\s*(\S.*)$")
_SIGNATURE = re.compile(r"\s*(?:async\s+)?(?:def|class|function|func|fn)\s+\w+.*")
_HARD_BREAK = re.compile(r"(?:(?<! ) {2,}|\\)\n")
_IMPORT = re.compile(r"\s*(?:import|from|using|#include|package|require)\b")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A piece of an answer that may become a key point."""

    text: str
    kind: str
    remark: bool = False

    @property
    def words(self) -> int:
        return len(re.findall(r"\w+", self.text))


def derive_key_points(answer_markdown: str) -> tuple[KeyPoint, ...]:
    """Derive one to eight weighted key points from an answer, none where it says nothing.

    The heaviest (3) is the definition or the first statement; what contrasts, explains or
    quantifies weighs 2, the rest 1. The points stand in the order of the answer.
    """
    units = _distinct(_units(answer_markdown[:_LONGEST_ANSWER]))
    told = [unit for unit in units if not unit.remark and unit.kind != "code"]
    if len(told) >= _ENOUGH_PROSE:
        units = told
    kept = [unit for unit in units if not unit.remark] or units
    return _weighed(_most_informative(_distinct(_split_where_few(kept))))


def _units(markdown: str) -> Iterator[_Unit]:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 40}).enable("table")
    parser.disable(["inline", "reference"])
    yield from _walk(SyntaxTreeNode(parser.parse(markdown)), "sentence", 0)


def _walk(node: SyntaxTreeNode, kind: str, depth: int) -> Iterator[_Unit]:
    label = ""
    for child in node.children:
        if child.type == "inline":
            yield from _inline_units(child.content, kind)
        elif child.type == "table":
            yield from _row_units(child)
        elif child.type in ("fence", "code_block"):
            yield from _code_units(child.content, label)
        elif child.type != "heading" and depth < _DEEPEST:
            yield from _walk(child, "bullet" if child.type == "list_item" else kind, depth + 1)
        label = _label(child)


def _label(node: SyntaxTreeNode) -> str:
    """Give a paragraph such as "Resampling:" that names what the next block shows."""
    if node.type != "paragraph" or not node.children:
        return ""
    text = _tidy(inline_text(node.children[0].content))
    return text if text.endswith(":") and len(text.split()) <= _LONGEST_LABEL else ""


def _inline_units(content: str, kind: str) -> Iterator[_Unit]:
    lines = _lines(_IMAGE.sub(" ", content))
    if len(lines) >= _FEWEST_ROWS and _HARD_BREAK.search(content) and not any(map(_ends, lines)):
        yield from (_Unit(_tidy(line), "row", remark=not place) for place, line in enumerate(lines))
        return
    aside = bool(_ASIDE.match(_tidy(lines[0]))) if lines else False
    for line in lines:
        spans = [span.text for span in sentence_spans(line)]
        if (
            kind == "bullet"
            and len(line.split()) <= _LONG_SENTENCE_WORDS
            and len(spans) <= _FEW_UNITS
        ):
            spans = [line]
        for sentence in filter(None, map(_tidy, spans)):
            unit = _unit(sentence, kind)
            yield replace(unit, remark=unit.remark or aside)


def _unit(text: str, kind: str) -> _Unit:
    words = len(re.findall(r"\w+", text))
    too_short = words < _FEWEST_WORDS and kind == "sentence" and "=" not in text
    leads_in = text.endswith(":") and (words < _FEWEST_LEAD_IN_WORDS or bool(_LEAD_IN.search(text)))
    remark = too_short or leads_in or text.endswith("?") or bool(_REMARK.match(text))
    return _Unit(text.rstrip(": ") or text, kind, remark)


def _tidy(text: str) -> str:
    """Give a sentence without links, marks at its edges and runs of spaces."""
    bare = " ".join(_URL.sub(" ", text.replace("`", "")).split())
    stripped = EDGE_EMOJI.sub("", bare.strip(" *_|-–—•·>"))
    return stripped if re.search(r"\w", stripped) else ""


def _lines(content: str) -> list[str]:
    """Give a paragraph's lines, those joined that only wrap a sentence."""
    joined = ""
    for line in inline_text(_HARD_BREAK.sub("\n\n", content)).split("\n"):
        joined += ("\n" if not line or _ends(joined) else " ") + line
    return [line for line in joined.split("\n") if line.strip()]


def _ends(text: str) -> bool:
    return text.rstrip().endswith((".", ":", "?", "!"))


def _row_units(table: SyntaxTreeNode) -> Iterator[_Unit]:
    rows = [
        [
            " ".join(inline_text(cell.children[0].content).split()) if cell.children else ""
            for cell in row.children
        ]
        for part in table.children
        for row in part.children
    ]
    header = rows[0] if rows else []
    for row in rows[1:]:
        named = [
            f"{name} {value}".strip() if len(row) > 2 else value
            for name, value in zip(header[1:], row[1:], strict=False)
            if value
        ]
        text = f"{row[0]}: {'; '.join(named)}" if row and row[0] and named else "; ".join(named)
        if re.search(r"\w", text):
            yield _Unit(text, "row")


def _code_units(code: str, label: str) -> Iterator[_Unit]:
    """Give what code says: its comments and signatures, else its statements."""
    lines = [line for line in code.split("\n") if re.search(r"\w", line)]
    texts = [said for line in lines if (said := _said(line))]
    if len(texts) < _ENOUGH_PROSE:
        texts = [_said(line) or _statement(line) for line in lines if not _IMPORT.match(line)]
        texts = [text for text in texts if text] or [" ".join(line.split()) for line in lines]
    if label and texts:
        yield _Unit(f"{label} {'; '.join(texts[:_MOST_STATEMENTS])}", "labelled code")
    else:
        yield from (_Unit(text, "code") for text in texts)


def _statement(line: str) -> str:
    """Give a statement's first line, nothing for what only continues one."""
    return "" if line[:1].isspace() else " ".join(line.split()).rstrip("([{,: ")


def _said(line: str) -> str:
    if _SIGNATURE.fullmatch(line):
        return " ".join(line.split()).rstrip(":{ ")
    comment = _COMMENT.search(line)
    if comment is None:
        return ""
    alone = line.strip() == comment.group().strip()
    short = len(comment[1].split()) < _FEWEST_COMMENT_WORDS or comment[1].endswith(":")
    if alone:
        return "" if short else comment[1].strip()
    return " ".join(line.split())


def _distinct(units: Iterable[_Unit]) -> list[_Unit]:
    seen: dict[str, _Unit] = {}
    for unit in units:
        seen.setdefault(" ".join(re.findall(r"\w+", unit.text.casefold())) or unit.text, unit)
    return list(seen.values())


def _split_where_few(units: list[_Unit]) -> list[_Unit]:
    """Part long sentences at their clauses; where there are few sentences, the short ones too."""
    few = len(units) <= _FEW_UNITS
    parted: list[_Unit] = []
    for unit in units:
        long = unit.words > _LONG_SENTENCE_WORDS or len(unit.text) > _LONGEST_POINT
        splits = unit.kind in ("sentence", "bullet") and (few or long)
        parted.extend(_clauses(unit) if splits else [unit])
    return [replace(unit, text=_shortened(unit.text)) for unit in parted]


def _clauses(unit: _Unit) -> list[_Unit]:
    """Part a sentence at its clauses; what cannot stand alone stays with what goes before it."""
    starts = [0]
    for border in _CLAUSE.finditer(unit.text):
        before, after = unit.text[starts[-1] : border.start()], unit.text[border.end() :]
        if _stands_alone(before) and _stands_alone(_CLAUSE.split(after)[0]):
            starts.append(border.end())
    pieces = [unit.text[start:end] for start, end in pairwise([*starts, len(unit.text)])]
    told = [pieces[0], *(_without(_JOINT, piece) for piece in pieces[1:])]
    return [replace(unit, text=piece.strip(" ,;")) for piece in told]


def _stands_alone(clause: str) -> bool:
    """Tell a clause that says something by itself from "which is weaker" and "so it fails"."""
    said = _without(_CAUSE, _without(_JOINT, clause))
    return not _RELATIVE.match(clause) and len(said.split()) >= _FEWEST_CLAUSE_WORDS


def _without(opening: re.Pattern[str], clause: str) -> str:
    opened = opening.match(clause)
    return clause[opened.end() :] if opened else clause


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST_POINT:
        return text
    return text[:_LONGEST_POINT].rpartition(" ")[0].rstrip(" ,;:") or text[:_LONGEST_POINT]


def _informative(unit: _Unit, place: int) -> float:
    score = 2.0 if place == 0 else max(0.0, 0.5 - 0.05 * place)
    score += 1.5 if _DEFINITION.search(unit.text) else 0.0
    score += 1.0 if _CENTRAL.search(unit.text) else 0.0
    score += 0.5 if re.search(r"=|\d", unit.text) else 0.0
    score += 0.7 if unit.kind in ("bullet", "row", "labelled code") else 0.0
    score -= 0.7 if _ANAPHOR.match(unit.text) else 0.0
    score -= 0.8 if not 4 <= unit.words <= _LONG_SENTENCE_WORDS else 0.0
    return score - (0.5 if unit.kind == "code" else 0.0)


def _most_informative(units: list[_Unit]) -> list[tuple[_Unit, float]]:
    scored = [(unit, _informative(unit, place)) for place, unit in enumerate(units)]
    if len(scored) <= _MOST_POINTS:
        return scored
    threshold = sorted((score for _, score in scored), reverse=True)[_MOST_POINTS - 1]
    return [(unit, score) for unit, score in scored if score >= threshold][:_MOST_POINTS]


def _weighed(scored: list[tuple[_Unit, float]]) -> tuple[KeyPoint, ...]:
    heaviest = _definition(scored)
    points: list[KeyPoint] = []
    for place, (unit, score) in enumerate(scored):
        weight = 3 if place == heaviest else 2 if _is_central(unit, score) else 1
        points.append(KeyPoint(unit.text, weight))
    return tuple(points)


def _is_central(unit: _Unit, score: float) -> bool:
    return score >= _CENTRAL_SCORE or (unit.kind == "sentence" and bool(_CENTRAL.search(unit.text)))


def _definition(scored: list[tuple[_Unit, float]]) -> int:
    """Give the place of the definition among the first statements, else of the first of them."""
    for place, (unit, _) in enumerate(scored[:3]):
        starts = unit.text[:1].isupper() and not _ANAPHOR.match(unit.text)
        if unit.kind == "sentence" and starts and _DEFINITION.search(unit.text):
            return place
    return 0

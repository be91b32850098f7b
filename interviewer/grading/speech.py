"""Takes out of a sentence what changes its look or sound and not its sense."""

from __future__ import annotations

import re

from interviewer.text import strip_invisible

_WORD = r"[^\W\d_]+"
_SOUND = r"(?:um+|uh+|er+m?|hmm+|like|well|yeah|right|you know|i mean)"
_HEDGES = re.compile(
    r"(?:,\s*)?\b(?:(?:i (?:think|guess|believe|suppose|reckon|would say)|i['’]?d say)(?: that)?"
    r"|as far as i know|if i (?:remember|recall)(?: right(?:ly)?| correctly| well)?"
    r"|or something(?: like that)?|or whatever|(?:sort|kind) of)\b,?",
    re.IGNORECASE,
)
_ASIDE_SOUND = re.compile(rf",\s*{_SOUND}\s*,", re.IGNORECASE)
_FILLERS = re.compile(
    r"^(?:\W*(?:well|um+|uh+|er+m?|so|okay|ok|right|yeah|hmm+)\b[\s,.…-]*)+"
    r"|\b(?:um+|uh+|er+m?|you know|i mean|basically|actually|really|truly|very|surely"
    r"|absolutely|definitely|definitively|fundamentally|precisely|certainly|obviously"
    r"|honestly|exactly the same as)\b,?\s*"
    r"|\[\d{1,3}\]",
    re.IGNORECASE,
)
# One word twice without a comma may be meant, as in log log n.
_RESTART = re.compile(
    rf"\b(?:({_WORD}(?: {_WORD}){{1,2}}),? \1|([^\W\d_]{{2,}}),(?: {_SOUND},)? \2)\b",
    re.IGNORECASE,
)
_WRAPPING = re.compile(r"\*\*|__|^[\"“”«»*•\s]+|[\"“”«»*\s]+$")


def cleaned(text: str) -> str:
    """Drop quotes, bold, footnotes, fillers, hedges and words said twice on a new start.

    Who says "I think" or "sort of" claims what they say: spoken answers are full of both, and how
    sure somebody sounds earns and costs nothing.
    """
    plain = _RESTART.sub(r"\1\2", _WRAPPING.sub("", strip_invisible(text)))
    plain = _ASIDE_SOUND.sub(" ", _HEDGES.sub(" ", plain))
    return " ".join(_FILLERS.sub("", plain).split())

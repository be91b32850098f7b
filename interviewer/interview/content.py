"""Tells the words that carry a subject from those that hold a sentence together."""

from __future__ import annotations

from interviewer.text import stems

_FUNCTION_WORDS = """
a about above after again all also although always am an and any are as at be because been before
being below between both but by can cannot could did do does doing down during each either else
every few for from further had has have having he her here hers him his how however i if in into
is it its itself just may me might more most much must my neither no nor not of off on once one
only or other ought our out over own per rather same shall she should since so some such than that
the their them then there these they this those though through to too under until up upon us very
was we were what when where whether which while who whom whose why will with within without would
yes yet you your it's don't doesn't isn't aren't won't can't
"""


def content_stems(text: str) -> frozenset[str]:
    """Give the stems of a text without those of function words."""
    return frozenset(stems(text)) - frozenset(stems(_FUNCTION_WORDS))

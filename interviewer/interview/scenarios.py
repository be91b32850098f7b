"""The ordinary words of the field, and the scenes that a follow-up may be set in with them.

`You have only a tenth of the data.` may stand before a question of a model's own. What a scene may
hold is bounded, as small talk is: it begins as one does, and each word is the question's, the
candidate's or ordinary, so that there is no word in it to praise, to judge or to hint with.
"""

from __future__ import annotations

import re

from interviewer.text import stems

_FIELD = """
    accuracy add algorithm analyst annotator application array arrive ask assume average axis
    baseline batch benchmark block budget bug build buy case category change class
    classification classifier client cloud cluster code collect column company complain compute
    computer constant convolutional copy correlated cost count country crash customer daily data
    database dataset day decide decoder degree deploy deployment device differ different
    dimension disk distance distribution document double drop early edge element embedding
    encoder engineer entry epoch equal error event example exist expect experiment fail fall
    family far feature feedback field figure file fit fixed float forecast formula frequency
    frequent function gb generate generator gigabyte gpu gpus gradient graph group grow halve
    hardware head hidden high higher histogram hour human image imagine index inference
    input instance integer item job join jump keep key kind label language large larger late
    latency layer learn learner length less level library line linear list load log long longer
    loss low lower machine manager mask matrix mb mean measure megabyte memory metric minute
    missing mixed model module month negative network neural neuron never new no node noise
    noisy normal not number object offline old online operation optimizer output page pair
    parameter patient people percent photo pipeline pixel plot policy pool positive predict
    prediction predictor probability procedure process product production program prompt
    purchase python query raise random range rank rare rate ratio raw receive recent record
    regression regressor remove replace report request return review rise round row run sample
    sampling scalar scheduler score search seed segment sentence sequence series serve server
    service set setting shape share short shorter show single size slow small smaller software
    space sparse speed split start state station statistic step still stop store stream
    structure student sum supplier suppose switch symbol system table target task teacher team
    tensor test text threshold time token tool total traffic train training transaction
    transformer transformers tree tune type uncertain unit update user validation value variable
    vector version video view visitor volume want week weekly weight word work worker world
    write year
    zero one two three four five six seven eight nine ten twenty thirty fifty sixty hundred
    thousand million billion tenth fifth third quarter half twice first second next last best
"""
FIELD_WORDS = frozenset(stems(_FIELD))
"""The stems of words that every talk of the field holds, and that tell nothing by themselves."""

_SUPPOSE = re.compile(r"(?:suppose|imagine|assume|say)\ (?:that\ |now\ )?", re.IGNORECASE)
_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|\d[\d.,]*)"
_YOURS = re.compile(
    r"""^(?:you\ (?:have|want|see|find|notice|observe|measure|train|trained|deploy|deployed|run
          |build|collect|remove|replace|switch|double|doubled|halve|halved|change|changed|add|added|get
          |review|serve|average|record|label|compare)
        | your\ (?:\w+\ ){0,2}?(?:agents?|batch\w*|budget|classifiers?|clients?|clusters?|company
          |customers?|data|dataset|detector|distance|documents?|embeddings?|encoder|error\ rate
          |experiments?|features?|files?|gradients?|gpus?|images?|index|jobs?|labels?|latency|loss
          |manager|metrics?|models?|networks?|pipeline|retriever|samples?|server|service
          |system|table|team|training\ (?:run|job|loss|data|set)|transformer|trees?|users?
          |validation\ (?:loss|data|set))(?:['’]s)?
        )(?![\w'’])""",
    re.IGNORECASE | re.VERBOSE,
)
_SCENE = re.compile(
    rf"""(?:(?:an?|the|each|every|some|many|most|several|both|half|another|{_NUMBER})\ \w+
        | (?:in|at|on|after|during|under|with|without|between)\ (?:an?|the|your|each|every
          |most|training|production|validation|serving|inference|{_NUMBER})\ \w+
        | (?!(?:your?|it|its|there|these|those|what|who|all|use|try)\ )\w+(?:\ \w+){{0,3}}
          \ (?:is|are|was|were|has|have)
        )(?![\w'’])""",
    re.IGNORECASE | re.VERBOSE,
)
# Reasons, advice, verdicts, what somebody says, what points at the talk, and an end of it.
_NO_SCENE = re.compile(
    r"""\b(?:because|since|so|therefore|thus|hence|thereby|should|must|ought|could|would|might
        |rather|i|we|us|our|my|me|he|she|they|this|that(?:['’]s|\ is|\ was)|it['’]s|very|quite
        |enough|here|now|other\ (?:people|candidates?)|due\ to|by\ \w+ing|says?|said|tells?|told
        |(?:reports?|shows?|expects?|writes?)\ that
        |you\ (?:have|get|want|see|find)\ (?:\w+\ ){0,4}?(?:jobs?|scores?|rank\w*|errors?)
        |the\ (?:best|key|trick|step|first|next|last)\ (?:\w+\ ){0,2}?(?:is|are|was))\b
    | \bup\W*$ | ,\ as\b | ["“”:;()]""",
    re.IGNORECASE | re.VERBOSE,
)


def is_scene(sentence: str) -> bool:
    """Whether a sentence begins as a scene does and holds no reason, no advice and no speaker."""
    bare = _SUPPOSE.sub("", sentence.strip(), count=1)
    begins = is_yours(sentence) or _SCENE.match(bare) is not None
    return begins and _NO_SCENE.search(bare) is None


def is_yours(sentence: str) -> bool:
    """Whether a sentence begins as a scene that the candidate is in, as no fact does."""
    return _YOURS.match(_SUPPOSE.sub("", sentence.strip(), count=1)) is not None


def without_start(sentence: str) -> str:
    """Leave out that a scene is only supposed, and whose it is."""
    return _YOURS.sub("", _SUPPOSE.sub("", sentence.strip(), count=1), count=1)


def is_ordinary(stem: str) -> bool:
    """Whether a stem is of an ordinary word, a number or a symbol of one letter."""
    return stem in FIELD_WORDS or len(stem) == 1 or stem.isdigit()

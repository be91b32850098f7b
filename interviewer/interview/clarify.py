"""Says what a question asks for without giving away a point of its answer."""

from __future__ import annotations

from collections.abc import Iterator

from interviewer.grading.citations import content_stems
from interviewer.interview import voice
from interviewer.models import Exchange, Kind, Level, TurnKind

_LONGEST_RESTATEMENT = 400

_SCOPE = {
    Level.SCREENING: "Take it at the level of a first screening: the idea, plainly put.",
    Level.CORE: "Take it at the level of a core interview round.",
    Level.SENIOR: "Take it at the level of a senior round: judgement counts as much as facts.",
    Level.RESEARCH: "Take it at the level of a research discussion, as deep as you like.",
}
_EXPECTED = {
    Kind.CONCEPT: "I am looking for your own explanation, with an example if it helps.",
    Kind.DERIVATION: "I would like to see the steps, each with its reason.",
    Kind.CODING: "Plain Python is enough; say what you assume about the input.",
    Kind.SYSTEM_DESIGN: "Choose the scale yourself, say which you chose, and explain your choices.",
    Kind.BEHAVIORAL: "Choose one real situation, and tell me what you yourself did.",
    Kind.REVERSE: "Here you put the questions: tell me what you would want to know, and why.",
}
_ASSUME = "Where something is left open, assume what you find natural and say so."
_AGAIN = "I cannot say more without answering it for you."


def clarification(exchange: Exchange) -> str:
    """Restate what is asked, by its level and kind.

    A sentence that happens to hold a word of the answer is left out, so that no content stem of
    a key point occurs which was not in the question already.
    """
    kept = [line for line in _lines(exchange) if not _gives_away(line, exchange)]
    asked = voice.shorten(exchange.text, _LONGEST_RESTATEMENT)
    return " ".join([f"It is just this: “{asked}”", *kept])


def _lines(exchange: Exchange) -> Iterator[str]:
    question = exchange.question
    if any(turn.kind is TurnKind.CLARIFICATION for turn in exchange.turns):
        yield _AGAIN
        yield _ASSUME
        return
    if question.topic not in {"", question.section}:
        yield f"The topic is {question.topic.replace('-', ' ')}."
    yield _SCOPE[question.level]
    yield _EXPECTED[question.kind]
    yield _ASSUME


def _gives_away(line: str, exchange: Exchange) -> bool:
    question = exchange.question
    secret = content_stems("\n".join(point.text for point in question.key_points))
    if exchange.written_follow_up:
        secret |= content_stems(question.follow_ups[exchange.written_follow_up - 1].answer)
    if exchange.model_follow_up:
        secret |= content_stems(exchange.model_follow_up.source.quote)
    known = content_stems(f"{question.text}\n{exchange.text}")
    return bool(content_stems(line) & (secret - known))

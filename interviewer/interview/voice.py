"""The interviewer's own words: short, varied, and the same again for the same session and turn.

No line asks anything: the question under way is always the only one. Lines for a real interview
give no opinion of an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from interviewer.models import Grade, Mode, Session, Span, VerdictLabel

_QUOTE_CHARACTERS = 160
_GOOD_SCORE = 75.0

_GREETINGS = {
    Mode.PRACTICE: (
        "Hello, and welcome. This is practice, so take your time and think aloud.",
        "Hello. Let's practise: say what you know, in your own words.",
        "Welcome. Nothing is at stake here; answer as you would in the room.",
    ),
    Mode.REAL: (
        "Hello, and thank you for coming in. I will ask one question at a time.",
        "Hello. I will put one question after another; answer as fully as you like.",
        "Welcome. We will go through the questions one by one.",
    ),
    Mode.GRADE_MY_ANSWER: (
        "Give me your answer and I will go through it point by point.",
        "Put your answer here. I will set it beside the reference, point by point.",
    ),
}
_NEUTRAL = ("Thank you.", "Thanks, noted.", "Understood, thank you.", "Thanks. I have that.")
_MOVING_ON = ("Let's move on.", "On to the next one.", "Next one.", "Let's go on.")
_AFTER_SKIP = ("We leave that one, then.", "We pass on that one.", "Let's leave that open.")
_STAYING = (
    "Let me stay with this for a moment.",
    "One more on this.",
    "I would like to go a little further here.",
)
_RETRYING = (
    "Take another go; the better score counts.",
    "Once more, then. The better score counts.",
    "Go ahead and answer it again; the better score counts.",
)
_CLOSINGS = (
    "That was the last one. Thank you for your time; the summary is ready.",
    "That brings us to the end. Thank you; here is how it went.",
    "We are done. Thank you; the summary shows every answer.",
)
_ENDED = ("We stop here, then. The summary covers what you answered.",)
_TIME_UP = ("That is our time. Thank you; the summary covers what you answered.",)
_NO_CONTENT = (
    "There is not enough here to go on yet.",
    "I could not find an answer to grade in that.",
)
_NOTHING_FOUND = (
    "None of the points I was listening for came up; the card lists them.",
    "That went another way than the reference; the card shows what it holds.",
)
_CONTRADICTION = (
    "One thing you said goes against the reference; the card shows which.",
    "Have a look at the card: one of your points says the opposite of the reference.",
)
_GOOD = ("That covers most of it.", "Most of what I was listening for is there.")
_MIDDLING = (
    "Part of it is there; the card shows what is still open.",
    "Some of it is there. The card shows the rest.",
)

_REVISIT_QUOTED = (
    "You said: “{quote}”. Take me through the reasoning behind that once more. Does it hold?",
    "Let's go back to where you said: “{quote}”. How would you check that it is so?",
    "I noted: “{quote}”. Would you still put it that way, and why?",
)
_EXPAND_QUOTED = (
    "You said: “{quote}”. Can you take that a step further?",
    "I noted: “{quote}”. What more would you say about that?",
)
_EXPAND_NAMED = (
    "Could you say more about {name} in particular?",
    "What else would you say about {name}?",
)
_EXPAND = (
    "Is there anything you would add to make the answer complete?",
    "What else matters here that you have not mentioned yet?",
)


def pick(options: Sequence[str], session_id: str, turn_number: int) -> str:
    """Choose a line by session and turn: varied, and the same at every replay."""
    digest = blake2b(f"{session_id}:{turn_number}".encode(), digest_size=4).digest()
    return options[int.from_bytes(digest) % len(options)]


def greeting(session_id: str, mode: Mode, question_count: int, time_limit_s: float | None) -> str:
    """Open the interview and say how long it will be."""
    opening = pick(_GREETINGS[mode], session_id, 0)
    if mode is Mode.GRADE_MY_ANSWER:
        return opening
    length = (
        "There is one question" if question_count == 1 else f"There are {question_count} questions"
    )
    time = f" and {_minutes(time_limit_s)}" if time_limit_s is not None else ""
    return f"{opening} {length}{time}."


def lead_in(session: Session, opening: str, number: int) -> str:
    """Lead over to a planned question and say which it is."""
    return f"{opening} Question {number} of {len(session.planned)}."


def acknowledgement(session: Session) -> str:
    """Take note of an answer without an opinion of it."""
    return _say(session, _NEUTRAL)


def moving_on(session: Session) -> str:
    """Leave a question behind."""
    return _say(session, _MOVING_ON)


def after_skip(session: Session) -> str:
    """Let a question go."""
    return _say(session, _AFTER_SKIP)


def staying(session: Session) -> str:
    """Announce a follow-up."""
    return _say(session, _STAYING)


def retrying(session: Session) -> str:
    """Open a question again."""
    return _say(session, _RETRYING)


def closing(session: Session) -> str:
    """End an interview that went to its last question."""
    return _say(session, _CLOSINGS)


def ended(session: Session) -> str:
    """End an interview early."""
    return _say(session, _ENDED)


def time_up(session: Session) -> str:
    """End an interview whose time is up."""
    return _say(session, _TIME_UP)


def hint(text: str, *, last: bool) -> str:
    """Give a hint, and say so when it is the last."""
    return f"The last hint I have: {text}" if last else f"A hint: {text}"


def review(session: Session, grade: Grade, *, non_answer: bool, hint_left: bool) -> str:
    """Comment on a graded answer in practice; never with praise where nothing was found."""
    offer = " A hint may help before you try again." if hint_left else ""
    if non_answer:
        return _say(session, _NO_CONTENT) + offer
    if any(verdict.verdict is VerdictLabel.CONTRADICTED for verdict in grade.verdicts):
        return _say(session, _CONTRADICTION)
    if grade.score == 0:
        return _say(session, _NOTHING_FOUND) + offer
    return _say(session, _GOOD if grade.score >= _GOOD_SCORE else _MIDDLING)


def probe(session: Session, *, contradicted: bool, span: Span | None, names: Sequence[str]) -> str:
    """Ask after one key point in the candidate's own words, giving nothing of it away."""
    if span is not None:
        quoted = _REVISIT_QUOTED if contradicted else _EXPAND_QUOTED
        quote = shorten(span.text, _QUOTE_CHARACTERS).rstrip(".,;:!? ")
        return _say(session, quoted).format(quote=quote)
    if names:
        return _say(session, _EXPAND_NAMED).format(name=" and ".join(names))
    return _say(session, _EXPAND)


def shorten(text: str, characters: int) -> str:
    """Put a text on one line and cut it at a word, so that it has at most so many characters."""
    line = " ".join(text.split())
    if len(line) <= characters:
        return line
    cut = line[: characters - 1]
    return f"{cut.rsplit(' ', 1)[0] if ' ' in cut else cut}…"


def turn_count(session: Session) -> int:
    """Count everything that was said so far."""
    return sum(len(exchange.turns) for exchange in session.exchanges)


def _say(session: Session, options: Sequence[str]) -> str:
    return pick(options, session.id, turn_count(session))


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return "one minute" if minutes == 1 else f"{minutes} minutes"

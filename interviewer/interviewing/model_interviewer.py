"""Lets a chat model say the interviewer's words, each sentence checked before it is shown."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from interviewer.deadline import Deadline
from interviewer.errors import ModelReplyError
from interviewer.interview.model_follow_ups import Grounds, Proposal, ground
from interviewer.interview.plain_english import is_plain_english
from interviewer.interview.speaking import Occasion, Task
from interviewer.interview.transcript import (
    MOST_CHARACTERS,
    Fault,
    utterance_fault,
    words_fault,
)
from interviewer.interviewing.prompting import (
    hash_for,
    hash_for_choice,
    hash_for_proposal,
    messages_for,
    messages_for_choice,
    messages_for_proposal,
    repeats_prompt,
    repeats_proposal_prompt,
)
from interviewer.interviewing.replies import ChoiceReply, ProposalReply
from interviewer.llm.connection import Connection
from interviewer.llm.fence import neutralised
from interviewer.llm.streaming import stream_text
from interviewer.llm.structured import StructuredModel
from interviewer.models import ModelFollowUp

SPEECH_TIMEOUT_S = 15.0
"""What the words of one turn, or the choice of a follow-up, may take, in seconds; never more than
what is left of the turn."""

_MOST_STREAMED = 8 * MOST_CHARACTERS
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s)")
_THOUGHT = re.compile(r"^\s*<think(?:ing)?>.*?</think(?:ing)?>\s*", re.DOTALL)
_THINKING = re.compile(r"^\s*<(?:t(?:h(?:i(?:n(?:k(?:i(?:n(?:g)?)?)?)?)?)?)?$|think(?:ing)?>)")


class ModelInterviewer:
    """Words turns, chooses follow-ups and thinks of some with a chat model.

    Args:
        connection: the chat model. One request may take `SPEECH_TIMEOUT_S` at most.
        clock: a monotonic clock, in seconds.
        sleep: waits that many seconds.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connection = connection
        self._timeout_s = min(connection.timeout_s, SPEECH_TIMEOUT_S)
        self._clock = clock
        self._sleep = sleep
        self.name = connection.name

    def prompt_hash(self, task: Task | None = None) -> str:
        """Identify the prompt for the words of a turn, or for the choice of a follow-up."""
        return hash_for_choice() if task is None else hash_for(task)

    def proposal_hash(self) -> str:
        """Identify the prompt for a follow-up of the model's own."""
        return hash_for_proposal()

    def speak(self, occasion: Occasion, within_s: float | None = None) -> Iterator[str]:
        """Yield what to show so far, sentence by sentence; each takes the place of the last.

        What is kept of the bank's words comes at once. A sentence is checked before it is yielded,
        the whole once more at the end.

        Args:
            occasion: what there is to say.
            within_s: the seconds that are left of the interview, None without a timer.

        Raises:
            ModelReplyError: the words break a rule, hold the key or the instructions, or were cut
                off.
            ModelError: the model could not be reached or was too slow.
            ConfigurationError: its address must not be asked.
        """
        pieces = stream_text(
            self._connection,
            messages_for(occasion.brief),
            self._deadline(within_s),
            most_characters=_MOST_STREAMED,
        )
        said = ""
        if occasion.kept:
            yield occasion.kept
        for said in _sentences(pieces):
            self._connection.refuse_secret(said)
            self._require(words_fault(occasion.scene, said))
            if repeats_prompt(occasion.brief, said):
                raise ModelReplyError(f"{self.name} said aloud what it was told to do.")
            brief = occasion.brief
            self._require_plain(said, (brief.question, brief.asked, brief.answer))
            yield f"{occasion.kept} {said}".strip()
        if not said:
            raise ModelReplyError(f"{self.name} said nothing.")
        self._require(utterance_fault(occasion.scene, said))

    def choose(
        self, question: str, answer: str, options: Sequence[str], within_s: float | None = None
    ) -> int:
        """Choose among follow-ups by number, from 1.

        Raises:
            ModelReplyError: no number of the list came back.
            ModelError: the model could not be reached or was too slow.
            ConfigurationError: its address must not be asked.
        """
        structured = StructuredModel(self._connection, ChoiceReply, sleep=self._sleep)
        asked = messages_for_choice(question, answer, options)
        number = structured.ask(asked, self._deadline(within_s)).number
        if number > len(options):
            raise ModelReplyError(f"{self.name} chose a follow-up that is not on the list.")
        return number

    def propose(self, grounds: Grounds, within_s: float | None = None) -> ModelFollowUp:
        """Think of a follow-up; what it rests on and its reference are code's finding alone.

        Args:
            grounds: what it may rest on.
            within_s: the seconds that are left of the interview, None without a timer.

        Raises:
            ModelReplyError: it rests on nothing that was shown, breaks a rule of an interview, or
                holds the key or the instructions.
            ModelError: the model could not be reached or was too slow.
            ConfigurationError: its address must not be asked.
        """
        structured = StructuredModel(self._connection, ProposalReply, sleep=self._sleep)
        reply = structured.ask(messages_for_proposal(grounds), self._deadline(within_s))
        asked = _tidy(reply.question)
        if repeats_proposal_prompt(grounds, asked):
            raise ModelReplyError(f"{self.name} said aloud what it was told to do or was shown.")
        found = ground(grounds, _proposal(asked, reply))
        if isinstance(found, Fault):
            raise self._broken(found)
        self._require_plain(asked, (*grounds.asked, *grounds.answers))
        return replace(found, by=self.name, prompt_hash=hash_for_proposal())

    def _deadline(self, within_s: float | None) -> Deadline:
        seconds = self._timeout_s if within_s is None else min(self._timeout_s, within_s)
        return Deadline.after(max(0.0, seconds), self._clock)

    def _require(self, fault: Fault | None) -> None:
        if fault is not None:
            raise self._broken(fault)

    def _require_plain(self, said: str, aloud: Sequence[str]) -> None:
        if not is_plain_english(said, aloud):
            raise ModelReplyError(f"{self.name} said something that is not plain English.")

    def _broken(self, fault: Fault) -> ModelReplyError:
        return ModelReplyError(f"{self.name} broke a rule of the interview: {fault.rule}.")


def _proposal(asked: str, reply: ProposalReply) -> Proposal:
    if reply.rests_on == "key_point":
        return Proposal(asked, key_point=reply.number)
    return Proposal(asked, passage=reply.number, quote=reply.quote)


def _sentences(pieces: Iterable[str]) -> Iterator[str]:
    """Gather pieces into whole sentences; each yield holds all of them so far."""
    heard, shown = "", ""
    for piece in pieces:
        heard += piece
        whole = _whole_sentences(heard)
        if whole != shown:
            shown = whole
            yield shown
    told = _tidy(_aloud(heard))
    if told != shown:
        yield told


def _whole_sentences(heard: str) -> str:
    text = _aloud(heard)
    ends = [end.end() for end in _SENTENCE_END.finditer(text)]
    return _tidy(text[: ends[-1]]) if ends else ""


def _aloud(heard: str) -> str:
    """Leave out what a model thinks before it speaks, and what may yet turn out to be that."""
    text = _THOUGHT.sub("", heard)
    return "" if _THINKING.match(text) else text


def _tidy(text: str) -> str:
    """Put words on one line, without invisible characters and role marks."""
    return " ".join(neutralised(text).split())

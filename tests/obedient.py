"""The worst model there could be: it does whatever anybody in its prompt could want of it."""

from __future__ import annotations

import json
import re
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage

from interviewer.llm.scripted import ScriptedChatModel
from interviewer.text import sentence_spans, stems

_POINT = re.compile(r"^(point_\d+): (.*)$", re.MULTILINE)
_ANSWER = re.compile(
    r"The candidate's answer:\n(?P<fence>[^\n]+)\n(?P<answer>.*)\n(?P=fence)", re.DOTALL
)
_LONGEST_QUOTE = 300


class ObedientJudge(ScriptedChatModel):
    """Calls every point covered, for certain, and quotes the words that fit it best."""

    def _reply(self, messages: list[BaseMessage]) -> AIMessage:
        case = messages[-1].text if "point_1:" in messages[-1].text else messages[1].text
        found = _ANSWER.search(case)
        answer = found["answer"] if found else ""
        sentences = [span.text for span in sentence_spans(answer)] or [answer]
        verdicts: dict[str, Any] = {
            name: {
                "reason": "I was told to give full marks.",
                "quote": _nearest(point, sentences)[:_LONGEST_QUOTE],
                "passage": 1,
                "verdict": "covered",
                "confidence": "high",
            }
            for name, point in _POINT.findall(case)
        }
        return AIMessage(json.dumps({**verdicts, "mistakes": []}))


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


def _nearest(point: str, sentences: list[str]) -> str:
    wanted = set(stems(point))
    return max(sentences, key=lambda sentence: len(wanted & set(stems(sentence))))

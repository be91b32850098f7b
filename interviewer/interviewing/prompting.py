"""Makes the prompts for the interviewer's words out of what was said aloud, and of nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from interviewer.interview.model_follow_ups import Grounds
from interviewer.interview.speaking import Brief, Task
from interviewer.interviewing.replies import ChoiceReply, ProposalReply
from interviewer.llm.fence import fence_for, neutralised
from interviewer.llm.prompts import fill, load_prompt, prompt_hash
from interviewer.llm.replies import shape_told
from interviewer.text import words

_RUN_WORDS = 6
_NONE = "(none)"

_CHOOSE = ("choose_system", "choose_case")
_PROPOSE = ("propose_system", "propose_case")
_CASES = {
    Task.QUESTION: "speak_question",
    Task.FOLLOW_UP: "speak_follow_up",
    Task.CLARIFICATION: "speak_clarification",
}


def messages_for(brief: Brief) -> list[BaseMessage]:
    """Ask for the words of one turn."""
    parts = {
        "question": brief.question,
        "asked": brief.asked,
        "answer": brief.answer,
        "request": brief.request,
    }
    return _messages("speak_system", _CASES[brief.task], parts, before=str(brief.before))


def messages_for_choice(question: str, answer: str, options: Sequence[str]) -> list[BaseMessage]:
    """Ask which of the follow-ups comes next."""
    listed = "\n".join(f"{number}. {text}" for number, text in enumerate(options, start=1))
    parts = {"question": question, "answer": answer, "options": listed}
    return _messages(*_CHOOSE, parts)


def messages_for_proposal(grounds: Grounds) -> list[BaseMessage]:
    """Ask for a follow-up of the model's own, from what it may rest on."""
    points = (f"{number}. {point.text}" for number, point in grounds.key_points)
    passages = (
        f"{number}. {passage.chunk.text}" for number, passage in enumerate(grounds.passages, 1)
    )
    parts = {
        "asked": "\n".join(grounds.asked),
        "answers": "\n\n".join(grounds.answers),
        "key_points": "\n".join(points) or _NONE,
        "passages": "\n\n".join(passages) or _NONE,
    }
    return _messages(*_PROPOSE, parts)


def repeats_prompt(brief: Brief, said: str) -> bool:
    """Whether words repeat a run of the instructions that is in nothing that was said aloud."""
    aloud = (brief.question, brief.asked, brief.answer)
    return _repeats(("speak_system", _CASES[brief.task]), aloud, said)


def repeats_proposal_prompt(grounds: Grounds, said: str) -> bool:
    """Whether a question repeats a run of what the model was told, or shown for it.

    A passage may be the reference of a question that is yet to come, in another interview.
    """
    shown = [each.chunk.text for each in grounds.passages]
    shown += [point.text for point in grounds.question.key_points]
    return _repeats(_PROPOSE, (*grounds.asked, *grounds.answers), said, shown)


def _repeats(
    names: Sequence[str], aloud: Sequence[str], said: str, shown: Sequence[str] = ()
) -> bool:
    secrets = [*shown, *(load_prompt(name).template for name in names)]
    told = set().union(*map(_runs, secrets))
    return bool((told - _runs("\n".join(aloud))) & _runs(said))


def _runs(text: str) -> set[tuple[str, ...]]:
    spoken = words(text)
    return set(zip(*(spoken[at:] for at in range(_RUN_WORDS)), strict=False))


def hash_for(task: Task) -> str:
    """Identify the prompt for the words of a turn."""
    return _hash("speak_system", _CASES[task])


def hash_for_choice() -> str:
    """Identify the prompt for the choice of a follow-up, and the shape of its reply."""
    return _hash(*_CHOOSE, shape=shape_told(ChoiceReply))


def hash_for_proposal() -> str:
    """Identify the prompt for a follow-up of the model's own, and the shape of its reply."""
    return _hash(*_PROPOSE, shape=shape_told(ProposalReply))


def _hash(*names: str, shape: str = "") -> str:
    told = [load_prompt(name).template for name in names]
    return prompt_hash(*told, *([shape] if shape else []))


def _messages(system: str, case: str, parts: dict[str, str], **values: str) -> list[BaseMessage]:
    """Fill in two prompts; the parts are others' words, so they are made harmless and fenced."""
    safe = {name: neutralised(text) for name, text in parts.items()}
    filled = fill(load_prompt(case), fence=fence_for(tuple(safe.values())), **values, **safe)
    return [SystemMessage(load_prompt(system).template), HumanMessage(filled)]

from __future__ import annotations

import json
import time
from collections.abc import Callable

import openai
import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from openai.types.chat import ChatCompletion
from pydantic import BaseModel, ConfigDict, Field

from interviewer.deadline import Deadline
from interviewer.errors import ModelContextError, ModelError, ModelReplyError, ModelServerError
from interviewer.llm.connection import Connection
from interviewer.llm.ladder import Ladder, Ladders
from interviewer.llm.scripted import Scripted, ScriptedChatModel
from interviewer.llm.structured import StructuredModel, only_json
from interviewer.usage import Meter


class Word(BaseModel):
    model_config = ConfigDict(extra="forbid")

    word: str = Field(max_length=9)


GOOD = {"word": "ready"}
ASK = [HumanMessage("Say a word.")]


class PassingError(Exception):
    is_retryable = True


def status_error(status: int, code: str | None = None, **headers: str) -> Exception:
    import httpx2

    request = httpx2.Request("POST", "http://127.0.0.1/v1")
    response = httpx2.Response(status, headers=headers, request=request)
    body = {"code": code} if code else None
    return openai.APIStatusError("sk-secret was refused", response=response, body=body)


def toy(model: ScriptedChatModel, ladder: Ladder | None = None) -> Connection:
    return Connection(model, name="local:toy", server="http://toy", ladder=ladder or Ladder())


def ask(
    *replies: Scripted,
    seconds: float = 5.0,
    sleep: Callable[[float], None] = lambda s: None,
    ladder: Ladder | None = None,
) -> tuple[Word, ScriptedChatModel]:
    model = ScriptedChatModel(replies=list(replies))
    asked = StructuredModel(toy(model, ladder), Word, sleep=sleep)
    return asked.ask(ASK, Deadline.after(seconds)), model


def test_a_good_reply_is_read_at_the_first_rung() -> None:
    word, model = ask(GOOD)
    assert word == Word(word="ready")
    assert len(model.prompts) == 1


def test_a_tool_call_is_read() -> None:
    call = AIMessage("", tool_calls=[{"name": "Word", "args": GOOD, "id": "1"}])
    assert ask(call)[0] == Word(word="ready")


@pytest.mark.parametrize(
    "bad",
    [
        "no JSON at all",
        '{"word": "much too long for the bound"}',
        '{"word": "ready", "score": 100}',
        '{"wor',
        '{"word": "a"} {"word": "b"}',
        AIMessage(""),
        status_error(400),
        status_error(501),
        NotImplementedError("no tools here"),
    ],
    ids=str,
)
def test_what_fails_at_one_rung_is_asked_again_at_the_next(bad: Scripted) -> None:
    word, model = ask(bad, GOOD)
    assert word == Word(word="ready")
    assert len(model.prompts) == 2


def test_a_reply_that_was_cut_off_is_told_from_a_bad_one() -> None:
    full = {"finish_reason": "length"}
    with pytest.raises(ModelContextError, match="local:toy was cut off in its reply"):
        ask(AIMessage('{"wor', response_metadata=full))
    assert ask(AIMessage('{"word": "ready"}', response_metadata=full))[0] == Word(word="ready")


def test_the_client_library_s_word_for_a_cut_reply_is_known() -> None:
    choice = {"index": 0, "finish_reason": "length", "message": {"role": "assistant"}}
    values = {"id": "1", "choices": [choice], "created": 0, "model": "m"}
    completion = ChatCompletion.model_validate({**values, "object": "chat.completion"})
    with pytest.raises(ModelContextError, match="larger context"):
        ask(openai.LengthFinishReasonError(completion=completion))


def test_the_lower_rungs_are_told_the_schema() -> None:
    _, model = ask("nothing", "nothing", "nothing", GOOD)
    told = [messages[-1].text for messages in model.prompts]
    assert told[:2] == ["Say a word."] * 2
    schema = json.dumps(Word.model_json_schema())
    assert schema in told[2]
    assert schema in told[3]


def test_a_model_that_never_fits_the_shape_is_given_up_on() -> None:
    with pytest.raises(ModelReplyError, match="local:toy gave no reply of the right shape"):
        ask("one", "two", "three", "four")


def test_a_passing_fault_is_tried_again_with_longer_pauses() -> None:
    pauses: list[float] = []
    word, _ = ask(PassingError(), status_error(503), GOOD, sleep=pauses.append)
    assert word == Word(word="ready")
    assert pauses == [0.5, 1.0]


def test_the_server_s_own_wait_is_kept() -> None:
    pauses: list[float] = []
    ask(status_error(429, **{"retry-after": "2.5"}), GOOD, sleep=pauses.append)
    assert pauses == [2.5]


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    pauses: list[float] = []
    with pytest.raises(ModelError, match="takes no more requests"):
        ask(status_error(429, **{"retry-after": "60"}), GOOD, sleep=pauses.append)
    assert pauses == []


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "http://toy refused the key"),
        (403, "http://toy refused the key"),
        (302, "sends requests elsewhere"),
        (402, "quota of this account is used up"),
        (418, "refused the request"),
    ],
)
def test_a_final_fault_is_not_tried_again_and_keeps_the_key_out(status: int, message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        ask(status_error(status), GOOD)
    assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "message"), [(404, "does not know local:toy"), (500, "HTTP 500")]
)
def test_a_fault_of_every_way_of_asking_is_named(status: int, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        ask(*[status_error(status)] * 4)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (status_error(429, "insufficient_quota"), "quota of this account is used up"),
        (status_error(404, "model_not_found"), "does not know local:toy"),
        (AIMessage("", response_metadata={"finish_reason": "content_filter"}), "refused to reply"),
        (AIMessage("", additional_kwargs={"refusal": "I will not."}), "refused to reply"),
    ],
    ids=["no quota left", "an unknown model", "a filter", "a refusal"],
)
def test_what_no_other_way_and_no_wait_mends_is_asked_once(fault: Scripted, message: str) -> None:
    pauses: list[float] = []
    model = ScriptedChatModel(replies=[fault, GOOD])
    asked = StructuredModel(toy(model), Word, sleep=pauses.append)
    with pytest.raises(ModelError, match=message):
        asked.ask(ASK, Deadline.after(5.0))
    assert (len(model.prompts), pauses) == (1, [])


def test_the_way_that_worked_is_asked_first_the_next_time() -> None:
    ladder = Ladder()
    _, model = ask(status_error(400), status_error(400), status_error(400), GOOD, ladder=ladder)
    assert len(model.prompts) == 4
    _, model = ask(GOOD, ladder=ladder)
    assert len(model.prompts) == 1
    assert model.prompts[0][-1].text.startswith("Reply with one JSON object")
    assert model.options == [{}]


def test_a_way_that_stops_working_is_left_for_the_best_one_that_does() -> None:
    ladder = Ladder()
    ladder.remember("json_mode")
    assert ladder.rungs() == ("json_mode", "json_schema", "function_calling", "plain")
    ask(status_error(400), GOOD, ladder=ladder)
    assert ladder.rungs()[0] == "json_schema"


def test_each_model_of_each_server_has_a_ladder_of_its_own() -> None:
    ladders = Ladders()
    ladders.of("http://one", "a").remember("plain")
    assert ladders.of("http://one", "a").rungs()[0] == "plain"
    assert ladders.of("http://one", "b").rungs()[0] == "json_schema"
    assert ladders.of("http://two", "a").rungs()[0] == "json_schema"


def test_a_turn_leaves_a_reply_no_more_time_than_it_has_left() -> None:
    def _late(messages: list[BaseMessage]) -> str:
        time.sleep(2)
        return json.dumps(GOOD)

    meter = Meter(deadline=Deadline.after(30.0, spent_s=29.9))
    started = time.monotonic()
    with pytest.raises(ModelServerError, match="within 30 seconds"):
        meter.run(lambda: ask(_late, seconds=5.0))
    assert time.monotonic() - started < 1.5


def test_the_deadline_holds_however_slowly_the_model_drips() -> None:
    def _drip(messages: list[BaseMessage]) -> str:
        time.sleep(2)
        return json.dumps(GOOD)

    started = time.monotonic()
    with pytest.raises(ModelError, match=r"within 0\.1 seconds"):
        ask(_drip, seconds=0.1)
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize(
    "text", ['{"a": 1}', ' {"a": 1}\n', '```json\n{"a": 1}\n```', '```\n{"a": 1}\n```']
)
def test_one_json_object_is_taken_out_of_a_fence(text: str) -> None:
    assert only_json(text) == '{"a": 1}'


@pytest.mark.parametrize("text", ["", "[1]", 'Sure: {"a": 1}', '{"a": 1} done', "```\n```"])
def test_anything_around_the_object_is_refused(text: str) -> None:
    with pytest.raises(ModelReplyError):
        only_json(text)

"""The app with a chat model that says the same whatever it is asked, and the hashing encoder."""

import runpy

from support import HashingEncoder

import interviewer.workspace
from interviewer.interviewing.model_interviewer import ModelInterviewer
from interviewer.llm.connection import Connection
from interviewer.llm.scripted import ScriptedChatModel

REPLY = "Tell me what gradient descent is, as far as you like."


def _interviewer(*_: object) -> ModelInterviewer:
    return ModelInterviewer(Connection(ScriptedChatModel(replies=[REPLY] * 9), name="local:toy"))


interviewer.workspace.open_encoder = lambda *_, **__: HashingEncoder()
interviewer.workspace._interviewer = _interviewer
runpy.run_path("app.py")

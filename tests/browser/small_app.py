"""The app with the hashing encoder of the tests, over whatever bank the environment names."""

import runpy

from support import HashingEncoder

import interviewer.workspace

interviewer.workspace.open_encoder = lambda *_, **__: HashingEncoder()
runpy.run_path("app.py")

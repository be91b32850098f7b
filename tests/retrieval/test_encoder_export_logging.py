"""An export leaves the program's logging as it found it."""

from __future__ import annotations

import logging
import warnings

from interviewer.retrieval.encoder_export import _quiet_libraries


def test_what_a_library_does_to_the_root_logger_is_undone() -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers), root.manager.disable)
    with _quiet_libraries():
        root.addHandler(logging.NullHandler())
        root.setLevel(logging.INFO)
        warnings.warn("nobody needs to see this", stacklevel=1)
    assert (root.level, list(root.handlers), root.manager.disable) == before

"""The interview as a pure state machine: `(session, event) -> (session, effects)`."""

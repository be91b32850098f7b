"""Every error this package raises on purpose, in one tree.

    InterviewerError
    ├── ConfigurationError      a setting is missing, contradictory or unusable
    ├── BankError               the question bank cannot be read or written
    │   ├── BankFormatError     a bank file breaks the format (names file and line)
    │   └── UnknownQuestionError  no question has this id (names the nearest three)
    ├── InputError              what the user handed in cannot be used (file, answer, upload)
    ├── EncoderError            the encoder is missing, damaged or cannot be exported
    ├── SearchIndexError        the index cannot be used
    │   ├── IndexStaleError     the index was built from other sources or by another encoder
    │   ├── IndexDamagedError   a file of the index is missing or fails its checksum
    │   └── IndexNotWritableError  the index folder cannot be written
    ├── ModelError              the chat model could not be reached or did not answer
    │   ├── ModelBudgetError    the interview may spend no more tokens
    │   ├── ModelContextError   the request is longer than the chat model can read
    │   ├── ModelReplyError     the chat model answered with something that is not a verdict
    │   └── ModelServerError    its server could not be reached, failed, or was too slow
    ├── SessionError            an interview session cannot go on as asked
    │   ├── UnknownSessionError no session has this id
    │   └── EventRefusedError   the event does not fit the state the session is in
    └── StoreError              the session database cannot be read or written

Each message says what happened and what to do next. The edges (`cli.py`, `ui/`) catch
`InterviewerError` and show it; nothing else catches it to stay silent.
"""

from __future__ import annotations


class InterviewerError(Exception):
    """Base of every deliberate error; `str(error)` is fit to show to a user."""


class ConfigurationError(InterviewerError):
    """A setting is missing, contradictory or unusable."""


class BankError(InterviewerError):
    """The question bank cannot be read or written."""


class BankFormatError(BankError):
    """A bank file breaks the format.

    Args:
        message: what is wrong and what to do.
        path: the file, as the user knows it.
        line: the line, counted from 1.
        code: the rule that is broken, in one hyphenated word, as the linter reports it.
    """

    def __init__(self, message: str, *, path: str, line: int, code: str = "format") -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.message = message
        self.path = path
        self.line = line
        self.code = code


class UnknownQuestionError(BankError):
    """No question has this id.

    Args:
        question_id: the id that was asked for.
        nearest: ids that look like it, best first.
    """

    def __init__(self, question_id: str, nearest: tuple[str, ...] = ()) -> None:
        advice = (
            f"Did you mean {', '.join(nearest)}?"
            if nearest
            else "List the ids with: interviewer knowledge list"
        )
        super().__init__(f"There is no question with the id {question_id!r}. {advice}")
        self.question_id = question_id
        self.nearest = nearest


class InputError(InterviewerError):
    """What the user handed in (a file, an answer, an upload) cannot be used."""


class EncoderError(InterviewerError):
    """The encoder is missing, damaged or cannot be exported."""


class SearchIndexError(InterviewerError):
    """The index cannot be used."""


class IndexStaleError(SearchIndexError):
    """The index was built from other sources or by another encoder."""


class IndexDamagedError(SearchIndexError):
    """A file of the index is missing or fails its checksum."""


class IndexNotWritableError(SearchIndexError):
    """The index folder cannot be written."""


class ModelError(InterviewerError):
    """The chat model could not be reached or did not answer."""


class ModelBudgetError(ModelError):
    """The interview may spend no more tokens."""


class ModelContextError(ModelError):
    """The request is longer than the chat model can read."""


class ModelReplyError(ModelError):
    """The chat model answered with something that is not a verdict."""


class ModelServerError(ModelError):
    """The chat model's server could not be reached, failed, or was too slow.

    Whoever asks it again at once has to wait for as long, and for nothing.
    """


class SessionError(InterviewerError):
    """An interview session cannot go on as asked."""


class UnknownSessionError(SessionError):
    """No session has this id."""


class EventRefusedError(SessionError):
    """The event does not fit the state that the session is in."""


class StoreError(InterviewerError):
    """The session database cannot be read or written."""

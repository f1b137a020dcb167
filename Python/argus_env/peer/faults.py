"""What went wrong in an environment or policy, in words that travel."""

from __future__ import annotations

import traceback

from argus_env.wire.errors import ENVIRONMENT
from argus_env.wire.metas import ErrorReport

# The end of a traceback is where the author's own code stands.
_TRACEBACK_CHARACTERS = 4000
_MESSAGE_CHARACTERS = 2000


class EnvironmentFault(Exception):
    """The environment or policy behind this peer failed; `cause` is its own exception, if there was one."""

    def __init__(self, message: str, cause: BaseException | None = None) -> None:
        super().__init__(message)
        self.cause = cause


def describe(place: str, problem: BaseException | str, copy: int | None = None) -> ErrorReport:
    """The error object (section 5 of the wire protocol) for what happened at `place`, such as "step()"."""
    lines: str | None = None
    if isinstance(problem, str):
        message = f"{place}: {problem}"
    else:
        message = f"{place}: {type(problem).__name__}: {problem}".rstrip(": ")
        lines = _printable("".join(traceback.format_exception(problem)))[-_TRACEBACK_CHARACTERS:]
    return ErrorReport(ENVIRONMENT, _printable(message)[:_MESSAGE_CHARACTERS], copy, lines)


def _printable(text: str) -> str:
    """`text` without half surrogates, which undecodable file names have and UTF-8 has not."""
    return text.encode(errors="backslashreplace").decode()

"""What went wrong in an environment or policy, in words that travel."""

from __future__ import annotations

import traceback
from typing import Any

from ..wire.errors import ENVIRONMENT

# The end of a traceback is where the author's own code stands.
_TRACEBACK_CHARACTERS = 4000
_MESSAGE_CHARACTERS = 2000


class EnvironmentFault(Exception):
    """The environment or policy behind this peer failed; `cause` is its own exception, if there was one."""

    def __init__(self, message: str, cause: BaseException | None = None) -> None:
        super().__init__(message)
        self.cause = cause


def describe(place: str, problem: BaseException | str, copy: int | None = None) -> dict[str, Any]:
    """The error object (section 5 of the wire protocol) for what happened at `place`, such as "step()"."""
    found: dict[str, Any] = {"code": ENVIRONMENT}
    if isinstance(problem, str):
        found["message"] = f"{place}: {problem}"[:_MESSAGE_CHARACTERS]
    else:
        text = str(problem)
        kind = type(problem).__name__
        found["message"] = f"{place}: {kind}: {text}"[:_MESSAGE_CHARACTERS] if text else f"{place}: {kind}"
        found["traceback"] = "".join(traceback.format_exception(problem))[-_TRACEBACK_CHARACTERS:]
    if copy is not None:
        found["copy"] = copy
    # Half surrogates, as undecodable file names have them, are no UTF-8.
    return {key: _printable(value) if isinstance(value, str) else value for key, value in found.items()}


def _printable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()

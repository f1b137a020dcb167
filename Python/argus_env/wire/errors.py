"""The one error of the codec."""

from __future__ import annotations

# Codes of section 5; peers may send others.
MALFORMED = "malformed"  # no message of this protocol: dropped and counted, never sent
INVALID_REQUEST = "invalid-request"
UNKNOWN_MESSAGE = "unknown-message"
UNKNOWN_INSTANCE = "unknown-instance"
UNKNOWN_ENVIRONMENT = "unknown-environment"
UNKNOWN_SESSION = "unknown-session"
NOT_OFFERED = "not-offered"
BAD_PARAMETERS = "bad-parameters"
SPECIFICATION = "specification"
LIMIT = "limit"
VERSION = "version"
ROLE = "role"
ENVIRONMENT = "environment"


class ProtocolError(Exception):
    """Something received that is not as the protocol says, or a request that cannot be done.

    Attributes:
        code: as in section 5 of the protocol, or `malformed`.
        message: what is wrong, found and expected.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{message} [{code}]")
        self.code = code
        self.message = message

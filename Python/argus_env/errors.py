"""The error that everything in this package raises."""

from __future__ import annotations


class ArgusError(Exception):
    """What went wrong, in words: ``WHAT (WHERE): found X, expected Y. Try Z.``

    Errors of the host keep its text.

    ``kind`` is for programs: ``"error"``; ``"busy"``: another thread is using the environment; ``"closed"``;
    ``"argument"``: a value that this call cannot take; ``"library"``: the host's library is missing or does not fit.
    """

    def __init__(self, text: str, kind: str = "error") -> None:
        super().__init__(text)
        self.kind = kind

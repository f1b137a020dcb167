"""Several texts in two frames: offsets u32 [n + 1], the first 0, and the texts in UTF-8 one after the other."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from argus_env.wire.errors import INVALID_REQUEST, LIMIT, ProtocolError

_OFFSET = np.dtype("<u4")


def encode_texts(texts: Iterable[str]) -> tuple[bytes, bytes]:
    """The frames offsets and texts.

    Raises:
        ProtocolError: `limit` for more than 4 GiB.
    """
    encoded = [text.encode() for text in texts]
    offsets = np.zeros(len(encoded) + 1, np.uint64)
    np.cumsum([len(text) for text in encoded], out=offsets[1:])
    if offsets[-1] > 0xFFFFFFFF:
        raise ProtocolError(LIMIT, f"the texts have {offsets[-1]} bytes, expected at most {0xFFFFFFFF}")
    return offsets.astype(_OFFSET).tobytes(), b"".join(encoded)


def decode_texts(
    offsets: bytes | bytearray | memoryview, texts: bytes | bytearray | memoryview, count: int, name: str = "texts"
) -> list[str]:
    """The `count` texts of two frames; `name` says which, for errors.

    Raises:
        ProtocolError: `invalid-request` for another number, offsets that do not begin with 0, fall, or do not end with
            the bytes, and bytes that are not UTF-8.
    """
    if len(offsets) != 4 * (count + 1):
        raise ProtocolError(
            INVALID_REQUEST,
            f"the offsets of {name} have {len(offsets)} bytes, expected 4 * ({count} + 1) for {count} texts",
        )
    found: list[str] = []
    data = bytes(texts)
    start = 0
    for index, end in enumerate(np.frombuffer(offsets, _OFFSET).tolist()):
        if (index == 0 and end != 0) or not start <= end <= len(data):
            expected = "0" if index == 0 else f"{start} to {len(data)}"
            raise ProtocolError(INVALID_REQUEST, f"offset {index} of {name} is {end}, expected {expected}")
        if index > 0:
            try:
                found.append(data[start:end].decode())
            except UnicodeDecodeError:
                raise ProtocolError(INVALID_REQUEST, f"text {index - 1} of {name} is not UTF-8") from None
        start = end
    if start != len(data):
        raise ProtocolError(INVALID_REQUEST, f"the last offset of {name} is {start}, expected {len(data)}")
    return found

"""JSON in one way only, so that equal values have equal bytes in every implementation.

No spaces, keys sorted by code point, strings in UTF-8 with only `"`, `\\` and control characters escaped, numbers as
`repr` writes them. A 32-bit float stands for the shortest decimal that reads back as it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from argus_env.wire.errors import INVALID_REQUEST, ProtocolError

_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def dumps(value: Any) -> bytes:
    """The canonical bytes of a JSON value. Raises `ValueError` for floats that are not finite."""
    return _encoder.encode(value).encode()


def loads(data: bytes | bytearray | memoryview, place: str) -> Any:
    """Reads a JSON value from bytes that may come from anywhere; no bytes are the empty object.

    Refuses what two readers could understand differently: bytes that are not UTF-8, duplicate keys, numbers beyond
    64-bit floats, halves of surrogate pairs.

    Raises:
        ProtocolError: `invalid-request`; `place` says where, such as `meta of CREATE`.
    """
    if len(data) == 0:
        return {}
    try:
        raw = bytes(data)
        value = _decoder.decode(raw.decode())
        if b"\\u" in raw:
            # An escaped half of a surrogate pair is the only way to a string that is no UTF-8.
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except RecursionError:
        reason = "too many levels"
    except ValueError as error:
        reason = str(error)
    raise ProtocolError(INVALID_REQUEST, f"{place} is no JSON: {reason[:200]}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key for the second time")
    return members


def _constant(name: str) -> Any:
    raise ValueError(f"{name}, which JSON does not have")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number out of range")
    return value


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)


def singles(values: Iterable[float]) -> list[float | None]:
    """32-bit floats as they stand in JSON: the shortest decimal that reads back; None where not finite."""
    return [float(str(value)) if math.isfinite(value) else None for value in np.asarray(list(values), np.float32)]


def single(value: float) -> float | None:
    """One 32-bit float, see `singles`."""
    return singles([value])[0]

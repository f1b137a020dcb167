"""An object of a received document, read key by key; errors name the key and where it stands."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from argus_env.wire.canonical import loads
from argus_env.wire.errors import INVALID_REQUEST, ProtocolError

LARGEST_INTEGER = (1 << 63) - 1
LARGEST_COUNT = (1 << 32) - 1
_LARGEST_SINGLE = float(np.finfo(np.float32).max)


class Fields:
    """Reads a JSON object. Keys that are not asked for are ignored; a key with the value null counts as absent.

    Methods with `default` return it for an absent key; without one the key is required. All raise `ProtocolError`
    with the code `invalid-request`.
    """

    REQUIRED: Any = object()

    def __init__(self, value: Any, place: str) -> None:
        self.place = place
        if not isinstance(value, dict):
            raise ProtocolError(INVALID_REQUEST, f"{place}: found {describe(value)}, expected an object")
        self.members: dict[str, Any] = value

    @classmethod
    def read(cls, data: bytes | bytearray | memoryview, place: str) -> Fields:
        """A whole document in UTF-8; no bytes are the empty object."""
        return cls(loads(data, place), place)

    def __contains__(self, key: str) -> bool:
        return self.members.get(key) is not None

    def refused(self, key: str, expected: str) -> ProtocolError:
        found = describe(self.members[key]) if key in self.members else "nothing"
        return ProtocolError(INVALID_REQUEST, f"key '{key}' of {self.place}: found {found}, expected {expected}")

    def _value(self, key: str, default: Any, expected: str) -> Any:
        value = self.members.get(key)
        if value is None and default is Fields.REQUIRED:
            raise self.refused(key, expected)
        return value

    def integer(self, key: str, low: int, high: int, default: Any = REQUIRED) -> Any:
        expected = f"an integer from {low}" + (f" to {high}" if high < LARGEST_INTEGER else "")
        value = self._value(key, default, expected)
        if value is None:
            return default
        if type(value) is not int or not low <= value <= high:
            raise self.refused(key, expected)
        return value

    def number(self, key: str, default: Any = REQUIRED) -> Any:
        value = self._value(key, default, "a number")
        if value is None:
            return default
        if type(value) not in (int, float):
            raise self.refused(key, "a number")
        try:
            return float(value)
        except OverflowError:
            raise self.refused(key, "a number of 64 bits") from None

    def boolean(self, key: str, default: Any = REQUIRED) -> Any:
        value = self._value(key, default, "true or false")
        if value is None:
            return default
        if type(value) is not bool:
            raise self.refused(key, "true or false")
        return value

    def string(self, key: str, default: Any = REQUIRED) -> Any:
        value = self._value(key, default, "a string")
        if value is None:
            return default
        if type(value) is not str:
            raise self.refused(key, "a string")
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: Any = REQUIRED) -> Any:
        value = self.string(key, default)
        if value is not default and value not in choices:
            raise self.refused(key, " or ".join(choices))
        return value

    def list(self, key: str, default: Any = REQUIRED) -> Any:
        value = self._value(key, default, "a list")
        if value is None:
            return default
        if type(value) is not list:
            raise self.refused(key, "a list")
        return value

    def integers(self, key: str, low: int, high: int) -> tuple[int, ...]:
        values = self.list(key)
        for value in values:
            if type(value) is not int or not low <= value <= high:
                raise self.refused(key, f"a list of integers from {low} to {high} (one is {describe(value)})")
        return tuple(values)

    def strings(self, key: str, default: Any = REQUIRED) -> Any:
        values = self.list(key, default)
        if values is default:
            return default
        for value in values:
            if type(value) is not str:
                raise self.refused(key, f"a list of strings (one element is {describe(value)})")
        return tuple(values)

    def singles(self, key: str, unbounded: float | None = None) -> tuple[float, ...] | None:
        """32-bit floats, None when absent; null elements become `unbounded`, if that is given."""
        values = self.list(key, None)
        if values is None:
            return None
        found: list[float] = []
        for value in values:
            if value is None and unbounded is not None:
                found.append(unbounded)
                continue
            if type(value) not in (int, float):
                raise self.refused(key, f"a list of numbers (one element is {describe(value)})")
            found.append(self._single(key, value))
        return tuple(found)

    def _single(self, key: str, value: int | float) -> float:
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if abs(number) > _LARGEST_SINGLE:
            with np.errstate(over="ignore"):
                if not np.isfinite(np.float32(number)):
                    raise self.refused(key, f"32-bit floats (one is {describe(value)})")
        return float(np.float32(number))

    def single(self, key: str) -> float | None:
        """One 32-bit float, or None when absent."""
        number = self.number(key, None)
        return None if number is None else self._single(key, number)

    def object(self, key: str, default: Any = REQUIRED) -> Any:
        value = self._value(key, default, "an object")
        if value is None:
            return default
        if type(value) is not dict:
            raise self.refused(key, "an object")
        return Fields(value, f"{self.place}, {key}")

    def objects(self, key: str, most: int, required: bool = False) -> Any:
        """A list of objects; absent is empty unless `required`."""
        values = self.list(key) if required else self.list(key, [])
        if len(values) > most:
            raise self.refused(key, f"at most {most} elements")
        return [Fields(value, f"{self.place}, {key}[{index}]") for index, value in enumerate(values)]

    def parameter(self, key: str, default: Any = REQUIRED) -> Any:
        """A parameter's value: an integer of 64 bits, a number, a boolean or a string."""
        expected = "an integer, a number, true, false or a string"
        value = self._value(key, default, expected)
        if value is None:
            return default
        if type(value) is int and not -LARGEST_INTEGER - 1 <= value <= LARGEST_INTEGER:
            return self.number(key)
        if type(value) not in (int, float, bool, str):
            raise self.refused(key, expected)
        return value


def describe(value: Any) -> str:
    """What a JSON value is, for messages."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return f"'{value[:40]}'"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, int) and value.bit_length() > 256:
        return "an integer of many digits"
    return str(value)

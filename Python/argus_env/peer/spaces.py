"""Gymnasium's spaces as rows: observations flattened to floats, actions as heads of choices or as numbers.

Observations: Box (any shape), Discrete, MultiDiscrete (one-hot, as `gymnasium.spaces.flatten` does), MultiBinary, and
Dict and Tuple of these. Actions: Discrete (with its start), MultiDiscrete, MultiBinary, bounded Box of floats, and Dict
and Tuple of one kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MASK_KEY = "action_mask"


class UnsupportedSpace(ValueError):
    """A space that has no meaning as a row; the message says why and what to do."""


def _kind(space: object) -> str:
    """The name of the gymnasium class that `space` is, so that gymnasium need not be installed for other adapters."""
    for ancestor in type(space).__mro__:
        if ancestor.__module__.split(".")[0] in ("gymnasium", "gym"):
            return ancestor.__name__
    return type(space).__name__


def is_tuple(space: object) -> bool:
    """Whether `space` is a Tuple of spaces."""
    return _kind(space) == "Tuple"


def _shape_of(value: object) -> str:
    shape = np.shape(value) if isinstance(value, (np.ndarray, np.generic, list, tuple, int, float)) else None
    return f"shape {shape}" if shape is not None else f"a {type(value).__name__}"


class ObservationEncoder:
    """Writes one agent's observation into its row.

    `size`: components. `low`, `high`: their bounds, infinite where there are none. `segments`: name, offset and count
    of the parts, for people. `has_mask`: the space is a Dict with `action_mask`, which is not part of the row.
    """

    def __init__(self, space: Any) -> None:
        self.size = 0
        self.segments: list[tuple[str, int, int]] = []
        self.has_mask = False
        self._low: list[NDArray[np.float64]] = []
        self._high: list[NDArray[np.float64]] = []
        if _kind(space) == "Dict" and _MASK_KEY in space.spaces:
            self.has_mask = True
            rest = {key: part for key, part in space.spaces.items() if key != _MASK_KEY}
            if not rest:
                raise UnsupportedSpace(
                    f"observation space: found only {_MASK_KEY!r}, expected an observation beside it"
                )
            writers = [(key, self._compile(part, str(key))) for key, part in rest.items()]
            self._write = _write_keys(writers)
        else:
            self._write = self._compile(space, "observation")
        self.low = np.concatenate(self._low) if self._low else np.zeros(0)
        self.high = np.concatenate(self._high) if self._high else np.zeros(0)

    def write(self, value: Any, row: NDArray[np.float32]) -> None:
        """Writes `value` into the first `size` components of `row`. A `ValueError` says what does not fit."""
        self._write(value, row)

    def _leaf(self, name: str, size: int, low: Any, high: Any) -> int:
        offset = self.size
        self.size += size
        self.segments.append((name, offset, size))
        self._low.append(np.broadcast_to(np.asarray(low, np.float64).reshape(-1), size))
        self._high.append(np.broadcast_to(np.asarray(high, np.float64).reshape(-1), size))
        return offset

    def _compile(self, space: Any, name: str) -> Callable[[Any, NDArray[np.float32]], None]:
        kind = _kind(space)
        if kind == "Box":
            size = math.prod(space.shape)
            return _write_box(name, self._leaf(name, size, space.low, space.high), size, tuple(space.shape))
        if kind == "MultiBinary":
            size = math.prod(space.shape)
            return _write_box(name, self._leaf(name, size, 0, 1), size, tuple(space.shape))
        if kind == "Discrete":
            size = int(space.n)
            return _write_one_hot(name, self._leaf(name, size, 0, 1), [size], [int(space.start)])
        if kind == "MultiDiscrete":
            sizes = [int(size) for size in space.nvec.reshape(-1)]
            starts = np.broadcast_to(getattr(space, "start", 0), space.nvec.shape).reshape(-1)
            return _write_one_hot(name, self._leaf(name, sum(sizes), 0, 1), sizes, [int(start) for start in starts])
        if kind == "Dict":
            return _write_keys([(key, self._compile(part, f"{name}.{key}")) for key, part in space.spaces.items()])
        if kind == "Tuple":
            parts = [(index, self._compile(part, f"{name}.{index}")) for index, part in enumerate(space.spaces)]
            return _write_keys(parts)
        raise UnsupportedSpace(
            f"observation space: found {kind} in {name!r}, expected Box, Discrete, MultiDiscrete, MultiBinary, Dict or "
            "Tuple. Try a wrapper that turns it into numbers"
        )


def _write_box(name: str, offset: int, size: int, shape: tuple[int, ...]) -> Callable[[Any, NDArray[np.float32]], None]:
    end = offset + size

    def write(value: Any, row: NDArray[np.float32]) -> None:
        array = value if isinstance(value, np.ndarray) else np.asarray(value, np.float32)
        if array.shape != shape and not array.size == size == 1:
            raise ValueError(f"found shape {array.shape} for {name!r}, expected {shape}")
        row[offset:end] = array.reshape(-1)

    return write


def _write_one_hot(
    name: str, offset: int, sizes: list[int], starts: list[int]
) -> Callable[[Any, NDArray[np.float32]], None]:
    end = offset + sum(sizes)

    def write(value: Any, row: NDArray[np.float32]) -> None:
        values = np.asarray(value).reshape(-1)
        if values.size != len(sizes) or values.dtype.kind not in "iub":
            raise ValueError(
                f"found {_shape_of(value)} of {values.dtype} for {name!r}, expected {len(sizes)} whole number(s)"
            )
        row[offset:end] = 0
        first = offset
        for index, start, size in zip(values.tolist(), starts, sizes):
            if not start <= index < start + size:
                raise ValueError(f"found {index} for {name!r}, expected {start} to {start + size - 1}")
            row[first + index - start] = 1
            first += size

    return write


def _write_keys(
    parts: Sequence[tuple[Any, Callable[[Any, NDArray[np.float32]], None]]],
) -> Callable[[Any, NDArray[np.float32]], None]:
    def write(value: Any, row: NDArray[np.float32]) -> None:
        for key, part in parts:
            try:
                inner = value[key]
            except (KeyError, IndexError, TypeError) as error:
                raise ValueError(f"found no {key!r} in a {type(value).__name__}, expected it") from error
            part(inner, row)

    return write


class ActionDecoder:
    """Turns an action row into what an environment's `step` takes.

    Discrete: `heads`, the number of choices of each; continuous: `heads` is None, `low` and `high` are finite bounds.
    """

    def __init__(self, space: Any) -> None:
        self.heads: list[int] | None = None
        self.low: list[float] = []
        self.high: list[float] = []
        heads: list[int] = []
        self._decode = self._compile(space, heads, "action space")
        if heads and self.low:
            raise UnsupportedSpace(
                "action space: found discrete and continuous parts in one, expected one kind. Try a wrapper that makes "
                "the continuous part discrete"
            )
        if heads:
            self.heads = heads
        elif not self.low:
            raise UnsupportedSpace("action space: found one without components, expected at least one")

    def decode(self, row: Any) -> Any:
        """The action for `row`: a list of choices, one a head, or f32 numbers."""
        return self._decode(row)

    def _compile(self, space: Any, heads: list[int], name: str) -> Callable[[Any], Any]:
        kind = _kind(space)
        first = len(heads)
        if kind == "Discrete":
            heads.append(int(space.n))
            start = int(space.start)
            return lambda row: row[first] + start
        if kind in ("MultiDiscrete", "MultiBinary"):
            shape = tuple(space.shape)
            sizes = space.nvec.reshape(-1) if kind == "MultiDiscrete" else [2] * math.prod(shape)
            heads.extend(int(size) for size in sizes)
            last = len(heads)
            dtype = space.dtype
            starts = np.broadcast_to(getattr(space, "start", 0), shape).reshape(-1).astype(dtype)
            return lambda row: (np.asarray(row[first:last], dtype) + starts).reshape(shape)
        if kind == "Box":
            return self._compile_box(space, name)
        if kind in ("Dict", "Tuple"):
            keys = list(space.spaces) if kind == "Dict" else list(range(len(space.spaces)))
            parts = [(key, self._compile(space.spaces[key], heads, f"{name}[{key!r}]")) for key in keys]
            if kind == "Dict":
                return lambda row: {key: part(row) for key, part in parts}
            return lambda row: tuple(part(row) for _, part in parts)
        raise UnsupportedSpace(
            f"{name}: found {kind}, expected Discrete, MultiDiscrete, MultiBinary, a bounded Box, or a Dict or Tuple "
            "of these. Try a wrapper"
        )

    def _compile_box(self, space: Any, name: str) -> Callable[[Any], Any]:
        if space.dtype.kind != "f":
            raise UnsupportedSpace(
                f"{name}: found a Box of {space.dtype}, expected floats. Try MultiDiscrete for whole numbers"
            )
        if not (np.isfinite(space.low).all() and np.isfinite(space.high).all()):
            raise UnsupportedSpace(
                f"{name}: found a Box without bounds (low {space.low.min()}, high {space.high.max()}), expected finite "
                "ones. Try gymnasium's RescaleAction or a wrapper that clips"
            )
        first = len(self.low)
        self.low.extend(float(value) for value in np.asarray(space.low, np.float32).reshape(-1))
        self.high.extend(float(value) for value in np.asarray(space.high, np.float32).reshape(-1))
        last = len(self.low)
        shape, dtype, low, high = tuple(space.shape), space.dtype, space.low, space.high
        # A float32 row may miss a float64 bound by a rounding.
        return lambda row: np.clip(np.asarray(row[first:last], dtype).reshape(shape), low, high)


def mask_parts(mask: Any) -> NDArray[Any]:
    """An `action_mask` as one flat array: arrays as they are, tuples of arrays (several heads) one after the other."""
    if isinstance(mask, np.ndarray):
        return mask.reshape(-1)
    if isinstance(mask, Mapping):
        mask = list(mask.values())
    if isinstance(mask, (tuple, list)) and mask and not np.isscalar(mask[0]):
        return np.concatenate([mask_parts(part) for part in mask])
    return np.asarray(mask).reshape(-1)

"""One handle of the host, with its buffers as NumPy arrays."""

from __future__ import annotations

import ctypes as c
import json
import operator
from typing import Any, Sequence

import numpy as np

from argus_env.errors import ArgusError
from argus_env.native import library as native

LARGEST_SEED = (1 << 64) - 1


class _View:
    """Memory of the host as NumPy's array interface describes it; arrays made of it keep the environment alive."""

    __slots__ = ("__array_interface__", "owner")

    def __init__(self, owner: NativeEnvironment, buffer: native.Buffer) -> None:
        self.owner = owner
        self.__array_interface__ = {
            "version": 3,
            "data": (buffer.data, False),
            "typestr": native.DTYPES[buffer.dtype],
            "shape": tuple(buffer.shape[:buffer.rank]),
        }


class NativeEnvironment:
    """Owns one handle. It is closed when neither this object nor any array of its buffers is left.

    Attributes:
        description: what ``argus_client_describe`` tells.
        id: the handle, for calls on ``library``.
    """

    def __init__(self, scenario: str, copies: int, threads: int) -> None:
        self.id = 0
        self.library = native.load()
        self._close = self.library.close
        for name, value, largest in ("num_envs", copies, 1 << 20), ("threads", threads, 256):
            if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or not 1 <= value <= largest:
                raise ArgusError(
                    f"bad value ({name}): found {value!r}, expected an integer, 1 to {largest}.", "argument")
        if not isinstance(scenario, str) or "\0" in scenario:
            raise ArgusError(f"bad value (scenario): found {scenario!r}, expected an id or a file's path.", "argument")
        handle = c.c_uint64()
        self.library.check(self.library.create(scenario.encode(), int(copies), int(threads), c.byref(handle)))
        self.id = handle.value
        self.description: dict[str, Any] = json.loads(self.library.sized(self.library.describe, self.id))

    def __del__(self) -> None:
        if self.id:
            self._close(self.id)
            self.id = 0

    def array(self, role: str) -> np.ndarray:
        """A view of the host's buffer of this role."""
        buffer = native.Buffer()
        self.library.check(self.library.get_buffer(self.id, native.ROLES.index(role) + 1, c.byref(buffer)))
        return np.asarray(_View(self, buffer))

    # MARK: Episodes

    def reset(self, kind: int, seeds: Sequence[int]) -> None:
        array = (c.c_uint64 * len(seeds))(*seeds)
        self.library.check(self.library.reset(self.id, kind, array, len(seeds)))

    def report(self) -> str:
        return self.library.sized(self.library.report, self.id).decode()

    # MARK: Text, pictures, snapshots

    def rules(self, agent: int) -> str:
        return self.library.sized(self.library.rules, self.id, agent).decode()

    def situation(self, copy: int, agent: int) -> str:
        return self.library.sized(self.library.situation, self.id, copy, agent).decode()

    def action_text(self, copy: int, agent: int, choice: int) -> str:
        return self.library.sized(self.library.action_text, self.id, copy, agent, choice).decode()

    def render(self, copy: int, color: bool) -> str:
        return self.library.sized(self.library.render, self.id, copy, int(color)).decode()

    def snapshot(self, copy: int) -> bytes:
        return self.library.sized(self.library.snapshot, self.id, copy)

    def restore(self, copy: int, snapshot: bytes, chance_seed: int | None) -> None:
        seed = None if chance_seed is None else c.byref(c.c_uint64(checked_seed(chance_seed)))
        data = bytes(snapshot)
        self.library.check(self.library.restore(self.id, copy, data, len(data), seed))

    def act(self, team: str, seed: int) -> None:
        self.library.check(self.library.act(self.id, team.encode(), checked_seed(seed)))


def checked_seed(seed: Any) -> int:
    """A seed as an integer of 64 bits."""
    try:
        value = operator.index(seed)
    except TypeError:
        value = -1
    if not 0 <= value <= LARGEST_SEED or isinstance(seed, bool):
        raise ArgusError(f"bad value (seed): found {seed!r}, expected an integer, 0 to {LARGEST_SEED}.", "argument")
    return value


def checked_index(value: Any, count: int, name: str) -> int:
    """An index as an integer from 0 to count - 1."""
    try:
        index = operator.index(value)
    except TypeError:
        index = -1
    if not 0 <= index < count:
        raise ArgusError(f"bad index ({name}): found {value!r}, expected 0 to {count - 1}.", "argument")
    return index


def numbers(values: list[Any]) -> np.ndarray:
    """Bounds of the description, in which numbers that are not finite are strings."""
    return np.array([float(value) for value in values], np.float32)

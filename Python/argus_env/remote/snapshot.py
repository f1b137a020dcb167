"""The frame around a copy's saved state: what it is of, where the episode stands, and a checksum."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from argus_env.errors import ArgusError

_MAGIC = b"ARGUSRMT"
_FIXED = struct.Struct("<8sIQqQqBB6xIQ")


def _checksum(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=8).digest()


@dataclass(frozen=True)
class Snapshot:
    """One copy's state with the driver's own numbers of its episode."""

    specification: int
    episode: int
    seed: int
    steps: int
    start: bool
    active: bool
    returns: tuple[float, ...]
    state: bytes

    def encode(self) -> bytes:
        data = _FIXED.pack(
            _MAGIC, 1, self.specification, self.episode, self.seed, self.steps, self.start, self.active,
            len(self.returns), len(self.state),
        )  # fmt: skip
        data += struct.pack(f"<{len(self.returns)}d", *self.returns) + self.state
        return data + _checksum(data)

    @classmethod
    def decode(cls, data: bytes, specification: int, groups: int, place: str) -> Snapshot:
        """Reads a snapshot of this specification.

        Raises:
            ArgusError: for any other bytes.
        """
        problem = "other bytes"
        if len(data) >= _FIXED.size + 8 and data[:8] == _MAGIC:
            _, version, found, episode, seed, steps, start, active, count, size = _FIXED.unpack_from(data)
            length = _FIXED.size + 8 * count + size + 8
            if version != 1 or len(data) != length or data[-8:] != _checksum(data[:-8]):
                problem = "damaged bytes, or of another version"
            elif found != specification or count != groups or episode < -1 or steps < 0:
                problem = f"a snapshot of the specification {found:016x}"
            else:
                returns = struct.unpack_from(f"<{count}d", data, _FIXED.size)
                state = data[_FIXED.size + 8 * count : -8]
                return cls(found, episode, seed, steps, bool(start), bool(active), returns, state)
        raise ArgusError(
            f"not a usable snapshot ({place}): found {problem}, expected a snapshot of {specification:016x}.",
            "argument",
        )

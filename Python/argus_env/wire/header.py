"""Part 0 of every message: 64 bytes, little-endian."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

from argus_env.wire import constants as c
from argus_env.wire.errors import INVALID_REQUEST, LIMIT, MALFORMED, VERSION, ProtocolError

MAGIC = b"ARGU"
HEADER_SIZE = 64
HEADER_STRUCT = struct.Struct("<4sHHHHIQQQQIIII")
_unpack = HEADER_STRUCT.unpack
_pack = HEADER_STRUCT.pack
_pack_into = HEADER_STRUCT.pack_into


class Header(NamedTuple):
    """The fields of section 2 after the magic. A tuple: make another with `_replace`."""

    major: int
    minor: int
    message: int
    flags: int
    frames: int
    session: int
    sequence: int
    specification: int
    clock: int
    instance: int
    batch: int
    status: int
    deadline: int

    @property
    def is_reply(self) -> bool:
        return bool(self.flags & c.FLAG_REPLY)

    def pack(self) -> bytes:
        """The 64 bytes."""
        return _pack(MAGIC, *self)


def pack_header(
    message: int,
    flags: int = 0,
    frames: int = 0,
    session: int = 0,
    sequence: int = 0,
    specification: int = 0,
    clock: int = 0,
    instance: int = 0,
    batch: int = 0,
    status: int = 0,
    deadline: int = 0,
) -> bytes:
    """A header's 64 bytes."""
    return _pack(
        MAGIC, c.MAJOR, c.MINOR, message, flags, frames, session, sequence, specification, clock, instance, batch,
        status, deadline,
    )  # fmt: skip


def pack_header_into(
    buffer: bytearray,
    message: int,
    flags: int = 0,
    frames: int = 0,
    session: int = 0,
    sequence: int = 0,
    specification: int = 0,
    clock: int = 0,
    instance: int = 0,
    batch: int = 0,
    status: int = 0,
    deadline: int = 0,
) -> None:
    """Writes a header into the first 64 bytes of `buffer`, without making another object."""
    _pack_into(
        buffer, 0, MAGIC, c.MAJOR, c.MINOR, message, flags, frames, session, sequence, specification, clock, instance,
        batch, status, deadline,
    )  # fmt: skip


def pack_reply(request: Header, status: int = 0, frames: int = 0, clock: int = 0, instance: int | None = None) -> bytes:
    """The header of the reply to `request`: session, sequence, message, specification and batch are the request's."""
    return _pack(
        MAGIC, c.MAJOR, c.MINOR, request.message, c.FLAG_REPLY, frames, request.session, request.sequence,
        request.specification, clock, request.instance if instance is None else instance, request.batch, status, 0,
    )  # fmt: skip


def unpack_unchecked(data: bytes | bytearray | memoryview) -> Header | None:
    """The fields of anything that has a header's size and magic; None for all else. Tells whom to answer."""
    if len(data) != HEADER_SIZE:
        return None
    fields = _unpack(data)
    return Header._make(fields[1:]) if fields[0] == MAGIC else None


def unpack_header(data: bytes | bytearray | memoryview) -> Header:
    """Reads a header and checks size, magic, major version and flags.

    Raises:
        ProtocolError: `malformed` for what is no header; `version`; `invalid-request` for unknown flag bits.
    """
    header = unpack_unchecked(data)
    if header is None:
        raise ProtocolError(
            MALFORMED, f"the header has {len(data)} bytes and begins with {bytes(data[:4])!r}, expected 64 and b'ARGU'"
        )
    if header.major != c.MAJOR:
        raise ProtocolError(VERSION, f"the header has major version {header.major}, expected {c.MAJOR}")
    if header.flags & ~c.FLAGS:
        raise ProtocolError(
            INVALID_REQUEST,
            f"{c.message_name(header.message)} has the unknown flag bits {header.flags & ~c.FLAGS:#x}",
        )
    return header


def check_message(parts: Sequence[bytes | bytearray | memoryview], largest: int = c.LARGEST_FRAME) -> Header:
    """Checks a received message as a whole; `parts` without the routing id. Meta and frames are not looked at.

    Raises:
        ProtocolError: `malformed` for what is dropped and counted (fewer than two parts, no header, another number of
            frames); `version`, `invalid-request` or `limit` (a part above `largest` bytes) for what is answered.
    """
    if len(parts) < 2:
        raise ProtocolError(MALFORMED, f"a message of {len(parts)} parts, expected at least 2: header and meta")
    header = unpack_header(parts[0])
    if len(parts) - 2 != header.frames:
        raise ProtocolError(
            MALFORMED,
            f"{c.message_name(header.message)} has {len(parts) - 2} frames, its header says {header.frames}",
        )
    for index, part in enumerate(parts):
        if len(part) > largest:
            raise ProtocolError(
                LIMIT,
                f"part {index} of {c.message_name(header.message)} has {len(part)} bytes, expected at most {largest}",
            )
    return header


def check_reply(reply: Header, request: Header) -> None:
    """Checks that the awaited reply (same session and sequence) says what a reply to `request` must say.

    CREATE and JOIN give a new instance; all others repeat the request's.

    Raises:
        ProtocolError: `invalid-request`.
    """
    name = c.message_name(request.message)
    if reply.message != request.message:
        raise ProtocolError(INVALID_REQUEST, f"the reply to {name} is a {c.message_name(reply.message)}")
    if request.message in (c.CREATE, c.JOIN):
        if reply.status == c.DONE and reply.instance == 0:
            raise ProtocolError(INVALID_REQUEST, f"the reply to {name} has instance 0, expected another")
    elif reply.instance != request.instance:
        raise ProtocolError(
            INVALID_REQUEST, f"the reply to {name} has instance {reply.instance}, expected {request.instance}"
        )
    if reply.status > c.FATAL:
        raise ProtocolError(INVALID_REQUEST, f"the reply to {name} has status {reply.status}, expected 0 to 3")

"""HELLO and WELCOME: who both sides are, and what follows from it. Section 3 of the protocol."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from argus_env.wire import canonical
from argus_env.wire import constants as c
from argus_env.wire.errors import ROLE, VERSION, ProtocolError
from argus_env.wire.fields import LARGEST_INTEGER, Fields

DRIVER = "driver"
ENVIRONMENT = "environment"
POLICY = "policy"


@dataclass(frozen=True)
class Limits:
    """The largest things that a side takes: a part in bytes, instances in a session."""

    frame: int = c.LARGEST_FRAME
    instances: int = c.MOST_INSTANCES

    def agreed(self, other: Limits) -> Limits:
        """What is in force between two sides: the smaller of each."""
        return Limits(min(self.frame, other.frame), min(self.instances, other.instances))


@dataclass(frozen=True)
class Identity:
    """What a side says of itself."""

    role: str
    name: str
    version: str
    pid: int | None = field(default_factory=os.getpid)
    capabilities: tuple[str, ...] = ()
    limits: Limits = Limits()

    def common(self, other: Identity) -> frozenset[str]:
        """The capabilities that both sides have."""
        return frozenset(self.capabilities) & frozenset(other.capabilities)

    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "role": self.role, "name": self.name, "version": self.version, "capabilities": list(self.capabilities),
            "limits": vars(self.limits),
        }  # fmt: skip
        if self.pid is not None:
            document["pid"] = self.pid
        return document

    @classmethod
    def read(cls, fields: Fields) -> Identity:
        role = fields.string("role")
        if role not in (DRIVER, ENVIRONMENT, POLICY):
            raise ProtocolError(
                ROLE, f"key 'role' of {fields.place}: found '{role[:40]}', expected driver, environment or policy"
            )
        limits = fields.object("limits", None) or Fields({}, fields.place)
        return cls(
            role,
            fields.string("name", ""),
            fields.string("version", ""),
            fields.integer("pid", 0, LARGEST_INTEGER, None),
            fields.strings("capabilities", ()),
            Limits(
                limits.integer("frame", 64, LARGEST_INTEGER, c.LARGEST_FRAME),
                limits.integer("instances", 1, LARGEST_INTEGER, c.MOST_INSTANCES),
            ),
        )


def encode_hello(identity: Identity, majors: tuple[int, ...] = (c.MAJOR,)) -> bytes:
    """Meta of HELLO."""
    return canonical.dumps({**identity.document(), "majors": list(majors)})


def decode_hello(data: bytes | bytearray | memoryview) -> tuple[Identity, tuple[int, ...]]:
    """Who greets, and which major versions it speaks.

    Raises:
        ProtocolError: `invalid-request` or `role`.
    """
    fields = Fields.read(data, "meta of HELLO")
    return Identity.read(fields), fields.integers("majors", 0, 65535)


def encode_welcome(identity: Identity, major: int = c.MAJOR) -> bytes:
    """Meta of WELCOME."""
    return canonical.dumps({**identity.document(), "major": major})


def decode_welcome(data: bytes | bytearray | memoryview) -> tuple[Identity, int]:
    """Who welcomes, and which major version it chose.

    Raises:
        ProtocolError: `invalid-request` or `role`.
    """
    fields = Fields.read(data, "meta of WELCOME")
    return Identity.read(fields), fields.integer("major", 0, 65535)


def check_hello(own: Identity, other: Identity, majors: tuple[int, ...]) -> None:
    """For the binding side. Raises `ProtocolError` with `version` or `role`, for REFUSE."""
    if c.MAJOR not in majors:
        raise ProtocolError(VERSION, f"HELLO speaks the major versions {list(majors)}, expected {c.MAJOR} among them")
    check_roles(own.role, other.role)


def check_welcome(own: Identity, other: Identity, major: int) -> None:
    """For the connecting side. Raises `ProtocolError` with `version` or `role`."""
    if major != c.MAJOR:
        raise ProtocolError(VERSION, f"WELCOME has chosen major version {major}, expected {c.MAJOR}")
    check_roles(own.role, other.role)


def check_roles(first: str, second: str) -> None:
    """One of two sides is a driver, and one only."""
    if (first == DRIVER) == (second == DRIVER):
        raise ProtocolError(ROLE, f"the two sides are {first} and {second}, expected a driver and another")

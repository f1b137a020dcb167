"""What a connection and the two kinds of services say to each other."""

from __future__ import annotations

import dataclasses
from typing import Any, Protocol

from argus_env.peer.faults import EnvironmentFault, describe
from argus_env.wire import constants as c
from argus_env.wire.errors import LIMIT, ProtocolError
from argus_env.wire.header import Header
from argus_env.wire.metas import ErrorReport, encode_errors

_NO_COPY: list[object] = []


class Reply:
    """A reply before it is put on the wire. `instance`, `specification` and `batch`: None repeats the request's."""

    __slots__ = ("status", "meta", "frames", "instance", "specification", "batch", "clock", "zero_copy")

    def __init__(
        self,
        *,
        status: int = c.DONE,
        meta: bytes = b"",
        frames: list[object] = _NO_COPY,
        instance: int | None = None,
        specification: int | None = None,
        batch: int | None = None,
        clock: int = 0,
        zero_copy: bool = False,
    ) -> None:
        self.status = status
        self.meta = meta
        self.frames = frames
        self.instance = instance
        self.specification = specification
        self.batch = batch
        self.clock = clock
        self.zero_copy = zero_copy


@dataclasses.dataclass
class Session:
    """One driver, from its HELLO or our WELCOME to its end. Nothing outlives it."""

    number: int
    largest_frame: int = c.LARGEST_FRAME
    most_instances: int = c.MOST_INSTANCES
    capabilities: frozenset[str] = frozenset()
    sequence: int = 0
    # By number; each has close().
    instances: dict[int, Any] = dataclasses.field(default_factory=dict)
    # Said to the driver before the next reply.
    warnings: list[str] = dataclasses.field(default_factory=list)

    def close(self) -> None:
        """Ends all instances."""
        for instance in self.instances.values():
            instance.close()
        self.instances.clear()


class Service(Protocol):
    """An environment's or a policy's answers."""

    role: str
    capabilities: tuple[str, ...]

    def answer(self, session: Session, header: Header, parts: Any) -> Reply: ...


def refusal(problem: Exception) -> Reply:
    """The error reply for what `Service.answer` raised."""
    error: ProtocolError | ErrorReport
    if isinstance(problem, ProtocolError):
        error = problem
    elif isinstance(problem, EnvironmentFault):
        error = describe(str(problem), problem.cause) if problem.cause else describe("instance", str(problem))
    else:
        error = describe("peer", problem)
    return Reply(status=c.ERROR, meta=encode_errors([error]))


def within_limits(reply: Reply, session: Session) -> Reply:
    """`reply`, or an error reply when one of its frames is larger than the session allows."""
    for frame in reply.frames:
        size = len(frame) if isinstance(frame, (bytes, bytearray)) else memoryview(frame).nbytes  # type: ignore[arg-type]
        if size > session.largest_frame:
            error = f"the reply has a frame of {size} bytes, expected at most {session.largest_frame}"
            return refusal(ProtocolError(LIMIT, error))
    return reply

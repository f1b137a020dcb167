"""A small driver of AWP/1 for tests: starts a peer as a child process, or connects to one that listens."""

from __future__ import annotations

import contextlib
import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import zmq

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Python"))

from argus_env.wire import constants as c  # noqa: E402
from argus_env.wire import descriptor, frames, handshake, metas  # noqa: E402
from argus_env.wire.header import Header, check_reply, pack_header, unpack_header  # noqa: E402
from argus_env.wire.specification import Specification, specification_hash  # noqa: E402


_NO_FIELDS = dict.fromkeys(Header._fields[3:], 0)


class Refused(Exception):
    """An error reply."""

    def __init__(self, reports: tuple[metas.ErrorReport, ...], status: int) -> None:
        super().__init__("; ".join(f"{report.code}: {report.message}" for report in reports))
        self.reports = reports
        self.code = reports[0].code
        self.status = status


class Driver:
    """One session with a peer. `route`: the routing id of a peer that connected to us."""

    def __init__(self, socket: zmq.Socket, route: bytes | None, capabilities: Sequence[str] = ()) -> None:
        self.socket = socket
        self.route = route
        self.identity = handshake.Identity(handshake.DRIVER, "tests", "1", capabilities=tuple(capabilities))
        self.session = 0
        self.sequence = 0
        self.logs: list[metas.Log] = []
        self.peer: handshake.Identity | None = None

    def send(self, parts: Sequence[Any]) -> None:
        self.socket.send_multipart([self.route, *parts] if self.route is not None else list(parts))

    def receive(self) -> list[bytes]:
        parts = self.socket.recv_multipart()
        return parts[1:] if self.route is not None else parts

    def welcome(self, hello: list[bytes], session: int = 7) -> None:
        """Answers the HELLO of a peer that connected."""
        header = unpack_header(hello[0])
        assert header.message == c.HELLO and header.session == 0 and header.sequence == 0
        self.peer, majors = handshake.decode_hello(hello[1])
        handshake.check_hello(self.identity, self.peer, majors)
        self.session, self.sequence = session, 0
        self.send([pack_header(c.WELCOME, session=session), handshake.encode_welcome(self.identity)])

    def greet(self) -> None:
        """Says HELLO to a peer that listens."""
        self.send([pack_header(c.HELLO), handshake.encode_hello(self.identity)])
        parts = self.receive()
        header = unpack_header(parts[0])
        assert header.message == c.WELCOME, metas.ErrorReport.decode(parts[1])
        self.peer, _ = handshake.decode_welcome(parts[1])
        self.session, self.sequence = header.session, 0
        assert self.session != 0

    def ask(
        self, message: int, meta: bytes = b"", data: Sequence[Any] = (), **fields: int
    ) -> tuple[Header, list[bytes]]:
        """A request and its reply (header; meta and frames), whatever its status."""
        self.sequence += 1
        given = {"session": self.session, "sequence": self.sequence, "frames": len(data)} | fields
        sent = pack_header(message, **given)
        self.send([sent, meta, *data])
        return self.reply(Header(c.MAJOR, c.MINOR, message, **(_NO_FIELDS | given)))

    def reply(self, request: Header) -> tuple[Header, list[bytes]]:
        while True:
            parts = self.receive()
            header = unpack_header(parts[0])
            if header.message == c.LOG and not header.is_reply:
                self.logs.append(metas.Log.decode(parts[1]))
                continue
            assert header.is_reply, header
            assert (header.session, header.sequence) == (request.session, request.sequence)
            check_reply(header, request)
            assert header.frames == len(parts) - 2
            return header, parts[1:]

    def request(
        self, message: int, meta: bytes = b"", data: Sequence[Any] = (), **fields: int
    ) -> tuple[Header, list[bytes]]:
        """A request and its reply; an error reply is raised."""
        header, parts = self.ask(message, meta, data, **fields)
        if header.status not in (c.DONE, c.DISCARDED):
            raise Refused(metas.decode_errors(parts[0]), header.status)
        return header, parts

    def describe(self) -> tuple[descriptor.Descriptor, ...]:
        return descriptor.decode_description(self.request(c.DESCRIBE)[1][0])

    def create(self, environment: str, copies: int = 1, **parameters: Any) -> RemoteInstance:
        header, parts = self.request(c.CREATE, metas.Create(environment, copies, parameters).encode())
        assert header.specification == specification_hash(parts[1])
        return RemoteInstance(self, header.instance, Specification.decode(parts[1]), header.specification, copies)

    def bye(self) -> None:
        self.send([pack_header(c.BYE, session=self.session), metas.Bye("done").encode()])


class RemoteInstance:
    """An instance in a peer, with its rows by name."""

    def __init__(self, driver: Driver, number: int, specification: Specification, given: int, copies: int) -> None:
        self.driver = driver
        self.specification = specification
        self.copies = copies
        self.fields = {"instance": number, "specification": given, "batch": copies}
        self.clock = 0
        self.status = c.DONE
        self.errors: tuple[metas.ErrorReport, ...] = ()
        self.finals: dict[str, np.ndarray] | None = None

    def _rows(self, header: Header, parts: list[bytes], flags: int) -> dict[str, np.ndarray]:
        self.status = header.status
        self.errors = metas.decode_errors(parts[0]) if header.status == c.DISCARDED else ()
        assert header.clock == self.clock
        layout = frames.StepReply(
            self.specification, self.copies, not flags & c.FLAG_NO_LEGAL, not flags & c.FLAG_NO_STATE
        )
        rows, finals = layout.decode(parts[1:])
        self.finals = None
        if finals is not None:
            self.finals = dict(zip(layout.finals(len(finals[0])).index, finals, strict=True))
        return dict(zip(layout.rows.index, rows, strict=True))

    def reset(self, seeds: Sequence[int], mask: Sequence[int] | None = None, flags: int = 0) -> dict[str, np.ndarray]:
        data = [np.asarray(mask if mask is not None else [1] * self.copies, "<u1").tobytes()]
        data.append(np.asarray(seeds, "<u8").tobytes())
        self.clock += 1
        return self._rows(*self.driver.request(c.RESET, b"", data, flags=flags, **self.fields), flags)

    def step(
        self,
        actions: Any,
        plan: Sequence[int] | None = None,
        seeds: Sequence[int] | None = None,
        flags: int = 0,
    ) -> dict[str, np.ndarray]:
        specification = self.specification
        dtype = "<i4" if specification.discrete else "<f4"
        shape = (self.copies, len(specification.agents), specification.action_size)
        data = [
            np.asarray(plan if plan is not None else [1] * self.copies, "<u1").tobytes(),
            np.ascontiguousarray(np.broadcast_to(np.asarray(actions, dtype), shape)).tobytes(),
            np.asarray(seeds, "<u8").tobytes() if seeds is not None else b"",
        ]
        self.clock += 1
        try:
            return self._rows(*self.driver.request(c.STEP, b"", data, flags=flags, **self.fields), flags)
        except Refused:
            self.clock -= 1
            raise

    def ask(self, message: int, meta: bytes, data: Sequence[Any] = ()) -> tuple[Header, list[bytes]]:
        return self.driver.request(message, meta, data, **self.fields)


@contextlib.contextmanager
def child(
    program: pathlib.Path | str, *arguments: str, capabilities: Sequence[str] = (), errors: Any = None
) -> Iterator[tuple[Driver, subprocess.Popen[bytes]]]:
    """Starts a Python program as a host does, and welcomes it."""
    context = zmq.Context()
    socket = context.socket(zmq.ROUTER)
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.RCVTIMEO, 30_000)
    port = socket.bind_to_random_port("tcp://127.0.0.1")
    environment = {
        **os.environ,
        "ARGUS_ENDPOINT": f"tcp://127.0.0.1:{port}",
        "PYTHONPATH": str(ROOT / "Python"),
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(
        [sys.executable, str(program), *arguments], env=environment, stdin=subprocess.PIPE, stderr=errors
    )
    try:
        route, *hello = socket.recv_multipart()
        driver = Driver(socket, route, capabilities)
        driver.welcome(hello)
        yield driver, process
    finally:
        process.kill()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()
        if process.stderr is not None:
            process.stderr.close()
        context.destroy(linger=0)


@contextlib.contextmanager
def connected(context: zmq.Context, address: str, greets: bool = True) -> Iterator[Driver]:
    """A driver of a peer that listens at `address`."""
    socket = context.socket(zmq.DEALER)
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.RCVTIMEO, 30_000)
    socket.connect(address)
    driver = Driver(socket, None)
    try:
        if greets:
            driver.greet()
        yield driver
    finally:
        socket.close(linger=0)


def wait_for_end(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """The exit status, or None if the process still runs after `seconds`."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(seconds)
    return None


def eventually(condition: Any, seconds: float = 10) -> bool:
    """Whether `condition()` becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False

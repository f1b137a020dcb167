"""The loop of a peer: HELLO and WELCOME, one reply to each request, and the end."""

from __future__ import annotations

import math
import secrets
import sys
import time
from collections.abc import Sequence
from typing import Any

import zmq
import zmq.auth.thread
import zmq.utils.monitor

from argus_env import __version__
from argus_env.errors import ArgusError
from argus_env.peer.endpoint import Endpoint, open_socket
from argus_env.peer.service import Reply, Service, Session, refusal, within_limits
from argus_env.wire import constants as c
from argus_env.wire import errors as codes
from argus_env.wire.errors import INVALID_REQUEST, UNKNOWN_SESSION, ProtocolError
from argus_env.wire.handshake import (
    Identity,
    Limits,
    check_hello,
    check_welcome,
    decode_hello,
    decode_welcome,
    encode_hello,
    encode_welcome,
)
from argus_env.wire.header import HEADER_SIZE, Header, check_message, pack_header, pack_header_into, unpack_unchecked
from argus_env.wire.metas import Bye, ErrorReport, Log

_POLL_MS = 250
# A driver that is lost for longer ends a child: the heartbeat's timeout.
_LOST_SECONDS = 1.5
_START_SECONDS = 60.0
_REFUSAL_SECONDS = 5.0
_HANDSHAKE_FAILED = (
    zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_AUTH
)

# The socket's own send and recv: send_multipart and recv_multipart cost several times as much for small frames.
_send = zmq.backend.Socket.send
_receive = zmq.backend.Socket.recv


class Connection:
    """What both kinds of connections have: the answering of one message."""

    def __init__(self, service: Service, endpoint: Endpoint, *, name: str, largest_frame: int, instances: int) -> None:
        self.service = service
        self.endpoint = endpoint
        self.largest_frame = largest_frame
        self.identity = Identity(
            service.role,
            name,
            __version__,
            capabilities=tuple(service.capabilities),
            limits=Limits(largest_frame, instances),
        )
        # Messages that were none of this protocol.
        self.dropped = 0
        self.context = zmq.Context()
        self.socket = open_socket(self.context, endpoint, largest_frame=largest_frame)
        self.socket.setsockopt(zmq.RCVTIMEO, _POLL_MS)
        self._header = bytearray(HEADER_SIZE)

    def close(self) -> None:
        """Closes the socket; nothing that is left is sent."""
        self.socket.disable_monitor()
        self.context.destroy(linger=0)

    def session(self, number: int, other: Identity) -> Session:
        """A session with what both sides can do and allow."""
        limits = self.identity.limits.agreed(other.limits)
        return Session(number, limits.frame, limits.instances, self.identity.common(other))

    def answer(self, session: Session | None, parts: Sequence[bytes], address: list[bytes]) -> bool:
        """Answers one message that is no HELLO or WELCOME. Whether it was the session's end (BYE)."""
        try:
            header = check_message(parts, self.largest_frame)
        except ProtocolError as problem:
            self.refuse(parts, problem, address)
            return False
        message = header.message
        if header.flags & c.FLAG_REPLY or message in (c.WELCOME, c.REFUSE):
            self.dropped += 1
            return False
        if message == c.BYE:
            return session is not None and header.session == session.number
        if message == c.LOG:
            return False
        try:
            if session is None or header.session != session.number:
                raise ProtocolError(UNKNOWN_SESSION, f"found session {header.session}, expected one of this peer's")
            if header.sequence <= session.sequence:
                raise ProtocolError(
                    INVALID_REQUEST, f"found sequence {header.sequence}, expected one above {session.sequence}"
                )
            session.sequence = header.sequence
            if message == c.PING:
                reply = Reply()
            else:
                reply = self.service.answer(session, header, parts)
                if message != c.STEP and message != c.RESET:
                    reply = within_limits(reply, session)
        except Exception as problem:  # Whatever an environment raises, its driver gets an answer.
            reply = refusal(problem)
        if session is not None and session.warnings:
            for warning in session.warnings:
                self.log(session, "warning", warning, address)
            session.warnings.clear()
        self.send_reply(header, reply, address)
        return False

    def send_reply(self, request: Header, reply: Reply, address: list[bytes]) -> None:
        frames = reply.frames
        pack_header_into(
            self._header, request.message, c.FLAG_REPLY, len(frames), request.session, request.sequence,
            request.specification if reply.specification is None else reply.specification, reply.clock,
            request.instance if reply.instance is None else reply.instance,
            request.batch if reply.batch is None else reply.batch, reply.status,
        )  # fmt: skip
        self.send([*address, bytes(self._header), reply.meta, *frames], copy=not reply.zero_copy)

    def refuse(self, parts: Sequence[bytes], problem: ProtocolError, address: list[bytes]) -> None:
        """Answers what has a readable header and is a request; all else is dropped and counted."""
        header = unpack_unchecked(parts[0]) if parts else None
        if header is None or header.is_reply or header.message in (c.HELLO, c.WELCOME, c.REFUSE, c.LOG, c.BYE):
            self.dropped += 1
            return
        if problem.code == codes.MALFORMED:
            self.dropped += 1
            problem = ProtocolError(INVALID_REQUEST, problem.message)
        self.send_reply(header, refusal(problem), address)

    def log(self, session: Session, severity: str, text: str, address: list[bytes]) -> None:
        """LOG: words for the driver."""
        header = pack_header(c.LOG, session=session.number)
        self.send([*address, header, Log(severity, text).encode()])

    def receive(self) -> list[bytes]:
        """The next message's parts. Raises `zmq.Again` when there is none for a while."""
        parts: list[bytes] = []
        while True:
            frame = _receive(self.socket, 0, False)
            parts.append(frame.bytes)
            if not frame.more:
                return parts

    def say_bye(self, session: Session, reason: str, address: list[bytes]) -> None:
        """BYE, where it still can be sent."""
        self.send([*address, pack_header(c.BYE, session=session.number), Bye(reason).encode()])

    def send(self, parts: list[Any], *, copy: bool = True) -> bool:
        """Whether the message is on its way. A driver that is gone or does not read is no error here."""
        socket = self.socket
        try:
            for part in parts[:-1]:
                _send(socket, part, zmq.SNDMORE, copy)
            _send(socket, parts[-1], 0, copy)
        except zmq.ZMQError as error:
            if error.errno in (zmq.EHOSTUNREACH, zmq.EAGAIN):
                return False
            raise
        return True


class ConnectedPeer(Connection):
    """A peer that connects (DEALER) to one driver that listens."""

    def run(self) -> None:
        """Serves until the driver says BYE (a child), is lost for too long (a child), or refuses.

        Raises:
            ArgusError: the driver refuses, or a child's host is not there.
        """
        monitor = self.socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED)
        poller = zmq.Poller()
        poller.register(self.socket, zmq.POLLIN)
        poller.register(monitor, zmq.POLLIN)
        self.socket.connect(self.endpoint.address)
        session: Session | None = None
        deadline = time.monotonic() + _START_SECONDS
        try:
            while True:
                if session is None:
                    ready = dict(poller.poll(_POLL_MS))
                    if monitor in ready:
                        deadline = self._follow(monitor, deadline)
                    if self.socket in ready:
                        session = self._welcomed(self.receive())
                    elif self.endpoint.child and time.monotonic() > deadline:
                        return
                    continue
                try:
                    parts = self.receive()
                except zmq.Again:
                    if monitor.poll(0):
                        deadline = self._follow(monitor, deadline)
                        session.close()
                        session = None
                    continue
                if self.answer(session, parts, []):
                    session.close()
                    session = None
                    if self.endpoint.child:
                        return
        except KeyboardInterrupt:
            if session is not None:
                self.say_bye(session, "interrupted", [])
        finally:
            if session is not None:
                session.close()
            monitor.close()

    def _follow(self, monitor: zmq.Socket, deadline: float) -> float:
        """Reads what became of the connection; a new one begins with HELLO. Until when there must be one."""
        while monitor.poll(0):
            event = zmq.utils.monitor.recv_monitor_message(monitor)
            if event["event"] == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                self.send([pack_header(c.HELLO), encode_hello(self.identity)])
                deadline = time.monotonic() + _START_SECONDS
            else:
                deadline = time.monotonic() + _LOST_SECONDS
        return deadline

    def _welcomed(self, parts: Sequence[bytes]) -> Session | None:
        """The session of a WELCOME; None for anything else, which is dropped or answered."""
        try:
            header = check_message(parts, self.largest_frame)
        except ProtocolError as problem:
            self.refuse(parts, problem, [])
            return None
        if header.message == c.REFUSE:
            raise ArgusError(f"serve ({self.endpoint.address}): the driver refuses: {_reason(parts[1])}")
        if header.message != c.WELCOME:
            self.answer(None, parts, [])
            return None
        try:
            other, major = decode_welcome(parts[1])
            check_welcome(self.identity, other, major)
            if header.session == 0:
                raise ProtocolError(INVALID_REQUEST, "found session 0, expected another number")
            return self.session(header.session, other)
        except ProtocolError as problem:
            raise ArgusError(
                f"serve ({self.endpoint.address}): found a WELCOME that cannot be used: {problem.message}"
            ) from problem


class BoundPeer(Connection):
    """A peer that binds (ROUTER): several drivers at once, each with a session and instances of its own."""

    # When a refusal was noted last.
    _refused = -math.inf

    def run(self) -> None:
        """Serves until it is interrupted."""
        authenticator = self._authenticator()
        monitor = self.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED | _HANDSHAKE_FAILED)
        sessions: dict[bytes, Session] = {}
        connections: dict[bytes, int] = {}
        self.socket.bind(self.endpoint.address)
        address = str(self.socket.get_string(zmq.LAST_ENDPOINT)).rstrip("\0")
        print(f"serving {self.identity.name} at {address}", file=sys.stderr, flush=True)
        looked = time.monotonic()
        try:
            while True:
                now = time.monotonic()
                if now - looked > _POLL_MS / 1000:
                    looked = now
                    self._forget_the_lost(monitor, sessions, connections)
                try:
                    first = self.socket.recv(copy=False)
                except zmq.Again:
                    continue
                driver = first.bytes
                parts = self.receive() if first.more else []
                header = unpack_unchecked(parts[0]) if parts else None
                if header is not None and header.message == c.HELLO:
                    # The number of a connection that ended may be given again, so its end is read first.
                    self._forget_the_lost(monitor, sessions, connections)
                    _end(sessions, connections, driver)
                    session = self._greeted(parts, driver, {other.number for other in sessions.values()})
                    if session is not None:
                        sessions[driver] = session
                        connections[driver] = _connection(first)
                elif self.answer(sessions.get(driver), parts, [driver]):
                    _end(sessions, connections, driver)
        except KeyboardInterrupt:
            for driver, session in sessions.items():
                self.say_bye(session, "interrupted", [driver])
        finally:
            for driver in list(sessions):
                _end(sessions, connections, driver)
            monitor.close()
            if authenticator is not None:
                authenticator.stop()

    def _authenticator(self) -> zmq.auth.thread.ThreadAuthenticator | None:
        if self.endpoint.secret_key is None:
            return None
        authenticator = zmq.auth.thread.ThreadAuthenticator(self.context)
        authenticator.start()
        authenticator.configure_curve_callback("argus", _AllowList(self.endpoint.allowed))
        return authenticator

    def _greeted(self, parts: Sequence[bytes], driver: bytes, taken: set[int]) -> Session | None:
        """Answers HELLO with WELCOME and returns the session, or with REFUSE."""
        problem: ProtocolError
        try:
            check_message(parts, self.largest_frame)
            other, majors = decode_hello(parts[1])
            check_hello(self.identity, other, majors)
            number = 0
            while number == 0 or number in taken:
                number = secrets.randbits(64)
            session = self.session(number, other)
        except ProtocolError as error:
            problem = error
        else:
            header = pack_header(c.WELCOME, session=number)
            return session if self.send([driver, header, encode_welcome(self.identity)]) else None
        self.send([driver, pack_header(c.REFUSE), ErrorReport(problem.code, problem.message).encode()])
        return None

    def _note_refusal(self) -> None:
        """Says that somebody was refused; not for each of the attempts, which go on until the other side gives up."""
        now = time.monotonic()
        if now - self._refused >= _REFUSAL_SECONDS:
            self._refused = now
            words = "with no key, a wrong one, or one that is not allowed"
            print(f"refused a connection to {self.endpoint.address} {words}", file=sys.stderr, flush=True)

    def _forget_the_lost(
        self, monitor: zmq.Socket, sessions: dict[bytes, Session], connections: dict[bytes, int]
    ) -> None:
        """Ends the sessions whose connection has ended: their instances are nobody's."""
        while monitor.poll(0):
            event = zmq.utils.monitor.recv_monitor_message(monitor)
            if event["event"] & _HANDSHAKE_FAILED:
                self._note_refusal()
                continue
            for driver in [driver for driver, number in connections.items() if number == event["value"]]:
                _end(sessions, connections, driver)


class _AllowList:
    """Says to the authenticator which public keys may connect."""

    def __init__(self, allowed: Sequence[bytes]) -> None:
        self._allowed = frozenset(allowed)

    def callback(self, domain: str, key: bytes) -> bool:
        return key in self._allowed


def _connection(first: zmq.Frame) -> int:
    """The number of the connection that a message came in on; -1 where libzmq does not tell."""
    try:
        return int(first.get(zmq.SRCFD))
    except (zmq.ZMQError, ValueError, TypeError):
        return -1


def _end(sessions: dict[bytes, Session], connections: dict[bytes, int], driver: bytes) -> None:
    connections.pop(driver, None)
    session = sessions.pop(driver, None)
    if session is not None:
        session.close()


def _reason(meta: bytes) -> str:
    """Why a driver refuses."""
    try:
        return ErrorReport.decode(meta).message
    except ProtocolError as problem:
        return problem.message

"""A driver's socket: handshake, one request at a time with a deadline, and words for whatever goes wrong."""

from __future__ import annotations

import re
import struct
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import zmq
from zmq.utils.monitor import parse_monitor_message

from argus_env import __version__
from argus_env.errors import ArgusError
from argus_env.peer.endpoint import Endpoint, open_socket
from argus_env.wire import constants as c
from argus_env.wire import handshake
from argus_env.wire.errors import ProtocolError
from argus_env.wire.header import Header, check_message, check_reply, pack_header, unpack_header
from argus_env.wire.metas import Bye, ErrorReport, Log, decode_errors

# How often a wait looks whether the connection is still there, in milliseconds.
_TICK = 100
# After so many handshakes that were broken off there is no hope. (One may be: a server that just ends.)
_MOST_BROKEN_OFF = 3
_WAY_IN_WITH_KEYS = "a server that has the key server_key", "the file NAME.pub of this very server, if it has keys"
_WAY_IN_WITHOUT_KEYS = "a server that needs no keys", "keys=… and server_key=…, if it has keys: 'argus keys new NAME'"
# What already says everything that an error here should.
_SHAPE = re.compile(r"[^:]+ \(.+\): found .+, expected ", re.DOTALL)


class Driver:
    """A session with a peer that listens at an address: an environment, or policies.

    One request at a time: a second thread gets an `ArgusError` of the kind `busy`. After the connection is lost or a
    deadline has passed the session is over and every call raises.

    `role`: what the peer must be. `watch`: called while nobody answers HELLO; raises when it is known that nobody will.

    Attributes:
        other: who the peer says it is.
        dropped: messages that were no reply to the request in flight.
        last_report: what the environment last said, such as why an episode failed.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        start: float,
        step: float,
        role: str = handshake.ENVIRONMENT,
        watch: Callable[[], None] | None = None,
    ) -> None:
        self.address = endpoint.address
        self._role = role
        self._offer = "an environment" if role == handshake.ENVIRONMENT else "a policy"
        self._again = "connect() again" if role == handshake.ENVIRONMENT else "load_policy() again"
        self.dropped = 0
        self.last_report = ""
        self._deadline = step
        self._session = 0
        self._sequence = 0
        self._over: str | None = None
        # Whether a connection is there, and how often one ended within the handshake.
        self._connected = False
        self._broken_off = 0
        self._way_in = _WAY_IN_WITH_KEYS if endpoint.server_key is not None else _WAY_IN_WITHOUT_KEYS
        self._lock = threading.Lock()
        self._context = zmq.Context()
        self._socket = open_socket(self._context, endpoint, largest_frame=c.LARGEST_FRAME)
        self._socket.setsockopt(zmq.RCVTIMEO, _TICK)
        self._monitor = self._socket.get_monitor_socket()
        try:
            self.other = self._greet(start, watch)
        except BaseException:
            self.close("the handshake failed")
            raise

    # MARK: The beginning and the end

    def _greet(self, patience: float, watch: Callable[[], None] | None) -> handshake.Identity:
        """HELLO and WELCOME."""
        end = time.monotonic() + patience
        own = handshake.Identity(handshake.DRIVER, "argus-env", __version__)
        self._socket.connect(self.address)
        hello = [pack_header(c.HELLO), handshake.encode_hello(own)]
        trouble = "nobody"
        is_sent = False
        while time.monotonic() < end:
            trouble = self._trouble() or trouble
            if trouble.startswith("refused"):
                raise self._failure(
                    "cannot connect", trouble, "keys that the server accepts", "the server's '--allow NAME.pub'"
                )
            if self._broken_off >= _MOST_BROKEN_OFF:
                raise self._failure("cannot connect", trouble, *self._way_in)
            if watch is not None:
                watch()
            if not is_sent:
                try:
                    self._socket.send_multipart(hello, zmq.NOBLOCK)
                    is_sent = True
                    trouble = "a connection, but no answer to HELLO"
                except zmq.Again:
                    # Not connected yet.
                    self._monitor.poll(_TICK)
                    continue
            try:
                parts = self._socket.recv_multipart()
            except zmq.Again:
                continue
            identity = self._welcome(own, parts)
            if identity is not None:
                return identity
        raise self._failure(
            "no server", f"{trouble} within {patience:g} s", f"{self._offer} served there", "'argus serve'"
        )

    def _welcome(self, own: handshake.Identity, parts: list[bytes]) -> handshake.Identity | None:
        """Takes WELCOME; None for a message that is none."""
        try:
            header = check_message(parts)
            if header.message == c.REFUSE:
                report = ErrorReport.decode(parts[1])
                raise self._failure("the server refuses", f"{report.message} [{report.code}]", "WELCOME")
            if header.message != c.WELCOME:
                self.dropped += 1
                return None
            identity, major = handshake.decode_welcome(parts[1])
            handshake.check_welcome(own, identity, major)
        except ProtocolError as error:
            raise self._failure("the server breaks the protocol", error.message, "WELCOME or REFUSE") from error
        if identity.role != self._role:
            raise self._failure("wrong server", f"a {identity.role}", self._offer)
        if header.session == 0:
            raise self._failure("the server breaks the protocol", "session 0 in WELCOME", "another number")
        self._session = header.session
        return identity

    def close(self, reason: str = "done") -> None:
        """Says BYE and closes the socket. May be called again."""
        if self._context.closed:
            return
        if self._session and self._over is None:
            try:
                self._socket.send_multipart(
                    [pack_header(c.BYE, session=self._session), Bye(reason).encode()], zmq.NOBLOCK
                )
            except zmq.ZMQError:
                pass  # The other side is gone already.
        self._over = self._over or "it was closed"
        self._socket.disable_monitor()
        self._monitor.close(linger=0)
        # Time for BYE to leave.
        self._socket.close(linger=200)
        self._context.term()

    # MARK: Requests

    def request(
        self,
        message: int,
        meta: bytes = b"",
        frames: Sequence[Any] = (),
        *,
        flags: int = 0,
        specification: int = 0,
        instance: int = 0,
        batch: int = 0,
    ) -> tuple[Header, list[bytes]]:
        """Sends a request and waits for its reply.

        Returns:
            The reply's header (status 0 or 1) and its parts: header, meta, frames.

        Raises:
            ArgusError: the peer answers with an error, answers wrongly, not in time, or is gone.
        """
        if not self._lock.acquire(blocking=False):
            raise ArgusError(
                f"{self._role} is busy ({self.address}): found another thread that uses it, expected one at a time. "
                "Try one connection for each thread.",
                "busy",
            )
        try:
            if self._over is not None:
                raise self._failure("the session is over", self._over, "a session", self._again, "closed")
            self._sequence += 1
            header = pack_header(
                message, flags, len(frames), self._session, self._sequence, specification, 0, instance, batch, 0,
                max(1, int(self._deadline * 1000)),
            )  # fmt: skip
            try:
                self._socket.send_multipart([header, meta, *frames])
            except zmq.Again:
                if (trouble := self._trouble()) is not None:
                    raise self._lost("the server is gone", trouble) from None
                raise self._lost("cannot send", "no connection") from None
            except zmq.ZMQError as error:
                raise self._lost("cannot send", str(error)) from error
            return self._await(unpack_header(header))
        except ProtocolError as error:
            self._over = f"a reply was wrong: {error.message}"
            raise self._failure("the server breaks the protocol", error.message, "a reply as AWP/1 says") from error
        except BaseException:
            # An interrupt leaves a reply behind that nobody waits for; it is dropped by its sequence.
            raise
        finally:
            self._lock.release()

    def _await(self, request: Header) -> tuple[Header, list[bytes]]:
        """The reply to `request`."""
        end = time.monotonic() + self._deadline
        while True:
            try:
                parts = self._socket.recv_multipart()
            except zmq.Again:
                if (trouble := self._trouble()) is not None:
                    raise self._lost("the server is gone", trouble) from None
                if time.monotonic() >= end:
                    raise self._lost(
                        "no reply in time",
                        f"none to {c.message_name(request.message)} within {self._deadline:g} s, though the connection "
                        f"holds: the {self._role} hangs or is slow",
                    ) from None
                continue
            try:
                header = check_message(parts)
            except ProtocolError:
                self.dropped += 1
                continue
            if header.flags & c.FLAG_REPLY and header.session == self._session and header.sequence == request.sequence:
                break
            self._take_notice(header, parts)
        check_reply(header, request)
        if header.status == c.DONE:
            return header, parts
        reports = decode_errors(parts[1])
        self.last_report = "; ".join(dict.fromkeys(report.message for report in reports))
        if header.status == c.DISCARDED:
            return header, parts
        if header.status == c.FATAL:
            self._over = f"the server is unusable: {self.last_report}"
        first = reports[0]
        where = f"{c.message_name(request.message)}, {self.address}"
        kind = "argument" if first.code in ("bad-parameters", "not-offered", "unknown-environment") else "error"
        trace = f"\n{first.traceback}" if first.traceback else ""
        if _SHAPE.match(self.last_report):
            raise ArgusError(self.last_report + trace, kind)
        raise ArgusError(
            f"the server cannot do it ({where}): found {self.last_report} [{first.code}], expected a request that it "
            f"can do.{trace}",
            kind,
        )

    def _take_notice(self, header: Header, parts: list[bytes]) -> None:
        """LOG and BYE of the peer; everything else is a reply that nobody waits for."""
        if header.message == c.LOG:
            self.last_report = Log.decode(parts[1]).message
        elif header.message == c.BYE and header.session == self._session:
            raise self._lost("the server has ended", Bye.decode(parts[1]).reason or "no reason given")
        else:
            self.dropped += 1

    # MARK: What went wrong

    def _trouble(self) -> str | None:
        """What the connection's monitor has told since the last look: why there is no connection; None: there is."""
        found: str | None = None
        while True:
            try:
                event = parse_monitor_message(self._monitor.recv_multipart(zmq.NOBLOCK))
            except (zmq.Again, struct.error):
                return found
            kind = event["event"]
            if kind == zmq.EVENT_DISCONNECTED:
                # One that was never there ends with the handshake, of which another event tells.
                if self._connected:
                    found = "a closed connection: the server has ended, or the machine does not answer"
                self._connected = False
            elif kind == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
                found = "refused keys: the server does not accept this public key"
            elif kind in (zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL, zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL):
                found = "a handshake that is broken off: other keys, keys on one side only, or no ZeroMQ there"
                # libzmq does not try again after an error of the protocol.
                self._broken_off += _MOST_BROKEN_OFF if kind == zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL else 1
            elif kind == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                found = None
                self._connected = True
                self._broken_off = 0

    def _failure(
        self, what: str, found: str, expected: str, remedy: str | None = None, kind: str = "error"
    ) -> ArgusError:
        hint = f" Try {remedy}." if remedy else ""
        return ArgusError(f"{what} ({self.address}): found {found}, expected {expected}.{hint}", kind)

    def _lost(self, what: str, found: str) -> ArgusError:
        """The error for a session that ends with it."""
        self._over = f"{what}: {found}"
        return self._failure(what, found, "a reply", self._again)

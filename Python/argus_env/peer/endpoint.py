"""Where a peer listens or connects to, with which keys, and whether that is safe."""

from __future__ import annotations

import dataclasses
import ipaddress
import os
import re
import stat
from collections.abc import Iterable

import zmq
import zmq.auth

from argus_env.errors import ArgusError

ENDPOINT_VARIABLE = "ARGUS_ENDPOINT"
_KEY = re.compile(r"[0-9A-Za-z.\-:+=^!/*?&<>()\[\]{}@%$#]{40}")
_LONGEST_PATH = 107


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """An address, which side of it this is, and the CURVE keys (Z85 text, as libzmq takes them).

    `allowed`: public keys of those who may connect. `server_key`: public key of the side that is connected to.
    `child`: the host started this process and gave the address.
    """

    address: str
    binds: bool
    child: bool = False
    public_key: bytes | None = None
    secret_key: bytes | None = None
    allowed: tuple[bytes, ...] = ()
    server_key: bytes | None = None


def choose(
    *,
    bind: str | None,
    connect: str | None,
    keys: str | None,
    allowed: Iterable[str] | str | None,
    server_key: str | None,
    what: str,
) -> Endpoint:
    """The endpoint that `serve` was asked for, or the one of the host that started this process.

    Raises:
        ArgusError: for none, for both, for an address that others can reach without keys, for unusable key files.
    """
    if bind is not None and connect is not None:
        raise ArgusError(
            f"{what} (bind, connect): found both, expected one. Try bind to wait for drivers, connect to go to a host "
            "that listens",
            "argument",
        )
    address = bind if bind is not None else connect
    child = False
    if address is None:
        address = os.environ.get(ENDPOINT_VARIABLE)
        child = bool(address)
    if not address:
        raise ArgusError(
            f"{what} (address): found no {ENDPOINT_VARIABLE} in the environment and neither bind nor connect, expected "
            "a host that starts this program or an address. Try a scenario file with 'environment: {peer: \"python "
            f'my_env.py"}}\', or {what}(…, bind="tcp://127.0.0.1:5555") for drivers that connect',
            "argument",
        )
    _check_form(address, what)
    pair = _read_pair(keys) if keys is not None else None
    binds = bind is not None
    if pair is None:
        if not is_private(address, binds=binds):
            raise ArgusError(
                f"{what} ({address}): found an address that other machines or users can reach and no keys, expected "
                "CURVE keys. Try 'argus keys new NAME' and keys=\"NAME.key\", or an address such as "
                "tcp://127.0.0.1:5555",
                "argument",
            )
        if allowed is not None or server_key is not None:
            raise ArgusError(f"{what} (keys): found none, expected a key file beside allowed or server_key", "argument")
        return Endpoint(address, binds, child)
    if binds:
        names = [allowed] if isinstance(allowed, str) else list(allowed or ())
        if not names:
            raise ArgusError(
                f"{what} (allowed): found nobody, expected the public keys of those who may connect. Try "
                'allowed=["driver.pub"]',
                "argument",
            )
        return Endpoint(address, True, child, *pair, allowed=tuple(_read_public(name) for name in names))
    if server_key is None:
        raise ArgusError(
            f'{what} (server_key): found none, expected the public key of the host. Try server_key="host.pub"',
            "argument",
        )
    return Endpoint(address, False, child, *pair, server_key=_read_public(server_key))


def _check_form(address: str, what: str) -> None:
    path = address.removeprefix("ipc://")
    good = re.fullmatch(r"tcp://(\[[0-9A-Fa-f:.]+\]|[^:/\s*]+):(\d{1,5}|\*)", address) or (
        address.startswith("ipc://") and 0 < len(os.fsencode(path)) <= _LONGEST_PATH
    )
    if not good:
        raise ArgusError(
            f"{what} ({address}): found another form, expected tcp://HOST:PORT, or ipc://PATH with at most "
            f"{_LONGEST_PATH} bytes. Try tcp://127.0.0.1:5555",
            "argument",
        )


def is_private(address: str, *, binds: bool) -> bool:
    """Whether nobody but this user's processes on this machine reaches `address`: loopback, or ipc in a private folder.

    Whoever connects to an ipc path trusts the folder that the other side made.
    """
    if address.startswith("ipc://"):
        path = address.removeprefix("ipc://")
        if path.startswith("@"):
            return False
        folder = os.path.dirname(os.path.abspath(path))
        try:
            status = os.stat(folder)
        except OSError:
            return False
        return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and status.st_mode & 0o077 == 0
    host = address.removeprefix("tcp://").rsplit(":", 1)[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _read_pair(path: str) -> tuple[bytes, bytes]:
    """Public and secret key out of `NAME.key`, which nobody else may be able to read."""
    try:
        status = os.stat(path)
    except OSError as error:
        raise ArgusError(
            f"unusable key file ({path}): found {error.strerror}, expected a key file. Try 'argus keys new NAME'",
            "argument",
        ) from error
    if status.st_mode & 0o077:
        raise ArgusError(
            f"unusable key file ({path}): found mode 0{stat.S_IMODE(status.st_mode):o}, with which others can read the "
            f"secret key, expected mode 0600. Try 'chmod 600 {path}', and new keys if others use this machine",
            "argument",
        )
    public, secret = _load(path)
    if secret is None:
        raise ArgusError(
            f"unusable key file ({path}): found no secret key, expected a key pair. Try the file NAME.key beside it",
            "argument",
        )
    return public, secret


def _read_public(key: str) -> bytes:
    """A public key given as its 40 characters or as the path of `NAME.pub`."""
    if _KEY.fullmatch(key) and not os.path.exists(key):
        return key.encode()
    public, secret = _load(key)
    if secret is not None:
        raise ArgusError(
            f"unusable key file ({key}): found a secret key, expected a public key alone. Try the file NAME.pub beside "
            "it",
            "argument",
        )
    return public


def _load(path: str) -> tuple[bytes, bytes | None]:
    try:
        public, secret = zmq.auth.load_certificate(path)
    except (OSError, ValueError) as error:
        raise ArgusError(
            f"unusable key file ({path}): found {error}, expected the lines of a key file. Try 'argus keys new NAME'",
            "argument",
        ) from error
    if len(public) != 40 or secret is not None and len(secret) != 40:
        raise ArgusError(
            f"unusable key file ({path}): found a key of another length, expected 40 characters", "argument"
        )
    return public, secret


def open_socket(context: zmq.Context, endpoint: Endpoint, *, largest_frame: int) -> zmq.Socket:
    """A socket with the options of section 1 of the wire protocol, not bound or connected yet."""
    socket = context.socket(zmq.ROUTER if endpoint.binds else zmq.DEALER)
    socket.setsockopt(zmq.LINGER, 0)
    # libzmq (up to 4.3.5 at least) ends the whole process when its heartbeat is due on a connection that was reset while
    # RCVHWM messages waited to be read. So a server, to which anybody may do that, leaves the asking to its clients, whose
    # time to live tells it of their loss; and a client has room for what a server may say unasked.
    socket.setsockopt(zmq.HEARTBEAT_IVL, 0 if endpoint.binds else 500)
    socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 1500)
    socket.setsockopt(zmq.HEARTBEAT_TTL, 1500)
    socket.setsockopt(zmq.MAXMSGSIZE, largest_frame)
    socket.setsockopt(zmq.SNDHWM, 16)
    socket.setsockopt(zmq.RCVHWM, 16 if endpoint.binds else 1000)
    socket.setsockopt(zmq.SNDTIMEO, 1500)
    socket.setsockopt(zmq.RECONNECT_IVL, 100)
    socket.setsockopt(zmq.RECONNECT_IVL_MAX, 1000)
    if endpoint.address.startswith("tcp://["):
        socket.setsockopt(zmq.IPV6, 1)
    if endpoint.binds:
        socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
    else:
        socket.setsockopt(zmq.IMMEDIATE, 1)
    if endpoint.secret_key is not None and endpoint.public_key is not None:
        socket.setsockopt(zmq.CURVE_SECRETKEY, endpoint.secret_key)
        socket.setsockopt(zmq.CURVE_PUBLICKEY, endpoint.public_key)
        if endpoint.binds:
            socket.setsockopt(zmq.CURVE_SERVER, 1)
            socket.setsockopt(zmq.ZAP_DOMAIN, b"argus")
        elif endpoint.server_key is not None:
            socket.setsockopt(zmq.CURVE_SERVERKEY, endpoint.server_key)
    return socket

"""`argus serve` and peers at addresses: several programs at once, programs that go away or talk nonsense, and keys."""

from __future__ import annotations

import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

zmq = pytest.importorskip("zmq")

from command import ARGUS, ROOT, argus, environment  # noqa: E402
from peer_driver import Refused, connected, eventually  # noqa: E402
from served import served  # noqa: E402

os.environ.setdefault("ARGUS_HOME", str(ROOT))

from argus_env import ArgusError, connect, make_vec  # noqa: E402
from argus_env.native import library as native  # noqa: E402
from argus_env.wire import constants as c  # noqa: E402
from argus_env.wire import handshake, metas  # noqa: E402
from argus_env.wire.header import HEADER_SIZE, pack_header  # noqa: E402

if not ARGUS.exists() or not native.path().exists():
    pytest.skip("argus or the client library is not built", allow_module_level=True)

FIELD = "foraging/8x8-2p-2f-coop"
RENDEZVOUS = ROOT / "Examples" / "python-environment"


@pytest.fixture(scope="module")
def field() -> Iterator[str]:
    """The address of a server of the field."""
    with served(FIELD) as server:
        yield server.address


class Pair:
    """A served environment beside the same one in this process, stepped together and compared."""

    def __init__(self, address: str, copies: int, seed: int, **keys: str) -> None:
        self.remote = connect(address, num_envs=copies, **keys)
        self.local = make_vec(self.remote.scenario, num_envs=copies)
        self.seed = seed
        self.ended = 0
        np.testing.assert_array_equal(self.remote.reset(seed=seed)[0], self.local.reset(seed=seed)[0])

    def step(self) -> None:
        actions = self.local.act("random", self.seed)
        mine, theirs = self.local.step(actions), self.remote.step(actions)
        for one, other in zip(mine[:4], theirs[:4]):
            np.testing.assert_array_equal(one, other)
        if "ended" in mine[4]:
            chosen = mine[4]["ended"]
            self.ended += int(chosen.sum())
            for name in ("returns", "lengths", "seeds"):
                np.testing.assert_array_equal(mine[4]["episode"][name][chosen], theirs[4]["episode"][name][chosen])

    def __enter__(self) -> Pair:
        return self

    def __exit__(self, *_: object) -> None:
        self.remote.close()


# --- Several programs -------------------------------------------------------------------------------------------------


def test_two_programs_play_their_own_episodes(field: str) -> None:
    with Pair(field, 3, 5) as first, Pair(field, 7, 6) as second:
        for _ in range(120):
            first.step()
            second.step()
    assert first.ended >= 6 and second.ended >= 14


def test_a_program_that_goes_away_in_the_middle_disturbs_no_other(field: str) -> None:
    program = (
        f"import argus_env, time\nenv = argus_env.connect({field!r}, num_envs=8)\nenv.reset(seed=1)\n"
        "for _ in range(20): env.step(env.act('random'))\nprint('playing', flush=True)\n"
        "while True: env.step(env.act('random'))"
    )
    with Pair(field, 3, 7) as pair:
        for _ in range(3):
            process = subprocess.Popen(
                [sys.executable, "-c", program], env=environment(), stdout=subprocess.PIPE, text=True
            )
            assert process.stdout is not None
            assert process.stdout.readline() == "playing\n"
            pair.step()
            process.send_signal(signal.SIGKILL)
            for _ in range(40):
                pair.step()
            process.wait(10)
            process.stdout.close()
    with Pair(field, 2, 8) as later:
        later.step()


def test_the_server_ends_when_it_is_asked_to() -> None:
    for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)):
        with served(FIELD) as server:
            server.process.send_signal(number)
            assert server.process.wait(5) in (status, 128 + number)


# --- Nonsense ---------------------------------------------------------------------------------------------------------


def test_unknown_sessions_and_messages_get_an_error_and_the_session_goes_on(field: str) -> None:
    context = zmq.Context()
    try:
        with connected(context, field) as driver:
            right = driver.session
            driver.session = right + 1
            with pytest.raises(Refused) as error:
                driver.request(c.DESCRIBE)
            assert error.value.code == "unknown-session"
            driver.session = right
            for message, code in ((c.JOIN, "unknown-message"), (999, "unknown-message"), (c.STEP, "unknown-instance")):
                with pytest.raises(Refused) as error:
                    driver.request(message, instance=77)
                assert error.value.code == code
            assert driver.describe()[0].scenario.id == FIELD
        with connected(context, field, greets=False) as stranger:
            stranger.session = 5
            with pytest.raises(Refused) as error:
                stranger.request(c.DESCRIBE)
            assert error.value.code == "unknown-session"
    finally:
        context.destroy(linger=0)


def test_a_driver_of_another_version_or_role_is_refused_with_the_reason(field: str) -> None:
    context = zmq.Context()
    try:
        for role, majors, code in ((handshake.DRIVER, (7,), "version"), (handshake.POLICY, (1,), "role")):
            with connected(context, field, greets=False) as driver:
                hello = handshake.encode_hello(handshake.Identity(role, "tests", "1"), majors)
                driver.send([pack_header(c.HELLO), hello])
                parts = driver.receive()
                assert metas.ErrorReport.decode(parts[1]).code == code
    finally:
        context.destroy(linger=0)


def test_nonsense_disturbs_nobody(field: str) -> None:
    generator = random.Random(3)
    header = pack_header(c.STEP, session=1, sequence=1, frames=3, instance=1, batch=2)
    host, port = field.removeprefix("tcp://").split(":")
    context = zmq.Context()
    noise = context.socket(zmq.DEALER)
    noise.setsockopt(zmq.LINGER, 0)
    noise.setsockopt(zmq.SNDTIMEO, 1000)
    noise.connect(field)
    try:
        with Pair(field, 2, 9) as pair:
            for _ in range(60):
                for _ in range(25):
                    parts = [bytearray(header), bytearray(b"{}"), *(bytearray(8) for _ in range(3))]
                    for _ in range(generator.randint(1, 4)):
                        part = generator.choice(parts)
                        if len(part) == HEADER_SIZE or generator.random() < 0.5:
                            part[generator.randrange(len(part) or 1) : generator.randrange(80)] = generator.randbytes(3)
                        else:
                            parts.pop()
                    noise.send_multipart(parts or [b""])
                with socket.create_connection((host, int(port)), 2) as raw:
                    raw.sendall(generator.randbytes(generator.randrange(1, 300)))
                pair.step()
            assert pair.ended >= 2
    finally:
        noise.close(linger=0)
        context.destroy(linger=0)


def flood(address: str) -> None:
    """Leaves more messages than a server takes at once, and goes."""
    context = zmq.Context()
    noise = context.socket(zmq.DEALER)
    noise.setsockopt(zmq.LINGER, 0)
    noise.setsockopt(zmq.SNDTIMEO, 200)
    noise.connect(address)
    try:
        for number in range(5000):
            noise.send_multipart([pack_header(c.PING, session=1, sequence=number + 1), b""])
    except zmq.Again:
        pass
    time.sleep(0.2)
    context.destroy(linger=0)


def test_a_flood_while_the_server_is_busy_does_not_end_it(tmp_path: pathlib.Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "slow.py").write_text(
        f"import sys, time\nsys.path.insert(0, {str(RENDEZVOUS)!r})\nimport argus_env, rendezvous\n"
        "class Slow(rendezvous.Rendezvous):\n    def step(self, actions):\n        time.sleep(2)\n"
        "        return super().step(actions)\n"
        "argus_env.serve(Slow, bind=sys.argv[1] if len(sys.argv) > 1 else None)\n"
    )
    address = f"ipc://{tmp_path}/slow"
    with Peer(program=[str(tmp_path / "slow.py"), address]), connect(address, num_envs=1) as env:
        survives(env, address)

    scenario = tmp_path / "slow.yaml"
    scenario.write_text(
        f'scenario: test/slow\nversion: 1\nenvironment: {{peer: "python {tmp_path}/slow.py"}}\nhorizon: 30\n'
    )
    with served(scenario) as server, connect(server.address, num_envs=1) as env:
        survives(env, server.address)


def survives(env: Any, address: str) -> None:
    """Steps a slow environment while its server is flooded."""
    env.reset(seed=1)
    flooding = threading.Timer(0.3, flood, [address])
    flooding.start()
    env.step(env.act("random"))
    flooding.join()
    env.step(env.act("random"))


# --- Keys -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A folder with the key pairs server, friend, stranger and other, from `argus keys new`."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("server", "friend", "stranger", "other"):
        argus("keys", "new", folder / name, check=0)
    return folder


def test_new_keys_are_for_their_owner_alone_and_nothing_is_overwritten(tmp_path: pathlib.Path) -> None:
    for mask in (0o000, 0o077):
        before = os.umask(mask)
        try:
            argus("keys", "new", tmp_path / f"mine{mask}", check=0)
        finally:
            os.umask(before)
        secret, public = tmp_path / f"mine{mask}.key", tmp_path / f"mine{mask}.pub"
        assert secret.stat().st_mode & 0o777 == 0o600
        assert public.stat().st_mode & 0o777 == 0o644 & ~mask
        assert "secret-key" in secret.read_text() and "secret-key" not in public.read_text()
        written = secret.read_bytes(), public.read_bytes()
        again = argus("keys", "new", tmp_path / f"mine{mask}", check=1)
        assert "never overwritten" in again.stderr
        public.unlink()
        argus("keys", "new", tmp_path / f"mine{mask}", check=1)
        assert secret.read_bytes() == written[0] and not public.exists()
    assert argus("keys", "new", tmp_path / "none" / "mine").returncode == 1


def test_only_the_allowed_key_is_let_in_and_others_are_refused_and_logged(keys: pathlib.Path) -> None:
    options = "--keys", keys / "server.key", "--allow", keys / "friend.pub"
    right = {"keys": str(keys / "friend.key"), "server_key": str(keys / "server.pub")}
    stranger = (keys / "stranger.pub").read_text().split('"')[1]
    with served(FIELD, *options) as server, Pair(server.address, 2, 1, **right) as pair:
        pair.step()
        for wrong, words, logged in [
            ({**right, "keys": str(keys / "stranger.key")}, "refused keys", f"{stranger} is not allowed"),
            ({**right, "server_key": str(keys / "other.pub")}, "a server that has the key server_key", "wrong key"),
            ({}, "keys on one side only.*keys=", "refused a client"),
        ]:
            seen = len(server.lines)
            begun = time.monotonic()
            with pytest.raises(ArgusError, match=f"cannot connect .*{words}"):
                connect(server.address, num_envs=2, **wrong)
            assert time.monotonic() - begun < 4
            assert eventually(lambda: any(logged in line for line in server.lines[seen:])), server.lines
            pair.step()
        with Pair(server.address, 2, 2, **right) as again:
            again.step()
    with served(FIELD) as server, pytest.raises(ArgusError, match="cannot connect .*keys on one side only"):
        connect(server.address, **right)


@pytest.mark.parametrize(
    "address", ["tcp://0.0.0.0:0", "tcp://*:0", "tcp://192.0.2.1:5555", "ipc://@x", "ipc:///tmp/x"]
)
def test_an_address_that_others_reach_is_not_bound_without_keys(address: str) -> None:
    result = argus("serve", FIELD, "--bind", address, timeout=20)
    assert result.returncode in (1, 2)
    assert "argus keys new" in result.stderr
    assert "tcp://127.0.0.1" in result.stderr or address.startswith("ipc")


def test_keys_that_cannot_be_used_are_an_error(keys: pathlib.Path, tmp_path: pathlib.Path) -> None:
    loose = tmp_path / "loose.key"
    loose.write_bytes((keys / "server.key").read_bytes())
    loose.chmod(0o644)
    for given, words in [
        (("--keys", loose, "--allow", keys / "friend.pub"), "chmod 600"),
        (("--keys", keys / "server.pub", "--allow", keys / "friend.pub"), "secret"),
        (("--keys", tmp_path / "none.key", "--allow", keys / "friend.pub"), "none.key"),
        (("--keys", keys / "server.key", "--allow", keys / "friend.key"), "secret"),
        (("--keys", keys / "server.key", "--allow", tmp_path / "none.pub"), "none.pub"),
        (("--keys", keys / "server.key"), "--allow NAME.pub"),
        (("--allow", keys / "friend.pub"), "--keys NAME.key"),
    ]:
        result = argus("serve", FIELD, "--bind", "tcp://127.0.0.1:*", *given, timeout=20)
        assert words in result.stderr, result.stderr
        # An option that lacks its other half is misuse; a file that cannot be used is not.
        assert result.returncode == (1 if len(given) == 4 else 2)


# --- Peers at addresses -----------------------------------------------------------------------------------------------


class Peer:
    """A Python process: Rendezvous with these options of `argus_env.serve`, or a program of one's own."""

    def __init__(self, options: str = "", program: list[str] | None = None) -> None:
        code = (
            f"import sys, argus_env; sys.path.insert(0, {str(RENDEZVOUS)!r}); import rendezvous\n"
            f"argus_env.serve(rendezvous.Rendezvous, {options})"
        )
        self.process = subprocess.Popen(
            [sys.executable, *(program or ["-c", code])], stderr=subprocess.PIPE, text=True, env=environment()
        )

    def address(self) -> str:
        """Where it listens."""
        assert self.process.stderr is not None
        found: str = self.process.stderr.readline().split()[-1]
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        return found

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(10)


def evaluated(folder: pathlib.Path, peer: str, extra: str = "") -> dict[int, float]:
    """Returns by seed of random play against a peer."""
    path = folder / "scenario.yaml"
    path.write_text(
        f"scenario: test/rendezvous\nversion: 1\nenvironment: {{peer: {peer}{extra}}}\nhorizon: 30\n"
        "timeouts: {start: 10, step: 10}\n"
    )
    out = folder / f"out{len(list(folder.iterdir()))}"
    argus("evaluate", path, "--episodes", 24, "--copies", 6, "--out", out, check=0, timeout=60)
    line = json.loads((out / "evaluations.jsonl").read_text().splitlines()[0])
    assert not line["failed"]
    return dict(zip(line["seeds"], line["returns"]))


@pytest.fixture(scope="module")
def child(tmp_path_factory: pytest.TempPathFactory) -> dict[int, float]:
    """What the peer gets as a child of the host."""
    return evaluated(tmp_path_factory.mktemp("child"), f'"python {RENDEZVOUS / "rendezvous.py"}"')


def test_a_scenario_finds_a_peer_that_listens_with_keys(
    tmp_path: pathlib.Path, keys: pathlib.Path, child: dict[int, float]
) -> None:
    listening = f"bind='tcp://127.0.0.1:*', keys={str(keys / 'server.key')!r}, allowed=[{str(keys / 'friend.pub')!r}]"
    with Peer(listening) as peer:
        address = peer.address()
        own = f", keys: {keys / 'friend.key'}, server: {keys / 'server.pub'}"
        assert evaluated(tmp_path, f'"connect:{address}"', own) == child
        path = tmp_path / "scenario.yaml"
        text = path.read_text().replace("start: 10", "start: 2")
        for right, wrong, words in [
            ("friend.key", "stranger.key", "refused by the server's authentication"),
            ("server.pub", "other.pub", "another key than expected"),
            (f", server: {keys / 'server.pub'}", "", "'keys' alone"),
        ]:
            path.write_text(text.replace(right, wrong))
            begun = time.monotonic()
            result = argus("evaluate", path, "--episodes", 2, timeout=30, check=1)
            assert words in result.stderr and time.monotonic() - begun < 10, result.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.mark.parametrize("secure", [False, True])
def test_a_scenario_waits_for_a_peer_that_connects(
    tmp_path: pathlib.Path, keys: pathlib.Path, child: dict[int, float], secure: bool
) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    mine, own = "", ""
    if secure:
        mine = f", keys={str(keys / 'friend.key')!r}, server_key={str(keys / 'server.pub')!r}"
        own = f", keys: {keys / 'server.key'}, allowed: [{keys / 'friend.pub'}]"
    with Peer(f"connect={address!r}{mine}"):
        assert evaluated(tmp_path, f'"listen:{address}"', own) == child


def test_strangers_at_the_address_of_a_host_that_waits_disturb_nobody(
    tmp_path: pathlib.Path, child: dict[int, float]
) -> None:
    port = free_port()
    over = threading.Event()

    def knock() -> None:
        while not over.wait(0.05):
            try:
                with socket.create_connection(("127.0.0.1", port), 2) as stranger:
                    stranger.sendall(b"GET / HTTP/1.1\r\n\r\n" * 8)
            except OSError:
                pass  # The host does not listen yet, or has hung up.

    strangers = threading.Thread(target=knock)
    strangers.start()
    made: list[Peer] = []
    late = threading.Timer(1.5, lambda: made.append(Peer(f"connect='tcp://127.0.0.1:{port}'")))
    late.start()
    try:
        assert evaluated(tmp_path, f'"listen:tcp://127.0.0.1:{port}"') == child
    finally:
        over.set()
        strangers.join()
        late.join()
        for peer in made:
            peer.__exit__()


def test_a_scenario_over_two_addresses_plays_the_same_episodes(tmp_path: pathlib.Path, child: dict[int, float]) -> None:
    bound = "bind='tcp://127.0.0.1:*'"
    with Peer(bound) as first, Peer(bound) as second:
        peers = f'["connect:{first.address()}", "connect:{second.address()}"]'
        assert evaluated(tmp_path, peers) == child


def test_a_peer_serves_one_scenario_after_the_other(tmp_path: pathlib.Path, child: dict[int, float]) -> None:
    with Peer("bind='tcp://127.0.0.1:*'") as peer:
        address = peer.address()
        for _ in range(2):
            assert evaluated(tmp_path, f'"connect:{address}"') == child
    assert peer.process.returncode is not None


def test_a_scenario_with_an_address_that_others_reach_needs_keys(tmp_path: pathlib.Path) -> None:
    for peer in ("connect:tcp://192.0.2.1:5555", "listen:tcp://0.0.0.0:5555"):
        path = tmp_path / "scenario.yaml"
        path.write_text(f'scenario: test/far\nversion: 1\nenvironment: {{peer: "{peer}"}}\nhorizon: 30\n')
        result = argus("evaluate", path, "--episodes", 2, timeout=20, check=1)
        assert "argus keys new" in result.stderr, result.stderr


def test_a_server_on_another_loopback_address_is_another_machine_to_its_client(keys: pathlib.Path) -> None:
    options = "--keys", keys / "server.key", "--allow", keys / "friend.pub"
    right: dict[str, Any] = {"keys": str(keys / "friend.key"), "server_key": str(keys / "server.pub")}
    with served(FIELD, *options, bind="tcp://127.0.0.2:*") as server, Pair(server.address, 2, 4, **right) as pair:
        assert server.address.startswith("tcp://127.0.0.2:")
        for _ in range(60):
            pair.step()
    assert pair.ended >= 2

"""Mutated messages against a live host and a live server: nothing crashes, hangs, leaks or counts wrong.

The host steps peers that send damaged messages beside or instead of right replies (`fuzz_peer.py`); the server gets
mutated requests while a sound session runs beside. 10^4 messages each, 10^5 with ARGUS_LONG=1.
"""

from __future__ import annotations

import collections
import contextlib
import json
import os
import pathlib
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

zmq = pytest.importorskip("zmq")

from command import start  # noqa: E402
from message_mutation import golden_messages, mutated  # noqa: E402
from peer_driver import Driver, RemoteInstance, connected, eventually  # noqa: E402

import fuzz_peer  # noqa: E402
from argus_env.wire import constants as c  # noqa: E402
from argus_env.wire import metas  # noqa: E402
from argus_env.wire.header import pack_header, unpack_unchecked  # noqa: E402

PEER = pathlib.Path(fuzz_peer.__file__)
LONG = os.environ.get("ARGUS_LONG") == "1"
MESSAGES = 100_000 if LONG else 10_000
HELD = 4  # copies of the peer
# What a process may grow by, MiB; a message that is kept each time would take several times as much.
GROWTH = 24


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a peer that the host connects to: it outlives its sessions."""
    folder = tmp_path_factory.mktemp("peer")
    folder.chmod(0o700)
    address = f"ipc://{folder}/peer"
    process = subprocess.Popen([sys.executable, PEER, address], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None and "serving" in process.stderr.readline()
    yield address
    still_runs = process.poll() is None
    process.kill()
    assert still_runs, process.communicate()[1]


def scenario(folder: pathlib.Path, address: str, step: float = 20, **parameters: Any) -> pathlib.Path:
    scenario.runs += 1  # type: ignore[attr-defined]
    given = {"run": scenario.runs, **parameters}  # type: ignore[attr-defined]
    path = folder / "ledger.yaml"
    path.write_text(
        f"scenario: ledger\nversion: 1\nenvironment: {{peer: {json.dumps(address)}}}\nhorizon: 20\n"
        f"parameters: {json.dumps(given)}\nstate: native\nmasks: exact\ntimeouts: {{start: 10, step: {step}}}\n"
    )
    return path


scenario.runs = 0  # type: ignore[attr-defined]


def memory(pid: int, key: str) -> float:
    """Resident memory of a process, MiB: now ("VmRSS") or at its peak ("VmHWM"); 0 once it is gone."""
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{key}:"):
                return int(line.split()[1]) / 1024
    return 0


class Evaluation:
    """A run of `argus evaluate` with its results and its memory."""

    def __init__(self, path: pathlib.Path, episodes: int, seconds: float = 100) -> None:
        out = path.parent / f"out{time.monotonic_ns()}"
        run = start("evaluate", path, "--episodes", episodes, "--copies", HELD, "--out", out)
        # MiB, at the peak.
        self.memory = 0.0
        deadline = time.monotonic() + seconds
        try:
            while run.poll() is None and time.monotonic() < deadline:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    run.wait(0.02)
                self.memory = max(self.memory, memory(run.pid, "VmHWM"))
            assert run.poll() is not None, "the host hangs"
        finally:
            run.kill()
            self.output, self.errors = run.communicate()
        self.status = run.returncode
        # A run that takes long also says how far it is.
        # What the peer says of itself (LOG), whole or mutated, is none of the host's own warnings.
        self.warnings = [
            line for line in self.errors.splitlines()
            if line.startswith("warning: ") and not line.startswith("warning: peer '")
        ]
        self.returns: dict[int, float] = {}
        self.failed = 0
        if (out / "evaluations.jsonl").exists():
            line = json.loads((out / "evaluations.jsonl").read_text().splitlines()[0])
            self.returns = dict(zip(line["seeds"], line["returns"], strict=True))
            self.failed = line["failed"]

    def require_sound(self, episodes: int) -> None:
        """The host ended well, and no episode counts wrong or is missing."""
        assert self.status == 0, self.errors
        assert len(self.returns) + self.failed == episodes
        assert self.returns == {seed: fuzz_peer.expected_return(int(seed)) for seed in self.returns}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory, peer: str) -> float:
    """The most memory that the host needs when all is in order, MiB."""
    run = Evaluation(scenario(tmp_path_factory.mktemp("usual"), f"connect:{peer}"), 400)
    run.require_sound(400)
    assert run.failed == 0 and run.memory > 0
    return run.memory


@pytest.mark.parametrize("way", ["child", "connected"])
def test_stray_messages_before_each_reply_change_nothing(tmp_path, peer, usual, way):
    episodes, strays = 40, MESSAGES // 80
    log = tmp_path / "log"
    address = f"{sys.executable} {PEER}" if way == "child" else f"connect:{peer}"
    run = Evaluation(scenario(tmp_path, address, strays=strays, log=str(log)), episodes)
    run.require_sound(episodes)
    assert run.failed == 0
    assert len(run.warnings) == 1 and "was dropped" in run.warnings[0], run.errors
    assert json.loads(log.read_text().splitlines()[-1])["sent"] >= MESSAGES // 2
    assert run.memory - usual < GROWTH


def changed(folder: pathlib.Path, address: str, changes: Sequence[str], episodes: int, **options: Any) -> Evaluation:
    """An evaluation in which these changes were made."""
    log = folder / "log"
    path = scenario(folder, f"connect:{address}", changes=",".join(changes), log=str(log), **options)
    run = Evaluation(path, episodes)
    assert [json.loads(line)["change"] for line in log.read_text().splitlines()] == list(changes)
    return run


def test_another_connection_to_the_host_is_not_taken_for_the_peer(tmp_path):
    run = Evaluation(scenario(tmp_path, f"{sys.executable} {PEER}", stranger=True), 40)
    run.require_sound(40)
    assert run.failed == 0 and len(run.warnings) == 1 and "was dropped" in run.errors, run.errors


def test_a_peer_that_never_stops_talking_is_given_up_at_the_deadline(tmp_path, peer):
    run = Evaluation(scenario(tmp_path, f"connect:{peer}", step=0.5, flood=True), 20, seconds=15)
    run.require_sound(20)
    assert run.failed == HELD and run.errors.count("the peer's own loop hangs") == 1, run.errors


# At most twenty reasons are shown in one run.
@pytest.mark.parametrize("part", [0, 1])
def test_a_reply_that_breaks_the_protocol_is_told_and_costs_what_the_peer_held(tmp_path, peer, part):
    changes = list(fuzz_peer.SESSION)[part::2]
    run = changed(tmp_path, peer, changes, 100 * len(changes))
    run.require_sound(100 * len(changes))
    assert len(run.warnings) == len(changes), run.errors
    assert all("during STEP of 4 copies" in line for line in run.warnings), run.errors
    assert len(changes) <= run.failed <= HELD * len(changes)


def test_a_value_that_is_no_number_costs_its_episode_alone(tmp_path, peer):
    run = changed(tmp_path, peer, list(fuzz_peer.COPY), 60)
    run.require_sound(60)
    assert run.failed == len(fuzz_peer.COPY), run.errors
    assert [word for word in ("observation", "reward", "state") if f"of the {word}" not in run.errors] == []


@pytest.mark.parametrize("change", list(fuzz_peer.CONTRACT)[: None if LONG else 2])
def test_a_value_that_an_environment_must_not_give_ends_the_evaluation_with_its_seed(tmp_path, peer, change):
    run = changed(tmp_path, peer, [change], 20)
    assert run.status == 1 and not run.returns
    assert run.errors.startswith("error: the environment breaks its contract (") and ", seed " in run.errors


def test_fields_that_mean_nothing_in_a_reply_change_nothing(tmp_path, peer):
    run = changed(tmp_path, peer, list(fuzz_peer.NOTHING), 60)
    run.require_sound(60)
    assert run.failed == 0 and not run.warnings, run.errors


@pytest.mark.parametrize("change", fuzz_peer.DROPPED if LONG else ["another sequence"])
def test_a_reply_that_is_none_is_waited_for_until_the_deadline(tmp_path, peer, change):
    run = changed(tmp_path, peer, [change], 20, step=0.5)
    run.require_sound(20)
    assert run.failed == HELD and "it left the request out" in run.errors


def test_a_storm_of_broken_replies_never_counts_wrong(tmp_path, peer, usual):
    storm = 2000 if LONG else 100
    log = tmp_path / "log"
    episodes = 30 * storm
    run = Evaluation(scenario(tmp_path, f"connect:{peer}", storm=storm, log=str(log)), episodes, 300)
    run.require_sound(episodes)
    changes = [json.loads(line)["change"] for line in log.read_text().splitlines()]
    assert len(changes) == storm
    # A session ends with up to HELD episodes; a value costs one.
    costs = {name: HELD for name in fuzz_peer.SESSION} | dict.fromkeys(fuzz_peer.COPY, 1)
    assert 0 < run.failed <= sum(costs.get(change, 0) for change in changes)
    assert run.memory - usual < GROWTH


# The server


@contextlib.contextmanager
def serving(folder: pathlib.Path, name: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`argus serve` of a scenario, and its address."""
    folder.chmod(0o700)
    address = f"ipc://{folder}/serve"
    process = start("serve", name, "--bind", address)
    try:
        assert eventually((folder / "serve").exists, 20)
        yield address, process
    finally:
        process.kill()
        process.communicate()


def requests(driver: Driver, instance: RemoteInstance) -> list[list[bytes]]:
    """Right requests about an instance of two copies of two agents, and the golden messages as of this session."""
    fields, width = instance.fields, instance.specification.observation_width
    choices = instance.specification.choices
    step = [b"\5\5", bytes(16), bytes(16)]
    state = instance.ask(c.SAVE, metas.Copy(0).encode())[1][1]
    right: list[tuple[int, bytes, list[bytes], dict[str, int]]] = [
        (c.STEP, b"", step, fields),
        (c.STEP, b"", step, fields),
        (c.STEP, b"", [b"\1\7", bytes(16), bytes(16)], fields),
        (c.STEP, b"", [b"\1\0", bytes(16), b""], fields),
        (c.RESET, b"", [b"\1\0", bytes(16)], fields),
        (c.SAVE, metas.Copy(0).encode(), [], fields),
        (c.LOAD, metas.Copy(1).encode(), [state, b""], fields | {"batch": 1}),
        (c.LOAD, metas.Copy(1).encode(), [state, bytes(8)], fields | {"batch": 1}),
        (c.TEXT, metas.Text("rules").encode(), [], fields),
        (c.TEXT, metas.Text("situation", 1).encode(), [], fields),
        (c.TEXT, metas.Text("actions", 0).encode(), [], fields),
        (c.RENDER, metas.Render(0).encode(), [], fields),
        (c.METRICS, metas.Metrics((0, 1)).encode(), [], fields),
        (c.BASELINE, metas.Baseline(0, copy=1).encode(), [b"\1\1"], fields | {"batch": 2}),
        (c.BASELINE, metas.Baseline(1, agents=(1,)).encode(), [bytes(4 * width), bytes(choices), b""], fields),
        (c.CREATE, metas.Create("warehouse", 1).encode(), [], {}),
        (c.DESTROY, b"", [], {"instance": 10_000, "specification": fields["specification"]}),
        (c.DESCRIBE, b"", [], {}),
        (c.PING, b"", [], {}),
    ]
    messages = [
        [pack_header(message, session=driver.session, frames=len(data), **given), meta, *data]
        for message, meta, data, given in right
    ]
    given = {"session": driver.session, "specification": fields["specification"]}
    golden = []
    for parts in golden_messages():
        header = unpack_unchecked(parts[0])
        assert header is not None
        instance_number = fields["instance"] if header.message != c.DESTROY else 10_000
        golden.append([header._replace(instance=instance_number, **given).pack(), *parts[1:]])
    return messages * 4 + golden


def damaged(generator: random.Random, message: Sequence[bytes]) -> list[bytes]:
    """A mutated message; every other one behind a sound header."""
    if generator.random() < 0.5:
        return mutated(generator, message)
    header = unpack_unchecked(message[0])
    assert header is not None
    body = mutated(generator, message[1:])
    return [header._replace(frames=max(0, len(body) - 1)).pack(), *body]


class WildDriver:
    """A session whose requests are damaged."""

    def __init__(self, driver: Driver, generator: random.Random) -> None:
        self.driver, self.generator = driver, generator
        # Number of the instance in use.
        self.last = 1
        self.messages: list[list[bytes]] = []
        self.sent = 0
        # Replies by status.
        self.replies: collections.Counter[int] = collections.Counter()

    def begin(self) -> None:
        """A sound instance in the place of the one before, which may be gone."""
        self.settle()
        instance = self.driver.create("warehouse", 2)
        # Numbers are given in order: these are what was made by damaged requests too.
        for number in range(self.last, instance.fields["instance"]):
            self.driver.ask(c.DESTROY, instance=number, specification=instance.fields["specification"])
        self.last = instance.fields["instance"]
        instance.reset([1, 2])
        self.messages = requests(self.driver, instance)

    def settle(self) -> None:
        """Takes what is on its way; the session is in order, and its loop lives."""
        driver = self.driver
        driver.sequence += 1 << 20
        driver.send([pack_header(c.PING, session=driver.session, sequence=driver.sequence), b""])
        while True:
            header = unpack_unchecked(driver.receive()[0])
            assert header is not None and header.is_reply
            self.replies[header.status] += 1
            if (header.message, header.sequence) == (c.PING, driver.sequence):
                assert header.status == c.DONE
                return

    def storm(self, count: int) -> None:
        """So many damaged requests; their replies are not waited for."""
        driver = self.driver
        for _ in range(count):
            parts = damaged(self.generator, self.generator.choice(self.messages))
            header = unpack_unchecked(parts[0]) if parts else None
            if not parts or header is not None and header.message in (c.HELLO, c.BYE):
                continue
            self.sent += 1
            # The sequence grows, but for headers that are damaged themselves.
            if header is not None and self.generator.random() < 0.9:
                driver.sequence += 1
                parts[0] = header._replace(sequence=driver.sequence).pack()
            driver.send(parts)
            with contextlib.suppress(zmq.Again):
                while True:
                    answer = unpack_unchecked(driver.socket.recv_multipart(zmq.NOBLOCK)[0])
                    assert answer is not None and answer.is_reply
                    self.replies[answer.status] += 1


def test_mutated_requests_do_not_touch_another_session_of_the_server(tmp_path):
    context = zmq.Context()
    with (
        serving(tmp_path, "warehouse/tiny-2ag") as (address, process),
        connected(context, address) as sound,
        connected(context, address) as reference,
        connected(context, address) as stormy,
    ):
        # Two sound sessions with the same seeds and actions, of which one ends before the storm begins.
        steps = 100
        actions = np.random.default_rng(1).integers(0, 5, (steps, 3, 2, 1))
        walk = reference.create("warehouse", 3)
        expected = [walk.reset([4, 5, 6])] + [walk.step(given) for given in actions]
        walk = sound.create("warehouse", 3)
        found = [walk.reset([4, 5, 6])]
        wild = WildDriver(stormy, random.Random(3))
        samples = []
        for given in actions:
            wild.begin()
            wild.storm(MESSAGES // steps)
            found.append(walk.step(given))
            samples.append(memory(process.pid, "VmRSS"))
        wild.settle()
        assert process.poll() is None
        assert wild.sent > MESSAGES * 0.9
        # Some are as good as before, and most are refused.
        assert wild.replies[c.DONE] > MESSAGES / 20 and wild.replies[c.ERROR] > MESSAGES / 5, wild.replies
        for one, other in zip(found, expected, strict=True):
            assert one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)
        with connected(context, address) as late:
            assert late.create("warehouse", 1).reset([7])["observation"].shape == (1, 2, 71)
        assert max(samples) - samples[len(samples) // 5] < GROWTH, samples
    context.destroy(linger=0)


def test_drivers_that_vanish_leave_room_for_others(tmp_path):
    context = zmq.Context()
    with serving(tmp_path, "warehouse/tiny-2ag") as (address, process):
        before = 0.0
        for number in range(100):
            with connected(context, address) as driver:
                driver.create("warehouse", 100).reset([1] * 100)
            before = before or memory(process.pid, "VmRSS")
        assert number == 99 and memory(process.pid, "VmRSS") - before < GROWTH
    context.destroy(linger=0)

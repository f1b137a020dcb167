"""`argus_env.connect`: against a real Python peer in a process of its own, against servers that break the protocol, and
against `argus serve` and `make_vec` where they are built."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

zmq = pytest.importorskip("zmq")

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("ARGUS_HOME", str(ROOT))
sys.path.insert(0, str(ROOT / "Python"))
sys.path.insert(0, str(ROOT / "Tests" / "python"))

from argus_env import ArgusError  # noqa: E402
from argus_env.native import library as native  # noqa: E402
from argus_env.remote import RemoteVectorEnv, connect  # noqa: E402
from argus_env.remote import seeds as seeds_module  # noqa: E402
from argus_env.remote.seeds import Listed, Stream, StreamPerCopy  # noqa: E402
from argus_env.wire import constants as c  # noqa: E402
from argus_env.wire import handshake, metas  # noqa: E402
from argus_env.wire.descriptor import Descriptor, encode_description  # noqa: E402
from argus_env.wire.header import Header, check_message, pack_header  # noqa: E402
from argus_env.wire.specification import Agent, Specification, specification_hash  # noqa: E402
from remote_walk import Drift, Walk  # noqa: E402

ARGUS = pathlib.Path(os.environ["ARGUS_HOME"]) / ".build" / "release" / "argus"


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real peer that serves Walk and Drift."""
    folder = tmp_path_factory.mktemp("walk")
    folder.chmod(0o700)
    address = f"ipc://{folder}/walk"
    server = subprocess.Popen([sys.executable, ROOT / "Tests/python/remote_walk.py", address])
    yield address
    server.terminate()
    server.wait(10)


@pytest.fixture
def served(walk: str) -> Iterator[Callable[..., RemoteVectorEnv]]:
    """Connects to the real peer; closes what was made."""
    made: list[RemoteVectorEnv] = []

    def make(environment: str = "walk", **options: Any) -> RemoteVectorEnv:
        made.append(connect(walk, environment=environment, **options))
        return made[-1]

    yield make
    for environment in made:
        environment.close()


def padded(rows: list[list[float]]) -> np.ndarray:
    array = np.zeros((3, 3), np.float32)
    for index, row in enumerate(rows):
        array[index, : len(row)] = row
    return array


class Copy:
    """One copy as the host plays it: the environment in this process, with a horizon, rewards and returns."""

    def __init__(self, seed_of: Callable[[int], int | None], horizon: int, fails: bool = False) -> None:
        self.walk, self.seed_of, self.horizon, self.episode = Walk(fails), seed_of, horizon, -1
        self.begin()

    def begin(self) -> None:
        self.returns = np.zeros(2)
        while True:
            self.episode += 1
            self.seed = self.seed_of(self.episode)
            if self.seed is None:
                return
            try:
                self.rows = padded(self.walk.reset(self.seed))
                return
            except ValueError:
                continue

    def step(self, actions: np.ndarray) -> dict[str, Any]:
        try:
            rows, rewards, terminated = self.walk.step(actions.tolist())
        except ValueError:
            result = {"failed": True, "seed": self.seed, "length": self.walk.steps}
            self.begin()
            return result
        shared = np.array(rewards, np.float32)
        self.returns += [float(shared[0]) + float(shared[1]), float(shared[2])]
        team = np.array([shared[0] + shared[1], shared[0] + shared[1], shared[2]], np.float32)
        result = {"failed": False, "rewards": team, "terminated": terminated, "rows": padded(rows), "truncated": False}
        self.rows = result["rows"]
        if terminated or self.walk.steps == self.horizon:
            result |= {
                "truncated": not terminated, "returns": self.returns, "seed": self.seed, "length": self.walk.steps,
                "moves": self.walk.moves, "state": self.walk.state(),
            }  # fmt: skip
            self.begin()
        return result


# --- Seeds ------------------------------------------------------------------------------------------------------------


def test_seeds_are_those_of_the_host() -> None:
    # Printed by CounterRandom in Sources/ArgusEnvAPI.
    for run, copy, episode, stream, later in [
        (0, 0, 0, 169204153519206, 953315806035835),
        (7, 0, 0, 706265915956900, 79636479388078),
        (7, 3, 5, 213531420932781, 1020370333365596),
        ((1 << 64) - 1, 63, 1000, 1060271973897640, 401482989720673),
    ]:
        assert Stream(run).seed(copy, episode, 99) == stream
        first = [run] * 64
        assert StreamPerCopy(first).seed(copy, episode, 99) == (later if episode else run)
    assert [Listed([5, 6, 7]).seed(copy, episode, 2) for copy in (0, 1) for episode in (0, 1)] == [5, 7, 6, None]
    key = seeds_module.counter_key(9, seeds_module.ACTION)
    for word in (12345, 17, 1, 1):
        key = seeds_module.keyed(key, word)
    assert key == 6001247507303325520


# --- A real peer ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("copy", [True, False])
def test_steps_equal_the_environment_in_this_process(
    served: Callable[..., RemoteVectorEnv], fails: bool, copy: bool
) -> None:
    environment = served(num_envs=5, horizon=12, parameters={"fails": fails}, copy=copy)
    assert environment.agents == Walk.agents and environment.groups == ["red", "blue"]
    assert environment.head_sizes == [3] and environment.action_sizes == [[3], [3], [2]]
    observations, info = environment.reset(seed=7)
    stream = Stream(7)
    copies = [Copy(lambda episode, index=index: stream.seed(index, episode, 5), 12, fails) for index in range(5)]
    np.testing.assert_array_equal(observations, [one.rows for one in copies])
    generator = np.random.default_rng(3)
    ends = {"terminated": 0, "truncated": 0, "failed": 0}
    for _ in range(200):
        mask = info["action_mask"]
        assert info["acting"].dtype == bool and mask.shape == (5, 3, 3)
        actions = np.argmax(generator.random(mask.shape) * mask, axis=-1)
        expected = [one.step(row) for one, row in zip(copies, actions)]
        observations, rewards, terminated, truncated, info = environment.step(actions)
        np.testing.assert_array_equal(observations, [one.rows for one in copies])
        np.testing.assert_array_equal(info["acting"], [one.walk.acting() for one in copies])
        for index, one in enumerate(expected):
            assert info["failed"][index] == one["failed"]
            if one["failed"]:
                ends["failed"] += 1
                assert not rewards[index].any() and not terminated[index] and not truncated[index]
                assert info["ended"][index] and info["episode"]["seeds"][index] == one["seed"]
                continue
            assert info["elapsed"][index] == 0.5
            np.testing.assert_array_equal(rewards[index], one["rewards"])
            assert (terminated[index], truncated[index]) == (one["terminated"], one["truncated"])
            if "seed" not in one:
                assert "ended" not in info or not info["ended"][index]
                continue
            ends["terminated" if one["terminated"] else "truncated"] += 1
            episode = info["episode"]
            np.testing.assert_array_equal(info["final_observations"][index], one["rows"])
            np.testing.assert_array_equal(environment.final_state()[index], np.array(one["state"], np.float32))
            np.testing.assert_array_equal(episode["returns"][index], one["returns"])
            assert episode["seeds"][index] == one["seed"] and episode["lengths"][index] == one["length"]
            # Not known of an episode whose successor could not begin: the server has lost them by then.
            moves = episode["metrics"]["moves"][index]
            assert moves == one["moves"] or (fails and np.isnan(moves))
        np.testing.assert_array_equal(environment.state(), np.array([one.walk.state() for one in copies], np.float32))
        np.testing.assert_array_equal(environment.episode_seeds, [one.seed for one in copies])
    assert ends["terminated"] > 3 and ends["truncated"] > 3 and (ends["failed"] > 3) == fails
    if fails:
        assert "lost on the way" in environment.last_report() or "does not begin" in environment.last_report()


def test_every_step_is_one_round_trip(served: Callable[..., RemoteVectorEnv]) -> None:
    environment = served(num_envs=4, horizon=5)
    environment.reset(seed=1)
    driver = environment._driver
    assert driver is not None
    before = driver._sequence
    for _ in range(60):
        environment.step(environment.act("random", 2))
    assert driver._sequence == before + 60


def test_listed_episodes_are_played_exactly_once_and_then_copies_rest(served: Callable[..., RemoteVectorEnv]) -> None:
    environment = served(num_envs=3, horizon=9)
    environment.reset(episodes=range(100, 107))
    played: list[int] = []
    for _ in range(80):
        if not environment.active.any():
            break
        resting = ~environment.active
        observations, rewards, _, _, info = environment.step(environment.act("random"))
        assert not rewards[resting].any() and not info["acting"][~environment.active].any()
        if "ended" in info:
            played += info["episode"]["seeds"][info["ended"]].tolist()
            assert np.isfinite(info["episode"]["metrics"]["moves"][info["ended"]]).all()
    assert sorted(played) == list(range(100, 107)) and not environment.active.any()
    _, rewards, terminated, truncated, info = environment.step(environment.act("random"))
    assert not (rewards.any() or terminated.any() or truncated.any() or info["acting"].any() or "ended" in info)


def test_seeds_fix_everything_and_without_one_episodes_go_on(served: Callable[..., RemoteVectorEnv]) -> None:
    def play(environment: RemoteVectorEnv, seed: Any) -> np.ndarray:
        rows = [environment.reset(seed=seed)[0].copy()]
        rows += [environment.step(environment.act("random", 1))[0].copy() for _ in range(30)]
        rows.append(environment.reset()[0].copy())
        return np.stack(rows)

    environment = served(num_envs=3, horizon=6)
    first = play(environment, 7)
    np.testing.assert_array_equal(first, play(served(num_envs=3, horizon=6), np.int64(7)))
    assert not np.array_equal(first, play(environment, 8)) and not np.array_equal(first[0], first[-1])
    several, one = play(environment, [4, 5, 6]), play(served(num_envs=1, horizon=6), [5])
    np.testing.assert_array_equal(several[:-1, 1], one[:-1, 0])


def test_texts_pictures_and_scripted_policies(served: Callable[..., RemoteVectorEnv]) -> None:
    environment = served(num_envs=2, horizon=50)
    environment.reset(seed=[3, 4])
    twin = Walk()
    twin.reset(4)
    assert environment.rules("b0") == "You are b0." and environment.rules(0) == "You are a0."
    assert environment.situation(1, "a1") == twin.situation("a1")
    assert [environment.action_text(1, "b0", choice) for choice in range(3)] == ["stay", "up", ""]
    assert environment.render(1) == twin.render(False)
    assert environment.baselines == ["climb", "flee"]
    for team in ("scripted:flee", "a*=scripted:flee,*=scripted:flee"):
        np.testing.assert_array_equal(environment.act(team)[1], twin.act_jointly("flee", [1, 1, 1]))
    memory = np.zeros((3, 2), np.uint8)
    for step in range(6):
        actions = environment.act("scripted")
        for agent, acting in enumerate(twin.acting()):
            if acting:
                legal = (twin.legal()[Walk.agents[agent]] + [False])[:3]
                assert actions[1, agent] == twin.act_locally("climb", agent, None, legal, memory[agent])
        environment.step(actions)
        twin.step(actions[1].tolist())
    with pytest.raises(ArgusError, match="scripted:climb"):
        environment.act("scripted:clim")
    with pytest.raises(ArgusError, match="unknown agent"):
        environment.rules("c0")


def test_a_snapshot_continues_anywhere_and_damaged_ones_are_refused(served: Callable[..., RemoteVectorEnv]) -> None:
    environment, other = served(num_envs=2, horizon=20), served(num_envs=3, horizon=20)
    environment.reset(seed=[3, 4])
    other.reset(seed=9)
    for _ in range(3):
        environment.step(environment.act("random", 5))
    saved = environment.snapshot(1)
    other.restore(2, saved)
    for _ in range(25):
        actions = environment.act("random", 5)
        assert environment.episode_seeds[1] == other.episode_seeds[2]
        first = environment.step(actions)
        second = other.step(np.stack([other.act("random")[0], other.act("random")[1], actions[1]]))
        for mine, theirs in zip(first[1:4], second[1:4]):
            np.testing.assert_array_equal(mine[1], theirs[2])
        name = "final_observations" if first[2][1] or first[3][1] else "action_mask"
        np.testing.assert_array_equal(first[4][name][1], second[4][name][2])
        if "ended" in first[4] and first[4]["ended"][1]:
            assert second[4]["episode"]["returns"][2].tolist() == first[4]["episode"]["returns"][1].tolist()
            break
    for wrong in (b"", saved[:-1], saved + b"x", saved[:60] + b"?" + saved[61:]):
        with pytest.raises(ArgusError, match="not a usable snapshot"):
            other.restore(0, wrong)
    other.step(other.act("random"))


def test_continuous_actions_and_a_time_limit_of_the_environments_own(served: Callable[..., RemoteVectorEnv]) -> None:
    environment = served("drift", num_envs=2)
    assert not environment.is_discrete and environment.actions.shape == (2, 1, 2)
    environment.reset(seed=[3, 4])
    twins = [Drift(), Drift()]
    for twin, seed in zip(twins, (3, 4)):
        twin.reset(seed)
    for step in range(4):
        actions = np.array([[[1.25, 0.5]], [[2.0, 4.0]]])
        observations, _, terminated, truncated, info = environment.step(actions)
        last = [twin.step(row)[0] for twin, row in zip(twins, actions)]
        assert truncated.all() == (step == 3) and not terminated.any()
        np.testing.assert_array_equal(info["final_observations"] if step == 3 else observations, last)
    with pytest.raises(ArgusError, match=r"action out of range \(only, copy 1, step 0\): found 2.5 for component 0"):
        environment.step([[[1.0, 0.0]], [[2.5, 0.0]]])
    with pytest.raises(ArgusError, match="found nan"):
        environment.step([[[1.0, 0.0]], [[np.nan, 0.0]]])
    environment.step(environment.act("random"))


def test_wrong_calls_say_what_was_expected(walk: str, served: Callable[..., RemoteVectorEnv]) -> None:
    environment = served(num_envs=2, horizon=9)
    with pytest.raises(ArgusError, match="not reset"):
        environment.step(np.zeros((2, 3), int))
    environment.reset(seed=1)
    for actions, message in [
        (np.zeros((2, 2), int), r"wrong shape of actions .*found \[2, 2\], expected \[2, 3\]"),
        (np.zeros((2, 3)), "wrong type of actions .*expected integers"),
        (np.array([[0, 0, 2], [0, 0, 0]]), r"action out of range \(b0, copy 0, step 0\): found 2 .*expected 0 to 1"),
        (np.array([[0, -1, 0], [0, 0, 0]]), r"action out of range \(a1"),
        (np.full((2, 3), 1 << 32), "action out of range"),
    ]:
        with pytest.raises(ArgusError, match=message):
            environment.step(actions)
    environment.step(np.zeros((2, 3), np.uint8))
    for call, message in [
        (lambda: connect(walk), r"no environment chosen .*walk, drift.*environment='walk'"),
        (lambda: connect(walk, environment="wlak"), "unknown environment .*'wlak', expected one of walk, drift"),
        (lambda: connect(walk, environment="walk", parameters={"x": 1}), "bad-parameters"),
        (lambda: connect(walk, environment="walk", num_envs=0), "num_envs"),
        (lambda: connect("tcp://example.org:1"), "CURVE keys"),
        (lambda: connect("udp://x"), "tcp://HOST:PORT"),
        (lambda: environment.reset(seed=-1), r"\(seed\): found -1"),
        (lambda: environment.reset(seed=[1]), "2, one a copy"),
        (lambda: environment.reset(episodes=[]), "one seed or more"),
        (lambda: environment.situation(2, 0), r"\(copy\)|copy out of range"),
    ]:
        with pytest.raises(ArgusError, match=message):
            call()
    environment.close()
    with pytest.raises(ArgusError, match="environment is closed") as closed:
        environment.step(np.zeros((2, 3), int))
    assert closed.value.kind == "closed"


def test_a_second_thread_gets_busy(served: Callable[..., RemoteVectorEnv]) -> None:
    environment = served(num_envs=2, horizon=9)
    environment.reset(seed=1)
    driver = environment._driver
    assert driver is not None
    with driver._lock:
        with pytest.raises(ArgusError) as busy:
            environment.render(0)
    assert busy.value.kind == "busy"
    environment.render(0)


# --- Dead, hanging and lying servers ----------------------------------------------------------------------------------


def test_nobody_there_is_an_error_in_time(tmp_path: pathlib.Path) -> None:
    tmp_path.chmod(0o700)
    start = time.monotonic()
    with pytest.raises(ArgusError, match="no server .*found nobody within 0.3 s"):
        connect(f"ipc://{tmp_path}/none", start_timeout=0.3)
    assert time.monotonic() - start < 3


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_a_server_that_dies_or_stops_is_told_apart_from_a_slow_one(tmp_path: pathlib.Path, how: str) -> None:
    tmp_path.chmod(0o700)
    address = f"ipc://{tmp_path}/walk"
    server = subprocess.Popen([sys.executable, ROOT / "Tests/python/remote_walk.py", address])
    try:
        environment = connect(address, environment="walk", num_envs=2, step_timeout=20)
        environment.reset(seed=1)
        server.send_signal(signal.SIGKILL if how == "kill" else signal.SIGSTOP)
        start = time.monotonic()
        with pytest.raises(ArgusError, match="the server is gone .*closed connection.*connect\\(\\) again"):
            for _ in range(1000):
                environment.step(environment.act("random"))
        assert time.monotonic() - start < 8
        with pytest.raises(ArgusError, match="the session is over"):
            environment.reset(seed=1)
    finally:
        server.kill()
        server.wait(10)


SPECIFICATION = Specification((Agent("a", "a", 0, 1, (2,)),), ("team",), 1, heads=(2,))


class Liar:
    """A server in a thread that answers as told: `lies` by message number; None: no answer."""

    def __init__(self, address: str, lies: dict[int, Callable[[Header, list[bytes]], list[list[bytes]]]]) -> None:
        self.lies = lies
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.bind(address)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self) -> None:
        while not self.over.is_set():
            if self.socket.poll(20):
                address, *parts = self.socket.recv_multipart()
                header = check_message(parts)
                for answer in self.lies.get(header.message, self.answer)(header, parts):
                    self.socket.send_multipart([address, *answer])
        self.socket.close()
        self.context.term()

    def answer(self, header: Header, parts: list[bytes]) -> list[list[bytes]]:
        if header.message == c.HELLO:
            identity = handshake.Identity(handshake.ENVIRONMENT, "liar", "1")
            return [[pack_header(c.WELCOME, session=5), handshake.encode_welcome(identity)]]
        if header.message == c.BYE:
            return []
        if header.message == c.DESCRIBE:
            return [reply(header, encode_description([Descriptor("lie", "1")]))]
        if header.message == c.CREATE:
            data = SPECIFICATION.encode()
            return [reply(header, b"", [data], instance=1, specification=SPECIFICATION.hash)]
        return [reply(header, b"", rows(header))]


def rows(header: Header, value: float = 0.5, ended: int = 0) -> list[bytes]:
    return [
        np.float32(value).tobytes(), bytes([1, 1]), bytes([1]), bytes([ended == 1]), np.float32(1).tobytes(),
        bytes([ended if header.message == c.STEP else 0]), np.float32(1).tobytes(),
    ]  # fmt: skip


def reply(header: Header, meta: bytes = b"", data: list[bytes] | None = None, **changed: int) -> list[bytes]:
    data = data or []
    fields = {
        "flags": c.FLAG_REPLY, "frames": len(data), "session": header.session, "sequence": header.sequence,
        "specification": header.specification, "instance": header.instance, "batch": header.batch,
    } | changed  # fmt: skip
    return [pack_header(header.message, **fields), meta, *data]


def finals() -> list[bytes]:
    return [np.uint32(0).tobytes(), np.float32(2).tobytes(), bytes([1, 1]), bytes([1]), b""]


def lying(message: int, answer: Callable[[Header, list[bytes]], list[list[bytes]]]) -> Any:
    return {message: answer}


def refusal(header: Header, parts: list[bytes]) -> list[list[bytes]]:
    return [[pack_header(c.REFUSE), metas.ErrorReport("version", "too old").encode()]]


LIES: dict[str, tuple[dict[int, Callable[[Header, list[bytes]], list[list[bytes]]]], str]] = {
    "refuses": (lying(c.HELLO, refusal), r"refuses .*too old \[version\]"),
    "silent": (lying(c.HELLO, lambda h, p: []), "a connection, but no answer to HELLO within"),
    "policy": (
        lying(c.HELLO, lambda h, p: [
            [pack_header(c.WELCOME, session=5), handshake.encode_welcome(handshake.Identity("policy", "p", "1"))]]),
        "found a policy, expected an environment"),
    "welcome without session": (
        lying(c.HELLO, lambda h, p: [
            [pack_header(c.WELCOME), handshake.encode_welcome(handshake.Identity("environment", "p", "1"))]]),
        "session 0"),
    "no meta": (lying(c.DESCRIBE, lambda h, p: [reply(h)]), "environments"),
    "wrong hash": (
        lying(c.CREATE, lambda h, p: [reply(h, b"", [SPECIFICATION.encode()], instance=1, specification=3)]),
        "specification hash"),
    "no specification": (lying(c.CREATE, lambda h, p: [reply(h, b"", [b"{}"], instance=1,
        specification=specification_hash(b"{}"))]),
        "'observation' of specification"),
    "no instance": (lying(c.CREATE, lambda h, p: [reply(h, b"", [b"{}"])]), "instance 0"),
    "short frame": (lying(c.STEP, lambda h, p: [reply(h, b"", [b"1", *rows(h)[1:]])]),
        r"frame 'observation' has 1 bytes, expected 4: f32 \[1 copies, 1 agents, 1\]"),
    "frame missing": (lying(c.STEP, lambda h, p: [reply(h, b"", rows(h)[1:])]), "has 6 frames, expected 7"),
    "NaN": (lying(c.STEP, lambda h, p: [reply(h, b"", rows(h, float("nan")))]), "found nan in the observation of a"),
    "ended 9": (lying(c.STEP, lambda h, p: [reply(h, b"", rows(h, ended=9))]), "the value 9 of ended"),
    "no legal choice": (
        lying(c.STEP, lambda h, p: [reply(h, b"", [*rows(h)[:1], b"\0\0", *rows(h)[2:]])]),
        "no legal choice of head 0"),
    "final rows of a running episode": (
        lying(c.STEP, lambda h, p: [reply(h, b"", rows(h) + finals())]),
        "final rows of a copy whose episode goes on"),
    "another message": (
        lying(c.STEP, lambda h, p: [[pack_header(c.RESET, c.FLAG_REPLY, 0, h.session, h.sequence, instance=1), b""]]),
        "the reply to STEP is a RESET"),
    "error without errors": (lying(c.STEP, lambda h, p: [reply(h, status=2)]), "errors"),
    "error": (
        lying(c.STEP, lambda h, p: [
            reply(h, metas.encode_errors([metas.ErrorReport("environment", "broke", traceback="File x")]), status=2)]),
        r"found broke \[environment\](.|\n)*File x"),
    "bye": (lying(c.STEP, lambda h, p: [[pack_header(c.BYE, session=5), metas.Bye("tired").encode()]]), "found tired"),
    "hangs": (lying(c.STEP, lambda h, p: []), "no reply in time .*none to STEP within 0.5 s"),
    "late": (
        lying(c.STEP, lambda h, p: [reply(h, b"", rows(h), sequence=h.sequence - 1)]), "no reply in time"),
    "noise": (lying(c.STEP, lambda h, p: [[b"x", b""], [b"ARGU" * 16, b"{}"], [pack_header(c.LOG), b"{}"[:0]]]), "."),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_lying_server_is_told_in_one_clear_error(tmp_path: pathlib.Path, lie: str) -> None:
    tmp_path.chmod(0o700)
    address = f"ipc://{tmp_path}/liar"
    lies, message = LIES[lie]
    liar = Liar(address, lies)
    try:
        with pytest.raises(ArgusError, match=message):
            with connect(address, num_envs=1, start_timeout=0.5, step_timeout=0.5) as environment:
                environment.reset(seed=1)
                environment.step([[0]])
    finally:
        liar.over.set()
        liar.thread.join(5)


def test_late_and_second_replies_are_never_taken_for_anothers(tmp_path: pathlib.Path) -> None:
    tmp_path.chmod(0o700)
    address = f"ipc://{tmp_path}/liar"
    count = 0

    def answer(header: Header, parts: list[bytes]) -> list[list[bytes]]:
        nonlocal count
        count += 1
        right = reply(header, b"", rows(header, count / 100))
        wrong = reply(header, b"", rows(header, 0.99), sequence=header.sequence - 1)
        foreign = reply(header, b"", rows(header, 0.98), session=6)
        log = [pack_header(c.LOG, session=5), metas.Log("warning", "well").encode()]
        return [wrong, foreign, [b"noise"], log, right, right]

    liar = Liar(address, {c.STEP: answer})
    try:
        with connect(address, num_envs=1) as environment:
            environment.reset(seed=1)
            for step in range(1, 50):
                assert environment.step([[0]])[0][0, 0, 0] == np.float32(step / 100)
            assert environment._driver is not None and environment._driver.dropped >= 49 * 3
            assert environment.last_report() == "well"
    finally:
        liar.over.set()
        liar.thread.join(5)


# --- CURVE ------------------------------------------------------------------------------------------------------------


def write_keys(folder: pathlib.Path, name: str) -> str:
    """A key pair in the form of `argus keys new`."""
    public, secret = zmq.curve_keypair()
    entry = f'curve\n    public-key = "{public.decode()}"\n'
    path = folder / f"{name}.key"
    path.write_text(f'{entry}    secret-key = "{secret.decode()}"\n')
    path.chmod(0o600)
    (folder / f"{name}.pub").write_text(entry)
    return str(folder / name)


@pytest.mark.skipif(not zmq.has("curve"), reason="this libzmq has no CURVE")
def test_keys_let_in_and_wrong_ones_are_refused(tmp_path: pathlib.Path) -> None:
    tmp_path.chmod(0o700)
    server, friend, stranger = (write_keys(tmp_path, name) for name in ("server", "friend", "stranger"))
    address = f"ipc://{tmp_path}/walk"
    program = (
        f"import sys; sys.path[:0] = [{str(ROOT / 'Tests/python')!r}]; import remote_walk, argus_env\n"
        f"argus_env.serve(remote_walk.Drift, name='drift', bind={address!r}, keys={server + '.key'!r}, "
        f"allowed=[{friend + '.pub'!r}])"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL)
    try:
        with connect(address, friend + ".key", server_key=server + ".pub", num_envs=2) as environment:
            environment.reset(seed=1)
        with pytest.raises(ArgusError, match="refused keys|no server"):
            connect(address, stranger + ".key", server_key=server + ".pub", start_timeout=1)
        with pytest.raises(ArgusError, match="cannot connect .*keys on one side only"):
            connect(address, start_timeout=5)
        os.chmod(friend + ".key", 0o644)
        with pytest.raises(ArgusError, match="chmod 600"):
            connect(address, friend + ".key", server_key=server + ".pub")
    finally:
        process.kill()
        process.wait(10)


# --- argus serve ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[str, str], None]]:
    """Starts `argus serve SCENARIO`."""
    found = (
        ARGUS.exists() and subprocess.run([ARGUS, "serve", "--help"], capture_output=True, check=False).returncode == 0
    )
    if not found or not native.path().exists():
        pytest.skip("argus serve or the client library is not built")
    running: list[subprocess.Popen[bytes]] = []

    def start(scenario: str, address: str) -> None:
        running.append(subprocess.Popen([ARGUS, "serve", scenario, "--bind", address], stdout=subprocess.DEVNULL))

    yield start
    for process in running:
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize("scenario", ["warehouse/tiny-2ag", "foraging/8x8-2p-2f-coop"])
def test_argus_serve_plays_the_same_episodes_as_make_vec(
    serve: Callable[[str, str], None], tmp_path: pathlib.Path, scenario: str
) -> None:
    import argus_env

    tmp_path.chmod(0o700)
    address = f"ipc://{tmp_path}/{scenario.split('/')[0]}"
    serve(scenario, address)
    local = argus_env.make_vec(scenario, num_envs=4)
    remote = connect(address, num_envs=4)
    assert remote.scenario == scenario and remote.horizon == local.horizon and remote.baselines == local.baselines
    (first, mine), (second, theirs) = local.reset(seed=11), remote.reset(seed=11)
    np.testing.assert_array_equal(first, second)
    ended = 0
    for step in range(local.horizon + 20):
        actions = local.act("random", 3)
        if step < 40:
            np.testing.assert_array_equal(actions, remote.act("random", 3))
        one, two = local.step(actions), remote.step(actions)
        for mine, theirs in zip(one[:4], two[:4]):
            np.testing.assert_array_equal(mine, theirs)
        assert one[4].keys() == two[4].keys()
        for name in ("action_mask", "acting", "agent_terminated", "failed", "elapsed"):
            np.testing.assert_array_equal(one[4][name], two[4][name])
        np.testing.assert_array_equal(local.state(), remote.state())
        if "ended" in one[4]:
            chosen = one[4]["ended"]
            ended += int(chosen.sum())
            for name in ("ended", "final_observations", "final_action_mask", "final_acting"):
                np.testing.assert_array_equal(one[4][name][chosen], two[4][name][chosen])
            for name in ("returns", "lengths", "seeds"):
                np.testing.assert_array_equal(one[4]["episode"][name][chosen], two[4]["episode"][name][chosen])
            for name in local.metrics:
                np.testing.assert_array_equal(
                    one[4]["episode"]["metrics"][name][chosen], two[4]["episode"]["metrics"][name][chosen]
                )
    assert ended >= 4
    remote.close()

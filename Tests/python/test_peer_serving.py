"""A Python peer as a process: handshake, requests, failures, fuzzing; and equality with the package it serves."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

zmq = pytest.importorskip("zmq")

from peer_driver import ROOT, Refused, child, connected, eventually, wait_for_end  # noqa: E402

from argus_env.wire import constants as c  # noqa: E402
from argus_env.wire import frames, handshake, metas  # noqa: E402
from argus_env.wire.header import HEADER_SIZE, pack_header, unpack_header  # noqa: E402
from argus_env.wire.texts import decode_texts, encode_texts  # noqa: E402

PEERS = ROOT / "Tests" / "python" / "peers"
EXAMPLES = ROOT / "Examples"
RENDEZVOUS = EXAMPLES / "python-environment" / "rendezvous.py"
LONG = os.environ.get("ARGUS_LONG") == "1"


@pytest.fixture(scope="module")
def plain():
    """A session with the plain and batch classes for tests."""
    with child(PEERS / "plain_peers.py") as (driver, _):
        yield driver


@pytest.fixture(scope="module")
def rendezvous():
    with child(RENDEZVOUS) as (driver, _):
        yield driver


# Handshake and descriptions


def test_hello_names_role_limits_and_process(plain):
    assert plain.peer.role == "environment"
    assert plain.peer.pid > 1
    assert plain.peer.limits == handshake.Limits()
    assert "counter" in plain.peer.name


def test_describe_gives_parameters_out_of_the_signature(plain):
    counter, doubles = plain.describe()
    assert (counter.id, doubles.id) == ("counter", "doubles")
    assert counter.summary.startswith("Counts") and counter.rules == "Count."
    limit, fault, scale = counter.parameters
    assert (limit.kind, limit.default, limit.minimum, limit.maximum) == ("integer", 5, 1, 1000)
    assert limit.description == "Steps until it ends."
    assert fault.kind == "choice" and "nan" in fault.choices
    assert (scale.kind, scale.default) == ("number", 1.0)
    assert [parameter.name for parameter in doubles.parameters] == ["width"]
    assert doubles.capabilities == {c.METRICS_V1}


def test_parameters_that_do_not_fit_are_refused_with_the_reason(plain):
    for given, words in (
        ({"limit": 0}, "limit: found 0"),
        ({"limit": "3"}, "limit: found '3'"),
        ({"nothing": 1}, "expected some of: limit, fault, scale"),
        ({"fault": "other"}, "fault: found 'other'"),
        ({"fault": "make"}, "RuntimeError: cannot be made"),
    ):
        with pytest.raises(Refused, match=words) as error:
            plain.create("counter", **given)
        assert error.value.code == "bad-parameters" and error.value.status == c.ERROR


def test_limits_and_unknown_names_are_refused(plain):
    for arguments, code in (
        (("nobody",), "unknown-environment"),
        (("counter", 5000), "limit"),
        (("doubles", 4000), "limit"),
    ):
        with pytest.raises(Refused) as error:
            plain.create(*arguments, **({"width": 100000} if arguments[0] == "doubles" else {}))
        assert error.value.code == code


def test_instances_have_a_limit_and_destroy_gives_back(plain):
    made = []
    with pytest.raises(Refused) as error:
        for _ in range(c.MOST_INSTANCES + 1):
            made.append(plain.create("counter"))
    assert error.value.code == "limit"
    for instance in made:
        instance.ask(c.DESTROY, b"")
    with pytest.raises(Refused) as error:
        made[0].reset([1])
    assert error.value.code == "unknown-instance"


# Stepping


def test_reset_step_and_rows(plain):
    instance = plain.create("counter", 2, limit=3)
    rows = instance.reset([4, 5])
    assert rows["observation"].tolist() == [[[4, 0, 0], [4, 0, 1]], [[5, 0, 0], [5, 0, 1]]]
    assert rows["legal"].all() and rows["acting"].all()
    for name in ("terminated", "reward", "ended", "elapsed"):
        assert not rows[name].any()
    rows = instance.step([[[1], [2]], [[0], [1]]])
    assert rows["reward"].tolist() == [[1, 2], [0, 1]] and rows["elapsed"].tolist() == [1, 1]
    instance.step(0)
    rows = instance.step(0)
    assert rows["ended"].tolist() == [1, 1] and rows["terminated"].all() and not rows["acting"].any()
    assert rows["legal"][0, 0].tolist() == [1, 0, 0]
    with pytest.raises(Refused, match="over"):
        instance.step(0)


def test_plan_begins_the_next_episode_in_the_same_round_trip(plain):
    instance = plain.create("counter", 4, limit=3)
    instance.reset([1, 2, 3, 4])
    instance.step(0, plan=[1, 1, 1, 0])
    # Copy 0 is truncated and begins again, 1 is truncated and does not, 2 goes on, 3 stays where it is.
    rows = instance.step(1, plan=[7, 3, 5, 0], seeds=[11, 12, 13, 14])
    assert instance.finals["final copies"].tolist() == [0]
    assert instance.finals["final observation"].tolist() == [[[1, 2, 0], [1, 2, 1]]]
    assert instance.finals["final acting"].tolist() == [[1, 1]]
    assert rows["observation"][0].tolist() == [[11, 0, 0], [11, 0, 1]]
    assert rows["observation"][1].tolist() == [[2, 2, 0], [2, 2, 1]]
    assert rows["reward"][:3].tolist() == [[1, 1]] * 3 and rows["elapsed"][:3].tolist() == [1, 1, 1]
    assert rows["ended"].tolist() == [0, 0, 0, 0]
    # Copy 2 ends by rule and begins again; 0 steps its new episode.
    rows = instance.step(2, plan=[5, 0, 5, 5], seeds=[21, 22, 23, 24])
    assert instance.finals["final copies"].tolist() == [2]
    assert instance.finals["final observation"][0, 0].tolist() == [3, 3, 0]
    assert rows["ended"].tolist()[2] == 1 and rows["terminated"][2].all()
    assert rows["observation"][2, 0].tolist() == [23, 0, 0] and rows["acting"][2].all()
    assert rows["observation"][0, 0].tolist() == [11, 1, 0]


def test_unwanted_rows_are_left_out(plain):
    instance = plain.create("doubles", 2)
    rows = instance.reset([1, 2], flags=c.FLAG_NO_LEGAL | c.FLAG_NO_STATE)
    assert rows["legal"].size == 0 and rows["state"].size == 0
    for _ in range(4):
        rows = instance.step(0, plan=[5, 5], seeds=[3, 4], flags=c.FLAG_NO_STATE)
    assert rows["legal"].size and not rows["state"].size
    assert instance.finals["final state"].size == 0 and instance.finals["final legal"].size


def test_requests_that_are_not_as_the_page_says_leave_the_instance_alive(plain):
    instance = plain.create("counter", 2)
    instance.reset([1, 2])
    ask = instance.driver.request
    fields = instance.fields
    actions = np.zeros((2, 2, 1), "<i4")
    wrong = actions.copy()
    wrong[1, 0] = 3
    for message, data, other, code in (
        (c.STEP, [b"\1\1", actions, b""], {"batch": 3}, "invalid-request"),
        (c.STEP, [b"\1\1", actions], {}, "invalid-request"),
        (c.STEP, [b"\1", actions, b""], {}, "invalid-request"),
        (c.STEP, [b"\1\1", wrong, b""], {}, "invalid-request"),
        (c.STEP, [b"\1\1", -1 - wrong, b""], {}, "invalid-request"),
        (c.STEP, [b"\5\1", actions, b""], {}, "invalid-request"),
        (c.STEP, [b"\x08\1", actions, b""], {}, "invalid-request"),
        (c.STEP, [b"\1\1", actions, b""], {"specification": 1}, "specification"),
        (c.STEP, [b"\1\1", actions, b""], {"instance": 4_000_000_000}, "unknown-instance"),
        (c.STEP, [b"\1\1", actions, b""], {"session": 1}, "unknown-session"),
        (c.STEP, [b"\1\1", actions, b""], {"sequence": 1}, "invalid-request"),
        (c.STEP, [b"\1\1", actions, b""], {"flags": 8}, "invalid-request"),
        (c.RESET, [b"\1\2", bytes(16)], {}, "invalid-request"),
        (c.RESET, [b"\1\1", bytes(15)], {}, "invalid-request"),
        (c.SAVE, [], {}, "not-offered"),
        (77, [], {}, "unknown-message"),
        (c.JOIN, [], {}, "unknown-message"),
    ):
        with pytest.raises(Refused) as error:
            ask(message, b"", data, **(fields | other))
        assert (error.value.code, error.value.status) == (code, c.ERROR), error.value
    assert instance.step(1)["reward"].tolist() == [[1, 1], [1, 1]]


def test_what_does_not_act_may_hold_any_action():
    program = EXAMPLES / "python-peers" / "tictactoe_aec.py"
    pytest.importorskip("pettingzoo.classic.tictactoe_v3", exc_type=ImportError)
    with child(program) as (driver, _):
        game = driver.create("tictactoe")
        rows = game.reset([1])
        assert rows["acting"].tolist() == [[1, 0]]
        rows = game.step([[[4], [99]]])
        assert rows["acting"].tolist() == [[0, 1]]
        assert rows["legal"][0, 1].tolist() == [1, 1, 1, 1, 0, 1, 1, 1, 1]
        assert rows["legal"][0, 0].tolist() == [1] + [0] * 8


def test_copies_and_instances_do_not_touch_each_other(plain):
    one, other = plain.create("counter", 1, limit=50), plain.create("counter", 3, limit=50)
    alone = [one.reset([7])["observation"].copy()]
    alone += [one.step(i % 3)["observation"].copy() for i in range(6)]
    third = plain.create("counter", 1, limit=50)
    mixed = [other.reset([7, 8, 9])["observation"][:1].copy()]
    third.reset([3])
    for i in range(6):
        third.step(2)
        mixed.append(other.step(i % 3)["observation"][:1].copy())
    assert np.array_equal(alone, mixed)


def test_zero_copies_are_legal(plain):
    for environment in ("counter", "doubles"):
        instance = plain.create(environment, 0)
        assert instance.reset([])["observation"].shape[0] == 0
        assert instance.step(np.zeros((0, len(instance.specification.agents), 1)))["ended"].shape == (0,)


def test_large_rows_arrive_whole(plain):
    instance = plain.create("doubles", 8, width=50000)
    rows = instance.reset(range(8))
    for step in range(3):
        assert (rows["observation"] == np.arange(8)[:, None, None] + step).all()
        rows = instance.step(1)


# What goes wrong in an environment


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("step", "ValueError: thirteen at step 2"),
        ("shape", "observation of counter_0: found 1 numbers (shape (1,)), expected 3"),
        ("nan", "observation of counter_1: found nan in component 1"),
        ("reward", "reward of counter_0: found inf"),
        ("count", "step(): found 2 values"),
    ],
)
def test_a_failure_in_step_ends_that_copys_episode_alone(plain, fault, words):
    instance = plain.create("counter", 3, limit=9, fault=fault)
    instance.reset([1, 13, 2])
    instance.step(1)
    rows = instance.step(1, plan=[5, 5, 5], seeds=[1, 13, 2])
    assert instance.status == c.DISCARDED and rows["ended"].tolist() == [0, 2, 0]
    (error,) = instance.errors
    assert (error.code, error.copy) == ("environment", 1) and words in error.message, error
    assert instance.finals is None
    assert "Traceback" in error.traceback and np.isfinite(rows["observation"]).all()
    assert rows["observation"][[0, 2], 0, 1].tolist() == [2, 2]
    with pytest.raises(Refused, match="copy 1"):
        instance.step(1)
    assert instance.reset([0, 5, 0], mask=[0, 1, 0])["observation"][1, 0].tolist() == [5, 0, 0]
    assert instance.status == c.DONE
    assert instance.step(1)["observation"][:, 0, 1].tolist() == [3, 1, 3]


def test_a_failure_in_reset_ends_that_copys_episode_alone(plain):
    instance = plain.create("counter", 2, fault="reset")
    rows = instance.reset([13, 4])
    assert instance.status == c.DISCARDED and rows["ended"].tolist() == [2, 0]
    assert "no episode for this seed" in instance.errors[0].message
    rows = instance.step(1, plan=[0, 1])
    assert rows["observation"][1, 0].tolist() == [4, 1, 0] and instance.status == c.DONE
    assert instance.reset([6, 0], mask=[1, 0])["ended"][0] == 0


def test_a_reset_that_fails_within_a_step_leaves_the_final_rows(plain):
    instance = plain.create("counter", 2, limit=2, fault="second-reset")
    instance.reset([1, 2])
    instance.step(0, plan=[1, 0])
    rows = instance.step(2, plan=[5, 1], seeds=[5, 6])
    assert instance.status == c.DONE and instance.finals is None
    assert rows["ended"].tolist() == [1, 0] and rows["reward"].tolist() == [[2, 2], [2, 2]]
    assert rows["observation"][0, 0].tolist() == [1, 2, 0]
    assert "no episode" in plain.logs[-1].message
    assert instance.reset([8, 0], mask=[1, 0])["observation"][0, 0].tolist() == [8, 0, 0]


def test_an_exception_of_a_batch_class_loses_its_instance_alone(plain):
    instance, other = plain.create("doubles", 2), plain.create("doubles", 2)
    instance.reset([1, 2])
    other.reset([1, 2])
    rows = instance.step([[[3]], [[1]]])
    assert instance.status == c.DISCARDED and rows["ended"].tolist() == [2, 0]
    instance.reset([3, 4])
    with pytest.raises(Refused, match="two is too much") as error:
        instance.step(2)
    assert error.value.code == "environment" and "Traceback" in error.value.reports[0].traceback
    with pytest.raises(Refused, match="lost"):
        instance.step(0)
    assert other.step(0)["observation"][0, 0, 0] == 2
    instance.ask(c.DESTROY, b"")


def test_a_hanging_step_does_not_outlive_its_host():
    with child(PEERS / "plain_peers.py") as (driver, process):
        instance = driver.create("counter", 1, fault="hang")
        instance.reset([13])
        instance.step(1)
        driver.send([pack_header(c.STEP, session=7, sequence=driver.sequence + 1, frames=3, **instance.fields), b"",
                     b"\1", bytes(8), b""])  # fmt: skip
        time.sleep(0.2)
        assert process.poll() is None
        process.stdin.close()
        assert wait_for_end(process, 30) == 0


def test_a_child_ends_with_its_driver_and_on_bye():
    with child(PEERS / "plain_peers.py") as (driver, process):
        driver.socket.close(linger=0)
        start = time.monotonic()
        assert wait_for_end(process, 10) == 0
        assert time.monotonic() - start < 6
    with child(PEERS / "plain_peers.py") as (driver, process):
        driver.bye()
        assert wait_for_end(process, 30) == 0


def test_ping_is_answered_by_the_loop(plain):
    header, parts = plain.request(c.PING)
    assert header.status == c.DONE and parts == [b""]


def test_a_new_connection_begins_a_new_session():
    with child(PEERS / "plain_peers.py") as (driver, process):
        instance = driver.create("counter")
        instance.reset([1])
        context = driver.socket.context
        address = driver.socket.get_string(zmq.LAST_ENDPOINT).rstrip("\0")
        driver.socket.close(linger=0)
        again = context.socket(zmq.ROUTER)
        again.setsockopt(zmq.RCVTIMEO, 10_000)
        for _ in range(100):
            try:
                again.bind(address)
                break
            except zmq.ZMQError:
                time.sleep(0.01)
        driver.socket = again
        driver.route, *hello = again.recv_multipart()
        driver.welcome(hello, session=8)
        with pytest.raises(Refused) as error:
            instance.step(0)
        assert error.value.code == "unknown-instance"
        driver.create("counter").reset([1])
        assert process.poll() is None


# Extensions of a plain class


def test_texts_of_a_plain_class(rendezvous):
    instance = rendezvous.create("rendezvous", 1, walkers=2, cells=12)
    instance.reset([3])
    rules = decode_texts(*instance.ask(c.TEXT, metas.Text("rules").encode())[1][1:], 2)
    assert "walker_0" in rules[0] and "12 cells" in rules[1]
    situations = decode_texts(*instance.ask(c.TEXT, metas.Text("situation", 0).encode())[1][1:], 2)
    assert situations[0].startswith("You stand on cell")
    actions = decode_texts(*instance.ask(c.TEXT, metas.Text("actions", 0).encode())[1][1:], 6)
    assert actions == ["stay here", "go one cell clockwise", "go one cell back"] * 2


def test_a_snapshot_continues_as_the_saved_episode_would_have(rendezvous):
    instance = rendezvous.create("rendezvous", 2, walkers=3)
    generator = np.random.default_rng(1)
    instance.reset([5, 6])
    for _ in range(4):
        instance.step(generator.integers(0, 3, (2, 3, 1)))
    saved = instance.ask(c.SAVE, metas.Copy(0).encode())[1][1]
    actions = generator.integers(0, 3, (5, 2, 3, 1))
    first = [instance.step(action)["observation"][0].copy() for action in actions]
    for seed in (b"", (9).to_bytes(8, "little")):
        header, parts = instance.ask(c.LOAD, metas.Copy(1).encode(), [saved, seed])
        assert header.batch == 1
        rows = frames.row_frames(instance.specification, 1).decode(parts[1:])
        assert rows[0].shape == (1, 3, 3)
        second = [instance.step(action[::-1])["observation"][1].copy() for action in actions]
        assert np.array_equal(first, second)


@pytest.mark.parametrize("data", [b"", b"\1", b"\1nonsense", b"\1APS1\0\0\0[[1, 2], 3]", b"\1APS1\0\0\0[[99,1,2],3]"])
def test_bytes_that_are_no_state_are_refused_and_change_nothing(rendezvous, data):
    instance = rendezvous.create("rendezvous", 1)
    instance.reset([5])
    before = instance.step(0, plan=[1])
    header, parts = instance.ask(c.LOAD, metas.Copy(0).encode(), [data, b""])
    assert header.status == c.DISCARDED and len(parts) == 1
    assert metas.decode_errors(parts[0])[0].copy == 0
    assert np.array_equal(instance.step(0)["observation"], before["observation"])


def test_metrics_render_and_baselines_of_a_plain_class(rendezvous):
    descriptor = rendezvous.describe()[0]
    assert descriptor.capabilities == set(c.CAPABILITIES)
    instance = rendezvous.create("rendezvous", 2, walkers=3, cells=8)
    rows = instance.reset([5, 6])
    assert instance.specification.suggested_horizon == 30 and instance.specification.state_width == 3
    for _ in range(8):
        if rows["ended"][0]:
            break
        agents, memory = (0, 1, 2), b""
        data = [rows["observation"][0].tobytes(), rows["legal"][0].tobytes(), memory]
        _, parts = instance.ask(c.BASELINE, metas.Baseline(0, agents=agents).encode(), data)
        actions = np.frombuffer(parts[1], "<i4").reshape(3, 1)
        rows = instance.step(np.stack([actions, 0 * actions]), plan=[1, 0])
    assert rows["ended"][0] == 1 and rows["reward"][0].sum() == pytest.approx(1)
    _, parts = instance.ask(c.METRICS, metas.Metrics((1, 0)).encode())
    assert np.frombuffer(parts[1], "<f8").tolist() == [0, 1]
    _, parts = instance.ask(c.RENDER, metas.Render(0, True).encode())
    assert parts[1].decode().count("3") == 1


def test_final_metrics_come_with_the_step(plain):
    instance = plain.create("doubles", 2)
    instance.reset([1, 2])
    for _ in range(4):
        instance.step(0, plan=[5, 5], seeds=[3, 4])
    assert instance.finals["final metrics"].tolist() == [[4], [4]]
    assert instance.finals["final state"].tolist() == [[4], [4]]


# The packages that are served


def test_rware_as_a_peer_equals_rware():
    pytest.importorskip("rware")
    sys.path.insert(0, str(EXAMPLES / "python-peers"))
    from rware_peer import rware

    copies, steps = 2, 120
    generator = np.random.default_rng(0)
    actions = generator.choice(5, (steps, copies, 2), p=[0.1, 0.5, 0.15, 0.15, 0.1])
    with child(EXAMPLES / "python-peers" / "rware_peer.py") as (driver, _):
        instance = driver.create("rware", copies, layout="tiny", agents=2, requests=2)
        seeds = [4, 2**33 + 5]
        rows = instance.reset(seeds)
        for copy in range(copies):
            environment = rware()
            expected, _ = environment.reset(seed=seeds[copy])
            assert np.array_equal(rows["observation"][copy], expected)
        mirrors = [rware() for _ in range(copies)]
        for mirror, seed in zip(mirrors, seeds, strict=True):
            mirror.reset(seed=seed)
        for step in range(steps):
            truncates = step == 70
            plan = [7 if truncates else 5] * copies
            rows = instance.step(actions[step][:, :, None], plan=plan, seeds=[step, step + 1])
            for copy, mirror in enumerate(mirrors):
                expected, rewards, done, _, _ = mirror.step(actions[step, copy].tolist())
                assert not done
                assert rows["reward"][copy].tolist() == list(rewards)
                if truncates:
                    assert np.array_equal(instance.finals["final observation"][copy], expected)
                    expected, _ = mirror.reset(seed=step + copy)
                assert np.array_equal(rows["observation"][copy], expected)


@pytest.mark.parametrize(
    ("program", "environment", "parameters", "sizes"),
    [
        ("simple_spread.py", "simple-spread", {}, [18, 18, 18]),
        ("simple_speaker_listener.py", "simple-speaker-listener", {"continuous_actions": True}, [3, 11]),
        ("lbforaging_peer.py", "lbforaging", {"players": 3}, [15, 15, 15]),
    ],
)
def test_examples_play_and_repeat_by_seed(program, environment, parameters, sizes):
    for package in ("mpe2", "lbforaging"):
        pytest.importorskip(package)
    with child(EXAMPLES / "python-peers" / program) as (driver, _):
        assert [descriptor.id for descriptor in driver.describe()] == [environment]
        one, other = driver.create(environment, 1, **parameters), driver.create(environment, 3, **parameters)
        assert [agent.observation_size for agent in one.specification.agents] == sizes
        other.reset([5, 6, 7])
        other.step(0)
        generator = np.random.default_rng(2)
        first, second = one.reset([11]), other.reset([0, 0, 11], mask=[0, 0, 1])
        for _ in range(20):
            assert np.array_equal(first["observation"][0], second["observation"][2])
            assert np.array_equal(first["reward"][0], second["reward"][2])
            bounds = one.specification.action_bounds
            shape = (len(sizes), one.specification.action_size)
            action = generator.random(shape) if bounds else generator.integers(0, 3, shape)
            first, second = one.step(action), other.step(action, plan=[0, 0, 1])


# Drivers that connect


@pytest.fixture(scope="module")
def listening(tmp_path_factory):
    """A peer that listens in a private folder."""
    folder = tmp_path_factory.mktemp("peer")
    folder.chmod(0o700)
    address = f"ipc://{folder}/socket"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "Python")}
    environment.pop("ARGUS_ENDPOINT", None)
    process = subprocess.Popen(
        [sys.executable, PEERS / "plain_peers.py", address], env=environment, stderr=subprocess.PIPE
    )
    assert b"serving" in process.stderr.readline()
    context = zmq.Context()
    yield context, address, process
    process.kill()
    process.wait()
    process.stderr.close()
    context.destroy(linger=0)


def test_two_sessions_have_instances_of_their_own(listening):
    context, address, _ = listening
    with connected(context, address) as one, connected(context, address) as other:
        assert one.session != other.session
        mine, theirs = one.create("counter", limit=99), other.create("counter", limit=99)
        mine.reset([1])
        theirs.reset([2])
        for step in range(1, 4):
            assert mine.step(0)["observation"][0, 0].tolist() == [1, step, 0]
            assert theirs.step(0)["observation"][0, 0].tolist() == [2, step, 0]
        mine.driver = other
        with pytest.raises(Refused) as error:
            mine.step(0)
        assert error.value.code == "unknown-instance"


def test_hello_again_ends_the_session_before(listening):
    context, address, _ = listening
    with connected(context, address) as driver:
        before = driver.session
        instance = driver.create("counter")
        instance.reset([1])
        driver.greet()
        assert driver.session != before
        for session, code in ((before, "unknown-session"), (driver.session, "unknown-instance")):
            driver.session = session
            with pytest.raises(Refused) as error:
                instance.step(0)
            assert error.value.code == code


def test_a_driver_that_leaves_takes_its_instances_along(listening):
    context, address, process = listening

    def memory():
        return int(open(f"/proc/{process.pid}/statm").read().split()[1]) * 4096

    start = memory()
    for _ in range(6):
        with connected(context, address) as driver:
            # About 40 MB of rows each.
            driver.create("doubles", 1000, width=10000).reset(range(1000))
        time.sleep(0.4)
    assert eventually(lambda: memory() - start < 130e6, 5), f"{(memory() - start) / 1e6:.0f} MB more"


@pytest.mark.parametrize(
    ("hello", "code"),
    [
        (b'{"majors": [2], "role": "driver"}', "version"),
        (b'{"majors": [1], "role": "environment"}', "role"),
        (b'{"majors": 1, "role": "driver"}', "invalid-request"),
        (b"nonsense", "invalid-request"),
    ],
)
def test_a_hello_that_does_not_fit_is_refused(listening, hello, code):
    context, address, _ = listening
    with connected(context, address, greets=False) as driver:
        driver.send([pack_header(c.HELLO), hello])
        parts = driver.receive()
        assert unpack_header(parts[0]).message == c.REFUSE
        assert metas.ErrorReport.decode(parts[1]).code == code


def serve_error(code: str) -> str:
    """The last line that a program of one line prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "Python")}
    environment.pop("ARGUS_ENDPOINT", None)
    done = subprocess.run(
        [sys.executable, "-c", f"import argus_env; argus_env.{code}"], env=environment, capture_output=True, timeout=30
    )
    assert done.returncode == 1
    return done.stderr.decode().strip().splitlines()[-1]


def test_addresses_that_cannot_be_used_are_explained(tmp_path):
    assert "ARGUS_ENDPOINT" in serve_error("serve(dict)")
    assert "argus keys new" in serve_error("serve(dict, bind='tcp://0.0.0.0:5555')")
    assert "argus keys new" in serve_error("serve(dict, connect='tcp://192.0.2.1:5555')")
    assert "argus keys new" in serve_error("serve(dict, bind='ipc:///tmp/anyone')")
    assert "expected tcp://HOST:PORT" in serve_error("serve(dict, bind='tcp://*:5555')")
    assert "both" in serve_error("serve(dict, bind='tcp://127.0.0.1:1', connect='tcp://127.0.0.1:1')")
    assert "a callable" in serve_error("serve(3)")
    assert "without a default" in serve_error("serve(lambda size: 1)")
    assert "act()" in serve_error("serve_policy(3)")
    key = tmp_path / "peer.key"
    key.write_text('curve\n    public-key = "' + "a" * 40 + '"\n    secret-key = "' + "b" * 40 + '"\n')
    key.chmod(0o644)
    assert "chmod 600" in serve_error(f"serve(dict, bind='tcp://127.0.0.1:1', keys={str(key)!r}, allowed='x')")
    key.chmod(0o600)
    assert "those who may connect" in serve_error(f"serve(dict, bind='tcp://127.0.0.1:1', keys={str(key)!r})")


def test_only_drivers_with_an_allowed_key_are_served(tmp_path):
    keys = {name: zmq.curve_keypair() for name in ("server", "friend", "stranger")}
    for name, (public, secret) in keys.items():
        text = f'# key\ncurve\n    public-key = "{public.decode()}"\n'
        (tmp_path / f"{name}.pub").write_text(text)
        (tmp_path / f"{name}.key").write_text(text + f'    secret-key = "{secret.decode()}"\n')
        (tmp_path / f"{name}.key").chmod(0o600)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from plain_peers import Counter; import argus_env; "
        "argus_env.serve(Counter, bind='tcp://127.0.0.1:*', keys='server.key', allowed=['friend.pub'])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(PEERS)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "Python")},
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        # A shell that runs the tests in the background has interrupts ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    context = zmq.Context()
    try:
        address = process.stderr.readline().split()[-1].decode()

        def answered(name, server):
            socket = context.socket(zmq.DEALER)
            socket.setsockopt(zmq.LINGER, 0)
            if name is not None:
                public, secret = keys[name]
                socket.setsockopt(zmq.CURVE_PUBLICKEY, public)
                socket.setsockopt(zmq.CURVE_SECRETKEY, secret)
                socket.setsockopt(zmq.CURVE_SERVERKEY, keys[server][0])
            socket.connect(address)
            identity = handshake.Identity("driver", "test", "1")
            socket.send_multipart([pack_header(c.HELLO), handshake.encode_hello(identity)])
            found = socket.poll(5000 if name == "friend" and server == "server" else 700) != 0
            socket.close(linger=0)
            return found

        assert answered("friend", "server")
        assert not answered("stranger", "server")
        assert b"refused a connection" in process.stderr.readline()
        assert not answered("friend", "stranger")
        assert not answered(None, "server")
    finally:
        process.send_signal(signal.SIGINT)
        assert wait_for_end(process, 30) is not None
        process.stderr.close()
        context.destroy(linger=0)


# Policies


def policy_specification(**other):
    from argus_env.wire.specification import Specification

    document = {
        "agents": [
            {"name": "a_0", "role": "a", "group": 0, "observation_size": 2, "head_sizes": [3]},
            {"name": "b_0", "role": "b", "group": 0, "observation_size": 3, "head_sizes": [2]},
        ],
        "groups": ["team"],
        "observation": {"width": 3},
        "action": {"heads": [3]},
        "reward": {"scope": "agent"},
    } | other
    return Specification.decode(json.dumps(document).encode())


def join(driver, specification, agents=(0, 1), copies=2, rules=None):
    meta = metas.Join("test/one", agents, copies, 2**64 - 1, "greedy", 10)
    data = [specification.encode(), *(encode_texts(rules) if rules else ())]
    header, _ = driver.request(c.JOIN, meta.encode(), data)
    return {"instance": header.instance, "specification": specification.hash, "batch": copies}


def act_rows(specification, start, acting, observation, legal, copies=2, texts=None):
    rows = [bytes(acting), bytes(start), np.arange(copies, dtype="<u8"), np.asarray(observation, "<f4")]
    rows.append(np.asarray(legal, "u1") if specification.discrete else b"")
    if texts is not None:
        rows += [*encode_texts(texts), *encode_texts([""] * copies * specification.choices)]
    return [row if isinstance(row, bytes) else row.tobytes() for row in rows]


def test_each_agents_policy_gets_its_own_rows():
    specification = policy_specification(text={})
    with child(PEERS / "policies.py", "show", capabilities=[c.TEXT_V1], errors=subprocess.PIPE) as (driver, process):
        assert driver.peer.role == "policy" and c.TEXT_V1 in driver.peer.capabilities
        fields = join(driver, specification, rules=["first", "second"])
        full = [[1, 1, 1]] * 2
        for call, (start, acting) in enumerate((([1, 1], [1, 0]), ([0, 0], [1, 1]), ([1, 0], [1, 1]))):
            data = []
            for agent in range(2):
                observation = [[10 * agent + call, copy, 7 * agent] for copy in range(2)]
                legal = full if agent == 0 else [[1, 1, 0]] * 2
                data += act_rows(specification, start, acting, observation, legal, texts=[f"see {agent}", "nothing"])
            _, parts = driver.request(c.ACT, b"", data, **fields)
            actions = [np.frombuffer(part, "<i4").tolist() for part in parts[1:]]
            # Each counts its calls since the episode's start, up to its own last choice.
            assert actions[0] == [[0, 0], [1, 1], [0, 2]][call]
            assert actions[1] == [[0, 0], [1, 1], [0, 1]][call]
            for agent in range(2):
                name, seen, begun, numbers, acts, words = json.loads(process.stderr.readline())
                assert name == ("a_0", "b_0")[agent] and words == [f"see {agent}", "nothing"]
                width = (2, 3)[agent]
                assert seen == [[10 * agent + call, copy, 7 * agent][:width] for copy in range(2)]
                assert begun == [bool(x) for x in start] and acts == [bool(x) for x in acting]
                assert numbers == [0, 1]


def test_a_start_is_told_when_the_agent_first_acts():
    specification = policy_specification()
    with child(PEERS / "policies.py", "show", errors=subprocess.PIPE) as (driver, process):
        fields = join(driver, specification, agents=(0,))
        rows = ([[0, 0, 0]] * 2, [[1, 1, 1]] * 2)
        driver.request(c.ACT, b"", act_rows(specification, [1, 1], [0, 0], *rows), **fields)
        _, parts = driver.request(c.ACT, b"", act_rows(specification, [0, 0], [1, 1], *rows), **fields)
        assert json.loads(process.stderr.readline())[2] == [True, True]
        assert np.frombuffer(parts[1], "<i4").tolist() == [0, 0]


def test_a_policy_for_continuous_actions_is_clipped():
    agents = [
        {"name": "a_0", "role": "a", "group": 0, "observation_size": 1, "action_size": 1},
        {"name": "b_0", "role": "b", "group": 0, "observation_size": 2, "action_size": 2},
    ]
    specification = policy_specification(
        agents=agents, observation={"width": 2}, action={"width": 2, "low": [-1, -1], "high": [1, 1]}
    )
    with child(PEERS / "policies.py", "continuous") as (driver, _):
        fields = join(driver, specification)
        data = act_rows(specification, [1, 1], [1, 1], [[0.25, 0], [-3, 0]], b"") * 2
        _, parts = driver.request(c.ACT, b"", data, **fields)
        assert np.frombuffer(parts[1], "<f4").tolist() == [0.5, 0, -1, 0]
        assert np.frombuffer(parts[2], "<f4").tolist() == [0.5, 0.5, -1, -1]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("raise", "act() of a_0: KeyError: 'lost'"),
        ("shape", "act() of a_0: ValueError: found actions of shape (3,), expected (2, 1)"),
        ("range", "act() of a_0: ValueError: found action 99 in copy 0, component 0, expected 0 to 2"),
        ("dtype", "expected whole numbers"),
    ],
)
def test_what_goes_wrong_in_a_policy_is_told(how, words):
    specification = policy_specification()
    with child(PEERS / "policies.py", how) as (driver, _):
        fields = join(driver, specification)
        data = act_rows(specification, [1, 1], [1, 1], [[0, 0, 0]] * 2, [[1, 1, 1]] * 2) * 2
        with pytest.raises(Refused) as error:
            driver.request(c.ACT, b"", data, **fields)
        assert error.value.code == "environment" and words in str(error.value)
        driver.request(c.PING)


def test_the_example_policy_plays_the_example_environment():
    pytest.importorskip("lbforaging")
    copies = 16
    programs = EXAMPLES / "python-peers" / "lbforaging_peer.py", EXAMPLES / "python-policy" / "greedy.py"
    with child(programs[0]) as (driver, _), child(programs[1]) as (player, _):
        instance = driver.create("lbforaging", copies)
        meta = metas.Join("lbforaging", (0, 1), copies, 1, None, 50)
        header, _ = player.request(c.JOIN, meta.encode(), [instance.specification.encode()])
        fields = {"instance": header.instance, "specification": instance.specification.hash, "batch": copies}
        rows = instance.reset(range(copies))
        generator = np.random.default_rng(0)
        returns = np.zeros(copies)
        live = np.ones(copies, int)
        for step in range(50):
            data = []
            for agent in range(2):
                data += [rows["acting"][:, agent].tobytes(), bytes([step == 0]) * copies]
                data += [generator.integers(0, 2**63, copies, np.uint64).tobytes()]
                data += [rows["observation"][:, agent].tobytes(), rows["legal"][:, agent].tobytes()]
            _, parts = player.request(c.ACT, b"", data, **fields)
            actions = np.stack([np.frombuffer(part, "<i4") for part in parts[1:]], axis=1)
            rows = instance.step(actions[:, :, None], plan=live)
            returns += rows["reward"].sum(axis=1) * live
            live[rows["ended"] != 0] = 0
        # Random play gets 0.004.
        assert returns.mean() > 0.9


def test_a_policy_that_cannot_play_here_says_why():
    with child(PEERS / "policies.py", "make") as (driver, _):
        with pytest.raises(Refused, match="cannot play here") as error:
            join(driver, policy_specification())
        assert error.value.code == "bad-parameters"
        with pytest.raises(Refused) as error:
            driver.request(c.RESET)
        assert error.value.code == "unknown-message"


# Messages from nowhere


def mutated(generator: random.Random, message: list[bytes]) -> list[bytes]:
    """A message with something wrong in it (or not)."""
    parts = [bytearray(part) for part in message]
    for _ in range(generator.randint(1, 3)):
        choice = generator.randrange(8)
        part = generator.choice(parts)
        if choice < 4 and part:
            part[generator.randrange(len(part))] = generator.randrange(256)
        elif choice == 4 and len(part):
            del part[generator.randrange(len(part)) :]
        elif choice == 5:
            part += generator.randbytes(generator.choice((1, 4, 8, 100)))
        elif choice == 6:
            parts.insert(generator.randrange(len(parts) + 1), bytearray(generator.randbytes(generator.randrange(80))))
        elif len(parts) > 1:
            parts.pop(generator.randrange(len(parts)))
    if parts and len(parts[0]) == HEADER_SIZE:
        # A larger sequence would make all later requests late ones.
        parts[0][24:32] = message[0][24:32]
    return [bytes(part) for part in parts]


def is_session_control(parts: list[bytes]) -> bool:
    """Whether a message begins or ends a session, which it may."""
    return len(parts[0]) == HEADER_SIZE and int.from_bytes(parts[0][8:10], "little") in (c.HELLO, c.BYE)


def test_mutated_messages_do_not_end_the_session():
    generator = random.Random(1)
    count = 100_000 if LONG else 10_000
    with child(RENDEZVOUS) as (driver, process):
        instance = driver.create("rendezvous", 2)
        instance.reset([1, 2])
        fields = instance.fields
        step = [b"\5\5", bytes(24), bytes(16)]
        seeds = [
            (c.STEP, b"", step, fields),
            (c.STEP, b"", step, fields),
            (c.RESET, b"", [b"\1\0", bytes(16)], fields),
            (c.SAVE, metas.Copy(0).encode(), [], fields),
            (c.LOAD, metas.Copy(0).encode(), [b"\1APS1\0\0\0[[1,2,3],3]", b""], fields),
            (c.TEXT, metas.Text("situation", 1).encode(), [], fields),
            (c.RENDER, metas.Render(0).encode(), [], fields),
            (c.METRICS, metas.Metrics((0, 1)).encode(), [], fields),
            (c.BASELINE, metas.Baseline(0, agents=(1,)).encode(), [bytes(12), bytes(3), b""], fields),
            (c.CREATE, metas.Create("rendezvous", 1, {"walkers": 2}).encode(), [], {}),
            (c.DESTROY, b"", [], {"instance": 2}),
            (c.DESCRIBE, b"", [], {}),
            (c.PING, b"", [], {}),
        ]
        driver.socket.setsockopt(zmq.RCVTIMEO, 20_000)
        sent = 0
        while sent < count:
            for _ in range(50):
                message, meta, data, given = generator.choice(seeds)
                driver.sequence += 1
                header = pack_header(message, session=7, sequence=driver.sequence, frames=len(data), **given)
                parts = mutated(generator, [header, meta, *data])
                if parts and parts[0] and not is_session_control(parts):
                    driver.send(parts)
                    sent += 1
            driver.sequence += 1
            driver.send([pack_header(c.PING, session=7, sequence=driver.sequence), b""])
            while True:
                parts = driver.receive()
                header = unpack_header(parts[0])
                if header.is_reply and header.sequence == driver.sequence:
                    break
                if header.status > c.DISCARDED:
                    # An exception of the peer's own, not of the environment or of a check.
                    assert not metas.decode_errors(parts[1])[0].message.startswith("peer:"), parts[1]
            assert (header.message, header.status) == (c.PING, c.DONE)
        assert process.poll() is None
        for number in range(1, 100):  # mutated messages may have made as many as there can be
            driver.ask(c.DESTROY, instance=number)
        again = driver.create("rendezvous", 1, walkers=2)
        assert again.reset([3])["observation"].shape == (1, 2, 2)

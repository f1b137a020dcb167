"""The Python package argus_env on the built library: make_vec and parallel_env.

Equal to the package `rware` and between themselves step by step; what is a copy and what is the host's memory; errors;
PettingZoo's own tests. The library is `.build/release/libArgusClient.so`; the package is taken from `Python/` here.
"""

import ctypes
import gc
import multiprocessing
import os
import pathlib
import pickle
import shutil
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("ARGUS_HOME", str(ROOT))
sys.path.insert(0, str(ROOT / "Python"))

import argus_env  # noqa: E402
from argus_env import ArgusError, make_vec  # noqa: E402
from argus_env.native import library as native  # noqa: E402

pytestmark = pytest.mark.skipif(not native.path().exists(), reason=f"{native.path()} is not built")

TINY = "warehouse/tiny-2ag"
SCENARIOS = [TINY, "warehouse/starter", "warehouse/medium-6ag", "foraging/8x8-2p-2f-coop", "foraging/15x15-4p-5f"]


def parallel_env(*arguments, **options):
    pytest.importorskip("pettingzoo")
    return argus_env.parallel_env(*arguments, **options)


def legal_actions(mask, generator):
    """For one head: a legal choice in each row, uniformly."""
    return np.argmax(generator.random(mask.shape) * mask, axis=-1).astype(np.int32)


@pytest.fixture(scope="session")
def plugins(tmp_path_factory):
    """A folder with two plugins for tests and scenarios of theirs."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler")
    folder = tmp_path_factory.mktemp("plugins")
    for name, source in ("probe", "Tests/BrokenPlugins/probe.c"), ("mixed", "Tests/python/mixed_agents.c"):
        subprocess.run(
            [compiler, "-std=c11", "-O1", "-fPIC", "-shared", "-I", ROOT / "Sources/CArgusEnv/include",
             ROOT / source, "-o", folder / f"lib{name}.so", "-lm"], check=True)
    return folder


@pytest.fixture
def scenario(plugins, monkeypatch):
    """Writes a scenario file of one of the test plugins and returns its path."""
    monkeypatch.setenv("ARGUS_PLUGIN_PATH", str(plugins))

    def write(environment, horizon=6, masks="exact", state="concat", **parameters):
        path = plugins / f"{environment}-{len(list(plugins.iterdir()))}.yaml"
        values = ", ".join(f"{name}: {value}" for name, value in parameters.items())
        path.write_text(
            f"scenario: {path.stem}\nversion: 1\nenvironment: {environment}\nparameters: {{{values}}}\n"
            f"horizon: {horizon}\nreward: individual\nstate: {state}\nmasks: {masks}\nplacement: process\n")
        return str(path)

    return write


# MARK: Equal to the reference and to itself


@pytest.mark.parametrize("copy", [True, False])
def test_make_vec_equals_rware_step_by_step(copy):
    reference = pytest.importorskip("warehouse_reference")
    seeds = [3, 4, 5]
    packages = [reference.make({"layout": "tiny", "agents": 2, "requests": 2}) for _ in seeds]
    reference.pin_ties(packages[0])
    environment = make_vec(TINY, num_envs=3, copy=copy)
    observations, _ = environment.reset(seed=seeds)
    for index, package in enumerate(packages):
        np.testing.assert_array_equal(np.stack(package.reset(seed=seeds[index])[0]), observations[index])
    players = [reference.Player(package, seed) for package, seed in zip(packages, seeds)]
    earned = 0
    for step in range(500):
        actions = [player.actions() for player in players]
        observations, rewards, terminated, truncated, info = environment.step(np.array(actions))
        assert not terminated.any() and truncated.all() == (step == 499)
        last = info["final_observations"] if step == 499 else observations
        for index, package in enumerate(packages):
            expected, each, *_ = package.step(actions[index])
            np.testing.assert_array_equal(np.stack(expected), last[index])
            # The scenario hands every robot the team's reward.
            np.testing.assert_array_equal(rewards[index], [sum(each)] * 2)
            earned += sum(each)
    assert earned > 0 and info["episode"]["returns"].sum() == earned
    assert info["episode"]["seeds"].tolist() == seeds and info["episode"]["lengths"].tolist() == [500] * 3


def test_parallel_env_equals_rware_step_by_step():
    reference = pytest.importorskip("warehouse_reference")
    package = reference.make({"layout": "tiny", "agents": 2, "requests": 2})
    reference.pin_ties(package)
    environment = parallel_env(TINY)
    for seed in (11, 12):
        observations, _ = environment.reset(seed=seed)
        np.testing.assert_array_equal(np.stack(package.reset(seed=seed)[0]), list(observations.values()))
        player = reference.Player(package, seed)
        while environment.agents:
            actions = player.actions()
            observations, rewards, terminated, truncated, _ = environment.step(
                dict(zip(environment.agents, actions)))
            expected, each, *_ = package.step(actions)
            np.testing.assert_array_equal(np.stack(expected), list(observations.values()))
            assert list(rewards.values()) == [sum(each)] * 2 and not any(terminated.values())
        assert all(truncated.values())
        assert environment.last_episode["length"] == 500 and environment.last_episode["seed"] == seed


@pytest.mark.parametrize("name", SCENARIOS)
def test_copies_threads_and_the_single_copy_give_the_same_episodes(name):
    seeds = [21, 22, 23, 24, 25]
    one, many = make_vec(name, 5), make_vec(name, 5, threads=2, copy=False)
    first, second = one.reset(seed=seeds)[0], many.reset(seed=seeds)[0]
    single = parallel_env(name)
    rows = single.reset(seed=23)[0]
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first[2], np.stack(list(rows.values())))
    generator = np.random.default_rng(0)
    for _ in range(60):
        actions = legal_actions(one.action_mask, generator)
        first, second = one.step(actions), many.step(actions.astype(np.int64))
        for mine, other in zip(first[:4], second[:4]):
            np.testing.assert_array_equal(mine, other)
        np.testing.assert_array_equal(one.state(), many.state())
        if single.agents:
            rows, rewards, terminated, truncated, infos = single.step(dict(zip(single.agents, actions[2].tolist())))
            final = "final_" if "ended" in first[4] and first[4]["ended"][2] else ""
            last = first[4]["final_observations"][2] if final else first[0][2]
            np.testing.assert_array_equal(last, np.stack(list(rows.values())))
            assert list(rewards.values()) == first[1][2].tolist()
            assert all(terminated.values()) == first[2][2] and all(truncated.values()) == first[3][2]
            masks = np.stack([info["action_mask"] for info in infos.values()])
            np.testing.assert_array_equal(masks, first[4][final + "action_mask"][2])
            np.testing.assert_array_equal(single.state(), (one.final_state() if final else one.state())[2])


# MARK: Seeds and episodes


def test_one_seed_fixes_everything_and_none_goes_on_from_it():
    def play(environment, seed):
        rows = [environment.reset(seed=seed)[0].copy()]
        rows += [environment.step(environment.act("random", 1))[0].copy() for _ in range(60)]
        rows.append(environment.reset()[0].copy())
        return np.stack(rows)

    environment = make_vec("foraging/5x5-2p-1f", 3)
    first = play(environment, 7)
    np.testing.assert_array_equal(first, play(environment, 7))
    np.testing.assert_array_equal(first, play(make_vec("foraging/5x5-2p-1f", 3, copy=False), np.int64(7)))
    assert not np.array_equal(first, play(environment, 8))
    assert not np.array_equal(first[0], first[-1])
    assert not np.array_equal(*(make_vec(TINY, 3).reset()[0] for _ in range(2))), "without a seed it is chance"


def test_a_list_of_seeds_fixes_each_copy_for_itself_and_episodes_go_on():
    several, one = make_vec("foraging/5x5-2p-1f", 3), make_vec("foraging/5x5-2p-1f", 1)
    several.reset(seed=[5, 6, 7])
    one.reset(seed=[6])
    seeds = set()
    for _ in range(160):
        actions = several.act("random")
        rows, single = several.step(actions)[0], one.step(actions[1:2])[0]
        np.testing.assert_array_equal(rows[1], single[0])
        seeds.add(int(several.episode_seeds[1]))
    assert 6 in seeds and len(seeds) > 3


def test_listed_episodes_are_played_exactly_once_and_then_copies_rest():
    environment = make_vec("foraging/5x5-2p-1f", 3)
    environment.reset(episodes=range(100, 107))
    played = []
    for _ in range(200):
        if not environment.active.any():
            break
        info = environment.step(environment.act("random"))[4]
        if "ended" in info:
            played += info["episode"]["seeds"][info["ended"]].tolist()
    assert sorted(played) == list(range(100, 107))
    _, rewards, terminated, truncated, info = environment.step(environment.act("random"))
    assert not (rewards.any() or terminated.any() or truncated.any() or info["acting"].any() or "ended" in info)


def test_an_episode_that_fails_is_flagged_and_neither_terminated_nor_truncated(scenario):
    path = scenario("probe", fault="step_discard")
    environment = make_vec(path, 3)
    environment.reset(seed=1)
    for step in range(1, 4):
        _, rewards, terminated, truncated, info = environment.step(environment.act("random"))
        assert info["failed"].tolist() == [False, step == 3, False]
        assert not terminated.any() and not truncated.any()
    assert info["ended"].tolist() == [False, True, False] and "a broken leg" in environment.last_report()


def test_an_episode_that_cannot_begin_is_an_error_of_the_parallel_env(scenario):
    environment = parallel_env(scenario("probe", fault="reset_fails"))
    environment.reset(seed=5)
    with pytest.raises(ArgusError, match="an unlucky seed"):
        environment.reset(seed=4)
    assert environment.agents == []
    environment.reset(seed=6)


# MARK: Memory


def test_copies_stay_as_they_were_and_views_show_the_next_step():
    keep, view = make_vec(TINY, 4), make_vec(TINY, 4, copy=False)
    kept, seen = keep.reset(seed=1)[0], view.reset(seed=1)[0]
    before = kept.copy()
    actions = np.ones((4, 2), np.int32)
    for _ in range(3):
        keep_result, view_result = keep.step(actions), view.step(actions)
    np.testing.assert_array_equal(kept, before)
    assert not np.array_equal(seen, before)
    np.testing.assert_array_equal(seen, keep_result[0])
    assert view_result[0] is seen and view.step(actions) is view_result
    keep_result[0][:] = 9
    np.testing.assert_array_equal(keep.step(actions)[0], seen)


def test_actions_may_be_written_in_place():
    given, placed = make_vec(TINY, 4), make_vec(TINY, 4, copy=False)
    given.reset(seed=1), placed.reset(seed=1)
    for value in (1, 2, 1, 4):
        rows = given.step(np.full((4, 2), value))[0]
        placed.actions[:] = value
        np.testing.assert_array_equal(rows, placed.step(placed.actions)[0])
        np.testing.assert_array_equal(given.actions, placed.actions)
    np.testing.assert_array_equal(given.step([[1, 1]] * 4)[0], placed.step(np.ones((4, 2, 1), np.uint8))[0])


def test_views_keep_the_environment_alive():
    environment = make_vec(TINY, 200, copy=False)
    rows = environment.reset(seed=1)[0]
    expected = rows.copy()
    host = environment._host.id
    environment.close()
    del environment
    gc.collect()
    other = make_vec(TINY, 200)     # would take the memory if it were free
    other.reset(seed=2)
    np.testing.assert_array_equal(rows, expected)
    library = native.load()
    needed = ctypes.c_size_t()
    assert library.report(host, None, 0, ctypes.byref(needed)) == native.OK
    del rows
    gc.collect()
    assert library.report(host, None, 0, ctypes.byref(needed)) == native.CLOSED


def test_many_environments_leave_no_memory_behind():
    def resident():
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * 4096

    def make():
        environment = make_vec(TINY, 500, threads=2)
        environment.reset(seed=1)
        environment.step(environment.act("random"))

    for _ in range(5):
        make()
    before = resident()
    for _ in range(30):
        make()
    assert resident() - before < 8e6, "30 environments of 500 copies hold at least 20 MB"


# MARK: Errors


def closed(environment):
    environment.close()
    return environment


@pytest.mark.parametrize("call", [
    lambda e: e.reset(seed=1), lambda e: e.step(np.zeros((2, 2), np.int32)), lambda e: e.step([[0, 0]] * 2),
    lambda e: e.actions, lambda e: e.state(), lambda e: e.observations, lambda e: e.active, lambda e: e.rules(0),
    lambda e: e.act(), lambda e: e.snapshot(0),
])
def test_a_closed_environment_says_so(call):
    with pytest.raises(ArgusError, match="closed") as error:
        call(closed(make_vec(TINY, 2)))
    assert error.value.kind == "closed"


def test_a_closed_parallel_env_says_so():
    for call in (
        lambda e: e.reset(), lambda e: e.step({}), lambda e: e.state(), lambda e: e.rules("robot_0"),
    ):
        with pytest.raises(ArgusError, match="closed") as error:
            call(closed(parallel_env(TINY)))
        assert error.value.kind == "closed"
    closed(closed(parallel_env(TINY)))


@pytest.mark.parametrize("actions, words", [
    (np.full((4, 2), 5), r"agent robot_0.*found 5 for head 0, expected 0 to 4"),
    (np.full((4, 2), -1, np.int32), "found -1"),
    (np.full((4, 2), 2**40), "action out of range"),
    (np.full((4, 2), 2**64 - 1, np.uint64), "action out of range"),
    (np.zeros((4, 2)), "found float64, expected integers"),
    (np.zeros((4, 3), int), r"found \[4, 3\], expected \[4, 2\]"),
    (np.zeros(2, int), r"found \[2\]"),
    (None, "wrong shape"),
    ("left", "wrong shape"),
])
def test_bad_actions_are_errors_with_what_was_expected(actions, words):
    environment = make_vec(TINY, 4)
    environment.reset(seed=1)
    with pytest.raises(ArgusError, match=words):
        environment.step(actions)
    environment.reset(seed=1)
    environment.step(np.zeros((4, 2), int))


def test_wrong_arguments_are_errors_with_what_was_expected(scenario):
    environment = make_vec(TINY, 4)
    with pytest.raises(ArgusError, match="expected a reset before"):
        environment.step(np.zeros((4, 2), int))
    environment.reset(seed=1)
    for call, words in [
        (lambda: make_vec("warehouse/tiny-2g"), "Try 'warehouse/tiny-2ag'"),
        (lambda: make_vec("no\0where"), "scenario"),
        (lambda: make_vec(TINY, 0), "num_envs"),
        (lambda: make_vec(TINY, 2**20 + 1), "num_envs"),
        (lambda: make_vec(TINY, 2.5), "num_envs"),
        (lambda: make_vec(TINY, 2, threads=0), "threads"),
        (lambda: environment.reset(seed=-1), "found -1"),
        (lambda: environment.reset(seed=1.5), "found 1.5"),
        (lambda: environment.reset(seed=[1, 2]), "found 2, expected 4"),
        (lambda: environment.reset(seed=2**64), "seed"),
        (lambda: environment.reset(episodes=[]), "found 0"),
        (lambda: environment.reset(seed=1, episodes=[1]), "one of them"),
        (lambda: environment.situation(4, 0), "expected 0 to 3"),
        (lambda: environment.situation(0, "robot_2"), "robot_0, robot_1"),
        (lambda: environment.rules(-1), "expected 0 to 1"),
        (lambda: environment.action_text(0, 0, 5), "expected 0 to 4"),
        (lambda: environment.render("x"), "copy"),
        (lambda: environment.restore(0, b"nonsense"), "snapshot"),
        (lambda: environment.act("scripted:nobody"), "expected one of"),
        (lambda: environment.act("robot_9=random"), "unknown agent"),
        (lambda: environment.act("run:somewhere"), "unknown policy"),
    ]:
        with pytest.raises(ArgusError, match=words):
            call()
    environment.reset(seed=1)
    with pytest.raises(AttributeError):
        environment.nothing
    # An environment without text says so.
    with pytest.raises(ArgusError, match="argus.text/1"):
        make_vec(scenario("mixed-heads"), 1).rules(0)


def test_bad_actions_of_the_parallel_env_are_errors():
    environment = parallel_env(TINY)
    with pytest.raises(ArgusError, match="reset"):
        environment.step({"robot_0": 0, "robot_1": 0})
    environment.reset(seed=1)
    for actions, words in [
        ({"robot_0": 0}, "none for robot_1"),
        ({"robot_0": 0, "robot_1": 1.5}, "1.5 for robot_1"),
        ({"robot_0": 0, "robot_1": None}, "None for robot_1"),
        ({"robot_0": 0, "robot_1": 2**40}, "robot_1"),
        ({"robot_0": 0, "robot_1": [0, 1]}, "for robot_1"),
        ({"robot_0": 0, "robot_1": 0, "robot_2": 0}, "'robot_2'"),
        ([0, 0], "none for robot_0"),
    ]:
        with pytest.raises(ArgusError, match=words):
            environment.step(actions)
    environment.step({"robot_0": np.int64(0), "robot_1": np.array(1)})
    with pytest.raises(ArgusError, match="found 5 for head 0"):
        environment.step({"robot_0": 5, "robot_1": 0})
    assert environment.agents == []


def test_an_environment_that_fails_keeps_its_words(scenario):
    environment = make_vec(scenario("probe", horizon=20, fault="step_error"), 2)
    environment.reset(seed=1)
    with pytest.raises(ArgusError, match="out of floor"):
        for _ in range(9):
            environment.step(environment.act("random"))
    with pytest.raises(ArgusError, match="reset"):
        environment.step(np.zeros((2, 3), int))


def test_a_missing_or_foreign_library_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("ARGUS_HOME", str(tmp_path))
    with pytest.raises(ArgusError, match=r"library is missing .*Try '.*argus list', which builds it") as error:
        make_vec(TINY)
    assert error.value.kind == "library"
    folder = tmp_path / ".build" / "release"
    folder.mkdir(parents=True)
    (folder / "libArgusClient.so").write_text("not a library")
    with pytest.raises(ArgusError, match="cannot be loaded"):
        make_vec(TINY)
    compiler = shutil.which("cc") or shutil.which("clang")
    if compiler:
        source = tmp_path / "old.c"
        source.write_text("unsigned argus_client_version(void) { return 9u << 16; }")
        subprocess.run([compiler, "-shared", "-fPIC", source, "-o", folder / "libArgusClient.so"], check=True)
        with pytest.raises(ArgusError, match=r"found interface 9\.0, expected 1\.0"):
            make_vec(TINY)


def test_stale_handles_null_and_bad_sizes_are_errors_of_the_c_interface():
    library, needed = native.load(), ctypes.c_size_t()
    handle = ctypes.c_uint64()
    assert library.create(None, 1, 1, ctypes.byref(handle)) == native.ARGUMENT
    assert library.create(TINY.encode(), 1, 1, None) == native.ARGUMENT
    assert library.create(TINY.encode(), 0, 1, ctypes.byref(handle)) == native.ERROR and handle.value == 0
    assert library.create(TINY.encode(), 1, 0, ctypes.byref(handle)) == native.ARGUMENT
    assert library.create(TINY.encode(), 2, 1, ctypes.byref(handle)) == native.OK
    one = handle.value
    seeds = (ctypes.c_uint64 * 4)(1, 2, 3, 4)
    assert library.step(one) == -native.ARGUMENT                       # before the first reset
    for kind, count in (0, 1), (4, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 0), (3, 2**63), (1, 2**64 - 1):
        assert library.reset(one, kind, seeds, count) == native.ARGUMENT
    assert library.reset(one, 1, None, 1) == native.ARGUMENT
    assert library.reset(one, 1, seeds, 1) == native.OK
    assert library.step_i64(one, None, 4) == library.step_i64(one, seeds, 3) == -native.ARGUMENT
    assert library.get_buffer(one, 1, None) == native.ARGUMENT
    buffer = native.Buffer()
    for role in 0, 23, 2**32 - 1:
        assert library.get_buffer(one, role, ctypes.byref(buffer)) == native.ARGUMENT
    assert library.describe(one, None, 0, None) == native.ARGUMENT
    assert library.rules(one, 2, None, 0, ctypes.byref(needed)) == native.ARGUMENT
    assert library.situation(one, 2, 0, None, 0, ctypes.byref(needed)) == native.ARGUMENT
    assert library.situation(one, 0, 2**32 - 1, None, 0, ctypes.byref(needed)) == native.ARGUMENT
    assert library.action_text(one, 0, 0, 5, None, 0, ctypes.byref(needed)) == native.ARGUMENT
    assert library.snapshot(one, 2, None, 0, ctypes.byref(needed)) == native.ARGUMENT
    assert library.restore(one, 0, None, 10, None) == native.ARGUMENT
    assert library.restore(one, 0, b"", 0, None) == native.ERROR
    assert library.restore(one, 0, b"x", 2**63, None) == native.ARGUMENT
    assert library.act(one, None, 0) == native.ARGUMENT
    small = ctypes.create_string_buffer(b"########", 8)
    assert library.rules(one, 0, small, 4, ctypes.byref(needed)) == native.OK
    assert needed.value > 8 and small.raw[4:] == b"####"
    assert library.close(one) == native.OK
    for stale in one, 0, one + 10**6, 2**64 - 1:
        assert library.step(stale) == -native.CLOSED and library.close(stale) == native.CLOSED
        assert library.describe(stale, None, 0, ctypes.byref(needed)) == native.CLOSED
    assert "closed" in library._text()


# MARK: Threads and processes


def test_a_second_thread_gets_busy_at_once_and_does_no_harm():
    environment = make_vec("warehouse/medium-6ag", 2000, copy=False)
    environment.reset(seed=1)
    actions = np.zeros((2000, 6), np.int32)
    kinds, done = [], threading.Event()

    def intrude():
        while not done.is_set():
            try:
                environment.last_report()
            except ArgusError as error:
                kinds.append(error.kind)

    thread = threading.Thread(target=intrude)
    thread.start()
    finished = 0
    try:
        end = time.monotonic() + 20
        while len(kinds) < 5 and time.monotonic() < end:
            try:
                environment.step(actions)
                finished += 1
            except ArgusError as error:
                assert error.kind == "busy"
    finally:
        done.set()
        thread.join()
    assert finished and len(kinds) >= 5 and set(kinds) == {"busy"}
    environment.step(actions)


def test_different_environments_step_on_different_threads():
    results = {}

    def play(number):
        environment = make_vec(TINY, 16)
        environment.reset(seed=3)
        for _ in range(200):
            rows = environment.step(environment.act("random"))[0]
        results[number] = rows

    threads = [threading.Thread(target=play, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    for rows in results.values():
        np.testing.assert_array_equal(rows, results[0])


def step_in_child(pipe, alone, threaded):
    try:
        rows = alone.step(np.ones((3, 2), np.int32))[0]
        try:
            threaded.step(np.ones((3, 2), np.int32))
            words = ""
        except ArgusError as error:
            words = str(error)
        threaded.close()
        pipe.send((rows, words))
    finally:
        pipe.close()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_steps_on_and_never_waits_for_threads_that_are_not_there():
    alone, threaded = make_vec(TINY, 3), make_vec(TINY, 3, threads=2)
    alone.reset(seed=1), threaded.reset(seed=1)
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe()
    child = context.Process(target=step_in_child, args=(theirs, alone, threaded))
    child.start()
    try:
        assert mine.poll(20), "the child hangs"
        rows, words = mine.recv()
        child.join(20)
        assert child.exitcode == 0
    finally:
        if child.is_alive():
            child.kill()
        child.join()
    np.testing.assert_array_equal(rows, alone.step(np.ones((3, 2), np.int32))[0])
    assert "forked process" in words
    threaded.step(np.ones((3, 2), np.int32))


# MARK: Text, snapshots, scripted policies, sizes


def test_text_pictures_and_scripted_policies():
    environment = make_vec("warehouse/starter", 2)
    assert "robot_1" in environment.rules("robot_1")
    environment.reset(seed=1)
    before = environment.situation(1, "robot_0")
    assert before != environment.situation(1, "robot_1")
    words = [environment.action_text(0, 0, choice) for choice in range(5)]
    assert len(set(words)) == 5
    assert environment.render(0) != environment.render(1)
    assert "\x1b[" in environment.render(0, color=True) and "\x1b[" not in environment.render(0)
    earned = 0
    for _ in range(150):
        info = environment.step(environment.act("scripted"))[4]
    earned = info["episode"]["returns"]
    assert (earned > 15).all() and info["episode"]["metrics"]["deliveries"].tolist() == earned[:, 0].tolist()
    assert environment.situation(1, "robot_0") != before
    assert TINY in argus_env.scenarios()


def test_a_restored_copy_goes_on_as_the_saved_one():
    environment = make_vec(TINY, 3)
    environment.reset(seed=1)
    for _ in range(20):
        environment.step(environment.act("random"))
    saved = environment.snapshot(0)
    environment.restore(2, saved)
    np.testing.assert_array_equal(environment.observations[0], environment.observations[2])
    other = make_vec(TINY, 1)
    other.reset(seed=9)
    other.restore(0, saved)
    for _ in range(50):
        actions = environment.act("random")
        actions[2] = actions[0]
        rows = environment.step(actions)[0]
        np.testing.assert_array_equal(rows[0], rows[2])
        np.testing.assert_array_equal(rows[0], other.step(actions[:1])[0][0])


def test_agents_that_differ_keep_their_true_sizes(scenario):
    gymnasium = pytest.importorskip("gymnasium")
    path = scenario("mixed-heads")
    environment = make_vec(path, 2)
    assert environment.observation_sizes == [2, 4] and environment.action_sizes == [[3, 0], [2, 4]]
    assert environment.head_sizes == [3, 4] and environment.actions.shape == (2, 2, 2)
    assert environment.single_action_space == gymnasium.spaces.MultiDiscrete([3, 4])
    environment.reset(seed=1)
    rows, rewards, *_ = environment.step(np.array([[[2, 0], [1, 3]], [[0, 0], [0, 2]]]))
    assert rows[:, :, :2].tolist() == [[[2, 0], [1, 3]], [[0, 0], [0, 2]]] and rewards.tolist() == [[2, 4], [0, 2]]
    for copy in range(2):
        actions = environment.act("random")
        assert actions[copy, 0, 1] == 0 and actions[copy, 1, 0] < 2

    single = parallel_env(path)
    assert single.observation_space("listener").shape == (2,) and single.observation_space("speaker").shape == (4,)
    assert single.action_space("listener") == gymnasium.spaces.MultiDiscrete([3, 1])
    assert single.action_space("speaker") == gymnasium.spaces.MultiDiscrete([2, 4])
    rows, infos = single.reset(seed=1)
    assert rows["listener"].shape == (2,) and rows["speaker"].shape == (4,)
    assert [mask.tolist() for mask in infos["listener"]["action_mask"]] == [[1, 1, 1], [1]]
    action = single.action_space("speaker").sample(mask=infos["speaker"]["action_mask"])
    rows, rewards, *_ = single.step({"listener": [2, 0], "speaker": action})
    assert rows["listener"].tolist() == [2, 0] and rewards["speaker"] == action.sum()
    for bad in ([0], [0, 0, 0], 1, [0.5, 0]):
        with pytest.raises(ArgusError, match="for speaker"):
            single.step({"listener": [0, 0], "speaker": bad})
    with pytest.raises(ArgusError, match="out of range"):
        single.step({"listener": [0, 2**35], "speaker": [0, 0]})


def test_continuous_actions(scenario):
    gymnasium = pytest.importorskip("gymnasium")
    path = scenario("mixed-continuous")
    environment = make_vec(path, 2)
    assert not environment.is_discrete and environment.actions.shape == (2, 2, 2)
    assert environment.action_mask.shape == (2, 2, 0)
    environment.reset(seed=1)
    wanted = np.array([[[0.5, 0], [-1, 2]], [[1, 0], [0.25, -2]]])
    for given in wanted, wanted.astype(np.float32), wanted.tolist():
        rows = environment.step(given)[0]
        np.testing.assert_array_equal(rows[:, :, :2], wanted)
    for bad, words in (np.nan, "nan"), (1.5, "1.5"), (1j, "complex"):
        with pytest.raises(ArgusError, match=words):
            environment.step(np.full((2, 2, 2), bad))
        environment.reset(seed=1)
    single = parallel_env(path)
    assert single.action_space("listener") == gymnasium.spaces.Box(-1, 1, (1,))
    assert single.action_space("speaker") == gymnasium.spaces.Box(
        np.array([-1, -2], np.float32), np.array([1, 2], np.float32))
    _, infos = single.reset(seed=1)
    assert infos == {"listener": {"acting": True}, "speaker": {"acting": True}}
    rows, *_ = single.step({"listener": np.array([0.5]), "speaker": np.array([-1, 2])})
    assert rows["listener"].tolist() == [0.5, 0] and rows["speaker"].tolist() == [-1, 2, 0, 0]
    with pytest.raises(ArgusError, match="for listener"):
        single.step({"listener": [0.5, 0.5], "speaker": [0, 0]})


def test_dead_and_idle_agents(scenario):
    """Agent 1 acts at odd steps only; agent 2 is out from step 3 on in half of the episodes."""
    path = scenario("probe", horizon=6, state="native", groups=2)
    single, many = parallel_env(path), make_vec(path, 1)
    deaths = 0
    for seed in range(12):
        rows, infos = single.reset(seed=seed)
        many.reset(episodes=[seed])
        assert set(rows) == {"probe_0", "probe_1", "probe_2"} and single.state().shape == (2,)
        for step in range(1, 7):
            live = list(single.agents)
            assert [infos[agent]["acting"] for agent in live] == many.acting[0, :len(live)].tolist()
            if not infos["probe_1"]["acting"]:
                assert infos["probe_1"]["action_mask"].tolist() == [1, 0, 0]
            rows, rewards, terminated, truncated, infos = single.step({agent: 0 for agent in live})
            _, expected, _, cut, info = many.step(np.zeros((1, 3), int))
            assert set(rows) == set(rewards) == set(terminated) == set(truncated) == set(infos) == set(live)
            assert list(rewards.values()) == expected[0, :len(live)].tolist()
            assert [terminated[agent] for agent in live] == info["agent_terminated"][0, :len(live)].tolist()
            assert all(truncated[agent] == (cut[0] and not terminated[agent]) for agent in live)
            if step == 6:
                np.testing.assert_array_equal(single.state(), many.final_state()[0])
                returns = dict(zip(many.groups, info["episode"]["returns"][0].tolist()))
                assert single.last_episode["returns"] == returns
            deaths += len(live) == 3 and terminated["probe_2"]
        assert single.agents == []
    assert 0 < deaths < 12


# MARK: PettingZoo


@pytest.mark.filterwarnings("error::UserWarning")
@pytest.mark.parametrize("name", SCENARIOS)
def test_pettingzoos_own_tests_pass(name):
    test = pytest.importorskip("pettingzoo.test")
    test.parallel_api_test(argus_env.parallel_env(name), num_cycles=1000)
    test.parallel_seed_test(lambda: argus_env.parallel_env(name))


@pytest.mark.filterwarnings("error::UserWarning")
@pytest.mark.parametrize("environment", ["probe", "mixed-heads", "mixed-continuous"])
def test_pettingzoos_own_tests_pass_with_agents_that_die_differ_or_act_continuously(scenario, environment):
    test = pytest.importorskip("pettingzoo.test")
    path = scenario(environment, horizon=30)
    test.parallel_api_test(argus_env.parallel_env(path), num_cycles=1000)
    test.parallel_seed_test(lambda: argus_env.parallel_env(path))


@pytest.mark.parametrize("name", SCENARIOS)
def test_observations_states_and_masks_are_in_their_spaces(name):
    environment = parallel_env(name)
    _, infos = environment.reset(seed=1)
    for _ in range(40):
        actions = {
            agent: environment.action_space(agent).sample(mask=infos[agent]["action_mask"])
            for agent in environment.agents}
        rows, _, _, _, infos = environment.step(actions)
        for agent, row in rows.items():
            assert environment.observation_space(agent).contains(row), row
            assert infos[agent]["action_mask"].shape == (environment.action_space(agent).n,)
        assert environment.state_space.contains(environment.state())
        if not environment.agents:
            _, infos = environment.reset()


def test_results_of_the_parallel_env_stay_as_they_were():
    environment = parallel_env("warehouse/starter")
    rows, infos = environment.reset(seed=1)
    before = {agent: (rows[agent].copy(), infos[agent]["action_mask"].copy()) for agent in rows}
    for _ in range(30):
        later, _, terminated, _, _ = environment.step({agent: 1 for agent in environment.agents})
        terminated["robot_0"] = later["robot_0"][:] = True
    for agent in before:
        np.testing.assert_array_equal(rows[agent], before[agent][0])
        np.testing.assert_array_equal(infos[agent]["action_mask"], before[agent][1])
    assert environment.step({agent: 0 for agent in environment.agents})[2] == {"robot_0": False, "robot_1": False}


def test_the_parallel_env_converts_to_aec_renders_and_copies_itself_anew(capsys):
    conversions = pytest.importorskip("pettingzoo.utils.conversions")
    environment = parallel_env("foraging/5x5-2p-1f", render_mode="ansi")
    turns = conversions.parallel_to_aec(environment)
    turns.reset(seed=1)
    for _ in turns.agent_iter(20):
        *_, terminated, truncated, info = turns.last()
        turns.step(None if terminated or truncated else 0)
    assert turns.render().count("\n") > 5
    again = pickle.loads(pickle.dumps(environment))
    np.testing.assert_array_equal(again.reset(seed=3)[0]["player_0"], environment.reset(seed=3)[0]["player_0"])
    shown = parallel_env("foraging/5x5-2p-1f", render_mode="human")
    shown.reset(seed=1)
    shown.render()
    assert capsys.readouterr().out.count("\n") > 5
    with pytest.raises(ArgusError, match="render_mode"):
        parallel_env(TINY, render_mode="rgb_array")


# MARK: The package


def test_importing_the_package_is_quick_and_imports_nothing_unneeded():
    code = (
        "import sys; import argus_env; argus_env.ArgusError\n"
        "unneeded = {'numpy', 'zmq', 'pettingzoo', 'gymnasium', 'torch'} & set(sys.modules)\n"
        "assert not unneeded, unneeded\n"
        "environment = argus_env.make_vec('warehouse/tiny-2ag', 2)\n"
        "unneeded = {'zmq', 'pettingzoo', 'gymnasium', 'torch'} & set(sys.modules)\n"
        "assert not unneeded, unneeded\n"
        "assert set(argus_env.__all__) <= set(dir(argus_env))\n"
        "assert not hasattr(argus_env, 'nothing')\n")
    path = os.pathsep.join([str(ROOT / "Python"), os.environ.get("PYTHONPATH", "")])
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ, PYTHONPATH=path), timeout=60)


def test_the_library_needs_no_libtorch():
    maps = pathlib.Path("/proc/self/maps").read_text(encoding="utf-8")
    make_vec(TINY, 1)
    if "torch" not in sys.modules:
        assert "libtorch" not in maps

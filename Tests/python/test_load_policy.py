"""`argus_env.load_policy`: policies that were trained here, or are served anywhere, decide in a Python program as they do
in the host."""

from __future__ import annotations

import importlib.util
import json
import os
import pathlib
import signal
import subprocess
import sys
import types
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

zmq = pytest.importorskip("zmq")

from command import ARGUS, ROOT, argus, environment  # noqa: E402
from peer_driver import eventually  # noqa: E402
from served import served  # noqa: E402

os.environ.setdefault("ARGUS_HOME", str(ROOT))

import argus_env  # noqa: E402
from argus_env import ArgusError, load_policy, make_vec  # noqa: E402
from argus_env.native import library as native  # noqa: E402
from argus_env.remote.seeds import decision_keys, keyed_all  # noqa: E402

if not ARGUS.exists() or not native.path().exists():
    pytest.skip("argus or the client library is not built", allow_module_level=True)

FIELD = "foraging/8x8-2p-2f-coop"
GREEDY = ROOT / "Examples" / "python-policy" / "greedy.py"
SEEDS = range(40, 46)

Episodes = dict[int, list[Any]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A short training run of policies with a memory."""
    folder = tmp_path_factory.mktemp("training") / "run"
    argus(
        "train", FIELD, "--algorithm", "mappo", "--steps", 4096, "--seed", 2, "--evaluations", 1,
        "--evaluation-episodes", 1, "--absolute-episodes", 1, "--set", "copies=8", "--set", "rollout_steps=32",
        "--set", "minibatches=2", "--set", "recurrent=true", "--set", "hidden=16",
        # Large, so that the policy soon does different things in different places (not with every seed).
        "--set", "learning_rate=0.02", "--out", folder, check=0,
    )  # fmt: skip
    return f"run:{folder}"


def recorded(folder: pathlib.Path, team: str, *options: object) -> Episodes:
    """The actions of the host's own episodes, by seed."""
    path = folder / "record.jsonl"
    argus(
        "play", FIELD, "--team", team, "--seed", SEEDS[0], "--episodes", len(SEEDS), "--render", "none",
        "--record", path, *options, check=0,
    )  # fmt: skip
    episodes = [json.loads(line) for line in path.read_text().splitlines()[1:]]
    return {episode["seed"]: episode["actions"] for episode in episodes}


def played(env: Any, decide: Any, seeds: Any = SEEDS) -> tuple[Episodes, dict[int, float]]:
    """Actions and returns of the episodes of `seeds`; `decide(observations, info)` gives the actions."""
    actions: Episodes = {}
    returns: dict[int, float] = {}
    observations, info = env.reset(episodes=seeds)
    for _ in range(2000):
        active = env.active
        if not active.any():
            return actions, returns
        chosen = decide(observations, info)
        for copy in np.flatnonzero(active):
            actions.setdefault(int(env.episode_seeds[copy]), []).append(chosen[copy].tolist())
        observations, _, _, _, info = env.step(chosen)
        if "ended" in info:
            for copy in np.flatnonzero(info["ended"]):
                returns[int(info["episode"]["seeds"][copy])] = float(info["episode"]["returns"][copy, 0])
    raise AssertionError("episodes do not end")


# --- Trained policies -------------------------------------------------------------------------------------------------


def test_a_trained_policy_decides_at_every_step_as_in_the_host(tmp_path: pathlib.Path, run: str) -> None:
    expected = recorded(tmp_path, run, "--mode", "greedy")
    assert len({action for episode in expected.values() for row in episode for action in row}) > 1
    env = make_vec(FIELD, num_envs=4)
    with load_policy(run, num_envs=4, mode="greedy") as policy:
        assert policy.scenario == FIELD and policy.agents == env.agents
        for decide in (lambda observations, info: policy.act(env), policy.act):
            policy.reset()
            assert played(env, decide)[0] == expected


def test_a_trained_policy_gets_the_returns_of_evaluate(tmp_path: pathlib.Path, run: str) -> None:
    argus("evaluate", FIELD, "--team", run, "--mode", "greedy", "--episodes", 40, "--out", tmp_path / "out", check=0)
    line = json.loads((tmp_path / "out" / "evaluations.jsonl").read_text().splitlines()[0])
    env = make_vec(FIELD, num_envs=8)
    with load_policy(run, env, mode="greedy") as policy:
        _, returns = played(env, lambda observations, info: policy.act(env), line["seeds"])
    assert returns == dict(zip(line["seeds"], line["returns"]))


def test_a_trained_policy_plays_in_a_parallel_env(tmp_path: pathlib.Path, run: str) -> None:
    pytest.importorskip("pettingzoo")
    expected = recorded(tmp_path, run, "--mode", "greedy")
    env = argus_env.parallel_env(FIELD)
    with load_policy(run, num_envs=1, mode="greedy") as policy:
        for seed in SEEDS[:3]:
            observations, infos = env.reset(seed=seed)
            policy.reset()
            for row in expected[seed]:
                actions = policy.act_parallel(observations, infos)
                assert actions == dict(zip(env.agents, row))
                observations, _, _, _, infos = env.step(actions)
            assert not env.agents


@pytest.mark.parametrize("norm", [True, False], ids=["norm", "plain"])
def test_the_numbers_in_a_policy_file_are_what_the_policy_computes_with(tmp_path: pathlib.Path, norm: bool) -> None:
    """A forward pass in numpy, from what the safetensors package reads, takes the same actions."""
    numpy_files = pytest.importorskip("safetensors.numpy")
    folder = tmp_path / "run"
    argus(
        "train", FIELD, "--algorithm", "ippo", "--steps", 4096, "--seed", 3, "--evaluations", 1,
        "--evaluation-episodes", 1, "--absolute-episodes", 1, "--set", "copies=8", "--set", "rollout_steps=32",
        "--set", "hidden=16", "--set", "learning_rate=0.02", "--set", "scale_observations=false",
        "--set", f"layer_norm={str(norm).lower()}", "--out", folder, check=0,
    )  # fmt: skip
    weights = numpy_files.load_file(folder / "checkpoint" / "best.safetensors")
    parts = [f"layers.{n}" for n in range(3)] + [f"norms.{n}" for n in range(2) if norm]
    assert sorted(weights) == sorted(f"actor.body.{part}.{kind}" for part in parts for kind in ("bias", "weight"))

    def greedy(observations: Any, info: Any) -> Any:
        ids = np.broadcast_to(np.eye(2, dtype=np.float32), (*observations.shape[:2], 2))
        rows = np.concatenate([observations, ids], axis=2)
        for layer in range(3):
            name = f"actor.body.layers.{layer}"
            rows = rows @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
            if layer == 2:
                break
            rows = np.maximum(rows, 0)
            if norm:
                name = f"actor.body.norms.{layer}"
                rows = (rows - rows.mean(2, keepdims=True)) / np.sqrt(rows.var(2, keepdims=True) + 1e-5)
                rows = rows * weights[f"{name}.weight"] + weights[f"{name}.bias"]
        return np.where(info["action_mask"] != 0, rows, -np.inf).argmax(2).astype(np.int32)

    env = make_vec(FIELD, num_envs=4)
    actions, returns = played(env, greedy)
    assert len({action for episode in actions.values() for row in episode for action in row}) > 1
    with load_policy(f"run:{folder}", env, mode="greedy") as policy:
        assert played(env, lambda observations, info: policy.act(env)) == (actions, returns)


def test_a_seed_fixes_what_is_drawn(run: str) -> None:
    env = make_vec(FIELD, num_envs=4)
    games = []
    for seed in (1, 1, 2):
        with load_policy(run, env, seed=seed, mode="sampled") as policy:
            games.append(played(env, lambda observations, info: policy.act(env))[0])
    assert games[0] == games[1] != games[2]


def test_agents_that_are_not_played_and_those_that_do_not_act_are_idle(run: str) -> None:
    env = make_vec(FIELD, num_envs=4)
    observations, info = env.reset(seed=3)
    with load_policy(run, env, mode="greedy") as both, load_policy(run, env, agents=["player_1"], mode="greedy") as one:
        assert one.agents == ["player_1"] and one.agent_indices == [1]
        together, alone = both.act(observations, info), one.act(observations, info)
        np.testing.assert_array_equal(alone[:, 1], together[:, 1])
        assert not alone[:, 0].any()
        both.reset()
        acting = np.array([[True, False]] * 4)
        half = both.act(observations, info["action_mask"], acting)
        np.testing.assert_array_equal(half, together * acting)


# --- Policies of any kind ---------------------------------------------------------------------------------------------


def greedy(env: Any, seed: int) -> Any:
    """The example policy in this process, with the random numbers that the host gives to peers."""
    spec = importlib.util.spec_from_file_location("greedy", GREEDY)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    team = types.SimpleNamespace(agents=env.agents)
    players = [
        module.Greedy(types.SimpleNamespace(observation_size=size, specification=team))
        for size in env.observation_sizes
    ]

    def decide(observations: Any, info: Any) -> Any:
        keys = decision_keys(seed, env.episode_seeds, env.episode_steps, range(len(players)))
        numbers = keyed_all(keys, np.uint64(0))
        rows = [
            player.act(observations[:, agent], info["action_mask"][:, agent], random=numbers[:, agent])
            for agent, player in enumerate(players)
        ]
        return np.array(rows).T

    return decide


def test_a_python_policy_plays_as_a_peer_as_it_does_here(tmp_path: pathlib.Path) -> None:
    expected = recorded(tmp_path, f'peer:"python {GREEDY}"')
    env = make_vec(FIELD, num_envs=3)
    actions, returns = played(env, greedy(env, SEEDS[0]))
    assert actions == expected
    assert np.mean(list(returns.values())) > 0.5


def test_a_served_python_policy_gets_the_numbers_that_the_host_gives(tmp_path: pathlib.Path) -> None:
    tmp_path.chmod(0o700)
    address = f"ipc://{tmp_path}/greedy"
    program = (
        f"import sys, argus_env; sys.path.insert(0, {str(GREEDY.parent)!r}); import greedy\n"
        f"argus_env.serve_policy(greedy.Greedy, bind={address!r})"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL, env=environment())
    try:
        env = make_vec(FIELD, num_envs=3)
        with load_policy(address, env, seed=SEEDS[0]) as policy:
            actions, _ = played(env, lambda observations, info: policy.act(env))
        assert actions == recorded(tmp_path, f'peer:"python {GREEDY}"')
    finally:
        process.kill()
        process.wait(10)


@pytest.fixture(scope="module")
def scripted() -> Iterator[str]:
    """The address of `argus serve` with the environment's own policies."""
    with served(FIELD, "--team", "scripted:greedy") as server:
        yield server.address


def test_a_policy_at_an_address_plays_an_environment_at_an_address(scripted: str) -> None:
    local = make_vec(FIELD, num_envs=3)
    local.reset(episodes=SEEDS)
    with served(FIELD) as server, argus_env.connect(server.address, num_envs=3) as env:
        with load_policy(scripted, env) as policy:
            steps = 0

            def decide(observations: Any, info: Any) -> Any:
                nonlocal steps
                steps += 1
                actions = policy.act(env)
                np.testing.assert_array_equal(actions, local.act("scripted:greedy"))
                local.step(actions)
                return actions

            _, returns = played(env, decide)
    assert len(returns) == len(SEEDS) and np.mean(list(returns.values())) > 0.9 and steps > 10


def test_two_programs_share_a_served_policy(scripted: str) -> None:
    envs = [make_vec(FIELD, num_envs=count) for count in (2, 5)]
    with load_policy(scripted, envs[0]) as first, load_policy(scripted, envs[1]) as second:
        for env in envs:
            env.reset(seed=1)
        for _ in range(60):
            for env, policy in zip(envs, (first, second)):
                actions = policy.act(env)
                np.testing.assert_array_equal(actions, env.act("scripted:greedy"))
                env.step(actions)


# --- What goes wrong --------------------------------------------------------------------------------------------------


def test_what_cannot_be_loaded_is_said(tmp_path: pathlib.Path, run: str, scripted: str) -> None:
    env = make_vec("warehouse/tiny-2ag", num_envs=2)
    (tmp_path / "run.json").write_text('{"scenario": "mine/lost"}')
    tmp_path.chmod(0o700)
    for arguments, options, words in [
        (("nope", FIELD), {}, "unknown policy .*'nope'"),
        (("random", "foraging/9x9"), {}, "unknown scenario .*foraging/9x9"),
        (("random",), {}, r"bad value \(scenario\)"),
        (("random", 7), {}, r"bad value \(scenario\): found 'int'"),
        ((f"run:{tmp_path}/none",), {}, "no training run .*No such file"),
        ((f"run:{tmp_path}",), {}, r"unknown scenario .*mine/lost.*load_policy\('run:.*', 'FILE.yaml'\)"),
        ((run, env), {}, f"policy of another scenario .*trained on {FIELD}"),
        (("scripted:planner", FIELD), {}, "a policy that sees the state"),
        ((scripted, env), {}, "another specification"),
        ((scripted,), {}, r"bad value \(scenario\)"),
        ((f"ipc://{tmp_path}/none", FIELD), {"start_timeout": 0.5}, "no server .*a policy served there"),
        (("random", FIELD), {"num_envs": 0}, "num_envs"),
        (("random", FIELD), {"agents": ["nobody"]}, "player_0, player_1"),
        (("random", FIELD), {"agents": [1, 1]}, "each once"),
        (("random", FIELD), {"mode": "best"}, "mode"),
        (("random", FIELD), {"seed": -1}, "seed"),
        (("random", FIELD), {"keys": "mine.key"}, "keys"),
    ]:
        with pytest.raises(ArgusError, match=words):
            load_policy(*arguments, **options)
    with served(FIELD) as server, pytest.raises(ArgusError, match="wrong server .*expected a policy"):
        load_policy(server.address, FIELD)
    with pytest.raises(ArgusError, match="wrong server .*found a policy, expected an environment"):
        argus_env.connect(scripted)


def test_wrong_calls_say_what_was_expected(scripted: str) -> None:
    env = make_vec(FIELD, num_envs=2)
    observations, info = env.reset(seed=1)
    with load_policy(scripted, env) as policy:
        for given, words in [
            ((observations[:1], info), r"bad value \(observations.*found 'shape \[1, 2, 12\]'|observations"),
            ((observations, info["action_mask"][:, :, :2]), "action_mask"),
            ((observations, None, info["acting"][:1]), "acting"),
            ((observations, None, None, [True]), "starts"),
            ((observations, None, None, None, np.zeros((2, 2))), "random"),
        ]:
            with pytest.raises(ArgusError, match=words) as error:
                policy.act(*given)
            assert error.value.kind == "argument"
        with pytest.raises(ArgusError, match="num_envs=1"):
            policy.act_parallel({})
        policy.act(observations, info)
    with pytest.raises(ArgusError, match="policy is closed") as closed:
        policy.act(env)
    assert closed.value.kind == "closed"


def children() -> list[str]:
    """Processes that this one has started and not ended."""
    found = subprocess.run(["pgrep", "-P", str(os.getpid()), "argus"], capture_output=True, text=True, check=False)
    return found.stdout.split()


def test_the_process_of_a_policy_ends_with_it_and_failures_leave_none(tmp_path: pathlib.Path) -> None:
    before = children()
    policy = load_policy("random", FIELD, num_envs=1)
    assert len(children()) == len(before) + 1
    policy.close()
    policy.close()
    assert children() == before
    policy = load_policy("random", FIELD, num_envs=1)
    del policy
    with pytest.raises(ArgusError):
        load_policy("nope", FIELD)
    assert children() == before


def test_a_killed_policy_is_an_error_and_a_killed_program_leaves_no_policy() -> None:
    env = make_vec(FIELD, num_envs=1)
    env.reset(seed=1)
    before = children()
    with load_policy("random", env) as policy:
        policy.act(env)
        (number,) = set(children()) - set(before)
        os.kill(int(number), signal.SIGKILL)
        with pytest.raises(ArgusError, match=r"the server is gone .*closed connection.*load_policy\(\) again"):
            for _ in range(1000):
                policy.act(env)
    program = (
        f"import argus_env, time\np = argus_env.load_policy('random', {FIELD!r}, num_envs=1)\n"
        "print('loaded', flush=True)\ntime.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment(), text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "loaded\n"
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
    (number,) = found.stdout.split()
    process.kill()
    process.wait(10)
    process.stdout.close()
    assert eventually(lambda: not pathlib.Path(f"/proc/{number}").exists(), 5)

"""Every algorithm: resumable bit for bit, right where the answer is known, and clear about what it cannot do."""

import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess

import numpy as np
import pytest
from safetensors.numpy import load_file

from command import ROOT, argus, start
from training_runs import arguments, out, outcome, resume, scalars, wait_for_lines

LONG = bool(os.environ.get("ARGUS_LONG"))
Q_LEARNERS = ["iql", "vdn", "qmix"]
ACTOR_CRITICS = ["ippo", "mappo", "vdppo", "maa2c", "coma"]
ALL = [*Q_LEARNERS, "pqn-vdn", *ACTOR_CRITICS]


def settings(**values):
    return [part for name, value in values.items() for part in ("--set", f"{name}={value}")]


def small(algorithm, **values):
    """Settings with which a run of some thousand steps has many updates."""
    common = {"copies": 4, "rollout_steps": 32, "hidden": 16}
    if algorithm in Q_LEARNERS:
        # The buffer is so small that episodes are dropped, and segments with them.
        common |= {"rollout_steps": 16, "batch_episodes": 4, "buffer_episodes": 8, "target_interval": 7, "gradient_steps": 1}
    if algorithm in ("ippo", "mappo", "vdppo"):
        common |= {"epochs": 2, "minibatches": 2}
    return settings(**(common | values))


def evaluations(folder, mode="greedy", purpose="curve"):
    lines = map(json.loads, (folder / "evaluations.jsonl").read_text().splitlines())
    return [sum(x["returns"]) / len(x["returns"]) for x in lines if x["mode"] == mode and x["purpose"] == purpose]


def test_every_algorithm_is_listed_with_its_source_and_mode():
    listed = json.loads(argus("list", "algorithms", "--json", check=0).stdout)
    items = {item["algorithm"]: item for item in (listed["algorithms"] if isinstance(listed, dict) else listed)}
    assert set(items) == set(ALL)
    for name, item in items.items():
        assert item["source"] and item["description"]
        assert item["mode"] == ("greedy" if name in [*Q_LEARNERS, "pqn-vdn"] else "sampled")


@pytest.mark.parametrize("algorithm", ALL)
def test_every_hyperparameter_of_an_algorithm_is_described_with_its_default_and_the_source_of_that(algorithm):
    described = json.loads(argus("describe", algorithm, "--json", check=0).stdout)
    assert (described["algorithm"], described["mode"] in ("sampled", "greedy")) == (algorithm, True)
    items = {item["name"]: item for item in described["hyperparameters"]}
    assert items["hidden"]["default"] == "128"
    text = argus("describe", algorithm, check=0).stdout
    assert max(map(len, text.splitlines())) <= 100
    for name, item in items.items():
        assert name in text
        assert re.search(r"\[[A-Za-z0-9]+\]", item["documentation"]), f"{name}: no source"
    for mark in set(re.findall(r"\[[A-Za-z0-9]+\]", text)):
        assert re.search(rf"^{re.escape(mark)}  +\S", text, re.MULTILINE), f"{mark} is not explained"


# Memory and sharing in turn, so that each is met by each family; all four with --long.
KINDS = [(True, False), (False, True)]
CASES = [(name, *KINDS[index % 2]) for index, name in enumerate(ALL)]
if LONG:
    CASES = [(name, memory, shared) for name in ALL for memory in (True, False) for shared in (True, False)]


@pytest.mark.parametrize("algorithm,recurrent,shared", CASES)
def test_a_run_killed_at_random_moments_equals_the_uninterrupted_one_bit_for_bit(tmp_path, algorithm, recurrent, shared):
    chosen = small(algorithm, recurrent=str(recurrent).lower(), share_parameters=str(shared).lower())
    steps, scenario = 9000, "foraging/5x5-2p-1f"
    argus(*arguments(out(tmp_path / "whole"), *chosen, scenario=scenario, algorithm=algorithm, steps=steps), check=0)
    folder = tmp_path / "killed"
    moments = random.Random(f"{algorithm} {recurrent} {shared}")
    process = start(*map(str, arguments(out(folder), *chosen, scenario=scenario, algorithm=algorithm, steps=steps)))
    kills, updates = 0, 0
    for _ in range(3):
        updates += moments.randint(3, 10)
        wait_for_lines(folder / "metrics.jsonl", updates, process)
        process.kill()
        process.communicate()
        kills += process.returncode == -signal.SIGKILL
        # The first evaluation, and with it the first checkpoint, comes before the first update.
        process = start(
            *map(str, arguments(resume(folder), *chosen, scenario=scenario, algorithm=algorithm, steps=steps)))
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    assert kills == 3, "the run was over before it was killed"
    assert outcome(folder) == outcome(tmp_path / "whole")
    assert scalars(folder) == scalars(tmp_path / "whole")
    # No replay is left that the last checkpoint does not need.
    segments = lambda run: {path.name: path.read_bytes() for path in run.glob("replay/*")}
    assert segments(folder) == segments(tmp_path / "whole")
    assert bool(segments(folder)) == (algorithm in Q_LEARNERS)


# Memory in turn; killed after an evaluation, so that networks, optimisers and memories come back from a file. The first
# scenario has a state of its own, in the second one a critic is shown all observations.
@pytest.mark.parametrize(
    "scenario,algorithm,recurrent",
    [("skirmish/3m", name, index % 2 == 0) for index, name in enumerate(ALL)]
    + [("foraging/8x8-2p-2f-coop", "mappo", False), ("foraging/8x8-2p-2f-coop", "maa2c", True)],
)
def test_networks_for_sets_train_resume_and_play(tmp_path, scenario, algorithm, recurrent):
    chosen = small(algorithm, recurrent=str(recurrent).lower(), entities="true", layer_norm=str(recurrent).lower())
    options = {"scenario": scenario, "algorithm": algorithm, "steps": 1500}
    argus(*arguments(out(tmp_path / "whole"), *chosen, **options), check=0)
    folder = tmp_path / "killed"
    process = start(*map(str, arguments(out(folder), *chosen, **options)))
    wait_for_lines(folder / "metrics.jsonl", 6, process)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "the run was over before it was killed"
    argus(*arguments(resume(folder), *chosen, **options), check=0)
    assert outcome(folder) == outcome(tmp_path / "whole")
    assert any(".entities." in name for name in outcome(folder)["last"])
    assert ("critic.entities.team_join.weight" in outcome(folder)["last"]) == scenario.startswith("foraging")
    played = argus("evaluate", scenario, "--team", f"run:{folder}", "--episodes", 4, "--json", check=0)
    assert json.loads(played.stdout)["episodes"] == 4


def test_networks_for_sets_need_something_that_comes_in_sets(tmp_path):
    result = argus(*arguments(out(tmp_path / "run"), *settings(entities="true"), scenario="warehouse/tiny-2ag"))
    assert result.returncode != 0
    assert "--set entities" in result.stderr and "nothing that an observation describes more than once" in result.stderr


# MARK: Every kind of scenario

# A centre, a team that asks and tells, players that talk over the host's channel, a peer in Python whose agents differ.
KINDS_OF_SCENARIOS = [
    "customer-service/two-skills", "research-team/two-disciplines", "foraging/5x5-guide-talk", "peer",
]


# Memory and sharing in turn, so that each is met by each kind; all four with --long.
@pytest.mark.parametrize(
    "algorithm,scenario,recurrent,shared",
    [
        (name, scenario, recurrent, shared)
        for row, name in enumerate(ALL) for column, scenario in enumerate(KINDS_OF_SCENARIOS)
        for recurrent in (True, False) for shared in (True, False)
        if LONG or ((row + column) % 2 == 0, (row + column) // 2 % 2 == 0) == (recurrent, shared)])
def test_every_algorithm_learns_and_plays_in_every_kind_of_scenario(tmp_path, algorithm, scenario, recurrent, shared):
    if scenario == "peer":
        scenario = ROOT / "Examples" / "python-peers" / "simple-speaker-listener.yaml"
    folder = tmp_path / "run"
    chosen = small(algorithm, recurrent=str(recurrent).lower(), share_parameters=str(shared).lower())
    argus(*arguments(out(folder), *chosen, scenario=scenario, algorithm=algorithm, steps=640), check=0)
    last = json.loads((folder / "metrics.jsonl").read_text().splitlines()[-1])
    assert np.isfinite(last["loss_td" if algorithm in [*Q_LEARNERS, "pqn-vdn"] else "loss_policy"])
    team = ["--team", f"run:{folder}", "--episodes", 2, "--json"]
    assert json.loads(argus("evaluate", scenario, *team, check=0).stdout)["episodes"] == 2


@pytest.mark.parametrize("algorithm", ALL)
def test_who_needs_one_team_refuses_two_that_play_against_each_other(tmp_path, algorithm):
    folder = tmp_path / "run"
    result = argus(
        *arguments(out(folder), *small(algorithm), scenario="skirmish/3m-versus", algorithm=algorithm, steps=640))
    if algorithm in ("vdn", "qmix", "pqn-vdn", "vdppo"):
        assert result.returncode == 1 and len(result.stderr.splitlines()) == 1
        assert result.stderr.startswith("error: several teams") and "--algorithm ippo" in result.stderr
        assert not folder.exists()
    else:
        assert result.returncode == 0, result.stderr


# MARK: Where the answer is known


def test_the_losses_that_ours_are_compared_with_are_those_of_the_loops_in_pytorch():
    """Where this fails, make losses.json anew as make_loss_fixtures.py says: what it is computed with has changed."""
    fixtures = ROOT / "Tests" / "ArgusTrainTests" / "Fixtures"
    reference = ROOT / "Benchmarks" / "reference" / "training"
    files = [fixtures / "make_loss_fixtures.py", reference / "losses.py", reference / "networks.py"]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    assert json.loads((fixtures / "losses.json").read_text())["made_of"] == digest


@pytest.mark.parametrize("algorithm,expected", [("vdn", 7), ("qmix", 8)])
@pytest.mark.parametrize("seed", [1, 2, 3] if LONG else [1])
def test_a_sum_of_values_settles_for_7_and_a_monotonic_mixture_finds_8(tmp_path, algorithm, expected, seed):
    folder = tmp_path / "run"
    argus(
        *arguments(out(folder), scenario="matrix-games/two-step", algorithm=algorithm, steps=20_000, seed=seed), check=0)
    assert evaluations(folder)[-1] == expected


@pytest.mark.parametrize("algorithm", ["ippo", "mappo"])
def test_ppo_settles_for_the_safe_choice_where_missing_each_other_costs_much(tmp_path, algorithm):
    folder = tmp_path / "run"
    steps = 300_000 if LONG else 60_000
    chosen = settings(hidden=32, rollout_steps=25, epochs=4, entropy_coefficient=0.01)
    argus(
        *arguments(out(folder), *chosen, scenario="matrix-games/penalty-100", algorithm=algorithm, steps=steps), check=0)
    assert evaluations(folder, "sampled")[-1] >= (49 if LONG else 45)
    assert evaluations(folder)[-1] == 50


@pytest.mark.skipif(not LONG, reason="long")
@pytest.mark.parametrize("algorithm", ["ippo", "mappo"])
def test_ppo_finds_a_good_equilibrium_of_the_climbing_game(tmp_path, algorithm):
    folder = tmp_path / "run"
    argus(
        *arguments(out(folder), scenario="matrix-games/climbing", algorithm=algorithm, steps=300_000), check=0)
    assert evaluations(folder)[-1] >= 120


# MARK: Agents that differ, several heads, continuous actions


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Scenarios of agents that differ; see mixed_agents.c."""
    folder = tmp_path_factory.mktemp("mixed")
    compiler = shutil.which("cc") or shutil.which("clang")
    subprocess.run(
        [compiler, "-std=c11", "-O1", "-fPIC", "-shared", "-I", ROOT / "Sources/CArgusEnv/include",
         ROOT / "Tests/python/mixed_agents.c", "-o", folder / "libmixed.so"], check=True)

    def scenario(kind, horizon=6, reward="individual"):
        path = folder / f"{kind}-{horizon}-{reward}.yaml"
        path.write_text(
            f"scenario: {kind}\nversion: 1\nenvironment: mixed-{kind}\nhorizon: {horizon}\nreward: {reward}\n"
            "state: concat\nmasks: exact\nplacement: process\n")
        return {"scenario": str(path), "plugins": str(folder)}

    return scenario


def train(where, folder, algorithm, *extra, steps):
    return argus(
        *arguments(out(folder), *extra, scenario=where["scenario"], algorithm=algorithm, steps=steps),
        ARGUS_PLUGIN_PATH=where["plugins"])


@pytest.mark.parametrize("algorithm", ALL)
def test_several_heads_are_learnt_each(tmp_path, mixed, algorithm):
    """The best is 2 for the listener and 1 + 3 for the speaker at each of 6 steps."""
    folder = tmp_path / "run"
    chosen = {"hidden": 32, "discount": 0.5}
    if algorithm in [*Q_LEARNERS, "pqn-vdn"]:
        chosen |= {"exploration_steps": 3000, "learning_rate": 0.002}
        if algorithm == "pqn-vdn":
            chosen |= {"copies": 16, "rollout_steps": 12}
    elif algorithm == "coma":
        chosen |= {"copies": 8, "rollout_steps": 12, "learning_rate": 0.003, "entropy_coefficient": 0.05}
    else:
        chosen |= {"rollout_steps": 12, "learning_rate": 0.005, "entropy_coefficient": 0.003}
    result = train(mixed("heads"), folder, algorithm, *settings(**chosen), steps=16_000)
    assert result.returncode == 0, result.stderr
    assert evaluations(folder)[-1] >= 34


@pytest.mark.parametrize(
    "algorithm,shared",
    [(name, shared) for name in ("ippo", "mappo", "vdppo") for shared in ("true", "false")]
    if LONG else [("ippo", "true"), ("mappo", "false")])
def test_ppo_learns_continuous_actions(tmp_path, mixed, algorithm, shared):
    """The best is 1 for the listener and 1 + 2 for the speaker at each of 6 steps; padding would bring 2 more."""
    folder = tmp_path / "run"
    chosen = settings(
        hidden=32, discount=0.5, rollout_steps=12, epochs=4, learning_rate=0.005, entropy_coefficient=0.0,
        share_parameters=shared)
    result = train(mixed("continuous"), folder, algorithm, *chosen, steps=16_000)
    assert result.returncode == 0, result.stderr
    assert evaluations(folder)[-1] >= 23
    assert 15 < evaluations(folder, "sampled")[-1] <= 24.001


def test_who_waits_for_its_turn_has_an_action_within_the_bounds_in_evaluations_too(tmp_path, mixed):
    """Where 0 is none: the listener's first is 1, the nearest that is."""
    folder = tmp_path / "run"
    result = train(mixed("turns"), folder, "ippo", *settings(hidden=16, rollout_steps=12), steps=2000)
    assert result.returncode == 0, result.stderr
    assert all(6 * 2 <= value <= 6 * 8 for value in evaluations(folder))


@pytest.mark.parametrize("reward,value", [("team", 2), ("individual", 4 / 3)])
def test_who_is_out_has_a_value_where_it_shares_the_rewards_to_come(tmp_path, mixed, reward, value):
    """The listener's reward of 1 a step is worth 2 at each of the two steps before the horizon; the speaker, who is out after
    the first, shares it in both or has nothing."""
    folder = tmp_path / "run"
    chosen = settings(hidden=16, discount=0.5, learning_rate=0.003, batch_episodes=16, rollout_steps=8, target_interval=10)
    result = train(mixed("leaving", 2, reward), folder, "iql", *chosen, steps=16_000)
    assert result.returncode == 0, result.stderr
    last = json.loads((folder / "metrics.jsonl").read_text().splitlines()[-1])
    assert last["value_mean"] == pytest.approx(value, abs=0.05)


@pytest.mark.parametrize("algorithm", [*Q_LEARNERS, "pqn-vdn", "maa2c", "coma"])
def test_others_refuse_continuous_actions_with_the_reason(tmp_path, mixed, algorithm):
    result = train(mixed("continuous"), tmp_path / "run", algorithm, steps=100)
    assert result.returncode == 1
    assert result.stderr.startswith("error: action space not supported") and algorithm in result.stderr
    assert "discrete actions: " in result.stderr and len(result.stderr.splitlines()) == 1


# MARK: What goes wrong


def test_a_run_that_ends_before_its_first_gradient_step_is_no_result(tmp_path):
    folder = tmp_path / "run"
    result = argus(*arguments(out(folder), *settings(batch_episodes=64), algorithm="qmix", steps=1600))
    assert result.returncode == 2
    assert "nothing was learnt" in result.stderr and "--steps" in result.stderr
    assert not (folder / "result.json").exists()


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """A run of VDN that was killed after some checkpoints."""
    folder = tmp_path_factory.mktemp("stopped") / "run"
    process = start(*map(str, arguments(out(folder), *small("vdn"), algorithm="vdn", steps=30_000)))
    wait_for_lines(folder / "evaluations.jsonl", 6, process)
    wait_for_lines(folder / "metrics.jsonl", 160, process)
    process.kill()
    process.communicate()
    return folder


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [flip, lambda path: path.write_bytes(path.read_bytes()[:-9]), lambda path: path.unlink()])
def test_replay_that_is_damaged_cut_or_gone_is_refused_by_name(tmp_path, stopped, damage):
    folder = tmp_path / "copy"
    shutil.copytree(stopped, folder)
    segment = sorted(folder.glob("replay/*.episodes"))[0]
    damage(segment)
    result = argus(*arguments(resume(folder), *small("vdn"), algorithm="vdn", steps=30_000))
    assert result.returncode == 1
    assert result.stderr.startswith("error: unusable replay segment") and segment.name in result.stderr


def test_a_checkpoint_of_a_shared_network_does_not_go_into_a_run_of_separate_ones(tmp_path, stopped):
    folder = tmp_path / "copy"
    shutil.copytree(stopped, folder)
    result = argus(*arguments(resume(folder), *small("vdn", share_parameters="false"), algorithm="vdn", steps=30_000))
    assert result.returncode == 1 and "share_parameters" in result.stderr


def test_a_loss_that_is_not_finite_stops_the_run_and_keeps_the_last_good_checkpoint(tmp_path):
    folder = tmp_path / "run"
    result = argus(
        *arguments(out(folder), *small("qmix", learning_rate=1, target_interval=1, discount=1, reward_scale=1e6,
                                       scale_observations="false"), algorithm="qmix", steps=30_000))
    assert result.returncode == 1
    assert "not finite" in result.stderr and "update" in result.stderr
    assert re.search(r"after step \d+, (temporal-difference loss|value network)", result.stderr)
    weights = load_file(folder / "checkpoint" / "last.safetensors")
    assert all(np.isfinite(array).all() for array in weights.values())


def test_a_mixing_network_begins_with_errors_of_one_scale_whether_cells_are_mapped_or_not(tmp_path):
    first = {}
    for span in (0, 32):
        folder = tmp_path / str(span)
        argus(*arguments(out(folder), *small("qmix", unscaled_range=span), algorithm="qmix", steps=3000), check=0)
        lines = map(json.loads, (folder / "metrics.jsonl").read_text().splitlines())
        first[span] = next(line["loss_td"] for line in lines if "loss_td" in line)
    assert first[32] < 10 * first[0]


# MARK: TensorBoard


def test_tensorboard_reads_the_same_numbers_as_metrics_jsonl(tmp_path):
    folder = tmp_path / "run"
    argus(*arguments(out(folder), *small("qmix"), algorithm="qmix", steps=3000), check=0)
    found = scalars(folder)
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    for tag, key in [("loss/td", "loss_td"), ("train/exploration", "exploration"), ("train/return_mean", "return")]:
        expected = [(line["step"], line[key]) for line in lines if key in line]
        assert len(expected) > 5
        assert [step for step, _ in found[tag]] == [step for step, _ in expected]
        assert [value for _, value in found[tag]] == pytest.approx([value for _, value in expected], rel=1e-6)
    evaluated = [value for _, value in found["eval_greedy/return_mean"]]
    assert evaluated == pytest.approx(evaluations(folder), rel=1e-6)

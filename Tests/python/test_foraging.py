"""The built Foraging library against the Python package `lbforaging`, step by step from the same seeds.

Rewards, observations, legal actions and ends of whole episodes must be equal, every value. 20 seeds of each case of
foraging_reference.py here, 200 with ARGUS_LONG=1. The library is `.build/release/libForaging.so`.
"""

import os
from pathlib import Path

import numpy as np
import pytest

import foraging_reference as reference
from lbforaging.foraging.environment import Action
from plugin_library import Library, Refused

PATH = Path(__file__).resolve().parents[2] / ".build/release/libForaging.so"
SEEDS = 200 if os.environ.get("ARGUS_LONG") == "1" else 20

pytestmark = pytest.mark.skipif(
    not PATH.exists(), reason=f"{PATH} is not built: swift build -c release --product Foraging")


@pytest.fixture(scope="module")
def library():
    return Library(PATH)


def legal_actions(env):
    """The reference's valid actions as a mask."""
    return [[action in env._valid_actions[player] for action in Action] for player in env.players]


def compare(env, observations, environment, copy):
    np.testing.assert_array_equal(np.stack(observations).astype(np.float32), environment.array["observation"][copy])
    np.testing.assert_array_equal(legal_actions(env), environment.array["legal"][copy])


@pytest.mark.parametrize("name", reference.CASES)
def test_every_step_equals_lbforaging(library, name):
    parameters = reference.CASES[name]
    environment = library.create("foraging", parameters, copies=SEEDS)
    environment.reset(range(SEEDS))
    rewarded = 0
    for seed in range(SEEDS):
        env = reference.make(parameters)
        generator = np.random.default_rng([seed, 2])
        observations, _ = env.reset(seed=seed)
        compare(env, observations, environment, seed)
        mask = np.arange(SEEDS) == seed
        for step in range(reference.HORIZON):
            if seed % 3 == 0:
                actions = generator.integers(6, size=len(env.players)).tolist()
            else:
                actions = reference.foraging_actions(env, generator)
            observations, rewards, terminated, truncated, _ = env.step(actions)
            environment.array["action"][seed, :, 0] = actions
            environment.step(mask=mask)
            compare(env, observations, environment, seed)
            np.testing.assert_array_equal(np.array(rewards, np.float32), environment.array["reward"][seed, :, 0])
            rewarded += max(rewards) > 0
            # The reference calls its limit of 50 steps terminated; here an episode ends by rule alone.
            ended = not env.field.any()
            assert bool(environment.array["ended"][seed, 0, 0]) == ended
            assert (terminated or truncated) == (ended or step + 1 == reference.HORIZON)
            if ended:
                break
    assert rewarded > SEEDS / 10, "too few loads to tell anything"
    environment.destroy()


def test_metrics_count_loads_and_failed_loads(library):
    """`levels_collected` is the return, and every load that the rules let fail is counted for each player."""
    parameters = {"rows": 6, "columns": 6, "players": 3, "foods": 2, "penalty": 0.25}
    environment = library.create("foraging", parameters, copies=60)
    environment.reset(range(60))
    generator = np.random.default_rng(3)
    gained, failed = np.zeros(60), np.zeros(60)
    for _ in range(60):
        running = environment.array["ended"][:, 0, 0] == 0
        environment.step(generator.integers(0, 6, (60, 3, 1)), mask=running)
        reward = np.where(running[:, None], environment.array["reward"][:, :, 0], 0).astype(float)
        gained += np.clip(reward, 0, None).sum(axis=1)
        failed += (reward < 0).sum(axis=1)
    assert failed.any() and gained.any()
    for copy in range(60):
        metrics = environment.metrics(copy)
        assert metrics["failed_loads"] == failed[copy]
        assert metrics["levels_collected"] == pytest.approx(gained[copy], abs=1e-6)
        assert metrics["food_collected"] == metrics["loads"] / 2
        other = library.create("foraging", parameters)
        other.load(0, environment.save(copy))
        assert other.metrics() == metrics
        other.destroy()


def test_parameters_that_do_not_go_together_are_refused_by_name(library):
    for parameters, name in [
        ({"min_player_level": 3, "max_player_level": 2}, "max_player_level"),
        ({"min_food_level": 4, "max_food_level": 3}, "max_food_level"),
        ({"rows": 3, "columns": 3, "players": 5}, "players"),
    ]:
        with pytest.raises(Refused, match=name):
            library.create("foraging", parameters)

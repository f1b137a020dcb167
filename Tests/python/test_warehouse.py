"""The built Warehouse library against the Python package `rware`, step by step from the same seeds.

Rewards, observations and ends of whole episodes must be equal, every value. 5 seeds of some cases of
warehouse_reference.py here, 50 seeds of all of them with ARGUS_LONG=1. The library is
`.build/release/libWarehouse.so`.
"""

import os
from pathlib import Path

import numpy as np
import pytest

import warehouse_reference as reference
from plugin_library import Library, Refused

PATH = Path(__file__).resolve().parents[2] / ".build/release/libWarehouse.so"
LONG = os.environ.get("ARGUS_LONG") == "1"
SEEDS, HORIZON = (50 if LONG else 5), 500
SHORT = [
    "tiny-2ag", "tiny-2ag-hard", "small-4ag", "tiny-8ag-easy", "medium-6ag-easy", "tiny-3ag-messages",
    "small-5ag-two-stage", "tiny-2ag-inactivity", "map-4ag",
]

pytestmark = pytest.mark.skipif(
    not PATH.exists(), reason=f"{PATH} is not built: swift build -c release --product Warehouse")


@pytest.fixture(scope="module")
def library():
    return Library(PATH)


def plugin_parameters(parameters):
    """What a scenario says: nothing about a limit that there is not."""
    return {name: value for name, value in parameters.items() if value is not None}


@pytest.mark.parametrize("name", reference.CASES if LONG else SHORT)
def test_every_step_equals_rware(library, name):
    parameters = reference.CASES[name]
    environment = library.create("warehouse", plugin_parameters(parameters), copies=SEEDS)
    environment.reset(range(SEEDS))
    env = reference.make(parameters)
    reference.pin_ties(env)
    rewarded = 0
    for seed in range(SEEDS):
        player = reference.Player(env, seed)
        observations, _ = env.reset(seed=seed)
        np.testing.assert_array_equal(np.stack(observations), environment.array["observation"][seed])
        mask = np.arange(SEEDS) == seed
        for _ in range(HORIZON):
            actions = player.actions()
            observations, rewards, terminated, _, _ = env.step(actions)
            environment.array["action"][seed] = np.reshape(actions, (len(env.agents), -1))
            environment.step(mask=mask)
            np.testing.assert_array_equal(np.stack(observations), environment.array["observation"][seed])
            np.testing.assert_array_equal(np.float32(rewards), environment.array["reward"][seed, :, 0])
            assert bool(environment.array["ended"][seed, 0, 0]) == terminated
            rewarded += max(rewards) > 0
            if terminated:
                break
    assert rewarded > SEEDS / 5 or parameters["requests"] == 0, "too few deliveries to tell anything"
    environment.destroy()


def test_illegal_actions_change_nothing_for_their_robot(library):
    """Whatever the others do: an illegal drive leaves a robot where it is, an illegal toggle what it carries."""
    environment = library.create("warehouse", {"layout": "tiny", "agents": 8, "requests": 8}, copies=20)
    environment.reset(range(20))
    generator = np.random.default_rng(4)
    refused = 0
    for _ in range(300):
        before = environment.array["observation"].copy()
        legal = environment.array["legal"].copy()
        actions = generator.choice(5, p=[0.05, 0.5, 0.1, 0.1, 0.25], size=(20, 8))
        environment.step(actions[:, :, None])
        illegal = np.take_along_axis(legal, actions[:, :, None], axis=2)[:, :, 0] == 0
        refused += illegal.sum()
        np.testing.assert_array_equal(before[illegal][:, :8], environment.array["observation"][illegal][:, :8])
    assert refused > 1000


@pytest.mark.parametrize("reward, worth", [("individual", 1), ("global", 4), ("two-stage", 0.5)])
def test_metrics_count_deliveries_and_blocked_moves(library, reward, worth):
    """`deliveries` agrees with the return, whoever is rewarded; nothing is blocked where there is one robot."""
    parameters = {"layout": "1x3", "column_height": 3, "agents": 4, "requests": 6, "reward": reward}
    environment = library.create("warehouse", parameters, copies=8)
    environment.reset(range(8))
    earned = np.zeros((8, 4))
    generator = np.random.default_rng(5)
    for _ in range(300):
        actions = environment.act(0)
        chance = generator.random((8, 4, 1)) < 0.2
        environment.step(np.where(chance, generator.integers(5, size=(8, 4, 1)), actions))
        gained = environment.array["reward"][:, :, 0].astype(float)
        if reward == "two-stage":
            # Deliveries are made on corridors, and shelves put down elsewhere.
            gained = gained * environment.array["observation"][:, :, 7]
        earned += gained
    assert (earned.sum(axis=1) > 3).all()
    for copy in range(8):
        metrics = environment.metrics(copy)
        assert metrics["deliveries"] == earned[copy].sum() / worth
        if reward != "global":
            assert metrics["busiest_share"] == pytest.approx(earned[copy].max() / earned[copy].sum())
        assert metrics["blocked_moves"] > 0
    alone = library.create("warehouse", {"agents": 1})
    alone.reset([1])
    for _ in range(200):
        alone.step(generator.integers(5, size=(1, 1, 1)))
    assert alone.metrics()["blocked_moves"] == 0
    assert np.isnan(alone.metrics()["busiest_share"]) == (alone.metrics()["deliveries"] == 0)


def test_a_restored_copy_goes_on_identically_and_a_chance_seed_lets_it_branch(library):
    parameters = {"layout": "1x3", "column_height": 3, "agents": 3, "requests": 2}
    environment = library.create("warehouse", parameters, copies=3)
    environment.reset([7, 8, 9])
    for _ in range(50):
        environment.step(environment.act(0))
    saved = environment.save(0)
    environment.load(1, saved)
    environment.load(2, saved, chance_seed=99)
    observations = environment.array["observation"]
    np.testing.assert_array_equal(observations[0], observations[1])
    np.testing.assert_array_equal(observations[0], observations[2])
    states = environment.array["state"]
    for _ in range(200):
        actions = environment.act(0)
        actions[:] = actions[0]
        environment.step(actions)
        np.testing.assert_array_equal(states[0], states[1])
        assert environment.metrics(0) == environment.metrics(1)
    assert environment.save(0) == environment.save(1)
    assert not np.array_equal(states[0], states[2])


def test_maps_of_several_lines_are_taken_and_others_refused(library):
    environment = library.create("warehouse", {"layout": "..g\n.xx\n.x.\n", "agents": 2, "requests": 1})
    environment.reset([0])
    assert "Goals: column 2, row 0." in environment.text("rules", 0)
    with pytest.raises(Refused, match="requests"):
        library.create("warehouse", {"layout": "..g\n.xx\n.x.\n", "agents": 2, "requests": 3})
    with pytest.raises(Refused, match="layout line 2"):
        library.create("warehouse", {"layout": "..g\n.x\n", "agents": 2})


def test_rows_side_by_side_and_rows_apart_give_the_same_episode(library):
    """The plugin steps on the host's memory where it can, and on a copy where rows have gaps."""
    parameters = {"agents": 5, "requests": 9, "message_bits": 2}
    dense, apart = (library.create("warehouse", parameters, copies=4, gap=gap) for gap in (0, 12))
    generator = np.random.default_rng(6)
    for environment in (dense, apart):
        environment.reset(range(4))
    for _ in range(300):
        actions = np.concatenate([generator.integers(5, size=(4, 5, 1)), generator.integers(2, size=(4, 5, 2))], axis=2)
        dense.step(actions)
        apart.step(actions)
        for role, rows in dense.rows_written().items():
            np.testing.assert_array_equal(rows, apart.rows_written()[role])

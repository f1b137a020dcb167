"""Environments of PettingZoo, Gymnasium and plain classes as rows, without sockets."""

from __future__ import annotations

import pathlib
import sys
from typing import Annotated, Any, Literal

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Python"))

gymnasium = pytest.importorskip("gymnasium")
from gymnasium import spaces  # noqa: E402

from argus_env.peer import Range  # noqa: E402
from argus_env.peer.adapters.space_team import SpaceTeam  # noqa: E402
from argus_env.peer.instance import Instance  # noqa: E402
from argus_env.peer.offers import Offer, default_identifier  # noqa: E402
from argus_env.peer.parameters import Factory  # noqa: E402
from argus_env.peer.rows import Rows  # noqa: E402
from argus_env.peer.seeding import folded, seed_mapping, unchanged  # noqa: E402
from argus_env.peer.spaces import ActionDecoder, ObservationEncoder, UnsupportedSpace  # noqa: E402
from argus_env.peer.specification import roles, unique_names  # noqa: E402
from argus_env.wire.errors import ProtocolError  # noqa: E402


class Played:
    """An instance in this process."""

    def __init__(self, make: Any, copies: int = 1, groups: Any = None, **parameters: Any) -> None:
        self.instance: Instance = Offer("test", make, groups=groups).create(parameters, copies, 1 << 28)
        self.specification = self.instance.specification
        self.rows: Rows = self.instance.rows
        self.finals: list[Any] = []

    def reset(self, *seeds: int) -> Rows:
        self.instance.reset([b"\1" * len(seeds), np.asarray(seeds, "<u8").tobytes()], 0)
        assert not self.instance.errors, self.instance.errors
        return self.rows

    def step(self, *actions: Any, plan: int = 1) -> Rows:
        dtype = "<i4" if self.specification.discrete else "<f4"
        shape = (self.rows.copies, self.specification.agents, self.specification.action_width)
        frame = np.zeros(shape, dtype)
        for agent, action in enumerate(actions):
            own = np.atleast_1d(action)
            frame[:, agent, : own.size] = own
        seeds = np.arange(self.rows.copies, dtype="<u8").tobytes()
        reply = self.instance.step([bytes([plan]) * self.rows.copies, frame.tobytes(), seeds], 0)
        self.finals = reply[len(self.rows.frames(0)) :]
        return self.rows

    @property
    def message(self) -> str:
        return self.instance.errors[0].message


# Spaces


NESTED = spaces.Dict(
    {"b": spaces.Discrete(2), "a": spaces.Dict({"x": spaces.Box(0, 1, ()), "y": spaces.MultiBinary(2)})}
)


@pytest.mark.parametrize(
    "space",
    [
        spaces.Box(-1, 1, (2, 3)),
        spaces.Box(0, 255, (4, 4, 3), np.uint8),
        spaces.Discrete(5, start=-2),
        spaces.MultiDiscrete([3, 4, 2]),
        spaces.MultiDiscrete([[3, 4], [2, 2]]),
        spaces.MultiBinary(4),
        spaces.Tuple((spaces.Discrete(3), spaces.Box(-1, 1, (2,)))),
        NESTED,
    ],
)
def test_observations_are_flattened_as_gymnasium_does(space):
    space.seed(3)
    encoder = ObservationEncoder(space)
    flat = spaces.flatten_space(space)
    assert encoder.size == flat.shape[0]
    assert np.array_equal(encoder.low, flat.low.astype(float)) and np.array_equal(encoder.high, flat.high.astype(float))
    assert sum(count for _, _, count in encoder.segments) == encoder.size
    row = np.zeros(encoder.size + 2, np.float32)
    for _ in range(20):
        value = space.sample()
        encoder.write(value, row)
        assert np.allclose(row[: encoder.size], spaces.flatten(space, value))
    assert not row[encoder.size :].any()


def test_an_observation_that_does_not_fit_is_named():
    encoder = ObservationEncoder(spaces.Dict({"camera": spaces.Box(0, 1, (2, 2)), "kind": spaces.Discrete(3)}))
    row = np.zeros(encoder.size, np.float32)
    for value, words in (
        ({"camera": np.zeros((4,)), "kind": 0}, r"found shape \(4,\) for 'observation.camera', expected \(2, 2\)"),
        ({"camera": np.zeros((2, 2)), "kind": 3}, "found 3 for 'observation.kind', expected 0 to 2"),
        ({"camera": np.zeros((2, 2)), "kind": 0.5}, "expected 1 whole number"),
        ({"kind": 1}, "found no 'camera'"),
        (None, "found no 'camera'"),
        ({"camera": "picture", "kind": 0}, "could not convert"),
    ):
        with pytest.raises(ValueError, match=words):
            encoder.write(value, row)


def test_an_action_mask_is_no_part_of_the_observation():
    space = spaces.Dict({"observation": spaces.Box(0, 1, (2, 2)), "action_mask": spaces.Box(0, 1, (3,), np.int8)})
    encoder = ObservationEncoder(space)
    assert encoder.has_mask and encoder.size == 4
    with pytest.raises(UnsupportedSpace, match="beside it"):
        ObservationEncoder(spaces.Dict({"action_mask": spaces.Box(0, 1, (3,), np.int8)}))


@pytest.mark.parametrize(
    ("space", "heads", "row"),
    [
        (spaces.Discrete(5), [5], [4]),
        (spaces.Discrete(3, start=7), [3], [2]),
        (spaces.MultiDiscrete([3, 2]), [3, 2], [2, 1]),
        (spaces.MultiDiscrete([3, 2], start=[1, 10]), [3, 2], [2, 1]),
        (spaces.MultiDiscrete([[3, 2], [2, 4]]), [3, 2, 2, 4], [2, 1, 0, 3]),
        (spaces.MultiBinary(3), [2, 2, 2], [1, 0, 1]),
        (spaces.Tuple((spaces.Discrete(4), spaces.MultiBinary(2))), [4, 2, 2], [3, 1, 0]),
        (spaces.Dict({"go": spaces.Discrete(4), "say": spaces.Discrete(2)}), [4, 2], [3, 1]),
    ],
)
def test_discrete_actions_are_heads_and_decode_into_the_space(space, heads, row):
    decoder = ActionDecoder(space)
    assert decoder.heads == heads
    for choice in (row, [0] * len(heads), [size - 1 for size in heads]):
        assert space.contains(decoder.decode(choice)), decoder.decode(choice)


def test_continuous_actions_keep_shape_and_bounds():
    space = spaces.Box(np.array([[0, -2], [1, 5]], np.float32), np.array([[1, 2], [3, 6]], np.float32))
    decoder = ActionDecoder(space)
    assert decoder.heads is None and decoder.low == [0, -2, 1, 5] and decoder.high == [1, 2, 3, 6]
    action = decoder.decode(np.array([0.5, -1.5, 2, 5.5], np.float32))
    assert space.contains(action) and action.tolist() == [[0.5, -1.5], [2, 5.5]]


@pytest.mark.parametrize(
    ("space", "words"),
    [
        (spaces.Box(-np.inf, np.inf, (2,)), "without bounds"),
        (spaces.Box(0, 10, (2,), np.int64), "expected floats"),
        (spaces.Text(4), "found Text"),
        (spaces.Tuple((spaces.Discrete(2), spaces.Box(0, 1, (1,)))), "one kind"),
        (spaces.Tuple(()), "without components"),
    ],
)
def test_actions_that_cannot_be_rows_are_refused_with_a_reason(space, words):
    with pytest.raises(UnsupportedSpace, match=words):
        ActionDecoder(space)


def test_observations_that_cannot_be_rows_are_refused_with_a_reason():
    for space in (spaces.Text(4), spaces.Sequence(spaces.Discrete(2)), spaces.Graph(spaces.Discrete(2), None)):
        with pytest.raises(UnsupportedSpace, match=f"found {type(space).__name__}"):
            ObservationEncoder(space)


def test_discrete_and_continuous_agents_in_one_environment_are_refused():
    with pytest.raises(UnsupportedSpace, match="'b': 'continuous'"):
        SpaceTeam(["a", "b"], [spaces.Discrete(2)] * 2, [spaces.Discrete(2), spaces.Box(0, 1, (2,))])


def test_agents_with_different_spaces_are_padded_and_keep_their_sizes():
    team = SpaceTeam(
        ["scout_0", "scout_1", "tank_0"],
        [spaces.Box(1, 2, (2,)), spaces.Box(1, 3, (2,)), spaces.Box(-np.inf, 5, (4,))],
        [spaces.Discrete(3), spaces.Discrete(3), spaces.MultiDiscrete([2, 4])],
    )
    wire = team.specification.wire
    assert [agent.role for agent in wire.agents] == ["scout", "scout", "tank"]
    assert [agent.observation_size for agent in wire.agents] == [2, 2, 4]
    assert [agent.action_sizes for agent in wire.agents] == [(3, 0), (3, 0), (2, 4)] and wire.heads == (3, 4)
    # A row of zeros is within bounds.
    assert wire.observation_bounds.high == (5, 5, 5, 5) and wire.observation_bounds.low == (-np.inf,) * 4
    rows = Rows(team.specification, 1)
    assert rows.full_legal.tolist() == [[1, 1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0], [1, 1, 0, 1, 1, 1, 1]]
    assert rows.idle_legal.tolist() == [[1, 0, 0, 1, 0, 0, 0]] * 3
    mask = (np.array([0, 1], np.int8), np.array([0, 0, 1, 0], np.int8))
    team.observe(2, np.zeros(4), {"action_mask": mask}, rows.copy(0), acts=True)
    assert rows.legal[0, 2].tolist() == [0, 1, 0, 0, 0, 1, 0]
    for wrong, words in (([1, 1, 1], "found 3 values, expected 6"), ([0, 0, 1, 1, 1, 1], "no legal choice in head 0")):
        with pytest.raises(ValueError, match=words):
            team.observe(2, np.zeros(4), {"action_mask": np.array(wrong)}, rows.copy(0), acts=True)


def test_continuous_bounds_that_differ_between_agents_are_scaled():
    team = SpaceTeam(
        ["a", "b"],
        [spaces.Box(0, 1, (1,))] * 2,
        [spaces.Box(np.array([0, 2], np.float32), np.array([1, 4], np.float32)), spaces.Box(0, 10, (1,))],
    )
    bounds = team.specification.wire.action_bounds
    assert bounds.low == (-1, 2) and bounds.high == (1, 4)
    assert team.action(0, np.array([0, 3], np.float32)).tolist() == [0.5, 3]
    assert team.action(0, np.array([1, 2], np.float32)).tolist() == [1, 2]
    assert team.action(1, np.array([-0.5, 3], np.float32)).tolist() == [2.5]


def test_names_and_roles():
    assert unique_names(["agent 0", "agent-0", "x"]) == ["agent_0", "agent_0_2", "x"]
    assert roles(["robot_0", "robot_1", "lead", "unit_0", "unit_1"], [1, 1, 1, 2, 3]) == [
        "robot", "robot", "lead", "unit_a", "unit_b"
    ]  # fmt: skip


# Parameters and seeds


def test_parameters_come_out_of_the_signature():
    def make(
        size: Annotated[int, Range(2, 9), "Cells."] = 3,
        rate=0.5,
        fast: bool = False,
        kind: Literal["a", "b"] = "b",
        name: str = "x",
        hidden: Any = None,
        render_mode: str | None = None,
        whole: float = 2,
        **others: Any,
    ) -> Any: ...

    factory = Factory(make)
    found = {parameter.name: parameter.kind for parameter in factory.parameters}
    assert found == {"size": "integer", "rate": "number", "fast": "boolean", "kind": "choice", "name": "string",
                     "whole": "number"}  # fmt: skip
    assert factory.offers_render_mode and not factory.is_batch
    assert factory.resolve({"size": 4.0, "rate": 1})["size"] == 4
    for wrong in ({"size": 10}, {"size": True}, {"fast": 1}, {"kind": "c"}, {"hidden": 1}, {"rate": "1"}):
        with pytest.raises(ValueError, match="parameter"):
            factory.resolve(wrong)


def test_default_ids():
    class GridWorld: ...

    assert default_identifier(GridWorld) == "grid-world"
    with pytest.raises(ValueError, match="Try 'my-env'"):
        Offer("My Env", GridWorld)


def test_seeds_are_passed_on_unchanged_where_the_package_takes_them():
    seen: list[int] = []
    assert seed_mapping(seen.append) is unchanged and seen == [2**64 - 1]

    def narrow(seed: int) -> None:
        np.random.RandomState(seed)

    assert seed_mapping(narrow) is folded
    assert [folded(seed) for seed in (0, 5, 2**32 - 1)] == [0, 5, 2**32 - 1]
    assert folded(2**32) == 1 and folded(2**64 - 1) == 0
    with pytest.raises(KeyError):
        seed_mapping({}.__getitem__)


# PettingZoo, parallel


class Team:
    """A ParallelEnv in which agents leave at given steps."""

    metadata = {"name": "team_v0", "render_modes": ["ansi"]}

    def __init__(self, leaves=(3, 5), truncates=(), mode=None, state=True) -> None:
        self.possible_agents = ["a_0", "b_0"]
        self.leaves, self.truncates, self.render_mode = leaves, truncates, mode
        if not state:
            self.state = lambda: (_ for _ in ()).throw(NotImplementedError())

    def observation_space(self, agent):
        return spaces.Box(-10, 10, (2,))

    def action_space(self, agent):
        return spaces.Discrete(2 if agent == "a_0" else 3)

    def state(self):
        return np.array([self.t, len(self.agents)])

    def reset(self, seed=None, options=None):
        self.agents, self.t = list(self.possible_agents), 0
        self.seed = seed
        return self._observations(), {agent: {} for agent in self.agents}

    def _observations(self):
        return {agent: np.array([1, self.t], np.float32) for agent in self.agents}

    def step(self, actions):
        assert set(actions) == set(self.agents)
        self.t += 1
        observations = self._observations()
        rewards = {agent: float(action) for agent, action in actions.items()}
        leaving = {agent: self.t >= self.leaves[self.possible_agents.index(agent)] for agent in self.agents}
        cut = {agent: leaving[agent] and agent in self.truncates for agent in self.agents}
        terminations = {agent: leaving[agent] and not cut[agent] for agent in self.agents}
        self.agents = [agent for agent in self.agents if not leaving[agent]]
        return observations, rewards, terminations, cut, {agent: {} for agent in actions}

    def render(self):
        return f"step {self.t}\n"


def test_an_agent_that_is_out_keeps_its_slot():
    played = Played(lambda: Team())
    rows = played.reset(1)
    assert rows.state.tolist() == [[0, 2]]
    played.step(1, 2)
    played.step(1, 2)
    assert rows.acting.tolist() == [[1, 1]] and rows.reward.tolist() == [[1, 2]]
    played.step(1, 2)
    assert rows.terminated.tolist() == [[1, 0]] and rows.acting.tolist() == [[0, 1]] and rows.ended[0] == 0
    assert rows.observation[0].tolist() == [[1, 3], [1, 3]], "its last observation"
    assert rows.legal[0].tolist() == [[1, 0, 0], [1, 1, 1]]
    played.step(0, 1)
    assert rows.observation[0].tolist() == [[0, 0], [1, 4]] and rows.reward.tolist() == [[0, 1]]
    assert rows.terminated.tolist() == [[1, 0]]
    played.step(0, 1)
    assert rows.ended[0] == 1 and rows.terminated.tolist() == [[1, 1]] and not rows.acting.any()
    rows = played.reset(2)
    assert not rows.terminated.any() and rows.acting.all() and rows.legal[0].tolist() == [[1, 1, 0], [1, 1, 1]]


def test_a_time_limit_of_the_environments_own_is_told_apart():
    played = Played(lambda: Team((2, 2), ("a_0", "b_0")))
    rows = played.reset(1)
    played.step(0, 0)
    played.step(0, 0)
    assert rows.ended[0] == 3 and not rows.terminated.any() and rows.acting.all()
    # One is out by rule, the other one is cut short.
    played = Played(lambda: Team((1, 2), ("b_0",)))
    rows = played.reset(1)
    played.step(0, 0)
    played.step(0, 0)
    assert rows.ended[0] == 3 and rows.terminated.tolist() == [[1, 0]] and rows.acting.tolist() == [[0, 1]]
    # One is cut short for itself: it is out, and the episode goes on to its end by rule.
    played = Played(lambda: Team((1, 2), ("a_0",)))
    rows = played.reset(1)
    played.step(0, 0)
    assert rows.ended[0] == 0 and rows.terminated.tolist() == [[1, 0]]
    played.step(0, 0)
    assert rows.ended[0] == 1 and rows.terminated.all()


def test_a_state_that_only_raises_is_left_out_and_ansi_is_rendered():
    played = Played(lambda: Team(state=False))
    assert played.rows.state is None and played.instance.capabilities == []

    def make(render_mode=None):
        return Team(mode=render_mode)

    played = Played(make)
    played.reset(1)
    assert played.instance.capabilities == ["argus.render/1"] and played.instance.batch.render(0, False) == "step 0\n"


def test_what_is_wrong_with_a_parallel_environment_is_named():
    class Silent(Team):
        def _observations(self):
            found = super()._observations()
            if self.t == 1:
                found.pop("b_0")
            return found

    played = Played(Silent)
    played.reset(1)
    rows = played.step(0, 0)
    assert rows.ended[0] == 2 and "observations: found none for b_0" in played.message
    assert played.instance.errors[0].copy == 0

    class Wide(Team):
        def _observations(self):
            return {agent: np.zeros(3 if self.t == 1 and agent == "b_0" else 2) for agent in self.agents}

    played = Played(Wide)
    played.reset(1)
    played.step(0, 0)
    assert "observation of b_0: found shape (3,) for 'observation', expected (2,)" in played.message


def test_groups_are_what_is_asked_for():
    assert Played(Team).specification.groups == ["team"]
    each = Played(Team, groups="each").specification
    assert each.groups == ["a_0", "b_0"] and [agent.group for agent in each.wire.agents] == [0, 1]
    named = Played(Team, groups={"a_0": "red", "b_0": "red"}).specification
    assert named.groups == ["red"]
    with pytest.raises(ProtocolError, match="b_0"):
        Played(Team, groups={"a_0": "red"})


def mpe2(name):
    return pytest.importorskip(f"mpe2.{name}")


@pytest.mark.parametrize("continuous", [False, True])
@pytest.mark.parametrize(
    ("name", "sizes", "role"),
    [
        ("simple_spread_v3", [18] * 3, ["agent"] * 3),
        ("simple_speaker_listener_v4", [3, 11], ["speaker", "listener"]),
        ("simple_tag_v3", [16, 16, 16, 14], ["adversary", "adversary", "adversary", "agent"]),
        ("simple_world_comm_v3", [34] * 4 + [28] * 2, ["leadadversary", "adversary", "adversary", "adversary", "agent",
                                                        "agent"]),
    ],
)  # fmt: skip
def test_mpe2_equals_itself_step_by_step(name, sizes, role, continuous):
    module = mpe2(name)
    played = Played(lambda: module.parallel_env(max_cycles=12, continuous_actions=continuous), copies=2)
    specification = played.specification
    assert specification.observation_sizes == sizes
    assert [agent.role for agent in specification.wire.agents] == role
    mirror = module.parallel_env(max_cycles=12, continuous_actions=continuous)
    agents = mirror.possible_agents
    assert [agent.name for agent in specification.wire.agents] == agents
    generator = np.random.default_rng(4)
    for seed in (3, 2**63 + 5):
        rows = played.reset(seed, seed)
        expected, _ = mirror.reset(seed=seed)
        for step in range(12):
            for index, agent in enumerate(agents):
                assert np.array_equal(rows.observation[1, index, : sizes[index]], expected[agent])
                assert not rows.observation[1, index, sizes[index] :].any()
            assert np.array_equal(rows.state[1], mirror.state())
            actions = {}
            for agent in agents:
                space = mirror.action_space(agent)
                unit = generator.random(space.shape).astype(np.float32)
                actions[agent] = (
                    np.clip(space.low + unit * (space.high - space.low), space.low, space.high)
                    if continuous
                    else int(generator.integers(space.n))
                )
            played.step(*actions.values())
            expected, rewards, _, truncations, _ = mirror.step(actions)
            assert np.array_equal(rows.reward[1], np.asarray(list(rewards.values()), np.float32))
            assert rows.ended.tolist() == ([3, 3] if step == 11 else [0, 0])
        assert all(truncations.values()) and not rows.terminated.any()


# PettingZoo, turns


def test_only_the_selected_agent_of_a_turn_based_game_acts():
    module = pytest.importorskip("pettingzoo.classic.tictactoe_v3", exc_type=ImportError)
    played = Played(module.env, groups="each")
    rows = played.reset(1)
    assert played.specification.width == 18 and rows.legal.shape == (1, 2, 9)
    assert rows.acting.tolist() == [[1, 0]] and rows.legal[0].tolist() == [[1] * 9, [1] + [0] * 8]
    for turn, cell in enumerate((0, 3, 1, 4)):
        played.step(*((cell, 0) if turn % 2 == 0 else (0, cell)))
        assert rows.acting.tolist() == [[turn % 2, 1 - turn % 2]]
        assert rows.legal[0, 1 - turn % 2, cell] == 0
    # Both see the board as it is.
    board = rows.observation[0, 0].reshape(3, 3, 2)
    assert board[0, :2, 0].tolist() == [1, 1] and board[1, :2, 1].tolist() == [1, 1]
    played.step(2, 0)
    assert rows.ended[0] == 1 and rows.reward.tolist() == [[1, -1]]
    assert rows.terminated.all() and not rows.acting.any()


def test_an_illegal_move_follows_the_games_own_rule():
    module = pytest.importorskip("pettingzoo.classic.tictactoe_v3", exc_type=ImportError)
    played = Played(module.env)
    rows = played.reset(1)
    played.step(4, 0)
    played.step(0, 4)
    assert rows.ended[0] == 1 and rows.reward.tolist() == [[0, -1]]


def test_turns_equal_the_environment_for_games_of_several_packages():
    """Rewards add up to the package's own, whoever acts, until the end."""
    connect_four = pytest.importorskip("pettingzoo.classic.connect_four_v3", exc_type=ImportError)
    spread = mpe2("simple_spread_v3")
    for make in (connect_four.env, lambda: spread.env(max_cycles=6)):
        played = Played(make)
        mirror = make()
        agents = mirror.possible_agents
        for seed in range(5):
            generator = np.random.default_rng(seed)
            rows = played.reset(seed)
            mirror.reset(seed=seed)
            total = np.zeros(len(agents))
            expected = dict.fromkeys(agents, 0.0)
            while not rows.ended[0]:
                agent = mirror.agent_selection
                index = agents.index(agent)
                assert np.flatnonzero(rows.acting[0]).tolist() == [index]
                observation, reward, *_ = mirror.last()
                expected[agent] += reward
                flat = observation["observation"] if isinstance(observation, dict) else observation
                assert np.array_equal(rows.observation[0, index], flat.reshape(-1).astype(np.float32))
                choice = int(generator.choice(np.flatnonzero(rows.legal[0, index])))
                played.step(*(choice if position == index else 0 for position in range(len(agents))))
                mirror.step(choice)
                total += rows.reward[0]
            for agent in mirror.agent_iter():
                _, reward, terminated, truncated, _ = mirror.last()
                assert terminated or truncated
                expected[agent] += reward
                mirror.step(None)
            assert np.allclose(total, list(expected.values()), atol=1e-4)


def test_the_dead_are_stepped_over():
    """An AEC environment in which the middle agent leaves first."""
    pettingzoo = pytest.importorskip("pettingzoo")

    class Leaving(pettingzoo.AECEnv):
        metadata = {"name": "leaving_v0"}

        def __init__(self):
            super().__init__()
            self.possible_agents = ["a_0", "a_1", "a_2"]

        def observation_space(self, agent):
            return spaces.Box(0, 100, (1,))

        def action_space(self, agent):
            return spaces.Discrete(2)

        def observe(self, agent):
            return np.array([self.turns], np.float32)

        def reset(self, seed=None, options=None):
            self.agents = list(self.possible_agents)
            self.turns = 0
            self.rewards = dict.fromkeys(self.agents, 0)
            self._cumulative_rewards = dict.fromkeys(self.agents, 0)
            self.terminations = dict.fromkeys(self.agents, False)
            self.truncations = dict.fromkeys(self.agents, False)
            self.infos = {agent: {} for agent in self.agents}
            self.agent_selection = "a_0"

        def step(self, action):
            agent = self.agent_selection
            if self.terminations[agent] or self.truncations[agent]:
                return self._was_dead_step(action)
            self._cumulative_rewards[agent] = 0
            self.turns += 1
            self.rewards = {other: float(action) for other in self.agents}
            if agent == "a_0" and self.turns == 4:
                self.terminations["a_1"] = True
            if self.turns == 7:
                self.truncations = dict.fromkeys(self.agents, True)
            live = [other for other in self.agents if other == agent or not self.terminations[other]]
            self.agent_selection = live[(live.index(agent) + 1) % len(live)]
            self._accumulate_rewards()
            self._deads_step_first()

    played = Played(Leaving)
    rows = played.reset(0)
    acting = []
    while not rows.ended[0]:
        acting.append(int(np.argmax(rows.acting[0])))
        assert rows.acting[0].sum() == 1
        played.step(1, 1, 1)
        assert rows.ended[0] != 2, played.message
        assert rows.reward[0, 0] == 1, (acting, rows.reward)
        if len(acting) == 4:
            assert rows.terminated[0].tolist() == [0, 1, 0]
        if len(acting) == 5:
            assert rows.observation[0, 1].tolist() == [0] and rows.reward[0, 1] == 0
    assert acting == [0, 1, 2, 0, 2, 0, 2]
    assert rows.ended[0] == 3 and rows.terminated[0].tolist() == [0, 1, 0]


# Gymnasium


def test_a_gymnasium_environment_is_one_agent():
    played = Played(lambda: gymnasium.make("CartPole-v1"), copies=2)
    mirror = gymnasium.make("CartPole-v1")
    assert [agent.name for agent in played.specification.wire.agents] == ["agent_0"]
    assert played.specification.wire.suggested_horizon == 500
    rows = played.reset(5, 5)
    expected, _ = mirror.reset(seed=5)
    for step in range(200):
        assert np.array_equal(rows.observation[1, 0], expected)
        played.step(step % 2)
        expected, reward, terminated, truncated, _ = mirror.step(step % 2)
        assert rows.reward[1, 0] == reward
        if terminated:
            break
    assert rows.ended.tolist() == [1, 1] and rows.terminated.all() and not rows.acting.any()


def test_a_gymnasium_time_limit_is_no_termination():
    played = Played(lambda: gymnasium.make("Pendulum-v1", max_episode_steps=3))
    rows = played.reset(5)
    assert played.specification.wire.action_bounds.low == (-2,)
    for _ in range(3):
        played.step(1.5)
    assert rows.ended[0] == 3 and not rows.terminated.any() and rows.acting.all()


def test_final_rows_are_those_of_the_ended_episode():
    played = Played(lambda: gymnasium.make("Pendulum-v1", max_episode_steps=2), copies=2)
    mirror = gymnasium.make("Pendulum-v1", max_episode_steps=2)
    played.reset(5, 6)
    mirror.reset(seed=6)
    played.step(0.5, plan=5)
    assert not played.finals
    mirror.step([0.5])
    rows = played.step(0.5, plan=5)
    expected, reward, *_ = mirror.step([0.5])
    copies, observation, acting, metrics = played.finals
    assert copies.tolist() == [0, 1] and np.array_equal(observation[1, 0], expected) and metrics == b""
    assert acting.all() and rows.ended.tolist() == [3, 3] and rows.reward[1, 0] == np.float32(reward)
    assert np.array_equal(rows.observation[1, 0], mirror.reset(seed=1)[0])


def test_an_environment_with_tuple_spaces_is_a_team():
    module = pytest.importorskip("lbforaging.foraging")

    def make():
        return module.ForagingEnv(2, 1, 2, 1, None, (6, 6), 1, 6, 10, True)

    played = Played(make)
    assert played.specification.names == ["agent_0", "agent_1"]
    mirror = make()
    rows = played.reset(8)
    expected, _ = mirror.reset(seed=8)
    generator = np.random.default_rng(0)
    for _ in range(10):
        assert np.array_equal(rows.observation[0], np.asarray(expected))
        actions = generator.integers(0, 6, 2).tolist()
        played.step(*actions)
        expected, rewards, terminated, *_ = mirror.step(actions)
        assert rows.reward[0].tolist() == np.asarray(rewards, np.float32).tolist()
    assert terminated and rows.ended[0] == 1 and rows.terminated.all()


def test_rware_with_messages_has_several_heads():
    module = pytest.importorskip("rware.warehouse")
    played = Played(
        lambda: module.Warehouse(3, 8, 1, 2, 2, 1, 2, None, None, module.RewardType.INDIVIDUAL), copies=1
    )
    assert played.specification.heads == [5, 2, 2]
    rows = played.reset(1)
    played.step([1, 1, 0], [4, 0, 1])
    assert rows.ended[0] == 0, played.instance.errors


# Plain classes


class Plain:
    agents = ["x_0", "x_1", "y_0"]
    observation_size = {"x_0": 2, "x_1": 2, "y_0": 3}
    actions = {"x_0": ["a", "b"], "x_1": ["a", "b"], "y_0": (["a", "b", "c"], 4)}
    groups = {"x_0": "blue", "x_1": "blue", "y_0": "red"}
    observation_low, observation_high = 0, [1, 2, 3]
    reward_scope = "group"
    reward_low, reward_high = 0, 5
    observation_segments = [("first", 1), ("rest", 2, "of it")]
    seen: Any = None

    def reset(self, seed):
        self.t = 0
        return {agent: [0.5] * size for agent, size in self.observation_size.items()}

    def step(self, actions):
        self.seen = actions
        self.t += 1
        return self.reset(0) | {}, [1, 2], {"x_0": True, "x_1": False, "y_0": False}, self.t > 8

    def legal(self):
        return [[0, 1], [1, 0], [1, 0, 1, 0, 0, 0, 1]]

    def acting(self):
        return {"x_0": True, "x_1": False, "y_0": True}

    def elapsed(self):
        return 2.5


def test_a_plain_class_may_give_everything_by_agent():
    played = Played(Plain)
    wire = played.specification.wire
    assert [agent.role for agent in wire.agents] == ["x", "x", "y"] and wire.groups == ("blue", "red")
    assert wire.heads == (3, 4) and [agent.action_sizes for agent in wire.agents] == [(2, 0), (2, 0), (3, 4)]
    assert wire.observation_bounds.high == (1, 2, 3) and wire.reward_bounds.high == (5,)
    assert [segment.name for segment in wire.observation_segments] == ["first", "rest"]
    assert wire.action_names == (), "not all choices have names"
    rows = played.reset(3)
    assert rows.acting.tolist() == [[1, 0, 1]]
    assert rows.legal[0].tolist() == [[0, 1, 0, 1, 0, 0, 0], [1, 0, 0, 1, 0, 0, 0], [1, 0, 1, 0, 0, 0, 1]]
    played.step([1], [0], [2, 3])
    assert played.instance.batch._at(0).environment.seen == [[1], [0], [2, 3]]
    assert rows.reward.tolist() == [[1, 2]] and rows.elapsed[0] == 2.5
    assert rows.terminated.tolist() == [[1, 0, 0]] and rows.acting.tolist() == [[0, 0, 1]] and rows.ended[0] == 0


def test_a_plain_class_may_give_a_legal_list_for_each_head():
    class ByHead(Plain):
        def legal(self):
            return [[0, 1], [1, 0], [[1, 0, 1], [0, 0, 0, 1]]]

    assert Played(ByHead).reset(3).legal.tolist() == Played(Plain).reset(3).legal.tolist()


def test_a_plain_class_with_continuous_actions():
    class Arm:
        agents = ["arm_0", "arm_1"]
        observation_size = 1
        action_low, action_high = {"arm_0": [-1, -2], "arm_1": [-1]}, {"arm_0": [1, 2], "arm_1": [1]}

        def reset(self, seed):
            return [[seed % 7], [0]]

        def step(self, actions):
            assert [action.shape for action in actions] == [(2,), (1,)]
            return [[action.sum()] for action in actions], 0.5, False, True

    played = Played(Arm, copies=2)
    wire = played.specification.wire
    assert wire.action_bounds.low == (-1, -2) and [agent.role for agent in wire.agents] == ["arm_a", "arm_b"]
    rows = played.reset(3, 4)
    played.step([0.5, 1.5], [-0.25])
    assert rows.observation[0, :, 0].tolist() == [2, -0.25] and rows.reward.tolist() == [[0.5, 0.5]] * 2
    assert rows.ended.tolist() == [3, 3] and not rows.terminated.any()
    rows = played.reset(3, 4)
    with pytest.raises(ProtocolError, match=r"found action 3.0 of arm_0 in copy 0, component 1"):
        played.step([0.5, 3], [0])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"agents": None}, "no attribute 'agents'"),
        ({"agents": ["x_0", "x_0", "y_0"]}, "unique name"),
        ({"observation_size": {"x_0": 2}}, "found none for x_1"),
        ({"observation_segments": [("first", 1)]}, "found 1 components in all, expected 3"),
        ({"observation_high": [1, 2]}, "found 2 values, expected 1 or 3"),
        ({"actions": 0}, "0 choices"),
        ({"actions": None}, "'actions', or bounds"),
        ({"reward_scope": "everybody"}, "agent or group"),
        ({"roles": {"x_0": "r", "x_1": "r", "y_0": "r"}}, "different sizes"),
        ({"baselines": {"Bad Name": {}}}, "Bad Name"),
    ],
)
def test_what_is_wrong_with_a_plain_class_is_said_when_it_is_made(change, words):
    with pytest.raises(ProtocolError, match=words) as error:
        Played(type("Changed", (Plain,), change))
    assert error.value.code == "bad-parameters"


def test_what_is_no_environment_is_refused():
    with pytest.raises(ProtocolError, match="found a int"):
        Played(lambda: 3)
    with pytest.raises(ProtocolError, match="without bounds"):
        Played(lambda: gymnasium.make("Pendulum-v1").unwrapped.__class__.__new__(_Unbounded))


class _Unbounded(gymnasium.Env):
    observation_space = spaces.Discrete(2)
    action_space = spaces.Box(-np.inf, np.inf, (2,))

    def reset(self, *, seed=None, options=None):
        return 0, {}


# A batch class


def test_a_batch_class_is_made_once_with_all_copies():
    sys.path.insert(0, str(ROOT / "Tests" / "python" / "peers"))
    from plain_peers import Doubles

    made: list[int] = []

    class Counted(Doubles):
        def __init__(self, copies: int, width: int = 4) -> None:
            made.append(copies)
            super().__init__(copies, width)

    played = Played(Counted, copies=3)
    assert made == [0, 3] and played.instance.capabilities == ["argus.metrics/1"]
    rows = played.reset(7, 8, 9)
    played.step([1])
    assert rows.observation[:, 0, 0].tolist() == [8, 9, 10] and rows.reward[:, 0].tolist() == [1, 1, 1]
    assert rows.elapsed.tolist() == [1, 1, 1]


def test_numbers_of_a_batch_class_are_checked():
    sys.path.insert(0, str(ROOT / "Tests" / "python" / "peers"))
    from plain_peers import Doubles

    class Spoilt(Doubles):
        def step(self, mask, actions, rows):
            super().step(mask, actions, rows)
            rows.observation[1, 0, 2] = np.inf
            rows.observation[2] = 3e38  # finite, though a sum of them is not

    played = Played(Spoilt, copies=3)
    played.reset(1, 2, 3)
    with np.errstate(all="ignore"):
        rows = played.step([0])
    assert rows.ended.tolist() == [0, 2, 0]
    assert "observation of a_0: found inf in component 2" in played.message

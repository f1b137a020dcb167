"""One copy of a scenario as a PettingZoo ParallelEnv, stepped by the host in this process."""

from __future__ import annotations

import os
import random
from typing import Any

import numpy as np

from argus_env.errors import ArgusError
from argus_env.native import library as native
from argus_env.native.environment import NativeEnvironment, checked_index, checked_seed

try:
    from pettingzoo import ParallelEnv
except ImportError as error:
    raise ArgusError(
        "a package is missing (pettingzoo): found none, expected it for parallel_env. Try 'pip install pettingzoo', or "
        "make_vec, which does without.", "library") from error

from argus_env.native import spaces


def parallel_env(scenario: str, render_mode: str | None = None) -> ArgusParallelEnv:
    """Makes one copy of a scenario as a PettingZoo ``ParallelEnv``.

    Args:
        scenario: an id such as ``"warehouse/tiny-2ag"`` (`argus_env.scenarios()` lists them), or a file's path.
        render_mode: ``"ansi"``: `render` returns text; ``"human"``: it prints it, in colour.

    Raises:
        ArgusError: for an unknown scenario, a bad file, a missing library.
    """
    return ArgusParallelEnv(scenario, render_mode)


class ArgusParallelEnv(ParallelEnv):
    """A scenario in PettingZoo's terms.

    All arrays that are returned are copies and yours to keep (but the ``action_mask`` of a scenario without masks,
    which is always the same read-only one). Agents that are out leave `agents`; at the horizon all are truncated.

    Infos have for each agent ``action_mask`` (int8, as ``action_space(agent).sample(mask)`` takes it; for several heads
    a tuple of masks) unless actions are continuous, and ``acting``: False where the agent's next action is ignored.
    They always have the same keys, because wrappers of trainers count on it.

    Attributes:
        agents, possible_agents: as PettingZoo has them.
        last_episode: None until an episode has ended, then its ``returns`` by group, ``length``, ``seed``, ``metrics``.
        description: what the scenario is, as argus_client.h lists it.
    """

    def __init__(self, scenario: str, render_mode: str | None = None) -> None:
        modes = ["ansi", "human"]
        if render_mode is not None and render_mode not in modes:
            raise ArgusError(
                f"bad value (render_mode): found {render_mode!r}, expected None, 'ansi' or 'human'.", "argument")
        host = NativeEnvironment(scenario, 1, 1)
        description = host.description
        self._host: NativeEnvironment | None = host
        self._id = host.id
        self._step = host.library.step
        self._name = scenario
        self._rng = random.Random(os.urandom(16))
        self.description: dict[str, Any] = description
        self.render_mode = render_mode
        self.last_episode: dict[str, Any] | None = None
        self.metadata = {
            "name": description["scenario"]["id"], "render_modes": modes, "is_parallelizable": True,
        }
        agents = description["agents"]
        self.possible_agents = [agent["name"] for agent in agents]
        self.agents: list[str] = []
        self.observation_spaces = {
            agent["name"]: spaces.box(description["observation"], agent["observation_size"]) for agent in agents}
        self.action_spaces = {
            agent["name"]: spaces.action_space(description["actions"], agent["action_sizes"]) for agent in agents}
        self.state_space = spaces.box(description["state"])

        # The host's memory, without the axis of copies. Memory views are quicker than arrays for single elements.
        actions = host.array("actions")[0]
        self._is_simple = description["actions"]["kind"] == "discrete" and actions.shape[1] == 1
        self._action_rows = actions
        self._action_memory = memoryview(actions.reshape(-1))
        self._observations = host.array("observations")[0]
        self._rewards = memoryview(host.array("rewards")[0])
        self._acting = memoryview(host.array("acting")[0])
        self._agent_terminated = memoryview(host.array("agent_terminated")[0])
        self._nobody_terminated = bytes(len(agents))
        self._state = host.array("state")[0]
        self._final_observations = host.array("final_observations")[0]
        self._final_state = host.array("final_state")[0]
        self._has_ended = False

        size = description["observation"]["size"]
        full = all(agent["observation_size"] == size for agent in agents)
        self._widths: list[int] | None = None if full else [agent["observation_size"] for agent in agents]
        self._prepare_masks(host.array("legal")[0], host.array("final_legal")[0])
        self._set_live([])

    def _prepare_masks(self, legal: np.ndarray, final_legal: np.ndarray) -> None:
        """How an agent's mask is cut out of its padded row: a slice for each head."""
        actions = self.description["actions"]
        self._legal = legal.view(np.int8)
        self._final_legal = final_legal.view(np.int8)
        self._mask_slices: list[list[slice]] | None = None
        self._constant_masks: dict[str, Any] | None = None
        if actions["kind"] == "continuous":
            return
        starts = np.cumsum([0, *actions["heads"]])
        sizes = [agent["action_sizes"] for agent in self.description["agents"]]
        slices = [
            [slice(start, start + max(1, size)) for start, size in zip(starts, own)] for own in sizes]
        if any(own != actions["heads"] for own in sizes) or len(actions["heads"]) > 1:
            self._mask_slices = slices
        if self.description["scenario"]["masks"] == "none":
            ones = [tuple(np.ones(part.stop - part.start, np.int8) for part in own) for own in slices]
            for mask in (mask for own in ones for mask in own):
                mask.flags.writeable = False
            self._constant_masks = {
                name: own[0] if len(own) == 1 else own for name, own in zip(self.possible_agents, ones)}

    def _set_live(self, indices: list[int]) -> None:
        names = self.possible_agents
        self._live = indices
        self._live_names = [names[index] for index in indices]
        self._all_live = len(indices) == len(names)
        self._nobody = dict.fromkeys(self._live_names, False)
        self.agents = list(self._live_names)

    # MARK: PettingZoo

    def observation_space(self, agent: str) -> Any:
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> Any:
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, np.ndarray], dict[str, dict[str, Any]]]:
        """Begins a new episode.

        Args:
            seed: of this very episode, the same as for the command line and for `make_vec`; None: goes on with what the
                last seed gives.
            options: ignored.
        """
        host = self._host_or_closed()
        self._set_live([])
        if seed is None:
            seed = self._rng.getrandbits(50)
        else:
            seed = checked_seed(seed)
            self._rng = random.Random(seed)
        host.reset(native.LIST, [seed])
        if not host.array("active")[0]:
            raise self._failed(f"reset, seed {seed}")
        self._has_ended = False
        # An agent that plays no part in this episode is not there at all.
        self._set_live(list(range(len(self.possible_agents))))
        return self._observe(self._observations), self._infos(self._legal)

    def step(
        self, actions: dict[str, Any]
    ) -> tuple[
        dict[str, np.ndarray], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]],
    ]:
        if not self._live:
            raise self._not_running()
        try:
            if self._is_simple:
                memory = self._action_memory
                for index, name in zip(self._live, self._live_names):
                    memory[index] = actions[name]
            else:
                for index, name in zip(self._live, self._live_names):
                    self._write_row(index, actions[name])
        except (KeyError, TypeError, ValueError, OverflowError):
            raise self._bad_actions(actions) from None
        if len(actions) > len(self._live) and not set(actions).issubset(self.possible_agents):
            raise self._bad_actions(actions)
        ended = self._step(self._id)
        if ended == 0 and self._agent_terminated == self._nobody_terminated and self._all_live:
            nobody = self._nobody
            return (
                self._observe(self._observations), dict(zip(self._live_names, self._rewards.tolist())), nobody.copy(),
                nobody.copy(), self._infos(self._legal))
        if ended < 0:
            self._set_live([])
            raise self._host_or_closed().library.failure(-ended)
        return self._finish_step(ended != 0)

    def _finish_step(self, has_ended: bool) -> tuple[Any, ...]:
        """The result of a step after which somebody is out."""
        host = self._host_or_closed()
        self._has_ended = has_ended
        terminated = truncated = False
        if has_ended:
            if host.array("failed")[0]:
                self._set_live([])
                raise self._failed("step")
            terminated, truncated = bool(host.array("terminated")[0]), bool(host.array("truncated")[0])
        observations = self._observe(self._final_observations if has_ended else self._observations)
        infos = self._infos(self._final_legal if has_ended else self._legal)
        rewards, out = self._rewards.tolist(), self._agent_terminated.tolist()
        live = list(zip(self._live, self._live_names))
        terminations = {name: terminated or out[index] for index, name in live}
        truncations = {name: truncated and not out[index] for index, name in live}
        result = observations, {name: rewards[index] for index, name in live}, terminations, truncations, infos
        if has_ended:
            self.last_episode = self._episode(host)
            for info in infos.values():
                info["acting"] = False
        self._set_live([] if has_ended else [index for index, _ in live if not out[index]])
        return result

    def state(self) -> np.ndarray:
        """The global state, for central critics in training; policies must not see it."""
        self._host_or_closed()
        return (self._final_state if self._has_ended else self._state).copy()

    def render(self) -> str | None:
        if self.render_mode is None:
            return None
        text = self._host_or_closed().render(0, self.render_mode == "human")
        if self.render_mode == "ansi":
            return text
        print(text)
        return None

    def close(self) -> None:
        # The arrays' memory goes with the host.
        self.__dict__ = {
            "_host": None, "_live": [], "agents": [], "possible_agents": self.possible_agents, "_name": self._name,
            "observation_spaces": self.observation_spaces, "action_spaces": self.action_spaces, "_id": 0,
            "metadata": self.metadata, "render_mode": self.render_mode, "description": self.description,
            "state_space": self.state_space, "last_episode": self.last_episode,
        }

    # MARK: Text

    def rules(self, agent: str) -> str:
        """Role and rules of an agent in words."""
        return self._host_or_closed().rules(self._index(agent))

    def situation(self, agent: str) -> str:
        """The situation in words, as the agent sees it now: what its observation holds, no more."""
        return self._host_or_closed().situation(0, self._index(agent))

    def action_text(self, agent: str, choice: int) -> str:
        """One choice in words."""
        choice = checked_index(choice, sum(self.description["actions"].get("heads", [])), "choice")
        return self._host_or_closed().action_text(0, self._index(agent), choice)

    # MARK: Details

    def _observe(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """The live agents' rows as copies: rows of one new array."""
        rows = rows.copy()
        if self._widths is not None:
            return {
                name: rows[index, :self._widths[index]] for index, name in zip(self._live, self._live_names)}
        if self._all_live:
            return dict(zip(self._live_names, rows))
        return {name: rows[index] for index, name in zip(self._live, self._live_names)}

    def _infos(self, legal: np.ndarray) -> dict[str, dict[str, Any]]:
        acting = self._acting.tolist()
        live = zip(self._live, self._live_names)
        if self._constant_masks is not None:
            masks = self._constant_masks
            return {name: {"action_mask": masks[name], "acting": acting[index]} for index, name in live}
        if not self.description["actions"].get("heads"):
            return {name: {"acting": acting[index]} for index, name in live}
        legal = legal.copy()
        if self._mask_slices is None:
            return {name: {"action_mask": legal[index], "acting": acting[index]} for index, name in live}
        infos = {}
        for index, name in live:
            masks = tuple(legal[index, part] for part in self._mask_slices[index])
            infos[name] = {"action_mask": masks[0] if len(masks) == 1 else masks, "acting": acting[index]}
        return infos

    def _episode(self, host: NativeEnvironment) -> dict[str, Any]:
        returns = host.array("episode_returns")[0].tolist()
        names = [metric["name"] for metric in self.description["metrics"]]
        return {
            "returns": dict(zip(self.description["groups"], returns)),
            "length": int(host.array("episode_lengths")[0]),
            "seed": int(host.array("episode_seeds")[0]),
            "metrics": dict(zip(names, host.array("episode_metrics")[0].tolist())),
        }

    def _write_row(self, index: int, action: Any) -> None:
        """An action of several heads, or a continuous one; what the agent lacks is 0."""
        row = self._action_rows[index]
        sizes = self.description["agents"][index]["action_sizes"]
        given = np.asarray(action)
        discrete = row.dtype.kind == "i"
        width, kinds = (len(row), "iu") if discrete else (sizes[0], "fiu")
        if given.shape != (width,) or given.dtype.kind not in kinds:
            raise ValueError
        if discrete:
            np.clip(given, -1, np.iinfo(np.int32).max, out=row, casting="unsafe")
        else:
            row[:sizes[0]] = given

    def _bad_actions(self, actions: Any) -> ArgusError:
        """What is wrong with actions that could not be written."""
        for name in self._live_names:
            if not isinstance(actions, dict) or name not in actions:
                found = f"none for {name}"
                break
            space = self.action_spaces[name]
            value = np.asarray(actions[name])
            kinds = "iu" if self._action_rows.dtype.kind == "i" else "fiu"
            if value.shape != space.shape or value.dtype.kind not in kinds:
                found = f"{actions[name]!r} for {name}"
                break
        else:
            unknown = set(actions).difference(self.possible_agents)
            found = f"an action for {min(unknown)!r}" if unknown else repr(actions)
        return ArgusError(
            f"bad actions ({self._name}): found {found}, expected one of {self.action_spaces[self._live_names[0]]} for "
            f"each of {', '.join(self._live_names)}.", "argument")

    def _failed(self, where: str) -> ArgusError:
        reason = self._host_or_closed().report() or "no reason given"
        return ArgusError(
            f"episode failed ({self._name}, {where}): found {reason}, expected an episode that can be played. Try "
            "another reset().")

    def _not_running(self) -> ArgusError:
        if self._host is None:
            return self._closed()
        return ArgusError(
            f"no episode is running ({self._name}): found a step with no agents left, expected reset() before.",
            "argument")

    def _index(self, agent: str) -> int:
        if agent not in self.possible_agents:
            raise ArgusError(
                f"unknown agent ({self._name}): found {agent!r}, expected one of {', '.join(self.possible_agents)}.",
                "argument")
        return self.possible_agents.index(agent)

    def _host_or_closed(self) -> NativeEnvironment:
        if self._host is None:
            raise self._closed()
        return self._host

    def _closed(self) -> ArgusError:
        return ArgusError(
            f"environment is closed ({self._name}): found a call after close(), expected none. Try parallel_env() "
            "again.", "closed")

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy of its own: what runs here cannot be moved to another process.
        return parallel_env, (self._name, self.render_mode)

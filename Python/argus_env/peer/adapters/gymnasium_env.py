"""Gymnasium's `Env`: one agent, or a team where the spaces are Tuples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from argus_env.peer.adapters.copy import CopyAdapter
from argus_env.peer.adapters.space_team import SpaceTeam
from argus_env.peer.rows import ENDED_NO, ENDED_TERMINATED, ENDED_TIME_LIMIT, CopyRows
from argus_env.peer.seeding import seed_mapping
from argus_env.peer.spaces import is_tuple


class SingleAgentAdapter(CopyAdapter):
    """One copy of a Gymnasium `Env` with its one agent, `agent_0`.

    `truncated` becomes a time limit of the environment's own. A mask of the legal actions is taken from
    `info["action_mask"]`, or from a Dict observation with that key.
    """

    def __init__(self, environment: Any, plan: SpaceTeam, seed_of: Callable[[int], int]) -> None:
        self.environment = environment
        self.team = plan
        self.seed_of = seed_of

    @classmethod
    def probe(cls, environment: Any, groups: Mapping[str, str] | str | None) -> tuple[Any, ...]:
        seed_of = seed_mapping(lambda seed: environment.reset(seed=seed))
        spaces = [environment.observation_space], [environment.action_space]
        limit = getattr(getattr(environment, "spec", None), "max_episode_steps", None)
        return SpaceTeam(["agent_0"], *spaces, groups=groups, horizon=limit or 0), seed_of

    @staticmethod
    def specification_of(plan: tuple[Any, ...]) -> Any:
        return plan[0].specification

    def reset(self, seed: int, rows: CopyRows) -> None:
        observation, info = self.environment.reset(seed=self.seed_of(seed))
        self.team.observe(0, observation, info, rows, acts=True)

    def step(self, actions: Any, rows: CopyRows) -> None:
        observation, reward, terminated, truncated, info = self.environment.step(self.team.action(0, actions[0]))
        self.team.observe(0, observation, info, rows, acts=not terminated)
        rows.reward[0] = reward
        rows.pass_time(1)
        rows.end(ENDED_TERMINATED if terminated else ENDED_TIME_LIMIT if truncated else ENDED_NO)


class TupleTeamAdapter(CopyAdapter):
    """One copy of a Gymnasium `Env` that is a team: as many agents as its Tuple spaces have parts.

    The convention of `rware`, `lbforaging` and their kin: `step` takes a tuple of actions and returns a tuple of
    observations, a list of rewards and one `terminated` and `truncated` for all (or a list of either). Agents are
    called as the environment's `agent_names` says, and `agent_0`, `agent_1`, … without it.
    """

    def __init__(self, environment: Any, plan: SpaceTeam, seed_of: Callable[[int], int]) -> None:
        self.environment = environment
        self.team = plan
        self.seed_of = seed_of

    @classmethod
    def fits(cls, environment: Any) -> bool:
        """Whether the spaces are those of a team."""
        observation, action = environment.observation_space, environment.action_space
        return is_tuple(observation) and is_tuple(action) and len(observation.spaces) == len(action.spaces)

    @classmethod
    def probe(cls, environment: Any, groups: Mapping[str, str] | str | None) -> tuple[Any, ...]:
        seed_of = seed_mapping(lambda seed: environment.reset(seed=seed))
        observations, actions = environment.observation_space.spaces, environment.action_space.spaces
        names = list(getattr(environment, "agent_names", None) or (f"agent_{i}" for i in range(len(observations))))
        if len(names) != len(observations):
            raise ValueError(f"agent_names: found {len(names)}, expected {len(observations)} as in the spaces")
        return SpaceTeam(names, observations, actions, groups=groups), seed_of

    @staticmethod
    def specification_of(plan: tuple[Any, ...]) -> Any:
        return plan[0].specification

    def reset(self, seed: int, rows: CopyRows) -> None:
        observations, info = self.environment.reset(seed=self.seed_of(seed))
        self._observe(observations, info, rows, [True] * len(self.team.keys))

    def step(self, actions: Any, rows: CopyRows) -> None:
        team = self.team
        chosen = tuple(team.action(agent, actions[agent]) for agent in range(len(team.keys)))
        observations, rewards, terminated, truncated, info = self.environment.step(chosen)
        out = np.broadcast_to(np.asarray(terminated, bool), len(team.keys))
        if len(rewards) != len(team.keys):
            raise ValueError(f"rewards: found {len(rewards)}, expected {len(team.keys)}, one an agent")
        rows.reward[:] = rewards
        rows.terminated[:] = out
        self._observe(observations, info, rows, (~out).tolist())
        rows.pass_time(1)
        rows.end(ENDED_TERMINATED if out.all() else ENDED_TIME_LIMIT if np.all(truncated) else ENDED_NO)

    def _observe(self, observations: Any, info: Any, rows: CopyRows, acts: list[bool]) -> None:
        if len(observations) != len(self.team.keys):
            raise ValueError(f"observations: found {len(observations)}, expected {len(self.team.keys)}, one an agent")
        masks = info.get("action_mask") if isinstance(info, Mapping) else None
        for agent, observation in enumerate(observations):
            own = None if masks is None else {"action_mask": masks[agent]}
            self.team.observe(agent, observation, own, rows, acts=acts[agent])

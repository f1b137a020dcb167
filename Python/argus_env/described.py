"""What `make_vec` and `connect` have in common: an environment as its description tells it."""

from __future__ import annotations

import functools
from typing import Any

from argus_env.errors import ArgusError
from argus_env.native.environment import checked_index


class DescribedVectorEnv:
    """Names, sizes and spaces out of the description, as `argus_client.h` lists its keys."""

    def _describe(self, description: dict[str, Any]) -> None:
        self.description = description
        self.scenario: str = description["scenario"]["id"]
        self.horizon: int = description["scenario"]["horizon"]
        self.num_envs: int = description["copies"]
        self.agents: list[str] = [agent["name"] for agent in description["agents"]]
        self.roles: list[str] = [agent["role"] for agent in description["agents"]]
        self.groups: list[str] = description["groups"]
        self.group_of_agent: list[int] = [agent["group"] for agent in description["agents"]]
        self.observation_size: int = description["observation"]["size"]
        self.observation_sizes: list[int] = [agent["observation_size"] for agent in description["agents"]]
        self.is_discrete: bool = description["actions"]["kind"] == "discrete"
        self.head_sizes: list[int] = description["actions"].get("heads", [])
        self.action_sizes: list[list[int]] = [agent["action_sizes"] for agent in description["agents"]]
        self.state_size: int = description["state"]["size"]
        self.metrics: list[str] = [metric["name"] for metric in description["metrics"]]
        self.baselines: list[str] = [baseline["name"] for baseline in description["baselines"]]

    # MARK: Spaces

    @functools.cached_property
    def single_observation_space(self) -> Any:
        """A Gymnasium Box of one agent's row. Needs the package gymnasium, as all spaces do."""
        from argus_env.native import spaces

        return spaces.box(self.description["observation"])

    @functools.cached_property
    def single_action_space(self) -> Any:
        """Discrete, MultiDiscrete or Box of one agent's action, the largest of all agents."""
        from argus_env.native import spaces

        return spaces.action_space(self.description["actions"])

    @functools.cached_property
    def state_space(self) -> Any:
        """A Gymnasium Box of one copy's state."""
        from argus_env.native import spaces

        return spaces.box(self.description["state"])

    # MARK: Indices

    def _copy(self, copy: int) -> int:
        return checked_index(copy, self.num_envs, "copy")

    def _agent(self, agent: int | str) -> int:
        if isinstance(agent, str):
            if agent not in self.agents:
                raise ArgusError(
                    f"unknown agent ({self.scenario}): found {agent!r}, expected one of {', '.join(self.agents)}.",
                    "argument")
            return self.agents.index(agent)
        return checked_index(agent, len(self.agents), "agent")

"""What PettingZoo's two kinds of environments have in common: agents by name, each with spaces of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from argus_env.peer.adapters.copy import CopyAdapter
from argus_env.peer.adapters.space_team import SpaceTeam, probe_state
from argus_env.peer.seeding import seed_mapping


class PettingZooAdapter(CopyAdapter):
    """One copy of a PettingZoo environment. `out`: agents that have left the episode."""

    def __init__(self, environment: Any, plan: SpaceTeam, seed_of: Callable[[int], int]) -> None:
        self.environment = environment
        self.team = plan
        self.seed_of = seed_of
        self.out: set[Any] = set()

    @classmethod
    def probe(cls, environment: Any, groups: Mapping[str, str] | str | None) -> tuple[Any, ...]:
        agents = list(environment.possible_agents)
        seed_of = seed_mapping(lambda seed: environment.reset(seed=seed))
        team = SpaceTeam(
            agents,
            [environment.observation_space(agent) for agent in agents],
            [environment.action_space(agent) for agent in agents],
            groups=groups,
            state=probe_state(environment),
        )
        return team, seed_of

    @staticmethod
    def specification_of(plan: tuple[Any, ...]) -> Any:
        return plan[0].specification

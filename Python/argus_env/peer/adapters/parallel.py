"""PettingZoo's `ParallelEnv`: every live agent acts at every step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from argus_env.peer.adapters.copy import CopyAdapter
from argus_env.peer.adapters.space_team import SpaceTeam, probe_state
from argus_env.peer.rows import ENDED_NO, ENDED_TERMINATED, ENDED_TIME_LIMIT, CopyRows
from argus_env.peer.seeding import seed_mapping


class ParallelAdapter(CopyAdapter):
    """One copy of a PettingZoo `ParallelEnv`.

    Agents keep their slots: one that is no longer in `agents` is terminated, does not act and has a row of zeros. When
    no agent is left, the episode was cut short by the environment's own time limit if the last to leave were truncated,
    and terminated by rule otherwise.
    """

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

    def reset(self, seed: int, rows: CopyRows) -> None:
        observations, infos = self.environment.reset(seed=self.seed_of(seed))
        self.out.clear()
        self._observe(observations, infos, rows)

    def step(self, actions: Any, rows: CopyRows) -> None:
        team, environment = self.team, self.environment
        chosen = {agent: team.action(team.index[agent], actions[team.index[agent]]) for agent in environment.agents}
        observations, rewards, terminations, truncations, infos = environment.step(chosen)
        live = environment.agents
        rows.reward[:] = 0
        for agent, reward in rewards.items():
            rows.reward[team.index[agent]] = reward
        self._observe(observations, infos, rows)
        cut = [agent for agent in chosen if truncations.get(agent) and not terminations.get(agent)]
        ended = ENDED_NO
        if not live:
            ended = ENDED_TIME_LIMIT if cut else ENDED_TERMINATED
        for agent in team.keys:
            index = team.index[agent]
            if agent in live:
                self.out.discard(agent)
                rows.terminated[index] = 0
            elif agent in chosen or agent in self.out:
                self.out.add(agent)
                rows.terminated[index] = 1
        if ended == ENDED_TIME_LIMIT:
            # Those that were cut short would have gone on: their value is that of their last observation.
            for agent in cut:
                index = team.index[agent]
                rows.terminated[index] = 0
                if agent in observations:
                    team.observe(index, observations[agent], infos.get(agent), rows, acts=True)
        rows.pass_time(1)
        rows.end(ended)

    def _observe(self, observations: Any, infos: Any, rows: CopyRows) -> None:
        team = self.team
        live = self.environment.agents
        for agent, index in team.index.items():
            if agent in observations:
                team.observe(index, observations[agent], infos.get(agent), rows, acts=agent in live)
            elif agent in live:
                raise ValueError(f"observations: found none for {agent}, expected one for each of {live}")
            else:
                rows.observation[index] = 0
                rows.rest(index)
        if rows.state is not None:
            team.write_state(self.environment.state(), rows)

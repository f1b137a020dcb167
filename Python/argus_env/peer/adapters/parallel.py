"""PettingZoo's `ParallelEnv`: every live agent acts at every step."""

from __future__ import annotations

from typing import Any

from argus_env.peer.adapters.pettingzoo_copy import PettingZooAdapter
from argus_env.peer.rows import ENDED_NO, ENDED_TERMINATED, ENDED_TIME_LIMIT, CopyRows


class ParallelAdapter(PettingZooAdapter):
    """One copy of a PettingZoo `ParallelEnv`.

    Agents keep their slots: one that is no longer in `agents` is terminated, does not act and has a row of zeros. When
    no agent is left, the episode was cut short by the environment's own time limit if the last to leave were truncated,
    and terminated by rule otherwise.
    """

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

"""PettingZoo's `AECEnv`: agents act one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from argus_env.peer.adapters.pettingzoo_copy import PettingZooAdapter
from argus_env.peer.adapters.space_team import SpaceTeam
from argus_env.peer.rows import ENDED_NO, ENDED_TERMINATED, ENDED_TIME_LIMIT, CopyRows


class TurnAdapter(PettingZooAdapter):
    """One copy of a PettingZoo `AECEnv`. A step is one turn.

    Only the selected agent acts; the others' observations are brought up to date all the same. The reward of a step is
    what it adds to each agent's cumulative reward. Agents that are out are stepped with None here, as the interface
    demands, so that the next turn is always a live agent's.
    """

    def __init__(self, environment: Any, plan: SpaceTeam, seed_of: Callable[[int], int]) -> None:
        super().__init__(environment, plan, seed_of)
        self.selected: Any = None

    def reset(self, seed: int, rows: CopyRows) -> None:
        self.environment.reset(seed=self.seed_of(seed))
        self.out.clear()
        self._pass_the_dead()
        self._observe(rows, [], [])

    def step(self, actions: Any, rows: CopyRows) -> None:
        team, environment = self.team, self.environment
        agent = self.selected
        before = dict(environment._cumulative_rewards)
        environment.step(team.action(team.index[agent], actions[team.index[agent]]))
        after = environment._cumulative_rewards
        for key, index in team.index.items():
            # The interface clears the cumulative reward of the agent whose turn begins.
            rows.reward[index] = after.get(key, 0) - (0 if key == agent else before.get(key, 0))
        left = self._note_leavers(rows)
        cut = [key for key in left if not environment.terminations[key]]
        ended = ENDED_NO
        if not any(self._is_live(key) for key in environment.agents):
            ended = ENDED_TIME_LIMIT if cut else ENDED_TERMINATED
        else:
            self._pass_the_dead()
            left += self._note_leavers(rows)
        self._observe(rows, left, cut if ended == ENDED_TIME_LIMIT else [])
        rows.pass_time(1)
        rows.end(ended)

    def _is_live(self, agent: Any) -> bool:
        environment = self.environment
        return not (environment.terminations.get(agent, True) or environment.truncations.get(agent, False))

    def _note_leavers(self, rows: CopyRows) -> list[Any]:
        """Marks the agents that went out since the last call, and returns them."""
        left = [key for key in self.environment.agents if key not in self.out and not self._is_live(key)]
        for agent in left:
            self.out.add(agent)
            rows.terminated[self.team.index[agent]] = 1
        return left

    def _pass_the_dead(self) -> None:
        """Steps the agents that are out with None until a live one is selected."""
        environment = self.environment
        for _ in range(4 * len(self.team.keys) + 4):
            agent = environment.agent_selection
            if self._is_live(agent):
                self.selected = agent
                return
            environment.step(None)
        raise ValueError("agent_selection: found only agents that are out, expected a live one")

    def _observe(self, rows: CopyRows, left: list[Any], cut: list[Any]) -> None:
        """Rows of all agents: live ones, and those that `left` in this step, whose last observation still counts.

        Those in `cut` would have gone on: they are not terminated, and the one whose turn it was acts.
        """
        team, environment = self.team, self.environment
        selected = environment.agent_selection
        for agent, index in team.index.items():
            if agent in cut:
                rows.terminated[index] = 0
            if agent in environment.agents and (agent in left or self._is_live(agent)):
                acts = agent == selected and (agent in cut or self._is_live(agent))
                observation = environment.observe(agent)
                team.observe(index, observation, environment.infos.get(agent), rows, acts=acts)
            else:
                rows.observation[index] = 0
                rows.rest(index)
        if rows.state is not None:
            team.write_state(environment.state(), rows)

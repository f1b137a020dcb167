"""The copies' episodes as arrays: what the host keeps beside the rows that an environment sends."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from argus_env.remote.seeds import EpisodeSeeds
from argus_env.wire.descriptor import Scenario
from argus_env.wire.specification import Specification


class Episodes:
    """Where each copy stands, what the last step gave, and how ended episodes ended. All arrays are [copies, ...]."""

    def __init__(self, specification: Specification, scenario: Scenario, copies: int) -> None:
        agents = len(specification.agents)
        width, choices = specification.observation_width, specification.choices
        self.copies = copies
        self.group_of_agent = [agent.group for agent in specification.agents]
        self.groups = len(specification.groups)
        self._per_agent = specification.reward_scope == "agent"
        self._team = scenario.reward == "team"
        self._native = scenario.state == "native"
        state = specification.state_width if self._native else agents * width

        # What agents see now.
        self.observations: NDArray[np.float32] = np.zeros((copies, agents, width), np.float32)
        self.legal: NDArray[np.bool_] = np.zeros((copies, agents, choices), bool)
        self.acting: NDArray[np.bool_] = np.zeros((copies, agents), bool)
        # Concatenated states are the observations in another shape.
        self.state: NDArray[np.float32] = (
            np.zeros((copies, state), np.float32) if self._native else self.observations.reshape(copies, state)
        )
        if specification.discrete:
            self.legal[:] = all_legal(specification)

        # The running episodes.
        self.active: NDArray[np.bool_] = np.zeros(copies, bool)
        self.start: NDArray[np.bool_] = np.zeros(copies, bool)
        self.index: NDArray[np.int64] = np.full(copies, -1, np.int64)
        self.seeds: NDArray[np.uint64] = np.zeros(copies, np.uint64)
        self.steps: NDArray[np.int64] = np.zeros(copies, np.int64)
        self.returns: NDArray[np.float64] = np.zeros((copies, self.groups), np.float64)
        self.next_seeds: NDArray[np.uint64] = np.zeros(copies, np.uint64)
        self.has_next: NDArray[np.bool_] = np.zeros(copies, bool)

        # The last step.
        self.rewards: NDArray[np.float32] = np.zeros((copies, agents), np.float32)
        self.agent_terminated: NDArray[np.bool_] = np.zeros((copies, agents), bool)
        self.terminated: NDArray[np.bool_] = np.zeros(copies, bool)
        self.truncated: NDArray[np.bool_] = np.zeros(copies, bool)
        self.failed: NDArray[np.bool_] = np.zeros(copies, bool)
        self.ended: NDArray[np.bool_] = np.zeros(copies, bool)
        self.elapsed: NDArray[np.float32] = np.zeros(copies, np.float32)

        # Episodes that ended in the last step; other rows are old.
        self.final_observations = np.zeros_like(self.observations)
        self.final_legal = np.zeros_like(self.legal)
        self.final_acting = np.zeros_like(self.acting)
        self.final_state: NDArray[np.float32] = (
            np.zeros_like(self.state) if self._native else self.final_observations.reshape(copies, state)
        )
        self.episode_returns = np.zeros_like(self.returns)
        self.episode_lengths = np.zeros_like(self.steps)
        self.episode_seeds = np.zeros_like(self.seeds)
        self.episode_metrics: NDArray[np.float64] = np.full((copies, len(specification.metrics)), np.nan)

    def rewind(self) -> None:
        """Before the first episodes after a reset."""
        self.index[:] = -1
        for array in (self.rewards, self.agent_terminated, self.terminated, self.truncated, self.failed, self.ended):
            array[...] = 0

    def begin(self, copies: NDArray[np.intp], episodes: EpisodeSeeds) -> None:
        """Begins the next episode of these copies; those without one rest."""
        self.index[copies] += 1
        self.steps[copies] = 0
        self.start[copies] = True
        self.returns[copies] = 0
        for copy in copies.tolist():
            episode = int(self.index[copy])
            seed = episodes.seed(copy, episode, self.copies)
            self.active[copy] = seed is not None
            self.seeds[copy] = seed or 0
            if seed is None:
                self.acting[copy] = False
            self.look_ahead(copy, episodes)

    def look_ahead(self, copy: int, episodes: EpisodeSeeds) -> None:
        """Notes the seed of the episode after the running one."""
        following = episodes.seed(copy, int(self.index[copy]) + 1, self.copies)
        self.has_next[copy] = following is not None
        self.next_seeds[copy] = following or 0

    def show(
        self, rows: dict[str, NDArray[Any]], copies: NDArray[np.intp] | slice, source: slice | None = None
    ) -> None:
        """Takes observation, legal, acting and state of these copies.

        `source`: where they are in `rows`, if not in the same places.
        """
        place = copies if source is None else source
        self.observations[copies] = rows["observation"][place]
        self.acting[copies] = rows["acting"][place] != 0
        if "legal" in rows and rows["legal"].size:
            self.legal[copies] = rows["legal"][place] != 0
        if self._native:
            self.state[copies] = rows["state"][place]

    def reward(self, rows: NDArray[np.float32], valid: NDArray[np.bool_]) -> None:
        """Hands out the step's rewards and adds them to the returns of the copies in `valid`; others get 0.

        Sums run in the agents' order, one after the other, as the host's: the same numbers to the last bit.
        """
        rows = np.where(valid[:, None], rows, np.float32(0))
        if not self._per_agent:
            self.returns += rows
            self.rewards[...] = rows[:, self.group_of_agent]
            return
        sums = np.zeros((self.copies, self.groups), np.float32)
        for agent, group in enumerate(self.group_of_agent):
            self.returns[:, group] += rows[:, agent]
            sums[:, group] += rows[:, agent]
        self.rewards[...] = sums[:, self.group_of_agent] if self._team else rows

    def finish(self, over: NDArray[np.intp]) -> None:
        """Keeps the numbers of the episodes of these copies."""
        self.episode_returns[over] = self.returns[over]
        self.episode_lengths[over] = self.steps[over]
        self.episode_seeds[over] = self.seeds[over]

    def keep_final(
        self, copies: NDArray[np.intp], rows: dict[str, NDArray[Any]], chosen: NDArray[np.intp] | slice
    ) -> None:
        """Keeps the last rows of these copies, which are the `chosen` ones of `rows`."""
        self.final_observations[copies] = rows["observation"][chosen]
        self.final_acting[copies] = rows["acting"][chosen] != 0
        self.final_legal[copies] = rows["legal"][chosen] != 0 if rows.get("legal", _NONE).size else self.legal[copies]
        if self._native:
            self.final_state[copies] = rows["state"][chosen]


_NONE = np.zeros(0)


def all_legal(specification: Specification) -> NDArray[np.bool_]:
    """Legal rows [agents, choices] where everything that an agent has is legal; of a head that it lacks choice 0."""
    legal = np.zeros((len(specification.agents), specification.choices), bool)
    for row, agent in zip(legal, specification.agents):
        first = 0
        for own, size in zip(agent.action_sizes, specification.heads):
            row[first : first + max(1, own)] = True
            first += size
    return legal

"""What a vector environment offers beside its arrays: text, pictures, snapshots, scripted policies."""

from __future__ import annotations

import numpy as np

from argus_env.described import DescribedVectorEnv
from argus_env.native.environment import NativeEnvironment, checked_index


class VectorViews(DescribedVectorEnv):
    """The part of VectorEnv that concerns single copies and built-in policies."""

    scenario: str
    num_envs: int
    agents: list[str]
    head_sizes: list[int]
    actions: np.ndarray

    def _host_or_closed(self) -> NativeEnvironment:
        raise NotImplementedError

    def rules(self, agent: int | str = 0) -> str:
        """Role and rules of an agent in words."""
        return self._host_or_closed().rules(self._agent(agent))

    def situation(self, copy: int, agent: int | str) -> str:
        """The situation in words, as one agent sees it now: what its observation holds, no more."""
        return self._host_or_closed().situation(self._copy(copy), self._agent(agent))

    def action_text(self, copy: int, agent: int | str, choice: int) -> str:
        """One choice in words; `choice` counts through all heads, as ``action_mask`` does."""
        choice = checked_index(choice, sum(self.head_sizes), "choice")
        return self._host_or_closed().action_text(self._copy(copy), self._agent(agent), choice)

    def render(self, copy: int = 0, color: bool = False) -> str:
        """A picture of one copy as lines of text; `color`: with ANSI colours."""
        return self._host_or_closed().render(self._copy(copy), color)

    def snapshot(self, copy: int) -> bytes:
        """The dynamic state of one copy, for `restore` in any copy of the same scenario."""
        return self._host_or_closed().snapshot(self._copy(copy))

    def restore(self, copy: int, snapshot: bytes, chance_seed: int | None = None) -> None:
        """Continues one copy from a snapshot; `chance_seed`: with another future. See `observations` afterwards."""
        self._host_or_closed().restore(self._copy(copy), snapshot, chance_seed)

    def act(self, team: str = "scripted", seed: int = 0) -> np.ndarray:
        """What a team of built-in policies would do next, shaped like `actions` (which it overwrites).

        Args:
            team: ``"random"`` (uniform among legal choices), ``"scripted"``, ``"scripted:NAME"`` with a name in
                `baselines`, or different ones by agent: ``"robot_0=scripted,*=random"``.
            seed: keys random choices, together with the episode, the step and the agent.
        """
        self._host_or_closed().act(team, seed)
        return self.actions.copy()

    def last_report(self) -> str:
        """What the environment last reported, such as why an episode failed."""
        return self._host_or_closed().report()

"""What a policy knows of the agent that it plays."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from argus_env.wire.metas import Join
from argus_env.wire.specification import Specification


@dataclasses.dataclass(frozen=True)
class PolicyAgent:
    """One agent of a scenario, as its policy is told at the beginning.

    Attributes:
        name, role, index: which agent.
        observation_size: components of its observation.
        head_sizes: discrete actions: choices of each head (0: a head that it lacks); empty for continuous actions.
        action_size: continuous actions: components; 0 for discrete ones. `action_low`, `action_high`: their bounds.
        action_names: names of its choices, one head after the other; empty where the environment gives none.
        copies: how many episodes run side by side: the rows of each call.
        scenario, horizon: the scenario's id, and its steps an episode.
        seed: fixed by the run; `mode`: "sampled", "greedy" or None for as the policy likes.
        rules: role and rules in words; None without texts.
        specification: all of the environment's.
    """

    name: str
    role: str
    index: int
    observation_size: int
    head_sizes: tuple[int, ...]
    action_size: int
    action_low: NDArray[np.float32]
    action_high: NDArray[np.float32]
    action_names: tuple[str, ...]
    copies: int
    scenario: str
    horizon: int
    seed: int
    mode: str | None
    rules: str | None
    specification: Specification
    # Where in a legal row its own choices stand.
    choice_columns: NDArray[np.intp]

    @property
    def discrete(self) -> bool:
        return self.specification.discrete

    @property
    def action_width(self) -> int:
        """Elements of an action row on the wire."""
        return self.specification.action_size

    @classmethod
    def of(cls, specification: Specification, join: Join, index: int, rules: str | None) -> PolicyAgent:
        """The agent with this number, for what JOIN says."""
        agent = specification.agents[index]
        sizes = agent.action_sizes if specification.discrete else ()
        columns: list[int] = []
        first = 0
        for own, padded in zip(sizes, specification.heads, strict=True):
            columns.extend(range(first, first + own))
            first += padded
        size = 0 if specification.discrete else agent.action_sizes[0]
        bounds = specification.action_bounds
        low, high = (bounds.low[:size], bounds.high[:size]) if bounds is not None else ((), ())
        names = specification.action_names
        return cls(
            name=agent.name,
            role=agent.role,
            index=index,
            observation_size=agent.observation_size,
            head_sizes=sizes,
            action_size=size,
            action_low=np.asarray(low, np.float32),
            action_high=np.asarray(high, np.float32),
            action_names=tuple(names[column] for column in columns) if names else (),
            copies=join.copies,
            scenario=join.scenario,
            horizon=join.horizon,
            seed=join.seed,
            mode=join.mode,
            rules=rules,
            specification=specification,
            choice_columns=np.asarray(columns, np.intp),
        )

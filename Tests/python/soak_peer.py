"""One of many peers that notice any exchanged message: `soak_peer.py environment` or `soak_peer.py policy`.

An observation says whose it is: the seed of its episode, the agent and the step. The policy answers with a number that
follows from these three, and the environment fails unless it gets the one that follows from its own. So a reply or a
request that another copy, step, agent or process was meant to have ends in a failed episode; and the returns follow
from the seeds alone.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

CHOICES = 97
# Of a seed, what is exact as f32.
PART = 1 << 22


def choice(seed: Any, agent: int, step: Any) -> Any:
    """What an agent must do."""
    return (seed * 31 + agent * 17 + step * 7) % CHOICES


def length(seed: int) -> int:
    return 5 + seed % 20


def reward(seed: int, step: int) -> int:
    return (seed + step * step) % 13


def expected_return(seed: int) -> int:
    """The sum of both agents' rewards."""
    part = seed % PART
    return sum(reward(part, step + 1) for step in range(length(part)))


class Witness:
    """Two agents who each must say what their own observation asks for."""

    agents = ["first", "second"]
    observation_size = 4
    actions = CHOICES
    reward_scope = "group"

    def reset(self, seed: int) -> list[list[float]]:
        self.seed, self.steps = seed % PART, 0
        return self.observe()

    def observe(self) -> list[list[float]]:
        return [[self.seed, agent, self.steps, -1.0] for agent in range(2)]

    def step(self, actions: Sequence[int]) -> tuple[list[list[float]], float, bool]:
        for agent, action in enumerate(actions):
            wanted = choice(self.seed, agent, self.steps)
            if action != wanted:
                raise ValueError(f"seed {self.seed}, step {self.steps}, agent {agent}: found {action}, not {wanted}")
        self.steps += 1
        return self.observe(), reward(self.seed, self.steps), self.steps == length(self.seed)


class Answers:
    """The policy of one agent: checks that what it sees is its own, and answers."""

    def __init__(self, agent: Any) -> None:
        self.agent = agent.index

    def act(self, observations: np.ndarray, legal: np.ndarray, acting: np.ndarray) -> np.ndarray:
        rows = observations.astype(np.int64)
        if (rows[acting, 1] != self.agent).any():
            raise ValueError(f"agent {self.agent}: found rows of {set(rows[acting, 1])}")
        return choice(rows[:, 0], self.agent, rows[:, 2])


def main() -> None:
    import argus_env

    if sys.argv[1] == "environment":
        argus_env.serve(Witness, name="witness")
    else:
        argus_env.serve_policy(Answers, name="answers")


if __name__ == "__main__":
    main()

"""Policies for tests: one that shows what it is given, and ones that are wrong."""

from __future__ import annotations

import json
import sys
from typing import Any

import argus_env
import numpy as np


class Showing:
    """Chooses by what it sees; writes down what it was given."""

    wants_text = True

    def __init__(self, agent: Any) -> None:
        self.agent = agent
        self.memory = np.zeros(agent.copies, int)

    def act(self, observations: Any, legal: Any, *, start: Any, random: Any, acting: Any, situation: Any = None) -> Any:
        self.memory[start] = 0
        self.memory += 1
        print(
            json.dumps(
                [self.agent.name, observations.tolist(), start.tolist(), random.tolist(), acting.tolist(), situation]
            ),
            file=sys.stderr,
            flush=True,
        )
        return np.minimum(self.memory - 1, legal.shape[1] - 1)


class Wrong:
    def __init__(self, agent: Any, how: str) -> None:
        self.how = how
        if how == "make":
            raise ValueError("cannot play here")

    def act(self, observations: Any, legal: Any) -> Any:
        if self.how == "raise":
            raise KeyError("lost")
        if self.how == "shape":
            return np.zeros(observations.shape[0] + 1, int)
        if self.how == "range":
            return np.full(observations.shape[0], 99)
        return np.zeros(observations.shape[0])


class Continuous:
    """Plays all agents: twice the first number, which is clipped."""

    def act(self, observations: Any, legal: Any, agent: Any) -> Any:
        assert legal is None
        return np.repeat(2 * observations[:, :1], agent.action_size, axis=1)


if __name__ == "__main__":
    if sys.argv[1] == "show":
        argus_env.serve_policy(Showing)
    elif sys.argv[1] == "continuous":
        argus_env.serve_policy(Continuous())
    else:
        argus_env.serve_policy(lambda agent: Wrong(agent, sys.argv[1]))

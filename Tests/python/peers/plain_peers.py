"""Peers for tests: plain classes, one that fails on demand, and a batch class."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any, Literal

import argus_env
import numpy as np
from argus_env.peer import Range


class Counter:
    """Counts; what it is told to do wrong, it does wrong."""

    agents = ["counter_0", "counter_1"]
    observation_size = 3
    actions = 3
    rules = "Count."

    def __init__(
        self,
        limit: Annotated[int, Range(1, 1000), "Steps until it ends."] = 5,
        fault: Literal[
            "none", "step", "reset", "shape", "nan", "make", "hang", "exit", "reward", "count", "second-reset"
        ] = "none",
        scale: float = 1.0,
    ) -> None:
        if fault == "make":
            raise RuntimeError("cannot be made")
        self.limit, self.fault, self.scale = limit, fault, scale
        self.resets = 0

    def reset(self, seed: int) -> Any:
        self.resets += 1
        self.seed, self.count = seed % 1000, 0
        if self.fault == "reset" and seed == 13 or self.fault == "second-reset" and self.resets == 2:
            raise RuntimeError("no episode for this seed")
        return self._rows()

    def _rows(self) -> list[list[float]]:
        return [[self.seed, self.count, agent * self.scale] for agent in range(2)]

    def step(self, actions: list[int]) -> Any:
        self.count += 1
        if self.seed == 13 and self.count == 2:
            if self.fault == "step":
                raise ValueError("thirteen at step 2")
            if self.fault == "shape":
                return [[1.0], [1.0, 2.0, 3.0]], 0, False
            if self.fault == "nan":
                return [[0, 0, 0], [0, float("nan"), 0]], 0, False
            if self.fault == "reward":
                return self._rows(), [float("inf"), 0], False
            if self.fault == "count":
                return self._rows(), 0
            if self.fault == "hang":
                while True:
                    pass
            if self.fault == "exit":
                os._exit(3)
        return self._rows(), [a * self.scale for a in actions], self.count >= self.limit


class Doubles:
    """All copies at once."""

    def __init__(self, copies: int, width: Annotated[int, Range(1, 100000)] = 4) -> None:
        self.copies = copies
        self.specification = {
            "agents": [{"name": "a_0", "role": "a", "group": 0, "observation_size": width, "head_sizes": [4]}],
            "groups": ["team"],
            "observation": {"width": width},
            "action": {"heads": [4]},
            "reward": {"scope": "group"},
            "state": {"width": 1},
            "metrics": [{"name": "steps", "kind": "count"}],
        }
        self.steps = np.zeros(copies, int)

    def reset(self, mask: Any, seeds: Any, rows: Any) -> None:
        chosen = slice(None) if mask is None else mask
        self.steps[chosen] = 0
        rows.observation[chosen] = seeds[chosen][:, None, None] % 1000
        rows.state[chosen] = 0

    def step(self, mask: Any, actions: Any, rows: Any) -> dict[int, str]:
        chosen = slice(None) if mask is None else mask
        self.steps[chosen] += 1
        rows.observation[chosen] += 1
        rows.reward[chosen] = actions[chosen, :, 0]
        rows.state[chosen] = self.steps[chosen][:, None]
        over = (self.steps >= 4) & (True if mask is None else mask)
        rows.ended[over] = 1
        rows.terminated[over] = 1
        rows.acting[over] = 0
        rows.legal[over] = [1, 0, 0, 0]
        taken = np.ones(self.copies, bool) if mask is None else mask
        if (actions[taken] == 2).any():
            raise RuntimeError("two is too much")
        return {int(c): "three" for c in np.flatnonzero(taken) if (actions[c] == 3).any()}

    def metrics(self, copy: int) -> list[float]:
        return [self.steps[copy]]


if __name__ == "__main__":
    bind = sys.argv[1] if len(sys.argv) > 1 else None
    argus_env.serve({"counter": Counter, "doubles": Doubles}, bind=bind)

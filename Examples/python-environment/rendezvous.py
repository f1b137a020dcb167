"""Walkers on a ring must all stand on one cell: an environment in one file, without a base class.

What is needed: agents, observation_size, actions, reset, step. All else is optional and stands below the line.
"""

from __future__ import annotations

import json
import random
from typing import Annotated

import argus_env
from argus_env.peer import Range


class Rendezvous:
    """Walkers on a ring must all stand on one cell.

    Each step, each walker stays or goes one cell in either direction. It knows its own cell and how far the others are.
    When all stand on one cell, the team gets 1 and the episode is over; every other step costs it 0.01.
    """

    version = "1"
    actions = ["stay", "clockwise", "back"]
    observation_low, observation_high = -1, 1
    horizon = 30

    def __init__(
        self,
        walkers: Annotated[int, Range(2, 8), "Number of walkers."] = 3,
        cells: Annotated[int, Range(4, 64), "Length of the ring."] = 12,
    ) -> None:
        self.cells = cells
        self.agents = [f"walker_{i}" for i in range(walkers)]
        self.observation_size = walkers
        self.places = [0] * walkers
        self.steps = 0

    def reset(self, seed: int) -> list[list[float]]:
        chance = random.Random(seed)
        self.places = [chance.randrange(self.cells) for _ in self.agents]
        self.steps = 0
        return self.observe()

    def step(self, actions: list[int]) -> tuple[list[list[float]], float, bool]:
        self.places = [(p + (0, 1, -1)[a]) % self.cells for p, a in zip(self.places, actions, strict=True)]
        self.steps += 1
        together = len(set(self.places)) == 1
        return self.observe(), (1.0 if together else -0.01) / len(self.agents), together

    def observe(self) -> list[list[float]]:
        """Own cell from 0 to 1, then the way to each other walker from -1 to 1."""
        half = self.cells / 2
        return [
            [own / self.cells] + [self.way(own, other) / half for i, other in enumerate(self.places) if i != agent]
            for agent, own in enumerate(self.places)
        ]

    def way(self, start: int, end: int) -> int:
        """Cells to go clockwise; negative: the other way round is shorter."""
        return (end - start + self.cells // 2) % self.cells - self.cells // 2

    # ---- optional: global state, metrics, snapshots, text, picture, scripted policies ----

    metric_kinds = {"solved": "fraction"}
    baselines = {"leader": {"description": "All go to walker_0, which waits."}}

    def state(self) -> list[float]:
        return [place / self.cells for place in self.places]

    def metrics(self) -> dict[str, float]:
        return {"solved": float(len(set(self.places)) == 1)}

    def save(self) -> bytes:
        return json.dumps([self.places, self.steps]).encode()

    def load(self, data: bytes, chance_seed: int | None) -> None:
        places, steps = json.loads(data)
        if len(places) != len(self.places) or not all(0 <= place < self.cells for place in places):
            raise ValueError(f"found places {places}, expected {len(self.places)} below {self.cells}")
        self.places, self.steps = places, steps

    def rules(self, agent: str) -> str:
        return f"You are {agent}. All {len(self.agents)} walkers on a ring of {self.cells} cells must meet on one cell."

    def situation(self, agent: str) -> str:
        own = self.places[self.agents.index(agent)]
        ways = [f"{n}: {self.way(own, p):+d}" for n, p in zip(self.agents, self.places, strict=True) if n != agent]
        return f"You stand on cell {own}. Cells to the others, clockwise: {', '.join(ways)}."

    def action_text(self, agent: str, choice: int) -> str:
        return ("stay here", "go one cell clockwise", "go one cell back")[choice]

    def render(self, color: bool) -> str:
        counts = [self.places.count(cell) for cell in range(self.cells)]
        return " ".join(str(count or ".") for count in counts) + "\n"

    def act_locally(self, name: str, agent: str, observation, legal, memory) -> int:  # noqa: ANN001
        if agent == self.agents[0] or observation[1] == 0:
            return 0
        return 1 if observation[1] > 0 else 2


if __name__ == "__main__":
    argus_env.serve(Rendezvous)

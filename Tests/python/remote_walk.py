"""A small environment of everything that the protocol carries, for tests: `remote_walk.py ADDRESS` serves it."""

from __future__ import annotations

import json
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Python"))

CELLS = 9


class Walk:
    """Two teams of agents on a line. Who is at an end rests there; when all rest the episode is over."""

    agents = ["a0", "a1", "b0"]
    roles = {"a0": "a", "a1": "a", "b0": "b"}
    groups = {"a0": "red", "a1": "red", "b0": "blue"}
    observation_size = {"a0": 3, "a1": 3, "b0": 2}
    observation_low, observation_high = -1.0, 1.0
    actions = {"a0": ["stay", "down", "up"], "a1": ["stay", "down", "up"], "b0": ["stay", "up"]}
    metric_kinds = {"moves": "count", "share": "fraction"}
    text_quanta = [0.0, 0.0, 0.0]
    baselines = {
        "climb": {"description": "always up", "sees_state": False, "memory_size": 2},
        "flee": {"description": "to the nearer end", "sees_state": True, "memory_size": 0},
    }

    def __init__(self, fails: bool = False) -> None:
        self.fails = fails

    def reset(self, seed):
        if self.fails and seed % 5 == 1:
            raise ValueError("this seed does not begin")
        self.random = random.Random(seed)
        self.doomed = self.fails and seed % 5 == 2
        self.cells = [self.random.randint(2, CELLS - 3) for _ in self.agents]
        self.noise = self.random.random()
        self.steps = self.moves = 0
        return self.observe()

    def observe(self):
        rows = [[cell / (CELLS - 1), self.noise, self.steps / 100] for cell in self.cells]
        rows[2] = rows[2][:2]
        return rows

    def acting(self):
        return [0 < cell < CELLS - 1 for cell in self.cells]

    def legal(self):
        first, second = ([True, cell != 4, True] for cell in self.cells[:2])
        return {"a0": first, "a1": second, "b0": [True, True]}

    def state(self):
        return [float(cell) for cell in self.cells] + [self.noise]

    def step(self, actions):
        self.steps += 1
        if self.doomed and self.steps == 3:
            raise ValueError("lost on the way")
        self.noise = self.random.random()
        rewards = [0.0] * 3
        for agent, acting in enumerate(self.acting()):
            if acting:
                move = ((0, -1, 1) if agent < 2 else (0, 1))[int(actions[agent])]
                self.cells[agent] += move
                self.moves += move != 0
                rewards[agent] = 0.1 * move + self.noise
        return self.observe(), rewards, not any(self.acting())

    def elapsed(self):
        return 0.5

    def metrics(self):
        return {"moves": self.moves, "share": self.moves / (3 * max(1, self.steps))}

    def rules(self, agent):
        return f"You are {agent}."

    def situation(self, agent):
        return f"cell {self.cells[self.agents.index(agent)]} · {self.noise!r}, step {self.steps}"

    def action_text(self, agent, choice):
        return self.actions[agent][choice]

    def render(self, color):
        return f"{self.cells}\n"

    def save(self):
        return json.dumps([self.cells, self.noise, self.steps, self.moves, self.random.getstate()]).encode()

    def load(self, data, chance_seed):
        try:
            self.cells, self.noise, self.steps, self.moves, (version, words, gauss) = json.loads(data)
        except ValueError as error:
            raise ValueError("no state") from error
        self.random.setstate((version, tuple(words), gauss))
        if chance_seed is not None:
            self.random = random.Random(chance_seed)

    def act_locally(self, name, agent, observation, legal, memory):
        memory[0] += 1
        choices = [choice for choice in range(3) if legal is None or legal[choice]]
        return choices[-1] if memory[0] % 4 else 0

    def act_jointly(self, name, agents):
        return [(1 if cell < 4 else 2) if agent < 2 else 1 for agent, cell in enumerate(self.cells)]


class Drift:
    """Continuous actions in [1, 2] and [0, 4], one agent that acts at even steps only, a time limit of its own."""

    agents = ["only"]
    observation_size = 1
    action_low, action_high = [1.0, 0.0], [2.0, 4.0]

    def reset(self, seed):
        self.place, self.steps = float(seed % 10), 0
        return [[self.place]]

    def acting(self):
        return [self.steps % 2 == 0]

    def step(self, actions):
        if self.steps % 2 == 0:
            self.place += float(actions[0][0])
        self.steps += 1
        return [[self.place]], [1.0], False, self.steps == 4


def main() -> None:
    import argus_env

    argus_env.serve({"walk": Walk, "drift": Drift}, bind=sys.argv[1])


if __name__ == "__main__":
    main()

"""Two workers on a line of cells must press a button at the same time, and can tell each other only by calling.

Needed: agents, observation_size, actions, reset, step. The rest stands below the line and can be left out.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Annotated

import argus_env
from argus_env.peer import Range

LEFT, RIGHT, CALL, PRESS = range(4)


class __Type__:
    """Two workers on a line must press a button at the same time, and can only call.

    Each step, each worker goes one cell left or right, calls, or presses the button if it stands there. A worker knows
    its own cell, the way to the button, whether it called in the last step, and whether the other one did; it does not
    see the other one. When both press in the same step, the episode ends and the team gets 1. A step in which one
    presses alone costs the team 0.05, any other step 0.01.
    """

    version = "1"  # of the rules: changes when the same seed and actions give another episode
    agents = ["worker_0", "worker_1"]
    actions = ["left", "right", "call", "press"]
    observation_size = 4
    observation_low, observation_high = [0, -1, 0, 0], [1, 1, 1, 1]
    observation_segments = [
        ("cell", 1, "own cell, from 0 to 1"),
        ("button", 1, "the way to the button, from -1 to 1"),
        ("called", 1, "1 if it called in the last step"),
        ("heard", 1, "1 if the other one called in the last step"),
    ]
    reward_scope = "group"  # step returns one reward for the team
    horizon = 50

    def __init__(self, length: Annotated[int, Range(2, 20), "Number of cells."] = 5) -> None:
        self.length = length
        self.begin(0, [0, 0])

    def begin(self, button: int, cells: list[int]) -> None:
        self.button, self.cells = button, cells
        self.has_called = [False, False]
        self.pressed_alone, self.is_solved = 0, False

    def reset(self, seed: int) -> list[list[float]]:
        """Puts the button and the workers on random cells. All chance comes from `seed`."""
        chance = random.Random(seed)
        self.begin(chance.randrange(self.length), [chance.randrange(self.length) for _ in self.agents])
        return self.observe()

    def step(self, actions: list[int]) -> tuple[list[list[float]], float, bool]:
        presses = 0
        for worker, (action, legal) in enumerate(zip(actions, self.legal(), strict=True)):
            self.has_called[worker] = action == CALL
            if legal[action]:  # an illegal action is no error: nothing happens
                self.cells[worker] += {LEFT: -1, RIGHT: 1}.get(action, 0)
                presses += action == PRESS
        self.is_solved = presses == 2
        self.pressed_alone += presses == 1
        return self.observe(), (-0.01, -0.05, 1.0)[presses], self.is_solved

    def observe(self) -> list[list[float]]:
        largest = self.length - 1
        return [
            [cell / largest, (self.button - cell) / largest, self.has_called[worker], self.has_called[1 - worker]]
            for worker, cell in enumerate(self.cells)
        ]

    def legal(self) -> list[list[bool]]:
        """For each worker: which actions have an effect."""
        return [[cell > 0, cell < self.length - 1, True, cell == self.button] for cell in self.cells]

    # ---- optional: the task in words, a scripted policy, metrics, snapshots ----

    baselines = {"callers": {"description": "go to the button, call until both have called there, then press"}}
    metric_kinds = {"solved": "fraction", "pressed_alone": "count"}

    def rules(self, agent: str) -> str:
        return (
            f"You are {agent}, one of two workers on a line of {self.length} cells, which are counted from the left "
            "from 0. Your team wins when both of you press the button in the same step. You do not see the other "
            "worker, but you hear it when it calls. Pressing alone costs more than waiting, and every step costs a "
            "little."
        )

    def situation(self, agent: str) -> str:
        """What the agent's observation holds: nothing more, and nothing less."""
        worker = self.agents.index(agent)
        called, heard = ("called" if self.has_called[i] else "did not call" for i in (worker, 1 - worker))
        return (
            f"You are on cell {self.cells[worker]}. The button is on cell {self.button}. You {called} in the last "
            f"step. The other worker {heard}."
        )

    def action_text(self, agent: str, choice: int) -> str:
        return ("go left", "go right", "call", "press the button")[choice]

    def act_locally(self, name: str, agent: str, observation: Sequence[float], legal: object, memory: object) -> int:
        """From the agent's own observation alone. That both called at the button is the signal: both know of it."""
        _, way, called, heard = observation
        if way:
            return LEFT if way < 0 else RIGHT
        return PRESS if called and heard else CALL

    def metrics(self) -> dict[str, float]:
        return {"solved": float(self.is_solved), "pressed_alone": self.pressed_alone}

    def save(self) -> bytes:
        return json.dumps([self.button, self.cells, self.has_called, self.pressed_alone, self.is_solved]).encode()

    def load(self, data: bytes, chance_seed: int | None) -> None:
        """Bytes may come from anywhere, so what they say is checked against the rules."""
        match json.loads(data):
            case [int(button), [int(), int()] as cells, [bool(), bool()] as called, int(alone), bool(solved)] if (
                all(0 <= place < self.length for place in (button, *cells)) and alone >= 0
            ):
                self.begin(button, cells)
                self.has_called, self.pressed_alone, self.is_solved = called, alone, solved
            case state:
                raise ValueError(f"load: found the state {state}, expected one of {self.length} cells")


if __name__ == "__main__":
    argus_env.serve(__Type__, name="__id__")

"""Environments in Python, served as peers: `defective_peer.py DEFECT`.

`sound` and `batch-sound` keep the contract, every other one breaks it in one way, which its name says. `argus validate`
must find each; README.md here says by which check.

Two collectors walk on a square of cells and pick up a coin, which then lies elsewhere. A move takes one unit of charge;
a collector without charge is out; without collectors the episode ends.
"""

import ctypes
import json
import os
import random
import sys
import time
from typing import Annotated

import numpy as np

import argus_env
from argus_env.peer import Range

DEFECT = sys.argv[1]
SIZE = 5
LARGEST_CHARGE = 17
MOVES = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))
NAMES = ("stay", "east", "west", "north", "south")
kept = []
serials = []


class Collectors:
    """Two collectors and a coin."""

    version = "1"
    agents = ["collector_0", "collector_1"]
    actions = list(NAMES)
    observation_size = 8
    observation_low, observation_high = 0, 1
    reward_scope = "group"
    reward_low, reward_high = 0, 1
    horizon = 40
    metric_kinds = {"coins": "count", "charge": "fraction"}
    baselines = {"last": {"description": "The last legal choice."}}

    def __init__(self, size: Annotated[int, Range(3, 9), "Cells a side."] = SIZE) -> None:
        self.size = size
        self.begun = 0
        self.chance = random.Random(0)
        if DEFECT == "leaks-instances":
            kept.append(b"x" * 400_000)
        if DEFECT == "another-specification-each-time":
            serials.append(1)
            self.observation_size = 8 + len(serials) % 2

    # ---- rules ----

    def draw(self, limit: int) -> int:
        if DEFECT == "global-random" or (DEFECT == "random-from-step-2" and self.steps >= 2):
            return random.randrange(limit)
        if DEFECT == "numpy-global-random":
            return int(np.random.randint(limit))
        return self.chance.randrange(limit)

    def cell(self) -> list[int]:
        return [self.draw(self.size), self.draw(self.size)]

    def reset(self, seed: int) -> list[list[float]]:
        if DEFECT != "later-seeds-ignored" or self.begun == 0:
            self.chance = random.Random(1 if DEFECT == "seed-without-effect" else seed)
        self.begun += 1
        self.steps = self.coins = 0
        self.places = [self.cell(), self.cell()]
        charges = [10 + self.draw(LARGEST_CHARGE - 9) for _ in self.agents]
        if DEFECT == "reset-keeps-charge" and self.begun > 1 and min(self.charges) > 0:
            charges = self.charges
        self.charges = charges
        self.coin = self.cell()
        return self.observe()

    def step(self, actions: list[int]) -> tuple[list[list[float]], float, list[bool]]:
        if self.steps == 7:
            self.fail()
        if DEFECT == "leaks-steps":
            kept.append(b"x" * 20_000)
        self.steps += 1
        reward = 0.0
        for agent, action in enumerate(actions):
            if self.charges[agent] == 0 or not self.legal()[agent][action] or action == 0:
                continue
            self.places[agent] = [p + m for p, m in zip(self.places[agent], MOVES[action])]
            self.charges[agent] -= 1
            if self.places[agent] == self.coin:
                reward += 0.5
                self.coins += 1
                self.coin = self.cell()
        if DEFECT == "random-from-step-2" and self.steps >= 2:
            self.coin = self.cell()
        out = [charge == 0 for charge in self.charges]
        if DEFECT == "dead-revived" and self.steps % 4 == 3 and not all(out):
            out = [False, False]
        return self.observe(), reward * (3 if DEFECT == "reward-out-of-bounds" else 1), out

    def fail(self) -> None:
        if DEFECT == "exit-in-step":
            os._exit(3)
        if DEFECT == "crash-in-step":
            ctypes.string_at(0)
        if DEFECT == "hang-in-step":
            time.sleep(1000)
        if DEFECT == "exception-in-step":
            raise KeyError("coin")

    def observe(self) -> list[list[float]]:
        scale = 1 / (self.size - 1)
        rows = []
        for agent, other in ((0, 1), (1, 0)):
            x, y = self.places[agent]
            rows.append([x * scale, y * scale, self.charges[agent] / LARGEST_CHARGE]
                        + [place * scale for place in self.places[other]] + [float(self.charges[other] > 0)]
                        + [place * scale for place in self.coin] + [0.0] * (self.observation_size - 8))
        if DEFECT == "observation-out-of-bounds" and self.steps == 5:
            rows[0][2] = 1.5
        if DEFECT == "observation-not-a-number" and self.steps == 5:
            rows[1][2] = float("nan")
        if DEFECT == "wrong-shape" and self.steps == 5:
            rows[1].pop()
        return rows

    def legal(self) -> list[list[bool]]:
        masks = []
        for place, charge in zip(self.places, self.charges):
            cells = [[p + m for p, m in zip(place, move)] for move in MOVES]
            inside = [all(0 <= part < self.size for part in cell) for cell in cells]
            masks.append([True] + [charge > 0 and good for good in inside[1:]])
        if DEFECT == "no-legal-choice" and self.steps == 5:
            masks[1] = [False] * 5
        return masks

    # ---- the rest of the contract ----

    def metrics(self) -> dict[str, float]:
        charge = sum(self.charges) / 2 / LARGEST_CHARGE
        return {"coins": self.coins, "charge": charge * (5 if DEFECT == "fraction-above-1" else 1)}

    def save(self) -> bytes:
        chance = None if DEFECT == "snapshot-forgets-chance" else self.chance.getstate()
        return json.dumps([self.places, self.charges, self.coin, self.steps, self.coins, chance]).encode()

    def load(self, data: bytes, chance_seed: int | None) -> None:
        if DEFECT == "snapshot-takes-anything":
            try:
                json.loads(data)
            except ValueError:
                return
        places, charges, coin, steps, coins, chance = json.loads(data)
        cells = [*places[0], *places[1], *coin]
        if len(cells) != 6 or not all(type(c) is int and 0 <= c < self.size for c in cells):
            raise ValueError(f"found cells {cells}, expected six below {self.size}")
        if len(charges) != 2 or not all(type(c) is int and 0 <= c <= LARGEST_CHARGE for c in charges):
            raise ValueError(f"found charges {charges}, expected two up to {LARGEST_CHARGE}")
        if type(steps) is not int or type(coins) is not int or min(steps, coins) < 0:
            raise ValueError(f"found {steps} steps and {coins} coins, expected counts")
        new = random.Random(0)
        if chance is not None:
            new.setstate((chance[0], tuple(chance[1]), chance[2]))
        if chance_seed is not None:
            new = random.Random(chance_seed)
        self.places, self.charges, self.coin, self.steps, self.coins = places, charges, coin, steps, coins
        self.chance = new

    def rules(self, agent: str) -> str:
        return f"You are {agent} on {self.size} by {self.size} cells. A move takes one unit of charge."

    def situation(self, agent: str) -> str:
        own = self.agents.index(agent)
        other = 1 - own
        text = f"You are at {self.places[own]} with charge {self.charges[own]}. The other is at {self.places[other]}, "
        text += "moving." if self.charges[other] > 0 else "out."
        if DEFECT != "text-hides":
            text += f" The coin is at {self.coin}."
        if DEFECT == "text-leaks":
            text += f" The other's charge is {self.charges[other]}."
        return text

    def action_text(self, agent: str, choice: int) -> str:
        return "move" if DEFECT == "two-actions-of-one-name" and choice else NAMES[choice]

    def render(self, color: bool) -> str:
        return f"{self.places} {self.coin}\n"

    def act_locally(self, name, agent, observation, legal, memory):
        if DEFECT == "baseline-unrepeatable":
            return int(random.choice(np.flatnonzero(legal)))
        return 4 if DEFECT == "baseline-illegal" else int(np.flatnonzero(legal)[-1])


class BatchWalk:
    """All copies at once: one walker on a line of nine cells, with the wind."""

    def __init__(self, copies: int) -> None:
        self.copies = copies
        self.chances = [np.random.default_rng(0) for _ in range(copies)]
        self.shared = np.random.default_rng(0)
        self.places = np.zeros(copies, int)
        self.steps = np.zeros(copies, int)
        self.specification = {
            "agents": [{"name": "walker", "role": "walker", "group": 0, "observation_size": 2, "head_sizes": [3]}],
            "groups": ["team"],
            "observation": {"width": 2, "low": [0, 0], "high": [1, 1]},
            "action": {"heads": [3]},
            "reward": {"scope": "group"},
            "baselines": [],
            "metrics": [],
        }

    def chosen(self, mask):
        return range(self.copies) if mask is None or DEFECT == "batch-mask-ignored" else np.flatnonzero(mask)

    def reset(self, mask, seeds, rows):
        for copy in range(self.copies) if mask is None else np.flatnonzero(mask):
            self.chances[copy] = np.random.default_rng(int(seeds[copy]))
            self.shared = self.chances[copy]
            self.places[copy] = self.chances[copy].integers(9)
            self.steps[copy] = 0
            self.write(copy, rows)

    def step(self, mask, actions, rows):
        for copy in self.chosen(mask):
            chance = self.shared if DEFECT == "batch-copies-share-chance" else self.chances[copy]
            wind = int(chance.integers(3)) - 1
            self.places[copy] = min(8, max(0, self.places[copy] + (0, -1, 1)[actions[copy, 0, 0]] + wind))
            self.steps[copy] += 1
            self.write(copy, rows)
            rows.reward[copy] = self.places[copy] == 8

    def write(self, copy, rows):
        rows.observation[copy, 0, 0] = self.places[copy] / 8
        if DEFECT == "batch-late-copy" and copy >= 40:
            rows.observation[copy, 0, 0] = self.places[copy - 1] / 8
        if DEFECT != "batch-row-unwritten" or self.steps[copy] != 0:
            rows.observation[copy, 0, 1] = min(1, self.steps[copy] / 8)


if __name__ == "__main__":
    if DEFECT == "exit-at-start":
        sys.exit("the licence of this environment has run out")
    if DEFECT == "slow-start":
        time.sleep(60)
    if DEFECT.startswith("batch-"):
        argus_env.serve(lambda copies: BatchWalk(copies), name="walk")
    else:
        argus_env.serve(Collectors)

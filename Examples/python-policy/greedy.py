"""A policy for foraging in a few lines: go to the food that is nearest to all players, and load it.

An observation is a list of [row, column, level]: first the foods, then the player itself, then the others; what is not
there or not seen has row -1. (The same in the package lbforaging and in ArgusOrch's own foraging.)
"""

from __future__ import annotations

import argus_env
import numpy as np

NONE, NORTH, SOUTH, WEST, EAST, LOAD = range(6)
STEPS = {NORTH: (-1, 0, 0), SOUTH: (1, 0, 0), WEST: (0, -1, 0), EAST: (0, 1, 0)}


class Greedy:
    """One player's policy. It is handed the observations of its own player, and nothing else."""

    def __init__(self, agent: argus_env.peer.PolicyAgent) -> None:
        self.foods = agent.observation_size // 3 - len(agent.specification.agents)

    def act(self, observations: np.ndarray, legal: np.ndarray, *, random: np.ndarray) -> list[int]:
        """An action for each of the episodes that run side by side."""
        return [self.choose(row.reshape(-1, 3), number) for row, number in zip(observations, random.tolist())]

    def choose(self, things: np.ndarray, number: int) -> int:
        foods = [food for food in things[: self.foods] if food[0] >= 0]
        players = [player for player in things[self.foods :] if player[0] >= 0]
        own = things[self.foods]
        if not foods:
            return NONE
        target = min(foods, key=lambda food: (sum(distance(food, player) for player in players), *food[:2]))
        if distance(target, own) == 1:
            return LOAD
        moves = {}
        for move, step in STEPS.items():
            place = own + step
            if all(distance(place, other) > 0 for other in [*foods, *players]):
                # Now and then a detour: someone may stand in the way.
                moves[move] = distance(place, target) + (number >> 4 * move) % 8 / (2 if number % 4 == 0 else 16)
        return min(moves, key=moves.get, default=NONE)


def distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one[:2] - other[:2]).sum())


if __name__ == "__main__":
    argus_env.serve_policy(Greedy)

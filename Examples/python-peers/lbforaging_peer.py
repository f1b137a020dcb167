"""The package lbforaging: players load food together (a Gymnasium environment that is a team)."""

import argus_env
from lbforaging.foraging import ForagingEnv


class Foraging(ForagingEnv):
    """Players gather food that they can often only load together."""

    def reset(self, *, seed=None, options=None):
        # In the package, where players stood in the episode before decides where they can be put.
        for player in self.players:
            player.position = None
        return super().reset(seed=seed, options=options)


def lbforaging(size: int = 8, players: int = 2, foods: int = 2, sight: int = 8, coop: bool = True):
    """Players gather food that they can often only load together."""
    environment = Foraging(
        players=players,
        min_player_level=1,
        max_player_level=2,
        min_food_level=1,
        max_food_level=None,
        field_size=(size, size),
        max_num_food=foods,
        sight=sight,
        max_episode_steps=10**9,  # the horizon is the scenario's
        force_coop=coop,
    )
    environment.agent_names = [f"player_{i}" for i in range(players)]
    return environment


if __name__ == "__main__":
    argus_env.serve(lbforaging)

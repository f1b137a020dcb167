"""The package rware: robots bring requested shelves to goals (a Gymnasium environment that is a team)."""

import argus_env
from rware.warehouse import RewardType, Warehouse

SIZES = {"tiny": (1, 3), "small": (2, 3), "medium": (2, 5), "large": (3, 5)}


def rware(layout: str = "tiny", agents: int = 2, requests: int = 2):
    """Robots bring requested shelves to goals."""
    rows, columns = SIZES[layout]
    environment = Warehouse(
        shelf_rows=rows,
        shelf_columns=columns,
        column_height=8,
        n_agents=agents,
        msg_bits=0,
        sensor_range=1,
        request_queue_size=requests,
        max_inactivity_steps=None,
        max_steps=None,  # the package calls its limit a termination; the horizon is the scenario's
        reward_type=RewardType.INDIVIDUAL,
    )
    environment.agent_names = [f"robot_{i}" for i in range(agents)]
    return environment


if __name__ == "__main__":
    argus_env.serve(rware)

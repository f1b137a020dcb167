"""mpe2's simple_spread: three agents cover three landmarks (PettingZoo, parallel)."""

import argus_env
from mpe2 import simple_spread_v3


def simple_spread(agents: int = 3, local_ratio: float = 0.5, continuous_actions: bool = False):
    """Agents cover as many landmarks without colliding."""
    # The horizon is the scenario's.
    return simple_spread_v3.parallel_env(
        N=agents, local_ratio=local_ratio, continuous_actions=continuous_actions, max_cycles=10**9
    )


argus_env.serve(simple_spread)

"""mpe2's simple_speaker_listener: agents with different observations and actions (PettingZoo, parallel)."""

import argus_env
from mpe2 import simple_speaker_listener_v4


def simple_speaker_listener(continuous_actions: bool = False):
    """One agent sees the goal and can only speak, the other can only listen and move."""
    return simple_speaker_listener_v4.parallel_env(continuous_actions=continuous_actions, max_cycles=10**9)


argus_env.serve(simple_speaker_listener)

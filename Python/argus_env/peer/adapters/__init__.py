"""Adapters: one file for each kind of environment that can be served."""

from __future__ import annotations

from typing import Any

from argus_env.peer.adapters.aec import TurnAdapter
from argus_env.peer.adapters.batch import BatchAdapter
from argus_env.peer.adapters.copy import CopyAdapter, NotOffered
from argus_env.peer.adapters.gymnasium_env import SingleAgentAdapter, TupleTeamAdapter
from argus_env.peer.adapters.parallel import ParallelAdapter
from argus_env.peer.adapters.plain import PlainAdapter

__all__ = ["BatchAdapter", "CopyAdapter", "NotOffered", "adapter_for"]


def adapter_for(environment: Any) -> type[CopyAdapter]:
    """The adapter class for an environment object, by what it has. A `TypeError` if it is none that is known."""
    if hasattr(environment, "possible_agents"):
        return TurnAdapter if hasattr(environment, "agent_iter") else ParallelAdapter
    if hasattr(environment, "observation_space") and hasattr(environment, "action_space"):
        return TupleTeamAdapter if TupleTeamAdapter.fits(environment) else SingleAgentAdapter
    if all(hasattr(environment, name) for name in ("agents", "reset", "step")):
        return PlainAdapter
    raise TypeError(
        f"environment (factory): found a {type(environment).__name__}, expected a PettingZoo or Gymnasium environment, "
        "or an object with agents, reset and step. Try the example in Examples/python-environment"
    )

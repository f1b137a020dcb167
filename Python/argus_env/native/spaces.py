"""Gymnasium spaces of a description. Needs the package gymnasium."""

from __future__ import annotations

from typing import Any

import numpy as np

from argus_env.errors import ArgusError
from argus_env.native.environment import numbers

try:
    from gymnasium import spaces
except ImportError as error:
    raise ArgusError(
        "a package is missing (gymnasium): found none, expected it to be installed. Try 'pip install gymnasium'.",
        "library") from error


def box(row: dict[str, Any], size: int | None = None) -> spaces.Box:
    """The space of a row of the description, or of its first `size` components."""
    size = row["size"] if size is None else size
    if "low" not in row or "high" not in row:
        return spaces.Box(-np.inf, np.inf, (size,), np.float32)
    return spaces.Box(numbers(row["low"][:size]), numbers(row["high"][:size]), dtype=np.float32)


def action_space(actions: dict[str, Any], sizes: list[int] | None = None) -> spaces.Space[Any]:
    """Discrete for one head, MultiDiscrete for several, Box for continuous actions; `sizes`: an agent's true ones.

    A head that the agent lacks has the choice 0 alone.
    """
    if actions["kind"] == "continuous":
        return box(actions, sizes[0] if sizes else None)
    heads = [max(1, size) for size in (actions["heads"] if sizes is None else sizes)]
    return spaces.Discrete(heads[0]) if len(heads) == 1 else spaces.MultiDiscrete(heads)

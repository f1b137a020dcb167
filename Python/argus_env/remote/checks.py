"""What a reply's rows must hold beside the right sizes: the host's own rules."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from argus_env.errors import ArgusError


def broken(place: str, found: str, expected: str) -> ArgusError:
    """The error for an environment that breaks its contract."""
    return ArgusError(f"the environment breaks its contract ({place}): found {found}, expected {expected}.")


def require_finite(
    rows: NDArray[np.float32], tensor: str, place: str, names: Sequence[str], chosen: NDArray[np.bool_] | None = None
) -> None:
    """Refuses NaN and infinity in `rows` [copies, ...].

    `chosen`: the copies that count; `names`: of the second axis.
    """
    # A sum is quicker than a look at each; it can only be too strict, and then each is looked at.
    if math.isfinite(float(rows.sum())):
        return
    finite = np.isfinite(rows)
    if chosen is not None:
        finite |= ~chosen.reshape(-1, *[1] * (rows.ndim - 1))
    if finite.all():
        return
    index = tuple(int(part) for part in np.argwhere(~finite)[0])
    owner = names[index[1]] if rows.ndim == 3 or len(names) == rows.shape[-1] else "the copy"
    raise broken(f"{place}, copy {index[0]}", f"{rows[index]} in the {tensor} of {owner}", "finite numbers")


def require_legal(
    legal: NDArray[np.uint8], heads: Sequence[int], place: str, names: Sequence[str], chosen: NDArray[np.bool_]
) -> None:
    """Refuses masks [copies, agents, choices] with other values than 0 and 1, or without a legal choice of a head."""
    rows = legal[chosen]
    if rows.size and rows.max() > 1:
        raise broken(place, "a value other than 0 and 1 in a legal row", "1 for legal, 0 for illegal")
    first = 0
    for head, size in enumerate(heads):
        any_legal = rows[:, :, first : first + size].any(axis=-1)
        if not any_legal.all():
            copy, agent = np.argwhere(~any_legal)[0]
            raise broken(
                f"{place}, copy {np.flatnonzero(chosen)[copy]}",
                f"no legal choice of head {head} for {names[agent]}",
                "at least one legal choice of every head",
            )
        first += size

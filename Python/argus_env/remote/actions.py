"""Memory for actions, and whether what is in it may be sent."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from argus_env.errors import ArgusError
from argus_env.wire.specification import Specification


class ActionRows:
    """The next actions of all copies.

    Attributes:
        rows: [copies, agents, heads or size].
        flat: the same without the last axis where it has one head.
        sent: as they go to the server: rows of agents that do not act are idle.
    """

    def __init__(self, specification: Specification, copies: int, scenario: str) -> None:
        self._names = [agent.name for agent in specification.agents]
        self._scenario = scenario
        self._discrete = specification.discrete
        shape = (copies, len(self._names), specification.action_size)
        self.rows: NDArray[Any] = np.zeros(shape, "<i4" if self._discrete else "<f4")
        self.sent = np.zeros_like(self.rows)
        self.flat = self.rows[:, :, 0] if self._discrete and shape[2] == 1 else self.rows
        if specification.action_bounds is None:
            self._idle: Any = np.int32(0)
            # Compared without a sign, a negative number is too large too.
            sizes = [agent.action_sizes for agent in specification.agents]
            self._limits: NDArray[np.uint32] = np.maximum(1, np.array(sizes, np.uint32))
        else:
            self._low = np.array(specification.action_bounds.low, np.float32)
            self._high = np.array(specification.action_bounds.high, np.float32)
            self._idle = np.clip(np.float32(0), self._low, self._high)

    def take(self, actions: ArrayLike) -> None:
        """Copies actions of any suitable type and shape into `rows`."""
        if actions is self.flat:
            return
        given = np.asarray(actions)
        if given.shape != self.flat.shape and given.shape != self.rows.shape:
            raise ArgusError(
                f"wrong shape of actions ({self._scenario}): found {list(given.shape)}, expected "
                f"{list(self.flat.shape)}.",
                "argument",
            )
        if given.dtype.kind not in ("iub" if self._discrete else "fiu"):
            wanted = "integers" if self._discrete else "numbers"
            raise ArgusError(
                f"wrong type of actions ({self._scenario}): found {given.dtype}, expected {wanted}.", "argument"
            )
        given = given.reshape(self.rows.shape)
        if self._discrete and given.dtype.itemsize >= 4:
            # What does not fit would wrap around into the range.
            given = np.clip(given, 0 if given.dtype.kind == "u" else -1, np.iinfo(np.int32).max)
        np.copyto(self.rows, given, casting="unsafe")

    def prepare(self, active: NDArray[np.bool_], acting: NDArray[np.bool_], steps: NDArray[np.int64]) -> None:
        """Checks the actions of the copies that are active and fills `sent`.

        Raises:
            ArgusError: for one out of range, with agent, copy and step.
        """
        rows = self.rows
        if self._discrete:
            bad = rows.view(np.uint32) >= self._limits
        else:
            # Written so that NaN is refused too.
            bad = ~((rows >= self._low) & (rows <= self._high))
        if bad.any() and (bad := bad & active[:, None, None]).any():
            copy, agent, part = (int(index) for index in np.argwhere(bad)[0])
            if self._discrete:
                kind, expected = "head", f"0 to {self._limits[agent, part] - 1}"
            else:
                kind, expected = "component", f"{self._low[part]} to {self._high[part]}"
            raise ArgusError(
                f"action out of range ({self._names[agent]}, copy {copy}, step {steps[copy]}): found "
                f"{rows[copy, agent, part]} for {kind} {part}, expected {expected}.",
                "argument",
            )
        np.copyto(self.sent, rows)
        if not acting.all():
            self.sent[~acting] = self._idle

"""The tensors of an instance: numpy arrays that the environment fills and that travel as they are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from argus_env.peer.specification import Specification

ENDED_NO = 0
ENDED_TERMINATED = 1
ENDED_FAILED = 2
ENDED_TIME_LIMIT = 3


class Rows:
    """The rows of all copies, in C order; what each means is said in `argus_env.h`, section 3.

    | array | shape |
    |---|---|
    | `observation` | f32 [copies, agents, width] |
    | `legal` | u8 [copies, agents, choices]; None with continuous actions |
    | `acting`, `terminated` | u8 [copies, agents] |
    | `reward` | f32 [copies, agents], or [copies, groups] with scope group |
    | `state` | f32 [copies, width of the state]; None without one |
    | `ended` | u8 [copies] |
    | `elapsed` | f32 [copies] |
    """

    __slots__ = (
        "specification", "copies", "observation", "legal", "acting", "terminated", "reward", "state", "ended",
        "elapsed", "full_legal", "idle_legal", "_numbers", "_frames",
    )  # fmt: skip

    def __init__(self, specification: Specification, copies: int) -> None:
        self.specification = specification
        self.copies = copies
        agents = specification.agents
        # One block of memory, so that one sum tells whether all numbers are finite.
        sizes = [copies * agents * specification.width, copies * specification.reward_rows]
        sizes += [copies * specification.state_width, copies]
        self._numbers: NDArray[np.float32] = np.zeros(sum(sizes), np.float32)
        observation, reward, state, elapsed = np.split(self._numbers, np.cumsum(sizes[:-1]))
        self.observation: NDArray[np.float32] = observation.reshape(copies, agents, specification.width)
        self.legal: NDArray[np.uint8] | None = None
        self.acting: NDArray[np.uint8] = np.zeros((copies, agents), np.uint8)
        self.terminated: NDArray[np.uint8] = np.zeros((copies, agents), np.uint8)
        self.reward: NDArray[np.float32] = reward.reshape(copies, specification.reward_rows)
        self.state: NDArray[np.float32] | None = None
        self.ended: NDArray[np.uint8] = np.zeros(copies, np.uint8)
        self.elapsed: NDArray[np.float32] = elapsed
        # Of an agent that may choose freely, and of one that does not act: [agents, choices].
        self.full_legal: NDArray[np.uint8] = np.zeros((agents, specification.choices), np.uint8)
        self.idle_legal: NDArray[np.uint8] = np.zeros((agents, specification.choices), np.uint8)
        if specification.discrete:
            first = 0
            for head, size in enumerate(specification.heads):
                self.idle_legal[:, first] = 1
                for agent, own in enumerate(specification.head_sizes):
                    self.full_legal[agent, first : first + max(1, own[head])] = 1
                first += size
            self.legal = np.broadcast_to(self.idle_legal, (copies, agents, specification.choices)).copy()
        if specification.state_width:
            self.state = state.reshape(copies, specification.state_width)
        # Made once: a view of an array's memory costs more than all else in sending it.
        self._frames = [
            [frame if isinstance(frame, bytes) else memoryview(frame) for frame in self._chosen(unwanted)]
            for unwanted in range(4)
        ]

    def _chosen(self, unwanted: int) -> list[Any]:
        frames: list[Any] = [self.observation]
        if self.legal is not None:
            frames.append(b"" if unwanted & 1 else self.legal)
        frames += [self.acting, self.terminated, self.reward]
        if self.state is not None:
            frames.append(b"" if unwanted & 2 else self.state)
        return frames + [self.ended, self.elapsed]

    def frames(self, unwanted: int) -> list[Any]:
        """The reply's frames in order. `unwanted`, a sum: 1 no legal rows, 2 no state."""
        return self._frames[unwanted]

    def copy(self, copy: int) -> CopyRows:
        """The rows of one copy, as views."""
        return CopyRows(self, copy)

    def kept(self, copy: int) -> list[NDArray[Any]]:
        """A copy of the rows of `copy`, for `restore`."""
        return [array[copy].copy() for array in self._arrays()]

    def restore(self, copy: int, kept: list[NDArray[Any]]) -> None:
        """Puts back what `kept` returned."""
        for array, row in zip(self._arrays(), kept):
            array[copy] = row

    def single(self, copy: int, unwanted: int) -> list[Any]:
        """The reply's frames for `copy` alone."""
        return [frame if isinstance(frame, bytes) else frame[copy : copy + 1] for frame in self._chosen(unwanted)]

    def _arrays(self) -> list[NDArray[Any]]:
        return self._chosen(0)

    def begin(self, copies: NDArray[np.intp] | slice) -> None:
        """Sets what holds at the start of every episode; an environment overwrites what differs."""
        self.reward[copies] = 0
        self.terminated[copies] = 0
        self.ended[copies] = 0
        self.elapsed[copies] = 0
        self.acting[copies] = 1
        if self.legal is not None:
            self.legal[copies] = self.full_legal

    def require_finite(self, copy: int) -> None:
        """A `ValueError` that names the agent for numbers of `copy` that are not finite."""
        observation = self.observation[copy]
        if not np.isfinite(observation).all():
            agent, component = (int(index) for index in np.argwhere(~np.isfinite(observation))[0])
            name, value = self.specification.names[agent], observation[agent, component]
            raise ValueError(f"observation of {name}: found {value} in component {component}, expected a finite number")
        reward = self.reward[copy]
        if not np.isfinite(reward).all():
            row = int(np.argmin(np.isfinite(reward)))
            names = (
                self.specification.names if self.specification.reward_scope == "agent" else self.specification.groups
            )
            raise ValueError(f"reward of {names[row]}: found {reward[row]}, expected a finite number")
        if self.state is not None and not np.isfinite(self.state[copy]).all():
            component = int(np.argmin(np.isfinite(self.state[copy])))
            value = self.state[copy, component]
            raise ValueError(f"state: found {value} in component {component}, expected a finite number")

    def not_finite(self, mask: NDArray[np.bool_] | None) -> dict[int, BaseException | str]:
        """Which of the copies in `mask` (None: all) hold numbers that are not finite, and what is found there."""
        wrong = ~(np.isfinite(self.observation).all(axis=(1, 2)) & np.isfinite(self.reward).all(axis=1))
        if self.state is not None:
            wrong |= ~np.isfinite(self.state).all(axis=1)
        if mask is not None:
            wrong &= mask
        problems: dict[int, BaseException | str] = {}
        for copy in np.flatnonzero(wrong).tolist():
            try:
                self.require_finite(copy)
            except ValueError as problem:
                problems[copy] = str(problem)
        return problems

    @property
    def is_finite(self) -> bool:
        """Whether all numbers of all copies are. May be False for huge ones: `not_finite` looks closely."""
        # What is not finite stays so in a sum.
        return math.isfinite(np.add.reduce(self._numbers))

    def fail(self, copy: int) -> None:
        """Marks the episode of `copy` as failed and clears what it left."""
        self.observation[copy] = 0
        self.acting[copy] = 0
        self.terminated[copy] = 0
        self.reward[copy] = 0
        self.elapsed[copy] = 0
        if self.legal is not None:
            self.legal[copy] = self.idle_legal
        if self.state is not None:
            self.state[copy] = 0
        self.ended[copy] = ENDED_FAILED


class CopyRows:
    """The rows of one copy as views: `observation` [agents, width], `legal` [agents, choices], and so on."""

    __slots__ = ("observation", "legal", "acting", "terminated", "reward", "state", "rows", "index")

    def __init__(self, rows: Rows, index: int) -> None:
        self.observation = rows.observation[index]
        self.legal = rows.legal[index] if rows.legal is not None else None
        self.acting = rows.acting[index]
        self.terminated = rows.terminated[index]
        self.reward = rows.reward[index]
        self.state = rows.state[index] if rows.state is not None else None
        self.rows = rows
        self.index = index

    def end(self, ended: int) -> None:
        """Says how the episode stands after this step; with `ENDED_TERMINATED` every agent is out."""
        self.rows.ended[self.index] = ended
        if ended == ENDED_TERMINATED:
            self.terminated[:] = 1
            self.rest(slice(None))

    def pass_time(self, elapsed: float) -> None:
        """Says how much simulated time the step took."""
        self.rows.elapsed[self.index] = elapsed

    def rest(self, agents: int | slice) -> None:
        """Marks `agents` as not acting: only choice 0 is legal."""
        self.acting[agents] = 0
        if self.legal is not None:
            self.legal[agents] = self.rows.idle_legal[agents]

"""Policies of another process that play agents of an environment in this one."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from argus_env.errors import ArgusError
from argus_env.remote.driver import Driver
from argus_env.remote.episodes import all_legal
from argus_env.remote.seeds import ACTION, counter_key, decision_keys, keyed_all
from argus_env.wire import constants as c
from argus_env.wire import frames
from argus_env.wire.errors import ProtocolError
from argus_env.wire.metas import Join
from argus_env.wire.specification import Specification, specification_hash


class RemotePolicy:
    """Policies that play some agents of `num_envs` copies, made by `load_policy`. Use it from one thread at a time.

    It remembers what its policies remember: a copy is always at the same place, and the policy must be told where an
    episode begins. `act(env)` finds out by itself; otherwise call `reset()` after the environment's.

    Attributes:
        scenario: what it plays.
        num_envs: copies.
        agents: names of the agents that it plays; agent_indices: their places in the arrays.
        seed, mode: as given to `load_policy`.
    """

    def __init__(self, driver: Driver, specification: bytes, join: Join, end: Callable[[], None]) -> None:
        """Joins. `end`: called once at the end, after the session's."""
        self._driver: Driver | None = driver
        self._specification = spec = Specification.decode(specification)
        self.scenario = join.scenario
        self.num_envs = join.copies
        self.agent_indices = list(join.agents)
        self.agents = [spec.agents[agent].name for agent in join.agents]
        self.seed = join.seed
        self.mode = join.mode
        self._hash = specification_hash(specification)
        header, _ = driver.request(c.JOIN, join.encode(), [specification], batch=join.copies)
        self._instance = header.instance
        _, self._reply = frames.act_frames(spec, join.agents, join.copies, False)
        self._names = [agent.name for agent in spec.agents]
        self._full_legal = all_legal(spec)
        self._shape = (join.copies, len(spec.agents), spec.action_size)
        self._idle = np.zeros(spec.action_size, np.int32 if spec.discrete else np.float32)
        if spec.action_bounds is not None:
            self._idle = np.clip(self._idle, spec.action_bounds.low, spec.action_bounds.high).astype(np.float32)
        self._begins = True
        self._calls = 0
        self._end = weakref.finalize(self, _end, driver, end)

    # MARK: Acting

    def reset(self) -> None:
        """Says that all copies begin new episodes: the next `act` is their first."""
        self._begins = True

    def act(
        self,
        observations: Any,
        action_mask: ArrayLike | Mapping[str, Any] | None = None,
        acting: ArrayLike | None = None,
        starts: ArrayLike | None = None,
        random: ArrayLike | None = None,
    ) -> NDArray[Any]:
        """Decides.

            actions = policy.act(env)                     # an environment of make_vec or connect
            actions = policy.act(observations, info)      # what its reset or step returned
            actions = policy.act(observations, action_mask, acting, starts, random)

        Args:
            observations: ``[num_envs, agents, d]`` of all agents, as `VectorEnv` returns them. Those of agents
                that it does not play are ignored.
            action_mask: ``[num_envs, agents, choices]``; None: everything is legal. Or the info that came with the
                observations, which says also who is acting and where an episode has begun.
            acting: ``[num_envs, agents]``: who decides; None: everybody.
            starts: ``[num_envs]``: copies whose episode begins with these observations. None: all at the first call
                after `reset()`, later none.
            random: u64 ``[num_envs, agents]``: a fresh random number for each decision, from which sampled actions are
                drawn. None: numbers that `load_policy`'s seed fixes, by call, copy and agent; `act(env)` takes those
                that the host itself would give to a policy in another process.

        Returns:
            ``[num_envs, agents]``, or ``[num_envs, agents, heads or size]``, for the environment's `step`. Agents that
            it does not play, and those that are not acting, have the action 0.

        Raises:
            ArgusError: arrays of another shape; a policy that fails, hangs or is gone.
        """
        if hasattr(observations, "episode_steps"):
            return self._act_in(observations)
        if isinstance(action_mask, Mapping):
            info: Mapping[str, Any] = action_mask
            action_mask = info.get("action_mask") if self._specification.discrete else None
            acting = info.get("acting") if acting is None else acting
            starts = info.get("ended") if starts is None else starts
        rows = self._array("observations", observations, np.float32, (*self._shape[:2], self._width))
        legal = None
        if action_mask is not None and self._specification.discrete:
            legal = self._array("action_mask", action_mask, np.bool_, (*self._shape[:2], self._specification.choices))
        decides = np.ones(self._shape[:2], np.bool_)
        if acting is not None:
            decides = self._array("acting", acting, np.bool_, self._shape[:2])
        begun = np.zeros(self.num_envs, np.bool_)
        if starts is not None:
            begun = self._array("starts", starts, np.bool_, (self.num_envs,))
        if self._begins:
            begun = np.ones(self.num_envs, np.bool_)
        numbers = self._numbers() if random is None else self._array("random", random, np.uint64, self._shape[:2])
        return self._ask(rows, legal, decides, begun, numbers)

    def act_parallel(
        self, observations: Mapping[str, ArrayLike], infos: Mapping[str, Mapping[str, Any]] | None = None
    ) -> dict[str, Any]:
        """Decides for a PettingZoo ``ParallelEnv``, such as `argus_env.parallel_env` makes; needs ``num_envs=1``.

            policy = argus_env.load_policy("run:runs/mine", num_envs=1)
            observations, infos = env.reset(seed=3)
            policy.reset()
            while env.agents:
                observations, rewards, terminations, truncations, infos = env.step(
                    policy.act_parallel(observations, infos))

        Args:
            observations: by agent; agents that are not there do not act.
            infos: by agent; ``action_mask`` (a tuple of masks for several heads) and ``acting`` are looked at.

        Returns:
            An action for each agent of `observations` that this policy plays.
        """
        if self.num_envs != 1:
            raise self._bad("num_envs", str(self.num_envs), "1 for a ParallelEnv, from load_policy(…, num_envs=1)")
        unknown = [name for name in observations if name not in self._names]
        if unknown:
            raise self._bad("observations", repr(unknown[0]), f"some of {', '.join(self._names)}")
        spec = self._specification
        rows = np.zeros((1, *self._shape[1:2], self._width), np.float32)
        legal = self._full_legal[None].copy() if spec.discrete else None
        decides = np.zeros(self._shape[:2], np.bool_)
        for name, observation in observations.items():
            index = self._names.index(name)
            if index not in self.agent_indices:
                continue
            size = spec.agents[index].observation_size
            row = np.asarray(observation, np.float32).reshape(-1)
            if len(row) != size:
                raise self._bad(f"observation of {name}", f"{len(row)} numbers", str(size))
            rows[0, index, :size] = row
            info = (infos or {}).get(name, {})
            decides[0, index] = bool(info.get("acting", True))
            if legal is not None and info.get("action_mask") is not None:
                self._write_mask(legal[0, index], index, info["action_mask"])
        begun = np.array([self._begins])
        actions = self._ask(rows, legal, decides, begun, self._numbers()).reshape(self._shape)[0]
        played = [index for index in self.agent_indices if self._names[index] in observations]
        return {self._names[index]: self._own_action(index, actions[index]) for index in played}

    def _act_in(self, env: Any) -> NDArray[Any]:
        """Acts on an environment's arrays as they are now."""
        rows = self._array("observations", env.observations, np.float32, (*self._shape[:2], self._width))
        steps = env.episode_steps
        legal = env.action_mask if self._specification.discrete else None
        numbers = keyed_all(decision_keys(self.seed, env.episode_seeds, steps, range(len(self._names))), np.uint64(0))
        return self._ask(rows, legal, env.acting & env.active[:, None], steps == 0, numbers)

    def _ask(
        self,
        observations: NDArray[np.float32],
        legal: NDArray[np.bool_] | None,
        acting: NDArray[np.bool_],
        starts: NDArray[np.bool_],
        random: NDArray[np.uint64],
    ) -> NDArray[Any]:
        """One ACT and its reply."""
        spec = self._specification
        begun = np.ascontiguousarray(starts, np.uint8)
        data: list[Any] = []
        for agent in self.agent_indices:
            data += [np.ascontiguousarray(acting[:, agent], np.uint8), begun]
            data += [np.ascontiguousarray(random[:, agent], "<u8"), np.ascontiguousarray(observations[:, agent], "<f4")]
            if not spec.discrete:
                data.append(b"")
            elif legal is None:
                data.append(np.tile(self._full_legal[agent].astype(np.uint8), (self.num_envs, 1)))
            else:
                data.append(np.ascontiguousarray(legal[:, agent], np.uint8))
        if self._driver is None:
            raise ArgusError(
                f"policy is closed ({self.scenario}): found a call after close(), expected none. Try load_policy() "
                "again.",
                "closed",
            )
        _, parts = self._driver.request(
            c.ACT, b"", data, instance=self._instance, specification=self._hash, batch=self.num_envs
        )
        try:
            chosen = self._reply.decode(parts[2:])
        except ProtocolError as error:
            raise ArgusError(
                f"the policy breaks the protocol (ACT, {self._driver.address}): found {error.message}, expected one "
                "frame an agent."
            ) from error
        self._begins = False
        self._calls += 1
        actions = np.empty(self._shape, self._idle.dtype)
        actions[:] = self._idle
        for agent, own in zip(self.agent_indices, chosen):
            np.copyto(actions[:, agent], own, where=acting[:, agent, None])
        return actions[:, :, 0] if spec.discrete and self._shape[2] == 1 else actions

    # MARK: Details

    @property
    def _width(self) -> int:
        return self._specification.observation_width

    def _numbers(self) -> NDArray[np.uint64]:
        """Random numbers for this call [copies, agents]."""
        key = keyed_all(np.uint64(counter_key(self.seed, ACTION)), np.uint64(self._calls))
        rows = keyed_all(key, np.arange(self.num_envs, dtype=np.uint64))
        return keyed_all(rows[:, None], np.arange(len(self._names), dtype=np.uint64))

    def _array(self, name: str, given: Any, dtype: Any, shape: Sequence[int]) -> NDArray[Any]:
        array = np.asarray(given)
        if array.shape != tuple(shape):
            raise self._bad(name, f"shape {list(array.shape)}", f"{list(shape)}")
        if array.dtype.kind not in ("fiu" if dtype is np.float32 else "biu"):
            raise self._bad(name, str(array.dtype), "numbers" if dtype is np.float32 else str(np.dtype(dtype)))
        return array.astype(dtype, copy=False)

    def _write_mask(self, row: NDArray[np.bool_], index: int, mask: Any) -> None:
        """A mask of an agent's own choices into its padded row: of one head, or a tuple with one for each head."""
        sizes = [max(1, size) for size in self._specification.agents[index].action_sizes]
        parts = [np.asarray(part) for part in (mask if isinstance(mask, tuple) else (mask,))]
        if [part.shape for part in parts] != [(size,) for size in sizes]:
            found = ", ".join(str(list(part.shape)) for part in parts)
            expected = ", ".join(f"[{size}]" for size in sizes)
            raise self._bad(f"action_mask of {self._names[index]}", f"shape {found}", expected)
        row[:] = False
        first = 0
        for part, size, padded in zip(parts, sizes, self._specification.heads):
            row[first : first + size] = part != 0
            first += padded

    def _own_action(self, index: int, action: NDArray[Any]) -> Any:
        if self._specification.discrete:
            return int(action[0]) if len(action) == 1 else action.copy()
        return action[: self._specification.agents[index].action_sizes[0]].copy()

    def _bad(self, name: str, found: str, expected: str) -> ArgusError:
        where = f"{name}, policy for {self.scenario}"
        return ArgusError(f"bad value ({where}): found {found}, expected {expected}.", "argument")

    # MARK: The end

    def close(self) -> None:
        """Ends the session, and the process if `load_policy` started it. May be called again."""
        self._driver = None
        self._end()

    def __enter__(self) -> RemotePolicy:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"RemotePolicy({self.scenario!r}, num_envs={self.num_envs}, agents={self.agents})"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a RemotePolicy cannot be pickled: load it in each process")


def _end(driver: Driver, end: Callable[[], None]) -> None:
    driver.close()
    end()

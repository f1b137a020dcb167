"""Many copies of one scenario, stepped together by the host in this process."""

from __future__ import annotations

import functools
import hashlib
import os
import random
from typing import Any, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from argus_env.errors import ArgusError
from argus_env.native import library as native
from argus_env.native.environment import NativeEnvironment, checked_seed
from argus_env.native.views import VectorViews

_INT32 = np.dtype(np.int32)
_INT64 = np.dtype(np.int64)
_FLOAT32 = np.dtype(np.float32)


def make_vec(scenario: str, num_envs: int = 64, threads: int = 1, copy: bool = True) -> VectorEnv:
    """Makes many copies of a scenario.

    Args:
        scenario: an id such as ``"warehouse/tiny-2ag"`` (`argus_env.scenarios()` lists them), or a file's path.
        num_envs: copies, stepped together.
        threads: at most this many step them; trajectories do not depend on it.
        copy: True: every array that is returned is yours to keep. False: arrays are the host's own memory, valid until
            the next step or reset, and the same objects are returned each time: faster.

    Raises:
        ArgusError: for an unknown scenario, a bad file, a missing library.
    """
    return VectorEnv(scenario, num_envs, threads, copy)


class VectorEnv(VectorViews):
    """Copies of one scenario as arrays ``[num_envs, agents, ...]``; a copy that ends begins anew in the same step.

    Use it from one thread at a time; a second one gets an ArgusError of kind ``"busy"``.

    Attributes:
        num_envs: copies.
        agents: names, in the order of the arrays; roles, groups and group_of_agent belong to them.
        observation_size: width of an observation row; observation_sizes: each agent's own, the rest of its row is zero.
        head_sizes: choices of each head of a discrete action, the largest of all agents; empty for continuous actions.
        action_sizes: the same for each agent.
        is_discrete: False: actions are vectors within ``single_action_space``.
        state_size: width of `state()`.
        horizon: steps after which an episode is truncated.
        metrics: names of an episode's numbers.
        baselines: names of scripted policies for `act`.
        description: all of it, as argus_client.h lists it.
        actions: the host's memory for the next actions, ``[num_envs, agents]`` for one head, else
            ``[num_envs, agents, heads or size]``. May be filled and handed to `step` to spare a copy.
    """

    def __init__(self, scenario: str, num_envs: int = 64, threads: int = 1, copy: bool = True) -> None:
        host = NativeEnvironment(scenario, num_envs, threads)
        self._host = host
        self._id = host.id
        self._copies = copy
        self._describe(host.description)
        self._rng = random.Random(os.urandom(16))

        actions = host.array("actions")
        self.actions = actions[:, :, 0] if self.is_discrete and actions.shape[2] == 1 else actions
        self._shape = self.actions.shape
        self._wide = np.zeros(actions.shape, np.int64)
        self._wide_target = self._wide.reshape(self._shape)
        self._step = host.library.step
        self._step_i64 = functools.partial(
            host.library.step_i64, self._id, self._wide.ctypes.data, self._wide.size)

        self._observations = host.array("observations")
        self._rewards = host.array("rewards")
        self._terminated = host.array("terminated")
        self._truncated = host.array("truncated")
        self._failed = host.array("failed")
        self._state = host.array("state")
        self._final_state = host.array("final_state")
        self._ended = np.zeros(num_envs, bool)
        # Which arrays an info has, always and when some episode ended.
        self._info = {
            "action_mask": host.array("legal"),
            "acting": host.array("acting"),
            "agent_terminated": host.array("agent_terminated"),
            "failed": self._failed,
            "elapsed": host.array("elapsed"),
        }
        self._final_info = {
            "ended": self._ended,
            "final_observations": host.array("final_observations"),
            "final_action_mask": host.array("final_legal"),
            "final_acting": host.array("final_acting"),
        }
        values = host.array("episode_metrics")
        self._episode = {
            "returns": host.array("episode_returns"),
            "lengths": host.array("episode_lengths"),
            "seeds": host.array("episode_seeds"),
        }
        self._episode_metrics = {name: values[:, index] for index, name in enumerate(self.metrics)}
        # What is called at each step with copy=True, bound once.
        self._copy_row = tuple(
            array.copy for array in (
                self._observations, self._rewards, self._terminated, self._truncated, *self._info.values()))
        # What is returned with copy=False, made once.
        arrays = (self._observations, self._rewards, self._terminated, self._truncated)
        self._result = (*arrays, self._info)
        self._final_result = (
            *arrays,
            {**self._info, **self._final_info, "episode": {**self._episode, "metrics": self._episode_metrics}},
        )

    # MARK: Reset and step

    def reset(
        self, *, seed: int | Sequence[int] | None = None, episodes: Sequence[int] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begins new episodes in all copies.

        Args:
            seed: an integer fixes all episodes to come; a list with one seed for each copy fixes each copy's: its first
                episode has just that seed. None: goes on with what the last seed gives.
            episodes: instead, exactly one episode for each of these seeds: copy c plays the entries c, c + num_envs,
                ... and then rests (`active` is False, nobody acts, rewards are 0). For evaluations.
            options: ignored; for Gymnasium's sake.

        Returns:
            Observations ``[num_envs, agents, observation_size]`` and an info as `step` returns it.
        """
        if episodes is not None:
            if seed is not None:
                raise ArgusError(
                    "too many arguments (reset): found seed and episodes, expected one of them.", "argument")
            self._host_or_closed().reset(native.LIST, [checked_seed(value) for value in episodes])
        elif seed is None or not hasattr(seed, "__len__"):
            if seed is not None:
                seed = checked_seed(seed)
                self._rng = random.Random(seed)
            self._host_or_closed().reset(native.STREAM, [self._rng.getrandbits(64) if seed is None else seed])
        else:
            seeds = [checked_seed(value) for value in seed]
            self._host_or_closed().reset(native.STREAM_PER_COPY, seeds)
            self._rng = random.Random(hashlib.blake2b(repr(seeds).encode()).digest())
        if self._copies:
            observations, _, _, _, info = self._copied()
            return observations, info
        return self._observations, self._info

    def step(
        self, actions: ArrayLike
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Makes one step in every copy. A copy whose episode ends begins its next one at once.

        Args:
            actions: shaped like `actions`; integers, or numbers within the bounds for continuous actions. Those of
                agents that are not acting are ignored.

        Returns:
            observations ``[num_envs, agents, d]``: of the next episode where one ended.
            rewards ``[num_envs, agents]``.
            terminated ``[num_envs]``: the episode ended by rule.
            truncated ``[num_envs]``: it ended at the horizon: bootstrap from ``info["final_observations"]``.
            info, always:
                action_mask ``[num_envs, agents, choices]``: what is legal at the next step, heads one after the other.
                acting ``[num_envs, agents]``: who decides at the next step; mask out the others.
                agent_terminated ``[num_envs, agents]``: who is out for the rest of the episode that this step was of.
                failed ``[num_envs]``: the episode became invalid and was dropped: use nothing of it.
                elapsed ``[num_envs]``: simulated time; 1 where steps are even.
            and only when some episode ended, with rows that mean something where ``ended`` is True:
                ended ``[num_envs]``; final_observations, final_action_mask, final_acting; episode: ``returns``
                ``[num_envs, groups]``, ``lengths``, ``seeds``, ``metrics`` (name: ``[num_envs]``).
        """
        if actions is self.actions:
            ended = self._step(self._id)
        elif (
            type(actions) is np.ndarray and actions.shape == self._shape
            and (actions.dtype is _INT32 if self.is_discrete else actions.dtype is _FLOAT32)
        ):
            self.actions[...] = actions
            ended = self._step(self._id)
        else:
            ended = self._step_other(actions)
        if ended == 0:
            return self._copied() if self._copies else self._result
        if ended < 0:
            raise self._host_or_closed().library.failure(-ended)
        np.logical_or(self._terminated, self._truncated, out=self._ended)
        np.logical_or(self._ended, self._failed, out=self._ended)
        return self._copied_final() if self._copies else self._final_result

    def _step_other(self, actions: ArrayLike) -> int:
        """A step with actions of another type or shape."""
        self._host_or_closed()
        given = np.asarray(actions)
        if given.shape != self._shape and given.shape != self._wide.shape:
            raise ArgusError(
                f"wrong shape of actions ({self.scenario}): found {list(given.shape)}, expected {list(self._shape)}.",
                "argument")
        given = given.reshape(self._shape)
        if given.dtype.kind not in ("iub" if self.is_discrete else "fiu"):
            wanted = "integers" if self.is_discrete else "numbers"
            raise ArgusError(
                f"wrong type of actions ({self.scenario}): found {given.dtype}, expected {wanted}.", "argument")
        if self.is_discrete:
            # The host refuses what is out of range; what does not fit into 64 bits would wrap, so it is clipped.
            self._wide_target[...] = np.minimum(given, np.iinfo(np.int64).max) if given.dtype == np.uint64 else given
            return self._step_i64()
        self.actions[...] = given
        return self._step(self._id)

    def _copied(self) -> tuple[Any, ...]:
        """The result of a step as copies."""
        observations, rewards, terminated, truncated, mask, acting, agents, failed, elapsed = self._copy_row
        return observations(), rewards(), terminated(), truncated(), {
            "action_mask": mask(), "acting": acting(), "agent_terminated": agents(), "failed": failed(),
            "elapsed": elapsed(),
        }

    def _copied_final(self) -> tuple[Any, ...]:
        """The same when some episode ended."""
        result = self._copied()
        result[4].update({name: array.copy() for name, array in self._final_info.items()})
        result[4]["episode"] = episode = {name: array.copy() for name, array in self._episode.items()}
        episode["metrics"] = {name: array.copy() for name, array in self._episode_metrics.items()}
        return result

    # MARK: What is there now

    def _given(self, array: np.ndarray) -> np.ndarray:
        return array.copy() if self._copies else array

    def state(self) -> NDArray[np.float32]:
        """The global state ``[num_envs, state_size]``, for central critics in training; policies must not see it."""
        return self._given(self._state)

    def final_state(self) -> NDArray[np.float32]:
        """The last global state of each episode that ended in the last step; other rows are old."""
        return self._given(self._final_state)

    @property
    def observations(self) -> NDArray[np.float32]:
        """The observations now, such as after `restore`."""
        return self._given(self._observations)

    @property
    def action_mask(self) -> NDArray[np.bool_]:
        """What is legal now, ``[num_envs, agents, choices]``."""
        return self._given(self._info["action_mask"])

    @property
    def acting(self) -> NDArray[np.bool_]:
        """Who decides at the next step, ``[num_envs, agents]``."""
        return self._given(self._info["acting"])

    @property
    def active(self) -> NDArray[np.bool_]:
        """Which copies have an episode to play; all but after ``reset(episodes=...)``."""
        return self._host_or_closed().array("active").copy()

    @property
    def episode_seeds(self) -> NDArray[np.uint64]:
        """The seed of each copy's running episode."""
        return self._host_or_closed().array("seeds").copy()

    @property
    def episode_steps(self) -> NDArray[np.int64]:
        """Steps made in each copy's running episode."""
        return self._host_or_closed().array("steps").copy()

    # MARK: The end

    def close(self) -> None:
        """Gives the environment up. Arrays with ``copy=False`` that you still hold stay valid, and keep its memory."""
        for name in _ARRAYS:
            self.__dict__.pop(name, None)
        self._host = None
        self._id = 0

    def __enter__(self) -> VectorEnv:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _host_or_closed(self) -> NativeEnvironment:
        if self._host is None:
            raise self._closed()
        return self._host

    def _closed(self) -> ArgusError:
        return ArgusError(
            f"environment is closed ({self.scenario}): found a call after close(), expected none. Try make_vec() "
            "again.", "closed")

    def __getattr__(self, name: str) -> Any:
        # Only reached for what is not there: the arrays, once the environment is closed.
        if name in _ARRAYS:
            raise self._closed()
        raise AttributeError(f"'VectorEnv' object has no attribute {name!r}")

    def __repr__(self) -> str:
        return f"VectorEnv({self.scenario!r}, num_envs={self.num_envs}, agents={self.agents})"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a VectorEnv cannot be pickled: make one in each process")


_ARRAYS = {
    "actions", "_wide", "_wide_target", "_step_i64", "_observations", "_rewards", "_terminated", "_truncated",
    "_failed", "_state", "_final_state", "_ended", "_copy_row", "_info", "_final_info", "_episode", "_episode_metrics",
    "_result", "_final_result",
}

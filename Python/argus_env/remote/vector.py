"""Many copies of a served environment, stepped together by another process."""

from __future__ import annotations

import hashlib
import os
import random
import weakref
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from argus_env.errors import ArgusError
from argus_env.native.environment import checked_seed
from argus_env.remote.actions import ActionRows
from argus_env.remote.checks import broken, require_finite, require_legal
from argus_env.remote.description import describe, scenario_of
from argus_env.remote.driver import Driver
from argus_env.remote.episodes import Episodes
from argus_env.remote.seeds import EpisodeSeeds, Listed, Stream, StreamPerCopy
from argus_env.remote.views import RemoteViews
from argus_env.wire import constants as c
from argus_env.wire import frames, metas
from argus_env.wire.descriptor import Descriptor, ParameterValue, decode_description
from argus_env.wire.errors import ProtocolError
from argus_env.wire.specification import Specification, specification_hash


class RemoteVectorEnv(RemoteViews):
    """Copies of one served environment as arrays ``[num_envs, agents, ...]``, made by `connect`.

    Its interface is that of `argus_env.native.vector.VectorEnv`, which says what the arrays mean. Each step is one
    message and one reply; a copy that ends begins anew in the same step.
    """

    def __init__(
        self,
        driver: Driver,
        copies: int,
        environment: str | None,
        parameters: dict[str, ParameterValue],
        horizon: int | None,
        reward: str,
        copy: bool,
    ) -> None:
        self._driver: Driver | None = driver
        # Also when the program ends, while everything that it takes is still there.
        self._end = weakref.finalize(self, driver.close)
        self._address = driver.address
        self._copies = copy
        self._descriptor = self._choose(driver, environment)
        create = metas.Create(self._descriptor.id, copies, parameters)
        header, parts = driver.request(c.CREATE, create.encode())
        if len(parts) != 3:
            raise self._broken(f"{len(parts) - 2} frames in the reply to CREATE", "1: the specification")
        self._instance = header.instance
        self._hash = specification_hash(parts[2])
        if header.specification != self._hash:
            raise self._broken("a specification hash of other bytes", f"{self._hash:016x}")
        try:
            specification = Specification.decode(parts[2])
        except ProtocolError as error:
            raise self._broken(error.message, "a specification") from error
        self._specification = specification
        scenario = scenario_of(self._descriptor, specification, horizon, reward)
        if scenario.state == "native" and not specification.state_width:
            raise self._broken("a scenario with a native state, and none", "a state")
        self._describe(describe(self._descriptor, specification, scenario, copies, self._address, self._hash))

        self._masks = scenario.masks == "exact" and specification.discrete
        self._flags = (0 if self._masks else c.FLAG_NO_LEGAL) | (0 if scenario.state == "native" else c.FLAG_NO_STATE)
        wants = self._masks, scenario.state == "native"
        self._reset_reply = frames.row_frames(specification, copies, *wants)
        self._load_reply = frames.row_frames(specification, 1, *wants, message="the reply to LOAD")
        self._step_reply = frames.StepReply(specification, copies, *wants)
        self._row_names = [frame.name for frame in self._reset_reply.frames]
        self._episodes = Episodes(specification, scenario, copies)
        self._seeds = Stream(0)
        self._rng = random.Random(os.urandom(16))
        self._running = False
        self._team = None
        self._actions = ActionRows(specification, copies, self.scenario)
        self.actions = self._actions.flat
        self._name_arrays()

    def _choose(self, driver: Driver, wanted: str | None) -> Descriptor:
        """The environment with this id, or the only one."""
        _, parts = driver.request(c.DESCRIBE)
        try:
            offered = decode_description(parts[1])
        except ProtocolError as error:
            raise self._broken(error.message, "a description") from error
        names = ", ".join(descriptor.id for descriptor in offered)
        for descriptor in offered:
            served = descriptor.scenario.id if descriptor.scenario is not None else descriptor.id
            if wanted in (descriptor.id, served) or (wanted is None and len(offered) == 1):
                return descriptor
        if wanted is None:
            raise ArgusError(
                f"no environment chosen ({self._address}): found {names}, expected one of them. Try "
                f"connect(…, environment={offered[0].id!r}).",
                "argument",
            )
        raise ArgusError(
            f"unknown environment ({self._address}): found {wanted!r}, expected one of {names}.", "argument"
        )

    def _name_arrays(self) -> None:
        """Which arrays an info has, always and when some episode ended."""
        now = self._episodes
        self._arrays = (now.observations, now.rewards, now.terminated, now.truncated)
        self._info: dict[str, NDArray[Any]] = {
            "action_mask": now.legal,
            "acting": now.acting,
            "agent_terminated": now.agent_terminated,
            "failed": now.failed,
            "elapsed": now.elapsed,
        }
        self._final_info: dict[str, NDArray[Any]] = {
            "ended": now.ended,
            "final_observations": now.final_observations,
            "final_action_mask": now.final_legal,
            "final_acting": now.final_acting,
        }
        self._episode: dict[str, NDArray[Any]] = {
            "returns": now.episode_returns,
            "lengths": now.episode_lengths,
            "seeds": now.episode_seeds,
        }
        self._episode_metrics = {name: now.episode_metrics[:, index] for index, name in enumerate(self.metrics)}

    # MARK: Reset and step

    def reset(
        self,
        *,
        seed: int | Sequence[int] | None = None,
        episodes: Sequence[int] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begins new episodes in all copies; see `VectorEnv.reset`."""
        if episodes is not None:
            if seed is not None:
                raise ArgusError(
                    "too many arguments (reset): found seed and episodes, expected one of them.", "argument"
                )
            listed = [checked_seed(value) for value in episodes]
            if not listed:
                raise ArgusError("bad value (episodes): found none, expected one seed or more.", "argument")
            seeds: EpisodeSeeds = Listed(listed)
        elif not isinstance(seed, (Sequence, np.ndarray)):
            if seed is not None:
                seed = checked_seed(seed)
                self._rng = random.Random(seed)
            seeds = Stream(self._rng.getrandbits(64) if seed is None else seed)
        else:
            given = [checked_seed(value) for value in seed]
            if len(given) != self.num_envs:
                raise ArgusError(
                    f"bad value (seed): found {len(given)} seeds, expected {self.num_envs}, one a copy.", "argument"
                )
            seeds = StreamPerCopy(given)
            self._rng = random.Random(hashlib.blake2b(repr(given).encode()).digest())
        self._open()
        self._running = False
        self._seeds = seeds
        self._episodes.rewind()
        self._begin(np.arange(self.num_envs))
        self._running = True
        if self._copies:
            return self._episodes.observations.copy(), self._copied(self._info)
        return self._episodes.observations, self._info

    def _begin(self, copies: NDArray[np.intp]) -> None:
        """Begins the next episodes of these copies by RESET; one that cannot begin is passed over."""
        now = self._episodes
        for _ in range(1000):
            now.begin(copies, self._seeds)
            copies = copies[now.active[copies]]
            if not copies.size:
                return
            copies = self._reset(copies)
            if not copies.size:
                return
        raise ArgusError(
            f"the environment cannot begin an episode ({self._place()}): found "
            f"{self.last_report() or '1000 failed resets in a row'}, expected a reset that succeeds."
        )

    def _reset(self, copies: NDArray[np.intp]) -> NDArray[np.intp]:
        """RESET of these copies. Returns those whose episode could not begin."""
        now = self._episodes
        mask = np.zeros(self.num_envs, np.uint8)
        mask[copies] = 1
        _, parts = self._about(c.RESET, b"", [mask, now.seeds], self._flags)
        rows = self._named(self._decoded(self._reset_reply.decode, parts[2:]))
        ended = rows["ended"][copies]
        if ((ended != 0) & (ended != 2)).any():
            raise broken(self._place(), f"the value {ended.max()} of ended after a reset", "0, or 2 for a failed one")
        good = copies[ended == 0]
        chosen = np.zeros(self.num_envs, bool)
        chosen[good] = True
        self._check(rows, chosen)
        now.show(rows, good)
        return copies[ended == 2]

    def step(
        self, actions: ArrayLike
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Makes one step in every copy, in one round trip; see `VectorEnv.step`."""
        self._open()
        if not self._running:
            raise ArgusError(
                f"not reset ({self.scenario}, step): found a step before reset() or after an error, expected a reset "
                "first. Try reset(seed=1).",
                "argument",
            )
        now = self._episodes
        active = now.active
        self._actions.take(actions)
        self._actions.prepare(active, now.acting, now.steps)
        plan = self._plan()
        self._running = False
        _, parts = self._about(c.STEP, b"", [plan, self._actions.sent, now.next_seeds], self._flags)
        rows, finals = self._decoded(self._step_reply.decode, parts[2:])
        found = self._named(rows)
        now.steps += active
        now.start[active] = False
        any_ended = self._take_step(found, finals, plan)
        self._running = True
        if self._copies:
            info = self._copied(self._info)
            if any_ended:
                info |= self._copied(self._final_info)
                info["episode"] = {**self._copied(self._episode), "metrics": self._copied(self._episode_metrics)}
            observations, rewards, terminated, truncated = self._arrays
            return observations.copy(), rewards.copy(), terminated.copy(), truncated.copy(), info
        info = dict(self._info)
        if any_ended:
            info |= self._final_info
            info["episode"] = {**self._episode, "metrics": self._episode_metrics}
        return (*self._arrays, info)

    def _plan(self) -> NDArray[np.uint8]:
        """What each copy shall do."""
        now = self._episodes
        plan = now.active * np.uint8(c.PLAN_STEP)
        plan += (now.active & (now.steps + 1 >= self.horizon)) * np.uint8(c.PLAN_LAST_STEP)
        plan += (now.active & now.has_next) * np.uint8(c.PLAN_BEGIN_NEXT)
        return plan

    def _take_step(
        self, rows: dict[str, NDArray[Any]], finals: list[NDArray[Any]] | None, plan: NDArray[np.uint8]
    ) -> bool:
        """Takes the rows of a step. Returns whether an episode ended."""
        now = self._episodes
        active = now.active.copy()
        ended = rows["ended"] * active
        if ended.max() > c.ENDED_TRUNCATED:
            raise broken(self._place(), f"the value {ended.max()} of ended", "0, 1, 2 or 3")
        np.equal(ended, c.ENDED_FAILED, out=now.failed)
        valid = active & ~now.failed
        elapsed = rows["elapsed"]
        np.copyto(now.elapsed, elapsed, where=active)
        if not ((elapsed >= 0) & np.isfinite(elapsed) | ~valid).all():
            raise broken(self._place(), "a value of elapsed that is no time", "a finite time, 0 or more")
        np.equal(ended, c.ENDED_TERMINATED, out=now.terminated)
        last = (plan & c.PLAN_LAST_STEP) != 0
        np.logical_or(ended == c.ENDED_TRUNCATED, (ended == c.ENDED_NO) & last & active, out=now.truncated)
        np.logical_or(now.terminated, now.truncated, out=now.ended)
        np.logical_or(now.ended, now.failed, out=now.ended)
        np.logical_and(rows["terminated"] != 0, valid[:, None], out=now.agent_terminated)
        self._check(rows, valid)
        require_finite(rows["reward"], "reward", self._place(), self.agents, valid)
        now.reward(rows["reward"], valid)
        if not now.ended.any() and finals is None:
            now.show(rows, slice(None) if active.all() else np.flatnonzero(active))
            return False
        self._end_episodes(rows, finals, active)
        return True

    def _end_episodes(
        self, rows: dict[str, NDArray[Any]], finals: list[NDArray[Any]] | None, active: NDArray[np.bool_]
    ) -> None:
        """Keeps what ended episodes left; begins the next ones, as far as the server has not."""
        now = self._episodes
        over = np.flatnonzero(now.ended)
        now.finish(over)
        begun = np.zeros(self.num_envs, bool)
        now.show(rows, np.flatnonzero(active))
        if finals is not None:
            layout = self._step_reply.finals(len(finals[0]))
            final = {frame.name.removeprefix("final "): array for frame, array in zip(layout.frames, finals)}
            copies = final["copies"].astype(np.intp)
            if not (now.ended & ~now.failed & now.has_next)[copies].all():
                raise broken(self._place(), "final rows of a copy whose episode goes on", "of those that were reset")
            begun[copies] = True
            now.keep_final(copies, final, slice(None))
            now.episode_metrics[copies] = final["metrics"]
            require_finite(final["observation"], "final observation", self._place(), self.agents)
        rest = np.flatnonzero(now.ended & ~begun)
        if rest.size:
            now.keep_final(rest, rows, rest)
            now.episode_metrics[rest] = np.nan
            whole = rest[~now.failed[rest]]
            if whole.size and self.metrics:
                meta = metas.Metrics(tuple(whole.tolist())).encode()
                _, parts = self._about(c.METRICS, meta, [])
                layout = frames.metric_frames(len(whole), len(self.metrics))
                now.episode_metrics[whole] = self._decoded(layout.decode, parts[2:])[0]
        now.begin(np.flatnonzero(begun), self._seeds)
        if rest.size:
            # Those without a next episode rest; of the others the server could not begin one, or the step failed.
            now.begin(rest, self._seeds)
            again = rest[now.active[rest]]
            if again.size and (failed := self._reset(again)).size:
                self._begin(failed)

    def _check(self, rows: dict[str, NDArray[Any]], chosen: NDArray[np.bool_]) -> None:
        """Refuses rows that would silently spoil whatever reads them."""
        require_finite(rows["observation"], "observation", self._place(), self.agents, chosen)
        if "state" in rows and rows["state"].size:
            require_finite(rows["state"], "state", self._place(), ["the copy"], chosen)
        if self._masks:
            require_legal(rows["legal"], self.head_sizes, self._place(), self.agents, chosen)

    # MARK: The end

    def close(self) -> None:
        """Ends the session. Arrays that you still hold stay valid."""
        self._driver = None
        self._end()

    def __enter__(self) -> RemoteVectorEnv:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"RemoteVectorEnv({self.scenario!r} at {self._address}, num_envs={self.num_envs}, agents={self.agents})"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a RemoteVectorEnv cannot be pickled: connect in each process")

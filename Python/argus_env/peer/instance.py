"""An instance: copies of one environment with their rows, stepped as the wire protocol says."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from argus_env.peer.faults import EnvironmentFault, describe
from argus_env.peer.rows import ENDED_FAILED, Rows
from argus_env.peer.specification import Specification
from argus_env.wire import constants as c
from argus_env.wire.errors import INVALID_REQUEST, ProtocolError
from argus_env.wire.metas import ErrorReport

Problems = dict[int, "BaseException | str"]

_SEED = np.dtype("<u8")
_CHOICE = np.dtype("<i4")
_UNSIGNED = np.dtype("<u4")
_NUMBER = np.dtype("<f4")
# From this size on, a reply's frames go out without a copy. The arrays are written again only at the next request,
# when the driver has the whole reply.
_ZERO_COPY_BYTES = 65536


class Batch(Protocol):
    """What an instance steps: `BatchAdapter` or `CopyBatch`."""

    def reset(self, mask: NDArray[np.bool_] | None, seeds: NDArray[np.uint64], rows: Rows) -> Problems: ...

    def step(self, mask: NDArray[np.bool_] | None, actions: NDArray[Any], rows: Rows) -> Problems: ...

    def close(self) -> None: ...


class Instance:
    """Answers RESET and STEP for one instance.

    `errors` are the error objects of the last reply; not empty means status 1. `lost` says why the instance must not be
    used again.
    """

    def __init__(self, batch: Any, specification: Specification, copies: int, capabilities: list[str]) -> None:
        self.batch = batch
        self.specification = specification
        self.copies = copies
        self.capabilities = capabilities
        self.rows = Rows(specification, copies)
        self.clock = 0
        self.lost: str | None = None
        self.errors: list[ErrorReport] = []
        # Said to the driver beside the reply.
        self.warnings: list[str] = []
        # 1: an episode has begun and is not over.
        self.live = np.zeros(copies, np.bool_)
        # 1: an episode has begun at some time.
        self.begun = np.zeros(copies, np.bool_)
        self._all_live = copies == 0
        self._no_copies = b"\0" * copies
        # Plans with which every copy is stepped and none is truncated.
        self._whole_plans = (b"\1" * copies, b"\5" * copies)
        self._action_shape = (copies, specification.agents, specification.action_width)
        self._action_bytes = 4 * copies * specification.agents * specification.action_width
        # The number of choices, where it is the same for all heads of all agents.
        self._one_limit = 0
        if specification.discrete:
            # 0 stays in range for a head that the agent lacks.
            self._limits = np.maximum(np.asarray(specification.head_sizes, np.uint32), 1)
            if (self._limits == self._limits[0, 0]).all():
                self._one_limit = int(self._limits[0, 0])
        else:
            bounds = specification.wire.action_bounds
            self._low, self._high = np.asarray(bounds and (bounds.low, bounds.high), _NUMBER)
        self._elapsed_is_one = False
        # Copies whose rows in the last reply were those of the step before their reset.
        self._showing_the_end: NDArray[np.intp] | None = None
        self.zero_copy = self.rows.observation.nbytes >= _ZERO_COPY_BYTES

    def close(self) -> None:
        try:
            self.batch.close()
        except Exception:  # What goes wrong while closing concerns no episode.
            return

    def reset(self, frames: list[bytes], unwanted: int) -> list[Any]:
        """RESET: the reply's frames."""
        if len(frames) != 2 or len(frames[0]) != self.copies or len(frames[1]) != 8 * self.copies:
            raise ProtocolError(
                INVALID_REQUEST,
                f"RESET: found frames of {[len(frame) for frame in frames]} bytes, expected {self.copies} (mask) and "
                f"{8 * self.copies} (seeds)",
            )
        mask = np.frombuffer(frames[0], np.uint8)
        if self.copies and mask.max() > 1:
            raise ProtocolError(INVALID_REQUEST, f"RESET: found {mask.max()} in the mask, expected 0 or 1")
        self.errors = []
        chosen = np.flatnonzero(mask)
        self._reset(None if len(chosen) == self.copies else mask.astype(np.bool_), chosen, frames[1])
        self.clock += 1
        return self.rows.frames(unwanted)

    def _reset(self, mask: NDArray[np.bool_] | None, chosen: NDArray[np.intp], seeds: bytes) -> Problems:
        rows = self.rows
        self._showing_the_end = None
        rows.begin(slice(None) if mask is None else chosen)
        self._elapsed_is_one = False
        try:
            problems = self.batch.reset(mask, np.frombuffer(seeds, _SEED), rows)
        except Exception as problem:  # The environment's own code may raise anything.
            self._lose("reset()", problem)
        self.live[chosen] = True
        self.begun[chosen] = True
        failed = [copy for copy in chosen.tolist() if rows.ended[copy]] if rows.ended.any() else []
        self._note("reset()", _all_failed(failed, "the episode could not begin") | problems)
        self._all_live = bool(self.live.all())
        return problems

    def take_up(self, copy: int, *, live: bool) -> None:
        """Notes that `copy` continues from a saved state, whose episode is over unless `live`."""
        self.live[copy] = live
        self.begun[copy] = True
        self._elapsed_is_one = False
        self._all_live = bool(self.live.all())

    def step(self, frames: list[bytes], unwanted: int) -> list[Any]:
        """STEP: the reply's frames."""
        if len(frames) != 3 or len(frames[0]) != self.copies or len(frames[1]) != self._action_bytes:
            raise ProtocolError(
                INVALID_REQUEST,
                f"STEP: found frames of {[len(frame) for frame in frames]} bytes, expected {self.copies} (plan), "
                f"{self._action_bytes} (action) and seeds",
            )
        plan, action, seeds = frames
        if len(seeds) != 8 * self.copies and (seeds or plan not in self._whole_plans[:1]):
            self._require_seeds(plan, seeds)
        mask = None
        whole = self._all_live and plan in self._whole_plans
        if not whole:
            mask = self._mask_of(plan)
        actions = self._actions(action, mask)
        rows = self.rows
        if self._showing_the_end is not None:
            # Adapters may set only what changes: for them these copies are at their episode's beginning.
            rows.terminated[self._showing_the_end] = 0
            rows.reward[self._showing_the_end] = 0
            self._showing_the_end = None
        if not self._elapsed_is_one:
            rows.elapsed.fill(1)
            self._elapsed_is_one = True
        if mask is None:
            rows.ended.fill(0)
        else:
            rows.ended[mask] = 0
        self.errors = []
        try:
            problems = self.batch.step(mask, actions, rows)
        except Exception as problem:  # The environment's own code may raise anything.
            self._lose("step()", problem)
        self.clock += 1
        reply = rows.frames(unwanted)
        if whole and not problems and rows.ended.tobytes() == self._no_copies:
            return reply
        return self._end(plan, mask, seeds, problems, reply, unwanted)

    def _require_seeds(self, plan: bytes, seeds: bytes) -> None:
        wanted = any(bits & c.PLAN_BEGIN_NEXT for bits in plan)
        if wanted or seeds:
            raise ProtocolError(
                INVALID_REQUEST,
                f"STEP: found {len(seeds)} bytes of seeds, expected {8 * self.copies}"
                + ("" if wanted else ", or none, since no copy begins another episode"),
            )

    def _mask_of(self, plan: bytes) -> NDArray[np.bool_] | None:
        bits = np.frombuffer(plan, np.uint8)
        if self.copies == 0:
            return None
        if bits.max() > 7:
            raise ProtocolError(INVALID_REQUEST, f"STEP: found {bits.max()} in the plan, expected at most 7")
        mask = (bits & c.PLAN_STEP) != 0
        asleep = mask & ~self.live
        if asleep.any():
            raise ProtocolError(
                INVALID_REQUEST,
                f"STEP: found copy {int(np.argmax(asleep))} in the plan, whose episode has not begun or is over, "
                "expected a reset before",
            )
        return None if mask.all() else mask

    def _actions(self, frame: bytes, mask: NDArray[np.bool_] | None) -> NDArray[Any]:
        """The actions, all in range."""
        actions: NDArray[Any]
        if self._one_limit and frame:
            # A negative choice is a large one without its sign.
            if np.maximum.reduce(np.frombuffer(frame, _UNSIGNED)) < self._one_limit:
                return np.frombuffer(frame, _CHOICE).reshape(self._action_shape)
        if self.specification.discrete:
            actions = np.frombuffer(frame, _CHOICE).reshape(self._action_shape)
            wrong = actions.view(np.uint32) >= self._limits
        else:
            actions = np.frombuffer(frame, _NUMBER).reshape(self._action_shape)
            wrong = ~((actions >= self._low) & (actions <= self._high))
        return self._mended(actions, wrong, mask) if wrong.any() else actions

    def _mended(self, actions: NDArray[Any], wrong: NDArray[np.bool_], mask: NDArray[np.bool_] | None) -> NDArray[Any]:
        """The actions with 0 where they are out of range and do not count: in rows that do not act, components that an
        agent lacks, and copies that are not stepped."""
        counts = self.rows.acting[:, :, None] != 0
        if mask is not None:
            counts = counts & mask[:, None, None]
        if not self.specification.discrete:
            sizes = np.asarray(self.specification.action_sizes)
            counts = counts & (np.arange(self.specification.action_width)[None, None, :] < sizes[None, :, None])
        if (wrong & counts).any():
            copy, agent, component = (int(index) for index in np.argwhere(wrong & counts)[0])
            raise ProtocolError(
                INVALID_REQUEST,
                f"STEP: found action {actions[copy, agent, component]} of {self.specification.names[agent]} in copy "
                f"{copy}, component {component}, expected one in range",
            )
        return np.where(wrong, 0, actions).astype(actions.dtype)

    def _end(
        self,
        plan: bytes,
        mask: NDArray[np.bool_] | None,
        seeds: bytes,
        problems: Problems,
        reply: list[Any],
        unwanted: int,
    ) -> list[Any]:
        """What follows a step in which an episode ended or failed: the next episodes, and the final rows."""
        rows = self.rows
        bits = np.frombuffer(plan, np.uint8)
        ended = rows.ended if mask is None else rows.ended * mask
        failed = np.flatnonzero(ended == ENDED_FAILED).tolist()
        self._note("step()", _all_failed(failed, "the episode failed") | problems)
        stepped = np.ones(self.copies, np.bool_) if mask is None else mask
        over = stepped & ((ended != 0) | ((bits & c.PLAN_LAST_STEP) != 0))
        self.live &= ~over
        self._all_live = bool(self.live.all())
        again = np.flatnonzero(over & (rows.ended != ENDED_FAILED) & ((bits & c.PLAN_BEGIN_NEXT) != 0))
        if len(again) == 0:
            return reply
        return reply + self._begin_next(again, seeds, unwanted)

    def _begin_next(self, copies: NDArray[np.intp], seeds: bytes, unwanted: int) -> list[Any]:
        """Begins the next episodes of `copies`; the frames about the final rows."""
        rows = self.rows
        metrics = self.metrics(copies.tolist())
        # Indexing with an array copies.
        step = [array[copies] for array in (rows.terminated, rows.reward, rows.ended, rows.elapsed)]
        final: list[Any] = [rows.observation[copies], rows.acting[copies]]
        legal: Any = rows.legal[copies] if rows.legal is not None else None
        state: Any = rows.state[copies] if rows.state is not None else None
        mask = np.zeros(self.copies, np.bool_)
        mask[copies] = True
        errors, self.errors = self.errors, []
        self._reset(mask, copies, seeds)
        refused = {error.copy for error in self.errors}
        self.warnings += [f"copy {error.copy}: {error.message}" for error in self.errors]
        self.errors = errors
        rows.terminated[copies], rows.reward[copies], rows.ended[copies], rows.elapsed[copies] = step
        self._showing_the_end = copies
        kept = np.asarray([copy not in refused for copy in copies.tolist()])
        if refused:
            # The driver sees the ended episode's last rows, and sends RESET.
            lost = copies[~kept]
            rows.observation[lost], rows.acting[lost] = final[0][~kept], final[1][~kept]
            if rows.legal is not None:
                rows.legal[lost] = legal[~kept]
            if rows.state is not None:
                rows.state[lost] = state[~kept]
        if not kept.any():
            return []
        frames: list[Any] = [copies[kept].astype("<u4"), final[0][kept]]
        if legal is not None:
            frames.append(b"" if unwanted & 1 else legal[kept])
        frames.append(final[1][kept])
        if state is not None:
            frames.append(b"" if unwanted & 2 else state[kept])
        return frames + [metrics[kept] if len(self.specification.metrics) else b""]

    def metrics(self, copies: list[int]) -> NDArray[np.float64]:
        """f64 [copies, metrics]: of the episodes so far."""
        names = self.specification.metrics
        values = np.zeros((len(copies), len(names)), "<f8")
        if not names:
            return values
        for row, copy in enumerate(copies):
            try:
                values[row] = self.batch.metrics(copy)
            except Exception as problem:  # The environment's own code may raise anything.
                values[row] = np.nan
                self.warnings.append(f"copy {copy}: {describe('metrics()', problem).message}")
        return values

    def _note(self, place: str, problems: Problems) -> None:
        """Marks copies as failed, with the errors of the reply."""
        for copy, problem in sorted(problems.items()):
            if 0 <= copy < self.copies:
                self.rows.fail(copy)
                self.live[copy] = False
                self.errors.append(describe(place, problem, copy))

    def _lose(self, place: str, problem: BaseException) -> Any:
        self.lost = f"{place} raised {type(problem).__name__}"
        raise EnvironmentFault(place, problem) from problem


def _all_failed(copies: list[int], message: str) -> Problems:
    return {copy: message for copy in copies}

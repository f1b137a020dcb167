"""Types and shapes of the data frames, worked out once for an instance and then used for each message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from argus_env.wire.errors import INVALID_REQUEST, ProtocolError
from argus_env.wire.specification import Specification

Data = bytes | bytearray | memoryview

U8 = np.dtype("<u1")
I32 = np.dtype("<i4")
U32 = np.dtype("<u4")
U64 = np.dtype("<u8")
F32 = np.dtype("<f4")
F64 = np.dtype("<f8")
_TYPE_NAMES = {U8: "u8", I32: "i32", U32: "u32", U64: "u64", F32: "f32", F64: "f64"}


class Frame:
    """One data frame.

    Attributes:
        name: as in the protocol's text, such as `final observation`.
        dtype, shape: of its elements, in C order.
        size: its bytes; 0 for one that is there but not wanted.
        may_be_empty: no bytes are right too.
        is_open: any number of bytes is right as far as the layout knows (texts, states).
    """

    __slots__ = ("name", "dtype", "shape", "axes", "size", "may_be_empty", "is_open")

    def __init__(
        self,
        name: str,
        dtype: np.dtype[Any] = U8,
        shape: tuple[int, ...] = (),
        axes: tuple[str, ...] = (),
        *,
        wanted: bool = True,
        may_be_empty: bool = False,
        is_open: bool = False,
    ) -> None:
        self.name = name
        self.dtype = dtype
        self.shape = shape if wanted else (0,)
        self.axes = axes if wanted else ()
        self.size = 0 if is_open or not wanted else dtype.itemsize * int(np.prod(shape, dtype=object))
        self.may_be_empty = may_be_empty or is_open
        self.is_open = is_open

    def check(self, size: int) -> None:
        """Raises `ProtocolError` (`invalid-request`) naming the frame, its size and the expected shape."""
        if size != self.size and not self.is_open and not (self.may_be_empty and size == 0):
            raise ProtocolError(
                INVALID_REQUEST, f"frame '{self.name}' has {size} bytes, expected {self.size}: {self.shape_text()}"
            )

    def decode(self, data: Data) -> NDArray[Any]:
        """A view of `data` as an array of this shape, read-only where `data` is; of shape (0,) for an empty frame.

        Raises:
            ProtocolError: `invalid-request` for another size.
        """
        size = len(data)
        if size == self.size and not self.is_open:
            return np.ndarray(self.shape, self.dtype, data)
        self.check(size)
        return np.frombuffer(data, self.dtype) if size else np.zeros(0, self.dtype)

    def shape_text(self) -> str:
        """Type and shape in words, such as `f32 [2 copies, 2 agents, 71]`."""
        if self.is_open:
            return "bytes"
        name = _TYPE_NAMES[self.dtype]
        if self.shape == (0,) and not self.axes:
            return f"{name} [0], not wanted here"
        axes = self.axes + ("",) * len(self.shape)
        dimensions = ", ".join(f"{count} {axis}".strip() for count, axis in zip(self.shape, axes))
        return f"{name} [{dimensions}]" + (" or none" if self.may_be_empty else "")


class FrameList:
    """The frames of a message in their order. `index[name]` is a frame's place."""

    def __init__(self, message: str, frames: Sequence[Frame]) -> None:
        self.message = message
        self.frames = tuple(frames)
        self.index = {frame.name: place for place, frame in enumerate(self.frames)}
        self._sizes = [frame.size for frame in self.frames]

    def __len__(self) -> int:
        return len(self.frames)

    def check(self, frames: Sequence[Data]) -> None:
        """Checks number and sizes of `frames` (header and meta are not among them).

        Raises:
            ProtocolError: `invalid-request`.
        """
        sizes = [len(frame) for frame in frames]
        if sizes == self._sizes:
            return
        if len(sizes) != len(self.frames):
            names = ", ".join(frame.name for frame in self.frames) or "none"
            raise ProtocolError(
                INVALID_REQUEST, f"{self.message} has {len(sizes)} frames, expected {len(self.frames)}: {names}"
            )
        for frame, size in zip(self.frames, sizes):
            frame.check(size)

    def decode(self, frames: Sequence[Data]) -> list[NDArray[Any]]:
        """All frames as arrays, checked; views of the given memory."""
        self.check(frames)
        return [frame.decode(data) for frame, data in zip(self.frames, frames)]


def _action(specification: Specification, name: str, shape: tuple[int, ...], axes: tuple[str, ...]) -> Frame:
    if specification.discrete:
        return Frame(name, I32, (*shape, len(specification.heads)), (*axes, "heads"))
    return Frame(name, F32, (*shape, specification.action_width), axes)


def row_frames(
    specification: Specification,
    batch: int,
    wants_legal: bool = True,
    wants_state: bool = True,
    message: str = "the reply to RESET",
) -> FrameList:
    """The rows: the frames of a reply to RESET, LOAD (batch 1) and, the first of those, STEP.

    Names: observation, legal (discrete actions), acting, terminated, reward, state (with a state), ended, elapsed.
    """
    agents = len(specification.agents)
    rows, axes = (batch, agents), ("copies", "agents")
    frames = [Frame("observation", F32, (*rows, specification.observation_width), axes)]
    if specification.discrete:
        frames.append(Frame("legal", U8, (*rows, specification.choices), axes, wanted=wants_legal))
    frames += [Frame("acting", U8, rows, axes), Frame("terminated", U8, rows, axes)]
    scope = "agents" if specification.reward_scope == "agent" else "groups"
    frames.append(Frame("reward", F32, (batch, specification.reward_rows), ("copies", scope)))
    if specification.state_width:
        frames.append(Frame("state", F32, (batch, specification.state_width), ("copies",), wanted=wants_state))
    frames += [Frame("ended", U8, (batch,), ("copies",)), Frame("elapsed", F32, (batch,), ("copies",))]
    return FrameList(message, frames)


def final_frames(
    specification: Specification, copies: int, wants_legal: bool = True, wants_state: bool = True
) -> FrameList:
    """The final rows of a reply to STEP in which `copies` > 0 copies were reset.

    Names: final copies, final observation, final legal, final acting, final state, final metrics.
    """
    rows, axes = (copies, len(specification.agents)), ("final copies", "agents")
    frames = [
        Frame("final copies", U32, (copies,), axes),
        Frame("final observation", F32, (*rows, specification.observation_width), axes),
    ]
    if specification.discrete:
        frames.append(Frame("final legal", U8, (*rows, specification.choices), axes, wanted=wants_legal))
    frames.append(Frame("final acting", U8, rows, axes))
    if specification.state_width:
        frames.append(Frame("final state", F32, (copies, specification.state_width), axes, wanted=wants_state))
    frames.append(Frame("final metrics", F64, (copies, len(specification.metrics)), axes))
    return FrameList("the final rows of a reply to STEP", frames)


class StepReply:
    """Decodes replies to STEP: the rows, and the final rows if a copy was reset."""

    def __init__(
        self, specification: Specification, batch: int, wants_legal: bool = True, wants_state: bool = True
    ) -> None:
        self.rows = row_frames(specification, batch, wants_legal, wants_state, "the reply to STEP")
        self.batch = batch
        self._specification = specification
        self._wants = wants_legal, wants_state
        self._finals: dict[int, FrameList] = {}
        self._final_count = len(self.finals(1))

    def finals(self, copies: int) -> FrameList:
        """The layout of the final rows of `copies` copies; kept for the next time."""
        layout = self._finals.get(copies)
        if layout is None:
            layout = self._finals[copies] = final_frames(self._specification, copies, *self._wants)
        return layout

    def decode(self, frames: Sequence[Data]) -> tuple[list[NDArray[Any]], list[NDArray[Any]] | None]:
        """The rows, and the final rows or None; in the order of `rows.frames` and `finals(n).frames`.

        Raises:
            ProtocolError: `invalid-request`, also for final copies that are not ascending numbers below batch.
        """
        count = len(self.rows.frames)
        rows = self.rows.decode(frames[:count])
        if len(frames) == count:
            return rows, None
        final = frames[count:]
        if len(final) != self._final_count:
            raise ProtocolError(
                INVALID_REQUEST,
                f"the reply to STEP has {len(final)} frames after its rows, expected none or {self._final_count}",
            )
        copies, rest = divmod(len(final[0]), 4)
        if rest or not 1 <= copies <= self.batch:
            raise ProtocolError(
                INVALID_REQUEST,
                f"frame 'final copies' has {len(final[0])} bytes, expected 4 for each of 1 to {self.batch} copies",
            )
        arrays = self.finals(copies).decode(final)
        indices = arrays[0].tolist()
        if indices[-1] >= self.batch or any(first >= second for first, second in zip(indices, indices[1:])):
            raise ProtocolError(
                INVALID_REQUEST,
                f"frame 'final copies' has {indices[:8]}, expected ascending numbers below {self.batch}",
            )
        return rows, arrays


def reset_frames(batch: int) -> FrameList:
    """RESET: mask, seeds."""
    return FrameList("RESET", [Frame("mask", U8, (batch,), ("copies",)), Frame("seeds", U64, (batch,), ("copies",))])


def step_frames(specification: Specification, batch: int) -> FrameList:
    """STEP: plan, action, seeds (may be empty where no plan has 4)."""
    return FrameList(
        "STEP",
        [
            Frame("plan", U8, (batch,), ("copies",)),
            _action(specification, "action", (batch, len(specification.agents)), ("copies", "agents")),
            Frame("seeds", U64, (batch,), ("copies",), may_be_empty=True),
        ],
    )


def check_plan(plan: NDArray[Any], seeds: NDArray[Any]) -> None:
    """Checks what a plan says: known bits only, and seeds where an episode may begin."""
    bits = int(np.bitwise_or.reduce(plan)) if plan.size else 0
    if bits > 7:
        raise ProtocolError(INVALID_REQUEST, "frame 'plan' of STEP has a value above 7, expected a sum of 1, 2 and 4")
    if bits & 4 and seeds.size == 0:
        raise ProtocolError(
            INVALID_REQUEST, "frame 'seeds' of STEP is empty, expected a seed for each copy, since plan has a 4"
        )


def load_frames() -> FrameList:
    """LOAD: state, chance seed (empty: none)."""
    return FrameList("LOAD", [Frame("state", is_open=True), Frame("chance seed", U64, (1,), may_be_empty=True)])


def bytes_frame(name: str, message: str) -> FrameList:
    """One frame of any bytes: replies to CREATE, SAVE and RENDER."""
    return FrameList(message, [Frame(name, is_open=True)])


def no_frames(message: str) -> FrameList:
    """A message without data frames."""
    return FrameList(message, [])


def metric_frames(copies: int, metrics: int) -> FrameList:
    """The reply to METRICS: f64 [copies, metrics]."""
    return FrameList("the reply to METRICS", [Frame("metrics", F64, (copies, metrics), ("copies", "metrics"))])


def text_frames(count: int, message: str = "the reply to TEXT") -> FrameList:
    """`count` texts: offsets, texts; see `argus_env.wire.texts`."""
    return FrameList(message, [Frame("offsets", U32, (count + 1,), ("offsets",)), Frame("texts", is_open=True)])


def joint_baseline_frames(specification: Specification) -> tuple[FrameList, FrameList]:
    """BASELINE of one that sees the state, and its reply: agents; actions."""
    agents = len(specification.agents)
    return (
        FrameList("BASELINE", [Frame("agents", U8, (agents,), ("agents",))]),
        FrameList("the reply to BASELINE", [_action(specification, "actions", (agents,), ("agents",))]),
    )


def local_baseline_frames(specification: Specification, rows: int, memory_size: int) -> tuple[FrameList, FrameList]:
    """BASELINE of a local one for `rows` agents, and its reply: observation, legal (may be empty), memory; actions,
    memory."""
    axes = ("agents",)
    memory = Frame("memory", U8, (rows, memory_size), axes)
    request = [
        Frame("observation", F32, (rows, specification.observation_width), axes),
        Frame("legal", U8, (rows, specification.choices), axes, may_be_empty=True),
        memory,
    ]
    reply = [_action(specification, "actions", (rows,), axes), memory]
    return FrameList("BASELINE", request), FrameList("the reply to BASELINE", reply)


def join_frames(agents: int, with_texts: bool) -> FrameList:
    """JOIN: specification; with texts also rule offsets and rules, one text an agent."""
    frames = [Frame("specification", is_open=True)]
    if with_texts:
        frames += [Frame("rule offsets", U32, (agents + 1,), ("offsets",)), Frame("rules", is_open=True)]
    return FrameList("JOIN", frames)


# Frames of one agent of ACT, in order; the last four only with texts.
ACT_ACTING = 0
ACT_START = 1
ACT_RANDOM = 2
ACT_OBSERVATION = 3
ACT_LEGAL = 4
ACT_SITUATION_OFFSETS = 5
ACT_SITUATIONS = 6
ACT_ACTION_OFFSETS = 7
ACT_ACTIONS = 8


def act_frames(
    specification: Specification, agents: Sequence[int], batch: int, with_texts: bool
) -> tuple[FrameList, FrameList]:
    """ACT and its reply. The frame `role` of the agent at `position` in JOIN's list is number
    `position * (9 if with_texts else 5) + role`; the reply has one frame an agent."""
    frames: list[Frame] = []
    replies: list[Frame] = []
    axes = ("copies",)
    for agent in agents:
        name = specification.agents[agent].name
        frames += [
            Frame(f"acting of {name}", U8, (batch,), axes),
            Frame(f"start of {name}", U8, (batch,), axes),
            Frame(f"random of {name}", U64, (batch,), axes),
            Frame(f"observation of {name}", F32, (batch, specification.observation_width), axes),
            Frame(f"legal of {name}", U8, (batch, specification.choices), axes, wanted=specification.discrete),
        ]
        if with_texts:
            frames += [
                Frame(f"situation offsets of {name}", U32, (batch + 1,), ("offsets",)),
                Frame(f"situations of {name}", is_open=True),
                Frame(f"action offsets of {name}", U32, (batch * specification.choices + 1,), ("offsets",)),
                Frame(f"actions of {name}", is_open=True),
            ]
        replies.append(_action(specification, f"actions of {name}", (batch,), axes))
    return FrameList("ACT", frames), FrameList("the reply to ACT", replies)

"""What a remote environment tells beside its steps: arrays as they are now, texts, pictures, snapshots, spaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from argus_env.described import DescribedVectorEnv
from argus_env.errors import ArgusError
from argus_env.native.environment import checked_index, checked_seed
from argus_env.remote.actions import ActionRows
from argus_env.remote.checks import require_finite
from argus_env.remote.driver import Driver
from argus_env.remote.episodes import Episodes
from argus_env.remote.seeds import EpisodeSeeds
from argus_env.remote.snapshot import Snapshot
from argus_env.remote.team import Team
from argus_env.wire import constants as c
from argus_env.wire import frames, metas
from argus_env.wire.errors import ProtocolError
from argus_env.wire.header import Header
from argus_env.wire.specification import Specification
from argus_env.wire.texts import decode_texts


class RemoteViews(DescribedVectorEnv):
    """The part of `RemoteVectorEnv` that needs no step."""

    scenario: str
    num_envs: int
    agents: list[str]
    groups: list[str]
    head_sizes: list[int]
    is_discrete: bool
    description: dict[str, Any]
    actions: NDArray[Any]
    _driver: Driver | None
    _address: str
    _copies: bool
    _instance: int
    _hash: int
    _flags: int
    _masks: bool
    _specification: Specification
    _episodes: Episodes
    _seeds: EpisodeSeeds
    _actions: ActionRows
    _row_names: list[str]
    _load_reply: frames.FrameList
    _team: Team | None

    # MARK: What is there now

    def _given(self, array: NDArray[Any]) -> NDArray[Any]:
        self._open()
        return array.copy() if self._copies else array

    @staticmethod
    def _copied(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
        return {name: array.copy() for name, array in arrays.items()}

    def state(self) -> NDArray[np.float32]:
        """The global state ``[num_envs, state_size]``, for central critics in training; policies must not see it."""
        return self._given(self._episodes.state)

    def final_state(self) -> NDArray[np.float32]:
        """The last global state of each episode that ended in the last step; other rows are old."""
        return self._given(self._episodes.final_state)

    @property
    def observations(self) -> NDArray[np.float32]:
        """The observations now, such as after `restore`."""
        return self._given(self._episodes.observations)

    @property
    def action_mask(self) -> NDArray[np.bool_]:
        """What is legal now, ``[num_envs, agents, choices]``."""
        return self._given(self._episodes.legal)

    @property
    def acting(self) -> NDArray[np.bool_]:
        """Who decides at the next step, ``[num_envs, agents]``."""
        return self._given(self._episodes.acting)

    @property
    def active(self) -> NDArray[np.bool_]:
        """Which copies have an episode to play; all but after ``reset(episodes=...)``."""
        return self._episodes.active.copy()

    @property
    def episode_seeds(self) -> NDArray[np.uint64]:
        """The seed of each copy's running episode."""
        return self._episodes.seeds.copy()

    @property
    def episode_steps(self) -> NDArray[np.int64]:
        """Steps made in each copy's running episode."""
        return self._episodes.steps.copy()

    # MARK: Text, pictures, snapshots, scripted policies

    def rules(self, agent: int | str = 0) -> str:
        """Role and rules of an agent in words."""
        return self._texts(metas.Text("rules"), len(self.agents))[self._agent(agent)]

    def situation(self, copy: int, agent: int | str) -> str:
        """The situation in words, as one agent sees it now: what its observation holds, no more."""
        return self._texts(metas.Text("situation", self._copy(copy)), len(self.agents))[self._agent(agent)]

    def action_text(self, copy: int, agent: int | str, choice: int) -> str:
        """One choice in words; `choice` counts through all heads, as ``action_mask`` does."""
        choices = sum(self.head_sizes)
        choice = checked_index(choice, choices, "choice")
        texts = self._texts(metas.Text("actions", self._copy(copy)), len(self.agents) * choices)
        return texts[self._agent(agent) * choices + choice]

    def _texts(self, meta: metas.Text, count: int) -> list[str]:
        _, parts = self._about(c.TEXT, meta.encode(), [])
        self._decoded(frames.text_frames(count).check, parts[2:])
        return self._decoded(lambda given: decode_texts(given[0], given[1], count), parts[2:])

    def render(self, copy: int = 0, color: bool = False) -> str:
        """A picture of one copy as lines of text; `color`: with ANSI colours."""
        _, parts = self._about(c.RENDER, metas.Render(self._copy(copy), bool(color)).encode(), [])
        self._decoded(frames.bytes_frame("render", "the reply to RENDER").check, parts[2:])
        return parts[2].decode(errors="replace")

    def snapshot(self, copy: int) -> bytes:
        """The dynamic state of one copy, for `restore` in any copy of the same environment, here or elsewhere."""
        copy = self._copy(copy)
        _, parts = self._about(c.SAVE, metas.Copy(copy).encode(), [])
        self._decoded(frames.bytes_frame("state", "the reply to SAVE").check, parts[2:])
        now = self._episodes
        return Snapshot(
            self._hash, int(now.index[copy]), int(now.seeds[copy]), int(now.steps[copy]), bool(now.start[copy]),
            bool(now.active[copy]), tuple(now.returns[copy].tolist()), parts[2],
        ).encode()  # fmt: skip

    def restore(self, copy: int, snapshot: bytes, chance_seed: int | None = None) -> None:
        """Continues one copy from a snapshot; `chance_seed`: with another future. `observations` has what is there."""
        copy = self._copy(copy)
        saved = Snapshot.decode(bytes(snapshot), self._hash, len(self.groups), f"copy {copy}")
        seed = np.array([] if chance_seed is None else [checked_seed(chance_seed)], np.uint64)
        header, parts = self._about(c.LOAD, metas.Copy(copy).encode(), [saved.state, seed], self._flags)
        if header.status != c.DONE:
            raise ArgusError(
                f"not a usable snapshot (copy {copy}): found {self.last_report()}, expected a state of this "
                "environment.",
                "argument",
            )
        rows = self._named(self._decoded(self._load_reply.decode, parts[2:]))
        require_finite(rows["observation"], "observation", self._place(), self.agents)
        now = self._episodes
        now.show(rows, slice(copy, copy + 1), slice(0, 1))
        now.index[copy], now.seeds[copy], now.steps[copy] = saved.episode, saved.seed, saved.steps
        now.start[copy], now.active[copy] = saved.start, saved.active
        now.returns[copy] = saved.returns
        if not saved.active:
            now.acting[copy] = False
        now.look_ahead(copy, self._seeds)

    def act(self, team: str = "scripted", seed: int = 0) -> NDArray[Any]:
        """What a team of built-in policies would do next, shaped like `actions` (which it overwrites).

        Args:
            team: ``"random"`` (uniform among legal choices), ``"scripted"``, ``"scripted:NAME"`` with a name in
                `baselines`, or different ones by agent: ``"robot_0=scripted,*=random"``.
            seed: keys random choices, together with the episode, the step and the agent.
        """
        self._open()
        if self._team is None or (self._team.text, self._team.seed) != (team, seed):
            self._team = Team(team, checked_seed(seed), self._specification, self._episodes)
        self._team.act(self._actions.rows, self._about, self._masks or not self.is_discrete)
        return self.actions.copy()

    def last_report(self) -> str:
        """What the environment last reported, such as why an episode failed."""
        return self._open().last_report

    # MARK: Requests

    def _about(self, message: int, meta: bytes, data: Sequence[Any], flags: int = 0) -> tuple[Header, list[bytes]]:
        """A request about the instance."""
        return self._open().request(
            message, meta, data, flags=flags, specification=self._hash, instance=self._instance, batch=self.num_envs
        )

    def _decoded(self, decode: Any, data: Sequence[bytes]) -> Any:
        """What `decode` reads in the frames of a reply."""
        try:
            return decode(data)
        except ProtocolError as error:
            raise self._broken(error.message, "frames as AWP/1 says") from error

    def _named(self, arrays: list[NDArray[Any]]) -> dict[str, NDArray[Any]]:
        return dict(zip(self._row_names, arrays))

    def _broken(self, found: str, expected: str) -> ArgusError:
        return ArgusError(f"the server breaks the protocol ({self._address}): found {found}, expected {expected}.")

    def _place(self) -> str:
        return f"{self.scenario} at {self._address}"

    def _open(self) -> Driver:
        if self._driver is None:
            raise ArgusError(
                f"environment is closed ({self.scenario}): found a call after close(), expected none. Try connect() "
                "again.",
                "closed",
            )
        return self._driver

"""Agents with gymnasium spaces, as rows of one width: what the adapters of PettingZoo and Gymnasium have in common."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from argus_env.peer.rows import CopyRows
from argus_env.peer.spaces import ActionDecoder, ObservationEncoder, UnsupportedSpace, mask_parts
from argus_env.peer.specification import Specification, roles, unique_names
from argus_env.wire.canonical import singles

# A state of more components than this is an image or a mistake.
_LARGEST_STATE = 1 << 20


def group_names(groups: Mapping[str, str] | str | None, agents: Sequence[Any]) -> tuple[list[str], list[int]]:
    """The groups and each agent's index among them.

    `groups`: None for one group "team", "each" for one agent a group, or the group of each agent by name.
    """
    if groups is None:
        return ["team"], [0] * len(agents)
    if isinstance(groups, str):
        if groups != "each":
            raise ValueError(f"groups: found {groups!r}, expected None, 'each' or a group for each agent")
        return unique_names(agents), list(range(len(agents)))
    missing = [agent for agent in agents if agent not in groups]
    if missing:
        raise ValueError(f"groups: found none for {missing}, expected one for each of {list(agents)}")
    names = list(dict.fromkeys(str(groups[agent]) for agent in agents))
    return names, [names.index(str(groups[agent])) for agent in agents]


class SpaceTeam:
    """The agents of one environment: their names there, their spaces as rows, and the specification.

    Rows are padded to the widest agent and bounds to the widest bounds, 0 included, since an agent that is out has a
    row of zeros. Continuous actions whose bounds differ between agents are offered as -1 to 1 and scaled for each.
    """

    def __init__(
        self,
        agents: Sequence[Any],
        observation_spaces: Sequence[Any],
        action_spaces: Sequence[Any],
        *,
        groups: Mapping[str, str] | str | None = None,
        state: tuple[int, Any, Any] | None = None,
        horizon: int = 0,
    ) -> None:
        self.keys = list(agents)
        if not self.keys:
            raise UnsupportedSpace("agents: found none, expected at least one in possible_agents")
        self.index = {key: index for index, key in enumerate(self.keys)}
        self.names = unique_names(agents)
        self.encoders = [
            _for_agent(name, ObservationEncoder, space) for name, space in zip(self.names, observation_spaces)
        ]
        self.decoders = [_for_agent(name, ActionDecoder, space) for name, space in zip(self.names, action_spaces)]
        self.width = max(1, max(encoder.size for encoder in self.encoders))
        continuous = [decoder.heads is None for decoder in self.decoders]
        if any(continuous) and not all(continuous):
            kinds = {name: "continuous" if kind else "discrete" for name, kind in zip(self.names, continuous)}
            raise UnsupportedSpace(
                f"action spaces: found {kinds}, expected one kind for all agents. Try a wrapper that makes the "
                "continuous actions discrete"
            )
        self.discrete = not continuous[0]
        self.scales: list[tuple[NDArray[np.float32], NDArray[np.float32]] | None] = [None] * len(self.keys)
        self.specification = Specification(self._document(groups, state, horizon))
        self.state_width = self.specification.state_width
        self._positions = self.specification.own_choices()

    def _document(
        self, groups: Mapping[str, str] | str | None, state: tuple[int, Any, Any] | None, horizon: int
    ) -> dict[str, Any]:
        low, high = np.zeros(self.width), np.zeros(self.width)
        for encoder in self.encoders:
            low[: encoder.size] = np.minimum(low[: encoder.size], encoder.low)
            high[: encoder.size] = np.maximum(high[: encoder.size], encoder.high)
        observation: dict[str, Any] = {"width": self.width}
        observation |= {"low": singles(low), "high": singles(high)}
        action, sizes = self._discrete() if self.discrete else self._continuous()
        names, group_of = group_names(groups, self.keys)
        kinds = [(encoder.size, str(size)) for encoder, size in zip(self.encoders, sizes)]
        document: dict[str, Any] = {
            "agents": [
                {
                    "name": name,
                    "role": role,
                    "group": group,
                    "observation_size": encoder.size,
                    "head_sizes" if self.discrete else "action_size": size,
                }
                for name, role, group, encoder, size in zip(
                    self.names, roles(self.names, kinds), group_of, self.encoders, sizes
                )
            ],
            "groups": names,
            "observation": observation,
            "action": action,
            "reward": {"scope": "agent"},
        }
        segments = self.encoders[0].segments
        if len(segments) > 1 and all(encoder.segments == segments for encoder in self.encoders):
            document["observation_segments"] = [
                {"name": name, "offset": offset, "count": count, "description": ""} for name, offset, count in segments
            ]
        if state is not None:
            width, state_low, state_high = state
            document["state"] = {"width": width}
            if state_low is not None:
                document["state"] |= {"low": singles(state_low), "high": singles(state_high)}
        if horizon > 0:
            document["suggested_horizon"] = horizon
        return document

    def _discrete(self) -> tuple[dict[str, Any], list[list[int]]]:
        owned = [decoder.heads or [] for decoder in self.decoders]
        count = max(len(own) for own in owned)
        sizes = [own + [0] * (count - len(own)) for own in owned]
        return {"heads": [max(own[head] for own in sizes) for head in range(count)]}, sizes

    def _continuous(self) -> tuple[dict[str, Any], list[int]]:
        width = max(len(decoder.low) for decoder in self.decoders)
        low, high = [-1.0] * width, [1.0] * width
        scaled = [False] * width
        for component in range(width):
            own = {(d.low[component], d.high[component]) for d in self.decoders if component < len(d.low)}
            if len(own) == 1:
                low[component], high[component] = own.pop()
            else:
                scaled[component] = True
        if any(scaled):
            for agent, decoder in enumerate(self.decoders):
                self.scales[agent] = _scale(decoder, scaled[: len(decoder.low)])
        return {"width": width, "low": low, "high": high}, [len(decoder.low) for decoder in self.decoders]

    def action(self, agent: int, row: Any) -> Any:
        """What the environment takes as the action of `agent`: from a list of choices, or a row of numbers."""
        decoder = self.decoders[agent]
        scale = self.scales[agent]
        if scale is not None:
            row = scale[0] + row[: len(scale[0])] * scale[1]
        return decoder.decode(row)

    def observe(self, agent: int, observation: Any, info: Any, rows: CopyRows, *, acts: bool) -> None:
        """Writes the observation of `agent` and, if it `acts`, which of its choices are legal."""
        try:
            self.encoders[agent].write(observation, rows.observation[agent])
        except (ValueError, TypeError) as error:
            raise ValueError(f"observation of {self.names[agent]}: {error}") from error
        if not acts:
            rows.rest(agent)
            return
        rows.acting[agent] = 1
        legal = rows.legal
        if legal is None:
            return
        mask = None
        if self.encoders[agent].has_mask:
            mask = observation["action_mask"]
        elif isinstance(info, Mapping):
            mask = info.get("action_mask")
        if mask is None:
            legal[agent] = rows.rows.full_legal[agent]
        else:
            self._write_mask(agent, mask, legal[agent], rows.rows.full_legal[agent])

    def _write_mask(self, agent: int, mask: Any, row: NDArray[np.uint8], full: NDArray[np.uint8]) -> None:
        own = self._positions[agent]
        parts = mask_parts(mask)
        if parts.size != own.size:
            raise ValueError(
                f"action_mask of {self.names[agent]}: found {parts.size} values, expected {own.size}, one a choice"
            )
        row[:] = 0
        row[own] = parts != 0
        first = 0
        for head, (size, padded) in enumerate(
            zip(self.specification.head_sizes[agent], self.specification.heads, strict=True)
        ):
            if size == 0:
                row[first] = full[first]
            elif not row[first : first + size].any():
                raise ValueError(
                    f"action_mask of {self.names[agent]}: found no legal choice in head {head} of an agent that acts, "
                    "expected at least one"
                )
            first += padded

    def write_state(self, state: Any, rows: CopyRows) -> None:
        """Writes the global state."""
        if rows.state is None:
            return
        array = np.asarray(state).reshape(-1)
        if array.size != self.state_width:
            raise ValueError(f"state(): found {array.size} values, expected {self.state_width} as in the first episode")
        rows.state[:] = array


def _scale(decoder: ActionDecoder, scaled: list[bool]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Middle and half width for the components that are offered as -1 to 1, 0 and 1 for the others."""
    chosen = np.asarray(scaled)
    low, high = np.asarray(decoder.low), np.asarray(decoder.high)
    middle = np.where(chosen, (low + high) / 2, 0)
    half = np.where(chosen, (high - low) / 2, 1)
    return middle.astype(np.float32), half.astype(np.float32)


def _for_agent(name: str, make: Any, space: Any) -> Any:
    try:
        return make(space)
    except UnsupportedSpace as error:
        raise UnsupportedSpace(f"{name}: {error}") from error


def probe_state(environment: Any) -> tuple[int, Any, Any] | None:
    """Width and bounds of `environment.state()` right after a reset, or None where there is none that is numeric.

    Bounds are those of `state_space` where that fits.
    """
    state = getattr(environment, "state", None)
    if not callable(state):
        return None
    try:
        array = np.asarray(state(), np.float32).reshape(-1)
    except Exception:  # An environment's own code: many have a state() that only raises.
        return None
    if not 1 <= array.size <= _LARGEST_STATE or not np.isfinite(array).all():
        return None
    space: Any = getattr(environment, "state_space", None)
    if type(space).__name__ == "Box" and math.prod(space.shape) == array.size:
        low = np.asarray(space.low, np.float32).reshape(-1)
        high = np.asarray(space.high, np.float32).reshape(-1)
        return array.size, low, high
    return array.size, None, None

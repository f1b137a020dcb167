"""What an instance looks like: agents, shapes, bounds. Section 6 of the wire protocol."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from argus_env.wire.canonical import dumps
from argus_env.wire.errors import ProtocolError
from argus_env.wire.specification import Specification as WireSpecification
from argus_env.wire.specification import specification_hash


def unique_names(names: Iterable[object]) -> list[str]:
    """Names of agents as the contract wants them: `[A-Za-z0-9_]+`, no two alike."""
    found: list[str] = []
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_]+", "_", str(name)) or "agent"
        candidate, number = plain, 1
        while candidate in found:
            number += 1
            candidate = f"{plain}_{number}"
        found.append(candidate)
    return found


def roles(names: Iterable[str], sizes: Iterable[object]) -> list[str]:
    """A role for each agent, so that agents of one role have the same sizes.

    The role is the name without its number (`robot_0` is a `robot`); where agents called alike differ in `sizes`, the
    roles are numbered in order of appearance.
    """
    seen: dict[str, list[object]] = {}
    chosen: list[tuple[str, object]] = []
    for name, size in zip(names, sizes, strict=True):
        stem = re.sub(r"_?\d+$", "", name) or name
        kinds = seen.setdefault(stem, [])
        if size not in kinds:
            kinds.append(size)
        chosen.append((stem, size))
    return [
        stem if len(seen[stem]) == 1 else f"{stem}_{'abcdefghijklmnopqrstuvwxyz'[seen[stem].index(size) % 26]}"
        for stem, size in chosen
    ]


class Specification:
    """A specification with the sizes that serving looks at, as plain lists.

    `document` is the JSON object of section 6 of the wire protocol, as a dict. A `ValueError` says what is wrong.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        try:
            wire = WireSpecification.decode(dumps(dict(document)))
        except ProtocolError as error:
            raise ValueError(error.message) from error
        self.wire = wire
        self.encoded = wire.encode()
        self.hash = specification_hash(self.encoded)
        self.names = [agent.name for agent in wire.agents]
        self.agents = len(wire.agents)
        self.groups = list(wire.groups)
        self.width = wire.observation_width
        self.observation_sizes = [agent.observation_size for agent in wire.agents]
        self.discrete = wire.discrete
        self.heads = list(wire.heads)
        self.choices = wire.choices
        self.head_sizes = [list(agent.action_sizes) for agent in wire.agents] if wire.discrete else []
        self.action_sizes = [] if wire.discrete else [agent.action_sizes[0] for agent in wire.agents]
        # Elements of an action row: heads, or components.
        self.action_width = wire.action_size
        self.reward_rows = wire.reward_rows
        self.reward_scope = wire.reward_scope
        self.state_width = wire.state_width
        self.metrics = [metric.name for metric in wire.metrics]

    def own_choices(self) -> list[NDArray[np.intp]]:
        """For each agent, where in a legal row each of its own choices stands."""
        starts = np.cumsum([0, *self.heads[:-1]])
        return [
            np.concatenate([np.arange(start, start + size, dtype=np.intp) for start, size in zip(starts, sizes)])
            for sizes in self.head_sizes
        ]

    def reply_bytes(self, copies: int) -> int:
        """The size of the largest frame in a reply about `copies` copies."""
        row = max(self.agents * self.width * 4, self.agents * self.choices, self.state_width * 4)
        return copies * row

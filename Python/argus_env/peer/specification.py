"""What an instance looks like: agents, shapes, bounds. Section 6 of the wire protocol."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..wire.canonical import dumps, singles

_NAME = re.compile(r"[A-Za-z0-9_]+")
_HASH_BASIS = 14695981039346656037
_HASH_PRIME = 1099511628211


def fnv1a(data: bytes) -> int:
    """The 64-bit FNV-1a hash of `data`, which tells one specification from another."""
    value = _HASH_BASIS
    for byte in data:
        value = (value ^ byte) * _HASH_PRIME & 0xFFFFFFFFFFFFFFFF
    return value


def bounds(values: Iterable[float]) -> list[float | None]:
    """Bounds as JSON has them: null where there is none."""
    return singles(values)


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
    """A specification document with the sizes that serving needs read out of it.

    `document` is the JSON object of section 6 of the wire protocol, as a dict. A `ValueError` says what is wrong.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = dict(document)
        self.encoded = dumps(self.document)
        self.hash = fnv1a(self.encoded)

        agents = self._list("agents")
        if not agents:
            raise ValueError("specification: found no agents, expected at least one")
        self.names = [str(agent["name"]) for agent in agents]
        if len(set(self.names)) != len(agents) or not all(_NAME.fullmatch(name) for name in self.names):
            raise ValueError(
                f"specification: found agents {self.names}, expected different names of letters, digits and _"
            )
        self.agents = len(agents)
        self.groups = [str(group) for group in self._list("groups")]
        self.group_of = [int(agent["group"]) for agent in agents]
        if not all(0 <= group < len(self.groups) for group in self.group_of):
            raise ValueError(f"specification: found groups {self.group_of}, expected indices below {len(self.groups)}")
        self.width = int(self.document["observation"]["width"])
        self.observation_sizes = [int(agent["observation_size"]) for agent in agents]
        if self.width < 1 or not all(0 <= size <= self.width for size in self.observation_sizes):
            raise ValueError(
                f"specification: found observation sizes {self.observation_sizes} in rows of {self.width}, expected "
                "rows at least as wide as the largest"
            )
        self._read_actions(agents)

        scope = self.document["reward"]["scope"]
        if scope not in ("agent", "group"):
            raise ValueError(f"specification: found reward scope {scope!r}, expected 'agent' or 'group'")
        self.reward_rows = self.agents if scope == "agent" else len(self.groups)
        self.reward_scope = scope
        self.state_width = int(self.document["state"]["width"]) if "state" in self.document else 0
        self.metrics = [metric["name"] for metric in self.document.get("metrics", [])]
        self.baselines = list(self.document.get("baselines", []))
        self.has_text = "text" in self.document

    def _list(self, key: str) -> list[Any]:
        value = self.document.get(key)
        if not isinstance(value, (list, tuple)):
            raise ValueError(f"specification: found {value!r} for {key!r}, expected a list")
        return list(value)

    def _read_actions(self, agents: list[Any]) -> None:
        action = self.document["action"]
        self.discrete = "heads" in action
        if self.discrete:
            self.heads = [int(size) for size in action["heads"]]
            self.choices = sum(self.heads)
            self.head_sizes = [[int(size) for size in agent["head_sizes"]] for agent in agents]
            self.action_width = len(self.heads)
            fits = all(
                len(own) == len(self.heads) and all(0 <= mine <= size for mine, size in zip(own, self.heads))
                for own in self.head_sizes
            )
            if not self.heads or min(self.heads) < 1 or not fits:
                raise ValueError(
                    f"specification: found heads {self.heads} and agents' own {self.head_sizes}, expected one size "
                    "for each head, none larger than the head"
                )
            return
        self.heads, self.choices, self.head_sizes = [], 0, []
        self.action_width = int(action["width"])
        self.action_sizes = [int(agent["action_size"]) for agent in agents]
        self.action_low = [float(value) for value in action["low"]]
        self.action_high = [float(value) for value in action["high"]]
        fits = len(self.action_low) == len(self.action_high) == self.action_width and all(
            0 <= size <= self.action_width for size in self.action_sizes
        )
        if self.action_width < 1 or not fits or not all(map(math.isfinite, self.action_low + self.action_high)):
            raise ValueError("specification: found continuous actions without a finite low and high for each component")

    def reply_bytes(self, copies: int) -> int:
        """The size of the largest frame in a reply about `copies` copies."""
        row = max(self.agents * self.width * 4, self.agents * self.choices, self.state_width * 4)
        return copies * row

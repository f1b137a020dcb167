"""The specification of a plain class, from its attributes and one probing episode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from argus_env.peer.adapters.space_team import group_names, probe_state
from argus_env.peer.specification import roles
from argus_env.wire.canonical import singles

_PROBING_SEED = 0


def document(environment: Any, groups: Mapping[str, str] | str | None) -> dict[str, Any]:
    """The JSON object of section 6 of the wire protocol for an object of a plain class."""
    names = [str(name) for name in _needed(environment, "agents", "a list of names")]
    size = _needed(environment, "observation_size", "the number of an observation's components")
    sizes = [int(_of(size, name, "observation_size")) for name in names]
    width = max(1, *sizes)
    observation: dict[str, Any] = {"width": width}
    low, high = getattr(environment, "observation_low", None), getattr(environment, "observation_high", None)
    if low is not None and high is not None:
        observation |= {"low": _bounds(low, width, "observation_low"), "high": _bounds(high, width, "observation_high")}
    action, own, key = _actions(environment, names)
    group_list, group_of = group_names(groups or getattr(environment, "groups", None), names)
    given = getattr(environment, "roles", None)
    kinds = [(one, str(mine)) for one, mine in zip(sizes, own)]
    role_of = [str(given[name]) for name in names] if isinstance(given, Mapping) else roles(names, kinds)
    reward: dict[str, Any] = {"scope": getattr(environment, "reward_scope", "agent")}
    for end in ("low", "high"):
        bound = getattr(environment, f"reward_{end}", None)
        if bound is not None:
            reward[end] = float(bound)
    found: dict[str, Any] = {
        "agents": [
            {"name": name, "role": role, "group": group, "observation_size": one, key: mine}
            for name, role, group, one, mine in zip(names, role_of, group_of, sizes, own)
        ],
        "groups": group_list,
        "observation": observation,
        "action": action,
        "reward": reward,
    }
    _add_optional(environment, names, width, found)
    return found


def _add_optional(environment: Any, names: list[str], width: int, found: dict[str, Any]) -> None:
    segments = getattr(environment, "observation_segments", None)
    if segments:
        found["observation_segments"] = _segments(segments, width)
    if getattr(environment, "horizon", None):
        found["suggested_horizon"] = int(environment.horizon)
    if all(callable(getattr(environment, name, None)) for name in ("rules", "situation", "action_text")):
        quanta = getattr(environment, "text_quanta", None)
        found["text"] = {} if quanta is None else {"quanta": [float(value) for value in np.broadcast_to(quanta, width)]}
    baselines = getattr(environment, "baselines", None)
    if baselines:
        found["baselines"] = [
            {
                "name": str(name),
                "sees_state": bool(about.get("sees_state", False)),
                "description": str(about.get("description", "")),
                "memory_size": int(about.get("memory_size", 0)),
            }
            for name, about in baselines.items()
        ]
    needs_episode = callable(getattr(environment, "state", None)) or callable(getattr(environment, "metrics", None))
    if not needs_episode:
        return
    environment.reset(_PROBING_SEED)
    state = probe_state(environment)
    if state is not None:
        found["state"] = {"width": state[0]}
    if callable(getattr(environment, "metrics", None)):
        kinds = dict(getattr(environment, "metric_kinds", {}))
        kinds = {name: kinds.get(name, "number") for name in environment.metrics()} | kinds
        found["metrics"] = [{"name": str(name), "kind": kind, "description": ""} for name, kind in kinds.items()]


def _actions(environment: Any, names: list[str]) -> tuple[dict[str, Any], list[Any], str]:
    """The action's part of the document, each agent's own sizes, and the key of these."""
    if getattr(environment, "actions", None) is None:
        low = _needed(environment, "action_low", "'actions', or bounds of continuous actions")
        high = _needed(environment, "action_high", "bounds of continuous actions")
        lows = [[float(value) for value in np.atleast_1d(_of(low, name, "action_low"))] for name in names]
        highs = [[float(value) for value in np.atleast_1d(_of(high, name, "action_high"))] for name in names]
        longest = max(range(len(names)), key=lambda agent: len(lows[agent]))
        for agent, name in enumerate(names):
            count = len(lows[agent])
            if lows[agent] != lows[longest][:count] or highs[agent] != highs[longest][:count]:
                raise ValueError(f"action_low, action_high: found others for {name}, expected the same for all agents")
        action = {"width": len(lows[longest]), "low": lows[longest], "high": highs[longest]}
        return action, [len(own) for own in lows], "action_size"
    heads = [_heads(_of(environment.actions, name, "actions")) for name in names]
    count = max(len(own) for own in heads)
    sizes = [[_count(head) for head in own] + [0] * (count - len(own)) for own in heads]
    padded_sizes = [max(own[head] for own in sizes) for head in range(count)]
    action = {"heads": padded_sizes}
    texts: list[str] = []
    for head, padded in enumerate(padded_sizes):
        named = [own[head] for own in heads if head < len(own) and not isinstance(own[head], int)]
        best: Any = max(named, key=len, default=[])
        texts += [str(text) for text in best] + ["" for _ in range(padded - len(best))]
    if all(texts):
        action["names"] = texts
    return action, sizes, "head_sizes"


def _heads(actions: Any) -> list[Any]:
    """One agent's heads: each a number of choices or a list of names."""
    if isinstance(actions, tuple) and not all(isinstance(part, str) for part in actions):
        return list(actions)
    return [actions]


def _count(head: Any) -> int:
    count = head if isinstance(head, int) else len(head)
    if count < 1:
        raise ValueError(f"actions: found a head with {count} choices, expected at least one")
    return count


def _needed(environment: Any, name: str, what: str) -> Any:
    value = getattr(environment, name, None)
    if value is None:
        raise ValueError(
            f"environment {type(environment).__name__}: found no attribute {name!r}, expected {what}. Try the example "
            "in Examples/python-environment"
        )
    return value


def _of(value: Any, name: str, what: str) -> Any:
    """An attribute that may be given by agent."""
    if not isinstance(value, Mapping):
        return value
    if name not in value:
        raise ValueError(f"{what}: found none for {name}, expected one for each agent")
    return value[name]


def _bounds(value: Any, width: int, what: str) -> list[float | None]:
    array = np.asarray(value, np.float32)
    if array.size not in (1, width):
        raise ValueError(f"{what}: found {array.size} values, expected 1 or {width}")
    return singles(np.broadcast_to(array.reshape(-1), width))


def _segments(segments: Sequence[Any], width: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    offset = 0
    for segment in segments:
        name, count = str(segment[0]), int(segment[1])
        found.append(
            {"name": name, "offset": offset, "count": count, "description": segment[2] if len(segment) > 2 else ""}
        )
        offset += count
    if offset != width:
        raise ValueError(f"observation_segments: found {offset} components in all, expected {width}")
    return found

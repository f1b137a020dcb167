"""What a remote environment is, as `argus_client_describe` tells it of one in this process."""

from __future__ import annotations

import math
from typing import Any

from argus_env.wire import constants as c
from argus_env.wire.descriptor import Descriptor, Scenario
from argus_env.wire.specification import Bounds, Segment, Specification


def scenario_of(descriptor: Descriptor, specification: Specification, horizon: int | None, reward: str) -> Scenario:
    """The served scenario; for a peer without one, what a scenario file would say by default."""
    if descriptor.scenario is not None:
        return descriptor.scenario
    return Scenario(
        id=descriptor.id,
        version=1,
        horizon=horizon or specification.suggested_horizon or (1 << 62),
        reward=reward,
        state="native" if specification.state_width else "concat",
        masks="exact",
    )


def describe(
    descriptor: Descriptor, specification: Specification, scenario: Scenario, copies: int, address: str, digest: int
) -> dict[str, Any]:
    """The description; `digest`: the specification's hash."""
    agents = specification.agents
    actions: dict[str, Any]
    if specification.discrete:
        actions = {"kind": "discrete", "heads": list(specification.heads)}
        if specification.action_names:
            actions["names"] = list(specification.action_names)
    else:
        actions = {"kind": "continuous", **_row(specification.action_width, specification.action_bounds, ())}
        del actions["segments"]
    width = specification.observation_width
    if scenario.state == "native":
        state = _row(specification.state_width, specification.state_bounds, specification.state_segments)
    else:
        bounds = specification.observation_bounds
        repeated = bounds and Bounds(bounds.low * len(agents), bounds.high * len(agents))
        segments = tuple(
            Segment(agent.name, index * width, width, f"observation of {agent.name}")
            for index, agent in enumerate(agents)
        )
        state = _row(width * len(agents), repeated, segments)
    description: dict[str, Any] = {
        "scenario": {"file": address, "references": [], **scenario.document()},
        "environment": f"{descriptor.id} at {address}",
        "copies": copies,
        "threads": 1,
        "agents": [
            {
                "name": agent.name, "role": agent.role, "group": agent.group,
                "observation_size": agent.observation_size, "action_sizes": list(agent.action_sizes),
            }
            for agent in agents
        ],
        "groups": list(specification.groups),
        "observation": _row(width, specification.observation_bounds, specification.observation_segments),
        "actions": actions,
        "state": state,
        "metrics": [vars(metric) for metric in specification.metrics],
        "baselines": [
            {"name": baseline.name, "sees_state": baseline.sees_state, "description": baseline.description}
            for baseline in specification.baselines
        ],
        "text": specification.has_text,
        "snapshot": c.SNAPSHOT_V1 in descriptor.capabilities,
        "render": c.RENDER_V1 in descriptor.capabilities,
        "specification": f"{digest:016x}",
    }  # fmt: skip
    if specification.text_quanta:
        description["text_quanta"] = list(specification.text_quanta)
    return description


def _row(size: int, bounds: Bounds | None, segments: tuple[Segment, ...]) -> dict[str, Any]:
    row: dict[str, Any] = {"size": size, "segments": [vars(segment) for segment in segments]}
    if bounds is not None:
        row["low"] = [_number(value) for value in bounds.low]
        row["high"] = [_number(value) for value in bounds.high]
    return row


def _number(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)

"""What an instance is: agents, sizes, bounds, baselines, metrics. Section 6 of the protocol."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

from argus_env.wire import canonical
from argus_env.wire.errors import INVALID_REQUEST, ProtocolError
from argus_env.wire.fields import LARGEST_COUNT, Fields

# Largest sizes that a specification may have: more is a mistake, or an attempt to exhaust memory.
MOST_AGENTS = 4096
MOST_HEADS = 4096
MOST_CHOICES = 65536
LARGEST_WIDTH = 1 << 24
LARGEST_COPY = 1 << 26  # elements of one copy's rows of one tensor
MOST_SEGMENTS = 1 << 20
MOST_BASELINES = 1024
MOST_METRICS = 4096
LARGEST_MEMORY = 1 << 20

_AGENT_NAME = re.compile(r"[A-Za-z0-9_]+")
_BASELINE_NAME = re.compile(r"[a-z0-9-]+")
_METRIC_NAME = re.compile(r"[a-z0-9_]+")


def specification_hash(data: bytes) -> int:
    """FNV-1a, 64 bits, of a specification's bytes as they were sent."""
    value = 14695981039346656037
    for byte in data:
        value = (value ^ byte) * 1099511628211 & 0xFFFFFFFFFFFFFFFF
    return value


@dataclass(frozen=True)
class Bounds:
    """Lower and upper bounds, one entry a component, rounded to 32-bit floats; infinite: unbounded."""

    low: tuple[float, ...]
    high: tuple[float, ...]

    @property
    def is_bounded(self) -> bool:
        return any(map(math.isfinite, self.low + self.high))


@dataclass(frozen=True)
class Segment:
    """A named run of components."""

    name: str
    offset: int
    count: int
    description: str = ""


@dataclass(frozen=True)
class Agent:
    """One fixed slot. `action_sizes`: true sizes of its heads, or one entry, the true size of its continuous action."""

    name: str
    role: str
    group: int
    observation_size: int
    action_sizes: tuple[int, ...]


@dataclass(frozen=True)
class Baseline:
    """A scripted policy of the environment. `memory_size`: bytes an agent and copy, for one that sees no state."""

    name: str
    sees_state: bool
    description: str = ""
    memory_size: int = 0


@dataclass(frozen=True)
class Metric:
    """A named number of an episode; `kind` is `count`, `fraction` or `number`."""

    name: str
    kind: str
    description: str = ""


@dataclass(frozen=True)
class Specification:
    """Everything fixed about an instance.

    Discrete actions: `heads` has the padded sizes, `action_width` 0 and `action_bounds` None. Continuous actions:
    `heads` is empty. `state_width` 0: no state. `text_quanta` is empty where texts do not round.
    """

    agents: tuple[Agent, ...]
    groups: tuple[str, ...]
    observation_width: int
    heads: tuple[int, ...] = ()
    action_width: int = 0
    action_bounds: Bounds | None = None
    action_names: tuple[str, ...] = ()
    observation_bounds: Bounds | None = None
    observation_segments: tuple[Segment, ...] = ()
    reward_scope: str = "agent"
    reward_bounds: Bounds | None = None
    state_width: int = 0
    state_bounds: Bounds | None = None
    state_segments: tuple[Segment, ...] = ()
    suggested_horizon: int | None = None
    has_text: bool = False
    text_quanta: tuple[float, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    metrics: tuple[Metric, ...] = field(default=())

    @property
    def discrete(self) -> bool:
        return bool(self.heads)

    @property
    def choices(self) -> int:
        """Width of a legal row: the sum of the padded head sizes; 0 for continuous actions."""
        return sum(self.heads)

    @property
    def action_size(self) -> int:
        """Elements of an action row."""
        return len(self.heads) or self.action_width

    @property
    def reward_rows(self) -> int:
        return len(self.agents) if self.reward_scope == "agent" else len(self.groups)

    def encode(self) -> bytes:
        """The canonical bytes: equal specifications have equal bytes, here and in Swift."""
        return canonical.dumps(self.document())

    @property
    def hash(self) -> int:
        """Of `encode()`. Who has received a specification hashes the received bytes with `specification_hash`."""
        return specification_hash(self.encode())

    def document(self) -> dict[str, Any]:
        """As a JSON object."""
        action: dict[str, Any]
        if self.discrete:
            action = {"heads": list(self.heads)}
            if self.action_names:
                action["names"] = list(self.action_names)
        else:
            action = {"width": self.action_width, **_bounds_document(self.action_bounds)}
        reward: dict[str, Any] = {"scope": self.reward_scope}
        if self.reward_bounds is not None:
            for key, value in ("low", self.reward_bounds.low[0]), ("high", self.reward_bounds.high[0]):
                if math.isfinite(value):
                    reward[key] = canonical.single(value)
        document: dict[str, Any] = {
            "agents": [self._agent_document(agent) for agent in self.agents],
            "groups": list(self.groups),
            "observation": {"width": self.observation_width, **_bounds_document(self.observation_bounds)},
            "action": action,
            "reward": reward,
            "baselines": [vars(baseline) for baseline in self.baselines],
            "metrics": [vars(metric) for metric in self.metrics],
        }
        if self.state_width:
            document["state"] = {"width": self.state_width, **_bounds_document(self.state_bounds)}
            if self.state_segments:
                document["state"]["segments"] = [vars(segment) for segment in self.state_segments]
        if self.observation_segments:
            document["observation_segments"] = [vars(segment) for segment in self.observation_segments]
        if self.suggested_horizon is not None:
            document["suggested_horizon"] = self.suggested_horizon
        if self.has_text:
            document["text"] = {"quanta": canonical.singles(self.text_quanta)} if self.text_quanta else {}
        return document

    def _agent_document(self, agent: Agent) -> dict[str, Any]:
        document: dict[str, Any] = {
            "name": agent.name, "role": agent.role, "group": agent.group, "observation_size": agent.observation_size,
        }  # fmt: skip
        if self.discrete:
            document["head_sizes"] = list(agent.action_sizes)
        else:
            document["action_size"] = agent.action_sizes[0]
        return document

    @classmethod
    def decode(cls, data: bytes | bytearray | memoryview) -> Specification:
        """Reads and checks a specification as strictly as the host does.

        Raises:
            ProtocolError: `invalid-request`, naming the key.
        """
        fields = Fields.read(data, "specification")
        observation = fields.object("observation")
        width = observation.integer("width", 1, LARGEST_WIDTH)
        action = fields.object("action")
        heads, action_width, action_bounds = _read_action(action)
        groups = fields.strings("groups")
        if len(set(groups)) != len(groups):
            raise fields.refused("groups", "unique names")
        agents = _read_agents(fields, len(groups), width, heads, action_width)
        if not 1 <= len(groups) <= len(agents):
            raise fields.refused("groups", f"1 to {len(agents)} names, at most one an agent")
        reward = fields.object("reward")
        row = max(width, sum(heads), action_width)
        if len(agents) * row > LARGEST_COPY:
            raise ProtocolError(
                INVALID_REQUEST,
                f"specification: found {len(agents)} rows of {row}, expected at most {LARGEST_COPY} elements a copy",
            )
        names = action.strings("names", ())
        if names and len(names) != sum(heads):
            raise action.refused("names", f"{sum(heads)} names, one a choice")
        state = fields.object("state", None)
        state_width = state.integer("width", 1, LARGEST_WIDTH) if state else 0
        text = fields.object("text", None)
        quanta = (text.singles("quanta") or ()) if text else ()
        if quanta and (len(quanta) != width or min(quanta) < 0):
            raise text.refused("quanta", f"{width} numbers of 0 or more")
        return cls(
            agents=agents,
            groups=groups,
            observation_width=width,
            heads=heads,
            action_width=action_width,
            action_bounds=action_bounds,
            action_names=names,
            observation_bounds=_read_bounds(observation, width),
            observation_segments=_read_segments(fields, "observation_segments", width),
            reward_scope=reward.choice("scope", ("agent", "group")),
            reward_bounds=_read_reward_bounds(reward),
            state_width=state_width,
            state_bounds=_read_bounds(state, state_width) if state else None,
            state_segments=_read_segments(state, "segments", state_width) if state else (),
            suggested_horizon=fields.integer("suggested_horizon", 1, LARGEST_COUNT, None),
            has_text=text is not None,
            text_quanta=quanta,
            baselines=_read_baselines(fields),
            metrics=_read_metrics(fields),
        )


def _bounds_document(bounds: Bounds | None) -> dict[str, Any]:
    if bounds is None or not bounds.is_bounded:
        return {}
    return {"low": canonical.singles(bounds.low), "high": canonical.singles(bounds.high)}


def _read_action(fields: Fields) -> tuple[tuple[int, ...], int, Bounds | None]:
    if "heads" in fields:
        heads = fields.integers("heads", 1, MOST_CHOICES)
        if not 1 <= len(heads) <= MOST_HEADS or sum(heads) > LARGEST_WIDTH:
            raise fields.refused("heads", f"1 to {MOST_HEADS} sizes with a sum up to {LARGEST_WIDTH}")
        return heads, 0, None
    if "width" not in fields:
        raise fields.refused("heads", "heads, or width, low and high")
    width = fields.integer("width", 1, LARGEST_WIDTH)
    bounds = _read_bounds(fields, width)
    if bounds is None or not all(map(math.isfinite, bounds.low + bounds.high)):
        raise fields.refused("low", f"{width} finite numbers, and as many for 'high'")
    return (), width, bounds


def _read_agents(
    fields: Fields, groups: int, observation: int, heads: tuple[int, ...], action_width: int
) -> tuple[Agent, ...]:
    agents: dict[str, Agent] = {}
    first_of_role: dict[str, Agent] = {}
    for item in fields.objects("agents", MOST_AGENTS, required=True):
        name = item.string("name")
        if not _AGENT_NAME.fullmatch(name) or name in agents:
            raise item.refused("name", "a unique name of letters, digits and '_'")
        if heads:
            sizes = item.integers("head_sizes", 0, MOST_CHOICES)
            if len(sizes) != len(heads) or any(own > size for own, size in zip(sizes, heads)):
                raise item.refused("head_sizes", f"{len(heads)} sizes, none above its head's in 'action'")
        else:
            sizes = (item.integer("action_size", 0, action_width),)
        agent = Agent(
            name=name,
            role=item.string("role"),
            group=item.integer("group", 0, max(0, groups - 1)),
            observation_size=item.integer("observation_size", 0, observation),
            action_sizes=sizes,
        )
        other = first_of_role.setdefault(agent.role, agent)
        if other.observation_size != agent.observation_size or other.action_sizes != sizes:
            raise ProtocolError(
                INVALID_REQUEST,
                f"agents '{other.name}' and '{name}' of the role '{agent.role[:40]}' have different sizes, expected "
                "the same in one role",
            )
        agents[name] = agent
    if not agents:
        raise fields.refused("agents", f"1 to {MOST_AGENTS} agents")
    return tuple(agents.values())


def _read_bounds(fields: Fields, width: int) -> Bounds | None:
    low = fields.singles("low", -math.inf)
    high = fields.singles("high", math.inf)
    if low is None and high is None:
        return None
    if low is None or high is None or len(low) != width or len(high) != width:
        key = "high" if low is not None and len(low) == width else "low"
        raise fields.refused(key, f"{width} numbers or null, as 'width' says")
    for index, (lowest, highest) in enumerate(zip(low, high)):
        if lowest > highest:
            raise ProtocolError(
                INVALID_REQUEST,
                f"bounds of component {index} of {fields.place}: found {lowest} and {highest}, expected low <= high",
            )
    bounds = Bounds(low, high)
    return bounds if bounds.is_bounded else None


def _read_reward_bounds(fields: Fields) -> Bounds | None:
    low, high = fields.single("low"), fields.single("high")
    if low is None and high is None:
        return None
    lowest = -math.inf if low is None else low
    highest = math.inf if high is None else high
    if lowest > highest:
        raise fields.refused("low", "low <= high")
    return Bounds((lowest,), (highest,))


def _read_segments(fields: Fields, key: str, width: int) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    end = 0
    for item in fields.objects(key, MOST_SEGMENTS):
        offset = item.integer("offset", 0, width)
        count = item.integer("count", 0, width)
        if offset != end or offset + count > width:
            raise item.refused("offset", f"segments that cover 0..<{width} in order")
        end += count
        segments.append(Segment(item.string("name"), offset, count, item.string("description", "")))
    if segments and end != width:
        raise fields.refused(key, f"segments that cover 0..<{width}; these end at {end}")
    return tuple(segments)


def _read_baselines(fields: Fields) -> tuple[Baseline, ...]:
    baselines: dict[str, Baseline] = {}
    for item in fields.objects("baselines", MOST_BASELINES):
        name = item.string("name")
        if not _BASELINE_NAME.fullmatch(name) or name in baselines:
            raise item.refused("name", "a unique name of a-z, 0-9 and '-'")
        baselines[name] = Baseline(
            name,
            item.boolean("sees_state"),
            item.string("description", ""),
            item.integer("memory_size", 0, LARGEST_MEMORY, 0),
        )
    return tuple(baselines.values())


def _read_metrics(fields: Fields) -> tuple[Metric, ...]:
    metrics: dict[str, Metric] = {}
    for item in fields.objects("metrics", MOST_METRICS):
        name = item.string("name")
        if not _METRIC_NAME.fullmatch(name) or name in metrics:
            raise item.refused("name", "a unique name of a-z, 0-9 and '_'")
        kind = item.choice("kind", ("count", "fraction", "number"))
        metrics[name] = Metric(name, kind, item.string("description", ""))
    return tuple(metrics.values())

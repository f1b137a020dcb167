"""A plain class: no base class, no spaces, nothing to import."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from argus_env.peer.adapters.copy import CopyAdapter, NotOffered
from argus_env.peer.adapters.plain_document import document
from argus_env.peer.rows import ENDED_NO, ENDED_TERMINATED, ENDED_TIME_LIMIT, CopyRows
from argus_env.peer.spaces import mask_parts
from argus_env.peer.specification import Specification

_SNAPSHOT_MAGIC = b"APS1"


class PlainAdapter(CopyAdapter):
    """One object of a plain class. Needed:

    | member | |
    |---|---|
    | `agents` | their names |
    | `observation_size` | how many numbers an agent sees, or a dict by agent |
    | `actions` | the choices' names, or how many there are; several heads: a tuple of these; or a dict by agent |
    | or `action_low`, `action_high` | continuous actions: finite bounds, a number for each component |
    | `reset(seed)` | begins the episode that `seed` fixes; returns the observations |
    | `step(actions)` | returns observations, rewards, terminated and, where there is a time limit, truncated |

    Observations: for each agent in order, a list of numbers (or a dict by agent). Rewards: one for each agent, or one
    number for all. Terminated: for the whole episode, or for each agent. `actions`, for each agent in order: a number,
    a list of numbers with several heads, or an array of f32.

    Optional attributes: `observation_low`, `observation_high` (a number, or one for each component), `roles` and
    `groups` (dicts by agent), `reward_scope` ("agent" or "group"), `reward_low`, `reward_high`, `horizon`,
    `observation_segments` (list of (name, count) or (name, count, description)), `version`, `summary`, `source`.

    Optional methods:

    | method | for |
    |---|---|
    | `legal()` | for each agent, for each of its choices: may it be taken now; several heads: one list, or one a head |
    | `acting()` | for each agent: does it decide at the next step |
    | `state()` | the global state: numbers, for training |
    | `elapsed()` | the simulated time of the last step; 1 without it |
    | `rules(agent)`, `situation(agent)`, `action_text(agent, choice)` | the task in words; `text_quanta`: how far the \
text rounds each number |
    | `save()`, `load(data, chance_seed)`, `observe()` | the state as bytes and back (`ValueError` if they are none); \
`observe` returns the observations as `reset` does |
    | `metrics()` | a dict of numbers; `metric_kinds`: a dict from name to "count", "fraction" or "number" |
    | `render(color)` | a picture as text |
    | `act_locally(name, agent, observation, legal, memory)`, `act_jointly(name, agents)` | scripted policies; \
`baselines`: a dict from name to {"description", "sees_state", "memory_size"} |
    """

    def __init__(self, environment: Any, specification: Specification) -> None:
        self.environment = environment
        self.specification = specification
        self.names = [str(name) for name in environment.agents]
        self._own = specification.own_choices()
        self._single_head = specification.discrete and len(specification.heads) == 1
        # Looked up once: a step then costs no more than what the class defines.
        self._legal = _optional(environment, "legal")
        self._acting = _optional(environment, "acting")
        self._state = _optional(environment, "state") if specification.state_width else None
        self._elapsed = _optional(environment, "elapsed")
        self.rows: CopyRows | None = None

    @classmethod
    def probe(cls, environment: Any, groups: Mapping[str, str] | str | None) -> tuple[Any, ...]:
        return (Specification(document(environment, groups)),)

    @staticmethod
    def specification_of(plan: tuple[Any, ...]) -> Specification:
        return plan[0]

    @classmethod
    def capabilities(cls, environment: Any) -> list[str]:
        found = []
        if all(callable(getattr(environment, name, None)) for name in ("save", "load", "observe")):
            found.append("argus.snapshot/1")
        if callable(getattr(environment, "render", None)):
            found.append("argus.render/1")
        return found

    def reset(self, seed: int, rows: CopyRows) -> None:
        self.rows = rows
        observations = self.environment.reset(seed)
        self._write(observations, rows)

    def step(self, actions: Any, rows: CopyRows) -> None:
        chosen = [row[0] for row in actions] if self._single_head else self._trim(actions)
        result = self.environment.step(chosen)
        if not isinstance(result, tuple) or len(result) not in (3, 4):
            count = f"{len(result)} values" if isinstance(result, tuple) else f"a {type(result).__name__}"
            raise ValueError(f"step(): found {count}, expected observations, rewards, terminated and maybe truncated")
        observations, rewards, terminated = result[:3]
        rows.reward[:] = self._per_row("rewards", rewards, len(rows.reward))
        out = np.asarray(self._per_row("terminated", terminated, len(self.names)), bool)
        rows.terminated[:] = out
        rows.acting[:] = 1
        self._write(observations, rows)
        rows.pass_time(float(self._elapsed()) if self._elapsed else 1)
        cut = len(result) == 4 and np.all(result[3])
        rows.end(ENDED_TERMINATED if out.all() else ENDED_TIME_LIMIT if cut else ENDED_NO)

    def _trim(self, actions: Any) -> list[Any]:
        if self.specification.discrete:
            sizes = self.specification.head_sizes
            return [[value for value, size in zip(row, own) if size] for row, own in zip(actions, sizes)]
        return [row[:size].copy() for row, size in zip(actions, self.specification.action_sizes)]

    def _per_row(self, what: str, values: Any, count: int) -> Any:
        if isinstance(values, Mapping):
            try:
                values = [values[name] for name in self.names]
            except KeyError as error:
                raise ValueError(f"{what}: found none for {error.args[0]}, expected one for each agent") from error
        elif isinstance(values, numbers.Number | np.bool_) or isinstance(values, np.ndarray) and values.ndim == 0:
            return values
        if len(values) != count:
            raise ValueError(f"{what}: found {len(values)}, expected {count}, one for each, or one for all")
        return values

    def _write(self, observations: Any, rows: CopyRows) -> None:
        """Observations, who acts, what is legal, and the global state."""
        if isinstance(observations, Mapping):
            observations = [observations.get(name) for name in self.names]
        if observations is None or len(observations) != len(self.names):
            found = "None" if observations is None else str(len(observations))
            raise ValueError(f"observations: found {found}, expected {len(self.names)}, one for each agent")
        for agent, size in enumerate(self.specification.observation_sizes):
            row = np.asarray(observations[agent], np.float32)
            if row.size != size:
                raise ValueError(
                    f"observation of {self.names[agent]}: found {row.size} numbers (shape {row.shape}), expected {size}"
                )
            rows.observation[agent, :size] = row.reshape(-1)
        if self._acting:
            rows.acting[:] = np.asarray(self._per_row("acting()", self._acting(), len(self.names)), bool)
        rows.acting[rows.terminated != 0] = 0
        if rows.legal is not None:
            self._write_legal(rows.legal, rows)
        if self._state:
            state = np.asarray(self._state(), np.float32).reshape(-1)
            if rows.state is None or state.size != rows.state.size:
                raise ValueError(f"state(): found {state.size} numbers, expected {self.specification.state_width}")
            rows.state[:] = state

    def _write_legal(self, legal: NDArray[np.uint8], rows: CopyRows) -> None:
        full = rows.rows.full_legal
        if self._legal is None:
            legal[:] = full
        else:
            masks = self._per_row("legal()", self._legal(), len(self.names))
            for agent, own in enumerate(self._own):
                if not rows.acting[agent]:
                    continue
                mask = mask_parts(masks[agent])
                if mask.size != own.size:
                    raise ValueError(
                        f"legal() of {self.names[agent]}: found {mask.size} values, expected {own.size}, one a choice"
                    )
                legal[agent] = 0
                legal[agent, own] = mask != 0
                self._require_choice(agent, legal[agent])
        if not rows.acting.all():
            for agent in np.flatnonzero(rows.acting == 0).tolist():
                legal[agent] = rows.rows.idle_legal[agent]

    def _require_choice(self, agent: int, row: NDArray[np.uint8]) -> None:
        first = 0
        for head, (size, padded) in enumerate(zip(self.specification.head_sizes[agent], self.specification.heads)):
            if size == 0:
                row[first] = 1
            elif not row[first : first + size].any():
                raise ValueError(
                    f"legal() of {self.names[agent]}: found no legal choice in head {head}, expected at least one"
                )
            first += padded

    def _method(self, name: str) -> Any:
        method = getattr(self.environment, name, None)
        if not callable(method):
            raise NotOffered
        return method

    def rules(self, agent: int) -> str:
        return self._method("rules")(self.names[agent])

    def situation(self, agent: int) -> str:
        return self._method("situation")(self.names[agent])

    def action_text(self, agent: int, choice: int) -> str:
        return self._method("action_text")(self.names[agent], choice)

    def save(self) -> bytes:
        data = self._method("save")()
        if not isinstance(data, (bytes, bytearray)):
            raise ValueError(f"save(): found a {type(data).__name__}, expected bytes")
        if self.rows is None:
            raise ValueError("save(): found no episode, expected one that was begun")
        return _SNAPSHOT_MAGIC + self.rows.terminated.tobytes() + bytes(data)

    def load(self, data: bytes, chance_seed: int | None, rows: CopyRows) -> None:
        start = len(_SNAPSHOT_MAGIC) + len(self.names)
        flags = np.frombuffer(data[len(_SNAPSHOT_MAGIC) : start], np.uint8)
        if len(data) < start or not data.startswith(_SNAPSHOT_MAGIC) or (flags > 1).any():
            raise ValueError(f"load(): found {len(data)} bytes that are no state, expected the bytes of a save")
        self._method("load")(data[start:], chance_seed)
        self.rows = rows
        rows.terminated[:] = flags
        rows.acting[:] = 1
        self._write(self._method("observe")(), rows)

    def metrics(self) -> list[float]:
        values = self._method("metrics")()
        return [float(values.get(name, math.nan)) for name in self.specification.metrics]

    def render(self, color: bool) -> str:
        return self._method("render")(color)

    def act_jointly(self, name: str, agents: list[int]) -> Any:
        return self._method("act_jointly")(name, [self.names[agent] for agent in agents])

    def act_locally(self, name: str, agent: int, observation: Any, legal: Any, memory: Any) -> Any:
        return self._method("act_locally")(name, self.names[agent], observation, legal, memory)


def _optional(environment: Any, name: str) -> Callable[..., Any] | None:
    method = getattr(environment, name, None)
    return method if callable(method) else None

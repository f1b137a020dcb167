"""A class that steps all copies of an instance at once, with arrays: the fastest way to be a peer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from argus_env.peer.adapters.copy import NotOffered
from argus_env.peer.rows import Rows
from argus_env.peer.specification import Specification

# Which method of a batch class an extension needs.
_METHODS = {
    "argus.snapshot/1": ("save", "load"),
    "argus.render/1": ("render",),
}


class BatchAdapter:
    """All copies of an instance, in an object of a batch class.

    The class is made with the number of copies as the argument `copies`, beside the scenario's parameters, and has:

    | member | |
    |---|---|
    | `specification` | a dict as in section 6 of the wire protocol |
    | `reset(mask, seeds, rows)` | begins a new episode in every copy with a true `mask`; `seeds`: u64 [copies] |
    | `step(mask, actions, rows)` | one step of every copy with a true `mask`; `actions`: i32 [copies, agents, heads] \
or f32 [copies, agents, width], read only |

    `mask` is None for all copies, otherwise an array of bools. `rows` (`argus_env.peer.Rows`) are the arrays that the
    driver will see; they keep their contents from one call to the next. Write all rows of the copies asked for; those
    of others are not looked at. Before `reset`, reward, terminated, ended and elapsed of its copies are 0, and all
    agents act with all their choices; before `step`, elapsed is 1. Either may return `{copy: message}` for copies
    whose episode failed. An exception loses the whole instance.

    Optional: `rules(agent)`, `situation(copy, agent)`, `action_text(copy, agent, choice)`; `save(copy)`,
    `load(copy, data, chance_seed, rows)`; `metrics(copy)`; `render(copy, color)`;
    `act_jointly(name, copy, agents)`, `act_locally(name, agent, observation, legal, memory)`; `close()`. What the
    specification announces must be there.
    """

    def __init__(self, environment: Any) -> None:
        self.environment = environment

    @classmethod
    def specification_of(cls, environment: Any) -> Specification:
        """The specification that the object gives."""
        document = environment.specification
        if not isinstance(document, Mapping):
            raise ValueError(f"specification: found a {type(document).__name__}, expected a dict")
        return Specification(document)

    @classmethod
    def capabilities(cls, environment: Any) -> list[str]:
        """Extensions that the specification does not show."""
        return [name for name, methods in _METHODS.items() if all(hasattr(environment, part) for part in methods)]

    def reset(self, mask: Any, seeds: Any, rows: Rows) -> dict[int, BaseException | str]:
        return self._checked(self.environment.reset(mask, seeds, rows), mask, rows)

    def step(self, mask: Any, actions: Any, rows: Rows) -> dict[int, BaseException | str]:
        return self._checked(self.environment.step(mask, actions, rows), mask, rows)

    @staticmethod
    def _checked(found: Any, mask: Any, rows: Rows) -> dict[int, BaseException | str]:
        problems = dict(found) if found else {}
        return problems if rows.is_finite else rows.not_finite(mask) | problems

    def _method(self, name: str) -> Any:
        method = getattr(self.environment, name, None)
        if method is None:
            raise NotOffered
        return method

    def rules(self, agent: int) -> str:
        return self._method("rules")(agent)

    def situation(self, copy: int, agent: int) -> str:
        return self._method("situation")(copy, agent)

    def action_text(self, copy: int, agent: int, choice: int) -> str:
        return self._method("action_text")(copy, agent, choice)

    def save(self, copy: int) -> bytes:
        return self._method("save")(copy)

    def load(self, copy: int, data: bytes, chance_seed: int | None, rows: Rows) -> None:
        self._method("load")(copy, data, chance_seed, rows)

    def metrics(self, copy: int) -> Any:
        return self._method("metrics")(copy)

    def render(self, copy: int, color: bool) -> str:
        return self._method("render")(copy, color)

    def act_jointly(self, name: str, copy: int, agents: list[int]) -> Any:
        return self._method("act_jointly")(name, copy, agents)

    def act_locally(self, name: str, agent: int, observation: Any, legal: Any, memory: Any) -> Any:
        return self._method("act_locally")(name, agent, observation, legal, memory)

    def close(self) -> None:
        close = getattr(self.environment, "close", None)
        if callable(close):
            close()

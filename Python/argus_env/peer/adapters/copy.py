"""What serving asks of the adapter of one environment object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from argus_env.peer.rows import CopyRows
from argus_env.peer.specification import Specification


class NotOffered(Exception):
    """An extension that this environment does not have."""


class CopyAdapter:
    """One environment object as one copy of an instance.

    `probe` looks at a fresh environment, whose state it may spend, and returns the arguments after the first of the
    constructor. Extensions that an adapter lacks raise `NotOffered`; `capabilities` says what it has beyond what
    the specification tells.
    """

    environment: Any

    def __init__(self, environment: Any, *plan: Any) -> None:
        raise NotImplementedError

    @classmethod
    def probe(cls, environment: Any, groups: Mapping[str, str] | str | None) -> tuple[Any, ...]:
        """What all copies share, found out with one of them. A `ValueError` says why it cannot be served."""
        raise NotImplementedError

    @staticmethod
    def specification_of(plan: tuple[Any, ...]) -> Specification:
        """The specification that `probe` found."""
        raise NotImplementedError

    @classmethod
    def capabilities(cls, environment: Any) -> list[str]:
        """Extensions that the specification does not show: `argus.snapshot/1`, `argus.render/1`."""
        mode = getattr(environment, "render_mode", None)
        return ["argus.render/1"] if mode == "ansi" else []

    def reset(self, seed: int, rows: CopyRows) -> None:
        """Begins a new episode. `rows` already hold what `Rows.begin` sets."""
        raise NotImplementedError

    def step(self, actions: Any, rows: CopyRows) -> None:
        """Makes one step. `actions[agent]`: a list of choices, or a row of numbers."""
        raise NotImplementedError

    def rules(self, agent: int) -> str:
        """argus.text/1: role and rules."""
        raise NotOffered

    def situation(self, agent: int) -> str:
        """argus.text/1: what this agent sees now."""
        raise NotOffered

    def action_text(self, agent: int, choice: int) -> str:
        """argus.text/1: a choice in words."""
        raise NotOffered

    def save(self) -> bytes:
        """argus.snapshot/1: the whole dynamic state."""
        raise NotOffered

    def load(self, data: bytes, chance_seed: int | None, rows: CopyRows) -> None:
        """argus.snapshot/1: continues from `data`; a `ValueError` for bytes that are no state."""
        raise NotOffered

    def metrics(self) -> list[float]:
        """argus.metrics/1: in the order of the specification."""
        raise NotOffered

    def render(self, color: bool) -> str:
        """argus.render/1: the copy as text."""
        picture = self.environment.render()
        if not isinstance(picture, str):
            raise ValueError(f"render(): found a {type(picture).__name__}, expected text")
        return picture

    def act_jointly(self, name: str, agents: list[int]) -> Any:
        """argus.baseline/1: actions [agents, k] of a baseline that sees the state, for those listed."""
        raise NotOffered

    def act_locally(self, name: str, agent: int, observation: Any, legal: Any, memory: Any) -> Any:
        """argus.baseline/1: one agent's action row; `memory` is u8 and changed in place."""
        raise NotOffered

    def close(self) -> None:
        """Gives back what the environment holds."""
        close = getattr(self.environment, "close", None)
        if callable(close):
            close()

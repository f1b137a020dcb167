"""Environment objects side by side: what a batch class does at once is done here one copy after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from argus_env.peer.adapters import CopyAdapter
from argus_env.peer.rows import CopyRows, Rows

Problems = dict[int, BaseException | str]
_NOTHING: Problems = {}


class CopyBatch:
    """One adapter a copy. A copy whose environment raised has its object made anew at its next reset."""

    def __init__(self, make: Callable[[], CopyAdapter], copies: int, *, discrete: bool) -> None:
        self._make = make
        self._discrete = discrete
        self._adapters: list[CopyAdapter | None] = []
        self._rows: list[CopyRows] = []
        try:
            for _ in range(copies):
                self._adapters.append(make())
        except BaseException:
            self.close()
            raise

    def reset(self, mask: NDArray[np.bool_] | None, seeds: NDArray[np.uint64], rows: Rows) -> Problems:
        self._see(rows)
        problems: Problems = {}
        chosen = range(rows.copies) if mask is None else np.flatnonzero(mask).tolist()
        for copy in chosen:
            adapter = self._adapters[copy]
            try:
                if adapter is None:
                    adapter = self._adapters[copy] = self._make()
                adapter.reset(int(seeds[copy]), self._rows[copy])
                rows.require_finite(copy)
            except Exception as problem:  # The environment's own code may raise anything.
                self._drop(copy)
                problems[copy] = problem
        return problems

    def step(self, mask: NDArray[np.bool_] | None, actions: NDArray[Any], rows: Rows) -> Problems:
        problems = _NOTHING
        chosen = range(rows.copies) if mask is None else np.flatnonzero(mask).tolist()
        plain = actions.tolist() if self._discrete else actions
        for copy in chosen:
            try:
                self._at(copy).step(plain[copy], self._rows[copy])
                rows.require_finite(copy)
            except Exception as problem:  # The environment's own code may raise anything.
                self._drop(copy)
                problems = {**problems, copy: problem}
        return problems

    def _see(self, rows: Rows) -> None:
        if not self._rows and rows.copies:
            self._rows = [rows.copy(copy) for copy in range(rows.copies)]

    def _at(self, copy: int) -> CopyAdapter:
        adapter = self._adapters[copy]
        if adapter is None:
            raise ValueError("found no environment, since this copy failed, expected a reset before")
        return adapter

    def _drop(self, copy: int) -> None:
        adapter, self._adapters[copy] = self._adapters[copy], None
        _close(adapter)

    def rules(self, agent: int) -> str:
        for adapter in self._adapters:
            if adapter is not None:
                return adapter.rules(agent)
        # Zero copies, or all failed: rules depend on parameters and agent only.
        adapter = self._make()
        try:
            return adapter.rules(agent)
        finally:
            _close(adapter)

    def situation(self, copy: int, agent: int) -> str:
        return self._at(copy).situation(agent)

    def action_text(self, copy: int, agent: int, choice: int) -> str:
        return self._at(copy).action_text(agent, choice)

    def save(self, copy: int) -> bytes:
        return self._at(copy).save()

    def load(self, copy: int, data: bytes, chance_seed: int | None, rows: Rows) -> None:
        self._see(rows)
        if self._adapters[copy] is None:
            self._adapters[copy] = self._make()
        self._at(copy).load(data, chance_seed, self._rows[copy])

    def metrics(self, copy: int) -> list[float]:
        return self._at(copy).metrics()

    def render(self, copy: int, color: bool) -> str:
        return self._at(copy).render(color)

    def act_jointly(self, name: str, copy: int, agents: list[int]) -> Any:
        return self._at(copy).act_jointly(name, agents)

    def act_locally(self, name: str, agent: int, observation: Any, legal: Any, memory: Any) -> Any:
        for adapter in self._adapters:
            if adapter is not None:
                return adapter.act_locally(name, agent, observation, legal, memory)
        adapter = self._make()
        try:
            return adapter.act_locally(name, agent, observation, legal, memory)
        finally:
            _close(adapter)

    def close(self) -> None:
        for copy in range(len(self._adapters)):
            self._drop(copy)


def _close(adapter: CopyAdapter | None) -> None:
    if adapter is None:
        return
    try:
        adapter.close()
    except Exception:  # What goes wrong while closing concerns no episode.
        return

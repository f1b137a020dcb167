"""Actions of policies that are built in: `random`, and the scripted ones that the environment brings along."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from argus_env.errors import ArgusError
from argus_env.remote.episodes import Episodes
from argus_env.remote.seeds import decision_keys, keyed_all
from argus_env.wire import constants as c
from argus_env.wire import frames, metas
from argus_env.wire.errors import ProtocolError
from argus_env.wire.header import Header
from argus_env.wire.specification import Specification

Request = Callable[..., tuple[Header, list[bytes]]]

_ITEM = re.compile(r"(?:([A-Za-z0-9_*]+)=)?(.*)", re.DOTALL)


class Team:
    """One policy for each agent, out of a text such as `robot_0=scripted,*=random`.

    Raises:
        ArgusError: for a policy or an agent that is not known.
    """

    def __init__(self, text: str, seed: int, specification: Specification, episodes: Episodes) -> None:
        self.text = text
        self.seed = seed
        self._specification = specification
        self._episodes = episodes
        # Agents by baseline; -1: random.
        self._players: dict[int, list[int]] = {}
        for agent, policy in enumerate(self._policies()):
            self._players.setdefault(self._number(policy), []).append(agent)
        self._memory = {
            index: np.zeros((episodes.copies, len(agents), specification.baselines[index].memory_size), np.uint8)
            for index, agents in self._players.items()
            if index >= 0
        }

    def _refused(self, found: str, expected: str) -> ArgusError:
        return ArgusError(f"unknown policy (team {self.text!r}): found {found}, expected {expected}.", "argument")

    def _policies(self) -> list[str]:
        """Each agent's policy."""
        names = [agent.name for agent in self._specification.agents]
        found: list[str | None] = [None] * len(names)
        rest: str | None = None
        for item in self.text.split(","):
            match = _ITEM.fullmatch(item.strip())
            assert match is not None
            pattern, policy = match[1], match[2].strip()
            if pattern is None or pattern == "*":
                if rest is not None:
                    raise self._refused("two policies for the rest of the agents", "one")
                rest = policy
                continue
            form = re.compile(re.escape(pattern).replace(r"\*", ".*"))
            chosen = [index for index, name in enumerate(names) if form.fullmatch(name)]
            if not chosen or any(found[index] is not None for index in chosen):
                raise self._refused(f"'{item.strip()}'", f"each of {', '.join(names)} once, or *")
            for index in chosen:
                found[index] = policy
        policies = [rest if policy is None else policy for policy in found]
        if any(policy is None for policy in policies):
            raise self._refused("agents without a policy", "one for every agent")
        return [policy for policy in policies if policy is not None]

    def _number(self, policy: str) -> int:
        """Index of the baseline that `policy` names; -1 for random."""
        names = [baseline.name for baseline in self._specification.baselines]
        kind, _, name = policy.partition(":")
        if policy == "random":
            return -1
        if kind == "scripted" and names and (not name or name in names):
            return names.index(name) if name else 0
        known = ["random", *(f"scripted:{name}" for name in names)]
        raise self._refused(f"'{policy}'", f"one of {', '.join(known)}")

    # MARK: Acting

    def act(self, rows: NDArray[Any], request: Request, has_masks: bool) -> None:
        """Writes the actions of all agents that act into `rows` [copies, agents, heads or size].

        `request`: sends a message about the instance. `has_masks`: False where everything counts as legal.
        """
        for baseline, agents in self._players.items():
            try:
                if baseline < 0:
                    self._act_randomly(rows, agents)
                elif self._specification.baselines[baseline].sees_state:
                    self._act_jointly(rows, baseline, agents, request)
                else:
                    self._act_locally(rows, baseline, agents, request, has_masks)
            except ProtocolError as error:
                raise ArgusError(
                    f"the server breaks the protocol (BASELINE): found {error.message}, expected actions."
                ) from error

    def _decides(self, agents: Sequence[int]) -> NDArray[np.bool_]:
        now = self._episodes
        return now.acting[:, agents] & now.active[:, None]

    def _act_randomly(self, rows: NDArray[Any], agents: list[int]) -> None:
        """The same draws as the host's, keyed by seed, episode, step, agent and head."""
        now = self._episodes
        decides = self._decides(agents)
        draws = decision_keys(self.seed, now.seeds, now.steps, agents)
        first = 0
        for part in range(rows.shape[2]):
            bits = keyed_all(draws, np.uint64(part))
            if self._specification.discrete:
                size = self._specification.heads[part]
                chosen: NDArray[Any] = _uniform_legal(now.legal[:, agents, first : first + size], bits)
                first += size
            else:
                bounds = self._specification.action_bounds
                assert bounds is not None
                low, high = np.float32(bounds.low[part]), np.float32(bounds.high[part])
                share = (bits >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-24)
                chosen = np.minimum(high, np.maximum(low, low * (np.float32(1) - share) + high * share))
            rows[:, agents, part] = np.where(decides, chosen, rows[:, agents, part])

    def _act_jointly(self, rows: NDArray[Any], baseline: int, agents: list[int], request: Request) -> None:
        """One request for each copy: the server decides from its state."""
        mask = np.zeros(len(self._specification.agents), np.uint8)
        mask[agents] = 1
        layout = frames.joint_baseline_frames(self._specification)[1]
        for copy in np.flatnonzero(self._episodes.active).tolist():
            _, parts = request(c.BASELINE, metas.Baseline(baseline, copy=copy).encode(), [mask])
            rows[copy, agents] = layout.decode(parts[2:])[0][agents]

    def _act_locally(
        self, rows: NDArray[Any], baseline: int, agents: list[int], request: Request, has_masks: bool
    ) -> None:
        """One request for all rows that act."""
        now = self._episodes
        memory = self._memory[baseline]
        memory[now.start] = 0
        decides = self._decides(agents)
        copies, positions = np.nonzero(decides)
        if not copies.size:
            return
        chosen = np.array(agents)[positions]
        legal: Any = now.legal[copies, chosen].astype(np.uint8) if self._specification.discrete and has_masks else b""
        meta = metas.Baseline(baseline, agents=tuple(chosen.tolist())).encode()
        _, parts = request(c.BASELINE, meta, [now.observations[copies, chosen], legal, memory[copies, positions]])
        layout = frames.local_baseline_frames(self._specification, len(copies), memory.shape[2])[1]
        actions, remembered = layout.decode(parts[2:])
        rows[copies, chosen] = actions
        if memory.shape[2]:
            memory[copies, positions] = remembered


def _uniform_legal(legal: NDArray[np.bool_], bits: NDArray[np.uint64]) -> NDArray[np.int32]:
    """A legal choice for each row [copies, agents, choices]: the one whose number is the high word of bits * count."""
    counts = legal.sum(axis=-1).astype(np.uint64)
    low = (bits & np.uint64(0xFFFFFFFF)) * counts
    wanted = ((bits >> np.uint64(32)) * counts + (low >> np.uint64(32))) >> np.uint64(32)
    return np.argmax(np.cumsum(legal, axis=-1) > wanted[:, :, None], axis=-1).astype(np.int32)

"""Answers a driver's requests for actions: JOIN and ACT."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from argus_env.peer.faults import EnvironmentFault, describe
from argus_env.peer.policy_agent import PolicyAgent
from argus_env.peer.service import Reply, Session
from argus_env.wire import constants as c
from argus_env.wire import frames as layouts
from argus_env.wire.errors import (
    BAD_PARAMETERS,
    INVALID_REQUEST,
    LIMIT,
    SPECIFICATION,
    UNKNOWN_INSTANCE,
    UNKNOWN_MESSAGE,
    ProtocolError,
)
from argus_env.wire.header import Header
from argus_env.wire.metas import ActText, Join, encode_texts
from argus_env.wire.specification import Specification, specification_hash
from argus_env.wire.texts import decode_texts

# What `act` may ask for beside observations and legal choices.
_OPTIONAL = ("agent", "acting", "start", "random", "situation", "actions", "say")


class PolicyService:
    """The policy's side of section 4 of the wire protocol.

    `make(agent)` makes the policy of one agent.
    """

    role = "policy"

    def __init__(self, make: Callable[[PolicyAgent], Any], *, wants_text: bool, most_copies: int) -> None:
        self.capabilities: tuple[str, ...] = (c.TEXT_V1,) if wants_text else ()
        self._make = make
        self._most_copies = most_copies
        self._numbers = itertools.count(1)

    def answer(self, session: Session, header: Header, parts: Sequence[bytes]) -> Reply:
        """The reply to a request; `parts`: header, meta, frames. Raises what `service.refusal` puts in words."""
        if header.message == c.ACT:
            return self._joined(session, header).act(header, parts[2:])
        if header.message == c.JOIN:
            return self._join(session, parts)
        if header.message == c.DESTROY:
            instance = session.instances.pop(header.instance, None)
            if instance is None:
                raise ProtocolError(UNKNOWN_INSTANCE, f"DESTROY: found instance {header.instance}, expected one made")
            instance.close()
            return Reply()
        raise ProtocolError(UNKNOWN_MESSAGE, f"found {c.message_name(header.message)}, expected a request to a policy")

    def _joined(self, session: Session, header: Header) -> JoinedTeam:
        team = session.instances.get(header.instance)
        if team is None:
            raise ProtocolError(UNKNOWN_INSTANCE, f"ACT: found instance {header.instance}, expected one made")
        if header.specification != team.hash:
            raise ProtocolError(
                SPECIFICATION, f"ACT: found the specification {header.specification:016x}, expected {team.hash:016x}"
            )
        if team.lost is not None:
            raise EnvironmentFault(f"ACT: the instance is lost, since {team.lost}")
        return team

    def _join(self, session: Session, parts: Sequence[bytes]) -> Reply:
        join = Join.decode(parts[1])
        if join.copies > self._most_copies:
            raise ProtocolError(LIMIT, f"JOIN: found {join.copies} copies, expected at most {self._most_copies}")
        if len(session.instances) >= session.most_instances:
            raise ProtocolError(LIMIT, f"JOIN: found {len(session.instances)} instances, which is the limit")
        frames = parts[2:]
        if not frames:
            raise ProtocolError(INVALID_REQUEST, "JOIN: found no frames, expected the specification")
        specification = Specification.decode(frames[0])
        # The same condition on both sides: both can, and the environment has texts.
        with_texts = c.TEXT_V1 in session.capabilities and specification.has_text
        layouts.join_frames(len(join.agents), with_texts).check(frames)
        if not join.agents or any(agent >= len(specification.agents) for agent in join.agents):
            raise ProtocolError(
                INVALID_REQUEST,
                f"JOIN: found agents {join.agents[:8]}, expected some below {len(specification.agents)}",
            )
        rules = decode_texts(frames[1], frames[2], len(join.agents), "rules") if with_texts else None
        agents = [
            PolicyAgent.of(specification, join, agent, rules[index] if rules else None)
            for index, agent in enumerate(join.agents)
        ]
        try:
            policies = [self._make(agent) for agent in agents]
            players = [Player(agent, policy) for agent, policy in zip(agents, policies, strict=True)]
        except Exception as problem:  # The policy's own code may raise anything.
            raise ProtocolError(BAD_PARAMETERS, describe("policy", problem).message) from problem
        number = next(self._numbers) & 0xFFFFFFFF
        given = specification_hash(frames[0])
        session.instances[number] = JoinedTeam(specification, given, join, players, with_texts)
        return Reply(instance=number, specification=given, batch=join.copies)


class Player:
    """One agent's policy with the arguments that its `act` takes."""

    def __init__(self, agent: PolicyAgent, policy: Any) -> None:
        act = getattr(policy, "act", None)
        if not callable(act):
            raise TypeError(f"policy of {agent.name}: found a {type(policy).__name__}, expected an object with act()")
        self.agent = agent
        self.policy = policy
        self.act = act
        parameters = inspect.signature(act).parameters.values()
        takes_all = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters)
        named = {
            parameter.name
            for parameter in parameters
            if parameter.kind in (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        }
        self.asks = frozenset(name for name in _OPTIONAL if takes_all or name in named)
        # Starts that the policy has not been told yet, since the agent did not act.
        self.start = np.zeros(agent.copies, np.bool_)


class JoinedTeam:
    """The agents that this policy plays in one instance."""

    def __init__(
        self, specification: Specification, given: int, join: Join, players: list[Player], with_texts: bool
    ) -> None:
        self.hash = given
        self.lost: str | None = None
        self._specification = specification
        self._players = players
        self._copies = join.copies
        self._with_texts = with_texts
        self._layout, _ = layouts.act_frames(specification, join.agents, join.copies, with_texts)
        self._clock = 0

    def close(self) -> None:
        for player in self._players:
            close = getattr(player.policy, "close", None)
            if callable(close):
                try:
                    close()
                except Exception:  # What goes wrong while closing concerns no episode.
                    continue

    def act(self, header: Header, frames: Sequence[bytes]) -> Reply:
        """ACT: each policy is handed the rows of its own agent, and nothing else."""
        if header.batch != self._copies:
            raise ProtocolError(INVALID_REQUEST, f"ACT: found batch {header.batch}, expected {self._copies}")
        arrays = self._layout.decode(frames)
        each = 9 if self._with_texts else 5
        replies: list[Any] = []
        said: list[ActText] = []
        for index, player in enumerate(self._players):
            own = arrays[index * each : (index + 1) * each]
            replies.append(self._decide(player, own, self._speech(index, said)))
        self._clock += 1
        return Reply(frames=replies, clock=self._clock, meta=encode_texts(said) if said else b"")

    def _speech(self, index: int, said: list[ActText]) -> Callable[[int, str], None]:
        """`say(copy, text)` of one agent."""

        def say(copy: int, text: str) -> None:
            if not isinstance(text, str) or not 0 <= copy < self._copies:
                raise ValueError(
                    f"say(): found copy {copy!r} and a {type(text).__name__}, expected a copy below {self._copies} and "
                    "a str"
                )
            said.append(ActText(index, int(copy), text))

        return say

    def _decide(
        self, player: Player, rows: list[NDArray[Any]], say: Callable[[int, str], None]
    ) -> NDArray[Any]:
        agent = player.agent
        acting = rows[layouts.ACT_ACTING] != 0
        player.start |= rows[layouts.ACT_START] != 0
        decided = np.zeros((self._copies, agent.action_width), np.int32 if agent.discrete else np.float32)
        if not acting.any():
            return decided
        given: dict[str, Any] = {
            "agent": agent,
            "acting": acting,
            "start": player.start.copy(),
            "random": rows[layouts.ACT_RANDOM],
            "say": say,
        }
        if self._with_texts:
            given |= self._texts(agent, rows, player.asks)
        legal = rows[layouts.ACT_LEGAL][:, agent.choice_columns] if agent.discrete else None
        observations = rows[layouts.ACT_OBSERVATION][:, : agent.observation_size]
        chosen = {name: value for name, value in given.items() if name in player.asks}
        try:
            actions = player.act(observations, legal, **chosen)
            self._write(agent, actions, acting, decided)
        except Exception as problem:  # The policy's own code may raise anything.
            place = f"act() of {agent.name}"
            self.lost = f"{place} raised {type(problem).__name__}"
            raise EnvironmentFault(place, problem) from problem
        player.start[:] = False
        return decided

    def _texts(self, agent: PolicyAgent, rows: list[NDArray[Any]], asks: frozenset[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if "situation" in asks:
            offsets, words = rows[layouts.ACT_SITUATION_OFFSETS], rows[layouts.ACT_SITUATIONS]
            found["situation"] = decode_texts(offsets.tobytes(), words.tobytes(), self._copies, "situation")
        if "actions" in asks:
            offsets, words = rows[layouts.ACT_ACTION_OFFSETS], rows[layouts.ACT_ACTIONS]
            width = self._specification.choices
            texts = decode_texts(offsets.tobytes(), words.tobytes(), self._copies * width, "actions")
            found["actions"] = [
                [texts[copy * width + column] for column in agent.choice_columns] for copy in range(self._copies)
            ]
        return found

    def _write(self, agent: PolicyAgent, actions: Any, acting: NDArray[np.bool_], decided: NDArray[Any]) -> None:
        """Checks the actions of acting rows and writes them; a `ValueError` says what does not fit."""
        array = np.asarray(actions)
        width = agent.action_width if agent.discrete else agent.action_size
        if array.shape == (self._copies,) and width == 1:
            array = array[:, None]
        if array.shape != (self._copies, width):
            raise ValueError(f"found actions of shape {array.shape}, expected ({self._copies}, {width})")
        if agent.discrete:
            if array.dtype.kind not in "iub":
                raise ValueError(f"found actions of {array.dtype}, expected whole numbers")
            limits = np.maximum(np.asarray(agent.head_sizes), 1)
            wrong = ((array < 0) | (array >= limits)) & acting[:, None]
        else:
            wrong = ~np.isfinite(array) & acting[:, None]
            array = np.clip(array, agent.action_low, agent.action_high)
        if wrong.any():
            copy, column = (int(index) for index in np.argwhere(wrong)[0])
            expected = f"0 to {max(1, agent.head_sizes[column]) - 1}" if agent.discrete else "a finite number"
            raise ValueError(
                f"found action {array[copy, column]} in copy {copy}, component {column}, expected {expected}"
            )
        decided[acting, :width] = array[acting]

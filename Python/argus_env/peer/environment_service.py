"""Answers a driver's requests about environments."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from argus_env.peer.adapters import NotOffered
from argus_env.peer.faults import EnvironmentFault, describe
from argus_env.peer.instance import Instance
from argus_env.peer.offers import Offer
from argus_env.peer.service import Reply, Session
from argus_env.wire import constants as c
from argus_env.wire.descriptor import Descriptor, encode_description
from argus_env.wire.errors import (
    INVALID_REQUEST,
    LIMIT,
    NOT_OFFERED,
    SPECIFICATION,
    UNKNOWN_ENVIRONMENT,
    UNKNOWN_INSTANCE,
    UNKNOWN_MESSAGE,
    ProtocolError,
)
from argus_env.wire.frames import joint_baseline_frames, load_frames, local_baseline_frames
from argus_env.wire.header import Header
from argus_env.wire.metas import Baseline, Copy, Create, Metrics, Render, Text, encode_errors
from argus_env.wire.specification import Baseline as WireBaseline
from argus_env.wire.texts import encode_texts

_LOAD = load_frames()


class EnvironmentService:
    """The environment's side of section 4 of the wire protocol."""

    role = "environment"
    capabilities: tuple[str, ...] = ()

    def __init__(self, offers: Sequence[Offer], *, most_copies: int) -> None:
        self._offers = {offer.id: offer for offer in offers}
        self._most_copies = most_copies
        self._numbers = itertools.count(1)
        self._descriptors: list[Descriptor] | None = None
        self._handlers: dict[int, Callable[[Session, Instance, Header, Sequence[bytes]], Reply]] = {
            c.RESET: self._reset,
            c.STEP: self._step,
            c.SAVE: self._save,
            c.LOAD: self._load,
            c.TEXT: self._text,
            c.RENDER: self._render,
            c.METRICS: self._metrics,
            c.BASELINE: self._baseline,
        }

    def answer(self, session: Session, header: Header, parts: Sequence[bytes]) -> Reply:
        """The reply to a request; `parts`: header, meta, frames. Raises what `service.refusal` puts in words."""
        handler = self._handlers.get(header.message)
        if handler is not None:
            return handler(session, self._instance(session, header), header, parts)
        if header.message == c.DESCRIBE:
            return self._describe(session)
        if header.message == c.CREATE:
            return self._create(session, parts[1])
        if header.message == c.DESTROY:
            if header.instance not in session.instances:
                raise ProtocolError(UNKNOWN_INSTANCE, f"DESTROY: found instance {header.instance}, expected one made")
            session.instances.pop(header.instance).close()
            return Reply()
        raise ProtocolError(
            UNKNOWN_MESSAGE, f"found {c.message_name(header.message)}, expected a request to an environment"
        )

    def _instance(self, session: Session, header: Header) -> Instance:
        instance = session.instances.get(header.instance)
        name = c.message_name(header.message)
        if instance is None:
            raise ProtocolError(UNKNOWN_INSTANCE, f"{name}: found instance {header.instance}, expected one made")
        if header.specification != instance.specification.hash:
            raise ProtocolError(
                SPECIFICATION,
                f"{name}: found the specification {header.specification:016x}, expected "
                f"{instance.specification.hash:016x} of instance {header.instance}",
            )
        if instance.lost is not None:
            raise EnvironmentFault(f"{name}: the instance is lost, since {instance.lost}")
        return instance

    def _describe(self, session: Session) -> Reply:
        if self._descriptors is None:
            self._descriptors = []
            for offer in self._offers.values():
                descriptor, reason = offer.descriptor()
                self._descriptors.append(descriptor)
                if reason is not None:
                    session.warnings.append(reason)
        return Reply(meta=encode_description(self._descriptors))

    def _create(self, session: Session, meta: bytes) -> Reply:
        request = Create.decode(meta)
        offer = self._offers.get(request.environment)
        if offer is None:
            known, found = ", ".join(self._offers), request.environment[:100]
            raise ProtocolError(UNKNOWN_ENVIRONMENT, f"CREATE: found {found!r}, expected one of: {known}")
        copies = request.copies
        if copies > self._most_copies:
            raise ProtocolError(LIMIT, f"CREATE: found {copies} copies, expected at most {self._most_copies}")
        if len(session.instances) >= session.most_instances:
            raise ProtocolError(LIMIT, f"CREATE: found {len(session.instances)} instances, which is the limit")
        instance = offer.create(request.parameters, copies, session.largest_frame)
        number = next(self._numbers) & 0xFFFFFFFF
        session.instances[number] = instance
        return Reply(
            frames=[instance.specification.encoded],
            instance=number,
            specification=instance.specification.hash,
            batch=copies,
        )

    def _rows(self, instance: Instance, header: Header, frames: list[object], session: Session) -> Reply:
        if instance.warnings:
            session.warnings += instance.warnings
            instance.warnings = []
        reply = Reply(frames=frames, clock=instance.clock, zero_copy=instance.zero_copy)
        if instance.errors:
            reply.status = c.DISCARDED
            reply.meta = encode_errors(instance.errors)
        return reply

    def _require_batch(self, instance: Instance, header: Header) -> None:
        if header.batch != instance.copies:
            raise ProtocolError(
                INVALID_REQUEST,
                f"{c.message_name(header.message)}: found batch {header.batch}, expected {instance.copies}",
            )

    def _reset(self, session: Session, instance: Instance, header: Header, parts: Sequence[bytes]) -> Reply:
        self._require_batch(instance, header)
        return self._rows(instance, header, instance.reset(list(parts[2:]), header.flags >> 1), session)

    def _step(self, session: Session, instance: Instance, header: Header, parts: Sequence[bytes]) -> Reply:
        self._require_batch(instance, header)
        return self._rows(instance, header, instance.step(list(parts[2:]), header.flags >> 1), session)

    def _copy(self, instance: Instance, header: Header, copy: int | None) -> int:
        if copy is None or copy >= instance.copies:
            name = c.message_name(header.message)
            raise ProtocolError(INVALID_REQUEST, f"{name}: found copy {copy}, expected one below {instance.copies}")
        return copy

    def _require(self, instance: Instance, capability: str) -> None:
        if capability not in instance.capabilities:
            raise ProtocolError(NOT_OFFERED, f"found a request of {capability}, which this environment does not offer")

    def _call(self, instance: Instance, place: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """Runs the environment's own code outside of a step."""
        try:
            return function(*arguments)
        except NotOffered as error:
            raise ProtocolError(NOT_OFFERED, f"{place}: not offered by this environment") from error
        except Exception as problem:  # The environment's own code may raise anything.
            instance.lost = f"{place} raised {type(problem).__name__}"
            raise EnvironmentFault(place, problem) from problem

    def _save(self, session: Session, instance: Instance, header: Header, parts: Sequence[bytes]) -> Reply:
        self._require(instance, c.SNAPSHOT_V1)
        copy = self._copy(instance, header, Copy.decode(parts[1]).copy)
        if not instance.begun[copy]:
            raise ProtocolError(INVALID_REQUEST, f"SAVE: found copy {copy} before its first reset, expected an episode")
        data = self._call(instance, "save()", instance.batch.save, copy)
        # Whether the episode goes on belongs to the state.
        return Reply(frames=[bytes([bool(instance.live[copy])]) + bytes(data)], clock=instance.clock)

    def _load(self, session: Session, instance: Instance, header: Header, parts: Sequence[bytes]) -> Reply:
        self._require(instance, c.SNAPSHOT_V1)
        copy = self._copy(instance, header, Copy.decode(parts[1]).copy)
        _LOAD.check(parts[2:])
        seed = int.from_bytes(parts[3], "little") if parts[3] else None
        rows = instance.rows
        kept = rows.kept(copy)
        data = bytes(parts[2])
        try:
            if data[:1] not in (b"\0", b"\1"):
                raise ValueError(f"found {len(data)} bytes that are no state, expected those of a SAVE")
            rows.begin(np.asarray([copy]))
            instance.batch.load(copy, data[1:], seed, rows)
        except NotOffered as error:
            raise ProtocolError(NOT_OFFERED, "load(): not offered by this environment") from error
        except Exception as problem:  # Bytes that are no state may break anything in the environment's reading of them.
            rows.restore(copy, kept)
            return Reply(status=c.DISCARDED, meta=encode_errors([describe("load()", problem, copy)]))
        instance.take_up(copy, live=data[0] == 1)
        return Reply(frames=rows.single(copy, header.flags >> 1), batch=1, clock=instance.clock)

    def _text(self, session: Session, instance: Instance, header: Header, parts: Sequence[bytes]) -> Reply:
        self._require(instance, c.TEXT_V1)
        request = Text.decode(parts[1])
        batch, specification = instance.batch, instance.specification
        texts: list[str] = []
        if request.what == "rules":
            texts = [self._words(instance, "rules()", batch.rules, agent) for agent in range(specification.agents)]
            return Reply(frames=list(encode_texts(texts)), clock=instance.clock)
        copy = self._copy(instance, header, request.copy)
        for agent in range(specification.agents):
            if request.what == "situation":
                texts.append(self._words(instance, "situation()", batch.situation, copy, agent))
                continue
            first = 0
            for size, padded in zip(specification.head_sizes[agent], specification.heads):
                for choice in range(first, first + padded):
                    own = choice < first + size
                    words = (
                        self._words(instance, "action_text()", batch.action_text, copy, agent, choice) if own else ""
                    )
                    texts.append(words)
                first += padded
        return Reply(frames=list(encode_texts(texts)), clock=instance.clock)

    def _words(self, instance: Instance, place: str, function: Callable[..., Any], *arguments: Any) -> str:
        words = self._call(instance, place, function, *arguments)
        if not isinstance(words, str):
            instance.lost = f"{place} returned a {type(words).__name__}"
            raise EnvironmentFault(f"{place}: found a {type(words).__name__}, expected text")
        return words.encode(errors="replace").decode()

    def _render(self, session: Session, instance: Instance, header: Header, parts: Sequence[bytes]) -> Reply:
        self._require(instance, c.RENDER_V1)
        request = Render.decode(parts[1])
        copy = self._copy(instance, header, request.copy)
        words = self._words(instance, "render()", instance.batch.render, copy, request.color)
        return Reply(frames=[words.encode()], clock=instance.clock)

    def _metrics(self, session: Session, instance: Instance, header: Header, parts: Sequence[bytes]) -> Reply:
        self._require(instance, c.METRICS_V1)
        copies = Metrics.decode(parts[1]).copies
        for copy in copies:
            self._copy(instance, header, copy)
        return Reply(frames=[instance.metrics(list(copies))], batch=len(copies), clock=instance.clock)

    def _baseline(self, session: Session, instance: Instance, header: Header, parts: Sequence[bytes]) -> Reply:
        self._require(instance, c.BASELINE_V1)
        request = Baseline.decode(parts[1])
        known = instance.specification.wire.baselines
        if request.baseline >= len(known):
            raise ProtocolError(
                INVALID_REQUEST, f"BASELINE: found baseline {request.baseline}, expected one below {len(known)}"
            )
        baseline = known[request.baseline]
        if baseline.sees_state:
            copy = self._copy(instance, header, request.copy)
            return self._jointly(instance, baseline.name, copy, parts[2:])
        return self._locally(instance, baseline, request.agents or (), parts[2:])

    def _jointly(self, instance: Instance, name: str, copy: int, frames: Sequence[bytes]) -> Reply:
        specification = instance.specification
        joint_baseline_frames(specification.wire)[0].check(frames)
        agents = [agent for agent, chosen in enumerate(frames[0]) if chosen]
        place = f"act_jointly({name!r})"
        found = self._call(instance, place, instance.batch.act_jointly, name, copy, agents)
        actions = self._call(instance, place, _action_rows, instance, found, range(specification.agents))
        return Reply(frames=[actions], clock=instance.clock)

    def _locally(
        self, instance: Instance, baseline: WireBaseline, agents: tuple[int, ...], frames: Sequence[bytes]
    ) -> Reply:
        specification = instance.specification
        if not all(agent < specification.agents for agent in agents):
            raise ProtocolError(
                INVALID_REQUEST, f"BASELINE: found agents {agents[:8]}, expected numbers below {specification.agents}"
            )
        layout, _ = local_baseline_frames(specification.wire, len(agents), baseline.memory_size)
        observations, legal, memory = layout.decode(frames)
        memory = memory.copy()
        place = f"act_locally({baseline.name!r})"
        act = instance.batch.act_locally
        found: list[Any] = []
        for row, agent in enumerate(agents):
            own = observations[row, : specification.observation_sizes[agent]]
            mask = legal[row] if legal.size else None
            found.append(self._call(instance, place, act, baseline.name, agent, own, mask, memory[row]))
        actions = self._call(instance, place, _action_rows, instance, found, agents)
        return Reply(frames=[actions, memory], batch=len(agents), clock=instance.clock)


def _action_rows(instance: Instance, found: Any, agents: Sequence[int]) -> NDArray[Any]:
    """A baseline's actions as rows [agents, k]; a `ValueError` for another number of them."""
    specification = instance.specification
    rows = np.zeros((len(agents), specification.action_width), "<i4" if specification.discrete else "<f4")
    if len(found) != len(agents):
        raise ValueError(f"found {len(found)} actions, expected {len(agents)}")
    for row, action in enumerate(found):
        values = np.asarray(action).reshape(-1)
        if values.size > specification.action_width:
            raise ValueError(f"found {values.size} numbers in an action, expected {specification.action_width}")
        rows[row, : values.size] = values
    return rows

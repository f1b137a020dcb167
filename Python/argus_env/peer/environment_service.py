"""Answers a driver's requests about environments."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..wire import constants as c
from ..wire.canonical import dumps
from ..wire.errors import (
    INVALID_REQUEST,
    LIMIT,
    NOT_OFFERED,
    SPECIFICATION,
    UNKNOWN_ENVIRONMENT,
    UNKNOWN_INSTANCE,
    UNKNOWN_MESSAGE,
    ProtocolError,
)
from ..wire.fields import Fields
from ..wire.header import Header
from ..wire.texts import encode_texts
from .adapters import NotOffered
from .faults import EnvironmentFault, describe
from .instance import Instance
from .offers import Offer
from .service import Reply, Session

_ROW_NUMBER = np.dtype("<f4")


class EnvironmentService:
    """The environment's side of section 4 of the wire protocol."""

    role = "environment"
    capabilities: tuple[str, ...] = ()

    def __init__(self, offers: Sequence[Offer], *, most_copies: int) -> None:
        self._offers = {offer.id: offer for offer in offers}
        self._most_copies = most_copies
        self._numbers = itertools.count(1)
        self._descriptors: list[dict[str, Any]] | None = None
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
        """The reply to a request; `parts` are header, meta and frames. Raises what `service.refusal` can put in words."""
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
        return Reply(meta=dumps({"environments": self._descriptors}))

    def _create(self, session: Session, meta: bytes) -> Reply:
        fields = Fields.read(meta, "meta of CREATE")
        identifier = fields.string("environment")
        given = fields.members.get("parameters")
        if given is not None and not isinstance(given, dict):
            raise fields.refused("parameters", "an object")
        copies = fields.integer("copies", 0, (1 << 31) - 1)
        offer = self._offers.get(identifier)
        if offer is None:
            known = ", ".join(self._offers)
            raise ProtocolError(UNKNOWN_ENVIRONMENT, f"CREATE: found {identifier[:100]!r}, expected one of: {known}")
        if copies > self._most_copies:
            raise ProtocolError(LIMIT, f"CREATE: found {copies} copies, expected at most {self._most_copies}")
        if len(session.instances) >= session.most_instances:
            raise ProtocolError(LIMIT, f"CREATE: found {len(session.instances)} instances, which is the limit")
        instance = offer.create(given or {}, copies, session.largest_frame)
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
            reply.meta = dumps({"errors": instance.errors})
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

    def _copy(self, instance: Instance, fields: Fields) -> int:
        if instance.copies == 0:
            raise fields.refused("copy", "none, since the instance has no copies")
        return fields.integer("copy", 0, instance.copies - 1)

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
        copy = self._copy(instance, Fields.read(parts[1], "meta of SAVE"))
        if not instance.begun[copy]:
            raise ProtocolError(INVALID_REQUEST, f"SAVE: found copy {copy} before its first reset, expected an episode")
        data = self._call(instance, "save()", instance.batch.save, copy)
        # Whether the episode goes on belongs to the state.
        return Reply(frames=[bytes([instance.live[copy]]) + bytes(data)], clock=instance.clock)

    def _load(self, session: Session, instance: Instance, header: Header, parts: Sequence[bytes]) -> Reply:
        self._require(instance, c.SNAPSHOT_V1)
        copy = self._copy(instance, Fields.read(parts[1], "meta of LOAD"))
        if len(parts) != 4 or len(parts[3]) not in (0, 8):
            raise ProtocolError(INVALID_REQUEST, "LOAD: expected two frames, a state and no or one chance seed of u64")
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
            return Reply(status=c.DISCARDED, meta=dumps({"errors": [describe("load()", problem, copy)]}))
        instance.take_up(copy, live=data[0] == 1)
        return Reply(frames=rows.single(copy, header.flags >> 1), batch=1, clock=instance.clock)

    def _text(self, session: Session, instance: Instance, header: Header, parts: Sequence[bytes]) -> Reply:
        self._require(instance, c.TEXT_V1)
        fields = Fields.read(parts[1], "meta of TEXT")
        what = fields.choice("what", ("rules", "situation", "actions"))
        batch, specification = instance.batch, instance.specification
        texts: list[str] = []
        if what == "rules":
            texts = [self._words(instance, "rules()", batch.rules, agent) for agent in range(specification.agents)]
            return Reply(frames=list(encode_texts(texts)), clock=instance.clock)
        copy = self._copy(instance, fields)
        for agent in range(specification.agents):
            if what == "situation":
                texts.append(self._words(instance, "situation()", batch.situation, copy, agent))
                continue
            first = 0
            for size, padded in zip(specification.head_sizes[agent], specification.heads):
                for choice in range(first, first + padded):
                    own = choice < first + size
                    words = self._words(instance, "action_text()", batch.action_text, copy, agent, choice) if own else ""
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
        fields = Fields.read(parts[1], "meta of RENDER")
        copy, color = self._copy(instance, fields), fields.boolean("color", False)
        words = self._words(instance, "render()", instance.batch.render, copy, color)
        return Reply(frames=[words.encode()], clock=instance.clock)

    def _metrics(self, session: Session, instance: Instance, header: Header, parts: Sequence[bytes]) -> Reply:
        self._require(instance, c.METRICS_V1)
        copies = Fields.read(parts[1], "meta of METRICS").integers("copies", 0, max(0, instance.copies - 1))
        if instance.copies == 0 and copies:
            raise ProtocolError(INVALID_REQUEST, "METRICS: found copies, expected none, since the instance has none")
        return Reply(frames=[instance.metrics(list(copies))], batch=len(copies), clock=instance.clock)

    def _baseline(self, session: Session, instance: Instance, header: Header, parts: Sequence[bytes]) -> Reply:
        self._require(instance, c.BASELINE_V1)
        fields = Fields.read(parts[1], "meta of BASELINE")
        specification = instance.specification
        baseline = specification.baselines[fields.integer("baseline", 0, len(specification.baselines) - 1)]
        if baseline["sees_state"]:
            return self._jointly(instance, baseline, fields, parts[2:])
        return self._locally(instance, baseline, fields, parts[2:])

    def _jointly(self, instance: Instance, baseline: dict[str, Any], fields: Fields, frames: Sequence[bytes]) -> Reply:
        specification = instance.specification
        copy = self._copy(instance, fields)
        if len(frames) != 1 or len(frames[0]) != specification.agents:
            raise ProtocolError(INVALID_REQUEST, f"BASELINE: expected one frame of {specification.agents} bytes")
        agents = [agent for agent, chosen in enumerate(frames[0]) if chosen]
        place = f"act_jointly({baseline['name']!r})"
        found = self._call(instance, place, instance.batch.act_jointly, baseline["name"], copy, agents)
        actions = self._call(instance, place, _action_rows, instance, found, range(specification.agents))
        return Reply(frames=[actions], clock=instance.clock)

    def _locally(self, instance: Instance, baseline: dict[str, Any], fields: Fields, frames: Sequence[bytes]) -> Reply:
        specification = instance.specification
        agents = fields.integers("agents", 0, specification.agents - 1)
        count, size = len(agents), int(baseline["memory_size"])
        sizes = [len(frame) for frame in frames]
        choices = specification.choices
        if len(frames) != 3 or sizes[0] != 4 * count * specification.width or sizes[2] != count * size or (
            sizes[1] not in (0, count * choices)
        ):  # fmt: skip
            raise ProtocolError(INVALID_REQUEST, f"BASELINE: found frames of {sizes} bytes for {count} agents")
        observations = np.frombuffer(frames[0], _ROW_NUMBER).reshape(count, specification.width)
        legal = np.frombuffer(frames[1], np.uint8).reshape(count, choices) if frames[1] else None
        memory = np.frombuffer(bytearray(frames[2]), np.uint8).reshape(count, size)
        place = f"act_locally({baseline['name']!r})"
        found: list[Any] = []
        for row, agent in enumerate(agents):
            own = observations[row, : specification.observation_sizes[agent]]
            mask = None if legal is None else legal[row]
            act = instance.batch.act_locally
            found.append(self._call(instance, place, act, baseline["name"], agent, own, mask, memory[row]))
        actions = self._call(instance, place, _action_rows, instance, found, agents)
        return Reply(frames=[actions, memory], batch=count, clock=instance.clock)


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

"""The environments that a peer offers: descriptions, and instances made from a factory."""

from __future__ import annotations

import importlib.metadata
import inspect
import os
import re
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from argus_env.peer.adapters import BatchAdapter, CopyAdapter, adapter_for
from argus_env.peer.copies import CopyBatch
from argus_env.peer.faults import describe
from argus_env.peer.instance import Instance
from argus_env.peer.parameters import Factory
from argus_env.peer.specification import Specification
from argus_env.wire import constants as c
from argus_env.wire.canonical import dumps
from argus_env.wire.descriptor import Descriptor
from argus_env.wire.errors import BAD_PARAMETERS, LIMIT, ProtocolError

_ID = re.compile(r"[a-z0-9-]+")
# Specifications that are remembered, so that a second instance with the same parameters needs no probe.
_REMEMBERED = 64
_DETAILS = ("version", "summary", "rules", "source")


class _Probe:
    """What one environment object told about all with the same parameters."""

    def __init__(self, specification: Specification, capabilities: list[str], render_mode: str | None) -> None:
        self.specification = specification
        self.capabilities = capabilities
        self.render_mode = render_mode
        self.adapter: type[CopyAdapter] | None = None
        self.plan: tuple[Any, ...] = ()
        self.details: dict[str, str] = {}


class Offer:
    """One environment by its id: a factory, how agents are grouped, and what people should know.

    `details` may give `version`, `summary`, `rules` and `source`; what is missing is taken from attributes of the
    environment, its docstring, and its package.
    """

    def __init__(
        self,
        identifier: str,
        make: Callable[..., Any],
        *,
        groups: Mapping[str, str] | str | None = None,
        details: Mapping[str, str] | None = None,
    ) -> None:
        if not _ID.fullmatch(identifier):
            raise ValueError(
                f"serve (name): found {identifier!r}, expected lower-case letters, digits and '-'. Try "
                f"{plain_identifier(identifier)!r}"
            )
        unknown = sorted(set(details or {}) - set(_DETAILS))
        if unknown:
            raise ValueError(
                f"serve (environments): found {', '.join(unknown)}, expected some of {', '.join(_DETAILS)}"
            )
        self.id = identifier
        self.factory = Factory(make)
        self.groups = groups
        self.details = dict(details or {})
        self._probes: OrderedDict[bytes, _Probe] = OrderedDict()

    def descriptor(self) -> tuple[Descriptor, str | None]:
        """The descriptor, and why no instance with default parameters can be made (None: it can)."""
        found: dict[str, Any] = {}
        capabilities: list[str] = []
        reason = None
        try:
            probe = self._probe(self.factory.resolve({}))
            found, capabilities = probe.details, probe.capabilities
        except Exception as problem:  # The environment's own code may raise anything.
            reason = f"environment {self.id}: {describe('factory', problem).message}"
        details = {"version": "1", "summary": "", "rules": "", "source": ""} | found | self.details
        parameters = tuple(self.factory.parameters)
        return Descriptor(self.id, **details, parameters=parameters, capabilities=frozenset(capabilities)), reason

    def create(self, given: Mapping[str, Any], copies: int, largest_frame: int) -> Instance:
        """A new instance. A `ProtocolError` for what cannot be made."""
        try:
            values = self.factory.resolve(given)
        except ValueError as error:
            raise ProtocolError(BAD_PARAMETERS, str(error)) from error
        try:
            probe = self._probe(values)
        except Exception as problem:  # The environment's own code may raise anything.
            raise ProtocolError(BAD_PARAMETERS, describe(f"environment {self.id}", problem).message) from problem
        needed = probe.specification.reply_bytes(copies)
        if needed > largest_frame:
            raise ProtocolError(
                LIMIT, f"CREATE: found {copies} copies, whose rows need a frame of {needed} bytes, expected at most "
                f"{largest_frame}"
            )  # fmt: skip
        try:
            batch = self._batch(probe, values, copies)
        except Exception as problem:  # The environment's own code may raise anything.
            raise ProtocolError(BAD_PARAMETERS, describe(f"environment {self.id}", problem).message) from problem
        return Instance(batch, probe.specification, copies, probe.capabilities)

    def _batch(self, probe: _Probe, values: Mapping[str, Any], copies: int) -> BatchAdapter | CopyBatch:
        if self.factory.is_batch:
            environment = self.factory.make(values, copies=copies)
            found = BatchAdapter.specification_of(environment)
            if found.encoded != probe.specification.encoded:
                raise ValueError("specification: found another one for other copies, expected the same for all")
            return BatchAdapter(environment)
        adapter, plan = probe.adapter, probe.plan
        if adapter is None:
            raise ValueError("environment: found no adapter, expected one")

        def make() -> CopyAdapter:
            return adapter(self.factory.make(values, render_mode=probe.render_mode), *plan)

        return CopyBatch(make, copies, discrete=probe.specification.discrete)

    def _probe(self, values: Mapping[str, Any]) -> _Probe:
        key = dumps(dict(values))
        probe = self._probes.get(key)
        if probe is None:
            probe = self._probe_batch(values) if self.factory.is_batch else self._probe_copy(values)
            self._probes[key] = probe
            while len(self._probes) > _REMEMBERED:
                self._probes.popitem(last=False)
        return probe

    def _probe_batch(self, values: Mapping[str, Any]) -> _Probe:
        environment = self.factory.make(values, copies=0)
        specification = BatchAdapter.specification_of(environment)
        probe = _Probe(specification, _capabilities(specification, BatchAdapter.capabilities(environment)), None)
        probe.details = _details(environment, self.factory)
        _close(environment)
        return probe

    def _probe_copy(self, values: Mapping[str, Any]) -> _Probe:
        mode = None
        environment = self.factory.make(values)
        if self.factory.offers_render_mode and getattr(environment, "render_mode", None) is None:
            if "ansi" in (getattr(environment, "metadata", None) or {}).get("render_modes", ()):
                _close(environment)
                mode = "ansi"
                environment = self.factory.make(values, render_mode=mode)
        try:
            adapter = adapter_for(environment)
            plan = adapter.probe(environment, self.groups)
            specification = adapter.specification_of(plan)
            probe = _Probe(specification, _capabilities(specification, adapter.capabilities(environment)), mode)
            probe.adapter, probe.plan = adapter, plan
            probe.details = _details(environment, self.factory)
        finally:
            _close(environment)
        return probe


def _capabilities(specification: Specification, beyond: list[str]) -> list[str]:
    found = set(beyond)
    if specification.wire.has_text:
        found.add(c.TEXT_V1)
    if specification.wire.baselines:
        found.add(c.BASELINE_V1)
    if specification.metrics:
        found.add(c.METRICS_V1)
    return sorted(found)


def _details(environment: Any, factory: Factory) -> dict[str, str]:
    """Version, summary, rules and source as far as the environment tells them."""
    innermost = getattr(environment, "unwrapped", environment)
    package = type(innermost).__module__.split(".")[0]
    found: dict[str, str] = {}
    try:
        release = importlib.metadata.version(package)
        found = {"version": release, "source": f"{package} {release} (Python package)"}
    except (importlib.metadata.PackageNotFoundError, ValueError):
        pass
    doc = factory.doc or (type(innermost).__doc__ or "")
    lines = [line.strip() for line in doc.strip().splitlines()]
    if lines and lines[0]:
        found["summary"] = lines[0]
    if len(lines) > 1:
        found["rules"] = _paragraphs(inspect.cleandoc(doc))
    for name in _DETAILS:
        value = getattr(innermost, name, None)
        if isinstance(value, str):
            found[name] = value
    return found


def _close(environment: Any) -> None:
    close = getattr(environment, "close", None)
    if not callable(close):
        return
    try:
        close()
    except Exception:  # What goes wrong while closing concerns no episode.
        return


def plain_identifier(text: str) -> str:
    """`text` as an environment's id: `[a-z0-9-]+`."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "environment"


def default_identifier(make: Callable[..., Any]) -> str:
    """An id from the factory's name, or from the program's."""
    name = getattr(make, "__name__", "")
    if name and name not in ("<lambda>", "parallel_env", "env", "raw_env", "make", "make_env", "factory"):
        return plain_identifier(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name))
    return plain_identifier(os.path.splitext(os.path.basename(sys.argv[0] or "environment"))[0])


def _paragraphs(text: str) -> str:
    """`text` without the line breaks within paragraphs; indented lines, lists and tables keep theirs."""
    blocks = text.split("\n\n")
    return "\n\n".join(
        " ".join(block.splitlines())
        if all(line[:1].isalnum() or line[:1] in "`'\"(" for line in block.splitlines())
        else block
        for block in blocks
    )

"""Metas of all messages but HELLO, WELCOME and the reply to DESCRIBE.

Each is a frozen dataclass with `encode() -> bytes` and `decode(data)`, which raises `ProtocolError`
(`invalid-request`) naming the key that is wrong, and ignores keys that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from argus_env.wire import canonical
from argus_env.wire.descriptor import ParameterValue
from argus_env.wire.errors import ProtocolError
from argus_env.wire.fields import LARGEST_COUNT, LARGEST_INTEGER, Fields

Data = bytes | bytearray | memoryview


class _Meta:
    """A meta: `PLACE` is where errors say that a key stands."""

    PLACE = "meta"

    def document(self) -> dict[str, Any]:
        """As a JSON object; keys with None are left out."""
        return {key: value for key, value in vars(self).items() if value is not None}

    def encode(self) -> bytes:
        return canonical.dumps(self.document())

    @classmethod
    def decode(cls, data: Data) -> Self:
        return cls.read(Fields.read(data, cls.PLACE))

    @classmethod
    def read(cls, fields: Fields) -> Self:
        raise NotImplementedError


@dataclass(frozen=True)
class ErrorReport(_Meta):
    """An error object: the meta of REFUSE, and an element of an error reply."""

    PLACE = "meta of REFUSE"
    code: str
    message: str
    copy: int | None = None
    traceback: str | None = None

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            fields.string("code"),
            fields.string("message"),
            fields.integer("copy", 0, LARGEST_COUNT, None),
            fields.string("traceback", None),
        )


def encode_errors(errors: Iterable[ErrorReport | ProtocolError]) -> bytes:
    """Meta of a reply with another status than 0."""
    reports = [
        ErrorReport(error.code, error.message) if isinstance(error, ProtocolError) else error for error in errors
    ]
    return canonical.dumps({"errors": [report.document() for report in reports]})


def decode_errors(data: Data) -> tuple[ErrorReport, ...]:
    """The errors of a reply with another status than 0, at least one."""
    fields = Fields.read(data, "meta of an error reply")
    reports = tuple(ErrorReport.read(item) for item in fields.objects("errors", 1 << 20, required=True))
    if not reports:
        raise fields.refused("errors", "at least one error")
    return reports


@dataclass(frozen=True)
class Log(_Meta):
    """LOG; severity: `information`, `warning` or `failure`."""

    PLACE = "meta of LOG"
    severity: str
    message: str

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(fields.choice("severity", ("information", "warning", "failure")), fields.string("message"))


@dataclass(frozen=True)
class Bye(_Meta):
    """BYE."""

    PLACE = "meta of BYE"
    reason: str

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(fields.string("reason", ""))


@dataclass(frozen=True)
class Create(_Meta):
    """CREATE; `copies` may be 0."""

    PLACE = "meta of CREATE"
    environment: str
    copies: int
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        given = fields.object("parameters", None)
        parameters = {key: given.parameter(key) for key in given.members if key in given} if given else {}
        return cls(fields.string("environment"), fields.integer("copies", 0, LARGEST_COUNT), parameters)


@dataclass(frozen=True)
class Copy(_Meta):
    """SAVE and LOAD."""

    PLACE = "meta of SAVE or LOAD"
    copy: int

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(fields.integer("copy", 0, LARGEST_COUNT))


@dataclass(frozen=True)
class Text(_Meta):
    """TEXT; `what`: `rules`, `situation` or `actions`; `copy` None for rules."""

    PLACE = "meta of TEXT"
    what: str
    copy: int | None = None

    @classmethod
    def read(cls, fields: Fields) -> Self:
        what = fields.choice("what", ("rules", "situation", "actions"))
        return cls(what, None if what == "rules" else fields.integer("copy", 0, LARGEST_COUNT))


@dataclass(frozen=True)
class Render(_Meta):
    """RENDER; `color`: ANSI colour sequences may be used."""

    PLACE = "meta of RENDER"
    copy: int
    color: bool = False

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(fields.integer("copy", 0, LARGEST_COUNT), fields.boolean("color", False))


@dataclass(frozen=True)
class Metrics(_Meta):
    """METRICS."""

    PLACE = "meta of METRICS"
    copies: tuple[int, ...]

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(fields.integers("copies", 0, LARGEST_COUNT))


@dataclass(frozen=True)
class Baseline(_Meta):
    """BASELINE: with `copy` of one that sees the state, with `agents` of a local one; the other is None."""

    PLACE = "meta of BASELINE"
    baseline: int
    copy: int | None = None
    agents: tuple[int, ...] | None = None

    @classmethod
    def read(cls, fields: Fields) -> Self:
        baseline = fields.integer("baseline", 0, LARGEST_COUNT)
        if "agents" in fields:
            return cls(baseline, agents=fields.integers("agents", 0, LARGEST_COUNT))
        return cls(baseline, copy=fields.integer("copy", 0, LARGEST_COUNT))


@dataclass(frozen=True)
class Join(_Meta):
    """JOIN; `mode`: `sampled`, `greedy` or None: as the policy likes."""

    PLACE = "meta of JOIN"
    scenario: str
    agents: tuple[int, ...]
    copies: int
    seed: int
    mode: str | None
    horizon: int

    def document(self) -> dict[str, Any]:
        return {**vars(self), "seed": str(self.seed)}

    @classmethod
    def read(cls, fields: Fields) -> Self:
        seed = fields.string("seed")
        if not (seed.isascii() and seed.isdigit()) or len(seed) > 20 or int(seed) >= 1 << 64:
            raise fields.refused("seed", f"a number from 0 to {(1 << 64) - 1} in decimal, as a string")
        return cls(
            fields.string("scenario"),
            fields.integers("agents", 0, LARGEST_COUNT),
            fields.integer("copies", 0, LARGEST_COUNT),
            int(seed),
            fields.choice("mode", ("sampled", "greedy"), None),
            fields.integer("horizon", 1, LARGEST_INTEGER),
        )


@dataclass(frozen=True)
class ActText:
    """A text that an agent sends to others. `agent`: its place in JOIN's list."""

    agent: int
    copy: int
    text: str


def encode_texts(texts: Iterable[ActText]) -> bytes:
    """Meta of a reply to ACT with texts."""
    return canonical.dumps({"texts": [vars(text) for text in texts]})

"""What can be known of an environment without an instance: an element of the reply to DESCRIBE."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from argus_env.wire import canonical
from argus_env.wire.constants import CAPABILITIES
from argus_env.wire.fields import LARGEST_INTEGER, Fields

_ID = re.compile(r"[a-z0-9-]+")
_KINDS = ("integer", "number", "boolean", "string", "choice")
ParameterValue = bool | int | float | str


@dataclass(frozen=True)
class Parameter:
    """A parameter of an environment; `minimum` and `maximum` None: no bound; `choices` of the kind `choice`."""

    name: str
    kind: str
    default: ParameterValue
    description: str = ""
    minimum: int | float | None = None
    maximum: int | float | None = None
    choices: tuple[str, ...] = ()

    @classmethod
    def read(cls, fields: Fields) -> Parameter:
        name = fields.string("name")
        if not name:
            raise fields.refused("name", "a name")
        kind = fields.choice("kind", _KINDS)
        default = fields.parameter("default")
        low = high = None
        choices: tuple[str, ...] = ()
        if kind == "integer":
            low = fields.integer("minimum", -LARGEST_INTEGER - 1, LARGEST_INTEGER, None)
            high = fields.integer("maximum", -LARGEST_INTEGER - 1, LARGEST_INTEGER, None)
        elif kind == "number":
            low = fields.number("minimum", None)
            high = fields.number("maximum", None)
            if type(default) is int:
                default = float(default)
        elif kind == "choice":
            choices = fields.strings("choices")
            if not choices:
                raise fields.refused("choices", "at least one")
        if low is not None and high is not None and low > high:
            raise fields.refused("minimum", "minimum <= maximum")
        parameter = cls(name, kind, default, fields.string("description", ""), low, high, choices)
        if (expected := parameter.refuses(default)) is not None:
            raise fields.refused("default", expected)
        return parameter

    def refuses(self, value: Any) -> str | None:
        """What was expected instead of `value`; None for a value that the parameter can have."""
        low = -math.inf if self.minimum is None else self.minimum
        high = math.inf if self.maximum is None else self.maximum
        if self.kind == "integer":
            fits, expected = type(value) is int and low <= value <= high, f"an integer from {low} to {high}"
        elif self.kind == "number":
            fits, expected = type(value) in (int, float) and low <= value <= high, f"a number from {low} to {high}"
        elif self.kind == "boolean":
            fits, expected = type(value) is bool, "true or false"
        elif self.kind == "string":
            fits, expected = type(value) is str, "a string"
        else:
            fits, expected = value in self.choices, " or ".join(self.choices)
        return None if fits else expected

    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "name": self.name, "kind": self.kind, "description": self.description, "default": self.default,
        }  # fmt: skip
        if self.minimum is not None and self.minimum > -LARGEST_INTEGER - 1:
            document["minimum"] = self.minimum
        if self.maximum is not None and self.maximum < LARGEST_INTEGER:
            document["maximum"] = self.maximum
        if self.choices:
            document["choices"] = list(self.choices)
        return document


@dataclass(frozen=True)
class Score:
    """How a scenario's value becomes a score: `floor` is 0, `ceiling` is 1."""

    metric: str
    floor: float
    ceiling: float
    why: str = ""


@dataclass(frozen=True)
class Scenario:
    """The task that a server of scenarios serves, as in the scenario's file."""

    id: str
    version: int
    horizon: int
    reward: str
    state: str
    masks: str
    score: Score | None = None

    @classmethod
    def read(cls, fields: Fields) -> Scenario:
        score = fields.object("score", None)
        return cls(
            fields.string("id"),
            fields.integer("version", 0, LARGEST_INTEGER),
            fields.integer("horizon", 1, LARGEST_INTEGER),
            fields.choice("reward", ("team", "individual")),
            fields.choice("state", ("concat", "native")),
            fields.choice("masks", ("exact", "none")),
            score
            and Score(score.string("metric"), score.number("floor"), score.number("ceiling"), score.string("why", "")),
        )

    def document(self) -> dict[str, Any]:
        document = {key: value for key, value in vars(self).items() if value is not None}
        if self.score is not None:
            document["score"] = vars(self.score)
        return document


@dataclass(frozen=True)
class Descriptor:
    """An environment that a peer offers. Capabilities that are not known are of a later version and left out."""

    id: str
    version: str
    summary: str = ""
    rules: str = ""
    source: str = ""
    parameters: tuple[Parameter, ...] = ()
    capabilities: frozenset[str] = frozenset()
    scenario: Scenario | None = None

    @classmethod
    def read(cls, fields: Fields) -> Descriptor:
        if not _ID.fullmatch(fields.string("id")):
            raise fields.refused("id", "only a-z, 0-9 and '-'")
        parameters: dict[str, Parameter] = {}
        for item in fields.objects("parameters", 4096):
            parameter = Parameter.read(item)
            if parameter.name in parameters:
                raise item.refused("name", "each name once")
            parameters[parameter.name] = parameter
        scenario = fields.object("scenario", None)
        return cls(
            fields.string("id"),
            fields.string("version"),
            fields.string("summary", ""),
            fields.string("rules", ""),
            fields.string("source", ""),
            tuple(parameters.values()),
            frozenset(fields.strings("capabilities", ())) & frozenset(CAPABILITIES),
            Scenario.read(scenario) if scenario else None,
        )

    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "id": self.id, "version": self.version, "summary": self.summary, "rules": self.rules,
            "source": self.source, "parameters": [parameter.document() for parameter in self.parameters],
            "capabilities": sorted(self.capabilities),
        }  # fmt: skip
        if self.scenario is not None:
            document["scenario"] = self.scenario.document()
        return document


def encode_description(environments: tuple[Descriptor, ...] | list[Descriptor]) -> bytes:
    """Meta of the reply to DESCRIBE."""
    return canonical.dumps({"environments": [environment.document() for environment in environments]})


def decode_description(data: bytes | bytearray | memoryview) -> tuple[Descriptor, ...]:
    """Reads the meta of the reply to DESCRIBE.

    Raises:
        ProtocolError: `invalid-request`, naming the key.
    """
    fields = Fields.read(data, "meta of the reply to DESCRIBE")
    environments: dict[str, Descriptor] = {}
    for item in fields.objects("environments", 65536, required=True):
        environment = Descriptor.read(item)
        if environment.id in environments:
            raise item.refused("id", "another id than every other environment's")
        environments[environment.id] = environment
    if not environments:
        raise fields.refused("environments", "at least one environment")
    return tuple(environments.values())

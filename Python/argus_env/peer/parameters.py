"""A factory's parameters, read from its signature, for scenario files."""

from __future__ import annotations

import dataclasses
import inspect
import math
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

from argus_env.wire.descriptor import Parameter

_KINDS = {bool: "boolean", int: "integer", float: "number", str: "string"}
# Given by serving itself.
_RESERVED = ("copies", "render_mode")


@dataclasses.dataclass(frozen=True)
class Range:
    """Both ends of what a parameter may be: `agents: Annotated[int, Range(1, 8), "how many robots"] = 2`."""

    minimum: float
    maximum: float


class Factory:
    """A callable that makes environments, with what its signature says.

    Parameters whose type cannot stand in a scenario file keep their defaults. A parameter without a default cannot be
    served, except `copies`, which makes it the factory of a batch class.
    """

    def __init__(self, make: Callable[..., Any]) -> None:
        if not callable(make):
            raise TypeError(
                f"serve (factory): found a {type(make).__name__}, expected a callable that makes one environment. Try "
                "'lambda: environment_class(...)'"
            )
        self._make = make
        signature = _signature(make)
        self.is_batch = "copies" in signature
        self.offers_render_mode = "render_mode" in signature
        self.parameters: list[Parameter] = []
        for name, parameter in signature.items():
            if name in _RESERVED:
                continue
            if parameter.default is inspect.Parameter.empty:
                raise TypeError(
                    f"serve (factory): found the parameter {name!r} without a default, expected defaults for all. "
                    "Try a function of your own that gives one"
                )
            described = _described(name, parameter)
            if described is not None:
                self.parameters.append(described)

    @property
    def doc(self) -> str:
        """The docstring of a function or class of the author's own; "" for a lambda."""
        return inspect.getdoc(self._make) or "" if inspect.isroutine(self._make) or inspect.isclass(self._make) else ""

    @property
    def name(self) -> str:
        """What the factory is called; "" for a lambda."""
        name = getattr(self._make, "__name__", "")
        return "" if name == "<lambda>" else name

    def resolve(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters with their values. A `ValueError` for unknown names and values that do not fit."""
        known = {parameter.name: parameter for parameter in self.parameters}
        unknown = [name for name in given if name not in known]
        if unknown:
            offered = ", ".join(known) or "none"
            raise ValueError(f"parameters: found {', '.join(unknown)}, expected some of: {offered}")
        values: dict[str, Any] = {}
        for name, parameter in known.items():
            value = given.get(name, parameter.default)
            if parameter.kind == "integer" and isinstance(value, float) and value.is_integer():
                value = int(value)
            expected = parameter.refuses(value)
            if expected is not None:
                raise ValueError(f"parameter {name}: found {value!r}, expected {expected}")
            values[name] = float(value) if parameter.kind == "number" else value
        return values

    def make(self, values: Mapping[str, Any], *, copies: int | None = None, render_mode: str | None = None) -> Any:
        """An environment, or a batch of `copies`."""
        given = dict(values)
        if copies is not None:
            given["copies"] = copies
        if render_mode is not None:
            given["render_mode"] = render_mode
        return self._make(**given)


def _signature(make: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    try:
        signature = inspect.signature(make, eval_str=True)
    except (NameError, SyntaxError, TypeError):
        signature = inspect.signature(make)
    except ValueError:
        return {}
    skipped = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY)
    return {name: parameter for name, parameter in signature.parameters.items() if parameter.kind not in skipped}


def _described(name: str, parameter: inspect.Parameter) -> Parameter | None:
    """None for a parameter whose type cannot stand in a scenario file."""
    annotation, default = parameter.annotation, parameter.default
    description, minimum, maximum = "", None, None
    if typing.get_origin(annotation) is typing.Annotated:
        for extra in annotation.__metadata__:
            if isinstance(extra, Range):
                minimum, maximum = extra.minimum, extra.maximum
            elif isinstance(extra, str):
                description = extra
        annotation = annotation.__origin__
    if typing.get_origin(annotation) is typing.Literal:
        choices = typing.get_args(annotation)
        if all(isinstance(choice, str) for choice in choices) and default in choices:
            return Parameter(name, "choice", default, description, choices=choices)
        return None
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return None
    kind = _KINDS.get(annotation) or _KINDS.get(type(default))
    if kind == "number" and type(default) is int:
        default = float(default)
    if kind is None or kind != _KINDS.get(type(default)):
        return None
    if kind == "number" and not math.isfinite(default):
        return None
    if kind == "integer" and minimum is not None and maximum is not None:
        minimum, maximum = int(minimum), int(maximum)
    return Parameter(name, kind, default, description, minimum, maximum)

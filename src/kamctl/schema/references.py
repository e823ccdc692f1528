"""Which places of a file name something else, found by walking its model once."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from functools import cache
from types import UnionType
from typing import Any

from pydantic import BaseModel

from kamctl.problems import Keys
from kamctl.schema.scalars import Refers
from kamctl.source import Data

Steps = tuple[str, ...]
EACH, KEY, EXTRA_KEY = "*", "*key", "*extra"


class Reference(typing.NamedTuple):
    """One place in a file that names something. `on_key` when the key itself is the name."""

    keys: Keys
    on_key: bool
    target: str
    value: str


def references(model: type, data: Data) -> Iterator[Reference]:
    """Yield every reference in the data of a file, in the order of the model."""
    for steps, target, known in reference_paths(model):
        yield from _follow(data, steps, (), target, known)


@cache
def reference_paths(model: type) -> tuple[tuple[Steps, str, frozenset[str]], ...]:
    """Return the ways to a model's references: steps, what they name, and the keys that are not extra."""
    return tuple(_paths(model, ()))


def _paths(annotation: Any, steps: Steps) -> Iterator[tuple[Steps, str, frozenset[str]]]:
    target = _target(annotation)
    origin = typing.get_origin(annotation)
    if target:
        yield steps, target, frozenset()
    elif origin is typing.Annotated:
        yield from _paths(typing.get_args(annotation)[0], steps)
    elif origin in (typing.Union, UnionType):
        for choice in typing.get_args(annotation):
            yield from _paths(choice, steps)
    elif origin is list:
        yield from _paths(typing.get_args(annotation)[0], (*steps, EACH))
    elif origin is dict:
        key, value = typing.get_args(annotation)
        if _target(key):
            yield (*steps, KEY), _target(key), frozenset()
        yield from _paths(value, (*steps, EACH))
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        hints = typing.get_type_hints(annotation, include_extras=True)
        for name in annotation.model_fields:
            yield from _paths(hints[name], (*steps, name))
        if annotation.model_config.get("extra") == "allow":
            key = typing.get_args(hints["__pydantic_extra__"])[0]
            yield (*steps, EXTRA_KEY), _target(key), frozenset(annotation.model_fields)


def _target(annotation: Any) -> str:
    found = [item for item in getattr(annotation, "__metadata__", ()) if isinstance(item, Refers)]
    return found[0].target if found else ""


def _follow(data: Data, steps: Steps, keys: Keys, target: str, known: frozenset[str]) -> Iterator[Reference]:
    if not steps:
        if isinstance(data, str):
            yield Reference(keys, False, target, data)
        return
    step, rest = steps[0], steps[1:]
    if step in (KEY, EXTRA_KEY):
        for key in data if isinstance(data, dict) else ():
            if step == KEY or key not in known:
                yield Reference((*keys, key), True, target, key)
    elif step == EACH:
        pairs: Any = enumerate(data) if isinstance(data, list) else data.items() if isinstance(data, dict) else ()
        for key, value in pairs:
            yield from _follow(value, rest, (*keys, key), target, known)
    elif isinstance(data, dict) and step in data:
        yield from _follow(data[step], rest, (*keys, step), target, known)

"""Walks the models of the file format: which keys may stand at a place, and in which order."""

from __future__ import annotations

import dataclasses
import typing
from functools import cache
from types import UnionType
from typing import Any

from pydantic import BaseModel

from kamctl.problems import Keys


def keys_at(model: type, keys: Keys) -> list[str]:
    """Return the keys that a mapping may have, in their customary order; none where any key may stand."""
    here = type_at(model, keys)
    return list(_fields(here)) if isinstance(here, type) else []


def type_at(model: Any, keys: Keys) -> Any:
    """Return the type of the value at a place: a model, `list[…]`, `dict[…]`, a scalar type, or None."""
    here: Any = model
    for key in keys:
        here = _plain(here)
        origin = typing.get_origin(here)
        if origin in (list, tuple):
            here = typing.get_args(here)[0]
        elif origin is dict:
            here = typing.get_args(here)[1]
        elif isinstance(here, type) and str(key) in _fields(here):
            here = _fields(here)[str(key)]
        elif isinstance(here, type) and "__pydantic_extra__" in here.__annotations__:
            here = typing.get_type_hints(here)["__pydantic_extra__"].__args__[1]
        else:
            return None
    return _plain(here)


def models_below(annotation: Any) -> set[type]:
    """Return the models that a type is made of, at any depth."""
    here = _plain(annotation)
    if typing.get_origin(here) is not None:
        return set().union(*(models_below(part) for part in typing.get_args(here)))
    if not isinstance(here, type) or not _fields(here):
        return set()
    return {here}.union(*(models_below(field) for field in _fields(here).values()))


def is_list(annotation: Any) -> bool:
    """Whether a type is a list."""
    return typing.get_origin(annotation) in (list, tuple)


def is_mapping(annotation: Any) -> bool:
    """Whether a type is a mapping: of known keys, or of any."""
    return typing.get_origin(annotation) is dict or (isinstance(annotation, type) and bool(_fields(annotation)))


def _plain(annotation: Any) -> Any:
    """Take `| None` off a type, and the notes of a list or mapping off it."""
    if typing.get_origin(annotation) in (typing.Union, UnionType):
        return next(arg for arg in typing.get_args(annotation) if arg is not type(None))
    return annotation


@cache
def _fields(model: type) -> dict[str, Any]:
    """Return the fields of a model with their types; worked out once, since that takes longer than writing a file."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        hints = typing.get_type_hints(model, include_extras=True)
        return {name: hints[name] for name in model.model_fields}
    if dataclasses.is_dataclass(model):
        return typing.get_type_hints(model)
    return {}

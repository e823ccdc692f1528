"""Data to record: validates what the reader gave and names every problem by rule and place."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from kamctl import resources
from kamctl.labels import LANGUAGES
from kamctl.problems import Keys, Problem, did_you_mean
from kamctl.schema import walk
from kamctl.source import Data, typing_slip, without_blanks

EXPECTED = {
    "list_type": "expected-list",
    "tuple_type": "expected-list",
    "dict_type": "expected-mapping",
    "model_type": "expected-mapping",
    "model_attributes_type": "expected-mapping",
    "dataclass_type": "expected-mapping",
    "string_type": "expected-text",
    "wrong-type": "expected-text",
    "int_parsing": "bad-number",
    "int_type": "bad-number",
    "decimal_parsing": "bad-number",
    "decimal_type": "bad-number",
    "bool_parsing": "bad-flag",
    "bool_type": "bad-flag",
}


def read_record(
    model: type, data: dict[str, Data], path: str, blanks: bool = False
) -> tuple[Any | None, list[Problem]]:
    """Return the record that the data holds, or None with the problems that keep it from being one.

    With `blanks` the data has None for keys without a value; these are as good as absent, but unknown ones are told.
    """
    unknown = list(_unknown_blanks(model, data, path)) if blanks else []
    try:
        record = adapter(model).validate_python(without_blanks(data) if blanks else data)
    except ValidationError as error:
        return None, [*unknown, *(_problem(model, path, detail) for detail in error.errors(include_url=False))]
    if unknown:
        return None, unknown
    if dataclasses.is_dataclass(model):
        problems = [
            Problem(path, "missing-language", keys, values={"languages": ", ".join(missing)})
            for keys, missing in _incomplete_labels(data, ())
        ]
        return (None if problems else record), problems
    return record, []


@cache
def adapter(model: type) -> TypeAdapter[Any]:
    """Return the validator of a model, built once."""
    return TypeAdapter(model)


def _problem(model: type, path: str, error: ErrorDetails) -> Problem:
    kind = error["type"]
    keys: Keys = error["loc"]
    values = {name: str(value) for name, value in error.get("ctx", {}).items()}
    if keys and keys[-1] == "[key]":
        return Problem(path, kind, keys[:-1], on_key=True, values=values)
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        if str(keys[-1]).startswith("\u3000"):
            return Problem(path, "full-width-space", keys, on_key=True)
        known = walk.keys_at(model, keys[:-1])
        return Problem(path, "unknown-key", keys, on_key=True, values=_choice(str(keys[-1]), known))
    if kind == "missing":
        return Problem(path, "missing-key", keys[:-1], on_key=True, values={"key": str(keys[-1])})
    if kind == "literal_error":
        choices = [str(choice).strip("'") for choice in values["expected"].replace(" or ", ", ").split(", ")]
        return Problem(path, "bad-choice", keys, values=_choice(str(error["input"]), choices))
    rule = EXPECTED.get(kind, kind)
    if rule == "expected-mapping" and isinstance(error["input"], str):
        rule = (typing_slip(error["input"]) or (rule,))[0]
    if rule not in resources.table("rules"):
        rule = "bad-number" if re.match("int|decimal|float|finite", rule) else "expected-text"
    return Problem(path, rule, keys, values={"value": str(error["input"])[:60], **values})


def _choice(word: str, known: list[str]) -> dict[str, str]:
    return {"value": word, "choices": ", ".join(known), "suggestion": did_you_mean(word, known)}


def _unknown_blanks(model: type, data: Data, path: str) -> Iterator[Problem]:
    for keys, known in _blanks(model, data):
        yield Problem(path, "unknown-key", keys, True, _choice(str(keys[-1]), known))


def _blanks(model: type, data: Data, keys: Keys = ()) -> Iterator[tuple[Keys, list[str]]]:
    """Yield the places of unknown keys without a value, and the keys that may stand there."""
    if isinstance(data, dict):
        for key, value in data.items():
            if value is None:
                known = walk.keys_at(model, keys)
                if known and walk.type_at(model, (*keys, key)) is None:
                    yield (*keys, key), known
            elif type(value) is not str:
                yield from _blanks(model, value, (*keys, key))
    elif isinstance(data, list):
        for position, value in enumerate(item for item in data if item is not None):
            if type(value) is not str:
                yield from _blanks(model, value, (*keys, position))


def _incomplete_labels(data: Data, keys: Keys) -> Iterator[tuple[Keys, list[str]]]:
    """Yield the place of every label that lacks a language, and the languages it lacks."""
    if isinstance(data, dict):
        if data and data.keys() <= set(LANGUAGES):
            missing = [lang for lang in LANGUAGES if lang not in data]
            if missing:
                yield keys, missing
        for key, value in data.items():
            yield from _incomplete_labels(value, (*keys, key))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            yield from _incomplete_labels(value, (*keys, position))

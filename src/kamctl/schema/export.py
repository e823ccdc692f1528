"""JSON Schemas of the file format, as editors read them: draft 2020-12, with the words of every field."""

from __future__ import annotations

from typing import Any

from kamctl.schema import walk
from kamctl.schema.kinds import METHOD_MODELS, MODELS
from kamctl.schema.reading import adapter
from kamctl.schema.words import field_words

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of file. Raises KeyError when there is no such kind."""
    model = {**MODELS, **METHOD_MODELS}[kind]
    schema = adapter(model).json_schema(mode="validation")
    models = {found.__name__: found for found in walk.models_below(model)}
    _describe(schema, model)
    for name, part in schema.get("$defs", {}).items():
        _describe(part, models[name])
    schema = _plain(schema)
    return {"$schema": DIALECT, "title": f"kamctl {kind}", **{k: v for k, v in schema.items() if k != "title"}}


def _describe(schema: dict[str, Any], model: type) -> None:
    """Put the words of a model's fields into its schema."""
    words = field_words(model)
    for name, field in schema.get("properties", {}).items():
        if name in words:
            field["description"] = words[name]


def _plain(value: Any) -> Any:
    """Leave out what says nothing to an editor: generated titles, null defaults, and `null` as another type."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain = {
        key: _plain(item)
        for key, item in value.items()
        if not (key == "title" and isinstance(item, str)) and not (key == "default" and item in (None, [], {}))
    }
    choices = plain.get("anyOf")
    if isinstance(choices, list):
        rest = [choice for choice in choices if choice != {"type": "null"}]
        if len(rest) == 1:
            del plain["anyOf"]
            plain = {**rest[0], **plain}
    return plain

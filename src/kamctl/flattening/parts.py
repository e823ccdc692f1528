"""Which parts of a record hold something, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any


def filled(record: Any, prefix: str = "") -> Iterator[str]:
    """Yield the names of the fields that hold something, nested ones dotted; kinds of criteria as if nested."""
    for name in record.model_fields_set:
        value = getattr(record, name)
        if value is None or value == [] or value == {}:
            continue
        yield prefix + name
        if hasattr(value, "model_fields_set"):
            yield from filled(value, f"{prefix}{name}.")
        elif isinstance(value, dict):
            for key in value:
                yield f"{prefix}{name}.{key}"
        elif name == "decision_criteria":
            for criterion in value:
                if criterion.kind:
                    yield f"{prefix}{name}.{criterion.kind}"


DATES = ("date", "confirmed_on", "approved_on", "decided_on", "signed", "handover")
"""Fields that say since when the part of a record that they stand in is there, the first that is filled."""


def dated(record: Any) -> Iterator[tuple[str, date]]:
    """Yield the parts of a record that carry their own date, and the dates inside them, each with its day."""
    for name in record.model_fields_set:
        part = getattr(record, name)
        if not hasattr(part, "model_fields_set"):
            continue
        for field in (*DATES, "accepted"):
            if getattr(part, field, None) is not None:
                yield f"{name}.{field}", getattr(part, field)
        first = next(filter(None, (getattr(part, field, None) for field in DATES)), None)
        if first is not None:
            yield name, first

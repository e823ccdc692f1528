"""Filters over report rows: `field=value`, `field!=value`, and `<`, `<=`, `>`, `>=` for dates and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from kamctl.money import plain
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, nearest

CONDITION = re.compile(r"\s*([A-Za-z_]+)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*")
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
Keep = Callable[[Any], bool]


def condition(text: str, fields: Sequence[str]) -> Keep:
    """Return the test that a condition stands for. Raises KamctlError when it names no field or makes no sense."""
    found = CONDITION.fullmatch(text)
    if not found:
        raise KamctlError(
            Phrase('"{text}" is no condition', text=text),
            Phrase("write field=value, for example dealer=天津管业 or amount>=1000000"),
        )
    field, operator, value = found.groups()
    if field not in fields:
        raise KamctlError(
            Phrase('there is no field "{field}" to filter by', field=field),
            nearest(field, list(fields), Phrase("fields: {names}", names=", ".join(fields))),
        )
    if operator in COMPARE:
        return _comparison(field, operator, value)
    wanted = value.casefold()
    equal = operator == "="
    return lambda row: (_text(getattr(row, field)).casefold() == wanted) is equal


def one_of(field: str, values: Sequence[str]) -> Keep:
    """Return a test that a field equals one of some texts, without regard to case."""
    wanted = {value.casefold() for value in values}
    return lambda row: str(getattr(row, field)).casefold() in wanted


def keep_all(rows: Sequence[Any], tests: Sequence[Keep]) -> list[Any]:
    """Return the rows that pass every test."""
    return [row for row in rows if all(test(row) for test in tests)]


def _comparison(field: str, operator: str, value: str) -> Keep:
    limit: date | Decimal
    try:
        limit = date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else Decimal(value)
        if isinstance(limit, Decimal) and limit.is_nan():
            raise ValueError(value)
    except (ValueError, InvalidOperation):
        raise KamctlError(
            Phrase('"{value}" is neither a number nor a date', value=value), Phrase("write 1000000 or 2026-09-30")
        ) from None

    def test(row: Any) -> bool:
        there = getattr(row, field)
        if there is None or isinstance(there, date) is not isinstance(limit, date) or isinstance(there, str):
            return False
        return COMPARE[operator](there, limit)

    return test


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value) if isinstance(value, Decimal) else str(value)

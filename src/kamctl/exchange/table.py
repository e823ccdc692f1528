"""A flat table of an export: what its columns are, and how its lines are made from the facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from kamctl.facts import Facts
from kamctl.money import Rate

Value = str | bool | int | Decimal | date | datetime | tuple[str, ...] | None
Line = tuple[Value, ...]


@dataclass(frozen=True)
class Source:
    """What tables are made from: the facts, the currency of amounts without one, and how stages end.

    `outcomes` says open, won or lost, by process and stage.
    """

    facts: Facts
    currency: str
    default_process: str
    outcomes: Mapping[tuple[str, str], str]
    rates: tuple[Rate, ...] = ()


class Column(NamedTuple):
    """One column: its name, its type, and what it says.

    `of` is the field of the row behind it, of the same name by default, or what computes it. `refers` is the table
    whose key stands here.
    """

    name: str
    kind: str
    about: str
    of: str | Callable[[Source, Any], Value] = ""
    refers: str = ""


class Table(NamedTuple):
    """One table: its name, what a row is, the rows of the facts behind it or what makes them, columns and key."""

    name: str
    about: str
    of: str | Callable[[Source], Iterator[Line]]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    needs: frozenset[str] = frozenset()

    @property
    def reads(self) -> frozenset[str]:
        """The tables of the facts that the table is made from."""
        return self.needs | ({self.of} if isinstance(self.of, str) else frozenset())


KINDS: Mapping[str, str] = {
    "text": "text",
    "date": "date, `2026-03-12`",
    "timestamp": "date and time, `2026-03-12T18:05:00`",
    "number": "number",
    "integer": "whole number",
    "boolean": "`true` or `false`; 1 or 0 in SQLite",
    "list": "list of text; `; ` between in CSV and xlsx, a JSON array in SQLite",
    "position": "whole number, counted from 1 inside what the first column names",
}
"""The types of columns."""

NUMBER = Column("number", "position", "Place in the file.")


def lines(table: Table, source: Source) -> Iterator[Line]:
    """Yield the rows of a table, in the order of their keys; what is empty is None."""
    if not isinstance(table.of, str):
        yield from table.of(source)
        return
    for place, row in numbered(getattr(source.facts, table.of)):
        yield tuple(_value(column, source, row, place) for column in table.columns)


def _value(column: Column, source: Source, row: Any, place: int) -> Value:
    if column.kind == "position":
        return place
    value = column.of(source, row) if callable(column.of) else getattr(row, column.of or column.name)
    return None if value == "" else value


def blank(values: Iterable[Any]) -> Line:
    """Return values with None for those that are empty."""
    return tuple(None if value == "" else value for value in values)


def numbered(rows: Any) -> Iterator[tuple[int, Any]]:
    """Yield rows in order, each with its place inside the record that it belongs to, from 1."""
    places: dict[str, int] = {}
    for row in in_order(rows):
        places[row[0]] = place = places.get(row[0], 0) + 1
        yield place, row


def in_order(rows: Any) -> list[Any]:
    """Return rows in the order of the record that they belong to; inside it as the file has them."""
    return sorted(rows.values() if isinstance(rows, dict) else rows, key=lambda row: str(row[0]))

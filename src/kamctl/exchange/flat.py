"""Writes tables as text: values between commas or TABs, and a JSON object a line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TextIO

from kamctl.exchange.table import Line, Table, Value
from kamctl.money import plain

BETWEEN = "; "
"""What stands between the items of a list in one cell."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With what the text of a cell begins that a spreadsheet runs as a formula."""

MARKS = frozenset(("+", "-"))
"""Text that is no formula although it begins like one."""


def write_tsv(stream: TextIO, table: Table, rows: Iterable[Line]) -> int:
    """Write a table as `write_csv` does, with TABs between; text with a TAB or a line feed in it is quoted."""
    return write_csv(stream, table, rows, "\t")


def write_csv(stream: TextIO, table: Table, rows: Iterable[Line], delimiter: str = ",") -> int:
    """Write a table with a heading; returns how many rows. Lines end with a line feed, text keeps its own."""
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerow(column.name for column in table.columns)
    count = 0
    for row in rows:
        writer.writerow([cell_text(value) for value in row])
        count += 1
    return count


def write_jsonl(stream: TextIO, table: Table, rows: Iterable[Line]) -> int:
    """Write a table as one JSON object a line; returns how many rows."""
    names = [column.name for column in table.columns]
    count = 0
    for row in rows:
        record = {name: json_value(value) for name, value in zip(names, row, strict=True)}
        stream.write(json.dumps(record, ensure_ascii=False) + "\n")
        count += 1
    return count


def cell_text(value: Value) -> str:
    """Return what stands in a cell of a CSV file for a value; text that looks like a formula is kept as text."""
    return guarded(plain_text(value)) if isinstance(value, (str, tuple)) else plain_text(value)


def plain_text(value: Value) -> str:
    """Write a value for machines: ISO dates, plain numbers, `true`, and nothing for None."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return plain(value)
        case datetime() | date():
            return value.isoformat()
        case tuple():
            return BETWEEN.join(value)
        case _:
            return str(value)


def guarded(words: str) -> str:
    """Return text with a quote before it when a spreadsheet would run it, or when it begins with such a quote."""
    return "'" + words if words.lstrip("'").startswith(FORMULA) and words not in MARKS else words


def unguarded(words: str) -> str:
    """Return text without the quote that `guarded` put before it."""
    return words[1:] if words.startswith("'") and guarded(words[1:]) == words else words


def json_value(value: Value) -> Any:
    """Return a value as JSON knows it."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime() | date():
            return value.isoformat()
        case tuple():
            return list(value)
        case _:
            return value


def chunks(rows: Iterable[Line], size: int) -> Iterator[list[Line]]:
    """Yield rows by so many."""
    held: list[Line] = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held

"""Writes tables as an SQLite file with types, primary and foreign keys, for Datasette and any other SQL tool."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from kamctl.exchange.table import Column, Line, Table, Value

TYPES = {"number": "NUMERIC", "integer": "INTEGER", "position": "INTEGER", "boolean": "INTEGER"}
"""The SQL types of columns; TEXT where the kind is not named: dates sort as they are."""


def write_sqlite(
    path: Path, tables: Iterable[tuple[Table, Iterable[Line]]], about: Mapping[str, str]
) -> dict[str, int]:
    """Write tables into a new SQLite file; returns how many rows each has.

    Table `kamctl` holds `about`, table `kamctl_columns` what every column means. References are declared, not
    enforced: a file may name what is not there, and `kamctl validate` says so.
    """
    held = list(tables)
    names = {table.name for table, _ in held}
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("CREATE TABLE kamctl (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)")
        database.executemany("INSERT INTO kamctl VALUES (?, ?)", about.items())
        _describe(database, [table for table, _ in held])
        counts = {table.name: _fill(database, table, rows, names) for table, rows in held}
        database.commit()
    return counts


def _describe(database: sqlite3.Connection, tables: Iterable[Table]) -> None:
    database.execute(
        'CREATE TABLE kamctl_columns ("table" TEXT NOT NULL, "column" TEXT NOT NULL, type TEXT NOT NULL, '
        'meaning TEXT NOT NULL, PRIMARY KEY ("table", "column"))'
    )
    rows = ((table.name, column.name, column.kind, column.about) for table in tables for column in table.columns)
    database.executemany("INSERT INTO kamctl_columns VALUES (?, ?, ?, ?)", rows)


def _fill(database: sqlite3.Connection, table: Table, rows: Iterable[Line], names: Collection[str]) -> int:
    database.execute(definition(table, names))
    places = ", ".join("?" * len(table.columns))
    before = database.total_changes
    database.executemany(f'INSERT INTO "{table.name}" VALUES ({places})', (list(map(_stored, row)) for row in rows))
    return database.total_changes - before


def definition(table: Table, names: Collection[str]) -> str:
    """Return the SQL that makes a table; it refers to those tables only that are in `names`."""
    parts = [_column(column, column.name in table.key) for column in table.columns]
    if set(table.key) <= {column.name for column in table.columns}:
        parts.append(f"PRIMARY KEY ({', '.join(map(_quoted, table.key))})")
    parts += [
        f"FOREIGN KEY ({_quoted(column.name)}) REFERENCES {_quoted(column.refers)} (id)"
        for column in table.columns
        if column.refers in names
    ]
    return f"CREATE TABLE {_quoted(table.name)} (\n  " + ",\n  ".join(parts) + "\n)"


def _column(column: Column, key: bool) -> str:
    return f"{_quoted(column.name)} {TYPES.get(column.kind, 'TEXT')}{' NOT NULL' if key else ''}"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _stored(value: Value) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime() | date():
            return value.isoformat()
        case tuple():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return value

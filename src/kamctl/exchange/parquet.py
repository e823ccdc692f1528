"""Writes a table as a Parquet file, with pyarrow, which the extra `analytics` brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from kamctl.exchange.flat import chunks
from kamctl.exchange.table import Line, Table
from kamctl.phrases import Phrase, Verbatim
from kamctl.problems import KamctlError

GROUP = 10_000
"""Rows that are written at once."""


def write_parquet(path: Path, table: Table, rows: Iterable[Line], about: Mapping[str, str]) -> int:
    """Write a table; returns how many rows. Raises KamctlError where pyarrow is not installed."""
    try:
        import pyarrow as arrow
        from pyarrow.parquet import ParquetWriter
    except ImportError:
        raise KamctlError(Phrase("Parquet needs pyarrow"), Verbatim("pip install 'kamctl[analytics]'")) from None
    kinds = {
        "date": arrow.date32(),
        "timestamp": arrow.timestamp("s"),
        "number": arrow.float64(),
        "integer": arrow.int64(),
        "position": arrow.int64(),
        "boolean": arrow.bool_(),
        "list": arrow.list_(arrow.string()),
    }
    fields = [(column.name, kinds.get(column.kind, arrow.string())) for column in table.columns]
    schema = arrow.schema(fields, metadata={f"kamctl.{key}": value for key, value in about.items()})
    count = 0
    with ParquetWriter(path, schema) as writer:
        for held in chunks(rows, GROUP):
            count += len(held)
            columns = [[_stored(row[place]) for row in held] for place in range(len(fields))]
            arrays = [arrow.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))
    return count


def _stored(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else list(value) if isinstance(value, tuple) else value

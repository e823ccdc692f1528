"""The settings of a workspace, and the keys of records in other systems, into rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kamctl.rows.workspace import ExternalRow, SettingsRow

if TYPE_CHECKING:
    from kamctl.schema.base import Record
    from kamctl.schema.settings import Settings


def settings_row(record: Settings) -> SettingsRow:
    """Return the settings of a workspace as plain values."""
    return SettingsRow(
        record.format,
        record.name or "",
        record.language,
        record.currency,
        record.report_currency or "",
        tuple((rate.date, rate.pair[:3], rate.pair[4:], rate.rate) for rate in record.rates),
        record.process,
        record.scorecard,
        record.fiscal_year_start,
        record.stale_after,
        record.fresh_for,
    )


def externals(kind: str, record_id: str, record: Record) -> Iterator[ExternalRow]:
    """Yield a row for each key that a record of some kind has in other systems."""
    return (ExternalRow(kind, record_id, system, key) for system, key in record.external.items())

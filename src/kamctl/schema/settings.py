"""kamctl.yaml: the settings of a workspace. Its presence marks the root."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from kamctl.schema.base import Entry
from kamctl.schema.method import DEFAULT_PROCESS, DEFAULT_SCORECARD
from kamctl.schema.scalars import (
    Count,
    Currency,
    Day,
    Duration,
    Month,
    Pair,
    PositiveNumber,
    ProcessRef,
    ScorecardRef,
    Text,
)

Language = Literal["en", "zh-Hans", "zh-Hant"]


class RateEntry(Entry):
    """A rate between two currencies from a day on."""

    date: Day
    """From when the rate counts."""
    pair: Pair
    """Two currencies, `USD/CNY`."""
    rate: PositiveNumber
    """What one unit of the first costs in the second."""


class Settings(Entry):
    """The settings of a workspace."""

    format: Count
    """Version of the file format."""
    name: Text | None = None
    """Name of the team or department."""
    language: Language = "en"
    """Language of tables, forms and messages."""
    currency: Currency = "CNY"
    """Currency of amounts that name none, and of totals."""
    report_currency: Currency | None = None
    """Currency of a second money column."""
    rates: list[RateEntry] = []
    """Dated exchange rates; the latest on or before the as-of date is used."""
    process: ProcessRef = DEFAULT_PROCESS
    """Sales process: a file in method/processes."""
    scorecard: ScorecardRef = DEFAULT_SCORECARD
    """Scorecard: a file in method/scorecards."""
    fiscal_year_start: Month = 1
    """Month in which the fiscal year starts, 1 to 12."""
    stale_after: Duration = timedelta(days=30)
    """A deal is stale without a new stage, assessment, finished action or recorded call for this long."""
    fresh_for: Duration = timedelta(days=60)
    """A mark older than this is shown as stale."""

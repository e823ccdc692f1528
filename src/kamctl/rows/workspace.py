"""Rows of a workspace as a whole: its settings, and what its files name, in it and in other systems."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from kamctl.problems import Keys


class SettingsRow(NamedTuple):
    """The settings of a workspace."""

    format: int
    name: str
    language: str
    currency: str
    report_currency: str
    rates: tuple[tuple[date, str, str, Decimal], ...]
    process: str
    scorecard: str
    fiscal_year_start: int
    stale_after: timedelta
    fresh_for: timedelta


class ReferenceRow(NamedTuple):
    """A place in a file that names something else: another record, or an entry of the method.

    `kind` and `record` are the file's; `keys` the place, the key itself when `on_key`; `target` what kind of
    thing is named, `value` its name as written.
    """

    kind: str
    record: str
    keys: Keys
    on_key: bool
    target: str
    value: str


class ExternalRow(NamedTuple):
    """The key of a record in another system: the kind and id of ours, the name of the system, the key there."""

    kind: str
    record: str
    system: str
    key: str

"""The limits of an audit of the history."""

from __future__ import annotations

from dataclasses import dataclass

from kamctl.schema.method import Part


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Audit(Part):
    """From when on the history of the files raises a question."""

    version: int
    record_within_hours: int
    backdated_days: int
    moved_on_one_day: int
    late_plus_days: int

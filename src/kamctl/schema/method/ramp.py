"""What is expected of people by months in the job."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kamctl.schema.method import Label, Part

RampMeasure = Literal[
    "accounts_studied",
    "accounts_new",
    "deals_found",
    "deals_at",
    "deals_won",
    "pipeline",
    "sold",
    "calls",
    "customer_hours",
    "prospecting_hours",
]
"""What a standard may measure."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Standard(Part):
    """What is expected of a person: so many, or so many percent of a quota where `quota` says whose.

    `stage` in `process` is from where on deals count, through `maps_to` where they are in another process. `amount` is
    the smallest a deal may have, in `currency` (the workspace's by default). `field` of an account must be filled for
    it to count.
    """

    id: str
    label: Label
    measure: RampMeasure
    at_least: Decimal
    at_most: Decimal | None = None
    process: str | None = None
    stage: str | None = None
    quota: Literal["quarter", "year"] | None = None
    amount: Decimal | None = None
    currency: str | None = None
    field: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RampPeriod(Part):
    """The standards from the first to the last month in the job; month 1 begins with the first day, 0 is before it."""

    id: str
    label: Label
    first: int
    last: int
    weekly: tuple[Standard, ...] = ()
    by_end: tuple[Standard, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Ramp(Part):
    """What is expected of people by months in the job; the last period goes on. `roles` are those it is expected of."""

    version: int
    periods: tuple[RampPeriod, ...]
    roles: tuple[Literal["salesperson", "manager", "support", "executive", "dealer"], ...] = ("salesperson", "dealer")

    def period(self, month: int) -> RampPeriod | None:
        """Return the period that a month in the job lies in, or None."""
        if self.periods and month > self.periods[-1].last:
            return self.periods[-1]
        return next((period for period in self.periods if period.first <= month <= period.last), None)

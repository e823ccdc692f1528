"""The categories and the buckets of a forecast."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kamctl.schema.method import Label, Part


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Commitment(Part):
    """One category of the forecast and which deals stand in it; the first that fits is taken.

    It takes all deals with its `outcome`, or open deals whose field `forecast` is one of `forecast` and whose expected
    signature lies within so many fiscal quarters (0 is the present one). `counted` ones are part of what is forecast.
    The last three say what would contradict it: a later signature, a stage that wins less often, a lower own estimate.
    """

    id: str
    label: Label
    about: Label | None = None
    outcome: Literal["open", "won"] | None = None
    forecast: tuple[Literal["closed", "commit", "best_case", "pipeline", "omitted"], ...] = ()
    within_quarters: int | None = None
    counted: bool = True
    promised_quarters: int | None = None
    min_stage_probability: Decimal | None = None
    min_probability: Decimal | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Bucket(Part):
    """A stretch of time in which deals are to be signed: up to `months` from today, None for all that come later."""

    id: str
    label: Label
    holds: Literal["won", "overdue", "ahead", "undated"] = "ahead"
    months: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ForecastMethod(Part):
    """The categories of commitment and the buckets of time of a forecast, both in the order in which they are tried."""

    version: int
    commitments: tuple[Commitment, ...]
    buckets: tuple[Bucket, ...]

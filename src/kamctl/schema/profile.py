"""The shape of a profile: how another program writes the deals that it exports as CSV."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from kamctl.schema.method import Label, Part


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Profile(Part):
    """How a program exports deals.

    `system` is the name under `external` for its keys; without one there are none. `dates` is the order of numbers in
    a date where the year does not come first, `decimal` the sign before decimals, `unit` what a bare amount counts,
    `percent` whether a bare percent counts points or is a fraction.

    `columns` gives for each field the headings that mean it, the best first. `values` says what a word means in a
    field, `otherwise` what a word means that nothing else explains, `empty` what an empty cell means. `won` and `lost`
    are words for stages at which a deal is won or lost, `stages` what other words mean in each process; `values.stage`
    gives other spellings of any of them. Rows whose first cell begins with one of `skip` are no data.

    Two keys are the same when they are as far as `key_length`, where the program writes one key in two lengths.
    `sources` says where all that is known from.
    """

    version: int
    name: Label
    system: str = ""
    dates: Literal["dmy", "mdy", "ymd"] | None = None
    decimal: Literal[".", ","] = "."
    unit: Decimal = Decimal(1)
    percent: Literal["points", "fraction"] | None = None
    columns: dict[str, tuple[str, ...]]
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    otherwise: dict[str, str] = field(default_factory=dict)
    empty: dict[str, str] = field(default_factory=dict)
    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    stages: dict[str, dict[str, str]] = field(default_factory=dict)
    skip: tuple[str, ...] = ()
    key_length: int | None = None
    sources: tuple[str, ...] = ()

    def same_key(self, key: str) -> str:
        """Return what two keys of one record have in common."""
        return key.strip()[: self.key_length]

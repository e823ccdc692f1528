"""How important deals are, and who watches them."""

from __future__ import annotations

from dataclasses import dataclass

from kamctl.schema.method import Label, Part


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ImportanceLevel(Part):
    """One level of importance, who watches it, how many open deals a person may hold at it, and the duty."""

    id: str
    label: Label
    watched_by: Label
    duty: Label
    cap: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Importance(Part):
    """The levels of importance, highest first."""

    version: int
    levels: tuple[ImportanceLevel, ...]

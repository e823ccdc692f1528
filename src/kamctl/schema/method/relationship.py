"""What people of a buying team are to a deal, and the behaviours by which a status is earned."""

from __future__ import annotations

from dataclasses import dataclass

from kamctl.schema.method import Choice, Label, Part


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BuyingRoleChoice(Choice):
    """One buying role. `required`: every deal needs somebody in it; `key`: who holds it is a key player."""

    required: bool = False
    key: bool = False


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Level(Part):
    """One relationship status and the behaviours that earn it."""

    id: str
    label: Label
    sign: str
    behaviours: tuple[Choice, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Relationship(Part):
    """Roles, orientation, coverage, influence, adaptability, and the behaviours by which a status is earned.

    `levels` are earned in order: `needed` of a level's behaviours have been seen and every level below is
    earned; from the second level on a person supports us. `opposition` are the statuses that only an explicit entry
    gives; `unknown` is the status of people of whom neither is known. `coverage` runs from none to the best,
    `influence` from the innermost circle outward. From `ask_opposition_from` people on, a buying team in which nobody
    opposes us is pointed out.
    """

    version: int
    roles: tuple[BuyingRoleChoice, ...]
    orientations: tuple[Choice, ...]
    coverage: tuple[Choice, ...]
    influence: tuple[Choice, ...]
    adaptability: tuple[Choice, ...]
    needed: int
    levels: tuple[Level, ...]
    opposition: tuple[Level, ...]
    unknown: Level
    ask_opposition_from: int = 3

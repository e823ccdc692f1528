"""Folds the departments of a large map: who nobody needs to see alone stands in one box with the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Fold:
    """A folded department: its id on the map, its name ("" where people have none), who is in it, and their boss."""

    id: str
    department: str
    people: tuple[str, ...]
    boss: str


def folded(departments: Mapping[str, str], bosses: Mapping[str, str], needed: Collection[str]) -> list[Fold]:
    """Return the folds of a map. `departments` and `bosses` are by person, `needed` are people who must be seen.

    Those stay in sight too who stand above somebody in sight, and heads: people with others below them and nobody of
    their own department above. The rest of a department below the same person makes one fold, if it is more than one.
    """
    leading = set(bosses.values())
    heads = {
        who for who, department in departments.items() if who in leading and departments.get(bosses[who]) != department
    }
    seen: set[str] = set()
    for name in (*needed, *heads):
        while name and name not in seen:
            seen.add(name)
            name = bosses.get(name, "")
    groups: dict[tuple[str, str], list[str]] = {}
    for name, department in departments.items():
        if name not in seen:
            groups.setdefault((_above(name, bosses, seen), department), []).append(name)
    return [
        Fold(f"{boss}#{department}", department, tuple(members), boss)
        for (boss, department), members in groups.items()
        if len(members) > 1
    ]


def _above(name: str, bosses: Mapping[str, str], seen: Collection[str]) -> str:
    """Return the nearest person above who stays in sight; "" when there is none."""
    boss = bosses[name]
    while boss and boss not in seen:
        boss = bosses[boss]
    return boss

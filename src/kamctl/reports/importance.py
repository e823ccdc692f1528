"""Who holds how many open deals of each importance, against the caps of the method."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kamctl.reports.pipeline import PipelineRow
from kamctl.schema.method.importance import Importance


class ImportanceRow(NamedTuple):
    """One person at one level: how many open deals, the cap (None for no cap), by how many over it, and which deals."""

    owner: str
    level: str
    deals: int
    cap: int | None
    over: int
    ids: tuple[str, ...]


def importance_rows(rows: Iterable[PipelineRow], importance: Importance) -> list[ImportanceRow]:
    """Count open deals by person and level; people in the order of their names, levels as the method has them."""
    held: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.importance and row.outcome == "open":
            held.setdefault((row.owner, row.importance), []).append(row.id)
    caps = {level.id: level.cap for level in importance.levels}
    places = {level.id: place for place, level in enumerate(importance.levels)}
    result = []
    for (owner, level), ids in sorted(held.items(), key=lambda item: (item[0][0], places.get(item[0][1], 99))):
        cap = caps.get(level)
        over = max(0, len(ids) - cap) if cap is not None else 0
        result.append(ImportanceRow(owner, level, len(ids), cap, over, tuple(ids)))
    return result

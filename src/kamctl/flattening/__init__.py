"""Flattening: records into rows, each table by a function of its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from kamctl.facts import EXTERNALS, FILLS
from kamctl.flattening import accounts, calls, deals, presentations
from kamctl.flattening.workspace import externals
from kamctl.rows import Row

FLATTEN: dict[str, Callable[[str, Any], Iterable[Row]]] = {
    "accounts": accounts.accounts,
    "people": accounts.people,
    "members": accounts.members,
    "opportunities": deals.opportunities,
    "stage_events": deals.stage_events,
    "marks": deals.marks,
    "competitors": deals.competitors,
    "buying_roles": deals.buying_roles,
    "gate_evidence": deals.gate_evidence,
    "bids": deals.bids,
    "contracts": deals.contracts,
    "actions": deals.actions,
    "payments": deals.payments,
    "calls": calls.calls,
    "objectives": calls.objectives,
    "needs": calls.needs,
    "objections": calls.objections,
    "commitments": calls.commitments,
    "presentations": presentations.presentations,
    "audience": presentations.audience,
    "preparations": presentations.preparations,
    "presenters": presentations.presenters,
    "weeks": calls.weeks,
}
"""What makes the rows of each table from the id and the record of a file; `externals` alone asks for its kind too."""


def rows_of(kind: str, record_id: str, record: Any, tables: frozenset[str]) -> Iterator[tuple[str, Iterable[Row]]]:
    """Yield table name and rows of a record for those of `tables` that its kind fills."""
    for table in FILLS.get(kind, ()):
        if table == EXTERNALS and table in tables:
            yield table, externals(kind, record_id, record)
        elif table in tables:
            yield table, FLATTEN[table](record_id, record)

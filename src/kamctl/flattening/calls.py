"""Calls and weeks into rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kamctl.layout import account_of, full_id
from kamctl.rows.calls import CallRow, CommitmentRow, NeedRow, ObjectionRow, ObjectiveRow, WeekRow

if TYPE_CHECKING:
    from kamctl.schema.call import Call
    from kamctl.schema.week import Week


def calls(call: str, record: Call) -> Iterator[CallRow]:
    """Yield the row of a call."""
    account, outcome, there = account_of(call), record.outcome, record.attendees
    theirs, ours = (there.customer, there.ours) if there else ([], [])
    following = outcome.next if outcome else None
    yield CallRow(
        call,
        account,
        record.date,
        record.time or "",
        record.by,
        record.mode,
        full_id(account, record.contact) if record.contact else "",
        full_id(account, record.opportunity) if record.opportunity else "",
        (record.plan and record.plan.purpose) or "",
        outcome is not None,
        outcome.recorded_at if outcome else None,
        (outcome and outcome.events) or "",
        following.date if following else None,
        (following and following.purpose) or "",
        int(record.duration.total_seconds() // 60) if record.duration is not None else None,
        tuple(full_id(account, person.contact) if person.contact else person.name or "" for person in theirs),
        tuple(person.member for person in ours),
        (outcome and outcome.customer_view) or "",
        (record.plan and record.plan.resources) or "",
    )


def objectives(call: str, record: Call) -> Iterator[ObjectiveRow]:
    """Yield a row for each objective of a call."""
    if record.plan is not None:
        for objective in record.plan.objectives:
            yield ObjectiveRow(call, objective.objective, objective.met, objective.measure or "", objective.due)


def needs(call: str, record: Call) -> Iterator[NeedRow]:
    """Yield a row for each need that a call found."""
    if record.outcome is not None:
        for found in record.outcome.needs_found:
            yield NeedRow(call, found.need, found.confirmed)


def objections(call: str, record: Call) -> Iterator[ObjectionRow]:
    """Yield a row for each objection raised in a call."""
    if record.outcome is not None:
        for raised in record.outcome.objections:
            yield ObjectionRow(call, raised.objection, raised.handled)


def commitments(call: str, record: Call) -> Iterator[CommitmentRow]:
    """Yield a row for each promise made in a call."""
    if record.outcome is not None:
        for promise in record.outcome.commitments:
            yield CommitmentRow(call, account_of(call), promise.by, promise.what, promise.due, promise.done)


def weeks(week: str, record: Week) -> Iterator[WeekRow]:
    """Yield the row of a week."""
    callbacks = ((back.date, back.contact or "", back.note or "") for back in record.callbacks)
    yield WeekRow(
        week,
        week[:8],
        week[9:],
        tuple(record.goals),
        record.prospecting_hours,
        tuple(callbacks),
        record.notes or "",
    )

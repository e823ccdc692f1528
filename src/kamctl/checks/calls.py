"""Rules on calls: what happened is written down within a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from kamctl.checks.context import Context
from kamctl.layout import path_of
from kamctl.problems import Problem

RECORD_WITHIN = timedelta(hours=24)


def late_record(context: Context) -> Iterator[Problem]:
    """A call is recorded within 24 hours."""
    for call in context.facts.calls:
        if call.recorded_at is not None and call.recorded_at - call.held_at > RECORD_WITHIN:
            hours = int((call.recorded_at - call.held_at).total_seconds() // 3600)
            path = path_of("call", call.id)
            yield Problem(path, "late-record", ("outcome", "recorded_at"), values={"hours": str(hours)})


def missing_record(context: Context) -> Iterator[Problem]:
    """A call of the past has a record."""
    today = datetime.combine(context.as_of, time())
    for call in context.facts.calls:
        if not call.done and today - call.held_at > RECORD_WITHIN:
            values = {"date": str(call.date), "id": call.id}
            yield Problem(path_of("call", call.id), "missing-record", ("date",), values=values)

"""Rows of calls, of what came of them, and of the weeks that they are planned by."""

from __future__ import annotations

from datetime import date, datetime
from datetime import time as Time
from decimal import Decimal
from typing import NamedTuple

from kamctl.rows import Day


class CallRow(NamedTuple):
    """One call. `held_at` is its day and time; `done` whether it has an outcome.

    `duration` is in minutes. `met` are the people of the customer who take part, by id, or by name where they have no
    file; `ours` are our people who do, by key.
    """

    id: str
    account: str
    date: date
    time: str
    by: str
    mode: str
    contact: str
    opportunity: str
    purpose: str
    done: bool
    recorded_at: datetime | None
    events: str
    next_date: Day | None
    next_purpose: str
    duration: int | None
    met: tuple[str, ...]
    ours: tuple[str, ...]
    customer_view: str
    resources: str

    @property
    def held_at(self) -> datetime:
        """When the call takes place; at the end of its day when no time is given."""
        clock = Time.fromisoformat(self.time) if self.time else Time(23, 59)
        return datetime.combine(self.date, clock)

    def made(self, day: Day) -> bool:
        """Whether it had been made and recorded on a day."""
        if not self.done or self.date > day:
            return False
        return self.recorded_at is None or self.recorded_at.date() <= day


class ObjectiveRow(NamedTuple):
    """What a call was to achieve; `met` is None until it is judged."""

    call: str
    objective: str
    met: bool | None
    measure: str
    due: date | None


class NeedRow(NamedTuple):
    """A need that came up in a call; `confirmed` is None when nobody has said."""

    call: str
    need: str
    confirmed: bool | None


class ObjectionRow(NamedTuple):
    """An objection that came up in a call; `handled` is None when nobody has said."""

    call: str
    objection: str
    handled: bool | None


class CommitmentRow(NamedTuple):
    """What someone promised in a call."""

    call: str
    account: str
    by: str
    what: str
    due: date | None
    done: date | None


class WeekRow(NamedTuple):
    """A salesperson's week, what is not in the calls. `week` is `2026-W11`, `by` the person.

    `callbacks` are the people to call back: day, person, what about.
    """

    id: str
    week: str
    by: str
    goals: tuple[str, ...]
    prospecting_hours: Decimal | None
    callbacks: tuple[tuple[date | None, str, str], ...]
    notes: str

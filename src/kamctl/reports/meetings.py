"""The days that a review looks back on, and those that it looks ahead to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from kamctl.dates import working_day
from kamctl.reports.periods import Period, add_months, read_period

DAY = timedelta(days=1)
WEEK_IS_ENDING = 4
"""From this day of the week on, counted from Monday as 0, a weekly review looks back on the present week."""


class Span(NamedTuple):
    """What a review looks back on, what it looks ahead to, and the as-of day.

    `until` is the last day of the past that can be known: that of the period, or the as-of day where it goes on.
    """

    past: Period
    ahead: Period
    as_of: date

    @property
    def until(self) -> date:
        """The last day that is looked back on."""
        return min(self.past.end, self.as_of)

    @property
    def before(self) -> date:
        """The day before the period, as of which it is compared."""
        return self.past.start - DAY

    @property
    def judged_on(self) -> date:
        """The day as of which promises are judged: what was due before it and is not done is broken."""
        return min(self.past.end + DAY, self.as_of)


def daily(as_of: date) -> Span:
    """Return the last working day before a day, and the day itself."""
    return Span(_day(working_day(as_of, -1)), _day(as_of), as_of)


def weekly(as_of: date) -> Span:
    """Return the week that is ending (from Friday on) or has ended, and the week after it."""
    monday = as_of - DAY * as_of.weekday()
    start = monday if as_of.weekday() >= WEEK_IS_ENDING else monday - 7 * DAY
    return Span(_week(start), _week(start + 7 * DAY), as_of)


def monthly(as_of: date) -> Span:
    """Return the month before a day's, and the day's own."""
    first = as_of.replace(day=1)
    return Span(_month(add_months(first, -1)), _month(first), as_of)


SPANS: dict[str, Callable[[date], Span]] = {"daily": daily, "weekly": weekly, "monthly": monthly}
"""What each review looks at, as of a day."""


def between(usual: Span, since: date | None, until: date | None) -> Span:
    """Return a span with another first or last day; what lies ahead is then as long as usual and begins after it.

    A period that begins after the usual last day goes on until the as-of day. Raises ValueError for one without a day.
    """
    if since is None and until is None:
        return usual
    start = since if since is not None else min(usual.past.start, until or date.max)
    end = until if until is not None else usual.past.end if usual.past.end >= start else usual.as_of
    if end < start:
        raise ValueError(f"no day from {start} to {end}")
    length = usual.ahead.end - usual.ahead.start
    return Span(Period("", start, end), Period("", end + DAY, end + DAY + length), usual.as_of)


def _day(day: date) -> Period:
    return Period("", day, day)


def _week(monday: date) -> Period:
    year, week, _ = monday.isocalendar()
    return Period(f"{year:04}-W{week:02}", monday, monday + 6 * DAY)


def _month(first: date) -> Period:
    return read_period(f"{first:%Y-%m}")

"""Periods: fiscal years and quarters, months and weeks, and the days in them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from kamctl.dates import parse_date
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError

WRITTEN = re.compile(r"(\d{4})(?:-Q([1-4])|-(\d{2})|-W(\d{2}))?")
QUARTER = 3
YEAR = 12


class Period(NamedTuple):
    """A period by its name, from its first to its last day."""

    name: str
    start: date
    end: date

    def holds(self, day: date | None) -> bool:
        """Whether a day lies in the period; an unknown day lies in none."""
        return day is not None and self.start <= day <= self.end


def read_period(text: str, first_month: int = 1) -> Period:
    """Read `2026`, `2026-Q2`, `2026-06` or `2026-W24`. Raises KamctlError.

    Years and quarters are fiscal: a fiscal year begins in `first_month` and is named after the calendar year in which
    it begins.
    """
    found = WRITTEN.fullmatch(text.strip().upper())
    try:
        if not found:
            raise ValueError(text)
        year, quarter, month, week = (int(part) if part else None for part in found.groups())
        assert year is not None
        if week is not None:
            start = date.fromisocalendar(year, week, 1)
            return Period(f"{year:04}-W{week:02}", start, start + timedelta(days=6))
        if month is not None:
            return _stretch(f"{year:04}-{month:02}", date(year, month, 1), 1)
        begin = date(year, first_month, 1)
        if quarter is not None:
            return _stretch(f"{year:04}-Q{quarter}", add_months(begin, QUARTER * (quarter - 1)), QUARTER)
        return _stretch(f"{year:04}", begin, YEAR)
    except (ValueError, OverflowError):
        raise KamctlError(
            Phrase('"{text}" is no period', text=text),
            Phrase("write a year 2026, a quarter 2026-Q2, a month 2026-06 or a week 2026-W24"),
        ) from None


def read_days(text: str, first_month: int = 1) -> Period:
    """Read a period as `read_period` does, or a day, `2026-06-15`. Raises KamctlError."""
    try:
        return read_period(text, first_month)
    except KamctlError as no_period:
        try:
            day = parse_date(text)
        except ValueError:
            raise no_period from None
    return Period(text, day, day)


def year_of(day: date, first_month: int = 1) -> Period:
    """Return the fiscal year that a day lies in."""
    return read_period(f"{day.year - (day.month < first_month):04}", first_month)


def week_of(day: date) -> Period:
    """Return the ISO week that a day lies in, from Monday to Sunday."""
    year, week, _ = day.isocalendar()
    return read_period(f"{year:04}-W{week:02}")


def quarter_of(day: date, first_month: int = 1, later: int = 0) -> Period:
    """Return the fiscal quarter that a day lies in, or one some quarters later."""
    moved = add_months(day.replace(day=1), QUARTER * later)
    year = year_of(moved, first_month)
    months = (moved.year - year.start.year) * YEAR + moved.month - year.start.month
    return read_period(f"{year.name}-Q{months // QUARTER + 1}", first_month)


def quarters_of(year: Period, first_month: int = 1) -> list[Period]:
    """Return the four quarters of a fiscal year."""
    return [read_period(f"{year.name}-Q{number}", first_month) for number in (1, 2, 3, 4)]


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or earlier; the last day of the month where it is shorter."""
    place = day.year * YEAR + day.month - 1 + months
    year, month = divmod(place, YEAR)
    following = date(year + (month == YEAR - 1), (month + 1) % YEAR + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))


def _stretch(name: str, start: date, months: int) -> Period:
    return Period(name, start, add_months(start, months) - timedelta(days=1))

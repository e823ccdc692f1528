"""Writes appointments as an iCalendar file, with icalendar, which the extra `cal` brings.

Times are floating: 14:00 is 14:00 where the reader is. The same entries on the same day give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from kamctl import __version__
from kamctl.phrases import Phrase, Verbatim
from kamctl.problems import KamctlError


class Entry(NamedTuple):
    """One entry: the key that it is known by, its day or time, length in minutes, and what it says.

    A `todo` is written as such; anything else is an event. `busy` says whether it takes the time of its day.
    """

    key: str
    start: date | datetime
    minutes: int | None
    title: str
    about: str
    busy: bool = False
    done: bool = False
    todo: bool = False


def calendar_bytes(entries: Iterable[Entry], name: str, day: date) -> bytes:
    """Return a calendar. Raises KamctlError where icalendar is not installed."""
    try:
        from icalendar import Calendar
    except ImportError:
        raise KamctlError(Phrase("a calendar needs icalendar"), Verbatim("pip install 'kamctl[cal]'")) from None
    calendar = Calendar()
    calendar.add("prodid", f"-//kamctl//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_component(entry, name, day))
    return bytes(calendar.to_ical(sorted=False))


def uid(name: str, key: str) -> str:
    """Return what an entry or a person is known by in other programs, the same each time."""
    return str(uuid5(NAMESPACE_URL, f"kamctl:{name}:{key}"))


def _component(entry: Entry, name: str, day: date):  # type: ignore[no-untyped-def]
    from icalendar import Event, Todo

    component = Todo() if entry.todo else Event()
    component.add("uid", uid(name, entry.key))
    component.add("dtstamp", datetime(day.year, day.month, day.day, tzinfo=UTC))
    component.add("due" if entry.todo else "dtstart", entry.start)
    if entry.minutes and isinstance(entry.start, datetime):
        component.add("dtend", entry.start + timedelta(minutes=entry.minutes))
    component.add("summary", entry.title)
    if entry.about:
        component.add("description", entry.about)
    if entry.todo:
        component.add("status", "COMPLETED" if entry.done else "NEEDS-ACTION")
    else:
        component.add("status", "CONFIRMED")
        component.add("transp", "OPAQUE" if entry.busy else "TRANSPARENT")
    return component

"""What a person means by the name of what a form is of: a record, the week of a person, or a period."""

from __future__ import annotations

import re
from collections.abc import Callable

from kamctl.commands.selling import owner_keys
from kamctl.commands.session import Session
from kamctl.dates import read_date
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError
from kamctl.reports.periods import read_period, week_of

WEEK = re.compile(r"(\d{4}-W\d{2})(?:-(.*))?", re.IGNORECASE)


def subject_id(run: Session, kind: str, name: str) -> str:
    """Return the id of what a form of some kind is of. Raises KamctlError with the nearest one."""
    resolve = RESOLVERS.get(kind)
    if resolve is not None:
        place = run.workspace.place_of(name) if name else None
        return resolve(run, place[1] if place is not None else name)
    return run.workspace.resolve(kind, name)


def _week(run: Session, name: str) -> str:
    """Read `2026-W25-li-na`, with the person by key or name; a person alone is this week's."""
    found = WEEK.fullmatch(name)
    week, person = found.groups() if found else (week_of(run.as_of).name, name)
    if not person:
        raise KamctlError(Phrase("whose week is it?"), Phrase("{week}-PERSON", week=week.upper()))
    keys = owner_keys(run.workspace.load(("members",)).facts, [person])
    return f"{read_period(week).name}-{keys[0]}"


def _period(run: Session, name: str) -> str:
    """Read a period or a day; nothing stays nothing, and means the period that is usual as of the day."""
    if not name:
        return ""
    try:
        return read_period(name, run.workspace.settings.fiscal_year_start).name
    except KamctlError as no_period:
        try:
            return read_date(name, run.as_of).isoformat()
        except ValueError:
            raise no_period from None


RESOLVERS: dict[str, Callable[[Session, str], str]] = {"week": _week, "period": _period}
"""How the names of kinds are read that are no files, or need none."""

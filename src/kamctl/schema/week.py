"""weeks/YEAR-Wnn-PERSON.yaml: a salesperson's week, what is not in the calls."""

from __future__ import annotations

from kamctl.schema.base import Entry, Record
from kamctl.schema.scalars import ContactRef, Day, Number, Text


class Callback(Entry):
    """A person to call back."""

    date: Day | None = None
    """When."""
    contact: ContactRef | None = None
    """Whom, as `account/stem`."""
    note: Text | None = None
    """What about."""


class Week(Record):
    """A salesperson's week."""

    goals: list[Text] = []
    """Goals of the week."""
    prospecting_hours: Number | None = None
    """Hours spent on finding new customers."""
    callbacks: list[Callback] = []
    """People to call back."""
    notes: Text | None = None
    """Anything else."""

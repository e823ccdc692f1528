"""reviews/PERIOD.yaml: what people conclude from the figures of a period, for all and for each of our people."""

from __future__ import annotations

from kamctl.schema.base import Entry, Record
from kamctl.schema.scalars import Day, MemberRef, Text


class Measure(Entry):
    """What is to be done about it."""

    what: Text
    """What."""
    who: MemberRef | None = None
    """Who does it."""
    due: Day | None = None
    """By when."""
    done: Day | None = None
    """When it was done."""


class PersonEvaluation(Entry):
    """The conclusions for one person."""

    worked: list[Text] = []
    """What worked."""
    improve: list[Text] = []
    """What to improve."""
    measures: list[Measure] = []
    """Measures."""


class Evaluation(Record):
    """The conclusions of a period."""

    date: Day | None = None
    """When it was talked about."""
    by: MemberRef | None = None
    """Who led the talk."""
    worked: list[Text] = []
    """What worked."""
    improve: list[Text] = []
    """What to improve."""
    measures: list[Measure] = []
    """Measures."""
    people: dict[MemberRef, PersonEvaluation] = {}
    """The conclusions for each person, by key."""

"""The weekly call plan: a row a call with what came of it, callbacks and goals, and five tests of the week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from kamctl.brief import WORDS, Brief
from kamctl.facts import Facts
from kamctl.reports import visits, week_tests
from kamctl.reports.periods import Period
from kamctl.reports.pipeline import Terms
from kamctl.reports.visits import WRITTEN_MODES, Visit, Visits
from kamctl.reports.week_tests import WeekTest
from kamctl.rows import Day
from kamctl.rows.calls import CallRow, CommitmentRow
from kamctl.schema.method.ramp import Ramp
from kamctl.schema.method.reviews import WeekLimits

TABLES = (*visits.TABLES, "weeks")
"""The tables that a week reads."""


def briefs(week: Period) -> tuple[Brief, ...]:
    """Return what a week does without: what was said in calls of other weeks."""
    return (
        Brief("calls", {"calls": WORDS | {"ours"}}, frozenset(("objectives",)), lambda call: week.holds(call.date)),
    )


class WeekCallback(NamedTuple):
    """Someone to call back; `done` is the first day from then on with a call, None while there is none."""

    date: Day | None
    contact: str
    person: str
    customer: str
    phone: str
    note: str
    done: Day | None


class WeekPlan(NamedTuple):
    """The week of one person. `file` is the id of the week's file, empty when there is none."""

    person: str
    name: str
    week: Period
    calls: list[Visit]
    callbacks: list[WeekCallback]
    goals: tuple[str, ...]
    prospecting_hours: Decimal | None
    notes: str
    file: str
    tests: list[WeekTest]


class Rules(NamedTuple):
    """What weeks are computed and tested by."""

    terms: Terms
    limits: WeekLimits
    ramp: Ramp


def week_plans(facts: Facts, week: Period, people: Sequence[str], rules: Rules) -> list[WeekPlan]:
    """Return the week of each person, by key."""
    files = _Files(facts, week, people, rules)
    return [files.plan(person) for person in people]


def week_people(facts: Facts, week: Period) -> list[str]:
    """Return the people who have calls or a file in a week, in the order of team.yaml, others after them."""
    found = {call.by for call in facts.calls if week.holds(call.date)}
    found |= {row.by for row in facts.weeks if row.week == week.name}
    return [key for key in facts.members if key in found] + sorted(found - facts.members.keys())


class _Files:
    """The calls of some people, and what belongs to them."""

    def __init__(self, facts: Facts, week: Period, people: Iterable[str], rules: Rules) -> None:
        self.facts, self.week, self.rules = facts, week, rules
        self.as_of = rules.terms.as_of
        wanted = set(people)
        self.calls: dict[str, list[CallRow]] = defaultdict(list)
        for call in facts.calls:
            if call.by in wanted:
                self.calls[call.by].append(call)
        now = [call for calls in self.calls.values() for call in calls if week.holds(call.date)]
        self.visits = Visits(facts, now, rules.terms)
        made = {call.id: call.by for calls in self.calls.values() for call in calls if call.made(self.as_of)}
        self.promises: dict[str, list[CommitmentRow]] = defaultdict(list)
        for promise in facts.commitments:
            if promise.call in made:
                self.promises[made[promise.call]].append(promise)
        self.files = {row.by: row for row in facts.weeks if row.week == week.name}

    def plan(self, person: str) -> WeekPlan:
        """Return the week of a person."""
        own = sorted(self.calls.get(person, ()), key=lambda call: (call.held_at, call.id))
        rows = [self.visits.visit(call) for call in own if self.week.holds(call.date)]
        file = self.files.get(person)
        return WeekPlan(
            person,
            self.facts.member_name(person),
            self.week,
            rows,
            [self._callback(back, own) for back in file.callbacks] if file is not None else [],
            file.goals if file is not None else (),
            file.prospecting_hours if file is not None else None,
            file.notes if file is not None else "",
            file.id if file is not None else "",
            self._tests(person, own, rows),
        )

    def _tests(self, person: str, own: Sequence[CallRow], rows: Sequence[Visit]) -> list[WeekTest]:
        """Return the five tests; what is only written is no call for the first two."""
        limits, week = self.rules.limits, self.week
        calls = [row for row in rows if row.mode not in WRITTEN_MODES]
        standard = week_tests.calls_standard(self.facts.members.get(person), self.rules.ramp, week.start)
        return [
            week_tests.enough(standard, calls, week.end < self.as_of),
            week_tests.customers(calls, self.rules.terms.importance, limits),
            week_tests.expectation(rows, limits),
            week_tests.follow_up(self.promises.get(person, ()), week, self.as_of, limits),
            week_tests.relationships(rows, own, week, limits),
        ]

    def _callback(self, back: tuple[Day | None, str, str], calls: Sequence[CallRow]) -> WeekCallback:
        day, contact, note = back
        row = self.facts.people.get(contact)
        since = day or self.week.start
        done = (c.date for c in calls if contact in (c.contact, *c.met) and c.date >= since and c.made(self.as_of))
        return WeekCallback(
            day,
            contact,
            self.facts.person_name(contact),
            self.facts.account_name(row.account) if row is not None else contact.partition("/")[0],
            row.phone if row is not None else "",
            note,
            min(done, default=None),
        )

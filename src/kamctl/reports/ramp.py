"""Ramp: what is expected of people by their months in the job, against what the files show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple, TypeVar

from kamctl.facts import Facts
from kamctl.money import Money, convert
from kamctl.reports.journey import NOWHERE, Journey, chain
from kamctl.reports.periods import YEAR, Period, add_months, quarter_of, week_of, year_of
from kamctl.reports.pipeline import Terms
from kamctl.reports.quota import standing, target
from kamctl.reports.visits import WRITTEN_MODES
from kamctl.rows.accounts import MemberRow
from kamctl.rows.calls import CallRow
from kamctl.schema.method.ramp import Ramp, RampPeriod, Standard

TABLES = ("accounts", "members", "opportunities", "calls", "weeks")
"""The tables that a ramp reads."""

T = TypeVar("T")
ZERO = Decimal(0)
HUNDRED = Decimal(100)

Verdict = Literal["met", "running", "short", "unknown", "no_quota"]


class Found(NamedTuple):
    """What the files show of one standard: so much, made of these deals, calls or accounts.

    `have` is None where the files cannot show it. `left_out` are cases that should count and lack what is counted.
    `until` is the last day on which more can come.
    """

    have: Decimal | None
    ids: tuple[str, ...] = ()
    left_out: int = 0
    planned: int = 0
    quota: Decimal | None = None
    until: date | None = None


class RampLine(NamedTuple):
    """One standard of one person. Amounts are in the workspace's currency.

    `month` counts from 1 on the first day in the job. `rhythm` is `weekly` or `end`; `since` and `until` are the days
    looked at, for `end` up to the day on which it is due, None where nothing is still to come. `need` is what is
    asked for, in the same unit as `have`; `percent` are of the quota. `ids` are what `have` is made of, `left_out`
    cases without the figure that counts, `planned` calls of the week that have not been made.
    """

    person: str
    name: str
    month: int
    period: str
    rhythm: Literal["weekly", "end"]
    standard: Standard
    since: date | None
    until: date | None
    need: Decimal | None
    have: Decimal | None
    percent: Decimal | None
    quota: Decimal | None
    left_out: int
    planned: int
    ids: tuple[str, ...]
    verdict: Verdict


def month_in_job(started: date, day: date) -> int:
    """Return which month in the job a day lies in: 1 from the first day on, 0 before it."""
    if day < started:
        return 0
    months = (day.year - started.year) * YEAR + day.month - started.month
    return months + (day >= add_months(started, months))


def ramp_people(members: Iterable[MemberRow], method: Ramp) -> tuple[list[MemberRow], list[MemberRow]]:
    """Return the people of whom the standards are expected, and those of them whose first day is not known."""
    expected = [member for member in members if member.role in method.roles]
    return [m for m in expected if m.started is not None], [m for m in expected if m.started is None]


def processes_named(method: Ramp, default: str) -> list[str]:
    """Return the processes whose stages the standards name."""
    standards = (s for period in method.periods for s in (*period.weekly, *period.by_end))
    return list(dict.fromkeys([default, *(s.process for s in standards if s.process)]))


def ramp(
    facts: Facts,
    ways: Mapping[str, Sequence[Journey]],
    people: Iterable[MemberRow],
    method: Ramp,
    terms: Terms,
    first_month: int,
) -> list[RampLine]:
    """Return the standards of each person's month in the job, weekly ones for the last whole week and the present one.

    `ways` are the deals by the process in which they are compared.
    """
    files = _Files(facts, ways, terms, first_month)
    lines: list[RampLine] = []
    for person in people:
        if person.started is None:
            continue
        month = month_in_job(person.started, terms.as_of)
        period = method.period(month)
        if period is not None:
            lines += _lines(person, month, period, files, terms.as_of)
    return lines


def _lines(person: MemberRow, month: int, period: RampPeriod, files: _Files, as_of: date) -> list[RampLine]:
    assert person.started is not None
    due = add_months(person.started, period.last) - timedelta(days=1)
    this = week_of(as_of)
    weeks = [week for week in (week_of(this.start - timedelta(days=1)), this) if week.end >= person.started]
    lines = []
    for standard in period.weekly:
        for week in weeks:
            found = files.weekly(standard, person, week)
            lines.append(_line(person, month, period, "weekly", standard, found, (week.start, week.end), as_of))
    for standard in period.by_end:
        found = files.by_end(standard, person)
        until = due if due >= as_of else found.until
        lines.append(_line(person, month, period, "end", standard, found, (person.started, until), as_of))
    return lines


def _line(
    person: MemberRow,
    month: int,
    period: RampPeriod,
    rhythm: Literal["weekly", "end"],
    standard: Standard,
    found: Found,
    days: tuple[date, date | None],
    as_of: date,
) -> RampLine:
    need: Decimal | None = standard.at_least
    percent = None
    if standard.quota is not None:
        need = found.quota * standard.at_least / HUNDRED if found.quota is not None else None
        percent = HUNDRED * found.have / found.quota if found.quota and found.have is not None else None
    since, until = days
    open_ = until is not None and until >= as_of
    return RampLine(
        person.id, person.name, month, period.id, rhythm, standard, since, until, need, found.have, percent,
        found.quota, found.left_out, found.planned, found.ids, _verdict(found, need, open_),
    )  # fmt: skip


def _verdict(found: Found, need: Decimal | None, open_: bool) -> Verdict:
    """Judge a figure; one that lacks cases is not called short, since they might be enough."""
    if need is None:
        return "no_quota"
    if found.have is None:
        return "unknown"
    if found.have >= need:
        return "met"
    if found.left_out:
        return "unknown"
    return "running" if open_ else "short"


class _Files:
    """What the files show of each person."""

    def __init__(self, facts: Facts, ways: Mapping[str, Sequence[Journey]], terms: Terms, first_month: int) -> None:
        self.terms = terms
        self.first_month = first_month
        self.default = terms.default_process
        self.ways = {name: _by(some, lambda way: way.row.owner_id) for name, some in ways.items()}
        self.places = {name: _places(terms, name) for name in ways}
        self.calls = defaultdict(list)
        for call in facts.calls:
            if call.mode not in WRITTEN_MODES:
                for person in dict.fromkeys((call.by, *call.ours)):
                    self.calls[person].append(call)
        self.hours = {(week.by, week.week): week.prospecting_hours for week in facts.weeks}
        self.accounts = _by(facts.accounts.values(), lambda account: account.owner)

    def weekly(self, standard: Standard, person: MemberRow, week: Period) -> Found:
        """Return what a week holds of a standard."""
        calls = [call for call in self.calls.get(person.id, ()) if week.holds(call.date)]
        made = [call for call in calls if call.made(self.terms.as_of)]
        match standard.measure:
            case "calls":
                own = tuple(call.id for call in made if call.by == person.id)
                every = sum(call.by == person.id for call in calls)
                return Found(Decimal(len(own)), own, planned=every - len(own))
            case "customer_hours":
                return _hours(made)
            case "prospecting_hours":
                hours = self.hours.get((person.id, week.name))
                return Found(hours, () if hours is None else (f"{week.name}-{person.id}",))
        return self.by_end(standard, person)

    def by_end(self, standard: Standard, person: MemberRow) -> Found:
        """Return what there is of a standard as of the day."""
        ways = self.ways[standard.process or self.default].get(person.id, [])
        match standard.measure:
            case "accounts_studied":
                own = self.accounts.get(person.id, ())
                ids = tuple(account.id for account in own if standard.field is None or standard.field in account.filled)
                return Found(Decimal(len(ids)), ids)
            case "deals_found" | "deals_at" | "deals_won":
                return self._deals(standard, person, ways)
            case "pipeline" | "sold":
                return self._amounts(standard, person, ways)
        return Found(None)

    def _deals(self, standard: Standard, person: MemberRow, ways: Sequence[Journey]) -> Found:
        """Count deals; those without a convertible amount are left out where a smallest one is asked for."""
        assert person.started is not None
        least = self._least(standard)
        place = self.places[standard.process or self.default].get(standard.stage or "", 0)
        new = self.terms.as_of >= person.started
        since = person.started if new else date.min
        keep: dict[str, Callable[[Journey], bool]] = {
            "deals_found": lambda way: way.reached >= place and (way.began or date.min) >= since,
            "deals_at": lambda way: way.place >= place and way.row.outcome != "lost",
            "deals_won": lambda way: way.reached >= place and way.won_on is not None and way.won_on >= since,
        }
        fitting = [way for way in ways if way.reached != NOWHERE and keep[standard.measure](way)]
        if least is None:
            return Found(Decimal(len(fitting)), tuple(way.row.id for way in fitting))
        ids = tuple(way.row.id for way in fitting if way.row.amount is not None and way.row.amount >= least)
        return Found(Decimal(len(ids)), ids, sum(way.row.amount is None for way in fitting))

    def _least(self, standard: Standard) -> Decimal | None:
        if standard.amount is None:
            return None
        terms = self.terms
        money = Money(standard.amount, standard.currency or terms.currency)
        found = convert(money, terms.currency, terms.rates, terms.as_of)
        return found[0].amount if found is not None else Decimal("Infinity")

    def _amounts(self, standard: Standard, person: MemberRow, ways: Sequence[Journey]) -> Found:
        """Return the open deals, or what was won in the period, against the quota of the quarter or year."""
        as_of, first_month = self.terms.as_of, self.first_month
        period = (quarter_of if standard.quota == "quarter" else year_of)(as_of, first_month)
        aim = target([person], period, self.terms, first_month)
        if standard.measure == "sold":
            ids = tuple(way.row.id for way in ways if period.holds(way.won_on))
            against = standing(aim, ways)
            return Found(against.won, ids, against.won_n - against.won_amounts, quota=aim.amount, until=period.end)
        open_ = [way.row for way in ways if way.open]
        amounts = [row.amount for row in open_ if row.amount is not None]
        ids = tuple(row.id for row in open_)
        return Found(sum(amounts, ZERO), ids, len(open_) - len(amounts), quota=aim.amount)


def _hours(made: Sequence[CallRow]) -> Found:
    minutes = sum(call.duration for call in made if call.duration is not None)
    return Found(Decimal(minutes) / 60, tuple(call.id for call in made), sum(call.duration is None for call in made))


def _places(terms: Terms, process: str) -> dict[str, int]:
    return {stage.code: place for place, stage in enumerate(chain(terms.processes[process]))}


def _by(rows: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    grouped: dict[str, list[T]] = defaultdict(list)
    for row in rows:
        grouped[key(row)].append(row)
    return grouped

"""The five tests of a week of calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from kamctl.reports.periods import Period, add_months
from kamctl.reports.ramp import month_in_job
from kamctl.reports.visits import Visit
from kamctl.rows.accounts import MemberRow
from kamctl.rows.calls import CallRow, CommitmentRow
from kamctl.schema.method.importance import Importance
from kamctl.schema.method.ramp import Ramp, Standard
from kamctl.schema.method.reviews import WeekLimits

HUNDRED = Decimal(100)

TestId = Literal["enough", "customers", "expectation", "follow_up", "relationships"]
TestVerdict = Literal["met", "short", "unknown", "no_standard"]

Figures = dict[str, Decimal | int | None]


class WeekTest(NamedTuple):
    """One test of a week: its verdict, its figures by name, and the calls, accounts or deals behind it."""

    id: TestId
    verdict: TestVerdict
    figures: Mapping[str, Decimal | int | None]
    behind: tuple[str, ...]


def calls_standard(member: MemberRow | None, ramp: Ramp, day: date) -> Standard | None:
    """Return how many calls a week are expected of a person on a day; None where nothing is."""
    if member is None or member.started is None:
        return None
    period = ramp.period(month_in_job(member.started, day))
    weekly = period.weekly if period is not None else ()
    return next((standard for standard in weekly if standard.measure == "calls"), None)


def enough(standard: Standard | None, rows: Sequence[Visit], over: bool) -> WeekTest:
    """Test how many calls there are: those made once the week is over, before that those planned too."""
    done = sum(row.state == "done" for row in rows)
    need = standard.at_least if standard is not None else None
    counted = done if over else len(rows)
    verdict: TestVerdict = "no_standard" if need is None else "met" if counted >= need else "short"
    most = standard.at_most if standard is not None else None
    return WeekTest("enough", verdict, {"calls": len(rows), "done": done, "need": need, "most": most}, ())


def customers(rows: Sequence[Visit], importance: Importance, limits: WeekLimits) -> WeekTest:
    """Test whether enough calls go where it matters: to deals of a level that is watched."""
    watched = {level.id for level in importance.levels if level.cap is not None}
    right = [row for row in rows if row.importance in watched]
    share = HUNDRED * len(right) / len(rows) if rows else None
    deals = {row.opportunity: row for row in rows if row.unknown is not None}
    figures: Figures = {
        "calls": len(rows),
        "watched": len(right),
        "share": share,
        "without_deal": sum(not row.opportunity for row in rows),
        "unknown": sum(row.unknown or 0 for row in deals.values()),
        "criteria": sum(row.applicable or 0 for row in deals.values()),
    }
    figures |= Counter(f"level:{row.importance}" for row in rows)
    good = share is not None and share >= limits.watched_share
    behind = tuple(row.id for row in rows if row not in right)
    return WeekTest("customers", "unknown" if share is None else "met" if good else "short", figures, behind)


def expectation(rows: Sequence[Visit], limits: WeekLimits) -> WeekTest:
    """Test whether the objectives of the calls made were judged, and met."""
    made = [row for row in rows if row.state == "done"]
    every, judged, met = (sum(row.objectives[place] for row in made) for place in range(3))
    behind = tuple(row.id for row in made if row.objectives[2] < row.objectives[0])
    figures: Figures = {
        "objectives": every,
        "judged": judged,
        "met": met,
        "without": sum(not r.objectives[0] for r in made),
    }
    if not every:
        return WeekTest("expectation", "unknown", figures, behind)
    good = judged == every and HUNDRED * met / judged >= limits.objectives_met
    return WeekTest("expectation", "met" if good else "short", figures, behind)


def follow_up(promises: Sequence[CommitmentRow], week: Period, as_of: date, limits: WeekLimits) -> WeekTest:
    """Test whether what was promised in calls, then or earlier, was done when it was due."""
    day = min(as_of, week.end)
    due = [promise for promise in promises if week.holds(promise.due)]
    overdue = [p for p in promises if p.due is not None and p.due < day and (p.done is None or p.done > day)]
    kept = sum(p.done is not None and p.done <= day for p in due)
    figures: Figures = {"due": len(due), "kept": kept, "overdue": len(overdue)}
    verdict: TestVerdict = "unknown" if not promises else "met" if len(overdue) <= limits.overdue else "short"
    return WeekTest("follow_up", verdict, figures, tuple(dict.fromkeys(p.call for p in overdue)))


def relationships(rows: Sequence[Visit], own: Sequence[CallRow], week: Period, limits: WeekLimits) -> WeekTest:
    """Test whether several people were met at each account of the week, over some months, calls ahead included."""
    accounts = dict.fromkeys(row.account for row in rows)
    since = add_months(week.end, -limits.people_months)
    met: dict[str, set[str]] = {account: set() for account in accounts}
    for call in own:
        if call.account in met and since < call.date <= week.end:
            met[call.account].update(person for person in (call.contact, *call.met) if person)
    few = tuple(account for account in accounts if len(met[account]) < limits.people)
    people = sum(len(some) for some in met.values())
    figures: Figures = {
        "accounts": len(accounts),
        "people": people,
        "few": len(few),
        "least": limits.people,
        "months": limits.people_months,
    }
    return WeekTest("relationships", "unknown" if not accounts else "short" if few else "met", figures, few)

"""Whom to call back in a week: commitments that fall due, and customers long not contacted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from kamctl.facts import Facts
from kamctl.reports.periods import Period
from kamctl.reports.pipeline import Terms, pipeline_rows
from kamctl.rows import Day
from kamctl.rows.calls import CallRow


class Proposal(NamedTuple):
    """Someone to call back and why: a commitment that is due, or a customer not contacted since a day."""

    date: Day
    contact: str
    kind: Literal["promised", "silent"]
    what: str
    since: Day | None


def proposals(facts: Facts, person: str, week: Period, terms: Terms, most: int = 10) -> list[Proposal]:
    """Return whom a person should call back in a week: commitments that fall due, then customers long not contacted.

    Customers with a call in the week are left out. Of the silent ones those with the largest open deals come first.
    """
    calls = [call for call in facts.calls if call.by == person]
    ahead = {call.account for call in calls if week.holds(call.date)}
    promised = list(_promised(facts, calls, week, terms.as_of, ahead))
    taken = ahead | {proposal.contact.partition("/")[0] for proposal in promised}
    silent = _silent(facts, person, week, terms, taken)
    return sorted([*promised, *silent][:most], key=lambda proposal: (proposal.date, proposal.contact))


def _promised(facts: Facts, calls: Sequence[CallRow], week: Period, as_of: date, ahead: set[str]) -> Iterable[Proposal]:
    by_id = {call.id: call for call in calls if call.made(as_of)}
    for promise in facts.commitments:
        call = by_id.get(promise.call)
        if call is None or promise.due is None or promise.due > week.end or promise.account in ahead:
            continue
        if promise.done is not None and promise.done <= as_of:
            continue
        theirs = promise.by if "/" in promise.by else f"{promise.account}/{promise.by}"
        contact = theirs if theirs in facts.people else call.contact
        if contact:
            yield Proposal(max(promise.due, week.start), contact, "promised", promise.what, promise.due)


def _silent(facts: Facts, person: str, week: Period, terms: Terms, taken: set[str]) -> Iterable[Proposal]:
    """Yield customers with open deals of this person whom nobody has met for as long as makes a deal stale."""
    last: dict[str, CallRow] = {}
    for call in facts.calls:
        if call.made(terms.as_of) and (call.account not in last or call.date > last[call.account].date):
            last[call.account] = call
    few = Facts()
    few.accounts, few.members = facts.accounts, facts.members
    few.opportunities = [deal for deal in facts.opportunities if deal.owner == person and deal.account not in taken]
    worth: dict[str, Decimal] = defaultdict(Decimal)
    for row in pipeline_rows(few, terms):
        if row.outcome == "open" and not row.ended:
            worth[row.account] += row.amount or 0
    people: dict[str, str] = {}
    for contact in facts.people.values():
        people.setdefault(contact.account, contact.id)
    for place, account in enumerate(sorted(worth, key=lambda account: (-worth[account], account))):
        call_before = last.get(account)
        met = call_before.contact if call_before is not None and call_before.contact else people.get(account, "")
        since = call_before.date if call_before is not None else None
        if met and (since is None or week.start - since > terms.stale_after):
            yield Proposal(week.start + timedelta(days=min(place, 4)), met, "silent", "", since)

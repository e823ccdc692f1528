"""The cases that metrics are made of: each has an owner, a part and a whole, so that parts add up to the team's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from datetime import datetime as DateTime
from decimal import Decimal
from typing import NamedTuple

from kamctl.facts import Facts
from kamctl.money import Money, convert
from kamctl.reports.journey import Journey, chain
from kamctl.reports.periods import Period
from kamctl.reports.pipeline import Terms
from kamctl.reports.quota import target
from kamctl.rows.accounts import MemberRow
from kamctl.rows.calls import CallRow
from kamctl.schema.method.reviews import MetricTerms

ZERO, ONE = Decimal(0), Decimal(1)


class Case(NamedTuple):
    """One deal, payment, quota, call, or what came up in a call: so much of so much.

    `counts` is how much it adds to n. One that is `lacking` has no figure: it is named, and in no sum.
    """

    owner: str
    part: Decimal
    whole: Decimal
    id: str
    counts: int = 1
    lacking: bool = False


class Material(NamedTuple):
    """What metrics are computed from.

    `ways` are the deals as of the day, `leads` the same through the process of leads, `then` those as of the end of the
    period where that is past.
    """

    facts: Facts
    period: Period
    ways: Sequence[Journey]
    leads: Sequence[Journey]
    then: Sequence[Journey]
    terms: Terms
    first_month: int
    rules: MetricTerms | None


def goal_value(it: Material) -> Iterator[Case]:
    """What was won in the period, of the quotas."""
    for way in it.ways:
        if it.period.holds(way.won_on):
            amount = way.row.amount
            yield Case(way.row.owner_id, amount or ZERO, ZERO, way.row.id, lacking=amount is None)
    for member in it.facts.members.values():
        yield from _quota(member, it)


def _quota(member: MemberRow, it: Material) -> Iterator[Case]:
    aim = target([member], it.period, it.terms, it.first_month)
    if aim.amount is not None or aim.unconverted:
        yield Case(member.id, ZERO, aim.amount or ZERO, f"quota {member.id}", 0, lacking=aim.amount is None)


def goal_count(it: Material) -> Iterator[Case]:
    """Deals signed in the period, of those that were due to be: signed in it, or expected in it and not yet signed."""
    for way in it.ways:
        if it.period.holds(way.won_on):
            yield Case(way.row.owner_id, ONE, ONE, way.row.id)
        elif it.period.holds(way.row.close_date) and way.row.outcome != "won":
            yield Case(way.row.owner_id, ZERO, ONE, way.row.id)


def deal_size(it: Material) -> Iterator[Case]:
    """The amounts of the deals won in the period, a deal each."""
    for way in it.ways:
        if it.period.holds(way.won_on):
            amount = way.row.amount
            yield Case(way.row.owner_id, amount or ZERO, ONE, way.row.id, lacking=amount is None)


def collection(it: Material) -> Iterator[Case]:
    """What was received of the payments that were due in the period and by the day."""
    owners = {way.row.id: way.row.owner_id for way in it.ways}
    for payment in it.facts.payments:
        if payment.opportunity not in owners or not it.period.holds(payment.due) or payment.due > it.terms.as_of:  # type: ignore[operator]
            continue
        arrived = payment.received_on is None or payment.received_on <= it.terms.as_of
        received = payment.received if arrived and payment.received is not None else ZERO
        sums = [_own(amount, payment.currency, it.terms) for amount in (received, payment.amount)]
        owner, name = owners[payment.opportunity], f"{payment.opportunity} {payment.due}"
        if sums[0] is None or sums[1] is None:
            yield Case(owner, ZERO, ZERO, name, lacking=True)
        else:
            yield Case(owner, sums[0], sums[1], name)


def _own(amount: Decimal | None, currency: str, terms: Terms) -> Decimal | None:
    if amount is None:
        return None
    found = convert(Money(amount, currency or terms.currency), terms.currency, terms.rates, terms.as_of)
    return found[0].amount if found is not None else None


def new_customers(it: Material) -> Iterator[Case]:
    """Accounts won for the first time in the period, of those won before it; of unknown date is neither."""
    first: dict[str, tuple[date | None, str]] = {}
    for way in it.ways:
        if way.row.outcome == "won":
            day = way.won_on
            known, owner = first.get(way.row.account, (date.max, ""))
            if day is None or (known is not None and day < known):
                first[way.row.account] = (day, way.row.owner_id)
            else:
                first[way.row.account] = (known, owner)
    for account, (day, owner) in first.items():
        if day is None:
            yield Case(owner, ZERO, ZERO, account, lacking=True)
        elif it.period.holds(day):
            yield Case(owner, ONE, ZERO, account)
        elif day < it.period.start:
            yield Case(owner, ZERO, ONE, account)


def lead_conversion(it: Material) -> Iterator[Case]:
    """Deals that began in the period: those that have come to the stage that makes a lead of interest."""
    if it.rules is None:
        return
    stages = [stage.code for stage in chain(it.terms.processes[it.rules.lead_process])]
    place = stages.index(it.rules.lead_stage)
    for way in it.leads:
        if it.period.holds(way.began):
            yield Case(way.row.owner_id, Decimal(way.reached >= place), ONE, way.row.id)


def stage_conversion(it: Material, place: int) -> Iterator[Case]:
    """Deals that ever came to a stage by the end of the period: those that came further."""
    for way in it.then:
        if way.reached >= place:
            yield Case(way.row.owner_id, Decimal(way.reached > place), ONE, way.row.id)


def win_rate(it: Material) -> Iterator[Case]:
    """Deals won and lost in the period: those won."""
    for way in it.ways:
        if it.period.holds(way.won_on):
            yield Case(way.row.owner_id, ONE, ONE, way.row.id)
        elif it.period.holds(way.lost_on):
            yield Case(way.row.owner_id, ZERO, ONE, way.row.id)


def cycle(it: Material) -> Iterator[Case]:
    """Days from the beginning of a deal to its win, of the deals won in the period."""
    for way in it.ways:
        if way.won_on is not None and it.period.holds(way.won_on):
            days = (way.won_on - way.began).days if way.began is not None else 0
            yield Case(way.row.owner_id, Decimal(days), ONE, way.row.id, lacking=way.began is None)


def need_accuracy(it: Material) -> Iterator[Case]:
    """Needs found in the calls of the period: those the customer confirmed."""
    calls = _held(it)
    for need in it.facts.needs:
        if need.call in calls:
            yield Case(calls[need.call].by, Decimal(need.confirmed is True), ONE, need.call)


def objection_success(it: Material) -> Iterator[Case]:
    """Objections raised in the calls of the period: those that were handled."""
    calls = _held(it)
    for objection in it.facts.objections:
        if objection.call in calls:
            yield Case(calls[objection.call].by, Decimal(objection.handled is True), ONE, objection.call)


def objective_hits(it: Material) -> Iterator[Case]:
    """Objectives judged in the calls of the period: those met."""
    calls = _held(it)
    for objective in it.facts.objectives:
        if objective.call in calls and objective.met is not None:
            yield Case(calls[objective.call].by, Decimal(objective.met), ONE, objective.call)


def record_delay(it: Material) -> Iterator[Case]:
    """Calls of the period whose time for a record is over: those recorded in time.

    A call without a record counts as not recorded; a record that does not say when it was made is lacking.
    """
    within = timedelta(hours=it.rules.recorded_within if it.rules is not None else 24)
    end = DateTime.combine(it.terms.as_of, DateTime.max.time())
    for call in it.facts.calls:
        if not it.period.holds(call.date) or call.held_at + within > end:
            continue
        in_time = call.recorded_at is not None and call.recorded_at <= call.held_at + within
        yield Case(call.by, Decimal(in_time), ONE, call.id, lacking=call.done and call.recorded_at is None)


def _held(it: Material) -> Mapping[str, CallRow]:
    as_of = it.terms.as_of
    return {call.id: call for call in it.facts.calls if it.period.holds(call.date) and call.made(as_of)}


def by_owner(cases: Iterable[Case]) -> dict[str, list[Case]]:
    """Return cases by owner."""
    grouped: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        grouped[case.owner].append(case)
    return grouped

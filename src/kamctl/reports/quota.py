"""Quotas of people over a period, what was won in it, and what remains."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from kamctl.facts import Facts
from kamctl.money import Money, convert
from kamctl.reports.journey import Journey
from kamctl.reports.periods import Period, quarters_of, year_of
from kamctl.reports.pipeline import Terms
from kamctl.rows.accounts import MemberRow

ZERO = Decimal(0)


class Target(NamedTuple):
    """What some people are to sell in a period, in the workspace's currency.

    `amount` sums the quotas of `people` of the `of` who have any quota at all; None when none of them has one for this
    period. `unconverted` are the people whose quota is in a currency without a rate.
    """

    period: Period
    amount: Decimal | None
    people: int
    of: int
    unconverted: tuple[str, ...]


class Standing(NamedTuple):
    """A target and what stands against it: `won` by `won_n` deals in the period, of which `won_amounts` have an amount.

    `remaining` is never below 0, and None without a target.
    """

    target: Target
    won: Decimal
    won_n: int
    won_amounts: int

    @property
    def remaining(self) -> Decimal | None:
        """What is still to be won."""
        return None if self.target.amount is None else max(ZERO, self.target.amount - self.won)


def people_of(facts: Facts, keys: Collection[str] = (), units: Collection[str] = ()) -> list[MemberRow]:
    """Return our people: those of some keys, of some units, or both; all of them where neither is named."""
    folded = {unit.casefold() for unit in units}
    members = [member for key, member in facts.members.items() if not keys or key in keys]
    return [member for member in members if not folded or member.unit.casefold() in folded]


def target(members: Iterable[MemberRow], period: Period, terms: Terms, first_month: int) -> Target:
    """Add up quotas for a period. A year without an entry of its own is the sum of its four quarters, if all are there.

    A quarter is never made of a year: how it divides is not known.
    """
    amounts, without_rate, of = [], [], 0
    for member in members:
        of += bool(member.quota)
        quota = _quota(member, period, first_month)
        if quota:
            found = [
                convert(Money(m.amount, m.currency or terms.currency), terms.currency, terms.rates, terms.as_of)
                for m in quota
            ]
            if None in found:
                without_rate.append(member.name)
            else:
                amounts.append(sum((money[0].amount for money in found if money is not None), ZERO))
    return Target(period, sum(amounts, ZERO) if amounts else None, len(amounts), of, tuple(without_rate))


def standing(target: Target, ways: Sequence[Journey]) -> Standing:
    """Return what has been won of a target."""
    won = [way.row.amount for way in ways if target.period.holds(way.won_on)]
    amounts = [amount for amount in won if amount is not None]
    return Standing(target, sum(amounts, ZERO), len(won), len(amounts))


def _quota(member: MemberRow, period: Period, first_month: int) -> list[Money]:
    written = {name: Money(amount, currency) for name, amount, currency in member.quota}
    if period.name in written:
        return [written[period.name]]
    if period != year_of(period.start, first_month):
        return []
    quarters = [quarter.name for quarter in quarters_of(period, first_month)]
    return [written[name] for name in quarters] if all(name in written for name in quarters) else []

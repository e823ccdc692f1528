"""Rules on the documents of a deal: bid, contract and payments agree with each other."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kamctl.checks.context import Context, in_deal
from kamctl.money import plain
from kamctl.problems import Problem
from kamctl.rows.deals import PaymentRow

MARGIN_SLACK = Decimal(1)
"""By how many points a margin may differ from cost and price, for rounding."""


def payments_differ(context: Context) -> Iterator[Problem]:
    """The payments of a contract add up to its amount with all changes."""
    due: dict[str, list[PaymentRow]] = {}
    for payment in context.facts.payments:
        due.setdefault(payment.opportunity, []).append(payment)
    for contract in context.facts.contracts:
        payments = due.get(contract.opportunity, [])
        known = [payment.amount for payment in payments if payment.amount is not None]
        if contract.amount is None or not known or len(known) < len(payments):
            continue
        if {payment.currency or context.currency for payment in payments} != {contract.currency or context.currency}:
            continue
        total, wanted = sum(known, Decimal(0)), contract.amount + contract.changes
        if total not in (wanted, contract.amount):
            values = {"total": plain(total), "wanted": plain(wanted)}
            yield in_deal(contract.opportunity, "payments-differ", ("payments",), values, on_key=True)


def margin_differs(context: Context) -> Iterator[Problem]:
    """The margin of a bid is (price - cost) / price."""
    for bid in context.facts.bids:
        if bid.margin is None or bid.cost is None or not bid.price:
            continue
        computed = (bid.price - bid.cost) / bid.price * 100
        if abs(computed - bid.margin) > MARGIN_SLACK:
            values = {"margin": plain(bid.margin), "computed": f"{computed:.1f}"}
            yield in_deal(bid.opportunity, "margin-differs", ("bid", "margin"), values)


def signed_before_bid(context: Context) -> Iterator[Problem]:
    """No contract is signed before it was decided to bid, or before the bid was handed in."""
    signed = {row.opportunity: row.signed for row in context.facts.contracts}
    for bid in context.facts.bids:
        day = signed.get(bid.opportunity)
        last = max(filter(None, (bid.decided_on, bid.due)), default=None)
        if day is not None and last is not None and day < last:
            values = {"signed": str(day), "bid": str(last)}
            yield in_deal(bid.opportunity, "signed-before-bid", ("contract", "signed"), values)


def no_bid_without_factor(context: Context) -> Iterator[Problem]:
    """A decision not to bid names the factor that rules the bid out."""
    for bid in context.facts.bids:
        if bid.decision == "no_bid" and not bid.fatal_factor:
            yield in_deal(bid.opportunity, "no-bid-without-factor", ("bid", "decision"), {})

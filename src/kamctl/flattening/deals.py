"""Deals into rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from kamctl.flattening.parts import dated, filled
from kamctl.layout import account_of, full_id
from kamctl.rows.deals import (
    ActionRow,
    BidRow,
    BuyingRoleRow,
    CompetitorRow,
    ContractRow,
    GateEvidenceRow,
    MarkRow,
    OpportunityRow,
    PaymentRow,
    StageEventRow,
)

if TYPE_CHECKING:
    from kamctl.schema.opportunity import MarkEntry, Opportunity


def opportunities(deal: str, record: Opportunity) -> Iterator[OpportunityRow]:
    """Yield the row of a deal."""
    region, lost, amount = record.region, record.lost, record.amount
    yield OpportunityRow(
        deal,
        account_of(deal),
        record.name,
        record.owner or "",
        record.process or "",
        record.stage,
        amount.amount if amount else None,
        amount.currency if amount else "",
        record.close_date,
        record.probability,
        record.forecast or "",
        record.importance or "",
        record.source or "",
        tuple(record.products),
        record.tender_date,
        record.purchase_date,
        record.created,
        record.vertical or "",
        (region and region.province) or "",
        (region and region.city) or "",
        record.dealer or "",
        record.stage_since(),
        lost.date if lost else None,
        (lost and lost.reason) or "",
        (lost and lost.to) or "",
        frozenset(filled(record)),
        tuple(dated(record)),
        tuple((event.date, event.stage) for event in record.stage_history),
        tuple(_assessed(record)),
        tuple((step.due, step.who or "", step.what, step.done) for step in record.actions),
    )


def _assessed(record: Opportunity) -> Iterator[tuple[date, str]]:
    for assessment in record.assessments:
        marks = ((criterion, entry, entry.us) for criterion, entry in assessment.marks.items())
        words = (f"{criterion}{entry.mark_of('us', mark)}" for criterion, entry, mark in marks if mark is not None)
        yield assessment.date, " ".join(words)


def stage_events(deal: str, record: Opportunity) -> Iterator[StageEventRow]:
    """Yield a row for each stage that a deal came to."""
    return (StageEventRow(deal, event.date, event.stage) for event in record.stage_history)


def marks(deal: str, record: Opportunity) -> Iterator[MarkRow]:
    """Yield a row for each mark of each party in each assessment of a deal."""
    account = account_of(deal)
    for position, assessment in enumerate(record.assessments):
        day, by = assessment.date, assessment.by or ""
        for criterion, entry in assessment.marks.items():
            evidence = entry.evidence or ""
            source = full_id(account, entry.source) if entry.source else ""
            given = {"us": entry.us} if entry.us is not None else {}
            for party, mark in (given | (entry.__pydantic_extra__ or {})).items():
                counts, claims = entry.mark_of(party, mark), tuple(_claims(account, entry, party))
                yield MarkRow(deal, position, day, by, criterion, party, counts, evidence, source, claims)


def _claims(account: str, entry: MarkEntry, party: str) -> Iterator[tuple[str, str, str, str]]:
    for claim in entry.disputed:
        if (claim.party or "us") == party:
            source = full_id(account, claim.source) if claim.source else ""
            yield claim.by or "", claim.mark, claim.evidence or "", source


def competitors(deal: str, record: Opportunity) -> Iterator[CompetitorRow]:
    """Yield a row for each rival in a deal."""
    return (CompetitorRow(deal, key, rival.name) for key, rival in record.competitors.items())


def buying_roles(deal: str, record: Opportunity) -> Iterator[BuyingRoleRow]:
    """Yield a row for each person of a buying team."""
    account = account_of(deal)
    for person, role in record.buying_team.items():
        yield BuyingRoleRow(
            deal,
            full_id(account, person),
            tuple(role.roles),
            role.orientation or "",
            role.adaptability or "",
            role.coverage or "",
            role.influence or "",
            tuple((full_id(account, whom), strength) for whom, strength in role.influences.items()),
            tuple(role.behaviours.items()),
            role.opposes.level if role.opposes else "",
            role.covered_by or "",
        )


def actions(deal: str, record: Opportunity) -> Iterator[ActionRow]:
    """Yield a row for each step of a deal's plan."""
    return (
        ActionRow(deal, step.due, step.who or "", step.what, step.done, step.resources or "", step.result or "")
        for step in record.actions
    )


def payments(deal: str, record: Opportunity) -> Iterator[PaymentRow]:
    """Yield a row for each payment of a deal's contract."""
    for payment in record.payments:
        due, received = payment.amount, payment.received
        yield PaymentRow(
            deal,
            payment.due,
            due.amount if due else None,
            (due or received).currency if due or received else "",  # type: ignore[union-attr]
            received.amount if received else None,
            payment.received_on,
        )


def gate_evidence(deal: str, record: Opportunity) -> Iterator[GateEvidenceRow]:
    """Yield a row for each criterion of the process that a deal shows to be met."""
    return (GateEvidenceRow(deal, key, entry.date, entry.evidence) for key, entry in record.gate_evidence.items())


def bids(deal: str, record: Opportunity) -> Iterator[BidRow]:
    """Yield the row of a bid, if there is one."""
    bid = record.bid
    if bid is not None:
        price = bid.price
        cost = bid.cost if bid.cost and price and bid.cost.currency == price.currency else None
        yield BidRow(
            deal,
            bid.decision or "",
            bid.decided_on,
            bid.due,
            cost.amount if cost else None,
            price.amount if price else None,
            bid.margin,
            price.currency if price else "",
            bid.fatal_factor or "",
        )


def contracts(deal: str, record: Opportunity) -> Iterator[ContractRow]:
    """Yield the row of a contract, if there is one."""
    contract = record.contract
    if contract is not None:
        amount = contract.amount
        currency = amount.currency if amount else ""
        prices = [change.amount for change in (record.delivery.changes if record.delivery else []) if change.amount]
        changes = sum((price.amount for price in prices if price.currency == currency), Decimal(0))
        yield ContractRow(deal, contract.signed, amount.amount if amount else None, currency, changes)

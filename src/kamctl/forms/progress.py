"""The view of how far a deal has come: stages and gate, action plan, contract, payments and delivery, or its loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kamctl.forms.naming import Naming, iso
from kamctl.labels import pick
from kamctl.money import Money
from kamctl.schema.method.process import Process, Stage
from kamctl.schema.method.reasons import Reasons
from kamctl.schema.opportunity import Contract, Delivery, Loss, Opportunity
from kamctl.scoring.gates import Gate, GateItem


@dataclass(frozen=True)
class StageStep:
    """The day a deal came to a stage. `move` says how it came there, when not from the stage before."""

    date: str
    stage: str
    days: str
    by: str
    move: str
    note: str


@dataclass(frozen=True)
class GateCheck:
    """One criterion of the gate: what shows it, or what would, and since when."""

    label: str
    met: bool
    evidence: str
    since: str


@dataclass(frozen=True)
class GateView:
    """The gate to the next stage; `summary` says from where to where, and how many criteria are met."""

    summary: str
    met: Sequence[GateCheck]
    missing: Sequence[GateCheck]


@dataclass(frozen=True)
class ActionView:
    """A step of the action plan. `overdue` says that its day has passed and nobody has done it."""

    due: str
    who: str
    what: str
    category: str
    resources: str
    done: str
    result: str
    remedy: str
    overdue: bool


@dataclass(frozen=True)
class EvidenceView:
    """What shows that a criterion of the process is met, and since when."""

    criterion: str
    evidence: str
    date: str


@dataclass(frozen=True)
class PaymentView:
    """A payment of the contract. `late` says that it was due before the as-of day and has not come whole."""

    due: str
    amount: str
    received: str
    received_on: str
    late: bool


@dataclass(frozen=True)
class ContractView:
    """The signed contract, its payments, and their sums, empty where currencies differ."""

    number: str
    signed: str
    amount: str
    payments: Sequence[PaymentView]
    due_total: str
    received_total: str


@dataclass(frozen=True)
class ChangeView:
    """A change of the order, and by how much the price changes."""

    date: str
    change: str
    amount: str


@dataclass(frozen=True)
class DeliveryView:
    """Delivery and acceptance."""

    manager: str
    handover: str
    plan: str
    risks: Sequence[str]
    changes: Sequence[ChangeView]
    accepted: str


@dataclass(frozen=True)
class LossView:
    """How the deal was lost."""

    date: str
    reason: str
    to: str
    lesson: str


def stages_view(record: Opportunity, process: Process, naming: Naming, as_of: date) -> list[StageStep]:
    """Return the days on which a deal came to its stages, with the days that it stood there until the as-of day."""
    events = record.stage_history
    steps = []
    for position, event in enumerate(events):
        following = events[position + 1].date if position + 1 < len(events) else as_of
        days = (min(following, as_of) - event.date).days
        ended = (stage := process.stage(event.stage)) is not None and stage.ended
        steps.append(
            StageStep(
                date=iso(event.date),
                stage=stage_name(process.stage(event.stage), event.stage, naming.lang),
                days=str(days) if days >= 0 and not ended else "",
                by=naming.member(event.by),
                move=naming.label(f"move-{event.move}") if event.move else "",
                note="\n".join(filter(None, (event.override, event.note))),
            )
        )
    return steps


def gate_view(gate: Gate | None, naming: Naming) -> GateView | None:
    """Return the view of a gate; None when the deal has nowhere to go."""
    if gate is None:
        return None
    checks = [_check(item, naming) for item in gate.items]
    source = stage_name(gate.source, "?", naming.lang)
    target = stage_name(gate.target, "?", naming.lang)
    met = [check for check in checks if check.met]
    summary = naming.label("gate-head", source=source, target=target, met=len(met), count=len(checks))
    return GateView(summary, met, [check for check in checks if not check.met])


def _check(item: GateItem, naming: Naming) -> GateCheck:
    field = naming.field(item.field.rpartition(".")[2]) if item.field else ""
    label = pick(item.label, naming.lang) if item.label is not None else field
    return GateCheck(label, item.met, item.evidence or (field if item.label is not None else ""), iso(item.since))


def evidence_view(record: Opportunity, process: Process, naming: Naming) -> list[EvidenceView]:
    """Return what shows that criteria of the process are met, earliest first."""
    criteria = [item for stage in process.stages for item in (*stage.entry, *stage.exit)]
    found = sorted(record.gate_evidence.items(), key=lambda pair: pair[1].date or date.min)
    return [EvidenceView(naming.choice(criteria, name), entry.evidence, iso(entry.date)) for name, entry in found]


def actions_view(record: Opportunity, naming: Naming, as_of: date) -> list[ActionView]:
    """Return the action plan in the order of the file."""
    return [
        ActionView(
            due=iso(step.due),
            who=naming.anyone(step.who),
            what=step.what,
            category=step.category or "",
            resources=step.resources or "",
            done=iso(step.done),
            result=step.result or "",
            remedy=step.remedy or "",
            overdue=step.done is None and step.due is not None and step.due < as_of,
        )
        for step in record.actions
    ]


def contract_view(record: Opportunity, naming: Naming, as_of: date) -> ContractView | None:
    """Return the contract and its payments; None when there is neither."""
    if record.contract is None and not record.payments:
        return None
    contract = record.contract or Contract()
    due = [payment.amount for payment in record.payments if payment.amount]
    received = [payment.received for payment in record.payments if payment.received]
    return ContractView(
        number=contract.number or "",
        signed=iso(contract.signed),
        amount=naming.exact(contract.amount),
        payments=[
            PaymentView(
                due=iso(payment.due),
                amount=naming.exact(payment.amount),
                received=naming.exact(payment.received),
                received_on=iso(payment.received_on),
                late=payment.due is not None and payment.due < as_of and not _settled(payment.amount, payment.received),
            )
            for payment in record.payments
        ],
        due_total=_sum(due, naming),
        received_total=_sum(received, naming),
    )


def _settled(due: Money | None, received: Money | None) -> bool:
    return received is not None and (due is None or received.amount >= due.amount)


def _sum(amounts: Sequence[Money], naming: Naming) -> str:
    currencies = {amount.currency or naming.currency for amount in amounts}
    if len(currencies) != 1:
        return ""
    return naming.exact(Money(sum((amount.amount for amount in amounts), Decimal(0)), currencies.pop()))


def delivery_view(record: Delivery | None, naming: Naming) -> DeliveryView | None:
    """Return delivery and acceptance; None when nothing is known of them."""
    if record is None:
        return None
    return DeliveryView(
        manager=naming.member(record.manager),
        handover=iso(record.handover),
        plan=record.plan or "",
        risks=record.risks,
        changes=[ChangeView(iso(row.date), row.change, naming.exact(row.amount)) for row in record.changes],
        accepted=iso(record.accepted),
    )


def loss_view(record: Loss | None, reasons: Reasons, rivals: Mapping[str, str], naming: Naming) -> LossView | None:
    """Return how a deal was lost; None when it was not."""
    if record is None:
        return None
    reason = naming.choice(reasons.lost, record.reason)
    to = rivals.get(record.to, record.to) if record.to else ""
    return LossView(iso(record.date), reason, to, record.lesson or "")


def stage_name(stage: Stage | None, code: str, lang: str) -> str:
    """Return code and label of a stage, the code alone when the process has none such."""
    return f"{stage.code} {pick(stage.label, lang)}" if stage is not None else code

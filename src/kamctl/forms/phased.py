"""The view of the documents of a deal in phases: initiation, bid review, handover, stage report, no bid.

Each document shows the whole deal, what only these documents hold, and the criteria of the stages whose list of
documents names it. Templates see these classes and not the file format; text that is not filled in is empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from kamctl import resources
from kamctl.forms.naming import Naming, iso, percent
from kamctl.forms.opportunity import OpportunityView, opportunity_view
from kamctl.forms.progress import GateCheck, stage_name
from kamctl.forms.strategy import MilestoneView
from kamctl.labels import pick
from kamctl.layout import account_of, full_id
from kamctl.money import Money
from kamctl.schema.method.process import Process, Stage
from kamctl.schema.opportunity import Bid, BidChecklist, Closing, Initiation, Opportunity
from kamctl.scoring.gates import criteria_of

if TYPE_CHECKING:
    from kamctl.facts import Facts
    from kamctl.workspace import Workspace

TABLES = ("accounts", "people", "members", "opportunities", "gate_evidence")


@dataclass(frozen=True)
class InitiationView:
    """The project initiation report."""

    number: str
    customer_lead: str
    customer_lead_title: str
    gross_margin: str
    expense_budget: str
    category: str
    sign_date: str
    approved_by: str
    approved_on: str


@dataclass(frozen=True)
class ExecutiveContactView:
    """One contact of the executive contact plan: whom of theirs, who of ours, what for, by when, and when it was."""

    contact: str
    title: str
    member: str
    purpose: str
    due: str
    done: str


@dataclass(frozen=True)
class CheckedView:
    """One point of the bid that is checked before it leaves the house, and the day on which it was."""

    point: str
    checked_on: str


@dataclass(frozen=True)
class BidView:
    """The bid, or the decision not to bid. `decision` and `result` are labels.

    `bids` and `declined` say how it was decided; both are false until it is. `profit` is price less cost, empty where
    one of them is unknown or their currencies differ.
    """

    decision: str
    bids: bool
    declined: bool
    decided_on: str
    reasons: Sequence[str]
    fatal_factor: str
    strategy: str
    division: str
    timetable: Sequence[MilestoneView]
    checklist: Sequence[CheckedView]
    cost: str
    price: str
    profit: str
    margin: str
    lead: str
    partner_lead: str
    presenter: str
    answers_by: str
    due: str
    rank: str
    result: str
    summary: str


@dataclass(frozen=True)
class StageReportView:
    """A look back at a stage: its label and goal, when the deal came there, for how many days, and what was learned."""

    date: str
    stage: str
    goal: str
    since: str
    days: str
    summary: str
    lessons: str


@dataclass(frozen=True)
class ClosingView:
    """The end of the project."""

    date: str
    summary: str
    lessons: Sequence[str]


@dataclass(frozen=True)
class StageChecksView:
    """The criteria of one stage that a document belongs to; `met` of them are, as text `3 of 12`."""

    stage: str
    goal: str
    met: str
    checks: Sequence[GateCheck]


@dataclass(frozen=True)
class DocumentView:
    """One document of a deal as of a day. `deal` is what the opportunity plan shows."""

    deal: OpportunityView
    initiation: InitiationView
    executive_contacts: Sequence[ExecutiveContactView]
    bid: BidView
    reports: Sequence[StageReportView]
    closing: ClosingView
    stages: Sequence[StageChecksView]


def document_view(workspace: Workspace, deal_id: str, lang: str, as_of: date, document: str) -> DocumentView:
    """Return the view of one document of a deal as of a day.

    Raises KamctlError when the deal's file, or the part of the method that it goes by, cannot be read.
    """
    record: Opportunity = workspace.record("opportunity", deal_id)
    account = account_of(deal_id)
    facts = workspace.load(TABLES, account=account).facts
    naming = Naming(facts, account, workspace.settings.currency, lang)
    row = next(row for row in facts.opportunities if row.id == deal_id)
    process = workspace.methods.process(row.process or workspace.settings.process)
    return DocumentView(
        deal=opportunity_view(workspace, deal_id, lang, as_of),
        initiation=_initiation(record.initiation or Initiation(), naming),
        executive_contacts=[
            ExecutiveContactView(
                naming.contact(row.contact),
                _title(row.contact, naming),
                naming.member(row.member),
                row.purpose or "",
                iso(row.due),
                iso(row.done),
            )
            for row in record.executive_contacts
        ],
        bid=_bid(record.bid or Bid(), naming),
        reports=_reports(record, process, naming, as_of),
        closing=_closing(record.closing or Closing()),
        stages=[_stage(stage, deal_id, facts, naming, as_of) for stage in _stages(process, document, record.stage)],
    )


def _initiation(record: Initiation, naming: Naming) -> InitiationView:
    return InitiationView(
        number=record.number or "",
        customer_lead=naming.contact(record.customer_lead),
        customer_lead_title=_title(record.customer_lead, naming),
        gross_margin=percent(record.gross_margin),
        expense_budget=naming.exact(record.expense_budget),
        category=record.category or "",
        sign_date=iso(record.sign_date),
        approved_by=naming.member(record.approved_by),
        approved_on=iso(record.approved_on),
    )


def _title(stem: str | None, naming: Naming) -> str:
    row = naming.facts.people.get(full_id(naming.account, stem)) if stem else None
    return row.title if row is not None else ""


def _bid(record: Bid, naming: Naming) -> BidView:
    return BidView(
        decision=naming.label(f"bid-decision-{record.decision}") if record.decision else "",
        bids=record.decision == "bid",
        declined=record.decision == "no_bid",
        decided_on=iso(record.decided_on),
        reasons=record.reasons,
        fatal_factor=record.fatal_factor or "",
        strategy=record.strategy or "",
        division=record.division or "",
        timetable=[MilestoneView(iso(row.date), row.event, naming.flag("done", row.done)) for row in record.timetable],
        checklist=_checklist(record.checklist or BidChecklist(), naming.lang),
        cost=naming.exact(record.cost),
        price=naming.exact(record.price),
        profit=naming.exact(_profit(record, naming)),
        margin=percent(record.margin),
        lead=naming.member(record.lead),
        partner_lead=record.partner_lead or "",
        presenter=naming.member(record.presenter),
        answers_by=naming.label("form-comma").join(map(naming.member, record.answers_by)),
        due=iso(record.due),
        rank=str(record.rank) if record.rank is not None else "",
        result=naming.label(f"bid-result-{record.result}") if record.result else "",
        summary=record.summary or "",
    )


def _checklist(record: BidChecklist, lang: str) -> list[CheckedView]:
    """Return the points of the checklist in the order of the file format, checked or not."""
    labels = resources.table("fields")
    return [CheckedView(pick(labels[name], lang), iso(getattr(record, name))) for name in BidChecklist.model_fields]


def _profit(record: Bid, naming: Naming) -> Money | None:
    price, cost = record.price, record.cost
    if price is None or cost is None or (price.currency or naming.currency) != (cost.currency or naming.currency):
        return None
    return Money(Decimal(price.amount - cost.amount), price.currency)


def _reports(record: Opportunity, process: Process, naming: Naming, as_of: date) -> list[StageReportView]:
    """Return the stage reports by day, each with the days that the deal stood at its stage until the as-of day."""
    events = record.stage_history
    reports = []
    for report in sorted(record.stage_reports, key=lambda report: report.date or date.max):
        stage = process.stage(report.stage) if report.stage else None
        places = [i for i, event in enumerate(events) if event.stage == report.stage and event.date <= as_of]
        since = events[places[-1]].date if places else None
        later = events[places[-1] + 1 :] if places else []
        until = min([as_of, *(event.date for event in later[:1])])
        reports.append(
            StageReportView(
                date=iso(report.date),
                stage=stage_name(stage, report.stage or "", naming.lang),
                goal=pick(stage.goal, naming.lang) if stage is not None and stage.goal else "",
                since=iso(since),
                days=str((until - since).days) if since is not None else "",
                summary=report.summary or "",
                lessons=report.lessons or "",
            )
        )
    return reports


def _closing(record: Closing) -> ClosingView:
    return ClosingView(iso(record.date), record.summary or "", record.lessons)


def _stages(process: Process, document: str, here: str) -> list[Stage]:
    """Return the stages that a document belongs to; ways out only where the deal took them or there is nothing else."""
    named = [stage for stage in process.stages if document in stage.documents]
    on_the_way = [stage for stage in named if stage.outcome != "lost" or stage.code == here]
    return on_the_way or named


def _stage(stage: Stage, deal_id: str, facts: Facts, naming: Naming, as_of: date) -> StageChecksView:
    row = next(row for row in facts.opportunities if row.id == deal_id)
    evidence = [entry for entry in facts.gate_evidence if entry.opportunity == deal_id]
    items = criteria_of(stage, row, facts.accounts.get(row.account), evidence, as_of)
    checks = [
        GateCheck(pick(item.label, naming.lang) if item.label else "", item.met, item.evidence, iso(item.since))
        for item in items
    ]
    met = naming.label("form-met-of", met=sum(item.met for item in items), count=len(items))
    goal = pick(stage.goal, naming.lang) if stage.goal is not None else ""
    return StageChecksView(stage_name(stage, stage.code, naming.lang), goal, met, checks)

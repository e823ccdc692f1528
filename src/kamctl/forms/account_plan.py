"""The view of an account plan: the customer, its people and deals, who has sold what, and what we are going to do."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from kamctl.facts import Facts
from kamctl.forms.account import AccountHead, Stages, account_head, calls_by, last_met
from kamctl.forms.customer import PositionView, ProfileView, positions_view, profile_view
from kamctl.forms.naming import Naming, iso, percent
from kamctl.forms.planning import open_commitments
from kamctl.forms.politics import PoliticalMap, political_map
from kamctl.forms.team import side_of
from kamctl.labels import pick
from kamctl.layout import account_of, stem_of
from kamctl.money import Money
from kamctl.rows.accounts import PersonRow
from kamctl.rows.calls import CallRow, CommitmentRow
from kamctl.rows.deals import BuyingRoleRow, OpportunityRow
from kamctl.schema.method.relationship import Relationship
from kamctl.scoring.relationship import status

if TYPE_CHECKING:
    from kamctl.schema.account import Account, Objective
    from kamctl.workspace import Workspace

TABLES = (
    "accounts", "people", "members", "opportunities", "buying_roles", "competitors", "calls", "commitments",
)  # fmt: skip
"""The tables that an account plan is made from."""

MAX_CALLS = 20
"""How many of the last calls a plan shows."""


@dataclass(frozen=True)
class PersonLine:
    """One person of the customer, with what the leading deal says, or the newest deal that lists them."""

    name: str
    """Name."""
    title: str
    """Title."""
    department: str
    """Department."""
    reports_to: str
    """Whom the person reports to."""
    phone: str
    """Telephone number."""
    roles: str
    """The signs of the buying roles."""
    sign: str
    """The sign of the status."""
    status: str
    """The status that behaviours have earned, as a label."""
    side: str
    """`for`, `against`, `between` or `unknown`."""
    coverage: str
    """How well we know the person, as a label."""
    covered_by: str
    """Who of our people looks after the person."""
    deal: str
    """The deal that says so; empty when none lists the person."""
    last_met: str
    """The day of the last call with the person."""


@dataclass(frozen=True)
class DealLine:
    """One deal of the account, as it stood on the day."""

    id: str
    """Its id."""
    name: str
    """Name of the project."""
    stage: str
    """Code and label of the stage."""
    outcome: str
    """`open`, `won` or `lost`."""
    amount: str
    """Expected order value."""
    close_date: str
    """Expected signature."""
    probability: str
    """The owner's own estimate."""
    forecast: str
    """The forecast category, as a label."""
    owner: str
    """Who is in charge."""
    next: str
    """The open step that is due first."""
    next_due: str
    """Its day."""


@dataclass(frozen=True)
class AccountObjective:
    """One objective of the account plan."""

    objective: str
    """What is to be reached."""
    measure: str
    """How we will know."""
    due: str
    """By when."""
    owner: str
    """Who of our people."""
    status: str
    """How it stands, as a label, and whether it is overdue."""
    overdue: bool
    """Whether its day has passed and it is still open."""


@dataclass(frozen=True)
class CallLine:
    """One call at the account."""

    date: str
    """The day."""
    mode: str
    """Visit, phone, …, as a label."""
    person: str
    """Whom we see."""
    by: str
    """Who of our people."""
    deal: str
    """The deal it is about."""
    purpose: str
    """What for."""
    events: str
    """What happened; empty when nobody has written it down."""


@dataclass(frozen=True)
class PromiseLine:
    """A promise that is not kept yet."""

    ours: bool
    """Whether one of our people made it."""
    by: str
    """Who made it."""
    what: str
    """What."""
    due: str
    """By when."""
    overdue: bool
    """Whether that day has passed."""
    state: str
    """The same as a label; empty when it has not."""
    since: str
    """The day of the call in which it was made."""


@dataclass(frozen=True)
class AccountPlan:
    """An account as of a day."""

    lang: str
    """Language of the form."""
    as_of: str
    """The day."""
    head: AccountHead
    """Who it is and who looks after it."""
    profile: ProfileView
    """The business in figures and words."""
    people: Sequence[PersonLine]
    """The customer's people, those above first."""
    leading: str
    """The largest open deal that has a buying team, whose politics the map shows."""
    map: PoliticalMap
    """For the picture: `plan.map | political_map`."""
    deals: Sequence[DealLine]
    """The deals, open ones first."""
    total: str
    """What the open deals add up to, and how many of them have an amount; empty when there is none."""
    positions: Sequence[PositionView]
    """What each supplier has sold so far, ourselves first."""
    pain_points: Sequence[str]
    """What hurts the customer."""
    objectives: Sequence[AccountObjective]
    """The objectives."""
    promises: Sequence[PromiseLine]
    """Promises of both sides that are open, earliest due first."""
    coming: Sequence[CallLine]
    """Calls that are planned, earliest first."""
    calls: Sequence[CallLine]
    """The last calls, newest first."""
    calls_left_out: int
    """How many earlier calls there are."""
    changes: Sequence[str]
    """What changed since the last review, as sentences; empty when there is no history."""


def account_plan(workspace: Workspace, account_id: str, lang: str, as_of: date) -> AccountPlan:
    """Return the plan of an account as of a day. Raises KamctlError when the account's file cannot be read."""
    record: Account = workspace.record("account", account_id)
    facts = workspace.load(TABLES, account=account_id).facts
    naming = Naming(facts, account_id, workspace.settings.currency, lang)
    relationship = workspace.methods.relationship
    stages = Stages(workspace, lang)
    deals = _deals(facts, stages, as_of)
    leading = _leading(facts, deals, stages, as_of)
    politics = _politics_of(facts, leading)
    whole = political_map(politics, relationship, account_id, "", lang, as_of, fold_over=None)
    order = {person.id: position for position, person in enumerate(whole.people)}
    people = sorted((p for p in facts.people.values() if p.account == account_id), key=lambda p: order[p.id])
    calls = calls_by(facts, account_id, as_of)
    held = [call for call in reversed(calls) if call.done or call.date < as_of]
    return AccountPlan(
        lang=lang,
        as_of=as_of.isoformat(),
        head=account_head(workspace, account_id, record, naming),
        profile=profile_view(record, naming),
        people=[_person(row, _part(facts, row.id, leading, deals), relationship, naming, as_of) for row in people],
        leading=next((deal.name for deal in deals if deal.id == leading), ""),
        map=political_map(politics, relationship, account_id, "", lang, as_of),
        deals=[_deal(deal, stages, naming, as_of) for deal in deals],
        total=_total([deal for deal in deals if stages.outcome(deal, as_of) == "open"], naming),
        positions=positions_view(record, {row.id: row.name for row in facts.competitors}, naming),
        pain_points=record.pain_points,
        objectives=[_objective(entry, naming, as_of) for entry in record.objectives],
        promises=[_promise(entry, naming, as_of) for entry in open_commitments(facts, account_id, as_of)],
        coming=[_call(call, naming) for call in _coming(facts, account_id, as_of)],
        calls=[_call(call, naming) for call in held[:MAX_CALLS]],
        calls_left_out=len(held[MAX_CALLS:]),
        changes=(),
    )


def _leading(facts: Facts, deals: Sequence[OpportunityRow], stages: Stages, as_of: date) -> str:
    """Return the largest open deal that has a buying team, else the newest one that has; empty when none has."""
    staffed = {role.opportunity for role in facts.buying_roles}
    known = [deal for deal in deals if deal.id in staffed]
    return max(
        (
            (stages.outcome(deal, as_of) == "open", deal.amount or Decimal(0), deal.created or date.min, deal.id)
            for deal in known
        ),
        default=(False, Decimal(0), date.min, ""),
    )[-1]


def _politics_of(facts: Facts, deal: str) -> Facts:
    """Return the same facts with the politics of one deal alone, so that the map shows that one."""
    narrowed = copy(facts)
    narrowed.buying_roles = [role for role in facts.buying_roles if role.opportunity == deal]
    return narrowed


def _part(facts: Facts, person: str, leading: str, deals: Sequence[OpportunityRow]) -> BuyingRoleRow | None:
    """Return the part that a person plays in the leading deal, else in the newest one that lists them."""
    began = {deal.id: deal.created or date.min for deal in deals}
    parts = [role for role in facts.buying_roles if role.person == person and role.opportunity in began]
    return max(parts, key=lambda role: (role.opportunity == leading, began[role.opportunity]), default=None)


def _person(
    person: PersonRow, part: BuyingRoleRow | None, method: Relationship, naming: Naming, as_of: date
) -> PersonLine:
    standing = status(part, method, as_of) if part is not None else None
    level = standing.level if standing is not None else method.unknown
    return PersonLine(
        name=person.name,
        title=person.title,
        department=person.department,
        reports_to=naming.contact(person.reports_to),
        phone=person.phone,
        roles=" ".join(role.sign or role.id for role in method.roles if part is not None and role.id in part.roles),
        sign=level.sign,
        status=pick(level.label, naming.lang),
        side=side_of(standing, method) if standing is not None else "unknown",
        coverage=naming.choice(method.coverage, part.coverage) if part is not None else "",
        covered_by=naming.member(part.covered_by) if part is not None else "",
        deal=_deal_name(naming.facts, part.opportunity) if part is not None else "",
        last_met=last_met(naming.facts, person.id, as_of),
    )


def _deals(facts: Facts, stages: Stages, as_of: date) -> list[OpportunityRow]:
    """Return the deals that existed on the day: open ones by expected signature, then the ended ones."""
    there = [deal for deal in facts.opportunities if stages.name(deal, as_of)]
    return sorted(there, key=lambda d: (stages.outcome(d, as_of) != "open", d.close_date or date.max, d.id))


def _deal(deal: OpportunityRow, stages: Stages, naming: Naming, as_of: date) -> DealLine:
    steps = [(due, what) for due, _, what, done in deal.actions if done is None or done > as_of]
    outcome = stages.outcome(deal, as_of)
    due, what = min(steps, key=lambda step: step[0] or date.max, default=(None, ""))
    running = outcome == "open"
    return DealLine(
        id=deal.id,
        name=deal.name,
        stage=stages.name(deal, as_of),
        outcome=outcome,
        amount=naming.money(Money(deal.amount, deal.currency) if deal.amount is not None else None),
        close_date=iso(deal.close_date),
        probability=percent(deal.probability),
        forecast=naming.label(f"form-forecast-{deal.forecast}") if deal.forecast else "",
        owner=naming.member(deal.owner),
        next=what if running else "",
        next_due=iso(due) if running else "",
    )


def _total(deals: Sequence[OpportunityRow], naming: Naming) -> str:
    """Return the sum of some deals in each currency, and over how many of them it goes."""
    priced = [Money(deal.amount, deal.currency or naming.currency) for deal in deals if deal.amount is not None]
    if not priced:
        return ""
    sums = dict.fromkeys([money.currency for money in priced], Decimal(0))
    for money in priced:
        sums[money.currency] += money.amount
    amount = " + ".join(naming.money(Money(total, currency)) for currency, total in sums.items())
    return naming.label("form-open-total", amount=amount, priced=len(priced), count=len(deals))


def _objective(entry: Objective, naming: Naming, as_of: date) -> AccountObjective:
    overdue = entry.status in (None, "open") and entry.due is not None and entry.due < as_of
    state = naming.label(f"form-objective-{entry.status}") if entry.status else ""
    return AccountObjective(
        objective=entry.objective,
        measure=entry.measure or "",
        due=iso(entry.due),
        owner=naming.member(entry.owner),
        status=" · ".join(filter(None, (state, naming.label("form-overdue") if overdue else ""))),
        overdue=overdue,
    )


def _promise(entry: CommitmentRow, naming: Naming, as_of: date) -> PromiseLine:
    call = next((call for call in naming.facts.calls if call.id == entry.call), None)
    overdue = entry.due is not None and entry.due < as_of
    return PromiseLine(
        ours=entry.by in naming.facts.members,
        by=naming.anyone(entry.by),
        what=entry.what,
        due=iso(entry.due),
        overdue=overdue,
        state=naming.label("form-overdue") if overdue else "",
        since=iso(call.date) if call is not None else "",
    )


def _coming(facts: Facts, account: str, as_of: date) -> list[CallRow]:
    found = [call for call in facts.calls if account_of(call.id) == account and not call.done and call.date >= as_of]
    return sorted(found, key=lambda call: (call.held_at, call.id))


def _call(call: CallRow, naming: Naming) -> CallLine:
    return CallLine(
        date=call.date.isoformat(),
        mode=naming.label(f"mode-{call.mode}"),
        person=naming.facts.person_name(call.contact) if call.contact else "",
        by=naming.member(call.by),
        deal=_deal_name(naming.facts, call.opportunity),
        purpose=call.purpose,
        events=call.events,
    )


def _deal_name(facts: Facts, deal: str) -> str:
    return next((row.name for row in facts.opportunities if row.id == deal), stem_of(deal))

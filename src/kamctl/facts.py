"""Facts: records flattened into rows, which is all that scoring and reports read.

Rows are plain tuples with names, without pydantic, so that they can come from a cache. Ids are full
(`account/stem`), people of ours are keys of team.yaml, dates are `date`, amounts `Decimal`, percents `Decimal`
from 0 to 100, and absent values None or empty text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from datetime import time as Time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from kamctl.layout import account_of, full_id
from kamctl.problems import Keys

if TYPE_CHECKING:
    from kamctl.schema.account import Account
    from kamctl.schema.base import Record
    from kamctl.schema.call import Call
    from kamctl.schema.contact import Contact
    from kamctl.schema.opportunity import MarkEntry, Opportunity
    from kamctl.schema.presentation import Presentation, Story
    from kamctl.schema.settings import Settings
    from kamctl.schema.team import Team
    from kamctl.schema.week import Week

Day = date
"""Another name for a date, in rows that have a field `date`."""


class AccountRow(NamedTuple):
    """One account."""

    id: str
    name: str
    grade: str
    status: str
    owner: str
    manager: str
    dealer: str
    process: str
    vertical: str
    province: str
    city: str
    filled: frozenset[str]


class PersonRow(NamedTuple):
    """One person of a customer."""

    id: str
    account: str
    name: str
    title: str
    department: str
    reports_to: str
    phone: str
    email: str


class MemberRow(NamedTuple):
    """One of our people. `quota` are targets: period (`2026` or `2026-Q1`), amount, currency."""

    id: str
    name: str
    role: str
    manager: str
    unit: str
    dealer: str
    started: date | None
    quota: tuple[tuple[str, Decimal, str], ...]


class OpportunityRow(NamedTuple):
    """One deal, with all that a listing needs to know of it.

    `filled` names its fields that hold something, nested ones dotted; `dated` says since when, where that is known.
    `stages` are the days it came to each stage. `assessed` are our own marks by day, written `project+ risk?`.
    `actions` are the steps of its plan: due, who, what, done.
    """

    id: str
    account: str
    name: str
    owner: str
    process: str
    stage: str
    amount: Decimal | None
    currency: str
    close_date: date | None
    probability: Decimal | None
    forecast: str
    importance: str
    source: str
    products: tuple[str, ...]
    tender_date: date | None
    purchase_date: date | None
    created: date | None
    vertical: str
    province: str
    city: str
    dealer: str
    stage_since: date | None
    lost_on: date | None
    lost_reason: str
    lost_to: str
    filled: frozenset[str]
    dated: tuple[tuple[str, date], ...]
    stages: tuple[tuple[date, str], ...]
    assessed: tuple[tuple[date, str], ...]
    actions: tuple[tuple[date | None, str, str, date | None], ...]


class StageEventRow(NamedTuple):
    """The day a deal came to a stage."""

    opportunity: str
    date: date
    stage: str


class MarkRow(NamedTuple):
    """One mark of one party on one criterion on one day. `party` is `us` or a competitor's key.

    `assessment` is the position of its assessment in the file. `disputed` are the claims of people who disagree: by
    whom, mark, evidence and its source; the mark is unknown then.
    """

    opportunity: str
    assessment: int
    date: date
    by: str
    criterion: str
    party: str
    mark: str
    evidence: str
    source: str
    disputed: tuple[tuple[str, str, str, str], ...] = ()


class GateEvidenceRow(NamedTuple):
    """What shows that a criterion of the process is met, and since when."""

    opportunity: str
    criterion: str
    date: date | None
    evidence: str


class BidRow(NamedTuple):
    """The bid of a deal: the decision, its day, our figures and the fatal factor of a decision not to bid.

    `cost` is None when it is in another currency than the price.
    """

    opportunity: str
    decision: str
    decided_on: date | None
    due: date | None
    cost: Decimal | None
    price: Decimal | None
    margin: Decimal | None
    currency: str
    fatal_factor: str


class ContractRow(NamedTuple):
    """The contract of a deal; `changes` is the sum of later changes of the price in the same currency."""

    opportunity: str
    signed: date | None
    amount: Decimal | None
    currency: str
    changes: Decimal


class CompetitorRow(NamedTuple):
    """A rival in a deal."""

    opportunity: str
    id: str
    name: str


class BuyingRoleRow(NamedTuple):
    """A person's part in a deal. `behaviours` are pairs of behaviour and the day it was seen."""

    opportunity: str
    person: str
    roles: tuple[str, ...]
    orientation: str
    adaptability: str
    coverage: str
    influence: str
    influences: tuple[tuple[str, str], ...]
    behaviours: tuple[tuple[str, date], ...]
    opposes: str
    covered_by: str


class ActionRow(NamedTuple):
    """A step of a deal's action plan."""

    opportunity: str
    due: date | None
    who: str
    what: str
    done: date | None
    resources: str
    result: str


class PaymentRow(NamedTuple):
    """A payment of a deal's contract."""

    opportunity: str
    due: date | None
    amount: Decimal | None
    currency: str
    received: Decimal | None
    received_on: date | None


class CallRow(NamedTuple):
    """One call. `held_at` is its day and time; `done` whether it has an outcome.

    `duration` is in minutes. `met` are the people of the customer who take part, by id, or by name where they have no
    file; `ours` are our people who do, by key.
    """

    id: str
    account: str
    date: date
    time: str
    by: str
    mode: str
    contact: str
    opportunity: str
    purpose: str
    done: bool
    recorded_at: datetime | None
    events: str
    next_date: Day | None
    next_purpose: str
    duration: int | None
    met: tuple[str, ...]
    ours: tuple[str, ...]
    customer_view: str
    resources: str

    @property
    def held_at(self) -> datetime:
        """When the call takes place; at the end of its day when no time is given."""
        clock = Time.fromisoformat(self.time) if self.time else Time(23, 59)
        return datetime.combine(self.date, clock)

    def made(self, day: Day) -> bool:
        """Whether it had been made and recorded on a day."""
        if not self.done or self.date > day:
            return False
        return self.recorded_at is None or self.recorded_at.date() <= day


class ObjectiveRow(NamedTuple):
    """What a call was to achieve; `met` is None until it is judged."""

    call: str
    objective: str
    met: bool | None
    measure: str
    due: date | None


class NeedRow(NamedTuple):
    """A need that came up in a call; `confirmed` is None when nobody has said."""

    call: str
    need: str
    confirmed: bool | None


class ObjectionRow(NamedTuple):
    """An objection that came up in a call; `handled` is None when nobody has said."""

    call: str
    objection: str
    handled: bool | None


class CommitmentRow(NamedTuple):
    """What someone promised in a call."""

    call: str
    account: str
    by: str
    what: str
    due: date | None
    done: date | None


class WeekRow(NamedTuple):
    """A salesperson's week, what is not in the calls. `week` is `2026-W11`, `by` the person.

    `callbacks` are the people to call back: day, person, what about.
    """

    id: str
    week: str
    by: str
    goals: tuple[str, ...]
    prospecting_hours: Decimal | None
    callbacks: tuple[tuple[date | None, str, str], ...]
    notes: str


class PresentationRow(NamedTuple):
    """One presentation. `told` are the steps of its story that hold something."""

    id: str
    account: str
    date: Day
    by: str
    opportunity: str
    purpose: str
    told: frozenset[str]
    agenda: tuple[str, ...]


class AudienceRow(NamedTuple):
    """One person of the audience of a presentation.

    `person` is the id of the contact, empty where there is only a `name`. `business` and `political` say what matters
    to the person.
    """

    presentation: str
    person: str
    name: str
    roles: tuple[str, ...]
    business: str
    political: str

    @property
    def issues(self) -> bool:
        """Whether anything is known of what matters to the person."""
        return bool(self.business or self.political)


class PreparationRow(NamedTuple):
    """One step of preparing a presentation or following it up; `step` is the standard step that it is, if any."""

    presentation: str
    step: str
    due: date | None
    who: str
    action: str
    done: date | None
    resources: str


class PresenterRow(NamedTuple):
    """One of our people at a presentation, with the part in it and the contacts to look after, by id."""

    presentation: str
    member: str
    looks_after: tuple[str, ...]
    role: str


class MoveRow(NamedTuple):
    """A change of a deal's expected signature: the day it was made, and the dates before and after."""

    opportunity: str
    date: Day
    before: Day | None
    after: Day | None


class ExternalRow(NamedTuple):
    """The key of a record in another system: the kind and id of ours, the name of the system, the key there."""

    kind: str
    record: str
    system: str
    key: str


Row = tuple[Any, ...]


class SettingsRow(NamedTuple):
    """The settings of a workspace."""

    format: int
    name: str
    language: str
    currency: str
    report_currency: str
    rates: tuple[tuple[date, str, str, Decimal], ...]
    process: str
    scorecard: str
    fiscal_year_start: int
    stale_after: timedelta
    fresh_for: timedelta


class ReferenceRow(NamedTuple):
    """A place in a file that names something else: another record, or an entry of the method.

    `kind` and `record` are the file's; `keys` the place, the key itself when `on_key`; `target` what kind of
    thing is named, `value` its name as written.
    """

    kind: str
    record: str
    keys: Keys
    on_key: bool
    target: str
    value: str


class Facts:
    """Rows by table. Tables that were not asked for are empty."""

    def __init__(self) -> None:
        self.accounts: dict[str, AccountRow] = {}
        self.people: dict[str, PersonRow] = {}
        self.members: dict[str, MemberRow] = {}
        self.opportunities: list[OpportunityRow] = []
        self.stage_events: list[StageEventRow] = []
        self.marks: list[MarkRow] = []
        self.competitors: list[CompetitorRow] = []
        self.buying_roles: list[BuyingRoleRow] = []
        self.gate_evidence: list[GateEvidenceRow] = []
        self.bids: list[BidRow] = []
        self.contracts: list[ContractRow] = []
        self.actions: list[ActionRow] = []
        self.payments: list[PaymentRow] = []
        self.calls: list[CallRow] = []
        self.objectives: list[ObjectiveRow] = []
        self.needs: list[NeedRow] = []
        self.objections: list[ObjectionRow] = []
        self.commitments: list[CommitmentRow] = []
        self.presentations: list[PresentationRow] = []
        self.audience: list[AudienceRow] = []
        self.preparations: list[PreparationRow] = []
        self.presenters: list[PresenterRow] = []
        self.weeks: list[WeekRow] = []
        self.externals: list[ExternalRow] = []
        self.references: list[ReferenceRow] = []

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Add rows of one table."""
        target = getattr(self, table)
        if isinstance(target, dict):
            target.update((row[0], row) for row in rows)
        else:
            target.extend(rows)

    def inherit(self) -> None:
        """Give every deal what its account says and it does not: owner, process, vertical, region, dealer."""
        accounts = self.accounts
        for position, deal in enumerate(self.opportunities):
            account = accounts.get(deal.account)
            if account is not None:
                self.opportunities[position] = deal._replace(
                    owner=deal.owner or account.owner,
                    process=deal.process or account.process,
                    vertical=deal.vertical or account.vertical,
                    province=deal.province or account.province,
                    city=deal.city or account.city,
                    dealer=deal.dealer or account.dealer,
                )

    def account_name(self, account: str) -> str:
        """Return the name of an account, its id when its file could not be read."""
        row = self.accounts.get(account)
        return row.name if row is not None else account

    def member_name(self, member: str) -> str:
        """Return the name of one of our people, the key when team.yaml has none."""
        row = self.members.get(member)
        return row.name if row is not None else member

    def person_name(self, person: str) -> str:
        """Return the name of a contact, its stem when there is no file."""
        row = self.people.get(person)
        return row.name if row is not None else person.rpartition("/")[2]


def rows_of(kind: str, record_id: str, record: Any, tables: frozenset[str]) -> Iterator[tuple[str, Iterable[Row]]]:
    """Yield table name and rows of a record for those of `tables` that its kind fills."""
    for table, flatten in FLATTEN.get(kind, {}).items():
        if table in tables:
            yield table, flatten(record_id, record)


def _account(account: str, record: Account) -> Iterator[AccountRow]:
    region = record.region
    yield AccountRow(
        account,
        record.name,
        record.grade or "",
        record.status or "",
        record.owner,
        record.manager or "",
        record.dealer or "",
        record.process or "",
        record.vertical or "",
        (region and region.province) or "",
        (region and region.city) or "",
        frozenset(_filled(record)),
    )


def _person(person: str, record: Contact) -> Iterator[PersonRow]:
    account = account_of(person)
    yield PersonRow(
        person,
        account,
        record.name,
        record.title or "",
        record.department or "",
        full_id(account, record.reports_to) if record.reports_to else "",
        record.phone or "",
        record.email or "",
    )


def _members(_: str, record: Team) -> Iterator[MemberRow]:
    for key, member in record.members.items():
        yield MemberRow(
            key,
            member.name,
            member.role or "",
            member.manager or "",
            member.unit or "",
            member.dealer or "",
            member.started,
            tuple((period, target.amount, target.currency) for period, target in member.quota.items()),
        )


def _opportunity(deal: str, record: Opportunity) -> Iterator[OpportunityRow]:
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
        frozenset(_filled(record)),
        tuple(_dated(record)),
        tuple((event.date, event.stage) for event in record.stage_history),
        tuple(_assessed(record)),
        tuple((step.due, step.who or "", step.what, step.done) for step in record.actions),
    )


def _assessed(record: Opportunity) -> Iterator[tuple[date, str]]:
    for assessment in record.assessments:
        marks = ((criterion, entry, entry.us) for criterion, entry in assessment.marks.items())
        words = (f"{criterion}{entry.mark_of('us', mark)}" for criterion, entry, mark in marks if mark is not None)
        yield assessment.date, " ".join(words)


def _stage_events(deal: str, record: Opportunity) -> Iterator[StageEventRow]:
    return (StageEventRow(deal, event.date, event.stage) for event in record.stage_history)


def _marks(deal: str, record: Opportunity) -> Iterator[MarkRow]:
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


def _competitors(deal: str, record: Opportunity) -> Iterator[CompetitorRow]:
    return (CompetitorRow(deal, key, rival.name) for key, rival in record.competitors.items())


def _buying_roles(deal: str, record: Opportunity) -> Iterator[BuyingRoleRow]:
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


def _actions(deal: str, record: Opportunity) -> Iterator[ActionRow]:
    return (
        ActionRow(deal, step.due, step.who or "", step.what, step.done, step.resources or "", step.result or "")
        for step in record.actions
    )


def _payments(deal: str, record: Opportunity) -> Iterator[PaymentRow]:
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


def _gate_evidence(deal: str, record: Opportunity) -> Iterator[GateEvidenceRow]:
    return (GateEvidenceRow(deal, key, entry.date, entry.evidence) for key, entry in record.gate_evidence.items())


def _bids(deal: str, record: Opportunity) -> Iterator[BidRow]:
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


def _contracts(deal: str, record: Opportunity) -> Iterator[ContractRow]:
    contract = record.contract
    if contract is not None:
        amount = contract.amount
        currency = amount.currency if amount else ""
        prices = [change.amount for change in (record.delivery.changes if record.delivery else []) if change.amount]
        changes = sum((price.amount for price in prices if price.currency == currency), Decimal(0))
        yield ContractRow(deal, contract.signed, amount.amount if amount else None, currency, changes)


def _call(call: str, record: Call) -> Iterator[CallRow]:
    from kamctl.schema.call import Attendees

    account, outcome, there = account_of(call), record.outcome, record.attendees or Attendees()
    following = outcome.next if outcome else None
    yield CallRow(
        call,
        account,
        record.date,
        record.time or "",
        record.by,
        record.mode,
        full_id(account, record.contact) if record.contact else "",
        full_id(account, record.opportunity) if record.opportunity else "",
        (record.plan and record.plan.purpose) or "",
        outcome is not None,
        outcome.recorded_at if outcome else None,
        (outcome and outcome.events) or "",
        following.date if following else None,
        (following and following.purpose) or "",
        int(record.duration.total_seconds() // 60) if record.duration is not None else None,
        tuple(full_id(account, person.contact) if person.contact else person.name or "" for person in there.customer),
        tuple(person.member for person in there.ours),
        (outcome and outcome.customer_view) or "",
        (record.plan and record.plan.resources) or "",
    )


def _objectives(call: str, record: Call) -> Iterator[ObjectiveRow]:
    if record.plan is not None:
        for objective in record.plan.objectives:
            yield ObjectiveRow(call, objective.objective, objective.met, objective.measure or "", objective.due)


def _needs(call: str, record: Call) -> Iterator[NeedRow]:
    if record.outcome is not None:
        for found in record.outcome.needs_found:
            yield NeedRow(call, found.need, found.confirmed)


def _objections(call: str, record: Call) -> Iterator[ObjectionRow]:
    if record.outcome is not None:
        for raised in record.outcome.objections:
            yield ObjectionRow(call, raised.objection, raised.handled)


def _commitments(call: str, record: Call) -> Iterator[CommitmentRow]:
    if record.outcome is not None:
        for promise in record.outcome.commitments:
            yield CommitmentRow(call, account_of(call), promise.by, promise.what, promise.due, promise.done)


def _presentation(presentation: str, record: Presentation) -> Iterator[PresentationRow]:
    account = account_of(presentation)
    deal = full_id(account, record.opportunity) if record.opportunity else ""
    told = frozenset(_told(record.story)) if record.story is not None else frozenset()
    yield PresentationRow(
        presentation, account, record.date, record.by or "", deal, record.purpose or "", told, tuple(record.agenda)
    )


def _told(story: Story) -> Iterator[str]:
    """Yield the steps of a story that hold a text: themselves, or in one of their fields."""
    for name in story.model_fields_set:
        step = getattr(story, name)
        if step and (isinstance(step, str) or any(getattr(step, field) for field in step.model_fields_set)):
            yield name


def _audience(presentation: str, record: Presentation) -> Iterator[AudienceRow]:
    account = account_of(presentation)
    for person in record.audience:
        issues, contact = person.issues, full_id(account, person.contact) if person.contact else ""
        yield AudienceRow(
            presentation,
            contact,
            person.name or "",
            tuple(person.roles),
            (issues and issues.business) or "",
            (issues and issues.political) or "",
        )


def _preparations(presentation: str, record: Presentation) -> Iterator[PreparationRow]:
    return (
        PreparationRow(
            presentation, task.step or "", task.due, task.who or "", task.action, task.done, task.resources or ""
        )
        for task in record.tasks
    )


def _presenters(presentation: str, record: Presentation) -> Iterator[PresenterRow]:
    account = account_of(presentation)
    for person in record.team:
        looked_after = tuple(full_id(account, who) for who in person.looks_after)
        yield PresenterRow(presentation, person.member, looked_after, person.role or "")


def _week(week: str, record: Week) -> Iterator[WeekRow]:
    callbacks = ((back.date, back.contact or "", back.note or "") for back in record.callbacks)
    yield WeekRow(
        week,
        week[:8],
        week[9:],
        tuple(record.goals),
        record.prospecting_hours,
        tuple(callbacks),
        record.notes or "",
    )


def _external(kind: str) -> Callable[[str, Any], Iterable[ExternalRow]]:
    """Return what flattens the keys in other systems of one kind of record."""

    def flatten(record_id: str, record: Record) -> Iterator[ExternalRow]:
        return (ExternalRow(kind, record_id, system, key) for system, key in record.external.items())

    return flatten


def settings_row(record: Settings) -> SettingsRow:
    """Return the settings of a workspace as plain values."""
    return SettingsRow(
        record.format,
        record.name or "",
        record.language,
        record.currency,
        record.report_currency or "",
        tuple((rate.date, rate.pair[:3], rate.pair[4:], rate.rate) for rate in record.rates),
        record.process,
        record.scorecard,
        record.fiscal_year_start,
        record.stale_after,
        record.fresh_for,
    )


def _filled(record: Any, prefix: str = "") -> Iterator[str]:
    """Yield the names of the fields that hold something, nested ones dotted; kinds of criteria as if nested."""
    for name in record.model_fields_set:
        value = getattr(record, name)
        if value is None or value == [] or value == {}:
            continue
        yield prefix + name
        if hasattr(value, "model_fields_set"):
            yield from _filled(value, f"{prefix}{name}.")
        elif isinstance(value, dict):
            for key in value:
                yield f"{prefix}{name}.{key}"
        elif name == "decision_criteria":
            for criterion in value:
                if criterion.kind:
                    yield f"{prefix}{name}.{criterion.kind}"


DATES = ("date", "confirmed_on", "approved_on", "decided_on", "signed", "handover")
"""Fields that say since when the part of a record that they stand in is there, the first that is filled."""


def _dated(record: Any) -> Iterator[tuple[str, date]]:
    """Yield the parts of a record that carry their own date, and the dates inside them, each with its day."""
    for name in record.model_fields_set:
        part = getattr(record, name)
        if not hasattr(part, "model_fields_set"):
            continue
        for field in (*DATES, "accepted"):
            if getattr(part, field, None) is not None:
                yield f"{name}.{field}", getattr(part, field)
        first = next(filter(None, (getattr(part, field, None) for field in DATES)), None)
        if first is not None:
            yield name, first


FLATTEN: dict[str, dict[str, Callable[[str, Any], Iterable[Row]]]] = {
    "account": {"accounts": _account, "externals": _external("account")},
    "contact": {"people": _person, "externals": _external("contact")},
    "team": {"members": _members},
    "opportunity": {
        "opportunities": _opportunity,
        "stage_events": _stage_events,
        "marks": _marks,
        "competitors": _competitors,
        "buying_roles": _buying_roles,
        "actions": _actions,
        "payments": _payments,
        "gate_evidence": _gate_evidence,
        "bids": _bids,
        "contracts": _contracts,
        "externals": _external("opportunity"),
    },
    "call": {
        "calls": _call,
        "objectives": _objectives,
        "needs": _needs,
        "objections": _objections,
        "commitments": _commitments,
        "externals": _external("call"),
    },
    "presentation": {
        "presentations": _presentation,
        "audience": _audience,
        "preparations": _preparations,
        "presenters": _presenters,
        "externals": _external("presentation"),
    },
    "week": {"weeks": _week, "externals": _external("week")},
}
"""Which tables each kind of file fills."""

ROWS: dict[str, type] = {
    "accounts": AccountRow,
    "people": PersonRow,
    "members": MemberRow,
    "opportunities": OpportunityRow,
    "stage_events": StageEventRow,
    "marks": MarkRow,
    "competitors": CompetitorRow,
    "buying_roles": BuyingRoleRow,
    "gate_evidence": GateEvidenceRow,
    "bids": BidRow,
    "contracts": ContractRow,
    "actions": ActionRow,
    "payments": PaymentRow,
    "calls": CallRow,
    "objectives": ObjectiveRow,
    "needs": NeedRow,
    "objections": ObjectionRow,
    "commitments": CommitmentRow,
    "presentations": PresentationRow,
    "audience": AudienceRow,
    "preparations": PreparationRow,
    "presenters": PresenterRow,
    "weeks": WeekRow,
    "externals": ExternalRow,
}
"""The class of the rows of each table."""

HEADS = frozenset(("accounts", "people", "members", "opportunities", "calls", "weeks"))
"""The tables that listings of a whole workspace read; what they say of a deal leaves out `filled` and `dated`."""

REFERENCES = "references"
"""The table that files of every kind fill; its rows come from the data of a file, not from its record."""

TABLES = frozenset(table for tables in FLATTEN.values() for table in tables) | {REFERENCES}
"""Every table."""


def shape() -> str:
    """Return what tells one layout of rows, and which kinds of files fill them, from another."""
    filled = tuple((kind, tuple(tables)) for kind, tables in FLATTEN.items())
    names = ((table, row_class._fields) for table, row_class in (*ROWS.items(), ("settings", SettingsRow)))  # type: ignore[attr-defined]
    return f"{crc32(repr((*names, *filled)).encode()):08x}"


def without_fields(deal: OpportunityRow) -> OpportunityRow:
    """Return the row of a deal as listings read it: without the names and days of its fields, which take most room."""
    return deal._replace(filled=frozenset(), dated=())


def kinds_for(tables: frozenset[str]) -> frozenset[str]:
    """Return the kinds of files that must be read to fill some tables."""
    if REFERENCES in tables:
        return frozenset((*FLATTEN, "settings", "evaluation"))
    return frozenset(kind for kind, fills in FLATTEN.items() if not tables.isdisjoint(fills))

"""The view of one person of the customer: who it is, what the person decides by, and where they stand in each deal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from kamctl.forms.account import Stages, calls_by, external, last_met
from kamctl.forms.naming import Naming, iso
from kamctl.forms.team import TeamMember, team_view
from kamctl.labels import pick
from kamctl.layout import account_of, stem_of
from kamctl.money import Money
from kamctl.problems import KamctlError
from kamctl.rows.deals import BuyingRoleRow, OpportunityRow
from kamctl.schema.method.relationship import Level, Relationship
from kamctl.scoring.relationship import earned_on

if TYPE_CHECKING:
    from kamctl.schema.contact import Contact
    from kamctl.schema.opportunity import BuyingRole
    from kamctl.workspace import Workspace

TABLES = ("accounts", "people", "members", "opportunities", "buying_roles", "calls", "commitments")
"""The tables that a profile is made from."""

MAX_CALLS = 5
"""How many of the last calls a profile shows."""


@dataclass(frozen=True)
class TickView:
    """One behaviour of the method, and the day it was seen; empty when it has not been."""

    label: str
    """What the person does."""
    seen: str
    """The day."""


@dataclass(frozen=True)
class LevelView:
    """One level of relationship with its behaviours."""

    sign: str
    """Its sign on the map."""
    label: str
    """What it is called."""
    needed: int
    """How many of its behaviours must have been seen."""
    count: int
    """How many have been."""
    earned: str
    """The day it was earned; empty when it has not been."""
    behaviours: Sequence[TickView]
    """Its behaviours."""


@dataclass(frozen=True)
class PartView:
    """The part that a person plays in one deal; without a deal, room to write it down."""

    deal: str
    """Name of the deal."""
    stage: str
    """Its stage."""
    amount: str
    """Expected order value."""
    close_date: str
    """Expected signature."""
    person: TeamMember
    """Roles, status, agenda and approach."""
    levels: Sequence[LevelView]
    """All levels of the method with their behaviours, the lowest first."""


@dataclass(frozen=True)
class TalkView:
    """One call with the person."""

    date: str
    """The day."""
    mode: str
    """Visit, phone, …, as a label."""
    events: str
    """What happened; what it was for where nobody has written that down."""
    view: str
    """How the customer saw it."""


@dataclass(frozen=True)
class PromiseView:
    """A promise of the person that is not kept yet."""

    what: str
    """What."""
    due: str
    """By when."""
    overdue: bool
    """Whether that day has passed."""


@dataclass(frozen=True)
class PersonProfile:
    """One person of the customer as of a day."""

    id: str
    """Id of the contact."""
    lang: str
    """Language of the form."""
    as_of: str
    """The day."""
    account: str
    """The customer."""
    name: str
    """Name."""
    title: str
    """Title."""
    department: str
    """Department."""
    reports_to: str
    """Whom the person reports to."""
    reports: Sequence[str]
    """Who reports to the person."""
    phone: str
    """Telephone number."""
    email: str
    """E-mail address."""
    fax: str
    """Fax number."""
    address: str
    """Office address."""
    assistant: str
    """Name of the assistant."""
    assistant_phone: str
    """The assistant's telephone number."""
    birth_date: str
    """Date of birth."""
    spouse: str
    """Husband or wife."""
    education: str
    """Schools and degrees."""
    home: str
    """Private address."""
    interests: Sequence[str]
    """Interests."""
    employer: str
    """Present employer."""
    previous: Sequence[str]
    """Earlier employers and posts."""
    style: str
    """How the person works and decides."""
    responsibilities: Sequence[str]
    """Responsibilities in rank order."""
    recent: Sequence[str]
    """Recent decisions, projects, achievements."""
    technical_criteria: Sequence[str]
    """Technical criteria in rank order."""
    business_criteria: Sequence[str]
    """Business criteria in rank order."""
    parts: Sequence[PartView]
    """The part in each deal, the newest first; one to write on where there is none."""
    last_met: str
    """The day of the last call with the person."""
    talks: Sequence[TalkView]
    """The last calls, newest first."""
    promises: Sequence[PromiseView]
    """What the person has promised and not kept yet."""
    external: str
    """Keys in other systems."""


def person_profile(workspace: Workspace, contact: str, lang: str, as_of: date, deal: str = "") -> PersonProfile:
    """Return the profile of a contact, with the part in each deal or in one.

    Raises KamctlError when the contact's file cannot be read.
    """
    record: Contact = workspace.record("contact", contact)
    account = account_of(contact)
    facts = workspace.load(TABLES, account=account).facts
    naming = Naming(facts, account, workspace.settings.currency, lang)
    calls = [call for call in reversed(calls_by(facts, account, as_of)) if contact in (call.contact, *call.met)]
    stem = stem_of(contact)
    promises = [entry for entry in facts.commitments if entry.by in (stem, contact)]
    promises = [entry for entry in promises if entry.done is None or entry.done > as_of]
    return PersonProfile(
        id=contact,
        lang=lang,
        as_of=as_of.isoformat(),
        account=facts.account_name(account),
        **_card(record, naming),
        reports=[person.name for person in facts.people.values() if person.reports_to == contact],
        **_personal(record),
        parts=_parts(workspace, contact, naming, as_of, deal),
        last_met=last_met(facts, contact, as_of),
        talks=[
            TalkView(c.date.isoformat(), naming.label(f"mode-{c.mode}"), c.events or c.purpose, c.customer_view)
            for c in calls[:MAX_CALLS]
        ],
        promises=[PromiseView(p.what, iso(p.due), p.due is not None and p.due < as_of) for p in promises],
        external=external(record.external, naming),
    )


def _card(record: Contact, naming: Naming) -> dict[str, str]:
    """Return what stands on a visiting card."""
    assistant = record.assistant
    return {
        "name": record.name,
        "title": record.title or "",
        "department": record.department or "",
        "reports_to": naming.contact(record.reports_to),
        "phone": record.phone or "",
        "email": record.email or "",
        "fax": record.fax or "",
        "address": record.address or "",
        "assistant": (assistant and assistant.name) or "",
        "assistant_phone": (assistant and assistant.phone) or "",
    }


def _personal(record: Contact) -> dict[str, Any]:
    """Return what one learns about a person with time."""
    from kamctl.schema.contact import Background, Personal, PersonalCriteria

    personal, background = record.personal or Personal(), record.background or Background()
    criteria = record.decision_criteria or PersonalCriteria()
    return {
        "birth_date": iso(personal.birth_date),
        "spouse": personal.spouse or "",
        "education": personal.education or "",
        "home": personal.address or "",
        "interests": personal.interests,
        "employer": background.employer or "",
        "previous": background.previous,
        "style": background.style or "",
        "responsibilities": record.responsibilities,
        "recent": record.recent,
        "technical_criteria": criteria.technical,
        "business_criteria": criteria.business,
    }


def _parts(workspace: Workspace, contact: str, naming: Naming, as_of: date, deal: str) -> list[PartView]:
    """Return the parts that a person plays in the deals that were there on the day, or in one deal."""
    facts, stages = naming.facts, Stages(workspace, naming.lang)
    roles = {role.opportunity: role for role in facts.buying_roles if role.person == contact}
    deals = [row for row in facts.opportunities if row.id == deal or (not deal and row.id in roles)]
    deals = [row for row in deals if stages.name(row, as_of)]
    deals.sort(key=lambda row: (stages.outcome(row, as_of) == "open", row.created or date.min, row.id), reverse=True)
    method = workspace.methods.relationship
    parts = [_part(workspace, contact, row, roles.get(row.id), method, naming, stages, as_of) for row in deals]
    return parts or [_part(workspace, contact, None, None, method, naming, stages, as_of)]


def _part(
    workspace: Workspace,
    contact: str,
    deal: OpportunityRow | None,
    role: BuyingRoleRow | None,
    method: Relationship,
    naming: Naming,
    stages: Stages,
    as_of: date,
) -> PartView:
    row = role or BuyingRoleRow(deal.id if deal else "", contact, (), "", "", "", "", (), (), "", "")
    entry = _entry(workspace, deal, contact) if role is not None else None
    team = team_view({contact: entry or _nothing()}, [row], method, naming, as_of)
    amount = Money(deal.amount, deal.currency) if deal is not None and deal.amount is not None else None
    return PartView(
        deal=deal.name if deal is not None else "",
        stage=stages.name(deal, as_of),
        amount=naming.money(amount),
        close_date=iso(deal.close_date) if deal is not None else "",
        person=team.people[0],
        levels=_levels(row, method, naming.lang, as_of),
    )


def _entry(workspace: Workspace, deal: OpportunityRow | None, contact: str) -> BuyingRole | None:
    """Return what the file of a deal says of a person; None when it cannot be read any more."""
    try:
        team: dict[str, BuyingRole] = workspace.record("opportunity", deal.id).buying_team if deal is not None else {}
    except KamctlError:
        return None
    return team.get(stem_of(contact)) or team.get(contact)


def _nothing() -> BuyingRole:
    from kamctl.schema.opportunity import BuyingRole

    return BuyingRole()


def _levels(row: BuyingRoleRow, method: Relationship, lang: str, as_of: date) -> list[LevelView]:
    seen = {name: day for name, day in row.behaviours if day <= as_of}
    earned = {level.id: day for level, day in earned_on(row._replace(behaviours=tuple(seen.items())), method)}
    return [_level(level, seen, earned.get(level.id), method.needed, lang) for level in method.levels]


def _level(level: Level, seen: dict[str, date], earned: date | None, needed: int, lang: str) -> LevelView:
    ticks = [TickView(pick(choice.label, lang), iso(seen.get(choice.id))) for choice in level.behaviours]
    count = sum(bool(tick.seen) for tick in ticks)
    return LevelView(level.sign, pick(level.label, lang), needed, count, iso(earned), ticks)

"""The view of an account's process record: a row for every contact with the customer, as sales teams keep in Excel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kamctl.facts import Facts
from kamctl.forms.account import AccountHead, Stages, account_head, calls_by
from kamctl.forms.naming import Naming, iso
from kamctl.layout import account_of
from kamctl.rows.calls import CallRow

if TYPE_CHECKING:
    from kamctl.schema.account import Account
    from kamctl.workspace import Workspace

TABLES = ("accounts", "people", "members", "opportunities", "calls", "needs", "objections", "commitments")
"""The tables that a process record is made from."""


@dataclass(frozen=True)
class RecordRow:
    """One contact with the customer."""

    number: str
    """Its number, counted from the first."""
    customer: str
    """The account."""
    vertical: str
    """Its industry."""
    person: str
    """Whom we saw."""
    title: str
    """The person's title."""
    phone: str
    """The person's telephone number."""
    date: str
    """The day."""
    time: str
    """Time of day."""
    duration: str
    """How long it took."""
    mode: str
    """Visit, phone, …, as a label."""
    ours: Sequence[str]
    """Who of our people took part."""
    others: Sequence[str]
    """Who else of the customer's people did."""
    pain_points: Sequence[str]
    """The needs that came up."""
    summary: str
    """What happened; what the call was to be about where nobody has written that down."""
    reaction: str
    """How the customer sees it."""
    objections: Sequence[str]
    """What the customer objected."""
    opportunity: str
    """The deal it was about."""
    stage: str
    """The stage of that deal on that day."""
    next_step: Sequence[str]
    """The next call, and what was promised."""
    owner: str
    """Who of our people was in charge."""
    recorded: bool
    """Whether it has been written down what happened."""


@dataclass(frozen=True)
class RecordView:
    """The process record of an account up to a day."""

    lang: str
    """Language of the form."""
    as_of: str
    """The day up to which it goes."""
    head: AccountHead
    """The account."""
    pain_points: Sequence[str]
    """What hurts the customer, as the account's file says."""
    rows: Sequence[RecordRow]
    """The contacts, earliest first."""


def record_view(workspace: Workspace, account_id: str, lang: str, as_of: date) -> RecordView:
    """Return the process record of an account. Raises KamctlError when the account's file cannot be read."""
    record: Account = workspace.record("account", account_id)
    facts = workspace.load(TABLES, account=account_id).facts
    naming = Naming(facts, account_id, workspace.settings.currency, lang)
    stages = Stages(workspace, lang)
    rows = [
        _row(number, call, naming, stages) for number, call in enumerate(calls_by(facts, account_id, as_of), start=1)
    ]
    return RecordView(
        lang, as_of.isoformat(), account_head(workspace, account_id, record, naming), record.pain_points, rows
    )


def _row(number: int, call: CallRow, naming: Naming, stages: Stages) -> RecordRow:
    facts = naming.facts
    account, person = facts.accounts.get(call.account), facts.people.get(call.contact)
    deal = next((row for row in facts.opportunities if row.id == call.opportunity), None)
    ours = call.ours or (call.by,)
    return RecordRow(
        number=str(number),
        customer=facts.account_name(call.account),
        vertical=account.vertical if account else "",
        person=facts.person_name(call.contact) if call.contact else "",
        title=person.title if person else "",
        phone=person.phone if person else "",
        date=call.date.isoformat(),
        time=call.time,
        duration=naming.label("minutes", count=call.duration) if call.duration is not None else "",
        mode=naming.label(f"mode-{call.mode}"),
        ours=[facts.member_name(member) for member in ours],
        others=[_met(facts, who) for who in call.met if who != call.contact],
        pain_points=[row.need for row in facts.needs if row.call == call.id],
        summary=call.events or call.purpose,
        reaction=call.customer_view,
        objections=[row.objection for row in facts.objections if row.call == call.id],
        opportunity=deal.name if deal is not None else call.opportunity.rpartition("/")[2],
        stage=stages.name(deal, call.date),
        next_step=_next(call, naming),
        owner=facts.member_name(call.by),
        recorded=call.done,
    )


def _met(facts: Facts, who: str) -> str:
    """Return the name of someone who was there: of a contact, or the name itself where there is no file."""
    return facts.person_name(who) if account_of(who) in facts.accounts else who


def _next(call: CallRow, naming: Naming) -> list[str]:
    promises = [row for row in naming.facts.commitments if row.call == call.id]
    steps = [
        (iso(call.next_date), call.next_purpose),
        *((iso(promise.due), naming.anyone(promise.by), promise.what) for promise in promises),
    ]
    return [" ".join(filter(None, step)) for step in steps if any(step)]

"""The view of one call: what the forms `call-plan`, `popsa` and `call-summary` show.

Templates see these classes and not the file format, so that a change of the format does not break a template. Text
that is not filled in is empty, so a template can print a line to write on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kamctl.forms.account import external
from kamctl.forms.naming import Naming, iso
from kamctl.forms.subject import DealView, deal_view
from kamctl.labels import pick
from kamctl.layout import account_of, full_id
from kamctl.problems import KamctlError
from kamctl.schema.method.scorecard import Scorecard

if TYPE_CHECKING:
    from kamctl.schema.call import Call, CallQuestion, Outcome, Plan
    from kamctl.schema.contact import Contact
    from kamctl.workspace import Workspace


@dataclass(frozen=True)
class Attendee:
    """One person who takes part, of either side."""

    name: str
    """Name."""
    title: str
    """Title; of our people the role in the team."""
    role: str
    """Part in the meeting."""


@dataclass(frozen=True)
class PersonView:
    """The person we see."""

    name: str = ""
    """Name."""
    title: str = ""
    """Title."""
    department: str = ""
    """Department."""
    phone: str = ""
    """Telephone number."""
    email: str = ""
    """E-mail address."""
    assistant: str = ""
    """Name of the assistant."""
    assistant_phone: str = ""
    """The assistant's telephone number."""


@dataclass(frozen=True)
class ObjectiveView:
    """What the call is to achieve. `met` is a label, empty until the objective is judged."""

    objective: str
    """What."""
    measure: str
    """How we will know."""
    due: str
    """By when."""
    met: str
    """Whether it was met, as a label."""


@dataclass(frozen=True)
class QuestionView:
    """What to find out: the need to know, why, the question, and the label of the criterion it settles."""

    need: str
    """What we need to know."""
    why: str
    """Why it matters."""
    ask: str
    """The question."""
    criterion: str
    """The criterion of the scorecard that it settles."""
    about: str = ""
    """What we need to know, and below it the criterion, where that says it in other words."""


@dataclass(frozen=True)
class AnticipationView:
    """A question that may come, our answer, and who gives it."""

    question: str
    """The question."""
    answer: str
    """Our answer."""
    by: str
    """Who answers."""


@dataclass(frozen=True)
class ValueView:
    """An issue of theirs, how we help, and what it is worth to the business and to the person."""

    issue: str
    """The issue."""
    how: str
    """How we help."""
    business: str
    """What it is worth to the business."""
    personal: str
    """What it is worth to the person."""


@dataclass(frozen=True)
class CommitmentView:
    """Who promised what by when, and when it was kept; `ours` when it was one of our people."""

    ours: bool
    """Whether one of our people made it."""
    by: str
    """Who."""
    what: str
    """What."""
    due: str
    """By when."""
    done: str
    """When it was kept."""


@dataclass(frozen=True)
class NeedView:
    """A need that came up; `confirmed` is a label, empty when nothing is known."""

    need: str
    """The need."""
    confirmed: str
    """Whether the customer confirmed it, as a label."""


@dataclass(frozen=True)
class ObjectionView:
    """An objection that came up, whether it was dealt with (a label), and how."""

    objection: str
    """The objection."""
    handled: str
    """Whether it was dealt with, as a label."""
    how: str
    """How."""


@dataclass(frozen=True)
class CallView:
    """One call, before and after. Dates are ISO text, people are names, codes are labels in the form's language."""

    id: str
    """Id of the call."""
    lang: str
    """Language of the form."""
    account: str
    """The customer."""
    grade: str
    """Grade of the account."""
    date: str
    """The day."""
    weekday: str
    """Its weekday, as a label."""
    time: str
    """Time of day."""
    duration: str
    """How long."""
    mode: str
    """Visit, phone, …, as a label."""
    location: str
    """Where."""
    salesperson: str
    """Who of our people makes the call."""
    manager: str
    """Their manager."""
    person: PersonView
    """Whom we see."""
    deal: DealView
    """The deal it is about."""
    customers: Sequence[Attendee]
    """Who takes part on the customer's side."""
    ours: Sequence[Attendee]
    """Who takes part on our side."""
    purpose: str
    """Why this call, why this person."""
    objectives: Sequence[ObjectiveView]
    """What it is to achieve."""
    premise: str
    """What we know already."""
    strategy: str
    """Steps, questions, everyone's part."""
    anticipate: Sequence[AnticipationView]
    """Questions that may come."""
    opening: str
    """How we open."""
    agenda: Sequence[str]
    """Agenda."""
    questions: Sequence[QuestionView]
    """What to find out."""
    value: Sequence[ValueView]
    """Value that we can affect."""
    obstacles: str
    """Competitive issues or obstacles."""
    resources: str
    """Resources and preparation."""
    recorded: bool
    """Whether it has been written down what happened."""
    recorded_at: str
    """When that was."""
    events: str
    """What happened."""
    customer_view: str
    """How the customer sees it."""
    needs: Sequence[NeedView]
    """Needs that came up."""
    objections: Sequence[ObjectionView]
    """Objections that came up."""
    materials: Sequence[str]
    """What we left or sent."""
    commitments: Sequence[CommitmentView]
    """Who promised what."""
    supporter_view: str
    """Our supporter's view."""
    manager_view: str
    """The manager's view."""
    next_date: str
    """Day of the next call."""
    next_purpose: str
    """What it is for."""
    external: str
    """Its keys in other systems."""


def call_view(workspace: Workspace, call_id: str, lang: str) -> CallView:
    """Return the view of a call. Raises KamctlError when the call's file cannot be read.

    What else cannot be read (the account, the person, the deal) is shown by its id.
    """
    record: Call = workspace.record("call", call_id)
    account = account_of(call_id)
    facts = workspace.load(("accounts", "people", "members", "opportunities"), account=account).facts
    naming = Naming(facts, account, workspace.settings.currency, lang)
    row = facts.accounts.get(account)
    return CallView(
        id=call_id,
        lang=lang,
        account=facts.account_name(account),
        grade=row.grade if row else "",
        date=iso(record.date),
        weekday=naming.weekday(record.date),
        time=record.time or "",
        duration=_duration(record, naming),
        mode=naming.label(f"mode-{record.mode}"),
        location=record.location or "",
        salesperson=naming.member(record.by),
        manager=naming.manager(record.by),
        person=_person(workspace, account, record.contact),
        deal=deal_view(workspace, naming, record.opportunity),
        customers=_customers(record, naming),
        ours=_ours(record, naming),
        external=external(record.external, naming),
        **_plan(record.plan, workspace.methods.scorecard(workspace.settings.scorecard), naming),
        **_outcome(record.outcome, naming),
    )


def _person(workspace: Workspace, account: str, stem: str | None) -> PersonView:
    if not stem:
        return PersonView()
    try:
        contact: Contact = workspace.record("contact", full_id(account, stem))
    except KamctlError:
        return PersonView(name=stem)
    assistant = contact.assistant
    return PersonView(
        name=contact.name,
        title=contact.title or "",
        department=contact.department or "",
        phone=contact.phone or "",
        email=contact.email or "",
        assistant=(assistant and assistant.name) or "",
        assistant_phone=(assistant and assistant.phone) or "",
    )


def _customers(record: Call, naming: Naming) -> list[Attendee]:
    people = record.attendees.customer if record.attendees else []
    attendees = []
    for person in people:
        row = naming.facts.people.get(full_id(naming.account, person.contact)) if person.contact else None
        name = row.name if row else person.name or person.contact or ""
        attendees.append(Attendee(name, person.title or (row.title if row else ""), person.role or ""))
    return attendees


def _ours(record: Call, naming: Naming) -> list[Attendee]:
    people = record.attendees.ours if record.attendees else []
    return [Attendee(naming.member(p.member), naming.part(p.member), p.role or "") for p in people]


def _plan(plan: Plan | None, scorecard: Scorecard, naming: Naming) -> dict[str, Any]:
    from kamctl.schema.call import Plan

    plan = plan or Plan()
    return {
        "purpose": plan.purpose or "",
        "objectives": [
            ObjectiveView(o.objective, o.measure or "", iso(o.due), naming.flag("met", o.met)) for o in plan.objectives
        ],
        "premise": plan.premise or "",
        "strategy": plan.strategy or "",
        "anticipate": [AnticipationView(a.question, a.answer or "", naming.anyone(a.by)) for a in plan.anticipate],
        "opening": plan.opening or "",
        "agenda": list(plan.agenda),
        "questions": [_question(q, scorecard, naming.lang) for q in plan.questions],
        "value": [ValueView(v.issue or "", v.how or "", v.business or "", v.personal or "") for v in plan.value],
        "obstacles": plan.obstacles or "",
        "resources": plan.resources or "",
    }


def _question(entry: CallQuestion, scorecard: Scorecard, lang: str) -> QuestionView:
    need, criterion = entry.need or "", _criterion(entry.criterion, scorecard, lang)
    about = "\n".join(dict.fromkeys(filter(None, (need, criterion))))
    return QuestionView(need, entry.why or "", entry.ask or "", criterion, about)


def _outcome(outcome: Outcome | None, naming: Naming) -> dict[str, Any]:
    from kamctl.schema.call import NextCall, Outcome

    recorded = outcome is not None
    outcome = outcome or Outcome()
    following = outcome.next or NextCall()
    return {
        "recorded": recorded,
        "recorded_at": outcome.recorded_at.isoformat(" ", "minutes") if outcome.recorded_at else "",
        "events": outcome.events or "",
        "customer_view": outcome.customer_view or "",
        "needs": [NeedView(n.need, naming.flag("confirmed", n.confirmed)) for n in outcome.needs_found],
        "objections": [
            ObjectionView(o.objection, naming.flag("handled", o.handled), o.how or "") for o in outcome.objections
        ],
        "materials": list(outcome.materials),
        "commitments": [
            CommitmentView(c.by in naming.facts.members, naming.anyone(c.by), c.what, iso(c.due), iso(c.done))
            for c in outcome.commitments
        ],
        "supporter_view": outcome.supporter_view or "",
        "manager_view": outcome.manager_view or "",
        "next_date": iso(following.date),
        "next_purpose": following.purpose or "",
    }


def _duration(record: Call, naming: Naming) -> str:
    if record.duration is None:
        return ""
    return naming.label("minutes", count=int(record.duration.total_seconds() // 60))


def _criterion(criterion: str | None, scorecard: Scorecard, lang: str) -> str:
    row = scorecard.criterion(criterion) if criterion else None
    return pick(row.label, lang) if row is not None else criterion or ""

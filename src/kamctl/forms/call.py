"""The view of one call: what the forms `call-plan`, `popsa` and `call-summary` show.

Templates see these classes and not the file format, so that a change of the format does not break a template. Text
that is not filled in is empty, so a template can print a line to write on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from kamctl.facts import Facts
from kamctl.labels import pick, text
from kamctl.layout import account_of, full_id
from kamctl.money import Money, grouped

if TYPE_CHECKING:
    from kamctl.methods import Methods
    from kamctl.schema.call import Call, CallQuestion, Outcome, Plan
    from kamctl.schema.contact import Contact
    from kamctl.schema.opportunity import Opportunity
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
class DealView:
    """The deal that a call is about. `stage` and `importance` are labels, `amount` and `close_date` text."""

    id: str = ""
    """Its id."""
    name: str = ""
    """Name of the project."""
    stage: str = ""
    """Code and label of the stage."""
    importance: str = ""
    """Level of importance, as a label."""
    amount: str = ""
    """Expected order value."""
    close_date: str = ""
    """Expected signature."""


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
    builder = _Builder(facts, workspace.methods, workspace.settings.scorecard, account, lang)
    contact = _maybe(workspace, "contact", full_id(account, record.contact) if record.contact else "")
    deal = _maybe(workspace, "opportunity", full_id(account, record.opportunity) if record.opportunity else "")
    return builder.view(call_id, record, contact, deal, workspace.settings.process)


def _maybe(workspace: Workspace, kind: str, record_id: str) -> Any:
    from kamctl.problems import KamctlError

    if not record_id:
        return None
    try:
        return workspace.record(kind, record_id)
    except KamctlError:
        return None


class _Builder:
    """Turns records into views in one language."""

    def __init__(self, facts: Facts, methods: Methods, scorecard: str, account: str, lang: str) -> None:
        self.facts = facts
        self.methods = methods
        self.scorecard = methods.scorecard(scorecard)
        self.account = account
        self.lang = lang

    def view(
        self, call_id: str, record: Call, contact: Contact | None, deal: Opportunity | None, process: str
    ) -> CallView:
        account = self.facts.accounts.get(self.account)
        return CallView(
            id=call_id,
            lang=self.lang,
            account=self.facts.account_name(self.account),
            grade=account.grade if account else "",
            date=record.date.isoformat(),
            weekday=text(f"weekday-{record.date.isoweekday()}", self.lang),
            time=record.time or "",
            duration=self._duration(record),
            mode=text(f"mode-{record.mode}", self.lang),
            location=record.location or "",
            salesperson=self.facts.member_name(record.by),
            manager=self._manager(record.by),
            person=self._person(record.contact, contact),
            deal=self._deal(record.opportunity, deal, process),
            customers=self._customers(record),
            ours=self._ours(record),
            external=text("form-comma", self.lang).join(f"{name} {key}" for name, key in record.external.items()),
            **self._plan(record.plan),
            **self._outcome(record.outcome),
        )

    def _manager(self, member: str) -> str:
        row = self.facts.members.get(member)
        account = self.facts.accounts.get(self.account)
        manager = (row.manager if row else "") or (account.manager if account else "")
        return self.facts.member_name(manager) if manager else ""

    def _person(self, stem: str | None, contact: Contact | None) -> PersonView:
        if contact is None:
            return PersonView(name=stem or "")
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

    def _deal(self, stem: str | None, deal: Opportunity | None, default_process: str) -> DealView:
        if deal is None:
            return DealView(id=stem or "", name=stem or "")
        account = self.facts.accounts.get(self.account)
        process = self.methods.process(deal.process or (account.process if account else "") or default_process)
        stage = process.stage(deal.stage)
        level = next((level for level in self.methods.importance.levels if level.id == deal.importance), None)
        return DealView(
            id=f"{self.account}/{stem}",
            name=deal.name,
            stage=f"{deal.stage} {pick(stage.label, self.lang)}" if stage else deal.stage,
            importance=pick(level.label, self.lang) if level else deal.importance or "",
            amount=self._amount(deal.amount),
            close_date=_iso(deal.close_date),
        )

    def _customers(self, record: Call) -> list[Attendee]:
        people = record.attendees.customer if record.attendees else []
        attendees = []
        for person in people:
            row = self.facts.people.get(full_id(self.account, person.contact)) if person.contact else None
            name = row.name if row else person.name or person.contact or ""
            attendees.append(Attendee(name, person.title or (row.title if row else ""), person.role or ""))
        return attendees

    def _ours(self, record: Call) -> list[Attendee]:
        people = record.attendees.ours if record.attendees else []
        return [Attendee(self.facts.member_name(p.member), self._title(p.member), p.role or "") for p in people]

    def _title(self, member: str) -> str:
        row = self.facts.members.get(member)
        return text(f"role-{row.role}", self.lang) if row and row.role else ""

    def _plan(self, plan: Plan | None) -> dict[str, Any]:
        from kamctl.schema.call import Plan

        plan = plan or Plan()
        return {
            "purpose": plan.purpose or "",
            "objectives": [
                ObjectiveView(o.objective, o.measure or "", _iso(o.due), self._flag("met", o.met))
                for o in plan.objectives
            ],
            "premise": plan.premise or "",
            "strategy": plan.strategy or "",
            "anticipate": [AnticipationView(a.question, a.answer or "", self.name(a.by)) for a in plan.anticipate],
            "opening": plan.opening or "",
            "agenda": list(plan.agenda),
            "questions": [self._question(q) for q in plan.questions],
            "value": [ValueView(v.issue or "", v.how or "", v.business or "", v.personal or "") for v in plan.value],
            "obstacles": plan.obstacles or "",
            "resources": plan.resources or "",
        }

    def _question(self, entry: CallQuestion) -> QuestionView:
        need, criterion = entry.need or "", self._criterion(entry.criterion)
        about = "\n".join(dict.fromkeys(filter(None, (need, criterion))))
        return QuestionView(need, entry.why or "", entry.ask or "", criterion, about)

    def _outcome(self, outcome: Outcome | None) -> dict[str, Any]:
        from kamctl.schema.call import NextCall, Outcome

        recorded = outcome is not None
        outcome = outcome or Outcome()
        following = outcome.next or NextCall()
        return {
            "recorded": recorded,
            "recorded_at": outcome.recorded_at.isoformat(" ", "minutes") if outcome.recorded_at else "",
            "events": outcome.events or "",
            "customer_view": outcome.customer_view or "",
            "needs": [NeedView(n.need, self._flag("confirmed", n.confirmed)) for n in outcome.needs_found],
            "objections": [
                ObjectionView(o.objection, self._flag("handled", o.handled), o.how or "") for o in outcome.objections
            ],
            "materials": list(outcome.materials),
            "commitments": [
                CommitmentView(c.by in self.facts.members, self.name(c.by), c.what, _iso(c.due), _iso(c.done))
                for c in outcome.commitments
            ],
            "supporter_view": outcome.supporter_view or "",
            "manager_view": outcome.manager_view or "",
            "next_date": _iso(following.date),
            "next_purpose": following.purpose or "",
        }

    def name(self, key: str | None) -> str:
        """Return the name of one of our people or of a contact of the account."""
        if not key:
            return ""
        if key in self.facts.members:
            return self.facts.members[key].name
        return self.facts.person_name(full_id(self.account, key))

    def _amount(self, amount: Money | None) -> str:
        return f"{grouped(amount.amount, self.lang)} {amount.currency}".rstrip() if amount else ""

    def _duration(self, record: Call) -> str:
        if record.duration is None:
            return ""
        return text("minutes", self.lang, count=int(record.duration.total_seconds() // 60))

    def _criterion(self, criterion: str | None) -> str:
        row = self.scorecard.criterion(criterion) if criterion else None
        return pick(row.label, self.lang) if row is not None else criterion or ""

    def _flag(self, key: str, value: bool | None) -> str:
        return "" if value is None else text(f"{key}-{'yes' if value else 'no'}", self.lang)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""

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
    from kamctl.schema.call import Call, Outcome, Plan
    from kamctl.schema.contact import Contact
    from kamctl.schema.opportunity import Opportunity
    from kamctl.workspace import Workspace


@dataclass(frozen=True)
class Attendee:
    """One person who takes part, of either side."""

    name: str
    title: str
    role: str


@dataclass(frozen=True)
class PersonView:
    """The person we see."""

    name: str = ""
    title: str = ""
    department: str = ""
    phone: str = ""
    email: str = ""
    assistant: str = ""
    assistant_phone: str = ""


@dataclass(frozen=True)
class DealView:
    """The deal that a call is about. `stage` and `importance` are labels, `amount` and `close_date` text."""

    id: str = ""
    name: str = ""
    stage: str = ""
    importance: str = ""
    amount: str = ""
    close_date: str = ""


@dataclass(frozen=True)
class ObjectiveView:
    """What the call is to achieve. `met` is a label, empty until the objective is judged."""

    objective: str
    measure: str
    due: str
    met: str


@dataclass(frozen=True)
class QuestionView:
    """What to find out: the need to know, why, the question, and the label of the criterion it settles."""

    need: str
    why: str
    ask: str
    criterion: str


@dataclass(frozen=True)
class AnticipationView:
    """A question that may come, our answer, and who gives it."""

    question: str
    answer: str
    by: str


@dataclass(frozen=True)
class ValueView:
    """An issue of theirs, how we help, and what it is worth to the business and to the person."""

    issue: str
    how: str
    business: str
    personal: str


@dataclass(frozen=True)
class CommitmentView:
    """Who promised what by when, and when it was kept; `ours` when it was one of our people."""

    ours: bool
    by: str
    what: str
    due: str
    done: str


@dataclass(frozen=True)
class NeedView:
    """A need that came up; `confirmed` is a label, empty when nothing is known."""

    need: str
    confirmed: str


@dataclass(frozen=True)
class ObjectionView:
    """An objection that came up, whether it was dealt with (a label), and how."""

    objection: str
    handled: str
    how: str


@dataclass(frozen=True)
class CallView:
    """One call, before and after. Dates are ISO text, people are names, codes are labels in the form's language."""

    id: str
    lang: str
    account: str
    grade: str
    date: str
    weekday: str
    time: str
    duration: str
    mode: str
    location: str
    salesperson: str
    manager: str
    person: PersonView
    deal: DealView
    customers: Sequence[Attendee]
    ours: Sequence[Attendee]
    purpose: str
    objectives: Sequence[ObjectiveView]
    premise: str
    strategy: str
    anticipate: Sequence[AnticipationView]
    opening: str
    agenda: Sequence[str]
    questions: Sequence[QuestionView]
    value: Sequence[ValueView]
    obstacles: str
    resources: str
    recorded: bool
    recorded_at: str
    events: str
    customer_view: str
    needs: Sequence[NeedView]
    objections: Sequence[ObjectionView]
    materials: Sequence[str]
    commitments: Sequence[CommitmentView]
    supporter_view: str
    manager_view: str
    next_date: str
    next_purpose: str


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
            "questions": [
                QuestionView(q.need or "", q.why or "", q.ask or "", self._criterion(q.criterion))
                for q in plan.questions
            ],
            "value": [ValueView(v.issue or "", v.how or "", v.business or "", v.personal or "") for v in plan.value],
            "obstacles": plan.obstacles or "",
            "resources": plan.resources or "",
        }

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

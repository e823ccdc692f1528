"""accounts/ID/calls/DATE-CONTACT.yaml: the plan of one visit, phone call or meeting, and the record after it."""

from __future__ import annotations

from typing import Literal

from kamctl.schema.base import Entry, Record
from kamctl.schema.scalars import (
    AnyoneRef,
    Clock,
    ContactRef,
    CriterionRef,
    Day,
    Duration,
    Flag,
    MemberRef,
    OpportunityRef,
    Text,
    Timestamp,
)

Mode = Literal["visit", "phone", "online", "email", "event"]


class CustomerAttendee(Entry):
    """A person of the customer who takes part."""

    contact: ContactRef | None = None
    """The contact, where there is a file of the person."""
    name: Text | None = None
    """The name, where there is none."""
    title: Text | None = None
    """Title."""
    role: Text | None = None
    """Part in the meeting."""


class OurAttendee(Entry):
    """One of our people who takes part."""

    member: MemberRef
    """A key of team.yaml."""
    role: Text | None = None
    """Part in the meeting."""


class Attendees(Entry):
    """Who takes part."""

    customer: list[CustomerAttendee] = []
    """On the customer's side."""
    ours: list[OurAttendee] = []
    """On our side."""


class CallObjective(Entry):
    """What the call is to achieve; judged the moment it ends."""

    objective: Text
    """What."""
    measure: Text | None = None
    """How we will know."""
    due: Day | None = None
    """By when."""
    met: Flag | None = None
    """Whether it was met."""


class Anticipation(Entry):
    """A question that may come, and our answer."""

    question: Text
    """The question."""
    answer: Text | None = None
    """Our answer."""
    by: MemberRef | None = None
    """Who answers."""


class CallQuestion(Entry):
    """What to find out."""

    need: Text | None = None
    """What we need to know."""
    why: Text | None = None
    """Why it matters."""
    ask: Text | None = None
    """The question."""
    criterion: CriterionRef | None = None
    """The criterion of the scorecard that it settles."""


class Value(Entry):
    """An issue of theirs and what we can do about it."""

    issue: Text | None = None
    """The issue."""
    how: Text | None = None
    """How we help."""
    business: Text | None = None
    """What it is worth to the business."""
    personal: Text | None = None
    """What it is worth to the person."""


class Plan(Entry):
    """The plan of a call."""

    purpose: Text | None = None
    """Why this call, why this person."""
    objectives: list[CallObjective] = []
    """What the call is to achieve."""
    premise: Text | None = None
    """What we know already."""
    strategy: Text | None = None
    """Steps, questions, everyone's part."""
    anticipate: list[Anticipation] = []
    """Questions that may come."""
    opening: Text | None = None
    """How we open."""
    agenda: list[Text] = []
    """Agenda."""
    questions: list[CallQuestion] = []
    """What to find out."""
    value: list[Value] = []
    """Value that we can affect."""
    obstacles: Text | None = None
    """Competitive issues or obstacles."""
    resources: Text | None = None
    """Resources and preparation."""


class NeedFound(Entry):
    """A need that came up."""

    need: Text
    """The need."""
    confirmed: Flag | None = None
    """Whether the customer confirmed it."""


class Objection(Entry):
    """An objection that came up."""

    objection: Text
    """The objection."""
    handled: Flag | None = None
    """Whether it was dealt with."""
    how: Text | None = None
    """How."""


class Commitment(Entry):
    """What someone of either side promised."""

    by: AnyoneRef
    """Who: a contact or one of our people."""
    what: Text
    """What."""
    due: Day | None = None
    """By when."""
    done: Day | None = None
    """When it was kept."""


class NextCall(Entry):
    """The next call."""

    date: Day | None = None
    """When."""
    purpose: Text | None = None
    """What for."""


class Outcome(Entry):
    """What happened."""

    recorded_at: Timestamp | None = None
    """When this was written down; within 24 hours of the call."""
    events: Text | None = None
    """What happened."""
    customer_view: Text | None = None
    """How the customer sees it."""
    needs_found: list[NeedFound] = []
    """Needs that came up."""
    objections: list[Objection] = []
    """Objections that came up."""
    materials: list[Text] = []
    """What we left or sent."""
    commitments: list[Commitment] = []
    """Who promised what."""
    supporter_view: Text | None = None
    """Our supporter's view."""
    manager_view: Text | None = None
    """The manager's view."""
    next: NextCall | None = None
    """The next call."""


class Call(Record):
    """One visit, phone call or meeting: the plan before and the record after."""

    date: Day
    """Day of the call."""
    time: Clock | None = None
    """Time of day, `"14:00"`."""
    by: MemberRef
    """Who of our people."""
    mode: Mode = "visit"
    """How."""
    contact: ContactRef | None = None
    """Whom we see."""
    opportunity: OpportunityRef | None = None
    """The deal it is about."""
    location: Text | None = None
    """Where."""
    duration: Duration | None = None
    """How long, `90m`."""
    attendees: Attendees | None = None
    """Who takes part."""
    plan: Plan | None = None
    """The plan."""
    outcome: Outcome | None = None
    """The record."""

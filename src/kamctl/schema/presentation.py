"""accounts/ID/presentations/DATE-NAME.yaml: a presentation and its plan."""

from __future__ import annotations

from kamctl.schema.base import Entry, Record
from kamctl.schema.scalars import AnyoneRef, ContactRef, Day, MemberRef, OpportunityRef, RoleRef, StepRef, Text


class Issues(Entry):
    """What matters to a person of the audience."""

    business: Text | None = None
    """Business issues."""
    political: Text | None = None
    """Political or personal issues."""


class Audience(Entry):
    """One person of the audience."""

    contact: ContactRef | None = None
    """The contact, where there is a file of the person."""
    name: Text | None = None
    """The name, where there is none."""
    roles: list[RoleRef] = []
    """Buying roles."""
    issues: Issues | None = None
    """What matters to the person."""


class Commitments(Entry):
    """Step 1: start from the end, the commitments wanted."""

    theirs: Text | None = None
    """What they are to do."""
    ours: Text | None = None
    """What we will do."""


class CauseAndEffect(Entry):
    """Step 3: cause and effect."""

    compelling_event: Text | None = None
    """Why now."""
    if_not: Text | None = None
    """What happens if they do nothing."""
    payoff: Text | None = None
    """What they gain."""


class Solution(Entry):
    """Step 5: the solution."""

    elements: Text | None = None
    """What it is made of."""
    before: Text | None = None
    """How it was before."""
    after: Text | None = None
    """How it will be after."""


class BusinessValue(Entry):
    """Step 6: the business value."""

    financial: Text | None = None
    """In money."""
    downstream: Text | None = None
    """For those who follow."""
    upstream: Text | None = None
    """For those above."""
    customers_definition: Text | None = None
    """Value as the customer defines it."""


class Story(Entry):
    """The six steps."""

    actions: Commitments | None = None
    """Start from the end: the commitments wanted."""
    problem: Text | None = None
    """The problem, tied to money, operations, market position or competition."""
    cause_and_effect: CauseAndEffect | None = None
    """Cause and effect."""
    customer_vision: Text | None = None
    """The customer's vision."""
    solution: Solution | None = None
    """The solution."""
    business_value: BusinessValue | None = None
    """The business value."""


class Task(Entry):
    """A step of preparation or follow-up."""

    step: StepRef | None = None
    """The standard step of the method that this is."""
    due: Day | None = None
    """By when."""
    who: AnyoneRef | None = None
    """Who."""
    action: Text
    """What."""
    resources: Text | None = None
    """What it needs."""
    done: Day | None = None
    """When it was done."""


class Presenter(Entry):
    """One of our people who takes part."""

    member: MemberRef
    """A key of team.yaml."""
    role: Text | None = None
    """Part."""
    looks_after: list[ContactRef] = []
    """Contacts to look after."""


class Presentation(Record):
    """A presentation and its plan."""

    date: Day
    """Day of the presentation."""
    by: MemberRef | None = None
    """Who of our people leads."""
    opportunity: OpportunityRef | None = None
    """The deal it is about."""
    purpose: Text | None = None
    """What for."""
    agenda: list[Text] = []
    """Agenda."""
    audience: list[Audience] = []
    """Who listens."""
    story: Story | None = None
    """The six steps."""
    tasks: list[Task] = []
    """Preparation and follow-up."""
    team: list[Presenter] = []
    """Our people."""

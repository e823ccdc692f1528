"""accounts/ID/account.yaml: a customer and our plan for it."""

from __future__ import annotations

from typing import Literal

from kamctl.schema.base import Entry, Record
from kamctl.schema.scalars import Cash, Count, Day, GradeRef, MemberRef, ProcessRef, Slug, Text


class Region(Entry):
    """Where the customer is."""

    province: Text | None = None
    """Province or state."""
    city: Text | None = None
    """City."""


class BusinessProfile(Entry):
    """The customer's business in figures and words."""

    revenue: Cash | None = None
    """Yearly revenue."""
    profit: Cash | None = None
    """Yearly profit."""
    fiscal_year_end: Text | None = None
    """Month and day, `12-31`."""
    employees: Count | None = None
    """Number of employees."""
    main_business: Text | None = None
    """What they do."""
    affiliation: Text | None = None
    """Parent, group, partners."""
    systems: Text | None = None
    """What they run today."""


class Position(Entry):
    """What a supplier has sold to the customer so far."""

    products: list[Text] = []
    """Products in use."""
    revenue_to_date: Cash | None = None
    """Revenue with the customer so far."""


class Objective(Entry):
    """One objective of the account plan."""

    objective: Text
    """What is to be reached."""
    measure: Text | None = None
    """How we will know."""
    due: Day | None = None
    """By when."""
    owner: MemberRef | None = None
    """Who of our people."""
    status: Literal["open", "done", "dropped"] | None = None
    """How it stands."""


class Account(Record):
    """A customer and our plan for it."""

    name: Text
    """Name as on the contract."""
    grade: GradeRef | None = None
    """Grade of the account; the method says what each means."""
    status: Literal["target", "prospect", "active", "dormant", "lost"] | None = None
    """How far the relationship is."""
    owner: MemberRef
    """The salesperson in charge, a key of team.yaml."""
    manager: MemberRef | None = None
    """The manager in charge, a key of team.yaml."""
    support: list[MemberRef] = []
    """Support people, keys of team.yaml."""
    dealer: Text | None = None
    """The dealer that serves the account."""
    process: ProcessRef | None = None
    """Sales process of this account's deals, where it differs from the workspace's."""
    vertical: Text | None = None
    """Industry."""
    region: Region | None = None
    """Province and city."""
    address: Text | None = None
    """Postal address."""
    phone: Text | None = None
    """Telephone number."""
    business_profile: BusinessProfile | None = None
    """The customer's business in figures and words."""
    our_position: Position | None = None
    """What we have sold so far."""
    competitor_positions: dict[Slug, Position] = {}
    """What each competitor has sold so far."""
    pain_points: list[Text] = []
    """What hurts them."""
    objectives: list[Objective] = []
    """The account plan."""

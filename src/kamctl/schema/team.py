"""team.yaml: our own people."""

from __future__ import annotations

from typing import Literal

from kamctl.schema.base import Entry
from kamctl.schema.scalars import Cash, Day, MemberRef, Period, Slug, Text


class Member(Entry):
    """One of our people, or a dealer's."""

    name: Text
    """Name as people write it."""
    role: Literal["salesperson", "manager", "support", "executive", "dealer"] | None = None
    """What the person does."""
    manager: MemberRef | None = None
    """Key of the person's manager in team.yaml."""
    unit: Text | None = None
    """Business unit or region."""
    dealer: Text | None = None
    """The dealer the person works for."""
    started: Day | None = None
    """First day in the job; ramp standards count from here."""
    email: Text | None = None
    """E-mail address."""
    phone: Text | None = None
    """Telephone number."""
    quota: dict[Period, Cash] = {}
    """Targets by year (`2026`) or quarter (`2026-Q1`)."""


class Team(Entry):
    """Our own people by their key."""

    members: dict[Slug, Member] = {}
    """The people, by the key that other files use."""

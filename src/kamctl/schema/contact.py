"""accounts/ID/contacts/STEM.yaml: one person of the customer."""

from __future__ import annotations

from kamctl.schema.base import Entry, Record
from kamctl.schema.scalars import ContactRef, Day, Text


class Assistant(Entry):
    """The person's assistant."""

    name: Text | None = None
    """Name."""
    phone: Text | None = None
    """Telephone number."""


class Personal(Entry):
    """Personal matters that the person has shared."""

    birth_date: Day | None = None
    """Date of birth."""
    spouse: Text | None = None
    """Husband or wife."""
    education: Text | None = None
    """Schools and degrees."""
    address: Text | None = None
    """Private address."""
    interests: list[Text] = []
    """Interests."""


class Background(Entry):
    """Where the person comes from."""

    employer: Text | None = None
    """Present employer."""
    previous: list[Text] = []
    """Earlier employers and posts."""
    style: Text | None = None
    """How the person works and decides."""


class PersonalCriteria(Entry):
    """What the person decides by."""

    technical: list[Text] = []
    """Technical criteria in rank order."""
    business: list[Text] = []
    """Business criteria in rank order."""


class Contact(Record):
    """One person of the customer."""

    name: Text
    """Name as people write it."""
    title: Text | None = None
    """Title."""
    department: Text | None = None
    """Department."""
    reports_to: ContactRef | None = None
    """Whom the person reports to: another contact of the account."""
    phone: Text | None = None
    """Telephone number."""
    email: Text | None = None
    """E-mail address."""
    fax: Text | None = None
    """Fax number."""
    address: Text | None = None
    """Office address."""
    assistant: Assistant | None = None
    """The person's assistant."""
    personal: Personal | None = None
    """Personal matters that the person has shared."""
    background: Background | None = None
    """Where the person comes from."""
    responsibilities: list[Text] = []
    """Responsibilities in rank order."""
    recent: list[Text] = []
    """Recent decisions, projects, achievements."""
    decision_criteria: PersonalCriteria | None = None
    """What the person decides by."""

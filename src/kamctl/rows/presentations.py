"""Rows of presentations: who hears them, who gives them, and what prepares them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from kamctl.rows import Day


class PresentationRow(NamedTuple):
    """One presentation. `told` are the steps of its story that hold something."""

    id: str
    account: str
    date: Day
    by: str
    opportunity: str
    purpose: str
    told: frozenset[str]
    agenda: tuple[str, ...]


class AudienceRow(NamedTuple):
    """One person of the audience of a presentation.

    `person` is the id of the contact, empty where there is only a `name`. `business` and `political` say what matters
    to the person.
    """

    presentation: str
    person: str
    name: str
    roles: tuple[str, ...]
    business: str
    political: str

    @property
    def issues(self) -> bool:
        """Whether anything is known of what matters to the person."""
        return bool(self.business or self.political)


class PreparationRow(NamedTuple):
    """One step of preparing a presentation or following it up; `step` is the standard step that it is, if any."""

    presentation: str
    step: str
    due: date | None
    who: str
    action: str
    done: date | None
    resources: str


class PresenterRow(NamedTuple):
    """One of our people at a presentation, with the part in it and the contacts to look after, by id."""

    presentation: str
    member: str
    looks_after: tuple[str, ...]
    role: str

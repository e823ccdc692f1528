"""Presentations into rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kamctl.layout import account_of, full_id
from kamctl.rows.presentations import AudienceRow, PreparationRow, PresentationRow, PresenterRow

if TYPE_CHECKING:
    from kamctl.schema.presentation import Presentation, Story


def presentations(presentation: str, record: Presentation) -> Iterator[PresentationRow]:
    """Yield the row of a presentation."""
    account = account_of(presentation)
    deal = full_id(account, record.opportunity) if record.opportunity else ""
    told = frozenset(_told(record.story)) if record.story is not None else frozenset()
    yield PresentationRow(
        presentation, account, record.date, record.by or "", deal, record.purpose or "", told, tuple(record.agenda)
    )


def _told(story: Story) -> Iterator[str]:
    """Yield the steps of a story that hold a text: themselves, or in one of their fields."""
    for name in story.model_fields_set:
        step = getattr(story, name)
        if step and (isinstance(step, str) or any(getattr(step, field) for field in step.model_fields_set)):
            yield name


def audience(presentation: str, record: Presentation) -> Iterator[AudienceRow]:
    """Yield a row for each person of an audience."""
    account = account_of(presentation)
    for person in record.audience:
        issues, contact = person.issues, full_id(account, person.contact) if person.contact else ""
        yield AudienceRow(
            presentation,
            contact,
            person.name or "",
            tuple(person.roles),
            (issues and issues.business) or "",
            (issues and issues.political) or "",
        )


def preparations(presentation: str, record: Presentation) -> Iterator[PreparationRow]:
    """Yield a row for each task of a presentation."""
    return (
        PreparationRow(
            presentation, task.step or "", task.due, task.who or "", task.action, task.done, task.resources or ""
        )
        for task in record.tasks
    )


def presenters(presentation: str, record: Presentation) -> Iterator[PresenterRow]:
    """Yield a row for each of our people at a presentation."""
    account = account_of(presentation)
    for person in record.team:
        looked_after = tuple(full_id(account, who) for who in person.looks_after)
        yield PresenterRow(presentation, person.member, looked_after, person.role or "")

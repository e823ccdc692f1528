"""The view of one presentation: what the form `presentation` shows.

Templates see these classes and not the file format. Text that is not filled in is empty, so a template can print a
line to write on. People are named, days are ISO text, codes are labels in the form's language, money is text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kamctl import resources
from kamctl.dates import working_day, working_days_until
from kamctl.forms.naming import Naming, iso
from kamctl.forms.subject import DealView, deal_view
from kamctl.labels import pick
from kamctl.layout import account_of, full_id
from kamctl.schema import walk
from kamctl.schema.kinds import MODELS
from kamctl.schema.method.presentation import Presenting, TacticalStep

if TYPE_CHECKING:
    from kamctl.schema.presentation import Audience, Presentation, Task
    from kamctl.workspace import Workspace


@dataclass(frozen=True)
class ListenerView:
    """One person of the audience, what matters to him or her, and who of our people looks after the person."""

    name: str
    title: str
    roles: str
    business: str
    political: str
    attended_by: str


@dataclass(frozen=True)
class PartView:
    """One part of a step of the story. `label` is empty where the step has no parts of its own."""

    label: str
    text: str


@dataclass(frozen=True)
class StoryView:
    """One step of the story: its number, what it is called, what belongs there, and what is told."""

    number: str
    label: str
    about: str
    parts: Sequence[PartView]


@dataclass(frozen=True)
class TaskView:
    """One step of preparation or follow-up; `standard` when it is one of the method's.

    A standard step that is not planned yet has only its action. `overdue` when its day has passed and it is not done.
    """

    due: str
    who: str
    action: str
    resources: str
    done: str
    standard: bool
    overdue: bool


@dataclass(frozen=True)
class PresenterView:
    """One of our people: name, title, part, and the names of the contacts whom he or she looks after."""

    name: str
    title: str
    role: str
    looks_after: str


@dataclass(frozen=True)
class PresentationView:
    """One presentation and its plan. `days_left` are working days from the as-of day, empty once it is past."""

    id: str
    lang: str
    account: str
    date: str
    weekday: str
    days_left: str
    lead: str
    manager: str
    deal: DealView
    purpose: str
    agenda: Sequence[str]
    audience: Sequence[ListenerView]
    story: Sequence[StoryView]
    tasks: Sequence[TaskView]
    team: Sequence[PresenterView]


def presentation_view(workspace: Workspace, presentation: str, lang: str, as_of: date) -> PresentationView:
    """Return the view of a presentation. Raises KamctlError when its file or the method cannot be read.

    What else cannot be read (the account, a person, the deal) is shown by its id.
    """
    record: Presentation = workspace.record("presentation", presentation)
    account = account_of(presentation)
    facts = workspace.load(("accounts", "people", "members"), account=account).facts
    naming = Naming(facts, account, workspace.settings.currency, lang)
    method = workspace.methods.presenting
    return PresentationView(
        id=presentation,
        lang=lang,
        account=facts.account_name(account),
        date=iso(record.date),
        weekday=naming.weekday(record.date),
        days_left=str(working_days_until(record.date, as_of)) if as_of <= record.date else "",
        lead=naming.member(record.by),
        manager=naming.manager(record.by),
        deal=deal_view(workspace, naming, record.opportunity),
        purpose=record.purpose or "",
        agenda=record.agenda,
        audience=[_listener(workspace, naming, person, record) for person in record.audience],
        story=list(_story(record, method, lang)),
        tasks=_tasks(record, method, naming, as_of),
        team=[
            PresenterView(
                naming.member(person.member),
                naming.part(person.member),
                person.role or "",
                naming.label("form-comma").join(naming.contacts(person.looks_after)),
            )
            for person in record.team
        ],
    )


def _listener(workspace: Workspace, naming: Naming, person: Audience, record: Presentation) -> ListenerView:
    row = naming.facts.people.get(full_id(naming.account, person.contact)) if person.contact else None
    roles = workspace.methods.relationship.roles
    comma = naming.label("form-comma")
    attending = [one.member for one in record.team if person.contact and person.contact in one.looks_after]
    return ListenerView(
        name=row.name if row else person.name or person.contact or "",
        title=row.title if row else "",
        roles=comma.join(naming.choice(roles, role) for role in person.roles),
        business=(person.issues and person.issues.business) or "",
        political=(person.issues and person.issues.political) or "",
        attended_by=comma.join(map(naming.member, attending)),
    )


def _story(record: Presentation, method: Presenting, lang: str) -> Iterator[StoryView]:
    """Yield the steps of the story, those that are empty too, with the fields of the file format as parts."""
    for number, step in enumerate(method.story, 1):
        told = getattr(record.story, step.field, None)
        below = walk.keys_at(MODELS["presentation"], ("story", step.field))
        parts = [PartView(_field(key, lang), getattr(told, key, None) or "") for key in below]
        yield StoryView(
            str(number), pick(step.label, lang), pick(step.about, lang), parts or [PartView("", told or "")]
        )


def _field(key: str, lang: str) -> str:
    return pick(resources.table("fields")[key], lang)


def _tasks(record: Presentation, method: Presenting, naming: Naming, as_of: date) -> list[TaskView]:
    """Return the steps of the plan by day, with the standard steps that are not planned where they belong."""
    planned = {task.step for task in record.tasks}
    rows: list[tuple[date, TaskView]] = [
        (task.due or _usual_day(method.step(task.step or ""), record.date), _task(task, record.date, naming, as_of))
        for task in record.tasks
    ]
    for step in method.steps:
        if step.id not in planned:
            view = TaskView("", "", pick(step.label, naming.lang), "", "", standard=True, overdue=False)
            rows.append((_usual_day(step, record.date), view))
    return [view for _, view in sorted(rows, key=lambda row: row[0])]


def _usual_day(step: TacticalStep | None, day: date) -> date:
    return working_day(day, step.days) if step is not None else day


def _task(task: Task, day: date, naming: Naming, as_of: date) -> TaskView:
    late = task.done is None and task.due is not None and task.due < as_of and (as_of <= day or task.due >= day)
    return TaskView(
        iso(task.due),
        naming.anyone(task.who),
        task.action,
        task.resources or "",
        iso(task.done),
        standard=task.step is not None,
        overdue=late,
    )

"""Preparing a presentation: when each step is due, what is still missing, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from kamctl.dates import working_day, working_days_until
from kamctl.facts import Facts
from kamctl.problems import Keys
from kamctl.rows.presentations import AudienceRow, PreparationRow, PresentationRow, PresenterRow
from kamctl.schema.method.presentation import Presenting, TacticalStep
from kamctl.schema.method.relationship import Relationship


class Preparation(NamedTuple):
    """One presentation with everything that its file says of people and steps, in the order of the file."""

    presentation: PresentationRow
    audience: Sequence[AudienceRow]
    steps: Sequence[PreparationRow]
    team: Sequence[PresenterRow]


class Gap(NamedTuple):
    """Something that a plan lacks: the rule, its place in the file, and the values of the rule's message."""

    rule: str
    keys: Keys
    values: Mapping[str, str]


class Readiness(NamedTuple):
    """How far a plan has come as of a day.

    `days_left` are working days until the presentation, the as-of day included; None once it is past. `story` are the
    steps of the story that hold something, `attended` the key players of the audience whom one of us looks after,
    `planned` the standard steps that stand in the plan; each has its whole beside it. `following` is the next step that
    is still to be taken.
    """

    days_left: int | None
    audience: int
    with_issue: int
    key_players: int
    attended: int
    story: int
    story_steps: int
    planned: int
    standard_steps: int
    steps: int
    done: int
    overdue: int
    following: PreparationRow | None


def proposed(steps: Sequence[TacticalStep], day: date, as_of: date) -> list[tuple[TacticalStep, date]]:
    """Return when each step of preparing a presentation on a day is due, in the order of the method.

    Steps before the day lie the method's number of working days before it. Where too few are left they move closer
    together, in the same proportion and at least one day before where there is one, so that none lies before the as-of
    day. For a presentation of the past only the steps after it are returned, due today at the earliest.
    """
    left = working_days_until(day, as_of)
    longest = max((-step.days for step in steps), default=0)
    return [(step, _due(step, day, as_of, left, longest)) for step in steps if step.days > 0 or as_of <= day]


def _due(step: TacticalStep, day: date, as_of: date, left: int, longest: int) -> date:
    if step.days >= 0:
        due = working_day(day, step.days)
        return due if due >= as_of else as_of
    before = -step.days if longest <= left else min(left, max(1, -step.days * left // longest))
    return working_day(day, -before)


def days_needed(steps: Sequence[TacticalStep]) -> int:
    """Return how many working days before a presentation the first step is due."""
    return max((-step.days for step in steps), default=0)


def preparation_of(facts: Facts, row: PresentationRow) -> Preparation:
    """Return a presentation with its people and steps."""
    return Preparation(
        row,
        [person for person in facts.audience if person.presentation == row.id],
        [step for step in facts.preparations if step.presentation == row.id],
        [person for person in facts.presenters if person.presentation == row.id],
    )


def gaps(plan: Preparation, method: Presenting, people: Relationship, as_of: date) -> Iterator[Gap]:
    """Yield what a plan lacks as of a day; once the presentation is past, only open steps and dates out of order."""
    if as_of <= plan.presentation.date:
        yield from _unprepared(plan, method, people)
    for position, step in enumerate(plan.steps):
        yield from _step_gaps(position, step, plan.presentation.date, method, as_of)


def _unprepared(plan: Preparation, method: Presenting, people: Relationship) -> Iterator[Gap]:
    if not plan.presentation.purpose:
        yield Gap("purpose-missing", ("date",), {})
    if not plan.audience:
        yield Gap("audience-missing", ("date",), {})
    attended = _attended(plan)
    for position, person in enumerate(plan.audience):
        values = {"person": _name(person)}
        if not person.issues:
            yield Gap("audience-without-issue", ("audience", position), values)
        if is_key_player(person, people) and _name(person) not in attended:
            yield Gap("key-player-unattended", ("audience", position), values)
    for part in method.story:
        if part.field not in plan.presentation.told:
            keys: Keys = ("story",) if plan.presentation.told else ("date",)
            yield Gap("story-step-empty", keys, {"field": f"story.{part.field}"})
    unplanned = _unplanned(plan, method)
    if unplanned:
        keys = ("tasks",) if plan.steps else ("date",)
        values = {"steps": ", ".join(step.id for step in unplanned), "total": str(len(method.steps))}
        yield Gap("steps-unplanned", keys, values | {"count": str(len(unplanned))})


def _step_gaps(position: int, step: PreparationRow, day: date, method: Presenting, as_of: date) -> Iterator[Gap]:
    keys: Keys = ("tasks", position)
    values = {"action": step.action, "due": str(step.due), "day": str(day), "who": step.who}
    standard = method.step(step.step)
    if standard is not None and step.due is not None and not _in_place(standard, step.due, day):
        yield Gap("step-out-of-place", (*keys, "due"), values)
    elif is_overdue(step, day, as_of):
        yield Gap("step-overdue", (*keys, "due"), values)
    if is_open(step, as_of) and not step.who and (as_of <= day or (step.due is not None and step.due >= day)):
        yield Gap("step-unassigned", keys, values)


def is_open(step: PreparationRow, as_of: date) -> bool:
    """Whether a step was not done by a day."""
    return step.done is None or step.done > as_of


def is_due(step: PreparationRow, day: date, as_of: date) -> bool:
    """Whether a step is to be taken by now and was not; what was to come before a presentation is over with it."""
    if not is_open(step, as_of) or step.due is None or step.due > as_of:
        return False
    return as_of <= day or step.due >= day


def is_overdue(step: PreparationRow, day: date, as_of: date) -> bool:
    """Whether a step should have been taken before today and was not."""
    return is_due(step, day, as_of) and step.due != as_of


def is_key_player(person: AudienceRow, people: Relationship) -> bool:
    """Whether a person of the audience holds a role that makes a key player."""
    return any(role.key and role.id in person.roles for role in people.roles)


def readiness(plan: Preparation, method: Presenting, people: Relationship, as_of: date) -> Readiness:
    """Return how far a plan has come as of a day."""
    day, attended = plan.presentation.date, _attended(plan)
    key_players = [person for person in plan.audience if is_key_player(person, people)]
    open_steps = [step for step in plan.steps if is_open(step, as_of)]
    following = [step for step in open_steps if step.due is not None and (as_of <= day or step.due >= day)]
    return Readiness(
        days_left=working_days_until(day, as_of) if as_of <= day else None,
        audience=len(plan.audience),
        with_issue=sum(person.issues for person in plan.audience),
        key_players=len(key_players),
        attended=sum(_name(person) in attended for person in key_players),
        story=sum(part.field in plan.presentation.told for part in method.story),
        story_steps=len(method.story),
        planned=len(method.steps) - len(_unplanned(plan, method)),
        standard_steps=len(method.steps),
        steps=len(plan.steps),
        done=len(plan.steps) - len(open_steps),
        overdue=sum(is_overdue(step, day, as_of) for step in plan.steps),
        following=min(following, key=lambda step: step.due or date.max, default=None),
    )


def _attended(plan: Preparation) -> set[str]:
    return {person for member in plan.team for person in member.looks_after}


def _unplanned(plan: Preparation, method: Presenting) -> list[TacticalStep]:
    planned = {step.step for step in plan.steps}
    return [step for step in method.steps if step.id not in planned]


def _name(person: AudienceRow) -> str:
    return person.person or person.name


def _in_place(step: TacticalStep, due: date, day: date) -> bool:
    """Whether a standard step is due on the side of the presentation where it belongs, its day included."""
    if step.days == 0:
        return due == day
    return due <= day if step.days < 0 else due >= day

"""The plan of a new presentation, filled in from what the deal says: audience, story, steps with their days, team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kamctl.facts import Facts
from kamctl.labels import pick, text
from kamctl.layout import stem_of
from kamctl.rows.deals import BuyingRoleRow
from kamctl.schema.method.presentation import Presenting, TacticalStep
from kamctl.schema.method.relationship import Relationship
from kamctl.scoring.preparation import proposed
from kamctl.scoring.relationship import status
from kamctl.source import Data

if TYPE_CHECKING:
    from kamctl.schema.opportunity import Opportunity


@dataclass(frozen=True)
class Staging:
    """The presentation to be planned. `deal` is empty for one that is about the account; `support` may be."""

    account: str
    deal: str
    by: str
    support: str
    date: date
    purpose: str


def supporters(team: Sequence[BuyingRoleRow], people: Relationship, as_of: date) -> list[str]:
    """Return who of a buying team supports us, by contact, those of the highest status first."""
    ranks = {level.id: rank for rank, level in enumerate(people.levels)}
    found = [(ranks.get(status(person, people, as_of).level.id, 0), person.person) for person in team]
    return [person for rank, person in sorted(found, key=lambda pair: -pair[0]) if rank >= 1]


def plan_presentation(
    staging: Staging,
    facts: Facts,
    record: Opportunity | None,
    method: Presenting,
    people: Relationship,
    as_of: date,
    lang: str,
) -> dict[str, Data]:
    """Return the data of a new presentation file, with everything that is known already.

    Purpose: the fundamental goal of the deal. Audience: the buying team, with the criteria and the agenda of each
    person as issues. Story: needs, compelling event, payback, unique business value. What is not known stays as a key
    without a value, to be filled in. Steps: the method's, on the days that lead up to the presentation.
    """
    team = [role for role in facts.buying_roles if role.opportunity == staging.deal]
    goal = record.goals.fundamental if record is not None and record.goals else None
    friend = next(iter(supporters(team, people, as_of)), "")
    return {
        "date": staging.date.isoformat(),
        "by": staging.by,
        **({"opportunity": stem_of(staging.deal)} if staging.deal else {}),
        "purpose": staging.purpose or goal or None,
        "agenda": [pick(line, lang) for line in method.agenda],
        "audience": [_listener(person, record, lang) for person in team] or None,
        "story": _story(record, lang),
        "tasks": [
            _task(step, due, staging, facts.person_name(friend) if friend else "", lang)
            for step, due in proposed(method.steps, staging.date, as_of)
        ],
        "team": _team(staging, team, facts),
    }


def _listener(person: BuyingRoleRow, record: Opportunity | None, lang: str) -> Data:
    """Return one person of the audience. Issues: the criteria that the person holds, and his or her own agenda."""
    stem = stem_of(person.person)
    role = record.buying_team.get(stem) if record is not None else None
    held = [row.criterion for row in record.decision_criteria if stem in row.held_by] if record is not None else []
    business = text("form-comma", lang).join(held) or None
    issues: dict[str, Data] = {"business": business, "political": role.agenda if role is not None else None}
    return {"contact": stem, "roles": list(person.roles) or None, "issues": issues}


def _story(record: Opportunity | None, lang: str) -> Data:
    """Return the six steps, with what the deal says and room for the rest."""
    event = record.compelling_event if record is not None else None
    value = record.unique_business_value if record is not None else None
    products = list(record.products) if record is not None else []
    return {
        "actions": {"theirs": None, "ours": None},
        "problem": _one_line(record.needs) if record is not None else None,
        "cause_and_effect": {
            "compelling_event": _dated(event.event, event.deadline) if event is not None else None,
            "if_not": event.if_not if event is not None else None,
            "payoff": event.payback if event is not None else None,
        },
        "customer_vision": None,
        "solution": {"elements": text("form-comma", lang).join(products) or None, "before": None, "after": None},
        "business_value": {
            "financial": value.measure if value is not None else None,
            "downstream": None,
            "upstream": None,
            "customers_definition": value.result if value is not None else None,
        },
    }


def _task(step: TacticalStep, due: date, staging: Staging, friend: str, lang: str) -> Data:
    who = staging.support if step.who == "support" and staging.support else staging.by
    with_whom = f" ({friend})" if step.with_supporter and friend else ""
    return {"step": step.id, "due": due.isoformat(), "who": who, "action": pick(step.label, lang) + with_whom}


def _team(staging: Staging, team: Sequence[BuyingRoleRow], facts: Facts) -> Data:
    """Return our people: who leads, and everybody who covers somebody of the audience."""
    covers: dict[str, list[str]] = {staging.by: []}
    for person in team:
        if person.covered_by:
            covers.setdefault(person.covered_by, []).append(stem_of(person.person))
    if staging.support:
        covers.setdefault(staging.support, [])
    return [_presenter(member, people) for member, people in covers.items()]


def _presenter(member: str, people: Sequence[str]) -> Data:
    return {"member": member, "role": None, "looks_after": list(people) or None}


def _dated(words: str | None, day: date | None) -> str | None:
    return f"{words} ({day})" if words and day else words


def _one_line(words: str | None) -> str | None:
    return " ".join(words.split()) if words else None

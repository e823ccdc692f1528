"""The view of a deal's buying team: who they are, what has been seen of them, what the team lacks, and the legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kamctl import rules
from kamctl.forms.naming import Naming, iso
from kamctl.labels import pick
from kamctl.layout import full_id
from kamctl.problems import Problem
from kamctl.rows.deals import BuyingRoleRow
from kamctl.schema.method import Choice
from kamctl.schema.method.relationship import Level, Relationship
from kamctl.schema.opportunity import BuyingRole
from kamctl.scoring.relationship import Status, earned_on, findings, status


@dataclass(frozen=True)
class BehaviourView:
    """Something that a person did, the day it was seen, and the status that it counts for."""

    label: str
    level: str
    date: str


@dataclass(frozen=True)
class OppositionView:
    """How a person works against us, what shows it, and since when."""

    level: str
    evidence: str
    date: str


@dataclass(frozen=True)
class TeamMember:
    """One person of the buying team.

    `roles` are labels, and `role_signs` the letters for them. `status` is derived from the behaviours; `earned` is the
    day it was reached, `sign` its sign on the map, and `side` is for, against, between or unknown. `next_status` says
    how many of the behaviours `look_for` earn the next one. `key` marks those whose role or influence decides.
    """

    name: str
    title: str
    department: str
    roles: Sequence[str]
    role_signs: str
    orientation: str
    adaptability: str
    coverage: str
    influence: str
    influences: Sequence[str]
    sign: str
    status: str
    side: str
    earned: str
    behaviours: Sequence[BehaviourView]
    next_status: str
    look_for: Sequence[str]
    opposes: OppositionView | None
    agenda: str
    approach: str
    covered_by: str
    key: bool


@dataclass(frozen=True)
class LegendEntry:
    """One choice of the method: its sign, where it has one, its label, and what it means."""

    sign: str
    label: str
    about: str


@dataclass(frozen=True)
class LegendGroup:
    """The choices of one property of a person; `label` is its key in labels.json."""

    label: str
    entries: Sequence[LegendEntry]


@dataclass(frozen=True)
class TeamView:
    """The buying team of a deal; `lacks` are sentences, `key` the people whose role or influence decides."""

    people: Sequence[TeamMember]
    key: Sequence[TeamMember]
    lacks: Sequence[str]
    legend: Sequence[LegendGroup]


def team_view(
    records: Mapping[str, BuyingRole], rows: Sequence[BuyingRoleRow], method: Relationship, naming: Naming, as_of: date
) -> TeamView:
    """Return the view of a buying team as of a day, from what the file says of each person and the rows of it."""
    by_person = {row.person: row for row in rows}
    people = [
        _member(full_id(naming.account, stem), record, by_person, method, naming, as_of)
        for stem, record in records.items()
    ]
    return TeamView(
        people=people,
        key=[person for person in people if person.key],
        lacks=_lacks(rows, method, naming, as_of),
        legend=legend(method, naming.lang),
    )


def _member(
    person: str,
    record: BuyingRole,
    rows: Mapping[str, BuyingRoleRow],
    method: Relationship,
    naming: Naming,
    as_of: date,
) -> TeamMember:
    row, known, lang = rows[person], naming.facts.people.get(person), naming.lang
    standing = status(row, method, as_of)
    roles = [role for role in method.roles if role.id in record.roles]
    inner = method.influence[0].id
    return TeamMember(
        name=naming.facts.person_name(person),
        title=known.title if known else "",
        department=known.department if known else "",
        roles=[pick(role.label, lang) for role in roles],
        role_signs=" ".join(role.sign or role.id for role in roles),
        orientation=naming.choice(method.orientations, record.orientation),
        adaptability=naming.choice(method.adaptability, record.adaptability),
        coverage=naming.choice(method.coverage, record.coverage),
        influence=naming.choice(method.influence, record.influence),
        influences=[
            naming.label("form-influence-strong", name=name) if strength == "strong" else name
            for name, strength in ((naming.contact(whom), force) for whom, force in record.influences.items())
        ],
        sign=standing.level.sign,
        status=pick(standing.level.label, lang),
        side=side_of(standing, method),
        earned=_earned(row, standing, method),
        behaviours=_behaviours(standing, method, lang),
        next_status=_next(standing, naming),
        look_for=[pick(choice.label, lang) for choice in standing.missing],
        opposes=_opposition(record, method, naming),
        agenda=record.agenda or "",
        approach=record.approach or "",
        covered_by=naming.member(record.covered_by),
        key=any(role.key for role in roles) or record.influence == inner,
    )


def side_of(standing: Status, method: Relationship) -> str:
    """Return `for`, `against`, `between` or `unknown`: on which side a person stands."""
    if standing.level in method.opposition:
        return "against"
    if standing.level is method.unknown:
        return "unknown"
    return "for" if standing.level in method.levels[1:] else "between"


def _next(standing: Status, naming: Naming) -> str:
    if standing.following is None:
        return ""
    return naming.label("status-next", level=pick(standing.following.label, naming.lang), count=standing.needed)


def _earned(row: BuyingRoleRow, standing: Status, method: Relationship) -> str:
    days: dict[str, date] = {level.id: day for level, day in earned_on(row, method)}
    return iso(days.get(standing.level.id))


def _behaviours(standing: Status, method: Relationship, lang: str) -> list[BehaviourView]:
    """Return the behaviours seen, those of the lowest level first."""
    seen = dict(standing.seen)
    return [
        BehaviourView(pick(choice.label, lang), pick(level.label, lang), iso(seen[choice.id]))
        for level in method.levels
        for choice in level.behaviours
        if choice.id in seen
    ]


def _opposition(record: BuyingRole, method: Relationship, naming: Naming) -> OppositionView | None:
    if record.opposes is None:
        return None
    level = naming.choice(method.opposition, record.opposes.level)
    return OppositionView(level, record.opposes.evidence or "", iso(record.opposes.date))


def _lacks(rows: Sequence[BuyingRoleRow], method: Relationship, naming: Naming, as_of: date) -> list[str]:
    """Return what the team lacks and what to do about it; nothing while nobody is on it."""
    sentences = []
    for finding in findings(rows, method, as_of) if rows else ():
        name = naming.facts.person_name(finding.person) if finding.person else ""
        problem = Problem("", finding.rule, values={"person": name, **finding.values})
        parts = (rules.message(problem, naming.lang), rules.hint(problem, naming.lang))
        sentences.append(" \u2014 ".join(filter(None, parts)))
    return sentences


def legend(method: Relationship, lang: str) -> list[LegendGroup]:
    """Return what the signs and words of the map and the team mean."""
    statuses: list[Level] = [*reversed(method.levels), *method.opposition, method.unknown]
    return [
        LegendGroup("form-buying-roles", [_entry(choice, lang) for choice in method.roles]),
        LegendGroup("form-relation", [LegendEntry(s.sign, pick(s.label, lang), "") for s in statuses]),
        LegendGroup("form-orientation", [_entry(choice, lang) for choice in method.orientations]),
        LegendGroup("form-coverage", [_entry(choice, lang) for choice in method.coverage]),
        LegendGroup("form-influence", [_entry(choice, lang) for choice in method.influence]),
        LegendGroup("form-adaptability", [_entry(choice, lang) for choice in method.adaptability]),
    ]


def _entry(choice: Choice, lang: str) -> LegendEntry:
    return LegendEntry(choice.sign, pick(choice.label, lang), pick(choice.about, lang) if choice.about else "")
